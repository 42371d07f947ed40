"""The op table: values against formulas, gradients against central differences for every op, conventions at kinks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bpslides.autodiff import OPS, AutodiffError, NotFinite, Tape, Var, apply, backward, gradient_check

# Hundredths: two numbers are equal or so far apart that no difference quotient reaches over a kink between them.
FINITE = st.integers(-400, 400).map(lambda n: n / 100)
SHAPES = {
    "sum": (2, 3),
    "mean": (2, 3),
    "max": (2, 3),
    "min": (2, 3),
    "softmax": (2, 3),
    "log_softmax": (2, 3),
    "transpose": (2, 3),
    "reshape": (2, 3),
    "index": (2, 3),
}
ATTRIBUTES: dict[str, list[dict[str, object]]] = {
    "sum": [{}, {"axis": 0}, {"axis": -1}],
    "mean": [{}, {"axis": 0}, {"axis": 1}],
    "max": [{}, {"axis": 0}, {"axis": 1}],
    "min": [{}, {"axis": 0}, {"axis": 1}],
    "softmax": [{}, {"axis": 0}],
    "log_softmax": [{}, {"axis": 0}],
    "leaky_relu": [{}, {"slope": 0.2}],
    "elu": [{}, {"alpha": 0.3}],
    "reshape": [{"shape": [3, 2]}, {"shape": [6]}],
    "index": [{"index": 1}, {"index": -1}, {"index": [0, 2]}],
}
PAIRS: list[list[tuple[int, ...]]] = [[(), ()], [(2, 3), ()], [(3,), (2, 3)], [(2, 1), (2, 3)], [(3,), (3,)]]
PRODUCTS: list[list[tuple[int, ...]]] = [[(3,), (3,)], [(2, 3), (3,)], [(3,), (3, 2)], [(2, 3), (3, 2)]]
POSITIVE = {"log", "sqrt", "pow"}


def checked(name: str, arrays: list[np.ndarray], attributes: dict[str, object]) -> float:
    """Return the worst relative error of the op's gradient under a loss that weighs all elements differently."""
    tape = Tape()
    leaves = [tape.leaf(f"p{place}", array) for place, array in enumerate(arrays)]
    out = tape.apply(name, *leaves, **attributes)
    weights = 1.0 + 0.37 * np.arange(out.value.size).reshape(out.shape)
    tape.name("loss", tape.apply("sum", tape.apply("sin", out * 0.3) * weights))
    return gradient_check(tape, "loss", [f"p{place}" for place in range(len(arrays))]).worst


@pytest.mark.parametrize("name", OPS)
@given(data=st.data())
def test_every_gradient_agrees_with_central_differences(name: str, data: st.DataObject) -> None:
    """For every op, over swept inputs and all its attributes, the sweep agrees with differences to 1e-6."""
    op = OPS[name]
    attributes = data.draw(st.sampled_from(ATTRIBUTES.get(name, [{}])))
    shapes: list[tuple[int, ...]]
    if name == "matmul":
        shapes = data.draw(st.sampled_from(PRODUCTS))
    elif op.arity == 2:
        shapes = data.draw(st.sampled_from(PAIRS))
    else:
        shapes = [SHAPES.get(name, data.draw(st.sampled_from([(), (3,)])))] * (op.arity or 3)
    numbers = st.floats(0.1, 4.0) if name in POSITIVE else FINITE
    arrays = [
        np.array(data.draw(st.lists(numbers, min_size=math.prod(s), max_size=math.prod(s)))).reshape(s) for s in shapes
    ]
    if name == "div":
        assume(np.abs(arrays[1]).min() > 0.1)
    assert checked(name, arrays, attributes) < 1e-6


def plain(name: str, *arguments: object) -> Any:
    """Compute an op on plain values, as a number or nested lists."""
    out = apply(name, *arguments)
    assert isinstance(out, np.ndarray)
    return out.tolist()


