"""Fonts cut to the characters of a page: small, complete, and still able to set a formula."""

from __future__ import annotations

import io
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from bpslides import fonts
from bpslides.markup import mathml


def opened(data: bytes) -> Any:
    """A font to ask."""
    return TTFont(io.BytesIO(data))


@pytest.mark.parametrize("font", [fonts.TEXT, fonts.MATH, fonts.MONO])
def test_a_subset_is_small_and_holds_what_was_asked(font: fonts.Font) -> None:
    """The letters asked for are there, others are not, and it is a tenth of the whole."""
    data = fonts.subset(font, "AbL123")
    known = set(opened(data).getBestCmap())
    assert {ord(c) for c in "AbL123"} <= known
    assert ord("Q") not in known
    assert len(data) < len(fonts.whole(font)) / 10


def test_the_math_table_survives() -> None:
    """Without it the browser could stretch no brace and place no fraction bar."""
    font = opened(fonts.subset(fonts.MATH, "x()=√∑"))
    assert "MATH" in font
    assert font["MATH"].table.MathVariants.VertGlyphConstruction


def test_the_weight_stays_variable_and_figures_can_line_up() -> None:
    """Headings are bold and live numbers do not jump, from one file."""
    font = opened(fonts.subset(fonts.TEXT, "0123 ab"))
    axes = {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes}
    assert axes == {"wght": (400, 800)}
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


def test_characters_of_text_and_of_formulas_are_told_apart() -> None:
    """Formulas ask for mathematical italic too, which the browser puts in by itself; scripts ask for nothing."""
    page = f"<p>Grüße €</p><script>漢</script><p>{mathml('h + x')}</p>"
    text, math = fonts.characters(page)
    assert "ü" in text
    assert "€" in text
    assert "漢" not in text + math
    assert "𝑥" in math
    assert "ℎ" in math
    assert "€" not in math


def test_what_a_page_may_come_to_show_is_always_there() -> None:
    """Live numbers, powers of ten and signs that no source holds."""
    text, _ = fonts.characters("<p>a</p>")
    assert set("0123456789−×⁻⁷…") <= set(text)
