"""Themes: found by name, checked when loaded, unable to bring in anything from elsewhere, and readable."""

import re
from pathlib import Path

import pytest

from bpslides import paths, theme
from bpslides.colours import contrast
from bpslides.errors import Problems
from bpslides.stylesheets import resolve, root_variables
from bpslides.text import Text
from tests.decks import Deck

GOOD = "/*\nname: Mine\nscheme: light\n*/\n.reveal { color: teal; }\n"
SHIPPED = {"dark": "dark", "light": "light", "stark": "light", "paper": "light", "contrast": "dark"}


def with_theme(tmp_path: Path, css: str | bytes, wanted: str = "mine") -> Deck:
    """A deck with a theme of its own."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.css").write_bytes(css if isinstance(css, bytes) else css.encode())
    return Deck(tmp_path, f"title: T\ntheme: {wanted}\nslides: [{{title: A}}]\n")


def style(deck: Deck) -> str:
    """The style sheet of the site."""
    (sheet,) = (data for path, data in deck.site.files.items() if path.endswith(".css"))
    return sheet.decode()


def load(name: str) -> theme.Theme:
    """A shipped theme, which must be sound."""
    problems = Problems()
    loaded = theme.load(Text(name), Path(), problems)
    assert problems.found == []
    return loaded


@pytest.mark.parametrize("wanted", ["mine", "./mine", "mine/theme.css"])
def test_own_theme(tmp_path: Path, wanted: str) -> None:
    """A folder below the deck is a theme: its rules come after the base, its scheme is on the page, it is watched."""
    deck = with_theme(tmp_path, GOOD, wanted).sound
    assert style(deck).index("color: teal") > style(deck).index("--on-accent")
    assert deck.page.one("html").attributes["class"] == "scheme-light"
    assert ":root{color-scheme:light;}" in style(deck)
    assert tmp_path / "mine" / "theme.css" in deck.site.read


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_themes(tmp_path: Path, name: str) -> None:
    """Each shipped theme is sound and has its scheme; a folder of the same name needs a path to be meant."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "theme.css").write_text(GOOD)
    page = Deck(tmp_path, f"title: T\ntheme: {name}\nslides: [{{title: A}}]\n").sound.page
    assert page.one("html").attributes["class"] == f"scheme-{SHIPPED[name]}"
    own = Deck(tmp_path, f"title: T\ntheme: ./{name}\nslides: [{{title: A}}]\n").sound
    assert "color: teal" in style(own)


def test_all_themes_are_here() -> None:
    """The table above is whole, and each theme says name, scheme and description at its top."""
    assert set(theme.shipped()) == set(SHIPPED)
    for name in SHIPPED:
        assert load(name).name == name.capitalize()
        assert len(load(name).description) > 20


@pytest.mark.parametrize(
    ("css", "messages"),
    [
        ("p { color: red }", ["1:1: a theme begins with a comment that says its “name” and its “scheme” (such as"]),
        ("/*\nname: A\n*/", ["1:1: the theme does not say its “scheme” (in the comment"]),
        ("/* name: A\nscheme: */", ["2:1: “scheme” should be dark or light"]),
        ("/*\nname: A\nscheme: drak\n*/", ["3:1: “scheme” should be dark or light (did you mean “dark”?)"]),
        (
            "/*\nname: A\n  schema: dark\nscheme: dark\n*/",
            ["3:3: unknown key “schema” of a theme (did you mean “scheme”"],
        ),
        ("/*\nname: A\nname: B\nscheme: dark\n*/", ["3:1: “name” is said twice (keep one of them)"]),
        ("/*\nname:\nscheme: dark\n*/", ["2:1: “name” is empty"]),
        ("/*\nname: A\nscheme: dark\nBy me.\n*/", ["4:1: “By me.” is no key and value (a line of"]),
        ("/*\nname: A\nscheme: dark\n", ["1:1: a comment is never closed (end it with */)"]),
        (GOOD + "@import 'x.css';", ["6:1: “@import” brings in another file (put its rules here: a deck fetches"]),
        (GOOD + r"p { background: \75 rl(//evil.example/x) }", ["6:17: “url()” brings in another file (use colours"]),
        (GOOD + "p { background: URL (//evil.example/x.png) }", ["6:17: “url()” brings in another file (use colours"]),
        (GOOD + "</STYLE><script>", ["6:1: a style sheet cannot hold “</style” (remove it"]),
        (GOOD + "p { color: red", ["6:3: “{” is never closed (add the “}” that it needs)"]),
        (
            GOOD + ":root { --acent: red }",
            ["6:9: warning: nothing uses the variable “--acent” (did you mean “--accent”?)"],
        ),
        (GOOD + ":root { --acent: red; --accent: var(--acent) }", []),
        (GOOD + ":root { --shadow-of-mine: red }", []),
    ],
)
def test_bad_themes(tmp_path: Path, css: str, messages: list[str]) -> None:
    """What is missing or forbidden is told with its place in the theme; then none of its rules is used."""
    deck = with_theme(tmp_path, css)
    assert len(deck.messages) == len(messages)
    for found, part in zip(deck.messages, messages, strict=True):
        assert found.startswith(part)
    for problem in deck.problems:
        assert problem.place is not None
        assert problem.place.file.endswith("theme.css")
    assert "evil" not in style(deck)
    assert "</style" not in style(deck).lower()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GOOD.encode("utf-16"), "2:8: the theme “mine” is not UTF-8 text (save its theme.css as UTF-8)"),
        (
            b"/*\nname: caf\xe9\nscheme: dark\n*/",
            "2:8: the theme “mine” is not UTF-8 text (save its theme.css as UTF-8)",
        ),
        (GOOD.encode() + b" " * 500_000, "2:8: the theme “mine” is larger than 500 kB"),
    ],
)
def test_unreadable_themes(tmp_path: Path, data: bytes, message: str) -> None:
    """A file that cannot be read as a theme is told where the deck names it."""
    assert with_theme(tmp_path, data).messages == [message]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("drak", "did you mean “dark”?"),
        ("../other", "known here: contrast, dark, light, paper, stark"),
        ("x" * 300, "known here"),
    ],
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


