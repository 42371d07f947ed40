"""Models made computable: their numbers, what live blocks ask, and what is wrong with a graph, told at its place."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.autodiff import AutodiffError
from bpslides.errors import Problems
from bpslides.expression import ExpressionError, Reference
from bpslides.program import Program, free_variables, from_function, points
from bpslides.text import Text
from tests.decks import NEURON, Deck, with_content


def function(text: str, variables: list[str]) -> Program:
    """The program of a function without other names."""
    problems = Problems()

    def nothing(ref: Reference) -> object:
        raise ExpressionError(f"there is no {ref}", ref.start)

    program = from_function("f", Text(text), variables, nothing, problems)
    assert program is not None, problems.found
    return program


@pytest.fixture(scope="module")
def neuron(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The neuron of the visual guide."""
    deck = Deck(tmp_path_factory.mktemp("deck"), with_content("- x", NEURON)).sound
    return deck.site.numbers.programs["neuron"]


def test_state(neuron: Program) -> None:
    """Values, gradients and the next update before and after a step."""
    state = neuron.state()
    assert float(state.tape.value("L")) == pytest.approx(0.81)
    assert float(state.sweep.gradient("w")) == pytest.approx(-3.6)
    assert float(state.updated["w"]) == pytest.approx(0.536)
    assert float(neuron.state(1).tape.value("L")) == pytest.approx(0.6561)


def test_respond(neuron: Program) -> None:
    """A live block sets some leaves anew and gets everything: a dead ReLU has loss 4 and gradient 0."""
    answer = neuron.respond({"w": -0.5}, 0.25)
    assert answer["values"] == pytest.approx({"x": 2, "y": 2, "w": -0.5, "b": 0.1, "z": -0.9, "y_hat": 0, "L": 4})
    assert answer["gradients"]["w"] == 0
    assert answer["updated"]["w"] == -0.5
    assert answer["nonFinite"] is None


def test_respond_without_a_finite_value(neuron: Program) -> None:
    """A value out of range names the node, and the answer holds no number for it."""
    answer = neuron.respond({"w": 1e200}, None)
    assert answer["nonFinite"]["name"] == "L"
    assert answer["values"] == {}


@pytest.mark.parametrize("assignments", [{"v": 1.0}, {"w": [1.0]}, {"w": "1"}, {"z": 1.0}])
def test_respond_refuses_what_is_no_leaf(neuron: Program, assignments: dict[str, object]) -> None:
    """A block cannot set a name that is none, a line of the graph, or a value of another shape."""
    with pytest.raises(AutodiffError):
        neuron.respond(assignments, None)


def test_respond_leaves_the_program_alone(neuron: Program) -> None:
    """What one block asks changes nothing for another."""
    neuron.respond({"w": 2.0}, 0.5)
    assert float(neuron.state().tape.value("w")) == 0.5


# Near 0, the slope of 1/x is infinite where its value is not, and `respond` wants both.
@given(st.lists(st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-100), min_size=1, max_size=20))
def test_sweep_is_the_function_at_each_point(xs: list[float]) -> None:
    """All points together give what each gives alone, with nothing where there is no finite value."""
    program = function("log(x) + relu(x)**2 - 1/x", ["x"])
    alone = [program.respond({"x": x}, None) for x in xs]
    assert program.sweep("x", xs) == [one["values"]["value"] if one["values"] else None for one in alone]


def test_sweep_over_arrays_inside() -> None:
    """A function that goes through an array is swept all the same."""
    program = function("sum([x, 2*x]) + max([x, 1])", ["x"])
    assert program.sweep("x", [0.0, 2.0]) == [1.0, 8.0]


def test_sweep_with_the_other_variable_set() -> None:
    """A cross-section holds the other variable where it is."""
    assert function("x**2 + 2*y**2", ["x", "y"]).sweep("y", [0.0, 0.3], {"x": 0.5}) == pytest.approx([0.25, 0.43])


def test_function_without_a_value_at_zero() -> None:
    """1/x begins at 1, where it has a value."""
    assert function("1/x", ["x"]).respond({}, None)["values"] == {"x": 1.0, "value": 1.0}


def test_function_that_is_its_variable_or_a_constant() -> None:
    """Even the plainest functions have a slope."""
    assert function("x", ["x"]).respond({"x": 3.0}, None)["gradients"]["x"] == 1.0
    assert function("5", ["x"]).respond({"x": 3.0}, None)["gradients"]["x"] == 0.0


def test_free_variables() -> None:
    """The variables of a function are its names without a dot, in order."""
    assert free_variables(Text("b*x + m.w*b"), Problems()) == ["b", "x"]
    assert free_variables(Text("b*"), Problems()) is None


