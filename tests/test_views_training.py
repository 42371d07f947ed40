"""The view of a training: the author's course in numbers and words, and what cannot be shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.decks import Deck, with_content
from tests.test_recording import LINE, XOR

BOWL = "models:\n  bowl: {parameters: {w: 3}, graph: {L: w**2}, learning_rate: 0.25}\n"


def test_the_untouched_view(tmp_path: Path) -> None:
    """Without scripts: the last numbers, a table of the loss, and a sentence that tells the course."""
    deck = Deck(tmp_path, with_content("- training: {model: bowl, steps: 3, show: [w]}", BOWL)).sound
    block = deck.page.one("[data-block=training]")
    assert block.texts("output") == ["3", "0.141", "0.375"]
    assert (
        block.one("[data-role=course]").attributes["aria-label"] == "The loss of bowl over 3 updates, from 9 to 0.141."
    )
    assert block.texts("noscript td") == ["0", "1", "2", "3", "9", "2.25", "0.562", "0.141"]
    data = json.loads(block.one("script.data").source)
    assert data["runs"][0]["parameters"] == ["w"]
    assert data["rates"] is None


def test_the_boundary_is_small(tmp_path: Path) -> None:
    """The grid goes into the page without its computed values."""
    deck = Deck(tmp_path, with_content("- training: {model: xor, boundary: true}", f"models:{XOR}")).sound
    data = json.loads(deck.page.one("[data-block=training] script.data").source)
    boundary = data["runs"][0]["boundary"]
    assert len(json.dumps(boundary)) < 40_000
    assert boundary["examples"] == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert [axis[0] for axis in boundary["axes"]] == [-0.25, -0.25]


@pytest.mark.parametrize(
    ("models", "settings", "said"),
    [
        (BOWL, "model: bowl, rates: [1, 2]", "the learning rate 0.25 of “bowl” is not between 1 and 2"),
        (BOWL, "model: bow", "there is no model “bow” (did you mean “bowl”?)"),
        (BOWL, "model: bowl, show: [v]", "“bowl” has no “v” here"),
        (BOWL, "model: bowl, boundary: true", "“bowl” has no boundary"),
        (BOWL, "model: bowl, steps: 0", "“steps” should be at least 1"),
        (f"models:{LINE}", "model: line, show: [x]", "“x” is an array"),
        (BOWL.replace("learning_rate", "frozen: [w], learning_rate"), "model: bowl", "has no parameter that could be"),
    ],
)
def test_what_cannot_be_shown(tmp_path: Path, models: str, settings: str, said: str) -> None:
    """Each fault is told in plain words."""
    messages = Deck(tmp_path, with_content(f"- training: {{{settings}}}", models)).messages
    assert any(said in message for message in messages), messages


def test_averaged_or_added_up(tmp_path: Path) -> None:
    """The other reduction is a run of its own: the core's, with gradients four times larger for four examples."""
    block = "- training: {model: xor, steps: 2, conventions: [reduction]}"
    page = Deck(tmp_path, with_content(block, f"models:{XOR}")).sound.page.one("[data-block=training]")
    own, other = json.loads(page.one("script.data").source)["runs"]
    assert [own["label"], other["label"]] == ["", "added up"]
    assert [choice.attributes["aria-checked"] for choice in page.all("[data-reduction]")] == ["true", "false"]
    mean, total = (
        [run["trace"]["adjoints"][run["trace"]["names"][name]] for name in run["parameters"]] for run in (own, other)
    )
    assert total == pytest.approx([4 * gradient for gradient in mean], rel=1e-12)
    several = "models:" + XOR + "  one: {of: xor, example: 0}\n"
    messages = Deck(tmp_path, with_content(block.replace("xor", "one"), several)).messages
    assert any("“one” has no examples whose losses could be averaged" in message for message in messages)
