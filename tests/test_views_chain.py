"""The four forms of a chain as they stand on the page before anything moves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.decks import Deck, with_content

TWO_WAYS = "models:\n  m: {inputs: {x: 2}, graph: {u: 3*x, v: x**2, L: u*v}}\n"
SIGMOID = "stages: {u: -x, v: 1 + exp(u), sigma: 1/v}, domain: [-5, 5], at: 1"


def block(folder: Path, settings: str, models: str = TWO_WAYS):  # type: ignore[no-untyped-def]
    """The block on its page."""
    return Deck(folder, with_content(f"- chain: {{{settings}}}", models)).sound.page.one("[data-block=chain]")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            "slope: 0.25, below: 1e-10",
            "Vanishing: 20 factors of 0.25 leave 9.09×10⁻¹³. From n = 17 on it is below 1×10⁻¹⁰.",
        ),
        ("slope: 0.0653, count: 12, below: 1e-10", "From n = 9 on it is below 1×10⁻¹⁰."),
        ("slope: 0.9, below: 1e-10", "It is not yet below 1×10⁻¹⁰."),
        ("slope: 2, below: 1e-3", "Exploding: 20 factors of 2 make 1.05×10⁶. From n = 10 on it is above 1×10³."),
        ("slope: 1, below: 1e-3", "Steady: 20 factors of 1 make 1, neither more nor less."),
        ("slope: 0", "Zero: a single slope of 0 stops everything behind it."),
        ("slope: 1e-5, count: 100", "Vanishing: 100 factors of 1×10⁻⁵ leave less than a computer can tell from 0."),
        ("slope: 1e6, count: 100, slopes: [0, 2e6]", "make no number that a computer can hold."),
        ("slope: m.grad.x/-40, slopes: [-2, 2], count: 3", "Vanishing: 3 factors of −0.9 leave −0.729."),
        ("slope: 0.5, count: 1", "1 factor of 0.5 leave"),
    ],
)
def test_product(tmp_path: Path, settings: str, words: str) -> None:
    """What becomes of the product is said in words, and nothing is NaN."""
    product = block(tmp_path, settings)
    assert words in product.texts("[data-role=verdict]")[0]
    assert "nan" not in product.source.lower().replace("finance", "")


def test_gears(tmp_path: Path) -> None:
    """Turns and rates of every gear, and the rate of the last by the first."""
    gears = block(tmp_path, "gears: [3, 2], at: 0.5")
    assert gears.texts("[data-role=turns]") == ["0.5", "1.5", "3"]
    assert gears.texts("[data-role=whole]") == ["6"]
    assert len(gears.all("[data-role=wheel]")) == 3


def test_paths(tmp_path: Path) -> None:
    """Each path has its factors and its product; the sum is the gradient of the core."""
    paths = block(tmp_path, "model: m, gradient: x")
    assert [number.attributes["data-number"] for number in paths.all(".chain-row .product output")] == [
        "24.0",
        "12.0",
        "36.0",
    ]
    assert paths.texts("[data-role=verdict]") == ["Sum across the 2 paths: 24 + 12 = 36."]
    assert len(paths.all(".route")) == 4


def test_a_product_of_0_is_0(tmp_path: Path) -> None:
    """A rounded number takes ≈, but what comes to 0 is 0, whatever it was multiplied with."""
    paths = block(tmp_path, "model: m, gradient: x", "models:\n  m: {inputs: {x: 0}, graph: {u: x/3, L: u*x}}\n")
    rows = [row.texts(".times")[-1] for row in paths.all(".chain-row")[:2]]
    assert rows == ["=", "="]
    paths = block(tmp_path, "model: m, gradient: x", "models:\n  m: {inputs: {x: 1}, graph: {u: x/3, L: u*x}}\n")
    assert "≈" in [row.texts(".times")[-1] for row in paths.all(".chain-row")[:2]]


def test_stages(tmp_path: Path) -> None:
    """Values and slopes stage by stage; all slopes together are the derivative of the whole."""
    stages = block(tmp_path, SIGMOID)
    sigmoid = 1 / (1 + np.exp(-1))
    assert stages.texts("[data-role=value]") == ["1.0", "−1", "1.368", f"{sigmoid:.4g}"]
    assert stages.texts("[data-role=slope]") == ["−1", "0.3679", "−0.5344"]
    assert stages.texts("[data-role=so-far]")[-1] == f"{sigmoid * (1 - sigmoid):.4g}"
    data = json.loads(stages.one("script.data").source)
    assert data["names"] == ["x", "u", "v", "sigma"]
    assert stages.all(".badge")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("count: 3", "“chain” needs one of “slope”, “gears”, “model” and “stages”: it says what the chain is made of"),
        ("slope: 1, gears: [1]", "“chain” needs one of “slope”, “gears”, “model” and “stages”"),
        ("slope: 1, cuont: 3", "unknown key “cuont” (did you mean “count”?)"),
        ("slope: 3", "the slope 3 is not between the 0 and 2 of its slider (widen “slopes”)"),
        ("slope: 1, below: 2", "“below” should be at most 0.5"),
        ("gears: []", "“gears” needs 1 or more entries, not 0"),
        ("gears: [-1]", "a gear cannot turn -1 times"),
        ("gears: [5, 8]", "these rates need a gear of 320 teeth, and 96 can be drawn"),
        ("gears: [3], names: [a, b, c]", "“names” has 3 entries for 2 gears"),
        ("gears: [3], names: [a, a]", "two gears are called “a”"),
        ("model: n, gradient: x", "there is no model “n” (known here: m)"),
        ("model: m, gradient: y", "“m” has no “y” here (known here: L, u, v, x)"),
        ("model: m, gradient: L", "no path leads from “L” to “L” (choose another “gradient”)"),
        ("stages: {u: x}, domain: [0, 1], at: 0", "“stages” needs 2 or more entries, not 1"),
        ("stages: {u: x*y, v: u}, domain: [0, 1], at: 0", "the first stage has several names: x, y"),
        ("stages: {u: 2*x, v: u*x}, domain: [0, 1], at: 0", "this stage uses “x” (each is a function of the one"),
        ("stages: {u: 2*x, v: 3}, domain: [0, 1], at: 0", "this stage does not use “u”"),
        ("stages: {u: 2*x, v: log(u)}, domain: [-2, 1], at: -1", "the stages have no finite value at -1"),
        ("stages: {u: 2*x, v: 2*u}, domain: [0, 1], at: 3", "the point 3 is outside of the domain"),
        ("stages: {u: 2*x, x: 2*u}, domain: [0, 1], at: 1", "“x” stands for two things"),
    ],
)
def test_mistakes(tmp_path: Path, settings: str, message: str) -> None:
    """What is wrong is told, once and with a place."""
    (told,) = Deck(tmp_path, with_content(f"- chain: {{{settings}}}", TWO_WAYS)).messages
    assert message in told
    assert told[0].isdigit()
