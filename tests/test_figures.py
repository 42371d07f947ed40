"""Plot specs: the numbers that are drawn are the function's, and an author's own figure is checked."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpslides.figures import padded
from tests.decks import Deck, with_content


def spec(tmp_path: Path, block: str) -> Any:
    """What the page gets for the only block of a deck."""
    page = Deck(tmp_path, with_content(f"- {block}")).sound.page
    return json.loads(page.one("script.data").source)


def test_function(tmp_path: Path) -> None:
    """A plotted function is a line through its values, with the value and slope of the point on it."""
    data = spec(tmp_path, "figure: {function: x**2, domain: [-2, 2], at: 1.5}")
    trace = data["spec"]["data"][0]
    assert trace["type"] == "scatter"
    assert trace["y"] == pytest.approx([x**2 for x in trace["x"]], abs=1e-4)
    assert (trace["x"][0], trace["x"][-1]) == (-2, 2)
    assert (data["at"], data["value"], data["slope"]) == (1.5, 2.25, 3.0)


def test_function_of_a_model(tmp_path: Path) -> None:
    """A plotted function may use the numbers of a model."""
    trace = spec(tmp_path, "figure: {function: neuron.w*x, domain: [0, 2]}")["spec"]["data"][0]
    assert (trace["y"][0], trace["y"][-1]) == (0, 1)


def test_gaps(tmp_path: Path) -> None:
    """Where a function has no finite value there is a gap, and the range is that of the rest."""
    data = spec(tmp_path, "figure: {function: log(x), domain: [-1, 1]}")["spec"]
    ys = data["data"][0]["y"]
    assert ys[:90] == [None] * 90
    assert None not in ys[91:]
    low, high = data["layout"]["yaxis"]["range"]
    assert low < min(ys[91:]) < high


def test_heatmap(tmp_path: Path) -> None:
    """A surface has a value for every point of its grid, rows from bottom to top."""
    spec_ = spec(tmp_path, "surface: {function: x**2 + 2*y**2, domain: [-1, 1], domain_y: [0, 2], at: [0.5, 0.3]}")[
        "spec"
    ]
    trace = spec_["data"][0]
    for y, row in zip(trace["y"], trace["z"], strict=True):
        assert row == pytest.approx([x**2 + 2 * y**2 for x in trace["x"]], abs=1e-4)
    assert (trace["zmin"], trace["zmax"]) == (0, 9)


def test_written_figure(tmp_path: Path) -> None:
    """A Plotly figure arrives as it was written."""
    data = spec(tmp_path, "figure: {data: [{type: bar, x: [a, 010], y: [1.50, null]}], layout: {barmode: group}}")
    assert data["spec"] == {
        "data": [{"type": "bar", "x": ["a", 10], "y": [1.5, None]}],
        "layout": {"barmode": "group"},
    }


PLOTLY = (
    "Plotly refuses this figure: Invalid property specified for object of type Layout: 'titel' "
    '(Did you mean "title"?)'
)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("figure: {data: [{type: ▸scattr}]}", "there is no trace “scattr” here (did you mean “scatter”?)"),
        ("figure: {data: [{type: ▸pie}]}", "there is no trace “pie” here (known here: bar, contour, heatmap, scatter)"),
        ("figure: {data: [{x: [1]}], layout: {▸titel: a}}", PLOTLY),
        ("figure: {data: [{y: [1, ▸.nan]}]}", "should be a finite number (an empty entry leaves a gap in a line)"),
        ("figure: {data: [{y: [1, ▸1e999]}]}", "should be a finite number (an empty entry leaves a gap in a line)"),
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
    ],
)
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """What cannot be plotted is told where ▸ points, and leaves a mark on the slide."""
    deck = Deck(tmp_path, with_content(f"- {block.replace('▸', '')}"))
    assert deck.messages == [f"16:{9 + block.index('▸')}: {message}"]
    assert deck.page.texts(".broken") == ["This figure could not be made."]


@given(st.lists(st.floats(-1e6, 1e6)))
@example([5e-324])
def test_padded(values: list[float]) -> None:
    """A range holds all values strictly, also when there is one or none."""
    low, high = padded(values)
    assert low < high
    assert all(low < value < high for value in values)
