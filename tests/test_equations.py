"""Equations that write themselves: their text, their numbers against the core, and what has no equation."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.compute import Numbers
from bpslides.equations import Derivation, derivation
from bpslides.text import Text
from tests.decks import NEURON, Deck, with_content

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
ALL = ("symbols", "numbers", "value")


def numbers_of(tmp_path: Path, models: str) -> Numbers:
    """The numbers of a deck with these models."""
    return Deck(tmp_path, with_content("- x", models)).sound.site.numbers


def written(numbers: Numbers, of: str, *show: str, spec: str | None = None, expand: list[str] | None = None) -> str:
    """The formula of a number as LaTeX."""
    wanted = numbers.wanted(Text(of))
    assert wanted is not None
    return derivation(wanted, show or ALL, spec, expand).formula


# Fractions are written D[y, x] here, and parentheses of any size as simple ones.
@pytest.mark.parametrize(
    ("of", "latex"),
    [
        ("neuron.z", r"z = w \, x + b = 0.5 \cdot 2 + 0.1 = 1.1"),
        ("neuron.y_hat", r"\hat{y} = \mathrm{ReLU}(w \, x + b) = \mathrm{ReLU}(0.5 \cdot 2 + 0.1) = 1.1"),
        ("neuron.L", r"L = (y - \hat{y})^{2} = (2 - 1.1)^{2} = 0.81"),
        ("neuron.w", "w = 0.5"),
        ("neuron.grad.w", r"D[L,w] = D[L,\hat{y}] \cdot D[\hat{y},z] \cdot D[z,w] = (-1.8) \cdot 1 \cdot 2 = -3.6"),
        ("neuron.grad.y_hat", r"D[L,\hat{y}] = -2 \, (y - \hat{y}) = (-2) \cdot (2 - 1.1) = -1.8"),
        ("neuron.grad.L", "D[L,L] = 1"),
        ("neuron.updated.w", r"w \leftarrow w - \eta \cdot D[L,w] = 0.5 - 0.01 \cdot (-3.6) = 0.536"),
        ("neuron.after(1).z", r"z = w \, x + b = 0.536 \cdot 2 + 0.118 = 1.19"),
        ("neuron.after(1).updated.b", r"b \leftarrow b - \eta \cdot D[L,b] = 0.118 - 0.01 \cdot (-1.62) = 0.1342"),
    ],
)
def test_formulas_of_the_neuron(tmp_path: Path, of: str, latex: str) -> None:
    """Values, gradients and updates in symbols, in numbers and as a value."""
    text = written(numbers_of(tmp_path, NEURON), of).replace(r"\left(", "(").replace(r"\right)", ")")
    assert re.sub(r"\\frac\{\\partial (.+?)\}\{\\partial ([a-zL]|\\hat\{y\})\}", r"D[\1,\2]", text) == latex


def test_the_author_chooses_sides_formats_and_lines(tmp_path: Path) -> None:
    """`show` lists sides in any order, `format` sets the model's numbers but no exponent, `expand` writes lines out."""
    numbers = numbers_of(tmp_path, NEURON)
    assert written(numbers, "neuron.z", "value") == "z = 1.1"
    assert written(numbers, "neuron.z", "value", "symbols") == r"z = 1.1 = w \, x + b"
    assert written(numbers, "neuron.L", "numbers", "value", spec=".2f") == "L = (2.00 - 1.10)^{2} = 0.81"
    assert written(numbers, "neuron.L", "symbols", expand=["z", "y_hat"]).count("w \\, x + b") == 1
    assert "z" in written(numbers, "neuron.y_hat", "symbols", expand=[])


def test_rounded_numbers_are_not_said_to_be_equal(tmp_path: Path) -> None:
    """Where a printed number is rounded, the sign is ≈; digits that are there by floating point alone do not count."""
    numbers = numbers_of(tmp_path, SIX)
    formula = (
        r"a_{O5} = \sigma(W_{35} \, a_{H3} + W_{45} \, a_{H4}) \approx \sigma(0.3 \cdot 0.6803 + 0.9 \cdot 0.6637)"
    )
    text = written(numbers, "six.O5.a").replace(r"\left(", "(").replace(r"\right)", ")")
    assert text == formula + r" \approx 0.6903"
    assert written(numbers, "six.x1", "value", spec=".1f") == r"x_1 \approx 0.3"
    assert written(numbers, "six.x1", "value", spec=".1%") == r"x_1 = 35.0\%"
    assert written(numbers, "six.x1", "value", spec=".2e") == r"x_1 = 3.50 \times 10^{-1}"


