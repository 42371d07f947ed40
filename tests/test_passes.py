"""The walk over a network: its numbers are the core's, its formulas say how they come about, under each convention."""

import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.autodiff import Run
from bpslides.deltas import Update
from bpslides.model.models import Activation, LossName
from bpslides.passes import Passes, plan
from bpslides.program import Program
from bpslides.text import Text
from tests.decks import Deck, with_content
from tests.layered_models import MODELS

BOTH: list[Update] = ["simultaneous", "sequential"]


def planned(
    folder: Path,
    name: str,
    models: str = MODELS,
    *,
    updates: list[Update] | None = None,
    signs: tuple[str, ...] = ("plus",),
) -> tuple[Program, Passes]:
    """The walk over one of the models."""
    deck = Deck(folder, with_content("- x", models)).sound
    network = deck.source.deck.models[Text(name)].network
    assert network is not None
    program = deck.site.numbers.programs[name]
    return program, plan(program, network, updates or ["simultaneous"], list(signs))


def lines(walk: Passes, step: int, sign: str = "plus", update: str = "simultaneous") -> list[str]:
    """The formulas of a substep, counted from 1, under these conventions."""
    (said,) = [s for s in walk.substeps[step - 1].said if s.sign in ("", sign) and s.update in ("", update)]
    return said.lines


def test_six_weights(tmp_path: Path) -> None:
    """Eleven substeps, in the order of the sweep; the numbers are right to ten digits."""
    _, walk = planned(tmp_path, "six")
    assert walk.phases == {"forward": 4, "backward": 10, "update": 11}
    assert [step.units for step in walk.substeps] == [
        ["H3"], ["H4"], ["O5"], ["loss"], ["O5"], ["O5"], ["H3"], ["H4"], ["H3"], ["H4"], [],
    ]  # fmt: skip
    numbers = walk.numbers["simultaneous"]
    expected = {
        "H3.z": 0.755, "H3.a": 0.6802671967, "O5.a": 0.6902834929, "loss": 0.01810390384,
        "O5.delta": 0.04068112511, "H3.delta": 0.002654489031, "H4.delta": 0.008171645064,
        "gradient W45": 0.02700163699, "update W13": -0.0009290711608, "update W35": -0.02767403494,
        "new W24": 0.5926455194, "new W45": 0.8729983630, "signal W35": 0.3 * 0.6802671967,
    }  # fmt: skip
    assert {name: numbers[name] for name in expected} == pytest.approx(expected, abs=5e-11)
    assert lines(walk, 1)[0] == r"z_{H3} = W_{13} \, x_1 + W_{23} \, x_2 = 0.1 \cdot 0.35 + 0.8 \cdot 0.9 = 0.755"
    assert lines(walk, 4)[1].endswith(r"\approx 0.5 \cdot (0.5 - 0.6903)^{2} \approx 0.0181")
    assert lines(walk, 7) == [
        r"\delta_{H3} = W_{35} \, \delta_{O5} \cdot a_{H3} \, (1 - a_{H3})",
        r"\phantom{\delta_{H3}} \approx 0.3 \cdot 0.0407 \cdot 0.2175 \approx 0.00265",
    ]
    assert lines(walk, 9)[0].endswith(r"= \delta_{H3} \, x_1 \approx 0.00265 \cdot 0.35 \approx 0.000929")
    assert lines(walk, 11)[1] == r"W_{13}' \approx 0.1 - 1 \cdot 0.000929 \approx 0.0991"


def test_what_is_known_when(tmp_path: Path) -> None:
    """Each number is known from the substep on at which its line lights up, and none before what it is made of."""
    for name in ("six", "credit", "two", "wide"):
        _, walk = planned(tmp_path, name)
        units = {row.name: row for row in walk.units}
        for row in walk.wires:
            assert row.wire.name in walk.substeps[row.signal_step - 1].wires
            assert row.wire.name in walk.substeps[row.gradient_step - 1].wires
            delta_step = units[row.wire.unit].delta_step
            assert delta_step is not None
            assert walk.phases["forward"] < delta_step < row.gradient_step <= walk.phases["backward"]
            for behind in row.way:
                after = next(other for other in walk.wires if other.wire.name == behind)
                assert after.gradient_step < row.gradient_step


