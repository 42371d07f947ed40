"""Exercises worked out: right numbers, the wrong ones that mistakes lead to, solutions, and other numbers."""

import math
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.model import Question
from bpslides.practice.calculation import Calculation
from bpslides.practice.questions import Asked, Wrong, read
from bpslides.practice.slip import Slip
from bpslides.practice.slips import slips_of
from bpslides.practice.variants import draw
from bpslides.practice.worked import solution
from bpslides.program import Program
from bpslides.source import load
from bpslides.text import Text
from tests.decks import NEURON
from tests.exercises import MODELS


@cache
def numbers_of(models: str = MODELS) -> Numbers:
    """The numbers of a deck that is nothing but these models."""
    problems = Problems()
    with TemporaryDirectory() as folder:
        file = Path(folder, "deck.yaml")
        file.write_text(f"title: T\n{models}slides: [{{title: A}}]\n", encoding="utf-8")
        numbers = Numbers(load(file, problems), problems)
    problems.raise_errors()
    return numbers


@cache
def calculations(model: str, models: str = MODELS) -> tuple[Program, list[Calculation]]:
    """A model, and every mistake that we know in it."""
    numbers = numbers_of(models)
    program = numbers.programs[model]
    slips = slips_of(program, numbers.network(Text(model)))
    return program, [Calculation(program, slip) for slip in slips]


def asked(program: Program, value: str, sign: str | None = None) -> Asked:
    """A question as an author would ask it."""
    problems = Problems()
    found = read(Question(value=Text(value), sign=sign), program, problems)  # type: ignore[arg-type]
    assert found is not None, problems.found
    return found


def told(model: str, value: str, number: float, sign: str | None = None, models: str = MODELS) -> list[str]:
    """What is said to somebody who answers with this number."""
    program, known = calculations(model, models)
    wrong = asked(program, value, sign).wrong(program, known, 1e-9)
    near = [one for one in wrong if math.isclose(one.value, number, rel_tol=1e-6)]
    return ["".join(one.said) for one in sorted(near, key=lambda one: one.rank)]


RIGHT = {
    "first": {
        "H3.z": 0.755,
        "H3.a": 0.6802671967,
        "H4.z": 0.68,
        "H4.a": 0.6637386974,
        "O5.z": 0.8014449867,
        "O5.a": 0.6902834929,
        "O5.target - O5.a": -0.1902834929,
        "loss": 0.01810390384,
        "-grad.O5.z": -0.04068112511,
        "-grad.H3.z": -0.002654489031,
        "-grad.H4.z": -0.008171645064,
        "updated.W13 - W13": -0.0009290711608,
        "updated.W23 - W23": -0.002389040128,
        "updated.W14 - W14": -0.002860075772,
        "updated.W24 - W24": -0.007354480558,
        "updated.W35 - W35": -0.02767403494,
        "updated.W45 - W45": -0.02700163699,
        "updated.W13": 0.09907092884,
        "updated.W45": 0.8729983630,
        "first.after(1).O5.a": 0.6820185833,
        "first.after(1).loss": 0.01656538233,
    },
    "second": {
        "O5.a": 0.4713074788,
        "-grad.O5.z": 0.0819025306,
        "-grad.H3.z": 0.0080734365,
        "-grad.H4.z": -0.0120800737,
        "updated.W13": 0.5024220309,
        "updated.W23": -0.2991926564,
        "updated.W14": 0.1963759779,
        "updated.W24": 0.6987919926,
        "updated.W35": 0.4229209822,
        "updated.W45": -0.5768774294,
        "loss": 0.0540193868,
        "second.after(1).loss": 0.0518776379,
        "after(1).loss": 0.0518776379,
    },
    "third": {
        "-grad.O6.z": 0.0545866592,
        "-grad.H3.z": -0.0085908902,
        "-grad.H4.z": -0.0032983744,
        "loss": 0.0420080058,
        "third.after(1).loss": 0.0399014354,
    },
}


@pytest.mark.parametrize(("model", "value"), [(model, value) for model, all_ in RIGHT.items() for value in all_])
def test_right_numbers(model: str, value: str) -> None:
    """The three exercises have the answers that are known to be right."""
    program = numbers_of().programs[model]
    assert asked(program, value).right(program) == pytest.approx(RIGHT[model][value], rel=2e-9, abs=6e-11)