def test_several_paths_are_added_up(tmp_path: Path) -> None:
    """A gradient over two paths is the sum of two products; a way that is not the only one says so."""
    formula = written(numbers_of(tmp_path, SIX), "six.grad.x1")
    assert formula.count(" + ") == 2
    models = "models:\n  m: {inputs: {x: 0.5}, parameters: {w: 0.7}, graph: {a: w*x, L: a*a + w}}\n"
    formula = written(numbers_of(tmp_path, models), "m.grad.w", "symbols")
    assert formula == (
        r"\frac{\partial L}{\partial w} = \left.\frac{\partial L}{\partial w}\right|_{\mathrm{direct}}"
        r" {} + \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial w}"
    )


def test_many_paths_take_the_local_form(tmp_path: Path) -> None:
    """Where there are more paths than a slide holds, the lines that use the name stand for all that is behind them."""
    lines = "a: w*x, b: sin(a) + cos(a) + a**2, c: sin(b) + b + a, d: b*c, L: c*b*d + a*c"
    models = f"models:\n  m: {{inputs: {{x: 0.5}}, parameters: {{w: 0.7}}, graph: {{{lines}}}}}\n"
    formula = written(numbers_of(tmp_path, models), "m.grad.w", "symbols")
    assert formula.endswith(r"= \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial w}")
    formula = written(numbers_of(tmp_path, models), "m.grad.a", "symbols")
    assert formula.count(r"\frac{\partial L}{\partial b}") == 1
    assert formula.count("direct") == 2


def test_long_sums_are_cut(tmp_path: Path) -> None:
    """Of a sum of eight terms the first three and the last are shown, in symbols and in numbers."""
    inputs = ", ".join(f"x{i}: {i / 10}" for i in range(1, 9))
    terms = " + ".join(f"{i}*x{i}" for i in range(1, 9))
    formula = written(numbers_of(tmp_path, f"models:\n  m: {{inputs: {{{inputs}}}, graph: {{z: {terms}}}}}\n"), "m.z")
    assert formula == (
        r"z = 1 \, x_1 + 2 \, x_2 + 3 \, x_3 + \cdots + 8 \, x_8"
        r" = 1 \cdot 0.1 + 2 \cdot 0.2 + 3 \cdot 0.3 + \cdots + 8 \cdot 0.8 = 20.4"
    )


# ── the numbers ───────────────────────────────────────────────────────────────────────────────────────────────────

PRINTED = re.compile(r"-?[0-9.]+(?: \\times 10\^\{(-?[0-9]+)\})?")


def printed(latex: str) -> float:
    """The value of a sum of products as it is printed."""
    text = re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", latex).replace(r"\cdot", "*").replace("{}", "")
    assert re.fullmatch(r"[-+*(). 0-9e]+", text), text
    return float(eval(text))


WEIGHT = st.floats(-3, 3).map(lambda x: round(x, 4)).filter(lambda x: abs(x) > 1e-3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(WEIGHT, WEIGHT, WEIGHT),
    st.sampled_from(
        [
            "z: w*x + v, a: tanh(z), L: (a - x)**2",
            "z: w*x, a: sigmoid(z), b: v*a, L: b**2 + a*w",
            "a: w*x, b: sin(a) + cos(a), c: sin(b)*b + a, d: c - b, L: c*b + a*d + d",
        ]
    ),
    st.sampled_from(["w", "x"]),
)
def test_the_printed_chain_gives_the_gradient(
    tmp_path: Path, leaves: tuple[float, float, float], graph: str, name: str
) -> None:
    """Whoever multiplies and adds what is printed gets the gradient that is printed, and it is that of the core."""
    w, v, x = leaves
    models = f"models:\n  m: {{inputs: {{x: {x}}}, parameters: {{w: {w}, v: {v}}}, graph: {{{graph}}}}}\n"
    numbers = numbers_of(tmp_path, models)
    formula = written(numbers, f"m.grad.{name}", "numbers", "value", spec=".14e")
    _, chain, value = re.split(r" = | \\approx ", formula)
    gradient = float(numbers.programs["m"].state().sweep.gradient(name))
    assert printed(value) == pytest.approx(gradient, rel=1e-12, abs=1e-12)
    assert printed(chain) == pytest.approx(gradient, rel=1e-9, abs=1e-12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WEIGHT, WEIGHT, st.integers(0, 3))
