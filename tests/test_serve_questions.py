"""What live blocks ask over the WebSocket: right answers to good questions, plain errors to everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.pipeline import compute
from bpslides.serve.questions import MAX_POINTS, answer
from tests.serving import write_deck


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Numbers:
    """The numbers of the small deck."""
    return compute(write_deck(tmp_path_factory.mktemp("deck")), Problems())[1]


def ask(numbers: Numbers | None, question: Any) -> dict[str, Any]:
    """The reply, read by a reader that knows no NaN."""
    reply: dict[str, Any] = json.loads(
        answer(question if isinstance(question, str) else json.dumps(question), numbers), parse_constant=pytest.fail
    )
    return reply


def test_run(numbers: Numbers) -> None:
    """A run gives what the program gives, under the number of the question."""
    reply = ask(numbers, {"type": "run", "id": 7, "model": "neuron", "set": {"w": 0.6}, "learning_rate": 0.1})
    assert reply == {"type": "reply", "id": 7, "result": numbers.programs["neuron"].respond({"w": 0.6}, 0.1)}
    assert reply["result"]["updated"]["w"] == pytest.approx(0.6 + 0.1 * 2.8)


def test_run_with_the_learning_rate_of_the_deck(numbers: Numbers) -> None:
    """Without a learning rate, or with null, the deck's own is used; `set` may be missing as well."""
    expected = numbers.programs["neuron"].respond({}, None)
    assert ask(numbers, {"type": "run", "id": 1, "model": "neuron", "learning_rate": None})["result"] == expected
    assert ask(numbers, {"type": "run", "id": 1, "model": "neuron"})["result"] == expected


def test_run_goes_on_with_what_the_optimizer_remembers(numbers: Numbers) -> None:
    """Steps and memories of the last answer give the next one; those that do not fit are refused."""
    question = {"type": "run", "id": 1, "model": "neuron", "steps": 3}
    assert ask(numbers, question | {"memories": {"w": {}}})["result"]["memories"] == {"w": {}, "b": {}}
    refused: dict[str, dict[str, Any]] = {
        "“steps” should be a whole number": {"steps": 1.5},
        "200000 updates are not possible (ask for 0 to 100,000)": {"steps": 200_000},
        "“memories” should be an object of objects": {"memories": {"w": 3}},
        "sgd remembers nothing like this of w": {"memories": {"w": {"velocity": 0}}},
        "the velocity of “w” should be a number": {"memories": {"w": {"velocity": "x"}}},
        "the rows of an array should be equally long": {"memories": {"w": {"velocity": [[1], [1, 2]]}}},
    }
    for said, settings_ in refused.items():
        assert ask(numbers, question | settings_)["error"] == said


def test_course(numbers: Numbers) -> None:
    """Values over the updates, from any of them on, at any rate; a run that diverges says at which update."""
    question = {"type": "course", "id": 1, "model": "neuron", "names": ["L", "w"], "first": 0, "last": 3}
    program = numbers.programs["neuron"]
    result = ask(numbers, question)["result"]
    assert result["diverged"] is None
    assert result["values"]["w"] == [float(program.state(n).tape.value("w")) for n in range(4)]
    later = ask(numbers, question | {"first": 2})["result"]
    assert later["values"]["L"] == result["values"]["L"][2:]
    wild = ask(numbers, question | {"learning_rate": 1e200, "last": 9})["result"]
    assert wild["diverged"] == len(wild["values"]["L"])
    refused: dict[str, dict[str, Any]] = {
        "“last” should be a whole number": {"last": 2.5},
        "a course goes on by at most 500 updates, up to 10,000": {"last": 600},
        "“names” should be a list of at most 100 names": {"names": "L"},
        "there is no 'q' on the tape": {"names": ["q"]},
    }
    for said, wrong in refused.items():
        assert said in ask(numbers, question | wrong)["error"]


def test_sweep(numbers: Numbers) -> None:
    """A sweep gives the loss at every point, by hand: (2 − relu(2w + 0.1))²."""
    points = [-1, 0, 0.5, 0.95]
    reply = ask(numbers, {"type": "sweep", "id": 2, "model": "neuron", "variable": "w", "points": points})
    assert reply["result"]["values"] == pytest.approx([(2 - max(0, 2 * w + 0.1)) ** 2 for w in points])


