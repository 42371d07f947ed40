"""Fonts: a subset holds every character that the page shows, and not much more."""

import io

import pytest
from fontTools.ttLib import TTFont

from bpslides import fonts
from bpslides.mathml import mathml


def characters(data: bytes) -> set[str]:
    """The characters that a font file can show."""
    return set(map(chr, TTFont(io.BytesIO(data)).getBestCmap()))


def test_what_a_page_shows() -> None:
    """Text and formulas are told apart; scripts, styles and tags are not shown."""
    html = '<p title="Ж">Größe &amp; <math><mi>x</mi><mo>∑</mo></math><svg><text>σ</text></svg></p><script>Щ</script>'
    text, math = fonts.characters(html)
    assert set("Größe&") <= set(text)
    assert set("x𝑥∑σ𝜎") <= set(math)
    assert not set("ЖЩ") & (set(text) | set(math))
    assert "∑" not in text.replace(fonts.ALWAYS, "")


def test_letters_become_italic() -> None:
    """A browser shows the letters of a formula as mathematical italic: both forms are there, h as Planck's constant."""
    math = fonts.characters("<math><mi>a</mi><mi>Z</mi><mi>h</mi><mi>α</mi><mi>∂</mi></math>")[1]
    assert set("a𝑎Z𝑍hℎα𝛼∂𝜕") <= set(math)


@pytest.mark.parametrize("root", [r"\sqrt{x}", r"\sqrt[3]{x}"])
def test_roots_have_their_sign(root: str) -> None:
    """A browser draws the sign of a root from the font, though it stands nowhere in the page."""
    assert "√" in fonts.characters(str(mathml(root)))[1]
    assert "√" not in fonts.characters(str(mathml("x")))[1]


@pytest.mark.parametrize(
    "font",
    [fonts.TEXT, fonts.SERIF, fonts.SERIF_ITALIC, fonts.SERIF_BOLD, fonts.MATH, fonts.MONO, fonts.MONO_BOLD],
    ids=lambda font: font.file,
)
def test_subset(font: fonts.Font) -> None:
    """A subset has the characters that were asked for, is much smaller, and is the same every time."""
    data = fonts.subset(font, "ab12")
    assert characters(data) >= set("ab12")
    assert "q" not in characters(data)
    assert len(data) < len(fonts.whole(font)) / 3
    fonts.subset.cache_clear()
    assert fonts.subset(font, "ab12") == data


def test_what_a_page_needs() -> None:
    """The fonts that the stacks of a theme name, and the characters that each of them has to show."""
    html = "<p>Größe → δ</p><math><mi>x</mi></math>"

    def needed(stacks: str, page: str = html) -> dict[str, str]:
        return {font.file.partition(".")[0]: wanted for font, wanted in fonts.needed(page, stacks)}

    sans = needed('"Inter", sans-serif, "Inter", sans-serif')
    assert set(sans) == {"InterVariable", "STIXTwoMath-Regular", "JetBrainsMono"}
    assert "ß" in sans["InterVariable"]
    assert not {"ß", "G"} & set(sans["STIXTwoMath-Regular"] + sans["JetBrainsMono"].replace("G", ""))
    serif = needed('"STIX Two Text", "STIX Two Math", serif')
    assert "InterVariable" not in serif
    assert "STIXTwoText-Italic" not in serif
    assert "STIXTwoText-Italic" in needed('"STIX Two Text"', "<em>so</em>")
    assert set("→δ") <= set(serif["STIXTwoMath-Regular"])
    assert "ß" in needed('"JetBrains Mono"')["JetBrainsMono"]


def test_capitals_are_there_for_themes_that_want_them() -> None:
    """A theme may set titles in capitals: theirs are in the subset, too."""
    assert set("ÉΣ") <= set(fonts.characters("<h2>été σ</h2>")[0])


def test_formulas_keep_their_table() -> None:
    """The MATH table, by which roots and braces grow, survives; so does the weight axis of the text font."""
    assert "MATH" in TTFont(io.BytesIO(fonts.subset(fonts.MATH, "x√∑")))
    assert [axis.axisTag for axis in TTFont(io.BytesIO(fonts.subset(fonts.TEXT, "x")))["fvar"].axes] == ["wght"]


def test_what_scripts_may_show_is_always_there() -> None:
    """Live numbers and the words of live blocks need no characters of the page's source."""
    assert set(fonts.ALWAYS) <= set(fonts.characters("<p>Nothing</p>")[0])
    always = characters(fonts.subset(fonts.MONO, fonts.ALWAYS))
    assert set("0123456789.−+×⁰¹²³") <= always


def test_compressed() -> None:
    """WOFF holds the same tables in about half of the space, and stays as it is for the same font."""
    plain = fonts.subset(fonts.TEXT, fonts.ALWAYS)
    packed = fonts.woff(plain)
    assert len(packed) < 0.6 * len(plain)
    before, after = TTFont(io.BytesIO(plain)), TTFont(io.BytesIO(packed), checkChecksums=2)
    assert after.flavor == "woff"
    assert before.reader is not None
    assert after.reader is not None
    assert {tag: after.reader[tag] for tag in after.reader.keys()} == {  # noqa: SIM118 - it is no mapping
        tag: before.reader[tag]
        for tag in before.reader.keys()  # noqa: SIM118
    }
    assert int.from_bytes(packed[8:12], "big") == len(packed)
    assert int.from_bytes(packed[16:20], "big") == len(plain)
    assert fonts.woff(plain) == packed


def test_face_rule() -> None:
    """A rule names family, weight and file."""
    rule = fonts.face_rule(fonts.MATH, "x.ttf")
    assert rule.startswith("@font-face{")
    assert 'font-family:"STIX Two Math"' in rule
    assert 'src:url("x.ttf")' in rule
    assert "font-style:normal" in rule
    assert "font-style:italic" in fonts.face_rule(fonts.SERIF_ITALIC, "x.ttf")
