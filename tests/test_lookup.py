"""What users type, and the files that are meant."""

from pathlib import Path

import pytest

from bpslides.errors import UsageError
from bpslides.lookup import find, find_series, is_series, shipped_series


def test_a_name_that_is_no_deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name is wrong usage: it is told with the closest shipped deck."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for name, message in (
        ("visual-guid", r"there is no deck “visual-guid” \(did you mean “visual-guide”\?\)"),
        ("empty", "the folder “empty” holds no deck.yaml"),
        ("x" * 5000, "there is no deck"),
    ):
        with pytest.raises(UsageError, match=message):
            find(name)


def test_a_series_is_no_deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a deck is wanted, a series is refused; a deck comes before a series in the same folder."""
    monkeypatch.chdir(tmp_path)
    Path("course").mkdir()
    Path("course/series.yaml").write_bytes(b"\xef\xbb\xbfseries:\n  title: T\n")
    assert find_series("course") == Path("course/series.yaml")
    for name in ("course", "course/series.yaml", "series"):
        with pytest.raises(UsageError, match=f"“{name}” is a series: name it by itself, or one of its decks"):
            find(name)
    Path("course/deck.yaml").write_text("title: T\n")
    assert find_series("course") is None
    assert find("course") == Path("course/deck.yaml")


def test_the_shipped_series() -> None:
    """It has a name of its own; what is no file is no series."""
    assert shipped_series() is not None
    assert find_series("series") == shipped_series()
    assert not is_series(Path("gone.yaml"))
