"""Training in batches as a deck asks for it, and what is said where that cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.decks import Deck, with_content

XOR = """
  xor:
    network:
      inputs: [x1, x2]
      targets: [y]
      examples: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
      layers:
        - {units: [h1, h2], activation: tanh, weights: [[0.5, -0.4], [0.3, 0.8]], biases: [0.1, -0.1]}
        - {units: [o], activation: sigmoid, weights: [[0.7, -0.5]], biases: [0.2]}
      loss: binary_cross_entropy
    learning_rate: 0.5
"""
LINE = """
  line:
    inputs: {x: [0.5, -1, 1.5]}
    targets: {y: [0.3, 1.2, 0.7]}
    parameters: {w: 0.2}
    graph: {L: "mean((y - w*x)**2)"}
    learning_rate: 0.1
"""


def numbers(folder: Path, model: str, batch: str, names: list[str]) -> list[float]:
    """These numbers of a model trained in batches."""
    deck = Deck(folder, with_content("- x", f"models:{model}    batch: {batch}\n")).sound
    programs = deck.site.numbers.programs
    (program,) = programs.values()
    state = program.state(3)
    return [float(state.tape.value(name)) for name in names]


def test_online(tmp_path: Path) -> None:
    """The weight after three epochs, a step per example in order: w ← w + 2ηx(y − wx)."""
    w = 0.2
    for x, y in [(0.5, 0.3), (-1, 1.2), (1.5, 0.7)] * 3:
        w += 0.1 * 2 * x * (y - w * x)
    assert numbers(tmp_path, LINE, "online", ["w"]) == pytest.approx([w], rel=1e-14)


def test_full_is_the_default(tmp_path: Path) -> None:
    """A batch of all examples is what happens without the key, and a mini-batch of all of them but for the order."""
    names = ["W_x1_h1", "b_o", "loss"]
    plain, whole, online = (numbers(tmp_path, XOR, batch, names) for batch in ("full", "{size: 4}", "online"))
    assert whole == pytest.approx(plain, rel=1e-12)
    assert not np.allclose(online, plain, rtol=1e-3)


def test_networks_of_both_kinds(tmp_path: Path) -> None:
    """Units with names and units that are counted make the same steps, which are not those of all examples."""
    counted = XOR.replace("[h1, h2]", "2").replace("[o]", "1").replace("inputs: [x1, x2]", "inputs: [x]")
    batch = "{size: 3, seed: 4}"
    (named,), (arrays,), (full,) = (
        numbers(tmp_path, model, order, ["loss"]) for model, order in ((XOR, batch), (counted, batch), (XOR, "full"))
    )
    assert named == pytest.approx(arrays, rel=1e-14)
    assert abs(named - full) > 1e-4


@pytest.mark.parametrize(
    ("model", "batch", "said"),
    [
        (LINE, "onlin", "“batch” should be full, online, or {size: 2, seed: 0}"),
        (LINE, "{size: 0}", "“size” should be at least 1"),
        (LINE, "{size: 1.5}", "“size” should be a whole number"),
        (LINE, "{seed: 1}", "“size” is missing"),
        (LINE, "{size: 4}", "“line”: a batch of 4 from 3 examples is not possible"),
        (LINE.replace("[0.3, 1.2, 0.7]", "[0.3]"), "online", "have different numbers of examples"),
        (LINE.replace("[0.5, -1, 1.5]", "2").replace("[0.3, 1.2, 0.7]", "1"), "online", "it has a single example"),
        (LINE.replace("w*x)", "w*x[2])"), "{size: 2}", "this happens in “line” for a batch of 2 of 3"),
    ],
)
def test_what_cannot_be(tmp_path: Path, model: str, batch: str, said: str) -> None:
    """Batches that do not fit are refused in plain words."""
    deck = Deck(tmp_path, with_content("- x", f"models:{model}    batch: {batch}\n"))
    assert any(said in str(problem) for problem in deck.problems), deck.messages