def test_two_conventions(tmp_path: Path) -> None:
    """δ may have absorbed a sign, and hidden units may see weights that are updated already: both are the core's."""
    program, walk = planned(tmp_path, "six", updates=BOTH, signs=("plus", "minus"))
    run = program.run
    other = Run(run.tape, run.loss, run.parameters, run.optimizer, run.frozen, "sequential").at(0)
    sequential = walk.numbers["sequential"]
    assert sequential["O5.delta"] == walk.numbers["simultaneous"]["O5.delta"]
    assert sequential["new W13"] == float(other.updated["W13"]) != walk.numbers["simultaneous"]["new W13"]
    assert sequential["H3.delta"] == pytest.approx(
        0.2723259651 * 0.04068112511 * 0.6802671967 * 0.3197328033, abs=1e-11
    )
    assert lines(walk, 7, "plus", "sequential")[0].startswith(r"\delta_{H3} = W_{35}' \, \delta_{O5}")
    symbols, numbers = lines(walk, 5, "minus")
    assert symbols.startswith(
        r"\delta_{O5} = -\frac{\partial E}{\partial a_{O5}} \cdot \frac{\partial a_{O5}}{\partial z_{O5}}"
    )
    assert symbols.endswith(r"= (t_{O5} - a_{O5}) \, a_{O5} \, (1 - a_{O5})")
    assert numbers == r"\phantom{\delta_{O5}} \approx -0.1903 \cdot 0.2138 \approx -0.0407"
    assert lines(walk, 9, "minus")[0].endswith(r"-\delta_{H3} \, x_1 \approx -(-0.00265) \cdot 0.35 \approx 0.000929")
    # What does not depend on a convention is said once.
    assert [len(walk.substeps[step - 1].said) for step in (1, 5, 6, 7, 9, 11)] == [1, 2, 2, 4, 4, 2]


def test_a_dead_unit_teaches(tmp_path: Path) -> None:
    """A ReLU that is off has δ = 0, the walk says why, and no gradient comes to its weights."""
    _, walk = planned(tmp_path, "credit")
    numbers = walk.numbers["simultaneous"]
    assert numbers["loss"] == pytest.approx(0.3723424802, abs=5e-11)
    assert [numbers[f"gradient W_h{i}_y"] for i in (1, 2, 3)] == pytest.approx(
        [-0.1056998145, 0, -0.2300525373], abs=5e-11
    )
    assert numbers["h1.delta"] == pytest.approx(-0.1865290843, abs=5e-11)
    assert numbers["h2.delta"] == numbers["gradient W_x1_h2"] == 0
    words = [step.words for step in walk.substeps]
    assert "Backward 4 of 8: h2 is off. Its slope is 0, so its δ is 0, and nothing passes back through it." in words
    (row,) = [row for row in walk.wires if row.wire.name == "W_x1_h2"]
    assert row.said[0].lines[1] == r"\approx -1.4511 \cdot 0.2142 \cdot (-0.4) \cdot 0 \cdot 0.8 = 0"


def test_many_formulas_are_set_small(tmp_path: Path) -> None:
    """Three fractions would not fit below each other; two do, and so do three plain lines."""
    page = Deck(tmp_path, with_content("- walk: {model: credit}", MODELS)).sound.page
    steps = {step.attributes["data-only"]: step.one(".formulas") for step in page.all(".substep[data-only]")}
    assert [number for number, step in steps.items() if "data-many" in step.attributes] == ["7"]
    assert [len(steps[number].all(".formula")) for number in ("4", "6", "7", "8")] == [2, 2, 3, 2]


