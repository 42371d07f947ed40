"""Traces: the golden files that the browser's twin reads too, the round trip, and what is refused.

With BPSLIDES_UPDATE_GOLDEN=1 the files are written anew instead of compared.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bpslides.autodiff import (
    AutodiffError,
    Run,
    Tape,
    backward,
    from_trace,
    optimizer,
    schedule,
    trace,
    trace_sweep,
)
from tests.models import SIX, activations, broadcast, neuron, reused, six_weights, softmax_layer, ties, two_sigmoids

GOLDEN = Path(__file__).parent / "golden" / "traces"


def trained(tape: Tape, loss: str, parameters: list[str], **options: object) -> dict[str, object]:
    """Trace the start of a run with plain gradient descent."""
    rate = options.pop("learning_rate", 0.01)
    assert isinstance(rate, float)
    return trace(Run(tape, loss, parameters, optimizer("sgd", rate), **options))  # type: ignore[arg-type]


CASES: dict[str, Callable[[], dict[str, object]]] = {
    "neuron": lambda: trained(neuron(), "L", ["w", "b"]),
    "neuron_frozen": lambda: trained(neuron(), "L", ["w", "b"], frozen=["b"]),
    "dead_relu": lambda: trained(neuron(-0.6), "L", ["w", "b"]),
    "two_sigmoids": lambda: trained(two_sigmoids(), "L", ["w1", "w2"]),
    "six_weights": lambda: trained(six_weights(), "loss", list(SIX), learning_rate=1.0),
    "six_weights_sequential": lambda: trained(six_weights(), "loss", list(SIX), learning_rate=1.0, update="sequential"),
    "reused_node": lambda: trace_sweep(backward(reused(), "f")),
    "broadcasting": lambda: trained(broadcast(), "f", ["b", "s"]),
    "softmax_layer": lambda: trained(softmax_layer(), "L", ["W", "V"], learning_rate=0.1),
    "scheduled": lambda: trace(
        Run(
            activations(),
            "f",
            ["w"],
            optimizer("sgd", 0.1, weight_decay=0.01),
            schedule=schedule("cosine", steps=10, final=0.001),
        )
    ),
    "ties": lambda: trace_sweep(backward(ties(), "f")),
}


def assert_same(actual: object, expected: object, where: str = "trace") -> None:
    """Compare two JSON values: structure exactly, numbers to 1e-15 relative."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), where
        assert list(actual) == list(expected), where
        for key, value in expected.items():
            assert_same(actual[key], value, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), where
        assert len(actual) == len(expected), where
        for place, value in enumerate(expected):
            assert_same(actual[place], value, f"{where}[{place}]")
    elif isinstance(expected, float):
        assert actual == pytest.approx(expected, rel=1e-15, abs=0), where
    else:
        assert actual == expected, where


def written(data: dict[str, object]) -> str:
    """Write a trace with one line a node and a contribution, so that people can read and compare it."""
    lines = []
    for key, value in data.items():
        if key in ("nodes", "contributions") and isinstance(value, list):
            rows = ",\n".join(f"    {json.dumps(row, allow_nan=False)}" for row in value)
            lines.append(f'  "{key}": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {json.dumps(value, allow_nan=False, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


@pytest.mark.parametrize("name", CASES)
def test_golden_trace(name: str) -> None:
    """Each trace is what its golden file says, to 1e-15."""
    data = CASES[name]()
    path = GOLDEN / f"{name}.json"
    if os.environ.get("BPSLIDES_UPDATE_GOLDEN") == "1":
        path.write_text(written(data), encoding="utf-8")
    assert_same(json.loads(json.dumps(data, allow_nan=False)), json.loads(path.read_text(encoding="utf-8")))


def test_golden_files_all_have_a_case() -> None:
    """No golden file is left over that nothing compares."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_round_trip(name: str) -> None:
    """A trace through JSON and back gives the same tape and, swept again, the same trace."""
    data = json.loads(json.dumps(CASES[name]()))
    tape = from_trace(data)
    again = json.loads(json.dumps(trace_sweep(backward(tape, data["loss"]))))
    assert again["nodes"] == data["nodes"]
    assert again["names"] == data["names"]
    if data["update"] == "simultaneous":
        assert again["contributions"] == data["contributions"]


def test_constants_get_no_adjoint() -> None:
    """Constants have null adjoints and no contribution; a named constant is a leaf and has both."""
    tape = Tape()
    x, c = tape.leaf("x", 3.0), tape.const(2.0)
    tape.name("f", x * c + 5.0)
    assert backward(tape, "f").adjoints[c.index] is None
    tape.name("c", c)
    assert backward(tape, "f").gradient("c") == 3.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema"),
        ({"nodes": None}, "no nodes"),
        ({"names": {"x": 99}}, "stands for no node"),
        ({"nodes": [{"op": "exec", "value": 1.0}]}, "unknown operation"),
        ({"nodes": [{"op": "neg", "parents": [0], "value": 1.0}]}, "parents"),
        ({"nodes": [{"op": "leaf", "value": "1"}]}, "not text"),
    ],
)
def test_bad_traces_are_refused(change: dict[str, object], message: str) -> None:
    """A trace that does not hold together gives a clear error."""
    with pytest.raises(AutodiffError, match=message):
        from_trace(CASES["neuron"]() | change)
