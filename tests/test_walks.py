"""The plan of a walk: what lights up when, and that every formula and number is the core's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpslides.program import Program
from bpslides.walks import Walk, plan
from tests.decks import Deck

TWO_WEIGHTS = """\
title: Test
models:
  net:
    inputs: {x: 1.5}
    targets: {y: 1.0}
    parameters: {w1: 0.8, w2: -1.2}
    graph:
      z1: w1*x
      a1: sigmoid(z1)
      z2: w2*a1
      a2: sigmoid(z2)
      L: 0.5*(a2 - y)**2
    loss: L
  twice:
    parameters: {w: 0.5}
    graph:
      u: w*2
      v: w*w
      L: u*v
    loss: L
slides:
  - title: One
"""


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Program]:
    """The models of the deck above."""
    return Deck(tmp_path, TWO_WEIGHTS).sound.site.numbers.programs


@pytest.fixture
def walk(programs: dict[str, Program]) -> Walk:
    """The walk to the deepest weight."""
    return plan(programs["net"], "w1", {"z1": "a1", "z2": "a2"})


def test_forward_line_by_line_then_back_edge_by_edge(walk: Walk) -> None:
    """Users come before their operands on the way back, and a weight's side branch before the chain goes on."""
    assert [step.phase for step in walk.substeps] == ["forward"] * 5 + ["backward"] * 6 + ["result"]
    assert [step.edges for step in walk.substeps[5:11]] == [
        [("L", "a2")],
        [("a2", "z2")],
        [("z2", "w2")],
        [("z2", "a1")],
        [("a1", "z1")],
        [("z1", "w1")],
    ]


def test_the_chain_multiplies_to_the_gradient(walk: Walk) -> None:
    """Five factors, the published ones, whose product is what the backward sweep gives."""
    (chain,) = walk.paths
    shown = [round(factor.value, 10) for factor in chain]
    assert shown == [-0.7154962127, 0.2035613823, -1.2, 0.1778944406, 1.5]
    product = 1.0
    for factor in chain:
        product *= factor.value
    assert product == pytest.approx(walk.gradient, rel=1e-14)
    assert walk.gradient == pytest.approx(0.0466377523, abs=5e-11)


def test_formulas_in_symbols_and_then_in_numbers(walk: Walk) -> None:
    """A line's own value stands for its expression, so σ′ is written a(1 − a); negative factors stand in brackets."""
    assert walk.substeps[1].formulas == [r"a_1 = \sigma(z_1)", r"\phantom{a_1} = \sigma(1.2) = 0.7685"]
    local, product = walk.substeps[6].formulas
    assert r"a_2" in local
    assert r"\sigma" not in local
    assert local.endswith("= 0.2036")
    assert product.endswith(r"= -0.7155 \cdot 0.2036 = -0.1456")
    assert walk.substeps[8].formulas[1].endswith(r"-0.1456 \cdot (-1.2) = 0.1748")


def test_values_and_gradients_become_known_with_their_substep(walk: Walk) -> None:
    """Leaves from the start, lines going forward, adjoints coming back; what no gradient reaches stays empty."""
    rows = {row.name: (row.value_step, row.gradient_step) for row in walk.rows}
    assert rows == {
        "x": (0, 0), "y": (0, 0), "w1": (0, 11), "w2": (0, 8), "z1": (1, 10),
        "a1": (2, 9), "z2": (3, 7), "a2": (4, 6), "L": (5, 6),
    }  # fmt: skip
    assert {row.name for row in walk.rows if row.gradient is None} == {"x", "y"}


def test_the_point_moves_with_the_unit_that_is_passed(walk: Walk) -> None:
    """To (z1, a1), then (z2, a2), and back."""
    points = [step.point[0] if step.point else None for step in walk.substeps]
    assert points[0] is None
    assert points[1:3] == [pytest.approx(1.2)] * 2
    assert points[3:9][-1] == pytest.approx(-0.9222296, abs=1e-6)
    assert points[9:] == [pytest.approx(1.2)] * 3


def test_paths_that_meet_are_added(programs: dict[str, Program]) -> None:
    """Where the loss is reached twice there is a chain per path, and their sum is the gradient."""
    walk = plan(programs["twice"], "w")
    assert len(walk.paths) == 2
    total = 0.0
    for path in walk.paths:
        product = 1.0
        for factor in path:
            product *= factor.value
        total += product
    assert total == pytest.approx(walk.gradient) == pytest.approx(1.5)
    assert " + " in walk.substeps[-1].formulas[0]


def test_a_gradient_that_the_loss_does_not_know(programs: dict[str, Program]) -> None:
    """Said in words."""
    with pytest.raises(ValueError, match="does not depend on “L2”"):
        plan(programs["net"], "L2")