SCALARS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "maximum": max,
    "minimum": min,
    "neg": lambda a: -a,
    "exp": math.exp,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": lambda a: 1 / (1 + math.exp(-a)),
    "relu": lambda a: max(a, 0.0),
    "leaky_relu": lambda a: a if a > 0 else 0.01 * a,
    "elu": lambda a: a if a > 0 else math.exp(a) - 1,
    "softplus": lambda a: math.log(1 + math.exp(a)),
    "erf": math.erf,
    "gelu": lambda a: a * 0.5 * math.erfc(-a / math.sqrt(2)),
    "silu": lambda a: a / (1 + math.exp(-a)),
}


@pytest.mark.parametrize("name", SCALARS)
@given(a=FINITE, b=FINITE)
def test_values_agree_with_plain_formulas(name: str, a: float, b: float) -> None:
    """On single numbers every op gives what Python's own arithmetic gives."""
    arguments = (a, b)[: OPS[name].arity]
    assert plain(name, *arguments) == pytest.approx(SCALARS[name](*arguments), rel=1e-12, abs=1e-12)


def slope(name: str, x: float) -> float:
    """Return the derivative of a one-argument op at x."""
    tape = Tape()
    tape.name("f", tape.apply(name, tape.leaf("x", x)))
    return float(backward(tape, "f").gradient("x"))


@pytest.mark.parametrize(("name", "expected"), [("relu", 0.0), ("abs", 0.0), ("leaky_relu", 0.01), ("elu", 1.0)])
def test_kinks_take_the_agreed_slope(name: str, expected: float) -> None:
    """At 0 the slopes are those that the table's docstring says."""
    assert slope(name, 0.0) == expected


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "gelu", "silu", "sigmoid"])
def test_single_numbers_and_arrays_agree(name: str) -> None:
    """A single number goes another way than an array; both come to the same but for the last bit."""
    many = [0.01 * n + 0.1 for n in range(300)]
    assert plain(name, many) == pytest.approx([plain(name, x) for x in many], rel=1e-15)


def test_ties_share_the_adjoint() -> None:
    """Reductions share a tie equally among all that tie; elementwise extremes give half to each side."""
    tape = Tape()
    x, y = tape.leaf("x", [3.0, 1.0, 3.0, 3.0]), tape.leaf("y", 2.0)
    tape.name("f", tape.apply("max", x))
    tape.name("g", tape.apply("minimum", y, tape.leaf("y2", 2.0)))
    assert backward(tape, "f").gradient("x").tolist() == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])
    assert [float(backward(tape, "g").gradient(name)) for name in ("y", "y2")] == [0.5, 0.5]


@pytest.mark.parametrize("x", [-1000.0, -745.0, 745.0, 1000.0])
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "elu", "erf", "gelu", "silu"])
def test_large_inputs_stay_finite(name: str, x: float) -> None:
    """Logits of ±1000 overflow nothing and warn about nothing (warnings are errors here)."""
    assert math.isfinite(plain(name, x))
    assert math.isfinite(slope(name, x))


def test_softmax_of_large_logits() -> None:
    """Softmax and its logarithm subtract the largest logit first."""
    assert plain("softmax", [1000.0, -1000.0]) == [1.0, 0.0]
    assert plain("log_softmax", [1000.0, -1000.0]) == [0.0, -2000.0]


@pytest.mark.parametrize(("x", "y"), [(-2.0, 2.0), (0.0, 2.0), (0.0, 0.0), (-3.0, -1.0), (-2.0, 3.0)])
def test_power_with_a_constant_exponent(x: float, y: float) -> None:
    """A constant exponent makes no logarithm, so bases that are not positive work."""
    tape = Tape()
    tape.name("f", tape.leaf("x", x) ** y)
    assert backward(tape, "f").gradient("x") == (y * x ** (y - 1) if y else 0.0)


