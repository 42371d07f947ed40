"""The table of operations: for each one its forward rule, its vector-Jacobian products and its LaTeX.

`OPS["mul"]` is data: look an operation up, run `forward`, or ask `contribution` what it passes to one parent during
the backward sweep. Everything is float64. Where a function has a kink, the choices are: relu'(0) = 0, abs'(0) = 0,
leaky_relu and elu take the left slope at 0, and ties in a maximum or minimum share the adjoint equally.

The vector-Jacobian products are the textbook derivatives, as collected in Griewank and Walther, "Evaluating
Derivatives" (2nd edition, SIAM 2008), chapter 3; the array rules follow Giles, "Collected matrix derivative results
for forward and reverse mode algorithmic differentiation" (2008).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bpslides.autodiff import functions as fn
from bpslides.autodiff import shapes
from bpslides.autodiff.errors import AutodiffError
from bpslides.autodiff.functions import Array
from bpslides.autodiff.shapes import Attributes, Shape

MAX_ELEMENTS = 1_000_000
"""The most numbers that one array may hold."""


@dataclass(frozen=True)
class Op:
    """One operation.

    Attributes:
        name: its key in the table.
        arity: how many parents it has; None for any number (at least one).
        forward: (*values, **attributes) -> value.
        vjps: one function a parent, (adjoint, out, *values, **attributes) -> contribution of the parent's shape. An
            operation of any arity has a single one, which also gets `position`, the place of the parent.
        latex: a template in which {0}, {1} stand for the parents.
        shape: (shapes, attributes) -> the shape of the result; raises AutodiffError when the shapes do not fit. It runs
            before `forward`, so that nothing too large is ever allocated.
        attributes: the attributes it takes, each with its kind: axis, number, shape or index.
        kink: whether the derivative jumps somewhere.
    """

    name: str
    arity: int | None
    forward: Callable[..., Array]
    vjps: tuple[Callable[..., Array], ...]
    latex: str
    shape: Callable[[tuple[Shape, ...], Attributes], Shape]
    attributes: Mapping[str, str] = field(default_factory=dict)
    kink: bool = False

    def contribution(
        self, parent: int, adjoint: Array, out: Array, values: Sequence[Array], attributes: Attributes
    ) -> Array:
        """Return what the parent in place `parent` receives from the adjoint of the result (shape of that parent)."""
        if self.arity is None:
            return self.vjps[0](adjoint, out, *values, position=parent, **attributes)
        return self.vjps[parent](adjoint, out, *values, **attributes)

    @property
    def elementwise(self) -> bool:
        """Whether every element of the result comes from the elements in the same place, and from no others."""
        return self.shape in (shapes.same, shapes.stretched)

    def formula(self, *parts: str) -> str:
        """Fill the LaTeX template; an operation of any arity joins its parts by commas."""
        if self.arity is None:
            return self.latex.replace("{0}", ", ".join(parts))
        return re.sub(r"\{(\d)\}", lambda match: parts[int(match.group(1))], self.latex)

    def check(self, parents: tuple[Shape, ...], attributes: Attributes) -> None:
        """Raise AutodiffError when the number of parents, an attribute, a shape or the size of the result is wrong."""
        if len(parents) != self.arity and (self.arity is not None or not parents):
            wanted = "at least 1" if self.arity is None else str(self.arity)
            raise AutodiffError(f"wrong number of arguments: {len(parents)} where {wanted} should be")
        for key, value in attributes.items():
            if key not in self.attributes:
                raise AutodiffError(f"{self.name} has no attribute {key!r}", _listed(self.attributes))
            _check_attribute(self.name, key, self.attributes[key], value)
        size = math.prod(self.shape(parents, attributes))
        if size > MAX_ELEMENTS:
            raise AutodiffError(f"{self.name} would make an array of {size:,} numbers; the limit is {MAX_ELEMENTS:,}")


def _listed(names: Mapping[str, str]) -> str:
    return f"it takes: {', '.join(names)}" if names else "it takes none"


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_ints(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(_is_int(item) for item in value)


def _check_attribute(op: str, key: str, kind: str, value: object) -> None:
    fits = {
        "axis": value is None or _is_int(value),
        "number": isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value),
        "shape": _is_ints(value) and all(size > 0 for size in value),  # type: ignore[attr-defined]
        "index": _is_int(value) or (_is_ints(value) and bool(value)),
    }[kind]
    if not fits:
        wanted = {
            "axis": "a whole number",
            "number": "a finite number",
            "shape": "a list of positive whole numbers",
            "index": "a whole number or a list of them",
        }[kind]
        raise AutodiffError(f"the {key} of {op} must be {wanted}, not {value!r}")


# --- forward rules and vector-Jacobian products -----------------------------------------------------------------------


def _sum_to(adjoint: Array, like: Array) -> Array:
    """Undo broadcasting: add up the adjoint over the axes along which `like` was stretched."""
    if adjoint.shape == like.shape:
        return adjoint
    extra = adjoint.ndim - like.ndim
    axes = tuple(range(extra)) + tuple(
        axis + extra for axis, size in enumerate(like.shape) if size == 1 and adjoint.shape[axis + extra] != 1
    )
    return np.asarray(adjoint.sum(axis=axes)).reshape(like.shape)


def _pow_base(g: Array, out: Array, x: Array, y: Array) -> Array:
    """d/dx x**y = y x**(y-1), and 0 for y = 0 even at x = 0."""
    slope = np.where(y == 0, 0.0, y * fn.power(x, np.where(y == 0, 1.0, y) - 1.0))
    return _sum_to(g * slope, x)


def _pow_exponent(g: Array, out: Array, x: Array, y: Array) -> Array:
    """d/dy x**y = x**y log x for x > 0, 0 at x = 0; there is none for x < 0 (NaN, which the sweep reports)."""
    logarithm = np.where(x == 0, 0.0, fn.log(np.where(x == 0, 1.0, x)))
    return _sum_to(g * out * logarithm, y)


def _elu_vjp(g: Array, out: Array, x: Array, alpha: float = 1.0) -> Array:
    return np.asarray(g * np.where(x > 0, 1.0, alpha * fn.exp(np.minimum(x, 0.0))))


def _silu_slope(out: Array, x: Array) -> Array:
    """s(1 + x(1 - s)) with s = σ(x)."""
    s = fn.sigmoid(x)
    return np.asarray(s * (1.0 + x * (1.0 - s)))


def _widened(reduced: Array, x: Array, axis: int | None) -> Array:
    """Give a reduced value the number of axes of `x` again, so that it stretches to it."""
    return reduced if axis is None else np.expand_dims(reduced, axis)


def _sum_vjp(g: Array, out: Array, x: Array, axis: int | None = None) -> Array:
    return np.broadcast_to(_widened(g, x, axis), x.shape)


def _mean_vjp(g: Array, out: Array, x: Array, axis: int | None = None) -> Array:
    return np.broadcast_to(_widened(g, x, axis), x.shape) / (x.size / out.size)


def _extreme_vjp(g: Array, out: Array, x: Array, axis: int | None = None) -> Array:
    """Ties share the adjoint equally."""
    hit = np.asarray(x == _widened(out, x, axis), dtype=np.float64)
    return np.asarray(_widened(g, x, axis) * hit / hit.sum(axis=axis, keepdims=True))


def _log_softmax(x: Array, axis: int = -1) -> Array:
    shifted = x - x.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def _softmax(x: Array, axis: int = -1) -> Array:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def _softmax_vjp(g: Array, out: Array, x: Array, axis: int = -1) -> Array:
    return np.asarray(out * (g - (g * out).sum(axis=axis, keepdims=True)))


def _log_softmax_vjp(g: Array, out: Array, x: Array, axis: int = -1) -> Array:
    return np.asarray(g - np.exp(out) * g.sum(axis=axis, keepdims=True))


def _matmul_left(g: Array, out: Array, a: Array, b: Array) -> Array:
    """G bᵀ, where a vector counts as the row or column that it stands for."""
    if b.ndim == 1:
        return np.multiply.outer(g, b)
    return g @ b.T


def _matmul_right(g: Array, out: Array, a: Array, b: Array) -> Array:
    """Return aᵀ G, where a vector counts as the row or column that it stands for."""
    if a.ndim == 1:
        return np.multiply.outer(a, g)
    return a.T @ g


def _pick(x: Array, index: int | Sequence[int]) -> Array:
    return np.asarray(x[index if isinstance(index, int) else tuple(index)])


def _pick_vjp(g: Array, out: Array, x: Array, index: int | Sequence[int]) -> Array:
    spread = np.zeros(x.shape)
    spread[index if isinstance(index, int) else tuple(index)] = g
    return spread


# --- the table --------------------------------------------------------------------------------------------------------


def _binary(
    name: str,
    forward: Callable[..., Array],
    left: Callable[..., Array],
    right: Callable[..., Array],
    latex: str,
    kink: bool = False,
) -> Op:
    """An elementwise operation on two values; the adjoints are summed back to the parents' shapes."""
    return Op(
        name,
        2,
        forward,
        (
            lambda g, out, a, b: _sum_to(g * left(out, a, b), a),
            lambda g, out, a, b: _sum_to(g * right(out, a, b), b),
        ),
        latex,
        shapes.stretched,
        kink=kink,
    )