def test_two_outputs_add_up(tmp_path: Path) -> None:
    """What comes back from several outputs is added up, in the δ and in the way of a weight."""
    _, walk = planned(tmp_path, "two", signs=("minus",))
    numbers = walk.numbers["simultaneous"]
    assert (-numbers["O6.delta"], -numbers["H3.delta"]) == pytest.approx((0.0545866592, -0.0085908902), abs=5e-11)
    assert numbers["loss"] == pytest.approx(0.0420080058, abs=5e-11)
    assert lines(walk, 10, "minus") == [
        r"\delta_{H3} = (W_{35} \, \delta_{O5} + W_{36} \, \delta_{O6}) \cdot a_{H3} \, (1 - a_{H3})",
        r"\phantom{\delta_{H3}} \approx (0.3 \cdot (-0.0407) + (-0.5) \cdot 0.0546) \cdot 0.2175 \approx -0.00859",
    ]
    row = walk.wires[0]
    assert (row.way, row.units) == (["W35", "W36"], ["H3", "O5", "O6"])
    symbols, product, by_delta = row.said[0].lines
    assert symbols.count(r"\frac{\partial L}{\partial a_{O") == 2
    assert r"\cdot 0.3 + (-0.2187) \cdot 0.2497 \cdot (-0.5)) \cdot 0.2175 \cdot 0.35 \approx 0.00301" in product
    assert by_delta == r"= -\delta_{H3} \, x_1 \approx -(-0.00859) \cdot 0.35 \approx 0.00301"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.floats(-2, 2), min_size=6, max_size=6), st.sampled_from(["sigmoid", "tanh", "relu", "identity"]))
