"""Models of one example of a batch: the same numbers as the batch has for it, and blocks that can show them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.decks import Deck, with_content

NETWORK = """\
models:
  batch:
    network:
      inputs: [a, b]
      targets: [right, wrong]
      layers:
        - {units: [H], activation: tanh, weights: [[0.3, -0.9]], biases: [0.1]}
        - {units: [O, P], activation: softmax, weights: [[0.5], [-0.4]]}
      loss: cross_entropy
      reduction: mean
      examples: {inputs: [[0, 1], [1, 0.5], [2, -1]], targets: [[1, 0], [0, 1], [1, 0]]}
    batch: {size: 2}
    symbols: {a: x_1}
  one: {of: batch, example: 1}
"""
GRAPH = """\
models:
  batch:
    inputs: {x: [1, 2, 4]}
    targets: {y: [2, 4, 7]}
    parameters: {w: 1.5, b: 0}
    graph: {p: w*x + b, e: (y - p)**2, L: mean(e) + 0.01*w**2, S: sum((p - mean(y))**2)/len(x)}
    loss: L
    learning_rate: 0.1
  last: {of: batch, example: 2}
"""


def test_an_example_of_a_network(tmp_path: Path) -> None:
    """Every number of a unit is the one that the batch has for this example, and the mean of all losses is the loss."""
    models = NETWORK + "  zero: {of: batch, example: 0}\n  two: {of: batch, example: 2}\n"
    programs = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs
    batch = programs["batch"].state().tape
    for name in programs["batch"].names:
        value = batch.value(name)
        for number, model in enumerate(["zero", "one", "two"]):
            own = programs[model].state().tape.value(name)
            if name != "loss":
                assert own == pytest.approx(value[number] if value.ndim else value), name
            assert own.ndim == 0
    losses = [float(programs[model].state().tape.value("loss")) for model in ("zero", "one", "two")]
    assert np.mean(losses) == pytest.approx(float(batch.value("loss")))
    slopes = [float(programs[model].state().sweep.gradient("W_a_H")) for model in ("zero", "one", "two")]
    assert np.mean(slopes) == pytest.approx(float(programs["batch"].state().sweep.gradient("W_a_H")))


def test_an_example_of_counted_units(tmp_path: Path) -> None:
    """Where units are only counted, an example is a row."""
    models = """\
models:
  batch:
    network:
      inputs: [x]
      targets: [t]
      layers: [{units: 2, activation: relu, weights: {init: he}}, {units: 1, weights: [[1, 2]]}]
      examples: {inputs: [[1, 2, 3], [4, 5, 6]], targets: [[1], [2]]}
  one: {of: batch, example: 1}
"""
    programs = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs
    for name in ("layer1.a", "layer2.a", "x"):
        assert programs["one"].tape.value(name) == pytest.approx(programs["batch"].tape.value(name)[1])


def test_an_example_of_a_graph(tmp_path: Path) -> None:
    """Means and sums over the examples fall away; what is no batch stays as it is."""
    content = "- equation: {of: last.L, show: [symbols]}\n- equation: {of: last.grad.w}\n- '{{ last.S }} {{ last.p }}'"
    deck = Deck(tmp_path, with_content(content, GRAPH)).sound
    graph = deck.site.numbers.programs["last"].graph
    assert graph.lines == {"p": "w*x + b", "e": "(y - p)**2", "L": "e + 0.01*w**2", "S": "(p - y)**2/1"}
    assert graph.loss == "L"
    assert deck.page.texts(".prose .num") == ["1", "6"]
    shown = deck.page.all(".equation")[0].text
    assert "mean" not in shown
    updated = deck.site.numbers.programs["last"].state().updated["w"]
    assert float(updated) == pytest.approx(1.5 - 0.1 * (2 * (6 - 7) * 4 + 0.03))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=1, max_size=5), w=st.floats(-2, 2))
def test_the_examples_add_up_to_the_batch(tmp_path: Path, data: list[tuple[float, float]], w: float) -> None:
    """Whatever the examples are, the mean of their losses and slopes is that of the batch."""
    xs, ys = [x for x, _ in data], [y for _, y in data]
    graph = "{p: tanh(w*x), e: (y - p)**2, L: mean(e)}"
    models = f"models:\n  m: {{inputs: {{x: {xs}}}, targets: {{y: {ys}}}, parameters: {{w: {w}}}, graph: {graph}}}\n"
    models += "".join(f"  e{number}: {{of: m, example: {number}}}\n" for number in range(len(data)))
    programs = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs
    whole = programs["m"].state()
    ones = [programs[f"e{number}"].state() for number in range(len(data))]
    for all_of_them, each in (
        (whole.tape.value("L"), [one.tape.value("L") for one in ones]),
        (whole.sweep.gradient("w"), [one.sweep.gradient("w") for one in ones]),
    ):
        assert np.mean(each) == pytest.approx(float(all_of_them), rel=1e-9, abs=1e-12)


def test_blocks_that_show_single_numbers(tmp_path: Path) -> None:
    """A walk through a graph, a walk over a network and a drawing with values take one example."""
    assert Deck(tmp_path, with_content("- walk: {model: last, gradient: w}", GRAPH)).messages == []
    named = NETWORK.replace("softmax", "sigmoid").replace("cross_entropy", "squared_error")
    assert Deck(tmp_path, with_content("- walk: {model: one}\n", named)).messages == []
    (message,) = Deck(tmp_path, with_content("- walk: {model: batch, gradient: w}", GRAPH)).messages
    assert message.endswith("(one example can be walked: a model such as first: {of: batch, example: 0})")
    (message,) = Deck(tmp_path, with_content("- walk: {model: batch}", named)).messages
    assert message.endswith("(one of them can be drawn: a model such as first: {of: batch, example: 0})")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("▸m: {of: batch, example: 3}", "“batch” has no example 3 (its examples are 0 to 2: counting begins at 0)"),
        ("m: {of: ▸bach, example: 0}", "there is no model “bach” with several examples (did you mean “batch”?)"),
        ("m: {of: ▸one, example: 0}", "there is no model “one” with several examples (known here: batch, plain)"),
        ("m: {of: ▸plain, example: 0}", "“plain” has no examples (a batch has “examples”, or inputs and targets that"),
        ("▸m: {of: batch}", "“m” needs “of” and “example” together"),
        ("▸m: {example: 0}", "“m” needs either a “graph” or a “network”"),
        ("▸m: {of: batch, example: 0, learning_rate: 1}", "“m” has “of”, and so takes “learning_rate” from that model"),
        ("m: {of: batch, ▸example: -1}", "“example” should be at least 0"),
    ],
)
def test_mistakes(tmp_path: Path, model: str, message: str) -> None:
    """What names no example is told where ▸ points."""
    plain = "  plain: {parameters: {w: 1}, graph: {L: w**2}}\n"
    deck = Deck(tmp_path, with_content("- x", f"{NETWORK}{plain}  {model.replace('▸', '')}\n"))
    (told,) = deck.messages
    assert told.startswith(f"17:{3 + model.index('▸')}: {message}")


def test_a_broken_batch_is_told_once(tmp_path: Path) -> None:
    """Of what is wrong with the batch, its examples say nothing more."""
    for broken in (GRAPH.replace("w*x + b", "w*x + c"), GRAPH.replace("graph: {p", "grph: {p")):
        messages = Deck(tmp_path, with_content("- 'x {{ last.L }}'", broken)).messages
        assert not [message for message in messages if "last" in message]
        assert messages
