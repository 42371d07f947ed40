"""Measure the core: `python tools/bench_core.py`, in an environment with requirements/bench.in. Medians of one run.

small: 10,000 steps of gradient descent on the network of six weights, beside micrograd, autograd, PyTorch and JAX.
large: one step of 784-128-10 (ReLU, softmax, cross-entropy) on a batch of 64, beside PyTorch and the bare products.

Every row does the same work: it ends at the same weights, which is checked. All use doubles and one thread, so that
other work on the machine disturbs them alike; JAX may compile before the clock starts, the core may not.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bpslides.autodiff import Run, Tape, Var, apply, optimizer
from bpslides.autodiff.compiled import Loop

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
STEPS = 10_000
X1, X2, TARGET = 0.35, 0.9, 0.5
START = {"W13": 0.1, "W23": 0.8, "W14": 0.4, "W24": 0.6, "W35": 0.3, "W45": 0.9}
BATCH, SIZES, RATE = 64, (784, 128, 10), 0.1

Trainer = Callable[[int], list[float]]


def missing(name: str) -> bool:
    """Tell whether a library is not installed."""
    return importlib.util.find_spec(name) is None


# --- the network of six weights ---------------------------------------------------------------------------------------


def six(weights: Any, sigmoid: Callable[[Any], Any]) -> Any:
    """The loss of the six weights, in any library's numbers."""
    w13, w23, w14, w24, w35, w45 = weights
    h3 = sigmoid(w13 * X1 + w23 * X2)
    h4 = sigmoid(w14 * X1 + w24 * X2)
    return 0.5 * (TARGET - sigmoid(w35 * h3 + w45 * h4)) ** 2


def six_of_ours(steps: int) -> list[float]:
    """Record, compile and run: nothing is left out of the time."""
    tape = Tape()

    def sigmoid(z: Var) -> Any:
        return apply("sigmoid", z)

    tape.name("L", six([tape.leaf(name, value) for name, value in START.items()], sigmoid))
    state = Run(tape, "L", list(START), optimizer("sgd", 1.0)).at(steps)
    return [float(state.tape.value(name)) for name in START]


def six_of_micrograd(steps: int) -> list[float]:
    """Scalars that build their graph anew in each step."""
    value = importlib.import_module("micrograd.engine").Value
    weights = [value(start) for start in START.values()]

    def sigmoid(z: Any) -> Any:
        # micrograd has no exp: make the node by hand, as its own relu is made
        s = 1.0 / (1.0 + np.exp(-z.data))
        out = value(float(s), (z,), "sigmoid")

        def back() -> None:
            z.grad += out.data * (1.0 - out.data) * out.grad

        out._backward = back
        return out

    for _ in range(steps):
        loss = six(weights, sigmoid)
        for weight in weights:
            weight.grad = 0.0
        loss.backward()
        for weight in weights:
            weight.data -= weight.grad
    return [float(weight.data) for weight in weights]


def six_of_autograd(steps: int) -> list[float]:
    """Scalars in a list."""
    numpy = importlib.import_module("autograd.numpy")
    gradient = importlib.import_module("autograd").grad(lambda w: six(w, lambda z: 1.0 / (1.0 + numpy.exp(-z))))
    weights = list(START.values())
    for _ in range(steps):
        weights = [weight - slope for weight, slope in zip(weights, gradient(weights), strict=True)]
    return [float(weight) for weight in weights]


