"""Layered networks: the graph that one is short for has the right names and values, unit by unit or in arrays."""

from pathlib import Path

import numpy as np
import pytest

from bpslides.autodiff import apply
from bpslides.compute import values
from bpslides.initialisers import draw
from bpslides.model import Initialiser
from tests.decks import Deck, with_content
from tests.networks import network, numbers

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


ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu")


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("z", [-1.5, 0.75])
def test_activations(tmp_path: Path, activation: str, z: float) -> None:
    """Every activation of a layer is the operation of that name, with a sound gradient."""
    yaml = (
        f"{{inputs: {{x: {z}}}, targets: {{p: 0}}, layers: [{{units: [p], activation: {activation}, weights: [[1]]}}]}}"
    )
    found = numbers(tmp_path, yaml)
    right = z if activation == "identity" else float(apply(activation, z))  # type: ignore[arg-type]
    assert found["values"]["p.a"] == pytest.approx(right, rel=1e-15)
    assert found["gradient_check"] < 1e-9


LOSSES = {
    "half_squared_error": "sigmoid",
    "squared_error": "tanh",
    "mean_squared_error": "gelu",
    "mean_absolute_error": "silu",
    "huber": "softplus",
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "hinge": "identity",
}


@pytest.mark.parametrize("batch", ["one", "mean", "sum"])
@pytest.mark.parametrize("loss", LOSSES)
def test_counted_units_are_named_units_in_arrays(tmp_path: Path, loss: str, batch: str) -> None:
    """A network by arrays has the values, gradients and updates of the same network unit by unit."""
    generator = np.random.default_rng(5)
    first, second, bias = (generator.normal(0, 1, shape).tolist() for shape in ((3, 2), (2, 3), (3,)))
    x, t = [[0.5, -1.0], [1.5, 0.25], [0.1, 0.2]], [[1, -1], [-1, 1], [1, 1]] if loss == "hinge" else [[1, 0]] * 3
    tail = f"loss: {loss}, reduction: {'sum' if batch == 'sum' else 'mean'}"
    layers = (
        f"layers: [{{units: %s, activation: tanh, weights: {first}, biases: {bias}}}, "
        f"{{units: %s, activation: {LOSSES[loss]}, weights: {second}}}]"
    )
    if batch == "one":
        named = f"inputs: {{u: {x[0][0]}, v: {x[0][1]}}}, targets: {{p: {t[0][0]}, q: {t[0][1]}}}"
        counted = f"inputs: {{x: {x[0]}}}, targets: {{t: {t[0]}}}"
    else:
        examples = f"examples: {{inputs: {x}, targets: {t}}}"
        named, counted = f"inputs: [u, v], targets: [p, q], {examples}", f"inputs: [x], targets: [t], {examples}"
    by_unit = numbers(tmp_path, f"{{{named}, {layers % ('[a, b, c]', '[p, q]')}, {tail}}}")
    by_layer = numbers(tmp_path, f"{{{counted}, {layers % (3, 2)}, {tail}}}")
    assert list(by_layer["values"]) == [
        "x", "layer2.target", "layer1.W", "layer1.b", "layer2.W", "layer1.z", "layer1.a", "layer2.z", "layer2.a", "loss"
    ]  # fmt: skip
    for kind in ("values", "gradients"):
        one, other = by_unit[kind], by_layer[kind]
        assert other["loss"] == pytest.approx(one["loss"], rel=1e-12)
        for place, unit in enumerate("pq"):
            for part in ("z", "a", "target"):
                column = np.asarray(other[f"layer2.{part}"])[..., place].tolist()
                assert column == pytest.approx(one[f"{unit}.{part}"], rel=1e-12, abs=1e-15)
    for kind in ("gradients", "updated"):
        assert by_layer[kind]["layer1.W"][2] == pytest.approx([by_unit[kind][f"W_{x}_c"] for x in "uv"], rel=1e-12)
        assert by_layer[kind]["layer1.b"] == pytest.approx([by_unit[kind][f"b_{x}"] for x in "abc"], rel=1e-12)
    assert by_layer["gradient_check"] < 1e-8


