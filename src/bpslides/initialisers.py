"""Initial weights and biases by formula: ``draw(Initialiser(init="he", seed=1), (128, 784), layer=1)``.

With s the ``scale`` (1 if not given), and a layer of n units with m inputs each:

- zeros: 0.
- uniform: uniform on [−s, s).
- normal: normal with mean 0 and standard deviation s.
- xavier: uniform on [−r, r) with r = s·√(6/(m + n)) (Glorot and Bengio, 2010, equation 16).
- he: normal with mean 0 and standard deviation s·√(2/m) (He, Zhang, Ren and Sun, 2015, equation 10).

The numbers come from numpy's generator PCG64, seeded by the list of the ``seed``, the number of the layer (from 1), and
0 for weights or 1 for biases: layers of one seed differ from each other.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bpslides.model import Initialiser


def draw(chosen: Initialiser, shape: tuple[int, ...], layer: int) -> NDArray[np.float64]:
    """Numbers for the weights, of shape (units, inputs), or the biases, of shape (units,), of a layer.

    Raises:
        ValueError: for biases by a formula that needs the number of inputs, and for zeros with a scale.
    """
    if len(shape) == 1 and chosen.init in ("xavier", "he"):
        raise ValueError(f"{chosen.init} is for weights; biases begin as zeros, uniform or normal")
    if chosen.init == "zeros" and chosen.scale is not None:
        raise ValueError("zeros have no scale")
    generator = np.random.Generator(np.random.PCG64([chosen.seed, layer, 2 - len(shape)]))
    scale = 1.0 if chosen.scale is None else chosen.scale
    match chosen.init:
        case "uniform":
            return generator.uniform(-scale, scale, shape)
        case "normal":
            return generator.normal(0.0, scale, shape)
        case "xavier":
            bound = scale * math.sqrt(6.0 / (shape[0] + shape[1]))
            return generator.uniform(-bound, bound, shape)
        case "he":
            return generator.normal(0.0, scale * math.sqrt(2.0 / shape[1]), shape)
        case _:
            return np.zeros(shape)
