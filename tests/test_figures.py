"""The forms of a figure: what is drawn is what the models give, and the words and the table say the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpslides.figures.mesh import ticks
from bpslides.figures.specs import padded, step_ticks
from tests.decks import Deck, with_content
from tests.pages import Node

QUICK = """\
models:
  slow: {parameters: {w: 1}, graph: {L: w**2}, learning_rate: 0.1}
  quick: {parameters: {w: 1}, graph: {L: w**2}, learning_rate: 0.4}
  wild: {parameters: {w: 2}, graph: {L: w**4}, learning_rate: 9}
  vector: {parameters: {v: [1, -2]}, graph: {p: v*v, L: sum(p)}}
"""


def figure(tmp_path: Path, block: str, models: str = "") -> Node:
    """The only figure of a deck, which must be sound."""
    content = with_content(f"- figure: {block}", models) if models else with_content(f"- figure: {block}")
    return Deck(tmp_path, content).sound.page.one(".figure")


def data(node: Node) -> Any:
    """What the page gets for a figure."""
    return json.loads(node.one("script.data").source)


def alt(node: Node) -> str:
    """The words for a figure."""
    return node.one(".plot").attributes["aria-label"]


def rows(node: Node) -> list[list[str]]:
    """The table of a figure, with its header."""
    return [[cell.text for cell in row.children if isinstance(cell, Node)] for row in node.all("tr")]


def test_function(tmp_path: Path) -> None:
    """A plotted function is a line through its values, with the value and slope of the point on it."""
    found = figure(tmp_path, "{function: x**2, domain: [-2, 2], at: 1.5}")
    trace = data(found)["spec"]["data"][0]
    assert trace["type"] == "scatter"
    assert trace["y"] == pytest.approx([x**2 for x in trace["x"]], abs=1e-4)
    assert (trace["x"][0], trace["x"][-1]) == (-2, 2)
    assert data(found)["points"] == [[1.5, 2.25]]
    assert data(found)["lines"] == [{"kind": "tangent", "x": 1.5, "y": 2.25, "slope": 3.0}]
    assert alt(found).endswith("At x = 1.5 the value is 2.25, and the tangent has the slope 3.")
    assert found.one(".plot").attributes["data-y-label"] == "f(x)"


def test_function_of_a_model(tmp_path: Path) -> None:
    """A plotted function may use the numbers of a model."""
    trace = data(figure(tmp_path, "{function: neuron.w*x, domain: [0, 2]}"))["spec"]["data"][0]
    assert (trace["y"][0], trace["y"][-1]) == (0, 1)


def test_gaps(tmp_path: Path) -> None:
    """Where a function has no finite value there is a gap, and the range is that of the rest."""
    spec = data(figure(tmp_path, "{function: log(x), domain: [-1, 1]}"))["spec"]
    ys = spec["data"][0]["y"]
    assert ys[:90] == [None] * 90
    assert None not in ys[91:]
    low, high = spec["layout"]["yaxis"]["range"]
    assert low < min(ys[91:]) < high


def test_secant(tmp_path: Path) -> None:
    """A secant goes through two points of the curve; places may come from models."""
    found = figure(tmp_path, "{function: x**2, domain: [0, 3], secant: [neuron.w, 2.5]}")
    assert data(found)["points"] == [[0.5, 0.25], [2.5, 6.25]]
    assert data(found)["lines"] == [{"kind": "secant", "x": 0.5, "y": 0.25, "slope": 3.0}]
    assert "The secant through x = 0.5 and 2.5 has the slope 3." in alt(found)


def test_area(tmp_path: Path) -> None:
    """An area is the integral: above the axis and below it are drawn apart, and the axis itself is in sight."""
    found = figure(tmp_path, "{function: x**2 - 1, domain: [-2, 2], area: [0, 2]}")
    above, below, curve = data(found)["spec"]["data"]
    assert (above["meta"], below["meta"]) == ({"area": "forward"}, {"area": "backward"})
    assert all(y >= 0 for y in above["y"])
    assert min(below["y"]) == -1
    assert max(below["y"]) == 0
    assert (above["x"][0], above["x"][-1], curve["x"][0]) == (0, 2, -2)
    assert alt(found).endswith("The area from 0 to 2 is 0.6667.")
    high = data(figure(tmp_path, "{function: 5 + x, domain: [0, 1], area: [0, 1]}"))["spec"]
    assert high["layout"]["yaxis"]["range"][0] == 0


def test_functions(tmp_path: Path) -> None:
    """Several functions have a legend, and each line a dash and a tone of its own."""
    block = "{functions: [tanh(x), {function: relu(x), label: 'at {{ neuron.w }}', tone: muted}], domain: [-1, 1]}"
    found = figure(tmp_path, block)
    spec = data(found)["spec"]
    assert [trace["name"] for trace in spec["data"]] == ["tanh(x)", "at 0.5"]
    assert [trace["meta"]["tone"] for trace in spec["data"]] == ["forward", "muted"]
    assert len({trace["line"]["dash"] for trace in spec["data"]}) == 2
    assert spec["layout"]["showlegend"]
    assert rows(found)[0] == ["x", "tanh(x)", "at 0.5"]
    assert rows(found)[1] == ["−1", "−0.7616", "0"]
    assert alt(found) == (
        "Graphs of 2 functions for x from −1 to 1: tanh(x) from −0.7616 to 0.7616; at 0.5 from 0 to 1."
    )


@pytest.mark.parametrize("contours", ["true", "false"])
def test_heatmap(tmp_path: Path, contours: str) -> None:
    """A heatmap has a value for every point of its grid, rows from bottom to top, and a scale."""
    block = f"{{heatmap: x**2 + 2*y**2, domain: [-1, 1], domain_y: [0, 2], at: [0.5, 1], contours: {contours}}}"
    found = figure(tmp_path, block)
    (trace,) = data(found)["spec"]["data"]
    for y, row in zip(trace["y"], trace["z"], strict=True):
        assert row == pytest.approx([x**2 + 2 * y**2 for x in trace["x"]], abs=1e-4)
    assert trace["type"] == ("contour" if contours == "true" else "heatmap")
    assert trace["showscale"]
    assert data(found)["points"] == [[0.5, 1]]
    assert "the lowest value is about 0, at x = 0 and y = 0;" in alt(found)
    assert alt(found).endswith("The marked point is at x = 0.5 and y = 1, with the value 2.25.")
    assert rows(found)[0] == ["y \\ x", "−1", "−0.5", "0", "0.5", "1"]
    assert rows(found)[1] == ["2", "9", "8.25", "8", "8.25", "9"]
    assert rows(found)[-1][0] == "0"


def test_surface_block(tmp_path: Path) -> None:
    """The block to play with gets the same grid."""
    block = "- surface: {function: x**2 + 2*y**2, domain: [-1, 1], domain_y: [0, 2], at: [0.5, 0.3]}"
    page = Deck(tmp_path, with_content(block)).sound.page
    trace = json.loads(page.one("script.data").source)["spec"]["data"][0]
    for y, row in zip(trace["y"], trace["z"], strict=True):
        assert row == pytest.approx([x**2 + 2 * y**2 for x in trace["x"]], abs=1e-4)
    assert (trace["zmin"], trace["zmax"]) == (0, 9)


def test_surface_block_from_the_side(tmp_path: Path) -> None:
    """On request a landscape comes along, and the page learns where its points stand."""
    block = "surface: {function: x + 10*y, domain: [0, 1], domain_y: [0, 2], at: [0.25, 1.5], landscape: true}"
    found = Deck(tmp_path, with_content(f"- {block}")).sound.page.one(".surface")
    told = json.loads(found.one("script.data").source)["landscape"]
    assert told["ranges"] == [[0, 1], [0, 2], [0, 21]]
    shares = (0.25, 0.75, 15.25 / 21)
    where = [
        start + sum(share * axis[pixel] for share, axis in zip(shares, told["axes"], strict=True))
        for pixel, start in enumerate(told["origin"])
    ]
    dot = found.one(".landscape svg circle.dot").attributes
    assert where == pytest.approx([float(dot["cx"]), float(dot["cy"])], abs=0.1)
    assert found.one('button[data-action="side"]').attributes["aria-pressed"] == "false"
    plain = Deck(tmp_path, with_content("- " + block.replace(", landscape: true", ""))).sound.page
    assert not plain.all(".landscape, [data-action=side]")


def test_surface(tmp_path: Path) -> None:
    """A landscape is drawn in the page itself: every cell with the colour of its height, far ones first."""
    found = figure(tmp_path, "{surface: x + 10*y, domain: [0, 1], at: [1, 0], x_label: '<b>'}")
    drawing = found.one("svg.mesh")
    cells = [node for node in drawing.all("path") if node.attributes["class"].startswith("level")]
    assert len(cells) == 24 * 24
    levels = [int(cell.attributes["class"].removeprefix("level-")) for cell in cells]
    assert (levels[0], levels[-1]) == (11, 1)  # the far corner is at (0, 1), the near one at (1, 0)
    assert set(levels) == set(range(13))
    assert len(drawing.all("circle")) == 1
    assert "<b>" in drawing.texts("text")
    assert found.all("script.data") == []
    assert alt(found).startswith(
        "Surface of x + 10*y for x from 0 to 1 and y from 0 to 1: the lowest value is about 0,"
    )
    box = [float(number) for number in drawing.attributes["viewbox"].split()]
    for cell in cells:
        numbers = [float(n) for n in cell.attributes["d"].strip("MZ").replace("L", " ").split()]
        assert all(0 <= x <= box[2] for x in numbers[::2])
        assert all(0 <= y <= box[3] for y in numbers[1::2])


def test_surface_with_gaps(tmp_path: Path) -> None:
    """Cells without a value are left out; a flat one is drawn, too."""
    cells = figure(tmp_path, "{surface: log(x) + y, domain: [-1, 1]}").all("svg path")
    assert 200 < len(cells) < 24 * 24
    assert figure(tmp_path, "{surface: 0*x*y, domain: [-1, 1]}").all(".level-6")


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks(low: float, width: float) -> None:
    """An axis has a few round numbers, in order and inside of it."""
    found = ticks((low, low + width))
    assert 1 <= len(found) <= 6
    assert found == sorted(found)
    slack = width * 1e-3 + abs(low) * 1e-5
    assert low - slack <= found[0]
    assert found[-1] <= low + width + slack


def test_training(tmp_path: Path) -> None:
    """A course is the value after each step; several models share a plot with a legend."""
    found = figure(tmp_path, "{training: [slow, quick], steps: 20, log: true}", QUICK)
    spec = data(found)["spec"]
    assert [trace["name"] for trace in spec["data"]] == ["slow", "quick"]
    assert spec["data"][0]["y"][:3] == pytest.approx([1, 0.64, 0.4096])
    assert spec["data"][1]["y"][:2] == pytest.approx([1, 0.04])
    assert spec["layout"]["yaxis"]["type"] == "log"
    assert rows(found)[:2] == [["step", "slow", "quick"], ["0", "1", "1"]]
    assert rows(found)[-1][0] == "20"
    assert alt(found).startswith("Training over 20 steps: slow goes from 1 to 0.0001329, with values from")
    assert found.one(".plot").attributes["data-y-label"] == "L"


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (1, [0, 1]),
        (7, [0, 2, 4, 6, 7]),
        (25, [0, 5, 10, 15, 20, 25]),
        (101, [0, 20, 40, 60, 80, 101]),
        (170, [0, 50, 100, 150, 170]),
    ],
)
def test_steps_below_a_training(last: int, ticks: list[int]) -> None:
    """The axis of the steps has round numbers, and always its last one, which none stands too close to."""
    assert step_ticks(last) == ticks


def test_a_logarithmic_axis_has_powers_of_ten(tmp_path: Path) -> None:
    """Powers of ten where there are several, at most half a dozen; the numbers between them where there are not."""
    every = [
        data(figure(tmp_path, f"{{training: {model}, steps: {steps}, log: true}}", QUICK))["spec"]["layout"][
            "yaxis"
        ].get("dtick")
        for model, steps in (("slow", 2), ("slow", 20), ("quick", 20))
    ]
    assert every[:2] == [None, 1]
    assert every[2] > 1


def test_training_of_several_values(tmp_path: Path) -> None:
    """What is followed may be a gradient; a long course is thinned, and keeps both ends."""
    found = figure(tmp_path, "{training: slow, over: [w, grad.w], steps: 1000, labels: [weight, slope]}", QUICK)
    weight, slope = data(found)["spec"]["data"]
    assert (weight["name"], slope["name"]) == ("weight", "slope")
    assert slope["y"][0] == 2
    assert (weight["x"][0], weight["x"][-1]) == (0, 1000)
    assert len(weight["x"]) < 500
    unnamed = data(figure(tmp_path, "{training: slow, over: [w, grad.w], steps: 2}", QUICK))["spec"]["data"]
    assert [trace["name"] for trace in unnamed] == ["w", "∂L/∂w"]


def test_bars(tmp_path: Path) -> None:
    """Bars have a name and a printed value; negative ones are in the tone of backward, with their sign."""
    found = figure(tmp_path, "{bars: [neuron.grad.w, neuron.w, '{{ 2*neuron.w }}', {label: mine, value: 3}]}")
    (trace,) = data(found)["spec"]["data"]
    assert trace["y"] == [-3.6, 0.5, 1.0, 3.0]
    assert trace["text"] == ["−3.6", "+0.5", "+1", "+3"]
    assert trace["meta"]["tones"] == ["backward", "forward", "forward", "forward"]
    low, high = data(found)["spec"]["layout"]["yaxis"]["range"]
    assert low < -3.6 < 3 < high
    assert rows(found)[1:] == [["neuron: ∂L/∂w", "−3.6"], ["neuron: w", "+0.5"], ["2*neuron.w", "+1"], ["mine", "+3"]]
    assert alt(found) == "Bar chart. neuron: ∂L/∂w −3.6; neuron: w +0.5; 2*neuron.w +1; mine +3."


def test_bars_of_one_model(tmp_path: Path) -> None:
    """Where all bars are of one model its name is left out; an array gives a bar for each number."""
    found = figure(tmp_path, "{bars: [vector.v, vector.L], format: .1f}", QUICK)
    assert rows(found)[1:] == [["v[0]", "1.0"], ["v[1]", "−2.0"], ["L", "5.0"]]
    positive = data(figure(tmp_path, "{bars: [slow.w, slow.L]}", QUICK))["spec"]
    assert positive["data"][0]["text"] == ["1", "1"]
    assert positive["layout"]["yaxis"]["range"][0] == 0


def test_every_form_has_words_and_numbers(tmp_path: Path) -> None:
    """The author's words come first, and the numbers stay."""
    for block in ("function: x", "functions: [x]", "heatmap: x*y", "surface: x*y"):
        found = figure(tmp_path, f"{{{block}, domain: [0, 1], alt: 'Up to {{{{ neuron.w }}}}.'}}")
        assert alt(found) == "Up to 0.5."
        assert len(rows(found)) > 2


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (
            "figure: {function: ▸x*y, domain: [0, 1]}",
            "this has several variables: x, y (say which one moves: variable: x)",
        ),
        ("figure: {function: ▸3, domain: [0, 1]}", "this has no variable (such as x in x**2)"),
        ("figure: {function: x +▸, domain: [0, 1]}", "the expression stops too early (a name or a number is missing)"),
        (
            "figure: {function: '▸[x, x]', domain: [0, 1]}",
            "a plotted function gives a single number, not an array (take sum(…), or [0])",
        ),
        (
            "figure: {function: ▸x < 1, domain: [0, 1]}",
            "a comparison cannot be part of a graph (use it in text, tables or claims)",
        ),
        (
            "figure: {function: ▸2*value, domain: [0, 1]}",
            "“value” is what the function itself is called here; choose another name for the variable",
        ),
        (
            "figure: {function: ▸2*x, variable: grad, domain: [0, 1]}",
            "“grad” is reserved: it stands for something in model.grad; choose another name",
        ),
        (
            "figure: {function: ▸neuron.v*x, domain: [0, 1]}",
            "“neuron” has no “v” (known here: L, b, w, x, y, y_hat, z)",
        ),
        (
            "figure: {function: ▸log(x), domain: [-2, -1]}",
            "the function has no finite value here (choose another “domain”)",
        ),
        ("figure: {function: x, domain: [0, 1], at: ▸neuron.x}", "the point 2 is outside of the domain"),
        ("figure: {function: ▸x, domain: [0, 1], at: 7}", "the point 7 is outside of the domain"),
        ("figure: {function: ▸log(x), domain: [-1, 1], at: -1}", "the function has no finite value at -1"),
        (
            "figure: {function: ▸sqrt(x), domain: [0, 1], at: 0}",
            "the function has no tangent at 0 (choose another “at”)",
        ),
        (
            "figure: {function: ▸x, domain: [0, 1], secant: [1, 1]}",
            "a secant needs two places, not the same twice",
        ),
        (
            "figure: {function: ▸1/x, domain: [-1, 1], area: [-1, 1]}",
            "the function has a gap inside of the area (choose another “area”)",
        ),
        (
            "figure: {function: ▸x, domain: [-1, 1], area: [1, 0]}",
            "an area runs from left to right (choose another “area”)",
        ),
        (
            "figure: {functions: [x, ▸t], domain: [0, 1]}",
            "this is a function of t, and the first one of x (functions in one plot share their variable)",
        ),
        (
            "figure: {functions: [x, ▸log(x)], domain: [-2, -1]}",
            "the function has no finite value here (choose another “domain”)",
        ),
        ("figure: {heatmap: ▸x*t, domain: [0, 1]}", "“t” is no variable here (the variables are x and y)"),
        (
            "figure: {heatmap: ▸log(x*y - 0.9), domain: [0, 0.5]}",
            "the function has no finite value here (choose another “domain”)",
        ),
        ("figure: {surface: x*y, domain: [0, 1], at: [▸neuron.x, 0]}", "the point 2 is outside of the domain"),
        (
            "figure: {surface: ▸log(x*y), domain: [0, 1], at: [0, 0]}",
            "the function has no finite value at this point (choose another “at”)",
        ),
        ("figure: {training: ▸neurone}", "there is no model “neurone” (did you mean “neuron”?)"),
        (
            "figure: {training: neuron, over: ▸K}",
            "“neuron” has no “K” here (known here: L, b, w, x, y, y_hat, z)",
        ),
        (
            "figure: {training: neuron, over: ▸grad.w, log: true}",
            "“grad.w” is −3.6 at step 0, which has no place on a logarithmic axis (leave out “log”)",
        ),
        ("figure: {bars: [▸neuron.v]}", "“neuron” has no “v” (known here: L, b, w, x, y, y_hat, z)"),
        ("figure: {bars: [▸neuron.w < 3]}", "this is true or false, and should be a number"),
        ("figure: {bars: ['▸[[1, 2], [3, 4]]']}", "this is an array of arrays (take one of its rows, as in x[0])"),
        (
            "figure: {bars: [neuron.w], format: ▸.2q}",
            "“.2q” is no format for a number; use one such as .2f, +.3f, .3e, .1%, .4g, .3s or d",
        ),
    ],
)
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """What cannot be plotted is told where ▸ points, and leaves a mark on the slide."""
    deck = Deck(tmp_path, with_content(f"- {block.replace('▸', '')}"))
    assert deck.messages == [f"16:{9 + block.index('▸')}: {message}"]
    assert deck.page.texts(".broken") == ["This figure could not be made."]


