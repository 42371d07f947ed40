"""Icons by name, in blocks and in texts."""

from pathlib import Path

from bpslides import icons
from tests.decks import Deck, with_content


def test_names() -> None:
    """There are many, sorted, and each can be had."""
    names = icons.names()
    assert len(names) > 1000
    assert names == sorted(names)
    assert "<path" in (icons.shapes("check") or "")
    assert icons.shapes("no-such-icon") is None


def test_in_a_text(tmp_path: Path) -> None:
    """An icon within a text is drawn; times of day and code are left alone."""
    page = Deck(tmp_path, with_content("- 'Go :icon-arrow-right: at 10:30: `:icon-x:` :icon-:'")).sound.page
    assert len(page.all(".prose svg.inline")) == 1
    assert page.one(".prose").text == "Go at 10:30: :icon-x: :icon-:"


def test_unknown(tmp_path: Path) -> None:
    """An icon that is not there is told at its place, with the nearest."""
    assert Deck(tmp_path, with_content("- 'Go :icon-arow-right: on'")).messages == [
        "16:13: there is no icon “arow-right” (did you mean “arrow-right”?)"
    ]
