"""Initial weights: each formula has its mean, its spread and its range, and a seed settles them."""

import math

import numpy as np
import pytest

from bpslides.autodiff import Array
from bpslides.initialisers import draw
from bpslides.model import Initialiser


def drawn(init: str, shape: tuple[int, ...] = (400, 300), layer: int = 1, seed: int = 0, scale: float = 1) -> Array:
    """Numbers by an initialiser that takes a scale."""
    return draw(Initialiser.model_validate({"init": init, "seed": seed, "scale": scale}), shape, layer)


@pytest.mark.parametrize(
    ("init", "scale", "deviation", "bound"),
    [
        ("uniform", 1, 1 / math.sqrt(3), 1),
        ("uniform", 0.05, 0.05 / math.sqrt(3), 0.05),
        ("normal", 0.1, 0.1, math.inf),
        ("xavier", 1, math.sqrt(2 / 700), math.sqrt(6 / 700)),
        ("xavier", 2, 2 * math.sqrt(2 / 700), 2 * math.sqrt(6 / 700)),
        ("he", 1, math.sqrt(2 / 300), math.inf),
    ],
)
def test_initialisers(init: str, scale: float, deviation: float, bound: float) -> None:
    """Each has mean 0, the standard deviation of its formula, and fills its range."""
    weights = drawn(init, scale=scale)
    assert weights.shape == (400, 300)
    assert weights.std() == pytest.approx(deviation, rel=0.01)
    assert abs(weights.mean()) < 0.01 * deviation
    assert 0.99 * min(bound, deviation) < np.abs(weights).max() <= bound


def test_zeros() -> None:
    """Zeros are zeros."""
    assert not draw(Initialiser(init="zeros"), (2, 3), 1).any()


def test_seeds() -> None:
    """The same seed gives the same numbers; another seed, layer, or kind of parameter gives others."""
    first = drawn("normal", (3,), seed=4)
    assert (first == drawn("normal", (3,), seed=4)).all()
    for other in (
        drawn("normal", (3,), seed=5),
        drawn("normal", (3,), layer=2, seed=4),
        drawn("normal", (1, 3), seed=4),
    ):
        assert (first != other.ravel()).all()
