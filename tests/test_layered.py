"""Layered drawings with numbers in them: units apart, labels on their lines and out of each other's way."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpslides.layered import BADGE, SNUG_STILL, TALL, TALL_STILL, WIDE, WIDE_STILL, Canvas, Layout, Wire, lay_out, wires
from bpslides.text import Text
from tests.decks import Deck, with_content
from tests.layered_models import MODELS

CANVASES = {"wide": WIDE, "tall": TALL, "wide still": WIDE_STILL, "snug still": SNUG_STILL, "tall still": TALL_STILL}
SHAPES = {"2-2-1": [2, 2, 1], "2-3-1": [2, 3, 1], "2-2-2": [2, 2, 2], "3-4-2": [3, 4, 2]}


def drawn(shape: list[int], canvas: Canvas, *, end: str = "", biases: bool = False) -> Layout:
    """A network of this shape laid out."""
    layers = [[f"u{layer}_{row}" for row in range(count)] for layer, count in enumerate(shape)]
    wired = []
    for index in range(1, len(layers)):
        for unit in layers[index]:
            wired += [Wire(f"{source}>{unit}", source, unit) for source in layers[index - 1]]
            wired += [Wire(f"b{unit}", "", unit)] if biases else []
    return lay_out(layers, wired, canvas, end=end)


def overlaps(layout: Layout) -> list[tuple[str, str]]:
    """Pairs of labels that stand on one another, by more than the air around a number."""
    width, height = layout.canvas.label
    links = layout.links
    return [
        (a.wire.name, b.wire.name)
        for i, a in enumerate(links)
        for b in links[:i]
        if abs(a.label.x - b.label.x) < 0.8 * width and abs(a.label.y - b.label.y) < 0.8 * height
    ]


@pytest.mark.parametrize("end", ["", "loss"])
@pytest.mark.parametrize("canvas", CANVASES.values(), ids=CANVASES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_nothing_stands_on_anything(shape: list[int], canvas: Canvas, end: str) -> None:
    """Units lie inside and apart, each number on its own line, and on no other number."""
    layout = drawn(shape, canvas, end=end)
    radius = layout.canvas.radius
    below = BADGE[1] - 5 if layout.has_room else 0
    for unit in layout.units:
        assert radius <= unit.x <= layout.canvas.width - radius
        assert radius <= unit.y <= layout.height - radius - (below if unit.kind in ("hidden", "output") else 0)
        for other in layout.units:
            assert unit is other or (unit.x - other.x) ** 2 + (unit.y - other.y) ** 2 > (2 * radius + 8) ** 2
    assert len(layout.links) == sum(a * b for a, b in pairwise(shape))
    lift = layout.canvas.label[1] / 4 if layout.is_named else 0
    for link in layout.links:
        edge, x, y = link.edge, link.label.x, link.label.y + lift
        cross = (edge.x2 - edge.x1) * (y - edge.y1) - (edge.y2 - edge.y1) * (x - edge.x1)
        assert abs(cross) < 1e-6
        assert 0 <= x - layout.canvas.label[0] / 2 <= layout.canvas.width - layout.canvas.label[0]
    if not (end and canvas is SNUG_STILL):  # which no block draws
        assert overlaps(layout) == []


def test_many_units_are_seen_as_large_as_few() -> None:
    """A walk over four units in a layer, with biases, needs no more height than the slide has for it."""
    layout = drawn([3, 4, 2], WIDE, end="loss", biases=True)
    assert layout.height == WIDE.height
    assert layout.canvas.radius >= 30
    assert overlaps(layout) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.sampled_from(list(CANVASES.values())), st.booleans())
def test_any_shape(shape: list[int], canvas: Canvas, biases: bool) -> None:
    """Whatever the shape, lines run from rim to rim, and the canvas holds every unit."""
    layout = drawn(shape, canvas, end="loss", biases=biases)
    places = {unit.name: unit for unit in layout.units}
    for link in layout.links:
        unit = places[link.wire.unit]
        rim = ((link.edge.x2 - unit.x) ** 2 + (link.edge.y2 - unit.y) ** 2) ** 0.5
        assert rim == pytest.approx(layout.canvas.radius)
    assert [joint.source for joint in layout.joints] == [unit.name for unit in layout.units if unit.kind == "output"]
    assert max(unit.y for unit in layout.units) < layout.height
    assert max(unit.x for unit in layout.units) < layout.canvas.width


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_a_phone_has_the_loss_where_there_is_room(outputs: int) -> None:
    """Upright, the loss stands beside one output, between two, and below three."""
    layout = drawn([2, 2, outputs], TALL, end="loss")
    *_, end = layout.units
    row = [unit for unit in layout.units if unit.kind == "output"]
    assert (end.y == row[0].y) == (outputs < 3)
    if outputs == 2:
        assert row[0].x < end.x < row[1].x


def test_a_drawing_has_the_height_of_its_units() -> None:
    """Two units in a layer leave the rest of the slide to others, and so are drawn larger beside a text."""
    assert drawn([2, 2, 1], WIDE_STILL).height < 0.75 * WIDE_STILL.height


def test_names_of_weights(tmp_path: Path) -> None:
    """A weight is called as the deck says, or after its ends; a bias after its unit."""
    source = Deck(tmp_path, with_content("- x", MODELS)).sound.source

    def names(model: str) -> list[tuple[str, str, str]]:
        network = source.deck.models[Text(model)].network
        assert network is not None
        return [(wire.name, wire.source, wire.unit) for wire in wires(network)]

    assert names("six")[1:5:3] == [("W23", "x2", "H3"), ("W35", "H3", "O5")]
    assert names("wide")[:4] == [("W_x1_A", "x1", "A"), ("W_x2_A", "x2", "A"), ("W_x3_A", "x3", "A"), ("b_A", "", "A")]


def test_the_drawing_with_values(tmp_path: Path) -> None:
    """Activations inside the units, weights with their sign on lines that are wider for larger ones; all in a table."""
    page = Deck(tmp_path, with_content("- network: {model: six, values: true}", MODELS)).sound.page
    wide, _, tall = page.all("svg.layered")
    assert wide.texts(".unit-value") == ["0.35", "0.9", "0.6803", "0.6637", "0.6903"]
    assert wide.texts(".wire-number") == tall.texts(".wire-number") == ["+0.1", "+0.8", "+0.4", "+0.6", "+0.3", "+0.9"]
    assert wide.texts(".wire-name") == ["𝑊13", "𝑊23", "𝑊14", "𝑊24", "𝑊35", "𝑊45"]
    widths = [float(line.attributes["stroke-width"]) for line in wide.all(".size")]
    assert max(widths) == widths[5] == 10
    assert min(widths) == widths[0]
    assert page.texts(".sr-only td")[:5] == wide.texts(".unit-value")
    assert "[]" not in wide.attributes["aria-label"]


def test_signs(tmp_path: Path) -> None:
    """A negative weight has another colour and its minus; a weight of 0 is a dotted line."""
    models = MODELS.replace("[0.1, 0.8]", "[0, -0.8]")
    wide = Deck(tmp_path, with_content("- network: {model: six, values: true}", models)).sound.page.all("svg.wide")[0]
    kinds = [node.attributes["class"].split()[1] for node in wide.all("g.link")]
    assert kinds == ["zero", "negative", "positive", "positive", "positive", "positive"]
    assert wide.texts(".wire-number")[:2] == ["0", "−0.8"]


BATCH = (
    """\
