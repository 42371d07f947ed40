"""Elementary functions on single numbers and arrays: `sigmoid(x)`, `power(x, y)`, `erf(x)`; none of them ever warns
inside `np.errstate(all="ignore")`, and none overflows where its result is an ordinary number.

Single numbers go through the standard library's `math`, arrays through numpy. The two differ in the last bit now and
then; this way a single number has the same value in the table of operations and in the compiled loop.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SQRT_HALF = math.sqrt(0.5)
"""1/√2, the factor in Φ(x) = ½(1 + erf(x/√2))."""

NORMAL_PEAK = 1.0 / math.sqrt(2.0 * math.pi)
"""φ(0), the standard normal density at 0."""

ERF_SLOPE = 2.0 / math.sqrt(math.pi)
"""The derivative of erf at 0."""


def _either(single: Callable[[float], float], many: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Choose by the number of axes; where `math` raises, the result is what numpy would say: infinity or NaN."""

    def function(x: Array) -> Array:
        if x.ndim:
            return many(x)
        try:
            return np.asarray(single(float(x)))
        except (OverflowError, ValueError):
            return np.asarray(many(x))

    return function


exp = _either(math.exp, np.exp)
expm1 = _either(math.expm1, np.expm1)
log = _either(math.log, np.log)
log1p = _either(math.log1p, np.log1p)
sin = _either(math.sin, np.sin)
cos = _either(math.cos, np.cos)
tanh = _either(math.tanh, np.tanh)
erf = _either(math.erf, np.vectorize(math.erf, otypes=[np.float64]))


def power(x: Array, y: Array) -> Array:
    """Return x to the power y; a single number squared is x times x."""
    if x.ndim or y.ndim:
        return np.power(x, y)
    if y == 2.0:
        return np.asarray(x * x)
    try:
        return np.asarray(math.pow(float(x), float(y)))
    except (OverflowError, ValueError):
        return np.asarray(np.power(x, y))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)) with an exponential that never overflows."""
    e = exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, e) / (1.0 + e))


def softplus(x: Array) -> Array:
    """log(1 + exp(x)), written so that no exponential overflows."""
    return np.asarray(np.maximum(x, 0.0) + log1p(exp(-np.abs(x))))


def elu(x: Array, alpha: float = 1.0) -> Array:
    """X where it is positive, else α(exp(x) - 1) (Clevert et al., 2016)."""
    return np.where(x > 0, x, alpha * expm1(np.minimum(x, 0.0)))


def normal_cdf(x: Array) -> Array:
    """Φ(x) = ½(1 + erf(x/√2)), the standard normal distribution function (Abramowitz and Stegun 7.1.22)."""
    return np.asarray(0.5 * (1.0 + erf(x * SQRT_HALF)))


def normal_density(x: Array) -> Array:
    """φ(x) = exp(-x²/2)/√(2π), the standard normal density."""
    return np.asarray(NORMAL_PEAK * exp(-0.5 * (x * x)))
