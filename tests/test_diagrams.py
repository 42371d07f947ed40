"""Drawings: every unit and every weight of a network, every node and edge of a graph, none on top of another."""

from pathlib import Path

import pytest

from bpslides.diagrams import graph, symbol
from bpslides.program import Program
from tests.decks import NEURON, Deck, with_content
from tests.pages import read
from tests.test_networks import SIX


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("w_1", "𝑤1"),
        ("w_{13}", "𝑤13"),
        (r"\hat{y}", "𝑦\u0302"),
        (r"\hat y", "𝑦\u0302"),
        (r"\sigma", "σ"),
        ("h", "ℎ"),
        ("L", "𝐿"),
    ],
)
def test_symbol(latex: str, text: str) -> None:
    """A symbol in a drawing looks as in a formula: italic, with a real subscript."""
    node = read(symbol(latex))
    assert node.text == text
    assert len(node.all("tspan.sub")) == ("_" in latex)


def test_symbol_is_escaped() -> None:
    """What a deck calls a symbol cannot become an element."""
    assert read(symbol("<b>x_<i>")).all("b") == []


def test_layers(tmp_path: Path) -> None:
    """A layered drawing has a circle per unit, a line per weight, the labels, and words for those who cannot see it."""
    block = "network: {layers: [3, 4, 4, 2], labels: [In, A, B, Out]}"
    svg = Deck(tmp_path, with_content(f"- {block}")).sound.page.one("figure.network svg")
    assert len(svg.all("circle.unit")) == 13
    assert [len(svg.all(f"circle.{kind}")) for kind in ("input", "hidden", "output")] == [3, 8, 2]
    assert len(svg.all("line.wire")) == 3 * 4 + 4 * 4 + 4 * 2
    assert svg.texts("text.layer-name") == ["In", "A", "B", "Out"]
    assert svg.attributes["role"] == "img"
    assert "3, 4, 4, 2 units" in svg.attributes["aria-label"]


@pytest.mark.parametrize(
    ("layers", "labels"),
    [
        ("[1]", "[x]"),
        ("[3, 1]", "[In, Out]"),
        ("[8, 8, 8, 8, 8, 8, 4]", ""),
        ("[2, 2]", "[A very long input, A long output]"),
    ],
)
def test_layers_have_room(tmp_path: Path, layers: str, labels: str) -> None:
    """No two units touch, nothing stands outside of the drawing, and few layers are not drawn wider than they need."""
    block = f"network: {{layers: {layers}{f', labels: {labels}' if labels else ''}}}"
    svg = Deck(tmp_path, with_content(f"- {block}")).sound.page.one("figure.network svg")
    width, height = map(float, svg.attributes["viewbox"].split()[2:])
    circles = [tuple(float(c.attributes[key]) for key in ("cx", "cy", "r")) for c in svg.all("circle.unit")]
    assert all(r < x < width - r and r < y < height - r for x, y, r in circles)
    assert all(abs(x - u) + abs(y - v) > 2 * r for i, (x, y, r) in enumerate(circles) for u, v, _ in circles[:i])
    assert width <= 1152
    assert width <= 160 * (len({x for x, _, _ in circles}) + 1) or "long" in labels
    assert min(r for _, _, r in circles) >= 18


def test_layers_of_a_model(tmp_path: Path) -> None:
    """The drawing of a model names its units."""
    svg = Deck(tmp_path, with_content("- network: {model: six, alt: 'Six weights'}", SIX)).sound.page.one("svg.layered")
    assert svg.texts("text.unit-name") == ["𝑥1", "𝑥2", "𝐻3", "𝐻4", "𝑂5"]
    assert svg.attributes["aria-label"] == "Six weights"


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("network: {model: nueron}", "16:26: there is no model “nueron” (did you mean “neuron”?)"),
        ("network: {model: neuron}", "16:26: “neuron” is a graph, not a layered network"),
    ],
)
def test_no_drawing(tmp_path: Path, block: str, message: str) -> None:
    """Only a layered network can be drawn in layers."""
    assert Deck(tmp_path, with_content(f"- {block}")).messages == [message]


@pytest.fixture(params=["neuron", "six"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    """The program of a graph and of a network."""
    models = NEURON + SIX.removeprefix("models:\n")
    return Deck(tmp_path, with_content("- x", models)).sound.site.numbers.programs[request.param]


def test_graph(program: Program) -> None:
    """Each name has a node inside of the canvas, away from all others, and each use an edge that points at its user."""
    layout = graph(program)
    assert sorted(node.name for node in layout.nodes) == sorted(program.names)
    for node in layout.nodes:
        assert layout.radius < node.x < layout.width - layout.radius + 6
        assert layout.radius < node.y < layout.height - layout.radius + 6
        for other in layout.nodes:
            if other is not node:
                assert (node.x - other.x) ** 2 + (node.y - other.y) ** 2 > (2 * layout.radius) ** 2, (node, other)
    places = {node.name: node.x for node in layout.nodes if node.kind in ("line", "loss", "input")}
    for edge in layout.edges:
        if edge.source in places:
            assert places[edge.source] < places[edge.target]
    assert {(edge.source, edge.target) for edge in layout.edges} >= {
        (program.names[0], next(iter(program.graph.lines)))
    }


def test_gradients_go_back(program: Program) -> None:
    """The edge of a gradient is the edge of the graph turned round, and runs beside it."""
    edge = graph(program).edges[0]
    back = edge.reversed()
    assert (back.source, back.target, back.x1, back.y2) == (edge.target, edge.source, edge.x2, edge.y1)
    left, right = edge.beside(5), edge.beside(-5)
    assert (left.x1 - right.x1) ** 2 + (left.y1 - right.y1) ** 2 == pytest.approx(100)
    assert len(edge.head.split()) == 3
