"""Golden runs: every optimizer and schedule on small models, which the browser's twin trains too.

With BPSLIDES_UPDATE_GOLDEN=1 the files are written anew instead of compared.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpslides.autodiff import Batches, Batching, Run, Tape, optimizer, schedule, trace
from bpslides.autodiff.optimizers import DEFAULTS
from bpslides.autodiff.schedule import DEFAULTS as SCHEDULES
from tests.models import SIX, op, six_weights

GOLDEN = Path(__file__).parent / "golden" / "runs"
STEPS = (0, 1, 2, 10, 100)


def regression(examples: int = 4) -> Tape:
    """Examples through a layer of three gelu units and a softplus, all of it in arrays, with a squared error."""
    tape = Tape()
    x = tape.leaf("X", [[0.5, -1.0], [1.5, 2.0], [-0.25, 0.75], [1.0, 0.2]][:examples])
    y = tape.leaf("y", [0.3, 1.2, 0.7, 0.4][:examples])
    w, b = tape.leaf("W", [[0.4, -0.3, 0.2], [0.1, 0.5, -0.6]]), tape.leaf("b", [0.1, 0.0, -0.1])
    v = tape.leaf("v", [0.7, -0.2, 0.5])
    error = op("softplus", op("gelu", x @ w + b) @ v) - y
    tape.name("loss", op("mean", error**2))
    return tape


def on_six(name: str, rate: float, **options: Any) -> Run:
    """Train the six-weight network."""
    parameters = options.pop("optimizer", {})
    return Run(six_weights(), "loss", list(SIX), optimizer(name, rate, **parameters), **options)


def on_arrays(name: str, rate: float, **options: Any) -> Run:
    """Train the regression."""
    parameters = options.pop("optimizer", {})
    return Run(regression(), "loss", ["W", "b", "v"], optimizer(name, rate, **parameters), **options)


def in_batches(order: Batches, name: str, rate: float, **options: Any) -> Run:
    """Train the regression with steps that see some of its examples."""
    tapes = {length: regression(length) for length in order.lengths}
    return on_arrays(name, rate, batching=Batching(order, ("X", "y"), tapes), **options)


RUNS: dict[str, Callable[[], Run]] = {
    "sgd": lambda: on_six("sgd", 1.0),
    "sgd_sequential": lambda: on_six("sgd", 1.0, update="sequential"),
    "sgd_decay": lambda: on_arrays("sgd", 0.2, optimizer={"weight_decay": 0.01}),
    "momentum": lambda: on_six("momentum", 0.1),
    "momentum_sequential": lambda: on_six("momentum", 0.1, update="sequential", frozen=["W13"]),
    "momentum_cosine": lambda: on_arrays("momentum", 0.1, schedule=schedule("cosine", steps=50, final=0.01)),
    "nesterov": lambda: on_arrays("nesterov", 0.05, optimizer={"momentum": 0.8}, frozen=["b"]),
    "rmsprop": lambda: on_arrays("rmsprop", 0.01, optimizer={"rho": 0.95, "weight_decay": 0.001}),
    "online": lambda: in_batches(
        Batches("online", 4), "momentum", 0.02, schedule=schedule("step", size=20, factor=0.5)
    ),
    "mini_batches": lambda: in_batches(Batches("mini", 4, 2, seed=3), "adam", 0.02),
    "uneven_batches": lambda: in_batches(Batches("mini", 4, 3, seed=2**40 + 5), "sgd", 0.2, update="sequential"),
    "adam": lambda: on_six("adam", 0.02),
    "adam_step": lambda: on_arrays("adam", 0.05, schedule=schedule("step", size=30, factor=0.5)),
    "adamw": lambda: on_arrays("adamw", 0.02, optimizer={"beta1": 0.85, "beta2": 0.99}),
}


def described(run: Run) -> dict[str, Any]:
    """The trace of the run's start and, after some numbers of updates, its loss, parameters and gradients."""
    states = []
    for n in STEPS:
        state = run.at(n)
        values = {name: state.tape.value(name).tolist() for name in (run.loss, *run.parameters)}
        gradients = {name: np.asarray(state.sweep.gradient(name)).tolist() for name in run.parameters}
        updated = {name: np.asarray(value).tolist() for name, value in state.updated.items()}
        states.append({"steps": n, "values": values, "gradients": gradients, "updated": updated})
    return {"trace": trace(run), "states": states}


def written(data: dict[str, Any]) -> str:
    """Write a run with one line a state, and one for every part of the trace."""
    parts = [f"    {json.dumps(key)}: {json.dumps(part, allow_nan=False)}" for key, part in data["trace"].items()]
    states = [f"    {json.dumps(state, allow_nan=False)}" for state in data["states"]]
    start, after = ",\n".join(parts), ",\n".join(states)
    return f'{{\n  "trace": {{\n{start}\n  }},\n  "states": [\n{after}\n  ]\n}}\n'


def assert_close(actual: Any, expected: Any, tolerance: float, where: str) -> None:
    """Compare two JSON values: structure exactly, numbers to a relative tolerance."""
    if isinstance(expected, dict):
        assert list(actual) == list(expected), where
        for key, value in expected.items():
            assert_close(actual[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), where
        for place, value in enumerate(expected):
            assert_close(actual[place], value, tolerance, f"{where}[{place}]")
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=tolerance, abs=tolerance / 1000), where
    else:
        assert actual == expected, where


@pytest.mark.parametrize("name", RUNS)
def test_golden_run(name: str) -> None:
    """Each run is what its golden file says: to 1e-12 at its start, to 1e-9 after many updates."""
    data = json.loads(json.dumps(described(RUNS[name]()), allow_nan=False))
    path = GOLDEN / f"{name}.json"
    if os.environ.get("BPSLIDES_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(written(data), encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert_close(data["trace"], golden["trace"], 1e-12, "trace")
    assert_close(data["states"][0], golden["states"][0], 1e-12, "start")
    assert_close(data["states"], golden["states"], 1e-9, "states")


def test_every_optimizer_and_schedule_has_a_run() -> None:
    """Nothing that a deck can choose is left out, and no golden file is left over."""
    runs = [make() for make in RUNS.values()]
    assert {run.optimizer.name for run in runs} == set(DEFAULTS)
    assert {run.schedule.name for run in runs if run.schedule} == set(SCHEDULES) - {"constant"}
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_training_lowers_the_loss(name: str) -> None:
    """A hundred updates bring every run far down: the golden numbers are those of an optimizer at work."""
    run = RUNS[name]()
    losses = [float(run.at(n).tape.value("loss")) for n in (0, 100)]
    assert losses[1] < 0.5 * losses[0]