@pytest.mark.parametrize("update", ["simultaneous", "sequential"])
@pytest.mark.parametrize("batch", [False, True])
def test_counted_units_train_as_named_units(tmp_path: Path, update: str, batch: bool) -> None:
    """After some steps of either kind, the arrays hold the weights of the same network unit by unit."""
    layers = (
        "layers: [{units: %s, activation: tanh, weights: {init: he}}, {units: %s, weights: {init: he}, biases: [0.5]}]"
    )
    named, counted = "inputs: {u: 1, v: -2}, targets: {p: 2}", "inputs: {x: [1, -2]}, targets: {t: [2]}"
    if batch:
        examples = "examples: {inputs: [[1, -2], [0, 1], [1, 1]], targets: [[2], [0], [1]]}"
        named, counted = f"inputs: [u, v], targets: [p], {examples}", f"inputs: [x], targets: [t], {examples}"
    runs = []
    for yaml in (f"{{{named}, {layers % ('[a, b]', '[p]')}}}", f"{{{counted}, {layers % (2, 1)}}}"):
        models = f"models:\n  m: {{network: {yaml}, update: {update}}}\n"
        runs.append(values(Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"], 5)["values"])
    by_unit, by_layer = runs
    for row, unit in zip(by_layer["layer1.W"], "ab", strict=True):
        assert row == pytest.approx([by_unit[f"W_u_{unit}"], by_unit[f"W_v_{unit}"]], rel=1e-12)
    assert by_layer["layer2.b"] == pytest.approx([by_unit["b_p"]], rel=1e-12)


def test_as_many_examples_as_units(tmp_path: Path) -> None:
    """With equally many examples and units, a bias still belongs to its unit, and each example to its row."""
    found = numbers(
        tmp_path,
        "{inputs: [x], targets: [t], loss: squared_error, examples: {inputs: [[1], [2]], targets: [[0, 0], [0, 0]]}, "
        "layers: [{units: 2, weights: [[1], [10]], biases: [100, 200]}]}",
    )["values"]
    assert found["layer1.z"] == [[101, 210], [102, 220]]
    assert found["loss"] == pytest.approx((101**2 + 210**2 + 102**2 + 220**2) / 2)


def test_drawn_weights_of_named_units(tmp_path: Path) -> None:
    """Named units have the weights that a layer of as many counted units has, each under its own name."""
    layer = "{units: %s, weights: {init: xavier, seed: 3}, biases: {init: uniform}}"
    named = numbers(tmp_path, f"{{inputs: {{u: 1, v: 2}}, targets: {{p: 0}}, layers: [{layer % '[p]'}]}}")["values"]
    counted = numbers(tmp_path, f"{{inputs: {{x: [1, 2]}}, targets: {{t: [0]}}, layers: [{layer % 1}]}}")["values"]
    assert (
        [named["W_u_p"], named["W_v_p"]]
        == counted["layer1.W"][0]
        == draw(Initialiser(init="xavier", seed=3), (1, 2), 1)[0].tolist()
    )
    assert [named["b_p"]] == counted["layer1.b"]


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
            f"{ONE}, loss: binary_cross_entropy, layers: [{{units: [O], weights: [[1]]}}]",
            "log(1 - O.a) has no finite value (the logarithm needs a positive number)",
        ),
        (
            f"{ONE}, layers: [{{units: [▸O], weights: [[1], [2, 3]]}}]",
            (
                "the weights of layer 1 of “m” are 2 rows of unequal length, but it has 1 units with 1 inputs each "
                "(rows are units)"
            ),
        ),
        (
            "inputs: {▸x: [1, 2]}, targets: {O: 1}, layers: [{units: [O], weights: [[1]]}]",
            (
                "“x” is an array, but named units take single numbers "
                "(write “examples” for a batch, or the number of “units” instead of their names)"
            ),
        ),
        (
            "inputs: {x: [1, 2]}, targets: {t: [1]}, layers: [{units: 1, weights: [[1]]}]",
            "layer1.W is 1 × 1, but layer1 has 1 units and x has 2 numbers (it should be 1 × 2: rows are units)",
        ),
        (
            (
                "inputs: {x: [1]}, targets: {t: [1]}, "
                "layers: [{units: 2, weights: [[1], [1]]}, {units: 1, weights: [[1]]}]"
            ),
            "layer2.W is 1 × 1, but layer2 has 1 units and layer1.a has 2 numbers (it should be 1 × 2: rows are units)",
        ),
        (
            "inputs: {x: [1]}, targets: {▸t: [1, 2]}, layers: [{units: 1, weights: [[1]]}]",
            "“t” has 2 numbers, but the last layer has 1 units",
        ),
        (
            "inputs: {▸x: 1}, targets: {t: [1]}, layers: [{units: 1, weights: [[1]]}]",
            "“x” should be a vector, such as [0.1, 0.2] (write “examples” for several at once)",
        ),
        (
            "inputs: {x: [1], y: [1]}, targets: {t: [1]}, layers: [{units: 1, weights: [[1]]}]",
            "“m” counts its units, and so its inputs are one vector, not 2 (such as inputs: {x: [0.1, 0.2]})",
        ),
        (
            (
                "inputs: [x], targets: [t], layers: [{units: 2, weights: [[1], [1]]}], "
                "examples: {inputs: [[1], [2]], targets: [[1], [2]]}"
            ),
            "every row of the examples' targets needs 2 numbers",
        ),
        (
            "inputs: {x: [1]}, targets: {t: [1]}, layers: [{units: 1, weights: [[1]], names: [[w]]}]",
            (
                "layer 1 of “m” counts its units and has no “names” "
                "(its weights are layer1.W[unit][input], its biases layer1.b[unit])"
            ),
        ),
        (
            "inputs: {x: [1]}, targets: {t: [1]}, layers: [{units: 1, weights: [[1]], biases: {init: he}}]",
            "“biases” of layer 1 of “m”: he is for weights; biases begin as zeros, uniform or normal",
        ),
        (
            "inputs: {x: [1]}, targets: {t: [1]}, layers: [{units: 1, weights: {init: zeros, scale: 2}}]",
            "“weights” of layer 1 of “m”: zeros have no scale",
        ),
        (
            (
                "inputs: {x: [1]}, targets: {t: [1]}, layers: [{units: 4096, weights: {init: he}}, "
                "{units: 4096, weights: {init: he}}]"
            ),
            "“m” has 16,781,312 weights; the limit is 1,000,000",
        ),
        (
            "inputs: {x: 1}, targets: {▸O: 0.5}, loss: hinge, layers: [{units: [O], weights: [[1]]}]",
            "the targets of hinge are -1 or 1, not 0.5",
        ),
        (
            "inputs: {x: [1]}, targets: {▸t: [2]}, loss: binary_cross_entropy, layers: [{units: 1, weights: [[1]]}]",
            "the targets of binary_cross_entropy are from 0 to 1, not 2",
        ),
    ],
)
def test_what_does_not_fit(tmp_path: Path, yaml: str, message: str) -> None:
    """Shapes, names and values that do not fit are told: at the name of the model, or where ▸ points."""
    place = f"4:{len('    network: {') + yaml.index('▸') + 1}" if "▸" in yaml else "3:3"
    assert network(tmp_path, f"{{{yaml.replace('▸', '')}}}").messages == [f"{place}: {message}"]