def test_what_is_not_finite_is_null(numbers: Numbers) -> None:
    """A loss that overflows is null in a sweep, and named in a run."""
    question = {"id": 3, "model": "neuron", "set": {}, "variable": "w", "points": [1e308]}
    assert ask(numbers, question | {"type": "sweep"})["result"] == {"values": [None]}
    assert ask(numbers, question | {"type": "run", "set": {"w": 1e308}})["result"]["nonFinite"]["name"] == "z"


RUN: dict[str, Any] = {"type": "run", "id": 4, "model": "neuron"}
SWEEP: dict[str, Any] = {"type": "sweep", "id": 4, "model": "neuron", "variable": "w", "points": [0]}


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "not JSON"),
        ("[1", "not JSON"),
        ("[]", "an object"),
        ('{"id": 1' + "0" * 5000 + "}", "not JSON"),
        ('{"id": NaN}', "NaN is not a number"),
        ('{"id": 4, "set": {"w": -Infinity}}', "-Infinity is not a number"),
        ("[" * 60_000, "too deeply"),
        ('{"set":' * 9000, "too deeply"),
        ({}, "“id” should be a whole number"),
        ({"id": True}, "“id” should be a whole number"),
        ({"id": "1"}, "“id” should be a whole number"),
        ({"id": 4}, "“type” should be run, sweep or course"),
        (RUN | {"type": ["run"]}, "“type” should be run, sweep or course"),
        (RUN | {"model": "neurone"}, "did you mean “neuron”?"),
        (RUN | {"model": None}, "“model” should be a name"),
        (RUN | {"set": [1]}, "“set” should be an object"),
        (RUN | {"set": {"w": "1"}}, "the value of “w” should be a number"),
        (RUN | {"set": {"w": True}}, "the value of “w” should be a number"),
        (RUN | {"set": {"w": None}}, "the value of “w” should be a number"),
        (RUN | {"set": {"w": [[[[[1]]]]]}}, "the value of “w” should be a number"),
        (RUN | {"set": {"w": [1, 2]}}, "shape"),
        (RUN | {"set": {"v": 1}}, "v"),
        (RUN | {"set": {"z": 1}}, "z is computed"),
        (RUN | {"set": {"w": 10**400}}, "finite"),
        ('{"type": "run", "id": 4, "model": "neuron", "set": {"w": 1e999}}', "finite"),
        (RUN | {"learning_rate": "fast"}, "“learning_rate” should be a number"),
        (RUN | {"learning_rate": -1}, "learning"),
        (SWEEP | {"variable": 1}, "“variable” should be a name"),
        (SWEEP | {"variable": "q"}, "q"),
        (SWEEP | {"points": "all"}, "“points” should be a list"),
        (SWEEP | {"points": [0] * (MAX_POINTS + 1)}, "at most 500"),
        (SWEEP | {"points": [[0]]}, "a point should be a number"),
    ],
)
def test_bad_questions(numbers: Numbers, question: Any, message: str) -> None:
    """Whatever is wrong with a question, the reply says so in plain words."""
    reply = ask(numbers, question)
    assert reply["type"] == "reply"
    assert message in reply["error"]
    assert "result" not in reply


def test_a_deck_that_was_never_good(numbers: Numbers) -> None:
    """A deck without a site has no models to ask."""
    assert "no model" in ask(None, RUN)["error"]


def test_names_cannot_deceive(numbers: Numbers) -> None:
    """Control and bidirectional characters of a question come back spelt out."""
    assert "\\u202e" in ask(numbers, RUN | {"model": "a\u202eb"})["error"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["w", "x", "neuron", "L"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["w", "b", "q", "z"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(
    question=st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["run", "sweep"]) | JSON,
            "id": st.integers(0, 9) | JSON,
            "model": st.just("neuron") | JSON,
            "set": st.dictionaries(st.sampled_from(["w", "b", "x", "z"]), st.floats() | JSON) | JSON,
            "learning_rate": st.none() | st.floats() | JSON,
            "variable": st.sampled_from(["w", "x", "L"]) | JSON,
            "points": st.lists(st.floats(), max_size=4) | JSON,
        },
    )
)
def test_any_question_gets_a_reply(numbers: Numbers, question: dict[str, Any]) -> None:
    """No question raises, and no reply holds NaN or both a result and an error."""
    reply = ask(numbers, question)
    assert ("result" in reply) != ("error" in reply)


@settings(max_examples=200)
@given(st.text())
def test_any_text_gets_a_reply(numbers: Numbers, text: str) -> None:
    """Nor does any other text."""
    assert "error" in ask(numbers, text)
