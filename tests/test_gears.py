"""Gears: as many teeth as the rates ask for, and teeth that mesh however they are turned."""

from itertools import pairwise

import pytest

from bpslides.gears import train


def test_teeth() -> None:
    """A wheel with a third of the teeth turns three times as often, against its neighbour."""
    wheels = train([3, 2]).wheels
    assert [wheel.teeth for wheel in wheels] == [48, 16, 8]
    assert [wheel.speed for wheel in wheels] == [1, -3, 6]


@pytest.mark.parametrize("rates", [[3.0, 2.0], [1.5, 0.5], [0.25, 2.0, 3.0], [1.0]])
@pytest.mark.parametrize("turn", [0.0, 0.013, 0.37])
def test_teeth_mesh(rates: list[float], turn: float) -> None:
    """Where two wheels meet, a tooth of the one stands in a gap of the other."""
    wheels = train(rates).wheels
    for left, right in pairwise(wheels):
        # How far past its tooth each wheel is at the point where they meet, in teeth; the right one is seen mirrored.
        past = -(left.phase + 360 * left.speed * turn) * left.teeth / 360
        mirrored = (180 - right.phase - 360 * right.speed * turn) * right.teeth / 360
        assert (past + mirrored) % 1 == pytest.approx(0.5)
        assert right.x - left.x == pytest.approx(left.radius + right.radius)


def test_too_many_teeth() -> None:
    """Rates that no slide can show are told."""
    with pytest.raises(ValueError, match="need a gear of 320 teeth"):
        train([5, 8])
