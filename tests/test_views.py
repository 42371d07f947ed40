"""Live blocks as they stand on the page before anything moves: controls, numbers, formulas, words."""

import json
from pathlib import Path

import pytest

from bpslides.model import BLOCKS
from bpslides.views import MODULES, view_of
from tests.decks import Deck, with_content

DEMO = """
- demo:
    model: neuron
    sliders:
      - {name: w, min: -1, max: 2, step: 0.05}
      - {name: learning_rate, min: 0, max: 1, label: rate}
    readouts:
      - {value: L, label: loss, format: .2f}
      - {value: grad.w, label: slope, format: '+.1f', tone: backward}
    plot: {variable: w, value: L, domain: [-1, 2]}
"""
# In one line, so that a mistake can be put in: L is line 16, the block begins in column 9.
SLIDERS = "sliders: [{name: w, min: 0, max: 1}]"
READOUTS = "readouts: [{value: L, label: k}]"
PLOT = "plot: {variable: w, value: L, domain: [0, 1]}"
REST = f"{READOUTS}, {PLOT}"
ARRAYS = "models:\n  m: {parameters: {w: [1, 2], b: 1}, graph: {z: w*2, L: sum(z) + b}}\n"


def test_every_view_is_where_it_is_looked_for() -> None:
    """Views are imported by their names, which nobody else checks; kinds without one only hold text."""
    assert set(MODULES) < set(BLOCKS)
    assert all(callable(view_of(kind)) for kind in MODULES)
    assert view_of("quote") is None


def test_demo(tmp_path: Path) -> None:
    """A demo shows the author's state: sliders where they begin, numbers in their formats, the curve of the loss."""
    demo = Deck(tmp_path, with_content(DEMO)).sound.page.one('[data-block="demo"]')
    w, rate = demo.all("input")
    assert (w.attributes["value"], w.attributes["min"], w.attributes["step"]) == ("0.5", "-1.0", "0.05")
    assert (rate.attributes["data-name"], rate.attributes["value"]) == ("learning_rate", "0.01")
    assert demo.texts('[data-role="slider"]') == ["0.50", "0.01"]
    assert demo.texts(".readout") == ["loss 0.81", "slope −3.6"]
    actions = [button.attributes["data-action"] for button in demo.all("button")]
    assert actions == ["step", "run", "undo", "redo", "reset", "digits", "help"]
    data = json.loads(demo.one("script.data").source)
    curve = data["spec"]["data"][0]
    loss = {round(x, 6): y for x, y in zip(curve["x"], curve["y"], strict=True)}
    assert loss[-1.0] == pytest.approx(4)
    assert loss[2.0] == pytest.approx((2 - 4.1) ** 2)
    assert data["trace"]["schema"] == 1


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            f"demo: {{model: neuron, sliders: [{{name: ▸v, min: 0, max: 1}}], {REST}}}",
            "“v” is no input or parameter of “neuron” (known here: b, learning_rate, w, x, y)",
        ),
        (
            f"demo: {{model: neuron, {SLIDERS}, readouts: [{{value: ▸K, label: k}}], {PLOT}}}",
            "“neuron” has no “K” here (known here: L, b, w, x, y, y_hat, z)",
        ),
        (
            f"demo: {{model: ▸nueron, {SLIDERS}, {REST}}}",
            "there is no model “nueron” (did you mean “neuron”?)",
        ),
        (
            f"demo: {{model: neuron, {SLIDERS}, {READOUTS}, {PLOT.replace(': L', ': ▸z')}}}",
            "the plot of a demo shows the loss, whose gradient is its tangent (use “L”)",
        ),
        (
            f"demo: {{model: neuron, {SLIDERS}, {READOUTS}, {PLOT.replace(': w', ': ▸z')}}}",
            "“neuron” has no “z” here (known here: b, w, x, y)",
        ),
        (
            "curve: {function: ▸log(x), domain: [-1, 1], at: -0.5}",
            "the function has no finite value at -0.5 (choose another “at”)",
        ),
        (
            "surface: {function: ▸x*z, domain: [-1, 1], at: [0, 0]}",
            "“z” is no variable here (the variables are x and y)",
        ),
        (
            "surface: {function: ▸x, variables: [x, x], domain: [-1, 1], at: [0, 0]}",
            "the variable “x” stands for two things",
        ),
        (
            "surface: {function: ▸log(x*y), domain: [-1, 1], at: [0, 0]}",
            "the function has no finite value at this point (choose another “at”)",
        ),
        (
            "surface: {function: ▸log(0.01 - x**2 - y**2), domain: [-5, 5], at: [0, 0], landscape: true}",
            "the function has hardly a finite value here (choose another “domain”)",
        ),
        (
            "figure: {surface: ▸log(0.01 - x**2 - y**2), domain: [-5, 5]}",
            "the function has hardly a finite value here (choose another “domain”)",
        ),
        ("callout: {text: a, icon: ▸targt}", "there is no icon “targt” (did you mean “target”?)"),
    ],
)
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """A block that cannot be made is told where ▸ points."""
    deck = Deck(tmp_path, with_content(f"- {block.replace('▸', '')}"))
    assert deck.messages == [f"16:{9 + block.index('▸')}: {message}"]