def test_points() -> None:
    """A domain is cut evenly, both ends included."""
    assert points((-1.0, 1.0), 5) == [-1.0, -0.5, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("rate", "rates"),
    [
        ("0.5", [0.5, 0.5, 0.5, 0.5]),
        ("{name: constant, rate: 0.5}", [0.5, 0.5, 0.5, 0.5]),
        ("{name: step, rate: 0.8, size: 2, factor: 0.25}", [0.8, 0.8, 0.2, 0.2]),
        ("{name: cosine, rate: 1, steps: 2, final: 0.2}", [1.0, 0.6, 0.2, 0.2]),
    ],
)
def test_learning_rates(tmp_path: Path, rate: str, rates: list[float]) -> None:
    """Each update of a slope of 1 goes as far as the schedule says."""
    models = f"models:\n  m: {{parameters: {{w: 0}}, graph: {{L: w + 0}}, learning_rate: {rate}}}\n"
    program = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"]
    values = [float(program.state(step).tape.value("w")) for step in range(5)]
    assert [before - after for before, after in pairwise(values)] == pytest.approx(rates)


def test_weight_decay(tmp_path: Path) -> None:
    """Plain descent takes a weight decay, which adds to the gradient of the step and not to the one that is shown."""
    models = "models:\n  m: {parameters: {w: 2}, graph: {L: 3*w}, optimizer: {weight_decay: 0.5}}\n"
    state = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"].state()
    assert float(state.sweep.gradient("w")) == 3
    assert float(state.updated["w"]) == pytest.approx(2 - 0.1 * (3 + 0.5 * 2))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("{parameters: {▸W₁: 1}, graph: {L: 2}}", "“W₁” cannot be a name: small digits are not allowed; write W1"),
        (
            "{parameters: {▸grad: 1}, graph: {L: 2}}",
            "“grad” is reserved: it stands for something in model.grad; choose another name",
        ),
        (
            "{inputs: {x: 1}, parameters: {▸x: 2}, graph: {L: x}}",
            "the name “x” stands for two things (rename one of them)",
        ),
        (
            "{inputs: {x: 1}, targets: {▸x: 2}, graph: {L: x}}",
            "the name “x” stands for two things (rename one of them)",
        ),
        (
            "{parameters: {w: 1}, graph: {z: w +▸* 2, L: z}}",
            "* is not expected here (a name or a number is missing before it)",
        ),
        (
            "{parameters: {weight: 1}, graph: {L: 2*▸wieght}}",
            "there is no “wieght” above this line (did you mean “weight”?)",
        ),
        ("{parameters: {w: 1}, graph: {L: ▸z**2, z: w}}", "there is no “z” above this line (known here: w)"),
        (
            "{parameters: {w: 1}, graph: {L: w}, loss: ▸K}",
            "the loss “K” is not a line of the graph (name one of: L)",
        ),
        ("{parameters: {w: 1}, graph: {L: w}, frozen: [▸v]}", "“v” is no parameter of “m” (known here: w)"),
        (
            "{parameters: {w: [1, 2]}, graph: {▸L: w*2}}",
            "the loss of “m” is an array, and gradients need a single number (reduce it by sum(…) or mean(…))",
        ),
        (
            "{parameters: {w: 0}, graph: {L: ▸log(w)}}",
            "log(w) has no finite value (the logarithm needs a positive number)",
        ),
        (
            "{parameters: {▸w: [[1], [1, 2]]}, graph: {L: sum(w)}}",
            "the rows of w differ in length (make all rows equally long)",
        ),
        (
            "{parameters: {w: [1, 2], v: [1, 2, 3]}, graph: {L: sum(▸w*v)}}",
            "mul: the shapes (2,) and (3,) do not fit (w and v) (make the shapes equal)",
        ),
        (
            "{parameters: {w: 1}, graph: {L: ▸w < 1}}",
            "a comparison cannot be part of a graph (use it in text, tables or claims)",
        ),
        ("{graph: {}}", "the graph of “m” has no lines (such as: L: (y - w*x)**2)"),
        (
            "{parameters: {w: 1}, graph: {L: w}, optimizer: {beta1: 3}}",
            "“m”: the optimizer sgd has no parameter 'beta1' (known: weight_decay)",
        ),
        (
            "{parameters: {w: 1}, graph: {L: w}, learning_rate: {name: step, rate: 1}}",
            "“m”: the schedule step needs size (for instance size: 100)",
        ),
        (
            "{parameters: {w: 1}, graph: {L: w}, learning_rate: {name: cosine, rate: 1, steps: 9, factor: 2}}",
            "“m”: the schedule cosine has no parameter 'factor' (known: final, steps)",
        ),
        (
            "{parameters: {w: 1}, graph: {L: w}, learning_rate: {name: constant, rate: -1}}",
            "“m”: learning_rate must be a finite number that is not negative, not -1.0",
        ),
        (
            "{parameters: {w: 1}, graph: {L: w}, learning_rate: -1}",
            "“m”: learning_rate must be a finite number that is not negative, not -1.0",
        ),
    ],
)
def test_mistakes(tmp_path: Path, model: str, message: str) -> None:
    """A mistake in a graph is told at the name of the model, or where ▸ points; the texts that need it stay silent."""
    content = "- '{{ m.L }} {{ -m.L }} $a = {{ 2*(m.w) }}$'\n- figure: {function: m.w*x, domain: [0, 1]}"
    place = f"3:{len('  m: ') + model.index('▸') + 1}" if "▸" in model else "3:3"
    deck = Deck(tmp_path, with_content(content, f"models:\n  m: {model.replace('▸', '')}\n"))
    assert deck.messages == [f"{place}: {message}"]