def test_an_absorbed_sign() -> None:
    """With the sign absorbed, δ is −∂L/∂z, and its formula says so."""
    value = "grad.O5.z"
    program = numbers_of().programs["first"]
    assert asked(program, value, "absorbed").right(program) == -asked(program, value, "plain").right(program)
    assert asked(program, value, "absorbed").formula(program) == r"-\partial E / \partial a_5"


# The first exercise by hand, once more, for what comes out when something goes wrong.
Y3, Y4, Y5 = 0.6802671966986485, 0.6637386974043528, 0.6902834929076443
A5 = 0.3 * Y3 + 0.9 * Y4
D5 = (0.5 - Y5) * Y5 * (1 - Y5)
S3 = Y3 * (1 - Y3)
BACK_5, BACK_6 = 0.3 * D5, -0.5 * 0.054586659194
BATCH = """\
models:
  {kind}:
    network:
      inputs: [x1]
      targets: [y]
      layers: [{{units: [O], weights: [[0.5]], biases: [0.1]}}]
      loss: squared_error
      reduction: {kind}
      examples: {{inputs: [[1], [2], [4]], targets: [[1], [1], [3]]}}
"""

MISTAKES = [
    ("first", "grad.O5.z", "absorbed", -D5, r"The sign: asked for is -\partial E / \partial a_5"),
    ("first", "grad.O5.z", "plain", D5, r"The sign: asked for is \partial E / \partial a_5 itself"),
    ("first", "O5.a", None, -Y5, "The sign is the wrong way round"),
    ("first", "grad.O5.z", "absorbed", 0.5 - Y5, r"slope of the activation is missing: \partial y_5 / \partial a_5"),
    ("first", "grad.H3.z", "absorbed", BACK_5, r"slope of the activation is missing: \partial y_3 / \partial a_3"),
    ("first", "grad.H3.z", "absorbed", 0.3 * (0.5 - Y5), "all of them"),
    ("first", "grad.O5.z", "absorbed", (0.5 - Y5) * A5 * (1 - A5), r"is y_5 \, (1 - y_5), not a_5 \, (1 - a_5)"),
    ("first", "grad.H3.z", "absorbed", S3 * (0.3 + D5 * Y3) * D5, "weights that were already updated"),
    ("first", "updated.W13", None, 0.1 + 0.35 * S3 * (0.3 + D5 * Y3) * D5, "weights that were already updated"),
    ("first", "grad.H3.z", "absorbed", -0.00266, "Rounded too early"),
    ("first", "updated.W13 - W13", None, -0.000931, "Rounded too early"),
    ("first", "updated.W35", None, 0.3 - D5 * Y3, "went uphill"),
    ("first", "updated.W35", None, 0.3, "This is W_{35} before the step"),
    ("first", "loss", None, (0.5 - Y5) ** 2, r"this loss has a \tfrac{1}{2}"),
    ("first", "grad.O5.z", "absorbed", D5 / 2, "and the 2 of the square cancel"),
    ("first", "O5.a", None, A5, "The activation is missing: y_5 is not a_5 itself"),
    ("first", "H3.z", None, 0.1 * 0.35, r"A term is missing in a_3: W_{23} \, x_2"),
    ("first", "H3.z", None, 0.1 * 0.35 + 0.4 * 0.9, "W_{23} leads from x2 to H3"),
    ("second", "updated.W35", None, 0.4458419644, "The learning rate"),
    ("third", "grad.H3.z", "absorbed", S3 * BACK_5, "y_3 reaches the loss by way of a_6, too"),
    ("third", "grad.H3.z", "absorbed", S3 * BACK_6, "y_3 reaches the loss by way of a_5, too"),
    ("third", "loss", None, 0.0210040029, "do not divide it by 2"),
    ("neuron", "grad.w", None, -1.8, r"this loss has no \tfrac{1}{2}"),
    ("neuron", "L", None, 1.62, "a factor 2 once"),
    ("neuron", "y_hat", None, 1.0, "A term is missing in z: b"),
    ("mean", "grad.W_x1_O", None, 3 * (2 * (-0.4 + 0.2 - 3.6) / 3), "has to be divided by 3"),
    ("sum", "loss", None, (0.16 + 0.01 + 0.81) / 3, "do not divide it by 3"),
]