OF_B = PLOT.replace(": w", ": b")


@pytest.mark.parametrize(
    "settings",
    [
        f"{SLIDERS}, {READOUTS}, {OF_B}",
        f"{SLIDERS.replace(': w', ': b')}, readouts: [{{value: grad.w, label: k}}], {OF_B}",
        f"{SLIDERS.replace(': w', ': b')}, {REST}",
    ],
    ids=["slider", "readout", "plot"],
)
def test_arrays_have_no_slider(tmp_path: Path, settings: str) -> None:
    """A demo shows single numbers; an array is told, not shown."""
    (message,) = Deck(tmp_path, with_content(f"- demo: {{model: m, {settings}}}", ARRAYS)).messages
    assert message.endswith("“w” is an array, and a demo shows single numbers")


def test_array_of_a_line(tmp_path: Path) -> None:
    """Of a line that is an array, one number can be shown all the same."""
    settings = f"{SLIDERS.replace(': w', ': b')}, readouts: [{{value: z, label: z}}], {OF_B}"
    (message,) = Deck(tmp_path, with_content(f"- demo: {{model: m, {settings}}}", ARRAYS)).messages
    assert message.endswith("(name one of its numbers in a line of its own, such as one: z[0])")


def test_a_demo_of_any_optimizer(tmp_path: Path) -> None:
    """The page is told how the model is trained, optimizer and schedule, and shows the rate that it begins with."""
    training = "learning_rate: {name: step, rate: 0.2, size: 5}, optimizer: {name: momentum, momentum: 0.8}"
    models = f"models:\n  m: {{parameters: {{w: 1}}, graph: {{L: w**2}}, {training}}}\n"
    deck = Deck(tmp_path, with_content(f"- demo: {{model: m, {SLIDERS}, {REST}}}", models)).sound
    data = json.loads(deck.page.one("[data-block=demo] script.data").source)
    assert data["learningRate"] == 0.2
    assert data["trace"]["optimizer"]["parameters"] == {"momentum": 0.8, "weight_decay": 0.0}
    assert data["trace"]["schedule"]["name"] == "step"


BOWL = "function: 0.5*(W - 3)**2, domain: [-3, 9]"


def test_descent(tmp_path: Path) -> None:
    """Value and slope where the point begins, the formula, and a model that trains the variable."""
    deck = Deck(tmp_path, with_content(f"- descent: {{{BOWL}, symbol: E, start: 8}}")).sound
    block = deck.page.one("[data-block=descent]")
    assert block.texts("[data-role=readout]") == ["8", "12.5", "5"]
    data = json.loads(block.one("script.data").source)
    assert data["trace"]["parameters"] == ["W"]
    assert data["trace"]["optimizer"]["name"] == "sgd"
    assert [slider["name"] for slider in data["sliders"]] == ["W", "learning_rate"]