def test_power_with_a_variable_exponent_of_a_negative_base() -> None:
    """There is no derivative with respect to the exponent of a negative base; the error says of what."""
    tape = Tape()
    tape.name("f", tape.leaf("x", -2.0) ** tape.leaf("n", 2.0))
    with pytest.raises(NotFinite, match="with respect to n"):
        backward(tape, "f")


@pytest.mark.parametrize(
    ("name", "shapes", "attributes", "message"),
    [
        ("add", [(3,), (2,)], {}, r"shapes \(3,\) and \(2,\)"),
        ("sub", [(3, 1), (3,)], {}, "not both"),
        ("matmul", [(2, 3), (2,)], {}, "must equal the first size"),
        ("matmul", [(), (3,)], {}, r"use \* for single numbers"),
        ("matmul", [(1, 2, 3), (3,)], {}, "vectors and matrices"),
        ("matmul", [(1500, 1), (1, 1500)], {}, "2,250,000 numbers"),
        ("stack", [(2,), (3,)], {}, r"\(2,\) and \(3,\)"),
        ("sum", [(2,)], {"axis": 1}, "no axis 1"),
        ("sum", [(2,)], {"axis": "0"}, "whole number"),
        ("softmax", [()], {}, "single number has no axis"),
        ("reshape", [(4,)], {"shape": [3]}, "cannot take the shape"),
        ("reshape", [(4,)], {}, "needs a shape"),
        ("reshape", [(4,)], {"shape": [-4]}, "positive whole numbers"),
        ("index", [(4,)], {"index": 4}, "the last is 3"),
        ("index", [(4,)], {"index": [0, 0]}, "too few axes"),
        ("index", [()], {"index": 0}, "no elements"),
        ("index", [(4,)], {"index": True}, "whole number"),
        ("index", [(4,)], {}, "needs an index"),
        ("leaky_relu", [()], {"slope": math.nan}, "finite number"),
        ("leaky_relu", [()], {"alpha": 1.0}, "it takes: slope"),
        ("add", [()], {}, "1 where 2 should be"),
        ("stack", [], {}, "at least 1"),
    ],
)
def test_what_does_not_fit_is_refused(
    name: str, shapes: list[tuple[int, ...]], attributes: dict[str, object], message: str
) -> None:
    """Wrong shapes, attributes and sizes give a message that names them, before anything is computed."""
    with pytest.raises(AutodiffError, match=message):
        apply(name, *(np.ones(shape) for shape in shapes), **attributes)


def test_unknown_operation_has_a_suggestion() -> None:
    """A misspelt operation is refused with the nearest name."""
    with pytest.raises(AutodiffError, match='did you mean "sigmoid"'):
        apply("sigmoyd", 1.0)


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("div", ("a", "b"), r"\frac{a}{b}"),
        ("pow", ("x", "2"), "x^{2}"),
        ("sigmoid", ("z",), r"\sigma\left(z\right)"),
        ("stack", ("a", "b"), r"\left[a, b\right]"),
        ("mul", ("{1}", "x"), r"{1} \cdot x"),
    ],
)
def test_formulas_fill_their_template(name: str, parts: tuple[str, ...], expected: str) -> None:
    """The LaTeX template takes the parts as they are, even if they look like a place in it."""
    assert OPS[name].formula(*parts) == expected


@pytest.mark.parametrize("name", OPS)
def test_the_table_is_complete(name: str) -> None:
    """Every op has its key as its name, a rule for every parent, and LaTeX with a place for every parent."""
    op = OPS[name]
    assert op.name == name
    assert len(op.vjps) == (op.arity or 1)
    assert all(f"{{{place}}}" in op.latex for place in range(op.arity or 1))


def test_apply_records_only_with_a_var() -> None:
    """Plain arguments are computed at once; one Var among them puts the node on its tape."""
    tape = Tape()
    x = tape.leaf("x", 2.0)
    assert isinstance(apply("add", 1.0, 2.0), np.ndarray)
    assert isinstance(apply("add", 1.0, x), Var)
    assert [node.op for node in tape] == ["leaf", "const", "add"]