def test_the_printed_update_gives_the_weight(tmp_path: Path, w: float, x: float, steps: int) -> None:
    """Whoever works out the printed step gets the weight after it."""
    models = (
        f"models:\n  m: {{inputs: {{x: {x}}}, parameters: {{w: {w}}}, graph: {{L: sin(w*x)}}, learning_rate: 0.02}}\n"
    )
    numbers = numbers_of(tmp_path, models)
    formula = written(numbers, f"m.after({steps}).updated.w", "numbers", "value", spec=".14e")
    _, step, value = re.split(r" = | \\approx | \\leftarrow ", formula)
    assert printed(step) == pytest.approx(float(numbers.programs["m"].state(steps + 1).tape.value("w")), rel=1e-9)
    assert printed(value) == pytest.approx(printed(step), rel=1e-9, abs=1e-12)


# ── on the page ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_the_page(tmp_path: Path) -> None:
    """A short formula stands in one line, a long one in rows: the left side once, each side with its sign."""
    content = "- equation: {of: neuron.L}\n- equation: {of: neuron.grad.w, format: .8f, note: 'So {{ neuron.L }}'}"
    page = Deck(tmp_path, with_content(content)).sound.page
    short, long = page.all(".equation")
    assert short.one(".formula").text.replace(" ", "") == "L=(y−yˆ)2=(2−1.1)2=0.81"
    assert long.texts(".note") == ["So 0.81"]
    assert len(long.all(".left")) == 1
    assert [node.text[:1] for node in long.all(".right")] == ["=", "=", "="]
    assert long.all(".right")[2].text == "=−3.60000000"


ARRAYS = "models:\n  m: {inputs: {x: [1, 2]}, parameters: {w: [1, 2], b: 1}, graph: {z: w*x, L: sum(z) + b}}\n"


