"""Colours: what CSS calls one, and the contrast of two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.colours import Colour, contrast, mix, names, parse, readable

channels = st.integers(0, 255)
codes = st.builds("#{:02x}{:02x}{:02x}".format, channels, channels, channels)


@pytest.mark.parametrize(
    ("text", "colour"),
    [
        ("#c00", (204, 0, 0, 1)),
        ("#CC0000", (204, 0, 0, 1)),
        ("#cc000080", (204, 0, 0, 128 / 255)),
        ("#f008", (255, 0, 0, 136 / 255)),
        (" Teal ", (0, 128, 128, 1)),
        ("darkslategrey", (47, 79, 79, 1)),
        ("rgb(1, 2, 3)", (1, 2, 3, 1)),
        ("rgba(27, 31, 38, 0.22)", (27, 31, 38, 0.22)),
        ("rgb(1 2 3 / 50%)", (1, 2, 3, 0.5)),
        ("rgb(300, 0, 0)", (255, 0, 0, 1)),
    ],
)
def test_what_is_a_colour(text: str, colour: tuple[float, float, float, float]) -> None:
    """Codes of three to eight digits, names, and rgb with or without opacity."""
    assert parse(text) == Colour(*colour)


@pytest.mark.parametrize(
    "text", ["", "#12", "#12345", "#ggg", "#１２３", "cccccc", "greeen", "oklch(0.5 0 0)", "rgb(1,2)"]
)
def test_what_is_none(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(ValueError, match="not a colour"):
        parse(text)


def test_names() -> None:
    """All 148 names of CSS, the British spelling of gray among them."""
    assert len(names()) == 148
    assert names()["rebeccapurple"] == "663399"
    assert names()["grey"] == names()["gray"] == "808080"


@pytest.mark.parametrize(
    ("front", "back", "ratio"),
    [
        ("black", "white", 21.0),
        ("#777", "#fff", 4.478),  # the gray that famously just fails, and the one that just passes
        ("#767676", "#fff", 4.542),
        ("#f00", "#fff", 3.998),
        ("rgba(0, 0, 0, 0.5)", "white", 3.976),
    ],
)
def test_known_contrasts(front: str, back: str, ratio: float) -> None:
    """Ratios that are published for WCAG 2; an opacity lets the ground through."""
    assert contrast(front, back) == pytest.approx(ratio, abs=0.005)


@given(codes, codes)
def test_contrast_is_symmetric(one: str, other: str) -> None:
    """Who is in front does not matter for opaque colours; the ratio lies between 1 and 21, and is 1 with itself."""
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21
    assert contrast(one, one) == 1


@given(codes, codes)
def test_readable(colour: str, ground: str) -> None:
    """Moved towards black or white, whichever stands out more, every colour can be read; one that can be stays."""
    end = max(("#000000", "#ffffff"), key=lambda far: contrast(far, ground))
    found = readable(colour, end, [ground])
    assert contrast(found, ground) >= 4.5
    if contrast(colour, ground) >= 4.5:
        assert found == colour


def test_mix() -> None:
    """A share of one colour in another."""
    assert mix(parse("#fff"), parse("#000"), 0.2).code == "#333333"
    assert parse("#11223344").code == "#11223344"