def test_deltas_by_hand(tmp_path: Path, weights: list[float], activation: str) -> None:
    """Whatever the weights are, δ of a hidden unit is the sum of weights times δ behind it, times its slope."""
    a, b, c, d, e, f = (repr(weight) for weight in weights)
    models = MODELS.replace("[[0.1, 0.8], [0.4, 0.6]]", f"[[{a}, {b}], [{c}, {d}]]").replace(
        "[[0.3, 0.9]]", f"[[{e}, {f}]]"
    )
    _, walk = planned(tmp_path, "six", models.replace("activation: sigmoid", f"activation: {activation}"))
    numbers = walk.numbers["simultaneous"]
    for unit, weight in (("H3", weights[4]), ("H4", weights[5])):
        out, z = numbers[f"{unit}.a"], numbers[f"{unit}.z"]
        slope = {"sigmoid": out * (1 - out), "tanh": 1 - out**2, "relu": float(z > 0), "identity": 1.0}[activation]
        assert numbers[f"{unit}.delta"] == pytest.approx(weight * numbers["O5.delta"] * slope, rel=1e-9, abs=1e-12)
    for row in walk.wires:
        change = numbers[f"update {row.wire.name}"]
        assert numbers[f"new {row.wire.name}"] == pytest.approx(numbers[row.wire.name] + change, abs=1e-15)
        source = numbers[row.wire.source if row.wire.source.startswith("x") else f"{row.wire.source}.a"]
        gradient = numbers[f"{row.wire.unit}.delta"] * source
        assert numbers[f"gradient {row.wire.name}"] == pytest.approx(gradient, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("activation", get_args(Activation))
def test_every_activation(tmp_path: Path, activation: str) -> None:
    """Each activation of hidden units can be walked; where a derivative has no formula, its symbol stands there."""
    models = MODELS.replace("[H3, H4], activation: sigmoid", f"[H3, H4], activation: {activation}")
    walk = Deck(tmp_path, with_content("- walk: {model: six, conventions: [delta_sign, update]}", models)).sound.page
    assert "nan" not in walk.one("[data-block=walk]").text.lower()


@pytest.mark.parametrize("loss", get_args(LossName))
@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
def test_every_loss(tmp_path: Path, activation: str, loss: str) -> None:
    """Each loss can be walked behind each kind of output."""
    if loss == "cross_entropy" and activation == "sigmoid":
        activation = "identity"  # it needs outputs above 0, which these are
    models = MODELS.replace("targets: {O5: 0.5, O6: 0.7}", "targets: {O5: 1, O6: 1}")
    models = models.replace(
        "units: [O5, O6]\n          activation: sigmoid", f"units: [O5, O6]\n          activation: {activation}"
    )
    models = models.replace(
        "names: [[W35, W45], [W36, W46]]}", f"names: [[W35, W45], [W36, W46]]}}\n      loss: {loss}"
    )
    models = models.replace("[-0.5, 0.4]", "[0.5, 0.4]")
    page = Deck(tmp_path, with_content("- walk: {model: two, delta_sign: minus}", models)).sound.page
    assert len(page.all(".fragment")) == (13 if activation == "softmax" else 14)


def test_on_the_page(tmp_path: Path) -> None:
    """The page tells the walk by itself: last substep, full tables, every number; other conventions wait, hidden."""
    deck = Deck(tmp_path, with_content("- walk: {model: six, conventions: [delta_sign, update]}", MODELS)).sound
    walk = deck.page.one("[data-block=walk]")
    assert [("hidden" in step.attributes) for step in walk.all("[data-only]")] == [True] * 10 + [False]
    assert len(walk.all(".fragment")) == 11
    cells = {node.attributes["data-cell"]: node.text for node in walk.all("[data-cell]")}
    assert cells["O5.delta"] == "0.0407"
    assert cells["gradient W13"] == "0.000929"
    assert cells["new W45"] == "0.8730"
    wide = walk.all("svg.wide")[0]
    assert wide.texts(".wire-number") == ["−0.000929", "−0.00239", "−0.00286", "−0.00735", "−0.0277", "−0.027"]
    assert wide.texts(".target") == ["𝑡O50.5"]
    assert [node.attributes["tabindex"] for node in wide.all("g.link")] == ["0", "-1", "-1", "-1", "-1", "-1"]
    minus = walk.all("[data-sign=minus]")
    assert minus
    assert all("hidden" in node.attributes for node in minus)
    data = json.loads(walk.one("script.data").source)
    assert {half: set(kinds) for half, kinds in data["numbers"].items()} == {"half": {"simultaneous", "sequential"}}


def test_delta_may_begin_with_a_minus(tmp_path: Path) -> None:
    """A deck whose δ has absorbed the sign says so, and shows it in every number."""
    walk = Deck(tmp_path, with_content("- walk: {model: two, delta_sign: minus}", MODELS)).sound.page.one(
        "[data-block=walk]"
    )
    cells = {node.attributes["data-cell"]: node.text for node in walk.all("[data-cell]")}
    assert (cells["O5.delta"], cells["O6.delta"], cells["H4.delta"]) == ("−0.0407", "0.0546", "−0.00330")
    assert cells["gradient W13"] == "0.00301"
    assert len(walk.all("span.convention")) == 1
    assert walk.all("button.convention") == []


def test_many_weights_stand_on_their_lines(tmp_path: Path) -> None:
    """With many weights their table is for screen readers only, and an update gives its rule."""
    walk = Deck(tmp_path, with_content("- walk: {model: wide}", MODELS)).sound.page.one("[data-block=walk]")
    assert len(walk.all(".sr-only .weights tr")) == 1 + 24
    assert "each weight takes one step of adam" in walk.one("[data-role=verdict]").text


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("walk: {model: sixx}", "there is no model “sixx” (did you mean “six”?)"),
        ("walk: {model: neuron}", "“neuron” is a graph: say to which gradient the walk goes (such as gradient: w)"),
        ("walk: {model: six, gradient: W13, conventions: [update]}", "has “conventions” only without a “gradient”"),
        (
            "walk: {model: six, plot: {function: x, domain: [0, 1], points: {x: x}}}",
            "has a “plot” only with a “gradient”",
        ),
        ("walk: {model: six, conventions: [sign]}", "delta_sign"),
        ("walk: {model: six, delta_sign: negative}", "plus"),
    ],
)
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """What cannot be walked is told at its place."""
    neuron = "  neuron: {parameters: {w: 1}, graph: {L: w**2}}\n"
    (found,) = Deck(tmp_path, with_content(f"- {block}", MODELS + neuron)).messages
    assert message in found


