"""Formulas in symbols and in numbers: = where a printed number is the number, ≈ where it is rounded."""

from pathlib import Path

import pytest

from bpslides.spelling import Spelling, equation, in_two_rows, shared
from bpslides.views.common import equals
from tests.decks import Deck, with_content

MODEL = "models:\n  m: {parameters: {w: 0.3}, graph: {z: w/7, L: z**2}}\n"


def test_the_sign_says_whether_a_number_is_rounded(tmp_path: Path) -> None:
    """Each sign looks at its two neighbours; what comes to 0 is 0, and the first side may be missing."""
    program = Deck(tmp_path, with_content("- x", MODEL)).sound.site.numbers.programs["m"]
    spell = Spelling(program, program.state())
    exact, rounded, small = spell.number(0.3), spell.number(0.3 / 7), spell.small(0.3 / 7)
    assert equation("z", "w / 7", exact) == "z = w / 7 = 0.3"
    assert equation("z", rounded, exact) == r"z \approx 0.0429 \approx 0.3"
    assert equation("z", "w / 7", exact, small) == r"z = w / 7 = 0.3 \approx 0.0429"
    assert equation("z", f"{rounded} \\cdot 0", spell.number(0.0)) == r"z \approx 0.0429 \cdot 0 = 0"
    assert equation("", exact, rounded) == r"= 0.3 \approx 0.0429"
    assert in_two_rows("z", "w / 7", rounded) == ["z = w / 7", r"\phantom{z} \approx 0.0429"]


def test_the_sign_between_boxes() -> None:
    """One rounded number among them is enough; the last digits of a double do not count, and 0 is 0."""
    assert equals([0.5, -1.2], 0.1 + 0.2, ".4f") == "="
    assert equals([0.5], 1 / 3, ".4f") == equals([1 / 3], 0.5, ".4f") == "≈"
    assert equals([1 / 3, 0.0], 0.0, ".4f") == "="


@pytest.mark.parametrize(
    ("symbols", "letter"),
    [
        (["W_{13}", "W_{23}"], "W"),
        (["a_3", "a_{45}"], "a"),
        (["w_{H3, \\mathrm{out}}", "w_1"], "w"),
        ([r"\theta_1", r"\theta_2"], r"\theta"),
        ([r"\hat{y_1}", r"\hat{y_2}"], "otherwise"),
        (["p", "q"], "otherwise"),
        (["w_1", "v_1"], "otherwise"),
    ],
)
def test_what_symbols_have_in_common(symbols: list[str], letter: str) -> None:
    """The index falls away, and with it nothing that LaTeX needs."""
    assert shared(symbols, "otherwise") == letter
