"""The browser's replay and training against numpy, in a real browser: random graphs, random inputs, long runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from bpslides.autodiff import (
    Array,
    AutodiffError,
    Batches,
    Batching,
    Diverged,
    Run,
    Sweep,
    Tape,
    Var,
    backward,
    optimizer,
    schedule,
    step,
    trace,
)
from bpslides.autodiff.optimizers import DEFAULTS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def twin(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A page that holds the replay and the training as `Twin`, bundled from their source."""
    out = tmp_path_factory.mktemp("twin") / "twin.js"
    subprocess.run(
        [
            "node_modules/.bin/esbuild",
            "src/replay.ts",
            "--bundle",
            "--format=iife",
            "--global-name=Twin",
            f"--outfile={out}",
            "--log-level=error",
        ],
        cwd=ROOT / "web",
        check=True,
    )
    page = chromium.new_page()
    page.add_script_tag(path=out)
    yield page
    page.close()


Draw = Callable[[st.SearchStrategy[Any]], Any]
NUMBERS = st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 3))
LEAVES: dict[str, tuple[int, ...]] = {"p": (), "q": (3,), "r": (3,), "M": (2, 3)}
UNARY = ["neg", "exp", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus"]
UNARY += ["silu", "erf", "gelu"]
BINARY = ["add", "sub", "mul", "div", "maximum", "minimum"]
SIZE = 50.0
"""Graphs that reach larger numbers are left out: there a last digit can be blown up to anything."""


def numbers(draw: Draw, shape: tuple[int, ...]) -> Array:
    """Draw an array of this shape."""
    size = int(np.prod(shape))
    return np.array(draw(st.lists(NUMBERS, min_size=size, max_size=size))).reshape(shape)


def elementwise(draw: Draw, tape: Tape, x: Var, others: list[Var]) -> Var:
    """A function of each element, or of pairs: with another node of the same shape, a single number, or a row."""
    if draw(st.booleans()):
        return tape.apply(draw(st.sampled_from(UNARY)), x)
    fitting = [other for other in others if other.shape in ((), x.shape, x.shape[1:])]
    pair = [x, draw(st.sampled_from(fitting))]
    return tape.apply(draw(st.sampled_from(BINARY)), *(pair if draw(st.booleans()) else reversed(pair)))


def arrays(draw: Draw, tape: Tape, x: Var, others: list[Var]) -> Var:
    """An operation on whole arrays: products, softmax, reductions, other shapes, elements, rows on each other."""
    axis = draw(st.integers(-1, len(x.shape) - 1))
    match draw(st.sampled_from(["matmul", "softmax", "log_softmax", "fold", "transpose", "reshape", "index", "stack"])):
        case "matmul":
            fitting = [other for other in others if other.shape and other.shape[0] == x.shape[-1]]
            return x @ draw(st.sampled_from(fitting)) if fitting else tape.apply("transpose", x) @ x
        case "softmax" | "log_softmax" as name:
            return tape.apply(name, x, axis=axis)
        case "fold":
            name = draw(st.sampled_from(["sum", "mean", "max", "min"]))
            return tape.apply(name, x, axis=draw(st.sampled_from([None, axis])))
        case "reshape":
            return tape.apply("reshape", x, shape=draw(st.sampled_from([[x.value.size], [x.value.size, 1]])))
        case "index":
            return x[draw(st.integers(-1, x.shape[0] - 1))]
        case "stack":
            return tape.apply("stack", *(other for other in others[-6:] if other.shape == x.shape), x)
        case _:
            return tape.apply("transpose", x)


@st.composite
def graphs(draw: st.DrawFn) -> Tape:
    """A random graph of a number, two vectors and a matrix, and up to nine more nodes, each with a part in the loss."""
    tape = Tape()
    nodes = [tape.leaf(name, numbers(draw, shape)) for name, shape in LEAVES.items()]
    for _ in range(draw(st.integers(1, 9))):
        x = draw(st.sampled_from(nodes))
        whole = bool(x.shape) and draw(st.booleans())
        nodes.append((arrays if whole else elementwise)(draw, tape, x, nodes))
        assume(nodes[-1].value.size < 100)
    total = tape.const(0.0)
    for node in nodes[len(LEAVES) :]:
        weights = 0.1 + np.arange(node.value.size).reshape(node.shape) / 8
        total = total + tape.apply("sum", node * weights)
    tape.name("loss", total)
    return tape


def calm(tape: Tape, sweep: Sweep) -> bool:
    """Whether the graph is of moderate size, and moving the last digits of its leaves moves only last digits."""
    if max(np.abs(node.value).max() for node in tape) > SIZE:
        return False
    if max((np.abs(item.amount).max() for item in sweep.contributions), default=0.0) > SIZE:
        return False
    nudged = backward(tape.replay({name: tape.value(name) * (1 + 2e-15) for name in LEAVES}), "loss")
    return all(
        np.allclose(nudged.gradient(name), sweep.gradient(name), rtol=2e-13, atol=2e-14) for name in (*LEAVES, "loss")
    )


def agree(mine: Run, nudged: Run, n: int) -> bool:
    """Whether two runs that started in the same numbers but for the last digits are still together after n updates.

    Near the minimum rmsprop and adam take whole steps on gradients that are next to nothing: their last digits then
    decide the way, and no two implementations go the same.
    """
    states = mine.at(n), nudged.at(n)
    return all(
        np.allclose(states[0].tape.value(name), states[1].tape.value(name), rtol=1e-11, atol=1e-12)
        for name in mine.parameters
    )


def close(mine: Any, theirs: Any, what: str, tolerance: float = 1e-12) -> None:
    """Relative, or absolute to a tenth of it where numbers cancel to almost nothing."""
    np.testing.assert_allclose(
        np.asarray(theirs, float), np.asarray(mine, float), rtol=tolerance, atol=tolerance / 10, err_msg=what
    )


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_one_pass_agrees(twin: Page, data: st.DataObject) -> None:
    """Values, gradients and the updated parameters of new inputs, to 1e-12: numbers, vectors and matrices."""
    chosen = optimizer(data.draw(st.sampled_from(list(DEFAULTS))), 0.05)
    try:
        tape = data.draw(graphs())
        recorded = trace(Run(tape, "loss", list(LEAVES), chosen))
        new = {leaf: numbers(data.draw, shape) for leaf, shape in LEAVES.items()}
        again = tape.replay(new)
        sweep = backward(again, "loss")
        assume(calm(again, sweep))
    except AutodiffError:
        assume(False)  # an overflow: numpy and the page both refuse those, which other tests show
    assignments = {leaf: value.tolist() for leaf, value in new.items()}
    theirs = twin.evaluate("([trace, set]) => new Twin.Replay(trace).run(set)", [recorded, assignments])
    assert theirs["nonFinite"] is None
    close(again.value("loss"), theirs["values"]["loss"], "loss")
    for leaf in LEAVES:
        close(sweep.gradient(leaf), theirs["gradients"][leaf], f"gradient of {leaf}")
        # from the page's own gradient: adam turns even the last digits of one near 0 into a whole step
        after, _ = step(chosen, again.value(leaf), np.array(theirs["gradients"][leaf]), {}, 1)
        close(after, theirs["updated"][leaf], f"{leaf} after a step")


def network(draw: Draw, examples: int = 4) -> Callable[[int], Tape]:
    """A smooth network of two layers in arrays, from random numbers, as a function of how many examples it sees."""
    shapes = {"X": (examples, 2), "y": (examples,), "W": (2, 3), "b": (3,), "v": (3,)}
    values = {name: numbers(draw, shape) for name, shape in shapes.items()}
    activation = draw(st.sampled_from(["tanh", "sigmoid", "gelu", "silu", "softplus"]))

    def recorded(count: int) -> Tape:
        tape = Tape()
        x, y = (tape.leaf(name, values[name][:count]) for name in ("X", "y"))
        w, b, v = (tape.leaf(name, values[name]) for name in ("W", "b", "v"))
        error = tape.apply(activation, x @ w + b) @ v - y
        tape.name("loss", tape.apply("mean", error * error))
        return tape

    return recorded


SCHEDULES = [None, schedule("constant"), schedule("step", size=7, factor=0.8), schedule("cosine", steps=60, final=1e-3)]
ORDERS = [None, Batches("online", 4), Batches("mini", 4, 2, 1), Batches("mini", 4, 3, 2**33)]


@pytest.mark.parametrize("name", DEFAULTS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_runs_agree(twin: Page, name: str, data: st.DataObject) -> None:
    """A hundred updates by every optimizer, with every schedule, both orders of updating, and in batches, to 1e-9."""
    record = network(data.draw)
    tape = record(4)
    order = data.draw(st.sampled_from(ORDERS))
    options: dict[str, Any] = {
        "optimizer": optimizer(
            name, data.draw(st.sampled_from([0.003, 0.02])), weight_decay=data.draw(st.sampled_from([0.0, 0.01]))
        ),
        "frozen": data.draw(st.sampled_from([[], ["b"]])),
        "update": data.draw(st.sampled_from(["simultaneous", "sequential"])),
        "schedule": data.draw(st.sampled_from(SCHEDULES)),
        "batching": order and Batching(order, ("X", "y"), {length: record(length) for length in order.lengths}),
    }
    run = Run(tape, "loss", ["W", "b", "v"], **options)
    recorded = trace(run)
    nudged = tape.replay({name: tape.value(name) * (1 + 2e-15) for name in ("X", "y", "W", "b", "v")})
    try:
        mine = [run.at(n) for n in (1, 100)]
        assume(agree(run, Run(nudged, "loss", ["W", "b", "v"], **options), 100))
    except Diverged:
        assume(False)
    theirs = twin.evaluate(
        "t => { const run = new Twin.Training(new Twin.Replay(t)); return [run.step(1), run.step(99)]; }", recorded
    )
    for state, progress in zip(mine, theirs, strict=True):
        assert progress["diverged"] is None
        close(state.tape.value("loss"), progress["values"]["loss"], "loss", 1e-9)
        for parameter in run.parameters:
            close(state.tape.value(parameter), progress["values"][parameter], parameter, 1e-9)
            close(state.updated[parameter], progress["updated"][parameter], f"{parameter} after a step", 1e-9)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_both_diverge_at_the_same_update(twin: Page, name: str) -> None:
    """A rate that is far too large: both twins name the same update and the same node."""
    tape = Tape()
    w = tape.leaf("w", 3.0)
    tape.name("square", w * w)
    tape.name("loss", Var(tape, tape.index("square")) * (w * w))
    run = Run(tape, "loss", ["w"], optimizer(name, 1.0))
    theirs = twin.evaluate("t => new Twin.Training(new Twin.Replay(t)).step(50)", trace(run))
    with pytest.raises(Diverged) as error:
        run.at(50)
    assert theirs["diverged"] == error.value.step == theirs["steps"] + 1
    assert theirs["nonFinite"]["name"] == error.value.node


def test_both_diverge_in_the_sweep_of_a_sequential_update(twin: Page) -> None:
    """The new w is finite, but what the sweep then passes on by it is not: both twins name the first update."""
    tape = Tape()
    w, h = tape.leaf("w", 1.0), tape.leaf("h", 1e-200)
    tape.name("p", w * h)
    tape.name("loss", Var(tape, tape.index("p")) * 1e200)
    run = Run(tape, "loss", ["w", "h"], optimizer("sgd", 1e150), update="sequential")
    with pytest.raises(Diverged) as error:
        run.at(0)
    good = Run(tape, "loss", ["w", "h"], optimizer("sgd", 1.0), update="sequential")
    theirs = twin.evaluate("t => new Twin.Training(new Twin.Replay({...t, learning_rate: 1e150})).step(1)", trace(good))
    assert (theirs["diverged"], theirs["nonFinite"]["name"]) == (error.value.step, error.value.node) == (1, "h")


def test_an_overflow_is_named_by_both(twin: Page) -> None:
    """exp(1000) has no finite value: both twins name the node and the op instead of showing infinity."""
    tape = Tape()
    x = tape.leaf("x", 1.0)
    tape.name("grown", tape.apply("exp", x))
    tape.name("loss", Var(tape, tape.names["grown"]) * 1.0)
    recorded = trace(Run(tape, "loss", ["x"], optimizer("sgd", 0.1)))
    with pytest.raises(AutodiffError) as error:
        tape.replay({"x": 1000.0})
    theirs = twin.evaluate("t => new Twin.Replay(t).run({x: 1000})", recorded)
    assert theirs["nonFinite"] == {"name": error.value.node, "op": "exp"}
