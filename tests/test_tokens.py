"""What a deck may set of its theme: vetted values, as CSS of ours in the end."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bpslides import theme
from bpslides.colours import contrast
from bpslides.errors import Problems
from bpslides.model import Tokens
from bpslides.render import Output
from bpslides.text import Text
from tests.decks import Deck
from tests.test_theme import style


def deck(folder: Path, tokens: str, name: str = "dark", output: Output = Output.FOLDER) -> Deck:
    """A deck in a theme with these tokens (a flow mapping)."""
    return Deck(
        folder, f"title: T\ntheme: {name}\ntokens: {{{tokens}}}\nslides: [{{title: A, content: ['*b*']}}]\n", output
    )


def ours(deck: Deck) -> str:
    """The rule that the tokens end up in."""
    *_, rule = re.findall(r":root\{color-scheme:\w+;([^}]*)\}", style(deck))
    return str(rule)


def test_every_kind(tmp_path: Path) -> None:
    """Colours, factors, pixels and fonts become variables; `tokens` of a theme tells them as they are in the end."""
    css = ours(deck(tmp_path, 'bg: "#FFF", bad: Crimson, scale_text: 1.1, gap: 30, radius: 4, font_title: mono').sound)
    assert css == ("--bad:#dc143c;--bg:#ffffff;--font-title:var(--font-mono);--gap:30px;--radius:4px;--scale-text:1.1;")


def test_nothing_set(tmp_path: Path) -> None:
    """A deck without tokens has the theme as it is."""
    assert ours(deck(tmp_path, "").sound) == ""


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("acent: red", "3:10: unknown key “acent” (did you mean “accent”?)"),
        ("text-muted: red", "3:10: unknown key “text-muted” (did you mean “text_muted”?)"),
        ("accent: greeen", "3:10: “accent” should be a colour (did you mean “green”?)"),
        ("accent: '#12345'", "3:10: “accent” should be a colour (use a code such as "),
        ("accent: 'red;}*{display:none'", "3:10: “accent” should be a colour (use a code"),
        ("accent: 'url(x)'", "3:10: “accent” should be a colour (use a code"),
        ("accent: [1, 2]", "3:10: “accent” should be a colour (use a code"),
        ("accent: 120", "3:10: “accent” should be a colour (use a code"),
        ("gap: 80", "3:10: “gap” should be between 8 and 56 pixels"),
        ("gap: 2rem", "3:10: “gap” should be a number, not text (leave the unit away)"),
        ("gap: true", "3:10: “gap” should be a number, not true or false"),
        ("radius: -1", "3:10: “radius” should be between 0 and 40 pixels"),
        ("scale_title: .inf", "3:10: “scale_title” should be between 0.6 and 1.4"),
        ("scale_text: .nan", "3:10: “scale_text” should be between 0.8 and 1.3"),
        ("gap: wide", "3:10: “gap” should be a number, not text"),
        ("font_text: serief", "3:10: “font_text” should be one of: sans, serif, mono (did you mean “serif”?)"),
    ],
)
def test_refused(tmp_path: Path, tokens: str, message: str) -> None:
    """A slip is told with its place and what would do; nothing of it reaches the page, and the rest is used."""
    found = deck(tmp_path, f"{tokens}, good: teal")
    assert [text for text in found.messages if text.startswith(message)] == found.messages
    assert len(found.messages) == 1
    assert ours(found) == "--good:#008080;"


def test_colour_that_is_a_comment(tmp_path: Path) -> None:
    """A code without quotes is a comment to YAML: that has a message of its own."""
    found = Deck(tmp_path, "title: T\ntokens:\n  accent: #c00\nslides: [{title: A}]\n")
    (message,) = [text for text in found.messages if "warning" not in text]
    assert message.startswith(
        "3:3: “accent” should be a colour, and is empty (YAML takes “#” for a comment; put quotes around"
    )


@given(st.dictionaries(st.sampled_from(sorted(Tokens.model_fields)), st.text() | st.floats() | st.integers()))
def test_no_value_gets_out_of_its_place(values: dict[str, object]) -> None:
    """Whatever is written, only values of known shapes come out: no bracket, no semicolon, no quotation mark."""
    for name, value in values.items():
        try:
            given = Tokens.model_validate({name: value}).variables()
        except ValidationError:
            continue
        assert re.fullmatch(r"#[0-9a-f]{6}|\d+(\.\d+)?(px)?|var\(--font-(sans|serif|mono)\)", given[name], re.ASCII)


@pytest.mark.parametrize("name", ["dark", "light", "stark", "paper", "contrast"])
@pytest.mark.parametrize("colour", ["#ffe500", "#000080", "#888888", "#ff0000"])
def test_a_tone_brings_its_kin(name: str, colour: str) -> None:
    """A new accent has readable writing on it; a new tone has a twin for texts and a soft ground, both readable."""
    tokens = Tokens.model_validate({"accent": colour, "forward": colour, "backward": colour})
    found = theme.load(Text(name), Path(), Problems(), tokens).tokens
    assert found["forward"] == found["accent"] == colour
    assert contrast(found["on_accent"], colour) >= 4.5
    for tone in ("forward", "backward"):
        assert contrast(found[f"{tone}_text"], found["bg"]) >= 4.5
        assert contrast(found[f"{tone}_text"], found[f"{tone}_soft"]) >= 4.5
        assert found[f"{tone}_soft"] not in (found["bg"], colour)


def test_kin_that_is_given_stays(tmp_path: Path) -> None:
    """What a deck sets by itself is not worked out."""
    css = ours(
        deck(tmp_path, "forward: navy, forward_text: red, forward_soft: teal, accent: red, on_accent: blue").sound
    )
    assert "--forward-text:#ff0000;" in css
    assert "--forward-soft:#008080;" in css
    assert "--on-accent:#0000ff;" in css


def test_theme_in_colours_of_its_own(tmp_path: Path) -> None:
    """A ground that only a browser can read hinders nothing; then the tone comes alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.css").write_text("/*\nname: M\nscheme: dark\n*/\n:root { --bg: oklch(0.2 0.02 250) }")
    assert "--forward:#ff0000;" in ours(deck(tmp_path, "forward: red", "mine").sound)