models:
  m: {network: {inputs: [x], targets: [y], layers: [{units: [h], weights: [[1]]}], examples: EXAMPLES}}
  n: {network: {inputs: {x: [1, 2]}, targets: {y: [1]}, layers: [{units: 1, weights: [[1, 1]]}]}}
  o: {network: {inputs: {x: 1}, targets: {h: 1}, layers: [{units: [a, b, c, d, e, f, g], weights: I}, OUT]}}
""".replace("EXAMPLES", "{inputs: [[1], [2]], targets: [[1], [2]]}")
    .replace("OUT", "{units: [h], weights: I}")
    .replace(": I}", ": {init: he}}")
)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("network: {model: six, values: 3}", "should be true or false"),
        ("network: {layers: [2, 1], values: true}", "has “values” only of a “model”"),
        ("network: {model: m, values: true}", "“m” has several examples, and a unit shows a single number"),
        ("network: {model: n, values: true}", "the units of “n” have no names to be drawn with"),
        ("network: {model: o, values: true}", "“o” is too large to be drawn with its numbers"),
        ("walk: {model: m}", "“m” has several examples, and a unit shows a single number"),
    ],
)
def test_what_cannot_be_drawn(tmp_path: Path, block: str, message: str) -> None:
    """A network without single numbers, or too large for a slide, is told at its name."""
    (found,) = Deck(tmp_path, with_content(f"- {block}", BATCH + MODELS.removeprefix("models:\n"))).messages
    assert message in found