def test_arrays_have_symbols(tmp_path: Path) -> None:
    """A formula of arrays shows its symbols; their numbers would be no formula."""
    deck = Deck(
        tmp_path,
        with_content("- equation: {of: m.z, show: [symbols]}\n- equation: {of: m.updated.w, show: [symbols]}", ARRAYS),
    )
    assert [node.text.replace(" ", "") for node in deck.sound.page.all(".equation")] == ["z=wx", "w←w−η⋅∂L∂w"]
    hint = "(show its formula without numbers: show: [symbols])"
    chain = (
        "(make one of its examples a model, such as one: {of: m, example: 0}, or show its value alone: show: [value])"
    )
    assert Deck(tmp_path, with_content("- equation: {of: m.z}", ARRAYS)).messages == [
        f"7:24: “w” is an array, and a formula shows single numbers {hint}"
    ]
    for show in ("[symbols, value]", "[symbols]"):
        block = f"- equation: {{of: m.grad.b, show: {show}}}"
        assert Deck(tmp_path, with_content(block, ARRAYS)).messages == [
            f"7:24: “m” holds arrays, and a chain goes through single numbers {chain}"
        ]
    page = Deck(tmp_path, with_content("- equation: {of: m.grad.b, show: [value]}", ARRAYS)).sound.page
    assert page.one(".equation").text.replace(" ", "") == "∂L∂b=1"


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("{of: ▸neuron.y_hut}", "“neuron” has no “y_hut” (did you mean “y_hat”?)"),
        ("{of: ▸nueron.L}", "there is no model “nueron” (did you mean “neuron”?)"),
        ("{of: ▸neuron}", "“neuron” is a model: which of its numbers? (known here: L, b, w, x, y, y_hat, z)"),
        (
            "{of: ▸2*neuron.L}",
            "this should be one number of a model (such as model.y_hat, model.grad.w or model.updated.w)",
        ),
        ("{of: neuron.L, format: ▸.2x}", "“.2x” is no format for a number; use one such as .2f,"),
        ("{of: neuron.L, expand: [▸zz]}", "“neuron” has no “zz” here (did you mean “z”?)"),
        ("{of: neuron.L, show: [▸symbol]}", "an entry of “show” should be one of: symbols, numbers, value (did"),
        ("{note: x}", "“equation” needs either a formula as “tex”, or “of” with a number of a model"),
        ("{tex: x, show: [value]}", "“equation” has “show”, “expand” or “format”, which go with “of”"),
        ("{of: ▸neuron.after(3).updated.w, show: [value]}", "training diverged"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """What has no equation is told at its place."""
    models = NEURON.replace("0.01", "1e200") if "diverged" in message else NEURON
    deck = Deck(tmp_path, with_content(f"- equation: {block.replace('▸', '')}", models))
    assert len(deck.messages) == 1
    found = deck.messages[0]
    column = 19 + block.index("▸") if "▸" in block else 9
    assert found.startswith(f"16:{column}: {message}"), found


@pytest.mark.parametrize(
    ("change", "of", "message"),
    [
        ("optimizer: {name: adam}", "m.updated.w", "a step of adam is not just w − η · ∂L/∂w"),
        ("optimizer: {name: sgd, weight_decay: 0.1}", "m.updated.w", "the model's steps are not just w − η · ∂L/∂w"),
        ("frozen: [w]", "m.updated.w", "“w” is frozen: no step changes it (take it out of “frozen”)"),
        ("loss: L", "m.grad.v", "the loss does not depend on “v”"),
    ],
)
def test_no_equation(tmp_path: Path, change: str, of: str, message: str) -> None:
    """A step that is more than plain gradient descent is not told as one."""
    models = f"models:\n  m: {{parameters: {{w: 0.5, v: 2}}, graph: {{L: w**2}}, {change}}}\n"
    (found,) = Deck(tmp_path, with_content(f"- equation: {{of: {of}}}", models)).messages
    assert message in found


def test_graphs_with_a_billion_paths_or_parts(tmp_path: Path) -> None:
    """Doubling paths take the local form at once, and what would be a million terms written out is refused."""
    lines = [f"a{i}: sin(a{i - 1} + b{i - 1}), b{i}: cos(a{i - 1} - b{i - 1})" for i in range(1, 31)]
    models = f"models:\n  m: {{parameters: {{a0: 0.5, b0: 0.1}}, graph: {{{', '.join(lines)}, L: a30}}}}\n"
    numbers = numbers_of(tmp_path, models)
    formula = written(numbers, "m.grad.a0", "symbols")
    assert formula.partition(" = ")[2] == (
        r"\frac{\partial L}{\partial a_1} \cdot \frac{\partial a_1}{\partial a_0}"
        r" {} + \frac{\partial L}{\partial b_1} \cdot \frac{\partial b_1}{\partial a_0}"
    )
    names = ", ".join(f"{letter}{i}" for i in range(1, 31) for letter in "ab")
    deck = Deck(tmp_path, with_content(f"- equation: {{of: m.L, expand: [{names}]}}", models))
    assert len(deck.messages) == 1


def test_a_saturated_output(tmp_path: Path) -> None:
    """A cross-entropy that is written through z has no chain through a, and says which one it has."""
    models = SIX.replace("[[0.3, 0.9]]", "[[900, 900]]").replace(
        "    learning_rate", "      loss: binary_cross_entropy\n    learning_rate"
    )
    (message,) = Deck(tmp_path, with_content("- equation: {of: six.grad.O5.a}", models)).messages
    assert message.endswith("(ask for six.grad.O5.z)")
    numbers = numbers_of(tmp_path, models)
    assert math.isfinite(printed(written(numbers, "six.grad.W35", "value").partition(r"\approx")[2]))


def test_one_line_or_rows() -> None:
    """What fits one line of a slide stays there; a step that is alone has nothing to be cut at."""
    assert Derivation("x", []).fits_one_line
