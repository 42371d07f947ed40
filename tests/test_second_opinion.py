"""A second opinion: random graphs give the same value and gradients as PyTorch (double) and autograd, to 1e-12.

Both libraries are extras of the tests. Where one is missing, its tests say so in the report, as a plain line, and hold
the core to a complex step instead: no test is left out in silence.
"""

import cmath
import importlib
import importlib.util
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from bpslides.autodiff import Tape, backward
from tests.random_graphs import ARRAYS, BROKEN, Recipe, play, recipes

LIBRARIES = ("torch", "autograd")
Answer = tuple[float, dict[str, np.ndarray]]


def installed(name: str) -> bool:
    """Tell whether a library can be imported."""
    return importlib.util.find_spec(name) is not None


def ours(recipe: Recipe) -> Answer:
    """The loss and its gradients from the core."""
    tape = Tape()
    tape.name("L", play(recipe, tape.leaf, tape.apply))
    sweep = backward(tape, "L")
    return float(tape.value("L")), {name: sweep.gradient(name) for name in recipe.leaves}


def from_torch(recipe: Recipe) -> Answer:
    """The loss and its gradients from PyTorch, in double precision."""
    torch = importlib.import_module("torch")
    functional = torch.nn.functional

    def extreme(x: Any, axis: int | None, reduce: Callable[..., Any]) -> Any:
        return reduce(x) if axis is None else reduce(x, dim=axis)

    special: dict[str, Callable[..., Any]] = {
        "neg": torch.negative,
        "elu": functional.elu,
        "leaky_relu": functional.leaky_relu,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "softplus": lambda x: functional.softplus(x, threshold=1000),
        "maximum": lambda a, b: torch.maximum(*torch.broadcast_tensors(a, b)),
        "minimum": lambda a, b: torch.minimum(*torch.broadcast_tensors(a, b)),
        "softmax": lambda x, axis: torch.softmax(x, dim=axis),
        "log_softmax": lambda x, axis: torch.log_softmax(x, dim=axis),
        "sum": lambda x, axis=None: extreme(x, axis, torch.sum),
        "mean": lambda x, axis=None: extreme(x, axis, torch.mean),
        "max": lambda x, axis: extreme(x, axis, torch.amax),
        "min": lambda x, axis: extreme(x, axis, torch.amin),
        "transpose": lambda x: x.T if x.ndim == 2 else x,
        "reshape": lambda x, shape: x.reshape(shape),
        "index": lambda x, index: x[index],
        "stack": lambda *parts: torch.stack(parts),
    }
    leaves: dict[str, Any] = {}

    def leaf(name: str, value: Any) -> Any:
        leaves[name] = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        return leaves[name]

    def op(name: str, *arguments: Any, **attributes: Any) -> Any:
        return special.get(name, getattr(torch, name, None))(*arguments, **attributes)  # type: ignore[misc]

    loss = play(recipe, leaf, op)
    loss.backward()
    gradients = {
        name: np.zeros(var.shape) if var.grad is None else np.asarray(var.grad.numpy()) for name, var in leaves.items()
    }
    return loss.item(), gradients


def from_autograd(recipe: Recipe) -> Answer:
    """The loss and its gradients from autograd, with the activations written out."""
    numpy, scipy_erf = importlib.import_module("autograd.numpy"), _autograd_erf()

    def sigmoid(x: Any) -> Any:
        return 0.5 * (1.0 + numpy.tanh(0.5 * x))

    def log_softmax(x: Any, axis: int) -> Any:
        return x - numpy.log(numpy.sum(numpy.exp(x), axis=axis, keepdims=True))

    table: dict[str, Callable[..., Any]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "pow": lambda a, b: a**b,
        "neg": lambda x: -x,
        "sigmoid": sigmoid,
        "relu": lambda x: numpy.where(x > 0, x, 0.0 * x),
        "leaky_relu": lambda x: numpy.where(x > 0, x, 0.01 * x),
        "elu": lambda x: numpy.where(x > 0, x, numpy.expm1(x)),
        "softplus": lambda x: numpy.logaddexp(x, 0.0),
        "erf": scipy_erf,
        "gelu": lambda x: 0.5 * x * (1.0 + scipy_erf(x / math.sqrt(2.0))),
        "silu": lambda x: x * sigmoid(x),
        "softmax": lambda x, axis: numpy.exp(log_softmax(x, axis)),
        "log_softmax": log_softmax,
        "index": lambda x, index: x[index],
        "stack": lambda *parts: numpy.stack(parts),
        "reshape": numpy.reshape,
    }

    def op(name: str, *arguments: Any, **attributes: Any) -> Any:
        return table.get(name, getattr(numpy, name, None))(*arguments, **attributes)  # type: ignore[misc]

    def loss(values: list[Any]) -> Any:
        names = iter(values)
        return play(recipe, lambda name, value: next(names), op)

    values = list(recipe.leaves.values())
    gradients = importlib.import_module("autograd").grad(loss)(values)
    found = {name: np.asarray(gradient) for name, gradient in zip(recipe.leaves, gradients, strict=True)}
    return float(loss(values)), found