def test_an_update_that_diverges(tmp_path: Path) -> None:
    """A first step that leaves the finite numbers is told, not walked."""
    models = MODELS.replace("learning_rate: 1.0", "learning_rate: 1.0e+308").replace("O5: 0.5", "O5: 5000")
    (found,) = Deck(tmp_path, with_content("- walk: {model: six}", models)).messages
    assert "diverged" in found


def test_things_are_called_as_the_model_calls_them(tmp_path: Path) -> None:
    """Where every sum is an a and every weight a W, the walk says so; without a letter in common it says z and w."""
    symbols = "symbols: {loss: E, H3.z: a_3, H4.z: a_4, O5.z: 'a_{5}'}"
    for declared, sums, weights in (
        (symbols, "a", "W"), (symbols[:-1] + ", W13: p}", "a", "w"), ("symbols: {loss: E, O5.z: q}", "z", "W"),
    ):  # fmt: skip
        models = MODELS.replace("symbols: {loss: E}", declared)
        walk = Deck(tmp_path, with_content("- walk: {model: six, delta_sign: minus}", models)).sound.page.one(
            "[data-block=walk]"
        )
        heads = [head.text for head in walk.all("thead th")]
        assert (walk.one("span.convention").text, heads[1], heads[6]) == (
            f"δ=−∂E/∂{sums}", f"sum, before activation{sums}", f"gradient∂E/∂{weights}",
        )  # fmt: skip
        assert walk.all("[data-only]")[-1].texts(".formula")[0].startswith(f"{weights}′={weights}−η∂E∂{weights}")


def test_half_or_whole(tmp_path: Path) -> None:
    """Without the half, the core's loss, δ, gradients and steps are twice as large; what is the same is said once."""
    content = "- walk: {model: six, conventions: [half]}"
    walk = Deck(tmp_path, with_content(content, MODELS)).sound.page.one("[data-block=walk]")
    numbers = json.loads(walk.one("script.data").source)["numbers"]
    half, whole = (numbers[kind]["simultaneous"] for kind in ("half", "whole"))
    six, _ = planned(tmp_path, "six", MODELS.replace("learning_rate: 1.0", "learning_rate: 2.0"))
    state = six.state()
    assert whole["new W13"] == pytest.approx(float(state.updated["W13"]), rel=1e-14)
    assert {name: whole[name] / half[name] for name in ("loss", "O5.delta", "H3.delta", "update W45")} == pytest.approx(
        {"loss": 2, "O5.delta": 2, "H3.delta": 2, "update W45": 2}, rel=1e-12
    )
    assert whole["O5.a"] == half["O5.a"]
    kinds = [[node.attributes.get("data-half") for node in step.all(".formulas")] for step in walk.all("[data-only]")]
    assert kinds[:5] == [[None], [None], [None], ["half", "whole"], ["half", "whole"]]
    seen = [node for node in walk.all("[data-only]")[3].all(".formulas") if "hidden" not in node.attributes]
    assert [node.attributes["data-half"] for node in seen] == ["half"]
    with_whole = MODELS.replace(
        "    learning_rate: 1.0\n    symbols", "      loss: squared_error\n    learning_rate: 1.0\n    symbols"
    )
    other = Deck(tmp_path, with_content(content, with_whole)).sound.page.one("[data-block=walk]")
    data = json.loads(other.one("script.data").source)
    assert (data["half"], data["numbers"]) == ("whole", numbers)
    credit = Deck(tmp_path, with_content("- walk: {model: credit, conventions: [half]}", MODELS))
    assert "“half” is for squared errors, and the loss of “credit” is binary_cross_entropy" in credit.messages[0]
