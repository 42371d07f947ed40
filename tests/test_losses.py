"""Losses of networks: their values, and cross-entropies of saturated outputs."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.decks import Deck, with_content
from tests.networks import network, numbers


@pytest.mark.parametrize(
    ("loss", "activation", "value"),
    [
        ("half_squared_error", "identity", ((1 - 0.2) ** 2 + (0 - 0.4) ** 2) / 2),
        ("squared_error", "identity", (1 - 0.2) ** 2 + (0 - 0.4) ** 2),
        ("mean_squared_error", "identity", ((1 - 0.2) ** 2 + (0 - 0.4) ** 2) / 2),
        ("mean_absolute_error", "identity", (0.8 + 0.4) / 2),
        ("huber, delta: 0.5", "identity", 0.5 * (0.8 - 0.25) + 0.4**2 / 2),
        ("huber", "identity", 0.8**2 / 2 + 0.4**2 / 2),
        ("binary_cross_entropy", "identity", -math.log(0.2) - math.log(1 - 0.4)),
        ("cross_entropy", "softmax", -math.log(math.exp(0.2) / (math.exp(0.2) + math.exp(0.4)))),
    ],
)
def test_losses(tmp_path: Path, loss: str, activation: str, value: float) -> None:
    """Each loss is the sum, half of it, or the mean over the output units, as its name says."""
    found = numbers(
        tmp_path,
        f"{{inputs: {{x: 1}}, targets: {{p: 1, q: 0}}, loss: {loss}, "
        f"layers: [{{units: [p, q], activation: {activation}, weights: [[0.2], [0.4]]}}]}}",
    )
    assert found["values"]["loss"] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(("target", "loss", "slope"), [(1, 0.7, -1.0), (-1, 1.3, 1.0)])
def test_hinge(tmp_path: Path, target: int, loss: float, slope: float) -> None:
    """The hinge is one minus the margin, where that is positive."""
    yaml = f"{{inputs: {{x: 1}}, targets: {{p: {target}}}, loss: hinge, layers: [{{units: [p], weights: [[0.3]]}}]}}"
    found = numbers(tmp_path, yaml)
    assert found["values"]["loss"] == pytest.approx(loss)
    assert found["gradients"]["p.a"] == slope


# ── cross-entropy through the pre-activations ─────────────────────────────────────────────────────────────────────


def binary(z: float, target: float, form: str = "named") -> str:
    """A single sigmoid unit with the pre-activation `z`."""
    units, inputs, targets = (
        ("[O]", "{x: 1}", f"{{O: {target}}}") if form == "named" else (1, "{x: [1]}", f"{{t: [{target}]}}")
    )
    layer = f"{{units: {units}, activation: sigmoid, weights: [[{z}]]}}"
    return f"{{inputs: {inputs}, targets: {targets}, loss: binary_cross_entropy, layers: [{layer}]}}"


@pytest.mark.parametrize("form", ["named", "counted"])
@pytest.mark.parametrize(
    ("z", "target", "loss", "delta", "slope"),
    [
        (1000, 1, 0, 0, -1),
        (-1000, 0, 0, 0, 1),
        (1000, 0, 1000, 1, None),
        (-1000, 1, 1000, -1, None),
        (40, 0, 40, 1, 1 + math.exp(40)),
        (40, 1, math.exp(-40), -math.exp(-40), -1),
        (30, 0, 30 + math.log1p(math.exp(-30)), 1 / (1 + math.exp(-30)), 1 + math.exp(30)),
        (-40, 0.5, 20, -0.5, -(1 + math.exp(40)) / 2 + 0.5),
        (-710, 1, 710, -1, None),
    ],
)
def test_binary_cross_entropy_of_a_saturated_output(
    tmp_path: Path, form: str, z: float, target: float, loss: float, delta: float, slope: float | None
) -> None:
    """Where the output is 0 or 1 but for rounding, loss and gradients are those of the exact output."""
    found = numbers(tmp_path, binary(z, target, form))
    output = "O" if form == "named" else "layer1"
    gradients = {part: found["gradients"][f"{output}.{part}"] for part in ("z", "a")}
    shown = {part: value[0] if isinstance(value, list) else value for part, value in gradients.items()}
    assert found["values"]["loss"] == pytest.approx(loss, rel=1e-12, abs=1e-30)
    # rounding of the output itself is all that the difference may be
    assert shown["z"] == pytest.approx(delta, rel=1e-9, abs=1.2e-16)
    assert shown["a"] == (None if slope is None else pytest.approx(slope, rel=1e-6))
    assert found["gradient_check"] < 1e-6


@pytest.mark.parametrize("form", ["named", "counted"])
@pytest.mark.parametrize("batch", [False, True])
def test_cross_entropy_of_a_saturated_output(tmp_path: Path, form: str, batch: bool) -> None:
    """Softmax of ±1000: the loss is the distance of the logits, the gradients are output minus target."""
    units, names, targets = ("[p, q]", "{x: 1}", "{p: 0, q: 1}") if form == "named" else (2, "{x: [1]}", "{t: [0, 1]}")
    if batch:
        names, targets = ("[x]", "[p, q]") if form == "named" else ("[x]", "[t]")
        targets += ", examples: {inputs: [[1], [-1]], targets: [[0, 1], [0, 1]]}"
    layer = f"{{units: {units}, activation: softmax, weights: [[1000], [-1000]]}}"
    found = numbers(tmp_path, f"{{inputs: {names}, targets: {targets}, loss: cross_entropy, layers: [{layer}]}}")
    assert found["values"]["loss"] == pytest.approx(1000 if batch else 2000)
    gradients = found["gradients"]
    p, q = (gradients["p.z"], gradients["q.z"]) if form == "named" else np.asarray(gradients["layer1.z"]).T.tolist()
    assert (p, q) == (([0.5, 0], [-0.5, 0]) if batch else (1, -1))
    assert gradients["q.a" if form == "named" else "layer1.a"] is None


def test_saturated_in_a_batch(tmp_path: Path) -> None:
    """The gradient of a saturated output that can be written down is that of the textbook, in a batch, too."""
    examples = "examples: {inputs: [[100], [1]], targets: [[1], [0]]}"
    shape = "loss: binary_cross_entropy, layers: [{units: %s, activation: sigmoid, weights: [[0.5]]}]"
    named = numbers(tmp_path, f"{{inputs: [x], targets: [O], {examples}, {shape % '[O]'}}}")["gradients"]["O.a"]
    counted = numbers(tmp_path, f"{{inputs: [x], targets: [t], {examples}, {shape % 1}}}")["gradients"]["layer1.a"]
    assert named == pytest.approx([-0.5, (1 + math.exp(0.5)) / 2])
    assert counted == [[value] for value in named]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-36, 36), st.sampled_from([0.0, 0.25, 1.0]))
def test_both_forms_of_a_cross_entropy_agree(tmp_path: Path, z: float, target: float) -> None:
    """Textbook form or not: the loss is that of the logits, δ is output minus target, and δ is the slope times σ'."""
    found = numbers(tmp_path, binary(z, target))
    output = 1 / (1 + math.exp(-z))
    right = target * np.logaddexp(0, -z) + (1 - target) * np.logaddexp(0, z)
    assert found["values"]["loss"] == pytest.approx(right, rel=1e-11, abs=2e-12)
    assert found["gradients"]["O.z"] == pytest.approx(output - target, rel=1e-9, abs=1e-15)
    other = 1 / (1 + math.exp(z))
    assert found["gradients"]["O.a"] * output * other == pytest.approx(output - target, rel=1e-4, abs=1e-15)


def test_training_goes_on_when_the_output_saturates(tmp_path: Path) -> None:
    """A run that began with the textbook form ends with an output of 1 and without an error."""
    deck = network(tmp_path, binary(1.0, 1).replace("x: 1", "x: 100").replace("[[1.0]]", "[[0.01]]"))
    program = deck.sound.site.numbers.programs["m"]
    assert "O.a" in str(program.graph.lines["loss"])
    state = program.state(50)
    assert float(state.tape.value("O.a")) == 1.0
    assert 0 <= float(state.tape.value("loss")) < 1e-15
    assert program.gradient(state, "O.a") == pytest.approx(-1)


def test_a_gradient_too_large_in_text(tmp_path: Path) -> None:
    """A number that cannot be written down is told in text, with what to ask for instead."""
    models = f"models:\n  m:\n    network: {binary(1000, 0)}\n"
    (message,) = Deck(tmp_path, with_content("- '{{ m.grad.O.z }} {{ m.grad.O.a }}'", models)).messages
    assert message.endswith("(the output is saturated; ask for m.grad.O.z)")