@pytest.mark.parametrize(("model", "value", "sign", "number", "message"), MISTAKES)
def test_mistakes_are_told_by_name(model: str, value: str, sign: str | None, number: float, message: str) -> None:
    """A number that comes out of a common mistake, worked out by hand, is recognised."""
    models = NEURON if model == "neuron" else BATCH.format(kind=model) if model in ("mean", "sum") else MODELS
    said = told(model, value, number, sign, models)
    assert any(message in one for one in said), said


def test_what_is_right_is_no_mistake() -> None:
    """No mistake leads to a number that counts as right, and every number is finite."""
    program, known = calculations("first")
    for value in ("O5.a", "grad.H3.z", "updated.W13", "first.after(1).loss"):
        question = asked(program, value)
        wrong: list[Wrong] = question.wrong(program, known, 1e-3 * abs(question.right(program)))
        assert wrong
        for one in wrong:
            assert math.isfinite(one.value)
            assert abs(one.value - question.right(program)) > 0.99e-3 * abs(question.right(program))


NOTHING = Slip(("Nothing is wrong.",))


@given(st.sampled_from(["first", "second", "third"]), st.data())
def test_without_a_mistake_the_calculation_is_the_program(model: str, data: st.DataObject) -> None:
    """A calculation in which nothing goes wrong gives the program's own numbers, wherever the model stands."""
    program = numbers_of().programs[model]
    leaves = {name: data.draw(st.floats(-2, 2)) for name in program.graph.leaves}
    program = program.at(leaves)
    calculation, state = Calculation(program, NOTHING), program.state()
    for name in program.names:
        assert calculation.found(0, "value", name) == state.tape.value(name)
        assert calculation.found(0, "grad", name) == state.sweep.gradient(name)
    for name in program.parameters:
        assert calculation.found(0, "updated", name) == state.updated[name]
    assert calculation.found(1, "value", "loss") == pytest.approx(float(program.state(1).tape.value("loss")))


@pytest.mark.parametrize(
    ("value", "sign", "formula"),
    [
        (
            "O5.z",
            None,
            r"a_5 = W_{35} \, y_3 + W_{45} \, y_4 \approx 0.3 \cdot 0.6803 + 0.9 \cdot 0.6637 \approx 0.8014",
        ),
        (
            "grad.O5.z",
            "absorbed",
            r"= -\frac{\partial E}{\partial y_5} \cdot \frac{\partial y_5}{\partial a_5} \approx -0.1903 \cdot 0.2138",
        ),
        (
            "updated.W35 - W35",
            None,
            r"{W_{35}}^{\mathrm{new}} - W_{35} \approx 0.27233 - 0.3 \approx -0.027674",
        ),
    ],
)
def test_solutions(value: str, sign: str | None, formula: str) -> None:
    """A solution goes through symbols and numbers to the value, with the sign that is asked for."""
    program = numbers_of().programs["first"]
    assert formula in solution(asked(program, value, sign), program).formula


DOMAINS = {"x1": (0.1, 0.9), "W13": (-0.9, 0.9)}


def drawn(seed: int, count: int = 5) -> list[tuple[float, ...]]:
    """The numbers of some variants of the first exercise."""
    program = numbers_of().programs["first"]
    questions = [asked(program, "O5.a"), asked(program, "grad.H3.z")]
    programs = draw(program, questions, DOMAINS, count, 1, seed)
    return [tuple(float(one.tape.value(name)) for name in DOMAINS) for one in programs]


def test_variants_are_the_same_every_time() -> None:
    """The seed decides; numbers lie in their ranges, have few digits, are not zero, and no set comes twice."""
    sets = drawn(7)
    assert sets == drawn(7)
    assert sets != drawn(8)
    assert len({(0.35, 0.1), *sets}) == 6
    for numbers in sets:
        for number, (low, high) in zip(numbers, DOMAINS.values(), strict=True):
            assert low <= number <= high
            assert number == round(number, 1) != 0


def test_variants_that_cannot_be() -> None:
    """Where there are not so many sets of numbers, that is said."""
    with pytest.raises(ValueError, match="of 20 sets of numbers could be drawn"):
        draw(numbers_of().programs["first"], [], {"x1": (0.1, 0.4)}, 20, 1, 0)


def test_variants_keep_units_alive() -> None:
    """No numbers with which an answer vanishes that does not for the author's own."""
    program = calculations("neuron", NEURON)[0]
    question = asked(program, "grad.w")
    for other in draw(program, [question], {"w": (-1, 1), "b": (-1, 1)}, 8, 1, 3):
        assert question.right(other) != 0
        assert np.isfinite(question.right(other))
