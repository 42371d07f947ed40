"""How slides look as a whole: backgrounds with readable text, transitions, counters, the logo, the proportions."""

import json
from pathlib import Path

import pytest

from bpslides.render import Output
from tests.decks import Deck
from tests.pages import Node
from tests.test_assets import PIXEL

NEEDS = "on this background, and needs 4.5 (choose a darker or a lighter colour"
COLOURS = (
    'use a code such as "#17324a", a name of CSS such as teal, '
    "or one of: surface, surface_raised, forward_soft, backward_soft"
)


def deck(folder: Path, slide: str = "", head: str = "", output: Output = Output.SERVE) -> Deck:
    """A deck whose second slide has these settings."""
    (folder / "dot.png").write_bytes(PIXEL)
    return Deck(folder, f"title: T\n{head}slides:\n  - {{title: A}}\n  - {{title: B{slide}}}\n", output)


def section(built: Deck) -> Node:
    """The second slide."""
    return built.sound.page.one("#b")


@pytest.mark.parametrize(
    ("setting", "theme", "attributes", "classes"),
    [
        ("background: '#17324a'", "dark", {"data-background-color": "#17324a"}, set()),
        ("background: '#fff'", "dark", {"data-background-color": "#ffffff"}, {"on-light"}),
        ("background: navy", "light", {"data-background-color": "#000080"}, {"on-dark"}),
        ("background: '#0b5f8a'", "dark", {"data-background-color": "#0b5f8a"}, {"plain-ink"}),
        ("background: surface", "light", {"data-background-color": "#f1efe8"}, set()),
        (
            "background: {gradient: [forward_soft, '#222']}",
            "dark",
            {"data-background-gradient": "linear-gradient(to bottom right, #17324a, #222222)"},
            set(),
        ),
        ("scheme: light", "dark", {"data-background-color": "#fbfaf6"}, {"on-light"}),
        ("scheme: dark", "dark", {}, set()),
        (
            "background: {image: dot.png, opacity: 0.2}",
            "dark",
            {"data-background-color": "#10141b", "data-background-opacity": "0.2"},
            {"plain-ink"},
        ),
    ],
)
def test_backgrounds(tmp_path: Path, setting: str, theme: str, attributes: dict[str, str], classes: set[str]) -> None:
    """A background comes with the colours in which text is read on it."""
    found = section(deck(tmp_path, f", {setting}", f"theme: {theme}\n"))
    given = {name: value for name, value in found.attributes.items() if name.startswith("data-background")}
    image = given.pop("data-background-image", None)
    assert given == attributes
    assert ("image" in setting) == bool(image)
    assert set(found.attributes["class"].split()) == {"layout-content", *classes}


def test_the_other_scheme_has_its_colours(tmp_path: Path) -> None:
    """Where a slide is in the other scheme, the style sheet has that scheme's colours, and only then."""
    plain = deck(tmp_path, output=Output.SINGLE_FILE).page.one("style").source
    other = deck(tmp_path, ", scheme: light", output=Output.SINGLE_FILE).page.one("style").source
    assert ".on-light{" not in plain
    rule = other.partition(".on-light{")[2].partition("}")[0]
    assert "--text:#1b1f26;" in rule
    assert "--size-text" not in rule


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "background: '#808080'",
            f"4:29: warning: text has a contrast of 4.2 to 1 {NEEDS})",
        ),
        (
            "background: {gradient: [black, white]}",
            f"4:40: warning: text has a contrast of 1.3 to 1 {NEEDS}, and two that are near each other)",
        ),
        ("background: bleu", "4:16: “colour” should be a colour (did you mean “blue”?)"),
        (
            "background: {colour: 'url(x)'}",
            f"4:29: “colour” should be a colour ({COLOURS})",
        ),
        (
            "background: {colour: red, image: dot.png}",
            "4:16: “background” needs just one of “colour”, “gradient” and “image”",
        ),
        (
            "background: {image: ../x.png}",
            "4:36: “../x.png” leads out of the deck's folder (put the picture below the deck's folder)",
        ),
        ("background: {image: dot.png, opacity: 2}", "4:45: “opacity” should be at most 1"),
        ("transition: spin", "4:16: “transition” should be one of: none, fade, slide, convex, concave, zoom"),
    ],
)
def test_mistakes(tmp_path: Path, setting: str, message: str) -> None:
    """What a slide cannot look like is told where it is written."""
    assert deck(tmp_path, f", {setting}").messages == [message]


def test_transitions(tmp_path: Path) -> None:
    """The deck says how slides follow each other, and one slide may say otherwise."""
    built = deck(tmp_path, ", transition: zoom, auto_animate: true", "transition: fade\n")
    settings = json.loads(built.sound.page.one('[id=":settings"]').source)
    assert settings["transition"] == "fade"
    assert section(built).attributes["data-transition"] == "zoom"
    assert "data-animate" in section(built).attributes
    assert "data-transition" not in built.page.one("#a").attributes


@pytest.mark.parametrize(
    ("head", "counters"),
    [("", ["00 / 01", "01 / 01"]), ("true", ["00", "01"]), ("false", []), ("total", ["00 / 01", "01 / 01"])],
)
def test_slide_numbers(tmp_path: Path, head: str, counters: list[str]) -> None:
    """The counter with or without the total, or none at all."""
    built = deck(tmp_path, head=f"slide_numbers: {head}\n" if head else "")
    assert built.sound.page.texts(".counter") == counters


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("slide_numbers: all", "2:1: “slide_numbers” should be true, false or total"),
        ("aspect: 16:10", "2:1: “aspect” should be one of: 16:9, 4:3 (did you mean “16:9”?)"),
        (
            "logo: dot.png",
            "2:1: “alt” is missing (say what it shows, for those who do not see it; for a mere decoration: alt: '')",
        ),
        (
            "logo: {src: no.png, alt: We}",
            "2:13: there is no file “no.png” (addresses are relative to the deck's folder)",
        ),
    ],
)
def test_mistakes_in_the_head(tmp_path: Path, head: str, message: str) -> None:
    """So are the settings of the deck."""
    assert deck(tmp_path, head=f"{head}\n").messages == [message]


@pytest.mark.parametrize("output", [Output.FOLDER, Output.SINGLE_FILE])
def test_logo(tmp_path: Path, output: Output) -> None:
    """Each slide names the logo, and the picture is there just once."""
    built = deck(tmp_path, head="logo: {src: dot.png, alt: The *House*, corner: bottom-left}\n", output=output).sound
    logos = built.page.all("span.logo.bottom-left")
    assert [logo.attributes["aria-label"] for logo in logos] == ["The House", "The House"]
    if output is Output.SINGLE_FILE:
        assert built.page.one("style").source.count("data:image/png") == 1
    else:
        (picture,) = [name for name in built.site.files if name.endswith(".png")]
        (style,) = [data.decode() for name, data in built.site.files.items() if name.endswith(".css")]
        assert f'.logo{{background-image:url("{picture.removeprefix("assets/")}")}}' in style


def test_proportions(tmp_path: Path) -> None:
    """YAML takes 4:3 for a number of minutes; we take it as it is written."""
    settings = json.loads(deck(tmp_path, head="aspect: 4:3\n").sound.page.one('[id=":settings"]').source)
    assert settings["canvas"] == [960, 720]