def test_labels_of_an_array_of_bars(tmp_path: Path) -> None:
    """Each number of an array may have a name of its own."""
    block = "{bars: [{value: vector.p, label: [first, 'second {{ slow.w }}']}, slow.w]}"
    found = figure(tmp_path, block, QUICK)
    assert rows(found)[1:] == [["first", "1"], ["second 1", "4"], ["slow: w", "1"]]
    wrong = "- figure: {bars: [{value: vector.p, label: [first]}]}"
    (message,) = Deck(tmp_path, with_content(wrong, QUICK)).messages
    assert message.endswith("these are 1 labels for 2 bars")


def test_training_that_diverges(tmp_path: Path) -> None:
    """A model that leaves the finite numbers on the way is told, at its name."""
    (message,) = Deck(tmp_path, with_content("- figure: {training: wild}", QUICK)).messages
    assert "“wild” cannot be trained for 100 steps: " in message


def test_training_of_an_array(tmp_path: Path) -> None:
    """A line shows single numbers."""
    (message,) = Deck(tmp_path, with_content("- figure: {training: vector, over: p}", QUICK)).messages
    assert message.endswith("“p” is an array, and a line shows single numbers (such as the loss, or p[0])")


def test_training_of_elements(tmp_path: Path) -> None:
    """One number of an array is a line, and so is its gradient."""
    found = figure(tmp_path, "{training: vector, over: ['v[0]', 'grad.v[-1]'], steps: 2}", QUICK)
    first, slope = data(found)["spec"]["data"]
    assert (first["name"], slope["name"]) == ("v[0]", "∂L/∂v[-1]")
    assert (first["y"][0], slope["y"][0]) == (1, -4)
    (message,) = Deck(tmp_path, with_content("- figure: {training: vector, over: 'v[2]'}", QUICK)).messages
    assert "v has no element [2]" in message