def test_tokens_of_a_theme(tmp_path: Path) -> None:
    """All variables with their values in the end: those of the base, those of the theme, names for names replaced."""
    tokens = load("light").tokens
    assert tokens["bg"] == "#fbfaf6"
    assert tokens["plot_1"] == tokens["forward"] == "#0072b2"
    assert tokens["font_title"].startswith('"Inter"')
    assert tokens["margin_x"] == "64px"  # what the phone has instead is not read
    assert load("paper").tokens["font_title"].startswith('"STIX Two Text"')


def test_base_and_dark_theme_agree() -> None:
    """The variables of the base are the dark theme's, so that a page without a theme looks like it."""
    written = (paths.shipped("themes") / "dark" / "theme.css").read_text(encoding="utf-8")
    base = paths.static("tokens.css").decode()
    for name, value in re.findall(r"(--[\w-]+): ([^;]+);", written):
        assert f"{name}: {value};" in base


GROUNDS = ("bg", "surface", "surface_raised", "forward_soft", "backward_soft")
CODE = ("code_keyword", "code_name", "code_string", "code_number", "code_comment")
TEXTS = [
    *((text, ground) for text in ("text", "text_muted") for ground in GROUNDS),
    *((text, ground) for text in CODE for ground in ("bg", "surface")),
    # The colours that a declared symbol may have, which also stands on units of a network.
    *((text, ground) for text in ("accent", "good", "bad") for ground in GROUNDS[:3]),
    *((f"{tone}_text", ground) for tone in ("forward", "backward") for ground in (*GROUNDS[:3], f"{tone}_soft")),
    ("on_accent", "accent"),
]
SHAPES = [(shape, "bg") for shape in ("forward", "backward", *(f"plot_{i}" for i in range(1, 7)))]


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_can_be_read(name: str) -> None:
    """Text has 4.5:1 on what it stands on, and what is drawn 3:1; in the theme for it, both have 7:1."""
    tokens, strict = load(name).tokens, name == "contrast"
    wanted = dict.fromkeys(TEXTS, 7.0 if strict else 4.5) | dict.fromkeys(SHAPES, 7.0 if strict else 3.0)
    found = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in wanted}
    assert {pair: round(found[pair], 2) for pair in wanted if found[pair] < wanted[pair]} == {}


def test_high_contrast_frames_what_the_others_shade() -> None:
    """Its frames are as strong as its text, and its focus ring is thick."""
    tokens = load("contrast").tokens
    assert contrast(tokens["rule"], tokens["bg"]) >= 7
    assert int(tokens["focus"].partition("px")[0]) >= 4


@pytest.mark.parametrize("name", SHIPPED)
def test_lines_of_a_plot_differ(name: str) -> None:
    """The six colours of a series are six, and the scale of a heatmap has steps."""
    tokens = load(name).tokens
    assert len({tokens[f"plot_{i}"] for i in range(1, 7)}) == 6
    assert len({tokens[f"heat_{i}"] for i in range(5)}) == 5


def test_base_is_read_as_a_browser_does() -> None:
    """The quick way to the variables of the base finds what the careful one finds."""
    careful = root_variables(paths.static("tokens.css").decode())
    tokens = resolve({name: value for name, (value, _) in careful.items()})
    dark = load("dark").tokens
    assert dark == {name.replace("-", "_"): value for name, value in tokens.items()}


def test_a_light_theme_builds_on_ours(tmp_path: Path) -> None:
    """What a theme leaves out is as in our theme of its scheme, on the page and in its tokens, and can be read."""
    css = "/*\nname: Mine\nscheme: light\n*/\n:root { --bg: #f6efe2; --text: #3a2d1e; --accent: #7a4b12; }\n"
    deck = with_theme(tmp_path, css).sound
    tokens = theme.load(Text("mine"), tmp_path, Problems()).tokens
    assert tokens["surface"] == load("light").tokens["surface"]
    assert tokens["bg"] == "#f6efe2"
    assert ":root{--backward:#d55e00;" in style(deck)
    assert style(deck).index("--surface:#f1efe8") < style(deck).index("--bg: #f6efe2")
    assert all(contrast(tokens[text], tokens[ground]) >= 4.5 for text, ground in TEXTS)
    assert "--surface:#f1efe8" not in style(Deck(tmp_path, "title: T\ntheme: stark\nslides: [{title: A}]\n"))