def _unary(name: str, forward: Callable[..., Array], slope: Callable[..., Array], latex: str, kink: bool = False) -> Op:
    """An elementwise function of one value, given by its derivative slope(out, x)."""
    return Op(name, 1, forward, (lambda g, out, x: g * slope(out, x),), latex, shapes.same, kink=kink)


def _chosen(first: Array, second: Array) -> Array:
    """1 where the first is larger, half at a tie, else 0."""
    return np.where(first > second, 1.0, np.where(first == second, 0.5, 0.0))


_AXIS = {"axis": "axis"}

_TABLE = (
    _binary("add", np.add, lambda out, a, b: np.ones(()), lambda out, a, b: np.ones(()), "{0} + {1}"),
    _binary("sub", np.subtract, lambda out, a, b: np.ones(()), lambda out, a, b: -np.ones(()), "{0} - {1}"),
    _binary("mul", np.multiply, lambda out, a, b: b, lambda out, a, b: a, r"{0} \cdot {1}"),
    _binary("div", np.divide, lambda out, a, b: 1.0 / b, lambda out, a, b: -out / b, r"\frac{{0}}{{1}}"),
    Op("pow", 2, fn.power, (_pow_base, _pow_exponent), "{0}^{{1}}", shapes.stretched),
    _binary(
        "maximum",
        np.maximum,
        lambda out, a, b: _chosen(a, b),
        lambda out, a, b: _chosen(b, a),
        r"\max\left({0}, {1}\right)",
        kink=True,
    ),
    _binary(
        "minimum",
        np.minimum,
        lambda out, a, b: _chosen(b, a),
        lambda out, a, b: _chosen(a, b),
        r"\min\left({0}, {1}\right)",
        kink=True,
    ),
    _unary("neg", np.negative, lambda out, x: -np.ones(()), "-{0}"),
    _unary("exp", fn.exp, lambda out, x: out, "e^{{0}}"),
    _unary("log", fn.log, lambda out, x: 1.0 / x, r"\ln\left({0}\right)"),
    _unary("sqrt", np.sqrt, lambda out, x: 0.5 / out, r"\sqrt{{0}}"),
    _unary("abs", np.abs, lambda out, x: np.sign(x), r"\left|{0}\right|", kink=True),
    _unary("sin", fn.sin, lambda out, x: fn.cos(x), r"\sin\left({0}\right)"),
    _unary("cos", fn.cos, lambda out, x: -fn.sin(x), r"\cos\left({0}\right)"),
    _unary("tanh", fn.tanh, lambda out, x: 1.0 - out * out, r"\tanh\left({0}\right)"),
    _unary("sigmoid", fn.sigmoid, lambda out, x: out * (1.0 - out), r"\sigma\left({0}\right)"),
    _unary(
        "relu",
        lambda x: np.where(x > 0, x, 0.0),
        lambda out, x: np.where(x > 0, 1.0, 0.0),
        r"\mathrm{ReLU}\left({0}\right)",
        kink=True,
    ),
    Op(
        "leaky_relu",
        1,
        lambda x, slope=0.01: np.where(x > 0, x, slope * x),
        (lambda g, out, x, slope=0.01: g * np.where(x > 0, 1.0, slope),),
        r"\mathrm{LeakyReLU}\left({0}\right)",
        shapes.same,
        {"slope": "number"},
        kink=True,
    ),
    Op("elu", 1, fn.elu, (_elu_vjp,), r"\mathrm{ELU}\left({0}\right)", shapes.same, {"alpha": "number"}, kink=True),
    _unary("softplus", fn.softplus, lambda out, x: fn.sigmoid(x), r"\mathrm{softplus}\left({0}\right)"),
    _unary("erf", fn.erf, lambda out, x: fn.ERF_SLOPE * fn.exp(-(x * x)), r"\mathrm{erf}\left({0}\right)"),
    _unary(  # Hendrycks and Gimpel (2016), in the exact form
        "gelu",
        lambda x: x * fn.normal_cdf(x),
        lambda out, x: fn.normal_cdf(x) + x * fn.normal_density(x),
        r"\mathrm{GELU}\left({0}\right)",
    ),
    _unary("silu", lambda x: x * fn.sigmoid(x), _silu_slope, r"\mathrm{SiLU}\left({0}\right)"),
    Op("sum", 1, np.sum, (_sum_vjp,), r"\sum {0}", shapes.reduced, _AXIS),
    Op("mean", 1, np.mean, (_mean_vjp,), r"\mathrm{mean}\left({0}\right)", shapes.reduced, _AXIS),
    Op("max", 1, np.max, (_extreme_vjp,), r"\max\left({0}\right)", shapes.reduced, _AXIS, kink=True),
    Op("min", 1, np.min, (_extreme_vjp,), r"\min\left({0}\right)", shapes.reduced, _AXIS, kink=True),
    Op("softmax", 1, _softmax, (_softmax_vjp,), r"\mathrm{softmax}\left({0}\right)", shapes.along_axis, _AXIS),
    Op(
        "log_softmax",
        1,
        _log_softmax,
        (_log_softmax_vjp,),
        r"\ln\mathrm{softmax}\left({0}\right)",
        shapes.along_axis,
        _AXIS,
    ),
    Op("matmul", 2, np.matmul, (_matmul_left, _matmul_right), r"{0} \, {1}", shapes.product),
    Op("transpose", 1, np.transpose, (lambda g, out, x: g.T,), r"{0}^{\mathsf T}", shapes.transposed),
    Op(
        "reshape",
        1,
        np.reshape,
        (lambda g, out, x, shape: g.reshape(x.shape),),
        r"\mathrm{reshape}\left({0}\right)",
        shapes.reshaped,
        {"shape": "shape"},
    ),
    Op("index", 1, _pick, (_pick_vjp,), r"\left({0}\right)_{i}", shapes.picked, {"index": "index"}),
    Op(
        "stack",
        None,
        lambda *values: np.stack(values),
        (lambda g, out, *values, position: g[position],),
        r"\left[{0}\right]",
        shapes.stacked,
    ),
)

OPS: dict[str, Op] = {op.name: op for op in _TABLE}
"""Every operation by name."""