def six_of_torch(steps: int) -> list[float]:
    """PyTorch eager with its own optimizer; six scalars in one tensor, which is its faster way."""
    torch = importlib.import_module("torch")
    weights = torch.tensor(list(START.values()), dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([weights], lr=1.0)
    for _ in range(steps):
        sgd.zero_grad()
        six(weights.unbind(), torch.sigmoid).backward()
        sgd.step()
    return [float(weight) for weight in weights.detach()]


def six_of_jax(steps: int) -> list[float]:
    """JAX with one compiled step, called from Python."""
    jax = importlib.import_module("jax")
    jax.config.update("jax_enable_x64", True)
    weights = jax.numpy.array(list(START.values()))
    one = _jax_step(jax)
    for _ in range(steps):
        weights = one(weights)
    return [float(weight) for weight in weights]


_COMPILED: dict[str, Any] = {}


def _jax_step(jax: Any) -> Any:
    if "step" not in _COMPILED:
        _COMPILED["step"] = jax.jit(lambda w: w - jax.grad(lambda v: six(v, jax.nn.sigmoid))(w))
    return _COMPILED["step"]


# --- the large network ------------------------------------------------------------------------------------------------


def large() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Inputs, one-hot targets and starting weights, always the same."""
    rng = np.random.default_rng(0)
    inputs, hidden, outputs = SIZES
    x, y = rng.normal(size=(BATCH, inputs)), np.eye(outputs)[rng.integers(0, outputs, BATCH)]
    weights = {
        "W1": rng.normal(size=(inputs, hidden)) / np.sqrt(inputs),
        "b1": np.zeros(hidden),
        "W2": rng.normal(size=(hidden, outputs)) / np.sqrt(hidden),
        "b2": np.zeros(outputs),
    }
    return x, y, weights


def large_of_ours() -> Trainer:
    """The compiled loop."""
    x, y, weights = large()
    tape = Tape()
    w1, b1, w2, b2 = (tape.leaf(name, value) for name, value in weights.items())
    hidden = apply("relu", tape.leaf("X", x) @ w1 + b1)
    logits = apply("log_softmax", hidden @ w2 + b2)
    loss = apply("mean", apply("sum", tape.leaf("Y", y) * logits, axis=1))
    assert isinstance(loss, Var)
    tape.name("L", -loss)
    loop = Loop(tape, "L", list(weights), optimizer("sgd", RATE))

    def train(steps: int) -> list[float]:
        end = loop.run(weights, {name: {} for name in weights}, 1, steps)
        assert end.done == steps
        return [float(value.sum()) for value in end.values.values()]

    return train


def large_of_torch() -> Trainer:
    """PyTorch eager on the CPU."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    x, y, weights = large()
    inputs, labels = torch.tensor(x), torch.tensor(y.argmax(axis=1))

    def train(steps: int) -> list[float]:
        parameters = [torch.tensor(value, requires_grad=True) for value in weights.values()]
        w1, b1, w2, b2 = parameters
        sgd = torch.optim.SGD(parameters, lr=RATE)
        for _ in range(steps):
            sgd.zero_grad()
            logits = torch.addmm(b2, torch.relu(torch.addmm(b1, inputs, w1)), w2)
            torch.nn.functional.cross_entropy(logits, labels).backward()
            sgd.step()
        return [float(parameter.detach().sum()) for parameter in parameters]

    return train


def bare_products() -> Trainer:
    """The five matrix products of a step and nothing else, into arrays that are there already."""
    x, y, weights = large()
    w1, w2 = weights["W1"], weights["W2"]
    hidden, logits = np.empty((BATCH, SIZES[1])), np.empty((BATCH, SIZES[2]))
    to_w1, to_w2, to_hidden = np.empty(w1.shape), np.empty(w2.shape), np.empty(hidden.shape)

    def train(steps: int) -> list[float]:
        for _ in range(steps):
            np.matmul(x, w1, out=hidden)
            np.matmul(hidden, w2, out=logits)
            np.matmul(hidden.T, y, out=to_w2)
            np.matmul(y, w2.T, out=to_hidden)
            np.matmul(x.T, to_hidden, out=to_w1)
        return []

    return train


# --- the table --------------------------------------------------------------------------------------------------------


def report(title: str, rows: dict[str, Trainer], steps: int, rounds: int, per: float, unit: str) -> None:
    """Time all rows in turn, several rounds, and print medians with their ratio to the first row."""
    print(title)
    reference: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in rows}
    for name, train in rows.items():  # warms up, and checks that all end at the same place
        end = train(steps if name == "bpslides" else min(steps, 100))
        reference = reference or (rows["bpslides"](min(steps, 100)))
        if name != "bpslides" and end:
            assert np.allclose(end, reference, rtol=1e-9), f"{name} ends elsewhere"
    for _ in range(rounds):
        for name, train in rows.items():
            start = time.perf_counter()
            train(steps)
            times[name].append(time.perf_counter() - start)
    first = statistics.median(times["bpslides"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"  {name:<22}{median * per:10.3f} {unit}   {median / first:8.2f} × bpslides")


def bench_core(_: Path) -> None:
    """Measure in a process of its own, since the number of threads is read when numpy is loaded."""
    subprocess.run([sys.executable, __file__, "here"], env=os.environ | ONE_THREAD, check=True)


def main() -> None:
    """Run both benches with what is installed, and say what is not."""
    small: dict[str, Trainer] = {"bpslides": six_of_ours}
    big: dict[str, Trainer] = {"bpslides": large_of_ours(), "bare numpy products": bare_products()}
    others: dict[str, Trainer] = {
        "micrograd": six_of_micrograd,
        "autograd": six_of_autograd,
        "torch": six_of_torch,
        "jax": six_of_jax,
    }
    for name, train in others.items():
        if missing(name):
            print(f"{name} is not installed and is left out (requirements/bench.in)")
        else:
            small[name] = train
    if not missing("torch"):
        big["torch"] = large_of_torch()
    report(f"{STEPS:,} steps of the six weights", small, STEPS, 3, 1e3, "ms")
    report("one step of 784-128-10, batch of 64", big, 100, 15, 1e3 / 100, "ms")


if __name__ == "__main__":
    if "here" in sys.argv:
        main()
    else:
        bench_core(Path())