def test_a_descent_under_way(tmp_path: Path) -> None:
    """Steps that were taken already are in the numbers, the data of the page, and a table for pages without scripts."""
    momentum = "optimizer: {name: momentum, momentum: 0.5}"
    deck = Deck(tmp_path, with_content(f"- descent: {{{BOWL}, start: 8, steps: 2, {momentum}}}")).sound
    block = deck.page.one("[data-block=descent]")
    assert block.texts("[data-role=readout]") == ["6.8", "7.22", "3.8"]  # 8 − 0.1·5 = 7.5; 7.5 − 0.1·(0.5·5 + 4.5)
    walked = json.loads(block.one("script.data").source)["walked"]
    assert [x for x, _ in walked["path"]] == pytest.approx([8, 7.5, 6.8])
    assert walked["memories"]["W"] == {"velocity": pytest.approx(7.0)}
    assert block.texts("noscript td") == ["0", "1", "2", "8", "7.5", "6.8", "12.5", "10.12", "7.22"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (f"{BOWL}, start: 8, steps: 4, rate: 2.4, rates: [0.1, 3]", "after 4 steps the point is at 22.21, outside of"),
        ("function: exp(W), domain: [1, 9], start: 9, steps: 1, rate: 1", "outside of the domain (take fewer “steps”"),
        (
            "function: W**2, domain: [-3, 3], start: 3, steps: 60, rate: 1.0e+9, rates: [1, 1.0e+9]",
            "the point diverges at",
        ),
        (f"{BOWL}, start: 8, steps: 201", "“steps” should be at most 200"),
        (f"{BOWL}, start: 8, rate: 3", "the rate 3 is not between the 0.01 and 1 of its slider (widen “rates”)"),
        ("function: log(W), domain: [1, 9], start: -1", "log in value gives no finite number"),
        (f"{BOWL}, start: 8, optimizer: {{name: sgd, momentum: 0.9}}", "the optimizer sgd has no parameter 'momentum'"),
        ("function: a*b, domain: [1, 9], start: 1", "this has several variables: a, b"),
    ],
)
def test_a_descent_that_cannot_be(tmp_path: Path, settings: str, said: str) -> None:
    """What is wrong is told at its place."""
    (message,) = Deck(tmp_path, with_content(f"- descent: {{{settings}}}")).messages
    assert said in message


def test_training_calls_its_numbers_as_the_model_does(tmp_path: Path) -> None:
    """The readouts of a training carry the symbols that the model declares, and so need no other in the notation."""
    symbols = "symbols: {y: q, L: E}"
    models = f"models:\n  m: {{parameters: {{w: 1}}, graph: {{y: 2*w, L: y**2}}, {symbols}}}\n"
    deck = Deck(tmp_path, with_content("- training: {model: m, show: [y], steps: 3}", models)).sound
    labels = deck.page.one("[data-block=training]").texts(".readout-label")
    assert [label.replace(" ", "") for label in labels[1:]] == ["E", "q"]


COUNTED = "{{network: {{inputs: {{x: [1, 2]}}, targets: {{t: [1]}}, layers: [{{units: {}, {}}}, {{units: 1, {}}}]}}}}"


@pytest.mark.parametrize("units", [3, 8])
def test_drawing_of_counted_units(tmp_path: Path, units: int) -> None:
    """Units without names are drawn as empty circles, as long as there is room for them."""
    drawn = "weights: {init: he}"
    models = f"models:\n  m: {COUNTED.format(units, drawn, drawn)}\n"
    page = Deck(tmp_path, with_content("- network: {model: m}", models)).sound.page
    assert len(page.all("circle.unit")) == 2 + units + 1
    assert page.all("text.unit-name") == []


def test_too_many_units_to_draw(tmp_path: Path) -> None:
    """A layer that a drawing has no room for is told at the name of the model."""
    drawn = "weights: {init: he}"
    models = f"models:\n  m: {COUNTED.format(9, drawn, drawn)}\n"
    assert Deck(tmp_path, with_content("- network: {model: m}", models)).messages == [
        (
            "7:26: “m” has 9 units in a layer, and a drawing shows 8 at most "
            "(give “layers” instead of a “model”, such as [6, 4, 2])"
        )
    ]


def test_curve(tmp_path: Path) -> None:
    """A curve shows the function and its derivative as formulas, and both values at the author's point."""
    curve = Deck(
        tmp_path, with_content("- curve: {function: x**2, domain: [-2, 2], at: 1.5, symbol: E}")
    ).sound.page.one(".curve")
    assert ["".join(text.split()) for text in curve.texts(".formula")] == ["E(x)=x2", "E′(x)=2x"]
    assert curve.one('output[data-role="value"]').text == "2.250"
    assert curve.one('output[data-role="slope"]').text == "3.000"
    assert curve.one(".plot").attributes["aria-label"].startswith("Graph of x**2 with a point")