def test_fonts_follow(tmp_path: Path) -> None:
    """A page carries the fonts that its tokens ask for, and no others."""

    def fonts(tokens: str, name: str = "dark") -> set[str]:
        files = deck(tmp_path, tokens, name).sound.site.files
        return {path.partition("assets/")[2].partition(".")[0] for path in files if path.endswith(".woff")}

    plain = {"InterVariable", "STIXTwoMath-Regular", "JetBrainsMono"}
    serif = {"STIXTwoText-Regular", "STIXTwoText-Italic", "STIXTwoText-Bold", "STIXTwoMath-Regular", "JetBrainsMono"}
    assert fonts("") == plain
    assert fonts("", "paper") == fonts("font_text: serif") == serif
    assert fonts("font_title: serif") == plain | serif
    assert fonts("", "stark") == fonts("font_title: mono") == plain | {"JetBrainsMono-ExtraBold"}


def test_single_file_keeps_its_policy(tmp_path: Path) -> None:
    """The style with the tokens in it is the one that the policy of the page allows by its hash."""
    import base64
    import hashlib

    page = deck(tmp_path, "accent: teal, font_text: serif", output=Output.SINGLE_FILE).sound.page
    (css,) = [node.source for node in page.all("style")]
    assert "--accent:#008080;" in css
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = next(node for node in page.all("meta") if "http-equiv" in node.attributes).attributes["content"]
    assert f"'sha256-{digest}'" in policy


def test_a_change_of_tokens_reloads_the_page(tmp_path: Path) -> None:
    """Open pages under `serve` are told of a new style."""
    frames = [deck(tmp_path, tokens, output=Output.SERVE).sound.site.frame for tokens in ("", "accent: red", "gap: 12")]
    assert len(set(frames)) == 3
