"""The numbers of a deck: in its texts, in its claims, and as `bpslides values` prints them."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.autodiff import AutodiffError
from bpslides.compute import course, values
from bpslides.formatting import format_number
from tests.decks import NEURON, Deck, with_content


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("neuron.y_hat", "1.1"),
        ("neuron.L | .2f", "0.81"),
        ("neuron.grad.w | .2f", "−3.60"),
        ("neuron.grad.b | .2f", "−1.80"),
        ("neuron.updated.w", "0.536"),
        ("neuron.after(1).L", "0.6561"),
        ("neuron.after(2).updated.w | .4f", "0.5976"),
        ("neuron.after(1).grad.w | .3f", "−3.240"),
        ("neuron.learning_rate", "0.01"),
        ("len([neuron.w, neuron.b])", "2"),
        ("-neuron.grad.w * 2", "7.2"),
        ("max(neuron.w, neuron.b) | .1f", "0.5"),
        ("neuron.L | .1%", "81.0%"),
        ("1e-7 | .1e", "1.0×10⁻⁷"),
        ("round(neuron.L, 1)", "0.8"),
        ("[1, 2][1]", "2"),
    ],
)
def test_numbers_in_text(tmp_path: Path, expression: str, text: str) -> None:
    """A number in text is what the model says, in the format that is asked for."""
    page = Deck(tmp_path, with_content(f"- 'It is {{{{ {expression} }}}}.'")).sound.page
    assert page.texts(".prose .num") == [text]
    assert page.one(".prose").text == f"It is {text}."


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(-5, 5), st.floats(-5, 5), st.sampled_from(["w", "b", "z", "y_hat", "L"]))
def test_numbers_in_text_are_those_of_the_program(tmp_path: Path, w: float, b: float, name: str) -> None:
    """Whatever the parameters are, text, table and formula show what the program computes."""
    models = NEURON.replace("w: 0.5", f"w: {w!r}").replace("b: 0.1", f"b: {b!r}")
    content = (
        f"- '{{{{ neuron.{name} | .5f }}}}'\n- table: {{header: [a], rows: [['{{{{ neuron.grad.{name} | .5f }}}}']]}}"
    )
    deck = Deck(tmp_path, with_content(content, models)).sound
    state = deck.site.numbers.programs["neuron"].state()
    assert deck.page.one(".prose .num").text == format_number(state.tape.value(name), ".5f")
    assert deck.page.one("td .num").text == format_number(state.sweep.gradient(name), ".5f")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("▸nuron.L", "there is no model “nuron” (did you mean “neuron”?)"),
        ("▸neuron.K", "“neuron” has no “K” (known here: L, b, w, x, y, y_hat, z)"),
        ("▸neuron.rate", "“neuron” has no “rate” (did you mean “learning_rate”?)"),
        ("▸neuron.learning_rat", "“neuron” has no “learning_rat” (did you mean “learning_rate”?)"),
        ("2*▸neuron.y_het", "“neuron” has no “y_het” (did you mean “y_hat”?)"),
        ("▸neuron.updated.z", "“neuron” has no “z” (known here: b, w)"),
        ("▸neuron", "“neuron” is a model: which of its numbers? (known here: L, b, w, x, y, y_hat, z)"),
        ("▸neuron.after(200000).L", "200000 updates are not possible (ask for 0 to 100,000)"),
        ("▸after(1).L", "after(n) of which model? (write model.after(10).name)"),
        ("neuron.L +▸", "the expression stops too early (a name or a number is missing)"),
        ("▸1/0", "1/0 has no finite value (a division by zero)"),
        ("▸neuron.z.real", "“neuron” has no “z.real” (known here: L, b, w, x, y, y_hat, z)"),
        ("▸open(1)", "there is no function “open”"),
        (
            "neuron.L | ▸.2x",
            "“.2x” is no format for a number; use one such as .2f, +.3f, .3e, .1%, .4g, .3s or d",
        ),
    ],
)
def test_mistakes_in_numbers(tmp_path: Path, expression: str, message: str) -> None:
    """A number that cannot be worked out is told where ▸ points, in text and in a formula, and shown as “?”."""
    written = expression.replace("▸", "")
    before = expression.index("▸")
    deck = Deck(tmp_path, with_content(f"- 'A {{{{ {written} }}}}'\n- equation: 'A = {{{{ {written} }}}}'"))
    shown = [one.split(" (the functions")[0] for one in deck.messages]
    assert shown == [f"16:{15 + before}: {message}", f"17:{27 + before}: {message}"]
    assert deck.page.one(".prose .num").text == "?"


@pytest.mark.parametrize(
    "claim",
    [
        "close(neuron.L, 0.81, 1e-12)",
        "neuron.after(1).L < neuron.L",
        "neuron.L > 0.8 and neuron.L < 0.9",
        "round(neuron.L, 2) == 0.81",
        "neuron.grad.w == neuron.grad.z * neuron.x",
    ],
)
def test_claims_that_hold(tmp_path: Path, claim: str) -> None:
    """A claim that the numbers support says nothing."""
    assert Deck(tmp_path, with_content("- x") + f"    claims: ['{claim}']\n").messages == []


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("neuron.L < 0.5", "15: this claim does not hold: neuron.L is 0.8099999999999998"),
        ("neuron.L == neuron.z", "15: this claim does not hold: neuron.L is 0.8099999999999998, neuron.z is 1.1"),
        ("neuron.L < 1 and neuron.z > 5", "15: this claim does not hold: neuron.z is 1.1"),
        ("0 < neuron.grad.w < 1", "15: this claim does not hold: neuron.grad.w is −3.5999999999999996"),
        ("1 < neuron.z < neuron.w", "15: this claim does not hold: neuron.z is 1.1, neuron.w is 0.5"),
        ("neuron.z > 2 and neuron.w > 1", "15: this claim does not hold: neuron.z is 1.1, neuron.w is 0.5"),
        ("close(neuron.w, -0.49, 1e-3)", "15: this claim does not hold: neuron.w is 0.5"),
        ("neuron.w != 1/2", "15: this claim does not hold: neuron.w is 0.5, 1/2 is 0.5"),
        ("[neuron.w, 2*3] == [0.5, -7]", "15: this claim does not hold: [neuron.w, 2*3] is [0.5, 6]"),
        (
            "neuron.w*[1, 2, 3, 4, 5, 6, 7] < 0",
            "15: this claim does not hold: neuron.w*[1, 2, 3, 4, 5, 6, 7] is [0.5, 1, 1.5, 2, 2.5, 3, …]",
        ),
        ("[1, 2] == [1, 2, neuron.w]", "15: the shapes (2,) and (3,) cannot be compared (make the shapes equal)"),
        ("2 < 1", "15: this claim does not hold"),
        ("neuron.L", "15: a claim compares numbers, this is just a number (such as: m.L < 0.5)"),
        ("neuron.LL < 1", "15: “neuron” has no “LL” (did you mean “L”?)"),
        ("neuron.L <", "25: the expression stops too early (a name or a number is missing)"),
    ],
)
def test_claims_that_do_not_hold(tmp_path: Path, claim: str, message: str) -> None:
    """A claim that the numbers contradict fails the build, with the numbers."""
    assert Deck(tmp_path, with_content("- x") + f"    claims: ['{claim}']\n").messages == [f"17:{message}"]


def test_values(tmp_path: Path) -> None:
    """All numbers of a model, ready for JSON; after a step, everything is one step later."""
    program = Deck(tmp_path, with_content("- x")).sound.site.numbers.programs["neuron"]
    found = json.loads(json.dumps(values(program)))
    assert found["values"] == pytest.approx({"x": 2, "y": 2, "w": 0.5, "b": 0.1, "z": 1.1, "y_hat": 1.1, "L": 0.81})
    assert found["gradients"]["w"] == pytest.approx(-3.6)
    assert found["updated"] == pytest.approx({"w": 0.536, "b": 0.118})
    assert 0 <= found["gradient_check"] < 1e-6
    assert values(program, 1)["values"]["w"] == found["updated"]["w"]


def test_kinks_are_told(tmp_path: Path) -> None:
    """Where the loss has a kink, the check names the parameter and leaves it out."""
    models = "models:\n  m: {parameters: {w: 0, v: 1}, graph: {L: relu(w) + v**2}}\n"
    found = values(Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"])
    assert found["kinks"] == ["w"]
    assert found["gradient_check"] < 1e-6


def test_zero_has_no_sign(tmp_path: Path) -> None:
    """A gradient of −0 is printed as 0."""
    models = "models:\n  m: {parameters: {w: 0}, graph: {L: -(w**2)}}\n"
    assert "-0.0" not in json.dumps(
        values(Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"])
    )


def test_course(tmp_path: Path) -> None:
    """A value over the steps begins before the first update and ends after the last."""
    program = Deck(tmp_path, with_content("- x")).sound.site.numbers.programs["neuron"]
    assert course(program, "L", 2) == pytest.approx([0.81, 0.6561, 0.531441])
    assert course(program, "w", 0) == [0.5]
    assert course(program, "grad.w", 1) == pytest.approx([-3.6, -3.24])
    with pytest.raises(AutodiffError, match=r"w has no element \[0\] \(it is a single number"):
        course(program, "w[0]", 1)
    with pytest.raises(AutodiffError, match=r"100001 updates are not possible \(ask for 0 to 100,000\)"):
        course(program, "L", 100_001)


def test_course_of_an_array(tmp_path: Path) -> None:
    """An array over the steps is limited by its numbers, before the first step is taken."""
    models = f"models:\n  m: {{parameters: {{w: {[0] * 50}}}, graph: {{L: sum(relu(w))}}}}\n"
    program = Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"]
    assert course(program, "w", 1) == [[0] * 50] * 2
    with pytest.raises(
        AutodiffError, match=r"w over 20,000 steps is more than 1,000,000 numbers \(ask for fewer steps"
    ):
        course(program, "w", 20_000)
    assert course(program, "w[3]", 20) == [0] * 21
    for beyond in ("w[50]", "w[0][0]"):
        with pytest.raises(AutodiffError, match=r"its shape is \(50,\), and counting begins at 0"):
            course(program, beyond, 1)


def test_the_learning_rate_of_a_schedule(tmp_path: Path) -> None:
    """It is that of the step which comes next; a model's own line of that name comes first."""
    models = """\
models:
  falling: {parameters: {w: 1}, graph: {L: w**2}, learning_rate: {name: step, rate: 0.4, size: 2, factor: 0.5}}
  named: {parameters: {w: 1}, graph: {learning_rate: 3*w, L: learning_rate**2}}
"""
    numbers = ("falling", "falling.after(1)", "falling.after(2)", "named", "named.grad")
    content = "- '" + " ".join(f"{{{{ {name}.learning_rate }}}}" for name in numbers) + "'"
    page = Deck(tmp_path, with_content(content, models)).sound.page
    assert page.texts(".prose .num") == ["0.4", "0.4", "0.2", "3", "6"]


