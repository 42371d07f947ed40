"""Source templates for operations on single numbers, and which operations can hide an infinity.

`SCALAR["mul"]` says how the compiled loop writes a product and what it passes back. {y} is the result, {a} and {b}
are the parents, {g} is the adjoint of the result; attributes stand by their own names. Each template does the same
operations in the same order as the rule in the table of operations, so that both give the same number to the last bit.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bpslides.autodiff import functions as fn


@dataclass(frozen=True)
class Template:
    """How one operation on single numbers is written.

    Attributes:
        forward: statements that set {y}.
        slopes: for each parent an expression for what it receives.
    """

    forward: str
    slopes: tuple[str, ...]


_SIGMOID = "e = exp(-abs({a})); {y} = (1.0 if {a} >= 0.0 else e) / (1.0 + e)"

SCALAR: dict[str, Template] = {
    "add": Template("{y} = {a} + {b}", ("{g}", "{g}")),
    "sub": Template("{y} = {a} - {b}", ("{g}", "-{g}")),
    "mul": Template("{y} = {a} * {b}", ("{g} * {b}", "{g} * {a}")),
    "div": Template("{y} = {a} / {b}", ("{g} * (1.0 / {b})", "{g} * (-{y} / {b})")),
    "pow": Template("{y} = power({a}, {b})", ("{g} * power_slope({a}, {b})", "{g} * {y} * log_or_zero({a})")),
    "maximum": Template("{y} = {a} if {a} > {b} else {b}", ("{g} * larger({a}, {b})", "{g} * larger({b}, {a})")),
    "minimum": Template("{y} = {a} if {a} < {b} else {b}", ("{g} * larger({b}, {a})", "{g} * larger({a}, {b})")),
    "neg": Template("{y} = -{a}", ("-{g}",)),
    "exp": Template("{y} = exp({a})", ("{g} * {y}",)),
    "log": Template("{y} = log({a})", ("{g} * (1.0 / {a})",)),
    "sqrt": Template("{y} = sqrt({a})", ("{g} * (0.5 / {y})",)),
    "abs": Template("{y} = abs({a})", ("{g} * sign({a})",)),
    "sin": Template("{y} = sin({a})", ("{g} * cos({a})",)),
    "cos": Template("{y} = cos({a})", ("{g} * -sin({a})",)),
    "tanh": Template("{y} = tanh({a})", ("{g} * (1.0 - {y} * {y})",)),
    "sigmoid": Template(_SIGMOID, ("{g} * ({y} * (1.0 - {y}))",)),
    "relu": Template("{y} = {a} if {a} > 0.0 else 0.0", ("{g} * (1.0 if {a} > 0.0 else 0.0)",)),
    "leaky_relu": Template("{y} = {a} if {a} > 0.0 else {slope} * {a}", ("{g} * (1.0 if {a} > 0.0 else {slope})",)),
    "elu": Template(
        "{y} = {a} if {a} > 0.0 else {alpha} * expm1({a})", ("{g} * (1.0 if {a} > 0.0 else {alpha} * exp({a}))",)
    ),
    "softplus": Template("{y} = ({a} if {a} > 0.0 else 0.0) + log1p(exp(-abs({a})))", ("{g} * sigmoid({a})",)),
    "erf": Template("{y} = erf({a})", (f"{{g}} * ({fn.ERF_SLOPE!r} * exp(-({{a}} * {{a}})))",)),
    "gelu": Template("{y} = {a} * normal_cdf({a})", ("{g} * (normal_cdf({a}) + {a} * normal_density({a}))",)),
    "silu": Template("{y} = {a} * sigmoid({a})", ("{g} * silu_slope({a})",)),
}
"""Every elementwise operation of the table."""

USUAL: Mapping[str, float] = {"slope": 0.01, "alpha": 1.0}
"""What attributes are where none is given."""

SQUARE = Template("{y} = {a} * {a}", ("{g} * (2.0 * {a})",))
"""A power whose exponent is the constant 2."""

HIDING = frozenset(
    ("div", "pow", "exp", "maximum", "minimum", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus", "erf")
) | frozenset(("gelu", "silu", "max", "min", "softmax", "log_softmax", "index"))
"""Operations that can turn an infinity or NaN in a parent into an ordinary number: the loop looks at their parents."""


def _power_slope(x: float, y: float) -> float:
    return 0.0 if y == 0.0 else y * _power(x, y - 1.0)


def _power(x: float, y: float) -> float:
    return x * x if y == 2.0 else math.pow(x, y)


def _log_or_zero(x: float) -> float:
    return 0.0 if x == 0.0 else math.log(x)


def _larger(x: float, y: float) -> float:
    return 1.0 if x > y else 0.5 if x == y else 0.0


def _sign(x: float) -> float:
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0


def _sigmoid(x: float) -> float:
    e = math.exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)


def _silu_slope(x: float) -> float:
    s = _sigmoid(x)
    return s * (1.0 + x * (1.0 - s))


def _normal_cdf(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x * fn.SQRT_HALF))


def _normal_density(x: float) -> float:
    return fn.NORMAL_PEAK * math.exp(-0.5 * (x * x))


NAMES: dict[str, Callable[..., object]] = {
    **{name: getattr(math, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "erf")},
    "ArithmeticError": ArithmeticError,
    "ValueError": ValueError,
    "abs": abs,
    "float": float,
    "range": range,
    "isfinite": math.isfinite,
    "power": _power,
    "power_slope": _power_slope,
    "log_or_zero": _log_or_zero,
    "larger": _larger,
    "sign": _sign,
    "sigmoid": _sigmoid,
    "silu_slope": _silu_slope,
    "normal_cdf": _normal_cdf,
    "normal_density": _normal_density,
    "np_add": np.add,
    "np_subtract": np.subtract,
    "np_multiply": np.multiply,
    "np_divide": np.divide,
    "np_maximum": np.maximum,
    "np_greater": np.greater,
    "np_negative": np.negative,
    "np_sqrt": np.sqrt,
    "np_exp": np.exp,
    "np_tanh": np.tanh,
    "np_matmul": np.matmul,
    "vdot": np.vdot,
    "empty": np.empty,
    "array": np.asarray,
}
"""What a generated function may call, and nothing else."""
