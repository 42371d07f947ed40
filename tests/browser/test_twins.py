"""The browser's replay against numpy: random graphs, random inputs, one pass, in a real browser."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from bpslides.autodiff import AutodiffError, Run, Tape, Var, backward, optimizer, trace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def twin(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A page that holds the replay as `Twin`, bundled from its source."""
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


NUMBERS = st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 3))
UNARY = ["neg", "exp", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus"]
BINARY = ["add", "sub", "mul", "maximum", "minimum"]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Tape, list[str]]:
    """A random graph of three leaves, single numbers or vectors, and up to nine ops; its last node is the loss."""
    width = draw(st.sampled_from([None, 3]))
    value: Callable[[], Any] = (lambda: draw(NUMBERS)) if width is None else (lambda: [draw(NUMBERS) for _ in range(3)])
    tape = Tape()
    nodes: list[Var] = [tape.leaf(name, value()) for name in ("p", "q", "r")]
    for _ in range(draw(st.integers(1, 9))):
        arguments = [nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2)]
        if draw(st.booleans()):
            nodes.append(tape.apply(draw(st.sampled_from(UNARY)), arguments[0]))
        else:
            nodes.append(tape.apply(draw(st.sampled_from(BINARY)), *arguments))
    total = nodes[-1] if width is None else tape.apply(draw(st.sampled_from(["sum", "mean", "max"])), nodes[-1])
    tape.name("loss", total * 1.0)
    return tape, ["p", "q", "r"]


def close(mine: Any, theirs: Any, what: str) -> None:
    """1e-12 relative, or absolute where numbers cancel to almost nothing."""
    np.testing.assert_allclose(np.asarray(theirs, float), np.asarray(mine, float), rtol=1e-12, atol=1e-13, err_msg=what)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_one_pass_agrees(twin: Page, data: st.DataObject) -> None:
    """Values, gradients and the updated parameters of new inputs, to 1e-12."""
    try:
        tape, leaves = data.draw(graphs())
        run = Run(tape, "loss", leaves, optimizer("sgd", 0.05))
        recorded = trace(run)
        shape = tape.value("p").shape
        new = {
            name: np.array(data.draw(st.lists(NUMBERS, min_size=3, max_size=3)))[: shape[0]]
            if shape
            else data.draw(NUMBERS)
            for name in leaves
        }
        again = tape.replay(new)
        mine = backward(again, "loss")
        updated = Run(again, "loss", leaves, optimizer("sgd", 0.05)).at(0).updated
    except AutodiffError:
        return  # an overflow: numpy and the page both refuse those, which other tests show
    assignments = {name: np.asarray(value).tolist() for name, value in new.items()}
    theirs = twin.evaluate("([trace, set]) => new Twin.Replay(trace).run(set)", [recorded, assignments])
    assert theirs["nonFinite"] is None
    close(again.value("loss"), theirs["values"]["loss"], "loss")
    for name in leaves:
        close(mine.gradient(name), theirs["gradients"][name], f"gradient of {name}")
        close(updated[name], theirs["updated"][name], f"{name} after a step")


def test_matrices_agree(twin: Page) -> None:
    """A layer of three units on four examples: products, broadcasting, softmax, and what flows back."""
    random = np.random.default_rng(7)
    tape = Tape()
    x, w, b = (tape.leaf(name, random.normal(size=size)) for name, size in (("x", (4, 2)), ("W", (2, 3)), ("b", (3,))))
    a = tape.apply("softmax", x @ w + b)
    tape.name("loss", tape.apply("mean", tape.apply("log", a)))
    recorded = trace(Run(tape, "loss", ["W", "b"], optimizer("sgd", 0.1)))
    for seed in range(5):
        new = {
            "W": np.random.default_rng(seed).normal(size=(2, 3)),
            "b": np.random.default_rng(seed + 9).normal(size=3),
        }
        mine = Run(tape.replay(new), "loss", ["W", "b"], optimizer("sgd", 0.1)).at(0)
        theirs = twin.evaluate(
            "([t, s]) => new Twin.Replay(t).run(s)", [recorded, {k: v.tolist() for k, v in new.items()}]
        )
        for name in ("W", "b", "x"):
            close(mine.sweep.gradient(name), theirs["gradients"][name], name)
        close(mine.updated["W"], theirs["updated"]["W"], "updated W")


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
