"""Exercises, quizzes and predictions as they stand on the page, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.decks import Deck, with_content
from tests.exercises import EXERCISE, MODELS
from tests.pages import Node

QUIZ = """\
- quiz:
    question: What is $2 + 2$?
    choices:
      - {text: '*Four*', right: true, why: Count them.}
      - Five
"""
PREDICT = """\
- predict:
    question: 'The weight is {{ neuron.w }}. And after a step?'
    answer: neuron.updated.w
    format: .3f
    reveal: ['It is {{ neuron.updated.w | .3f }}.', callout: {text: So it grows., tone: key}]
"""
# In one line, so that a mistake can be put in: line 16, the block begins in column 9.
ASK = "ask: [y_hat]"


def exercise_of(folder: Path) -> tuple[Node, dict[str, Any]]:
    """The first exercise on a page, with its data."""
    block = Deck(folder, with_content(EXERCISE, MODELS)).sound.page.one("[data-block=exercise]")
    return block, json.loads(block.one("script.data").source)


def test_exercise(tmp_path: Path) -> None:
    """An exercise shows what is given, with η where a step is asked for, and a field for each number."""
    block, _ = exercise_of(tmp_path)
    given = dict(zip(block.texts(".given dt"), block.texts(".given dd"), strict=True))
    assert list(given.values()) == ["0.35", "0.9", "0.5", "0.1", "0.8", "0.4", "0.6", "0.3", "0.9", "1"]
    assert list(given)[-1] == "η"
    names = [field.attributes["aria-label"] for field in block.all("input")]
    assert names[-2:] == ["updated.W35", "loss after the step"]
    assert len(block.all("[data-role=question]")) == 6
    assert block.one(".voice").text.startswith("Type your numbers: 3 significant digits.")
    assert [button.text for button in block.all(".buttons button")][:3] == ["Check", "Hint", "New numbers"]


def test_exercise_says_its_sign(tmp_path: Path) -> None:
    """Beside δ stands which convention is asked for; the other is at hand."""
    block, _ = exercise_of(tmp_path)
    first, second = block.all("[data-sign]")
    assert (first.text, second.text) == ("−∂E/∂a5", "∂E/∂a5")
    assert block.all(".convention")[0].text.startswith("= −∂E/∂a5")
    assert [span.text for span in block.all(".convention")[0].all("[hidden]")] == ["∂E/∂a5"]


def test_exercise_data(tmp_path: Path) -> None:
    """The page has the numbers of every set, with tolerances, and every message that they may need."""
    block, data = exercise_of(tmp_path)
    assert len(data["sets"]) == 4
    messages = len(block.one("[data-role=messages]").all("p"))
    for numbers in data["sets"]:
        assert len(numbers["given"]) == 10
        for question in numbers["asked"]:
            assert question["tolerance"] <= 0.0051 * abs(question["right"])
            assert all(message < messages for _, message, _ in question["wrong"])
    assert data["sets"][0]["asked"][1]["right"] == pytest.approx(-0.04068112511)
    assert data["sets"][0]["given"] != data["sets"][1]["given"]
    assert len(block.one("[data-role=solutions]").children) == 4
    assert block.one("[data-role=hints]").one("em").text == "back"


def test_exercise_gives_nothing_away(tmp_path: Path) -> None:
    """No answer stands in a name for screen readers; on the page they are kept for solutions on paper."""
    block, _ = exercise_of(tmp_path)
    for node in block.below():
        for name in ("aria-label", "title", "alt", "placeholder", "value"):
            assert "0.690" not in node.attributes.get(name, "")
            assert "0.0407" not in node.attributes.get(name, "")
    assert block.texts(".worked")[0] == "0.690"
    assert block.one("noscript").texts("dd")[1] == "−0.0407"


def test_exercise_with_a_tolerance(tmp_path: Path) -> None:
    """A tolerance is a share of the right number; no numbers need be shown."""
    content = "- exercise: {model: neuron, ask: [L, grad.x], tolerance: 1%, given: []}"
    block = Deck(tmp_path, with_content(content)).sound.page.one(".exercise")
    asked = json.loads(block.one("script.data").source)["sets"][0]["asked"]
    assert [one["tolerance"] for one in asked] == pytest.approx([0.0081, 0.009])
    assert "within 1%" in block.one(".voice").text
    assert block.all(".given") == []


def test_quiz(tmp_path: Path) -> None:
    """A quiz shows its question and choices; which one is right is known to the page."""
    block = Deck(tmp_path, with_content(QUIZ)).sound.page.one("[data-block=quiz]")
    assert block.texts(".choice-text") == ["Four", "Five"]
    assert [choice.text for choice in block.all("[data-right] .choice-text")] == ["Four"]
    assert block.texts(".why") == ["Count them."]


def test_prediction(tmp_path: Path) -> None:
    """A prediction holds what it reveals, so that all of it is there without scripts."""
    block = Deck(tmp_path, with_content(PREDICT)).sound.page.one("[data-block=predict]")
    assert block.one(".revealed").texts(".block") == ["It is 0.536.", "So it grows."]
    data = json.loads(block.one("script.data").source)
    assert (data["answer"], data["shown"]) == (pytest.approx(0.536), "0.536")
    assert data["tolerance"] == pytest.approx(0.02 * 0.536)


MISTAKES = [
    (f"exercise: {{model: nueron, {ASK}}}", ["16:27: there is no model “nueron” (did you mean “neuron”?)"]),
    ("exercise: {model: neuron, ask: []}", ["16:35: “ask” needs 1 or more entries, not 0"]),
    ("exercise: {model: neuron, ask: [y_hut]}", ["16:41: “neuron” has no “y_hut” here (did you mean “y_hat”?)"]),
    ("exercise: {model: neuron, ask: [2 * grad.K]}", "16:45: “neuron” has no “K” here"),
    ("exercise: {model: neuron, ask: [updated.x]}", "16:41: “neuron” has no “x” here (known here: b, w)"),
    ("exercise: {model: neuron, ask: [y_hat +]}", "16:48: "),
    ("exercise: {model: neuron, ask: [1/(y_hat - 1.1)]}", "has no finite value"),
    (
        "exercise: {model: neuron, ask: [{value: L, sign: absorbed}]}",
        ["16:49: “sign” is for a gradient, such as grad.z (leave “sign” out)"],
    ),
    (
        f"exercise: {{model: neuron, {ASK}, given: [z]}}",
        "16:57: “z” is no input, target or parameter of “neuron” (known here: b, learning_rate, w, x, y)",
    ),
    (
        f"exercise: {{model: neuron, {ASK}, tolerance: 3}}",
        "“tolerance” should be a percentage such as 0.5%, not a number",
    ),
    (
        f"exercise: {{model: neuron, {ASK}, digits: 2, tolerance: 3%}}",
        ["16:9: “exercise” has “digits” and “tolerance”, of which one is enough"],
    ),
    (
        f"exercise: {{model: neuron, {ASK}, variants: {{vary: {{v: [0, 1]}}}}}}",
        "“v” is no input, target or parameter of “neuron” (known here: b, w, x, y)",
    ),
    (
        f"exercise: {{model: neuron, {ASK}, variants: {{vary: {{w: [0.1, 0.2]}}, count: 9}}}}",
        "16:67: only 2 of 9 sets of numbers could be drawn (widen the ranges, or ask for more digits by “round”)",
    ),
    (
        "quiz: {question: A, choices: [a, b]}",
        ["16:9: “quiz” has no right answer among its “choices” (mark one by “right: true”)"],
    ),
    (
        "predict: {question: A, reveal: b}",
        ["16:9: “predict” needs either the right number as “answer”, or “choices”, not none of them"],
    ),
    (
        "predict: {question: A, choices: [a, b], format: .2f, reveal: b}",
        ["16:9: “predict” has “format” or “tolerance”, which go with “answer”"],
    ),
    ("predict: {question: A, answer: neuron.K, reveal: b}", "16:40: “neuron” has no “K”"),
    ("predict: {question: A, answer: 1, format: x, reveal: b}", "“x” is no format for a number"),
]


@pytest.mark.parametrize(("block", "messages"), MISTAKES, ids=[block for block, _ in MISTAKES])
def test_mistakes(tmp_path: Path, block: str, messages: list[str] | str) -> None:
    """Each mistake is told where it is, with what to do."""
    found = Deck(tmp_path, with_content(f"- {block}")).messages
    if isinstance(messages, list):
        assert found == messages
    else:
        assert any(messages in message for message in found), found


def test_arrays_and_many_numbers(tmp_path: Path) -> None:
    """Arrays are asked for by their elements, and what is given is chosen where there is too much of it."""
    models = (
        "models:\n  m: {parameters: {w: [1, 2]}, graph: {L: sum(w*w)}}\n"
        f"  many: {{parameters: {{{', '.join(f'p{n}: 1' for n in range(20))}}}, graph: {{L: p0 + p19}}}}\n"
    )
    content = "- exercise: {model: m, ask: ['w[0]', 'grad.w[1]']}"
    asked = json.loads(Deck(tmp_path, with_content(content, models)).sound.page.one("script.data").source)["sets"][0]
    assert [one["right"] for one in asked["asked"]] == [1, 4]
    for content, message in (
        ("- exercise: {model: m, ask: [w]}", "this should be a single number (take one of it, such as x[0])"),
        ("- exercise: {model: m, ask: [L], given: [w]}", "“w” is an array, and an exercise shows single numbers"),
        ("- exercise: {model: m, ask: [L], variants: {vary: {w: [0, 1]}}}", "“w” is an array of “m”"),
        ("- exercise: {model: many, ask: [L]}", "“many” has 20 inputs and parameters, too many to show them all"),
    ):
        assert any(message in one for one in Deck(tmp_path, with_content(content, models)).messages), content
