"""Layered networks: the graph that one is short for has the right names, values and losses."""

import math
from pathlib import Path
from typing import Any

import pytest

from bpslides.compute import values
from tests.decks import Deck, with_content

SIX = """\
models:
  six:
    network:
      inputs:  {x1: 0.35, x2: 0.9}
      targets: {O5: 0.5}
      layers:
        - {units: [H3, H4], activation: sigmoid, weights: [[0.1, 0.8], [0.4, 0.6]], names: [[W13, W23], [W14, W24]]}
        - {units: [O5], activation: sigmoid, weights: [[0.3, 0.9]], names: [[W35, W45]]}
    learning_rate: 1.0
"""


def network(tmp_path: Path, yaml: str) -> Deck:
    """A deck with one network `m`, given as flow YAML."""
    return Deck(tmp_path, with_content("- x", f"models:\n  m:\n    network: {yaml}\n"))


def numbers(tmp_path: Path, yaml: str) -> dict[str, Any]:
    """The numbers of a sound network."""
    return values(network(tmp_path, yaml).sound.site.numbers.programs["m"])


def test_six_weights(tmp_path: Path) -> None:
    """The textbook network has the values, gradients and updates of the text, and a sound gradient check."""
    found = values(Deck(tmp_path, with_content("- x", SIX)).sound.site.numbers.programs["six"])
    assert found["values"]["H3.z"] == pytest.approx(0.755)
    assert found["values"]["H4.a"] == pytest.approx(0.6637386974, abs=1e-10)
    assert found["values"]["O5.a"] == pytest.approx(0.6902834929, abs=1e-10)
    assert found["values"]["loss"] == pytest.approx(0.01810390384, abs=1e-11)
    assert found["gradients"]["W45"] == pytest.approx(0.02700163699, abs=1e-11)
    assert found["gradients"]["H3.z"] == pytest.approx(0.002654489031, abs=1e-12)
    assert found["updated"]["W13"] == pytest.approx(0.09907092884, abs=1e-11)
    assert found["updated"]["W35"] == pytest.approx(0.2723259651, abs=1e-10)
    assert found["gradient_check"] < 1e-6


def test_names(tmp_path: Path) -> None:
    """Units have z and a, targets the name of their unit, weights and biases a default name or the given one."""
    found = numbers(
        tmp_path,
        "{inputs: {x: 1}, targets: {y: 2}, loss: squared_error, layers: ["
        "{units: [H], weights: [[3]], biases: [4]}, {units: [O], weights: [[5]], biases: [6], bias_names: [b]}]}",
    )
    assert found["values"] == {
        "x": 1, "O.target": 2, "W_x_H": 3, "b_H": 4, "W_H_O": 5, "b": 6,
        "H.z": 7, "H.a": 7, "O.z": 41, "O.a": 41, "loss": 39**2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "activation", "value"),
    [
        ("half_squared_error", "identity", ((1 - 0.2) ** 2 + (0 - 0.4) ** 2) / 2),
        ("squared_error", "identity", (1 - 0.2) ** 2 + (0 - 0.4) ** 2),
        ("mean_squared_error", "identity", ((1 - 0.2) ** 2 + (0 - 0.4) ** 2) / 2),
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


@pytest.mark.parametrize(("reduction", "factor"), [("mean", 0.5), ("sum", 1.0)])
@pytest.mark.parametrize("activation", ["identity", "softmax"])
def test_batch(tmp_path: Path, reduction: str, factor: float, activation: str) -> None:
    """A batch has one number per example everywhere; the reduction goes over the examples only."""
    shape = f"layers: [{{units: [p, q], activation: {activation}, weights: [[0.2], [0.4]]}}], loss: cross_entropy"
    each = [
        numbers(tmp_path, f"{{inputs: {{x: {x}}}, targets: {{p: {p}, q: {q}}}, {shape}}}")["values"]
        for x, p, q in ((1, 1, 0), (3, 0, 1))
    ]
    found = numbers(
        tmp_path,
        f"{{inputs: [x], targets: [p, q], reduction: {reduction}, "
        f"examples: {{inputs: [[1], [3]], targets: [[1, 0], [0, 1]]}}, {shape}}}",
    )["values"]
    assert found["p.a"] == pytest.approx([one["p.a"] for one in each])
    assert found["loss"] == pytest.approx(factor * sum(one["loss"] for one in each))


ONE = "inputs: {x: 1}, targets: {O: 1}"
BATCH = "inputs: [x], targets: [O], layers: [{units: [O], weights: [[1]]}]"


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (
            f"{ONE}, layers: [{{units: [▸O], weights: [[1, 2]]}}]",
            "the weights of layer 1 of “m” are 1 × 2, but it has 1 units with 1 inputs each (rows are units)",
        ),
        (
            "inputs: {x: 1}, targets: {O: 1, P: 2}, layers: [{units: [O], weights: [[1]]}]",
            "the targets are O, P, but the output units are O (give one target per output unit)",
        ),
        (
            f"{ONE}, layers: [{{units: [▸O], weights: [[1]], biases: [1, 2]}}]",
            "“biases” of layer 1 of “m” needs 1 entries",
        ),
        (
            f"{ONE}, layers: [{{units: [▸O], weights: [[1]], names: [[a, b]]}}]",
            "the names of the weights of layer 1 of “m” should be 1 × 1, as the weights are",
        ),
        (
            "inputs: [x], targets: {O: 1}, layers: [{units: [O], weights: [[1]]}]",
            "the inputs of “m” have no values (write {name: value, …}, or add “examples”)",
        ),
        (
            f"{BATCH}, examples: {{inputs: [[1], [2]], targets: [[1]]}}",
            "the examples have unequal numbers of inputs and targets",
        ),
        (
            f"{BATCH}, examples: {{inputs: [[1, 1]], targets: [[1]]}}",
            "every row of the examples' inputs needs 1 numbers",
        ),
        (
            "inputs: {x: 1, y: 2}, targets: {O: 1}, layers: [{units: [O], weights: [[1, 2]], names: [[W, ▸W]]}]",
            "the name “W” stands for two weights (rename one of them)",
        ),
        (
            f"{ONE}, layers: [{{units: [O], weights: [[1]], names: [[▸loss]]}}]",
            "the name “loss” stands for two things (rename one of them)",
        ),
        (
            f"{ONE}, layers: [{{units: [H, ▸H], weights: [[1], [1]]}}, {{units: [O], weights: [[1, 1]]}}]",
            "two units are called “H”",
        ),
        (
            f"{ONE}, layers: [{{units: [▸H₃], weights: [[1]]}}, {{units: [O], weights: [[1]]}}]",
            "“H₃” cannot be a name: small digits are not allowed; write H3",
        ),
        (
            f"{ONE}, loss: binary_cross_entropy, layers: [{{units: [O], weights: [[100]], activation: sigmoid}}]",
            "log(1 - O.a) has no finite value (the logarithm needs a positive number)",
        ),
    ],
)
def test_what_does_not_fit(tmp_path: Path, yaml: str, message: str) -> None:
    """Shapes, names and values that do not fit are told: at the name of the model, or where ▸ points."""
    place = f"4:{len('    network: {') + yaml.index('▸') + 1}" if "▸" in yaml else "3:3"
    assert network(tmp_path, f"{{{yaml.replace('▸', '')}}}").messages == [f"{place}: {message}"]
