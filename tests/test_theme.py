"""Themes: found by name, checked when loaded, and unable to bring in anything from elsewhere."""

import re
from pathlib import Path

import pytest

from bpslides import paths
from tests.decks import Deck

GOOD = "/*\nname: Mine\nscheme: light\n*/\n.reveal { color: teal; }\n"


def with_theme(tmp_path: Path, css: str | bytes) -> Deck:
    """A deck with a theme of its own."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.css").write_bytes(css if isinstance(css, bytes) else css.encode())
    return Deck(tmp_path, "title: T\ntheme: mine\nslides: [{title: A}]\n")


def style(deck: Deck) -> str:
    """The style sheet of the site."""
    (sheet,) = (data for path, data in deck.site.files.items() if path.endswith(".css"))
    return sheet.decode()


def test_own_theme(tmp_path: Path) -> None:
    """A folder below the deck is a theme: its rules come after the base, its scheme is on the page, it is watched."""
    deck = with_theme(tmp_path, GOOD).sound
    assert "color: teal" in style(deck)
    assert deck.page.one("html").attributes["class"] == "scheme-light"
    assert tmp_path / "mine" / "theme.css" in deck.site.read


@pytest.mark.parametrize("name", ["dark", "light"])
def test_shipped_themes(tmp_path: Path, name: str) -> None:
    """Each shipped theme is sound and has the scheme of its name."""
    page = Deck(tmp_path, f"title: T\ntheme: {name}\nslides: [{{title: A}}]\n").sound.page
    assert page.one("html").attributes["class"] == f"scheme-{name}"


def test_shipped_themes_say_what_they_are() -> None:
    """Name, scheme and description stand at the top of each theme."""
    for file in paths.shipped("themes").glob("*/theme.css"):
        head = file.read_text(encoding="utf-8").partition("*/")[0]
        assert re.findall(r"^(\w+):", head, re.MULTILINE) == ["name", "scheme", "description"], file


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ("p { color: red }", ["does not say its “name”", "does not say its “scheme”"]),
        ("/*\nname: A\n*/", ["does not say its “scheme”"]),
        ("/*\nname: A\nscheme: pink\n*/", ["should be dark or light"]),
        (GOOD + "@import 'x.css';", ["brings in other files"]),
        (GOOD + "p { background: URL (//evil.example/x.png) }", ["brings in other files"]),
        (GOOD + "</STYLE><script>", ["brings in other files"]),
        (GOOD.encode("utf-16"), ["is not UTF-8 text"]),
        (b"/*\nname: caf\xe9\nscheme: dark\n*/", ["is not UTF-8 text"]),
    ],
)
def test_bad_themes(tmp_path: Path, css: str | bytes, message: list[str]) -> None:
    """What is missing or forbidden in a theme is told where the deck names it, and its rules are not used."""
    deck = with_theme(tmp_path, css)
    assert len(deck.messages) == len(message)
    for found, part in zip(deck.messages, message, strict=True):
        assert found.startswith("2:8: the ")
        assert part in found
    assert "evil" not in style(deck)
    assert "</style" not in style(deck).lower()


@pytest.mark.parametrize(
    ("name", "hint"), [("drak", "did you mean “dark”?"), ("../other", "known here: dark, light"), ("x" * 300, "known")]
)
def test_no_theme(tmp_path: Path, name: str, hint: str) -> None:
    """An unknown theme is told with the closest, and the deck is drawn in the default one."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "theme.css").write_text(GOOD)
    (tmp_path / "deck").mkdir()
    deck = Deck(tmp_path / "deck", f"title: T\ntheme: {name}\nslides: [{{title: A}}]\n")
    (message,) = deck.messages
    assert message.startswith(f"2:8: there is no theme “{name}” ({hint}")
    assert deck.page.one("html").attributes["class"] == "scheme-dark"