def test_a_large_array_is_checked_in_places(tmp_path: Path) -> None:
    """A gradient check looks at 50 elements of an array, the first and the last among them."""
    models = f"models:\n  m: {{parameters: {{w: {[0] * 120}}}, graph: {{L: sum(relu(w))}}}}\n"
    kinks = values(Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs["m"])["kinks"]
    assert (len(kinks), kinks[0], kinks[-1]) == (50, "w[0]", "w[119]")


def test_a_large_network_is_checked_in_places(tmp_path: Path) -> None:
    """A layer of many weights has its values, and a gradient check of some of its elements."""
    image = [round(0.01 * place, 2) for place in range(60)]
    network = (
        f"{{inputs: {{x: {image}}}, targets: {{t: [0, 1]}}, loss: cross_entropy, layers: ["
        "{units: 64, activation: relu, weights: {init: he}, biases: {init: zeros}}, "
        "{units: 2, activation: softmax, weights: {init: xavier}}]}"
    )
    models = f"models:\n  m: {{network: {network}}}\n"
    program = Deck(tmp_path, with_content("- '{{ m.layer1.W[63][59] | .3f }}'", models)).sound.site.numbers.programs[
        "m"
    ]
    found = json.loads(json.dumps(values(program, 3)))
    assert (len(found["values"]["layer1.W"]), len(found["gradients"]["layer1.W"][0])) == (64, 60)
    assert found["values"]["loss"] < values(program)["values"]["loss"]
    assert 0 < found["gradient_check"] < 1e-6


def test_a_misspelt_name_of_a_broken_model_is_told_with_the_right_one(tmp_path: Path) -> None:
    """The hint knows every model of the deck, also one that has a fault of its own."""
    models = "models:\n  spam: {parameters: {w: two}, graph: {L: w**2}}\n"
    messages = Deck(tmp_path, with_content("- '{{ spma.L }} and {{ spam.L }}'", models)).messages
    assert [message.partition(": ")[2] for message in messages] == [
        "“w” should be a number, not text",
        "there is no model “spma” (did you mean “spam”?)",
    ]


def test_a_decimal_comma(tmp_path: Path) -> None:
    """In braces a comma ends the number, and the rest becomes a name without a value."""
    models = "models:\n  m: {parameters: {w: 2,0}, graph: {L: w**2}}\n"
    (message,) = Deck(tmp_path, with_content("- Text", models)).messages
    assert "written with a point" in message