def _autograd_erf() -> Callable[..., Any]:
    """Make erf known to autograd, whose own one needs a further library."""
    extend = importlib.import_module("autograd.extend")
    numpy = importlib.import_module("autograd.numpy")
    erf = extend.primitive(np.vectorize(math.erf, otypes=[float]))
    extend.defvjp(erf, lambda out, x: lambda g: g * 2.0 / math.sqrt(math.pi) * numpy.exp(-(x**2)))
    return erf  # type: ignore[no-any-return]


OTHERS: dict[str, Callable[[Recipe], Answer]] = {"torch": from_torch, "autograd": from_autograd}


def assert_agree(mine: Answer, theirs: Answer, tolerance: float = 1e-12) -> None:
    """Compare value and gradients, relative to the largest entry of all gradients or 1."""
    assert mine[0] == pytest.approx(theirs[0], rel=tolerance, abs=tolerance)
    scale = max(1.0, *(float(np.abs(gradient).max()) for gradient in theirs[1].values()))
    for name, gradient in theirs[1].items():
        assert mine[1][name].shape == gradient.shape
        assert float(np.abs(mine[1][name] - gradient).max()) <= tolerance * scale, name


@pytest.mark.parametrize("arrays", [False, True], ids=["single numbers", "arrays"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_random_graphs(
    library: str, arrays: bool, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    """Value and all gradients agree to 1e-12; where the library is not installed, the report says so."""
    if not installed(library):
        with pytest.raises(ModuleNotFoundError, match=f"No module named '{library}'"):
            importlib.import_module(library)
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        with capfd.disabled():
            reporter.write_line(f"no second opinion from {library}: it is not installed; the complex step still holds")
        return

    @settings(max_examples=120)  # the first call imports the library
    @given(recipe=recipes(arrays=arrays))
    def agree(recipe: Recipe) -> None:
        assert_agree(ours(recipe), OTHERS[library](recipe))

    agree()


def complex_step(recipe: Recipe, name: str) -> float:
    """∂L/∂name of a graph of single numbers as Im L(x + ih)/h (Squire and Trapp, 1998): exact to the last digits."""
    h = 1e-30
    table: dict[str, Callable[..., complex]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "pow": lambda a, b: a**b,
        "neg": lambda x: -x,
        "mean": lambda x: x,
        "sigmoid": lambda x: 1.0 / (1.0 + cmath.exp(-x)),
        "silu": lambda x: x / (1.0 + cmath.exp(-x)),
        "softplus": lambda x: cmath.log(1.0 + cmath.exp(x)),
        "maximum": lambda a, b: 0.5 * (a + b) if a.real == b.real else a if a.real > b.real else b,
        "minimum": lambda a, b: 0.5 * (a + b) if a.real == b.real else a if a.real < b.real else b,
        "abs": lambda x: 0.0 if x.real == 0 else x if x.real > 0 else -x,
        "relu": lambda x: x if x.real > 0 else 0.0,
        "leaky_relu": lambda x: x if x.real > 0 else 0.01 * x,
        "elu": lambda x: x if x.real > 0 else complex(math.expm1(x.real), math.exp(x.real) * x.imag),
        "erf": lambda x: complex(math.erf(x.real), 2 / math.sqrt(math.pi) * math.exp(-(x.real**2)) * x.imag),
    }
    table["gelu"] = lambda x: 0.5 * x * (1.0 + table["erf"](x * math.sqrt(0.5)))

    def leaf(key: str, value: Any) -> complex:
        return complex(value, h if key == name else 0.0)

    def op(key: str, *arguments: Any) -> complex:
        return table.get(key, getattr(cmath, key, None))(*map(complex, arguments))  # type: ignore[misc]

    return complex(play(recipe, leaf, op)).imag / h


@settings(max_examples=200)
@given(recipe=recipes(arrays=False))
def test_random_graphs_against_a_complex_step(recipe: Recipe) -> None:
    """With nothing installed, graphs of single numbers agree with a complex step to 1e-12."""
    _, gradients = ours(recipe)
    found = {name: complex_step(recipe, name) for name in recipe.leaves}
    scale = max(1.0, *map(abs, found.values()))
    for name, value in found.items():
        assert abs(float(gradients[name]) - value) <= 1e-12 * scale, name


def test_the_recipes_reach_every_kind_of_op() -> None:
    """The random graphs draw on array operations and on functions with kinks."""
    assert {"matmul", "softmax", "index", "stack"} <= set(ARRAYS)
    assert {"relu", "abs"} <= set(BROKEN)