@pytest.mark.parametrize(
    ("block", "names"),
    [
        ("figure: {function: ▸neuron.w, variable: x, domain: [0, 1]}", "x"),
        ("figure: {heatmap: ▸3 + 2, domain: [0, 1]}", "x or y"),
        ("figure: {surface: ▸3, domain: [0, 1]}", "x or y"),
        ("curve: {function: ▸2*neuron.w, variable: t, domain: [0, 1], at: 0}", "t"),
        ("surface: {function: ▸3, domain: [0, 1], at: [0, 0]}", "x or y"),
    ],
)
def test_functions_of_nothing(tmp_path: Path, block: str, names: str) -> None:
    """A function that is the same everywhere is drawn, and told; a level line among others is meant."""
    (message,) = Deck(tmp_path, with_content(f"- {block.replace('▸', '')}")).messages
    assert message.startswith(
        f"16:{9 + block.index('▸')}: warning: "
        f"this function does not depend on {names}: it has the same value everywhere"
    )
    level = (
        "- figure: {functions: [x**2, 1 - 0.5], variable: x, domain: [0, 1]}\n- figure: {heatmap: x**2, domain: [0, 1]}"
    )
    assert Deck(tmp_path, with_content(level)).messages == []


@given(st.lists(st.floats(-1e6, 1e6)))
@example([5e-324])
@example([1e6, 999999.9999999999])
def test_padded(values: list[float]) -> None:
    """A range holds all values strictly, also when there is one or none."""
    low, high = padded(values)
    assert low < high
    assert all(low < value < high for value in values)