def test_surface(tmp_path: Path) -> None:
    """A surface shows both partial derivatives, as formulas and as numbers."""
    block = "surface: {function: x**2 + 2*y**2, domain: [-1, 1], at: [0.5, 0.3]}"
    surface = Deck(tmp_path, with_content(f"- {block}")).sound.page.one(".surface")
    assert surface.texts('output[data-role="slope"]') == ["1.000", "1.200"]
    assert surface.one('output[data-role="value"]').text == "0.430"
    assert surface.texts('output[data-role="at"]') == ["0.50", "0.30"]
    assert surface.one('[data-role="map"]').attributes["aria-label"].startswith("Heatmap of x**2 + 2*y**2 with")


def test_figure_without_scripts(tmp_path: Path) -> None:
    """Where no script runs, a plot is a table of values that is open; stars in the words for it are no Markdown."""
    page = Deck(tmp_path, with_content("- figure: {function: x**2, domain: [-2, 2], caption: A bowl}")).sound.page
    details = page.one("figure details[open]")
    assert details.texts("thead th") == ["x", "f(x)"]
    assert details.texts("tbody th") == ["−2", "−1.5", "−1", "−0.5", "0", "0.5", "1", "1.5", "2"]
    assert details.texts("tbody td") == ["4", "2.25", "1", "0.25", "0", "0.25", "1", "2.25", "4"]
    plot = page.one("figure .plot")
    assert plot.attributes["aria-details"] == details.attributes["id"]
    assert plot.attributes["aria-label"] == "Graph of x**2 for x from −2 to 2, with values from 0 to 4."
    assert details.one("p").text == plot.attributes["aria-label"]
    assert page.one("figcaption").text == "A bowl"


def test_numbers_in_the_words_for_a_figure(tmp_path: Path) -> None:
    """The author's words for a figure may hold numbers and marks, and come out as plain text."""
    blocks = [
        f"- figure: {{function: x**2, domain: [0, 1], alt: {ALT}}}",
        f"- curve: {{function: x**2, domain: [0, 1], at: 0, alt: {ALT}}}",
    ]
    page = Deck(tmp_path, with_content("\n".join(blocks))).sound.page
    assert [node.attributes["aria-label"] for node in page.all(".plot")] == ["Loss 0.81, really"] * 2


ALT = "'Loss {{ neuron.L | .2f }}, *really*'"


@pytest.mark.parametrize("domain", ["[0, 1.0e-9]", "[0, 0.001]", "[0, 3]", "[-1.0e+8, 1.0e+8]"])
def test_slider_steps_fit_the_domain(tmp_path: Path, domain: str) -> None:
    """A slider over any domain has some, and not endlessly many, positions."""
    page = Deck(tmp_path, with_content(f"- curve: {{function: x**2, domain: {domain}, at: 0}}")).sound.page
    slider = page.one("input").attributes
    positions = (float(slider["max"]) - float(slider["min"])) / float(slider["step"])
    assert 50 <= positions <= 5000


def test_a_point_may_come_from_a_model(tmp_path: Path) -> None:
    """`at` takes an expression, in braces or bare, so that the point of a figure cannot go stale."""
    for at in ("neuron.y_hat", "'{{ neuron.y_hat }}'"):
        deck = Deck(tmp_path, with_content(f"- curve: {{function: x**2, domain: [-2, 2], at: {at}}}")).sound
        assert deck.page.one(".curve output[data-role=at]").text == "1.10"
        assert deck.page.one(".curve output[data-role=slope]").text == "2.200"


def test_a_point_outside_of_the_domain_is_told(tmp_path: Path) -> None:
    """Nobody would see it."""
    deck = Deck(tmp_path, with_content("- curve: {function: x**2, domain: [-2, 2], at: 7}"))
    assert [message.partition(": ")[2] for message in deck.messages] == ["the point 7 is outside of the domain"]


def test_the_model_s_own_name_in_a_readout(tmp_path: Path) -> None:
    """Texts write neuron.y_hat, a demo only y_hat: the hint says what to leave out."""
    block = """
    - demo:
        model: neuron
        sliders: [{name: w, min: 0, max: 1}]
        readouts: [{value: neuron.y_hat, label: out}]
        plot: {variable: w, value: L, domain: [0, 1]}
    """
    (message,) = Deck(tmp_path, with_content(block)).messages
    assert "leave out “neuron.”" in message
