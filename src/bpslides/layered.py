"""Layered networks laid out for drawing: units, the lines between them, and a place on each line for a number.

``lay_out(layers, wires, WIDE)`` gives a :class:`Layout`. Labels of lines that cross are put at different places along
them, so that no two numbers stand on one another. A drawing comes in several shapes: ``WIDE`` has its layers from left
to right, ``TALL``, for phones, from top to bottom.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from bpslides.diagrams import GraphEdge, Point
from bpslides.model import Network
from bpslides.networks import bias_name, unit_names, weight_name


@dataclass(frozen=True)
class Wire:
    """A weight from ``source`` to ``unit``, or, with an empty ``source``, the unit's bias."""

    name: str
    source: str
    unit: str


def wires(network: Network) -> list[Wire]:
    """Every weight and bias of a network with named units, in the order of the deck."""
    found = []
    for layer, (before, units) in zip(network.layers, pairwise(unit_names(network)), strict=True):
        for row, unit in enumerate(units):
            for column, source in enumerate(before):
                found.append(Wire(str(weight_name(layer, row, column, source)), source, unit))
            if layer.biases is not None:
                found.append(Wire(str(bias_name(layer, row)), "", unit))
    return found


@dataclass(frozen=True)
class Canvas:
    """The shape of a drawing: its size, that of a unit, and that of the number on a line; ``kind`` is its CSS class."""

    kind: str
    width: float
    height: float
    radius: float
    label: tuple[float, float]

    @property
    def upright(self) -> bool:
        """Whether its layers go from top to bottom."""
        return self.kind == "tall"


WIDE = Canvas("wide", 712, 336, 41, (98, 24))
TALL = Canvas("tall", 440, 440, 36, (84, 22))
#: With the whole slide for itself, or a column of it, and without a δ below each unit.
WIDE_STILL = Canvas("wide", 1152, 420, 48, (110, 28))
SNUG_STILL = Canvas("snug", 600, 420, 46, (90, 28))
TALL_STILL = Canvas("tall", 440, 540, 40, (84, 26))
#: So many lines also show what their weights are called, in a wide drawing.
MAX_NAMED = 6


@dataclass(frozen=True)
class Unit:
    """A unit and where it stands. ``kind``: input, hidden, output, or end, which is the loss."""

    name: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Link:
    """A wire as it is drawn, from rim to rim, and where the middle of its number is."""

    wire: Wire
    edge: GraphEdge
    label: Point


@dataclass(frozen=True)
class Layout:
    """A network laid out on a canvas; ``height`` is that of the canvas, or more where the units need it."""

    canvas: Canvas
    height: float
    units: list[Unit]
    links: list[Link]
    joints: list[GraphEdge]
    """From the output units to the loss."""
    is_named: bool
    """Whether there is room for the name of a weight above its number."""
    has_room: bool
    """Whether a δ stands below its unit; else the unit gets a ring."""


#: How far above (or beside) its unit a bias comes from.
STUB = 26.0
#: The same where many units stand close, and the least room between two of them.
SHORT_STUB, AIR = 14.0, 9.0
#: How wide a number is where there are so many units: it has a digit less.
LABEL_OF_MANY = 84.0
#: What stands below each unit of a walk: its δ, in a box of this size that begins a little above the rim.
BADGE = (116.0, 24.0)
#: With more units in a layer there is no room for that, and units are smaller.
ROOMY = 3
#: Down to this size, so that a number has room in it: with still more units the drawing grows, and is seen smaller.
SMALLEST = 30.0
#: The way to the loss is shorter than that from layer to layer, and still shorter where many numbers want room.
LAST_STEP, LAST_STEP_OF_MANY = 0.72, 0.5


def lay_out(layers: list[list[str]], wired: list[Wire], canvas: Canvas, *, end: str = "") -> Layout:
    """Lay a network out. ``layers`` are the names of the units, inputs first; ``end`` is the name of the loss."""
    is_named = not canvas.upright and len(wired) <= MAX_NAMED
    if is_named:
        canvas = replace(canvas, label=(canvas.label[0], 2 * canvas.label[1]))
    roomy = max(map(len, layers)) <= ROOMY
    badge = BADGE[1] - 4 if end and roomy else 0.0
    stub = STUB if any(not wire.source for wire in wired) else 0.0
    if end and not roomy:
        stub = min(stub, SHORT_STUB)
        fits = (canvas.height / max(map(len, layers)) - AIR - stub) / 2
        radius = 0.85 * canvas.radius if canvas.upright else max(min(0.85 * canvas.radius, fits), SMALLEST)
        canvas = replace(canvas, radius=radius, label=(LABEL_OF_MANY, canvas.label[1]))
    place = _upright if canvas.upright else _lying
    places, height = place(layers, end, canvas, badge, stub)
    kinds = ["input", *["hidden"] * (len(layers) - 2), "output", "end"]
    units = [
        Unit(name, kind, *places[name])
        for kind, names in zip(kinds, [*layers, [end] if end else []], strict=True)
        for name in names
    ]
    boxes = [
        Point(x, y + canvas.radius + BADGE[1] / 2 - 5) for (x, y) in (places[n] for names in layers[1:] for n in names)
    ]
    edges = [_edge(wire, places, canvas, stub) for wire in wired]
    lift = canvas.label[1] / 4 if is_named else 0.0
    labels = _labels(edges, list(places.values()), boxes if badge else [], canvas, lift)
    links = [Link(wire, edge, label) for wire, edge, label in zip(wired, edges, labels, strict=True)]
    joints = [_between(name, end, places, canvas.radius) for name in layers[-1]] if end else []
    return Layout(canvas, height, units, links, joints, is_named, bool(badge))


Places = dict[str, tuple[float, float]]


def _lying(layers: list[list[str]], end: str, canvas: Canvas, badge: float, stub: float) -> tuple[Places, float]:
    """Layers from left to right, then the loss. The canvas has the height that the units need."""
    columns = [*layers, [end]] if end else layers
    radius, most = canvas.radius, max(map(len, columns))
    height = max(canvas.height, (2 * radius + AIR + badge + stub) * most)
    if not end:  # a walk's drawing has a place of its own; here a lower one leaves more room, and so gets larger
        height = min(height, (most - 1) * (4.3 * radius + stub) + 2 * radius + AIR + stub)
    last = LAST_STEP if most <= ROOMY else LAST_STEP_OF_MANY
    xs = _spread(len(layers), last if end else 0, radius + 6, canvas.width - radius - 6)
    places = {}
    for x, names in zip(xs, columns, strict=True):
        pitch = min((height - stub) / len(names), 4.3 * radius + stub)
        for row, name in enumerate(names):
            places[name] = (x, (height + stub - badge) / 2 + (row - (len(names) - 1) / 2) * pitch)
    return places, height


def _upright(layers: list[list[str]], end: str, canvas: Canvas, badge: float, stub: float) -> tuple[Places, float]:
    """Layers from top to bottom. The loss stands beside a single output, between two, and below more."""
    radius, width = canvas.radius, canvas.width
    below = bool(end) and len(layers[-1]) > 2
    ys = _spread(len(layers), LAST_STEP if below else 0, radius + 4, canvas.height - radius - 4 - badge)
    places = {}
    for y, names in zip(ys, [*layers, [end]] if below else layers, strict=True):
        pitch = min((width - stub) / len(names), 5.4 * radius)
        if end and not below and names is layers[-1] and len(names) == 2:
            pitch = width - max(2 * radius, BADGE[0]) - 12
        for row, name in enumerate(names):
            places[name] = ((width - stub) / 2 + (row - (len(names) - 1) / 2) * pitch, y)
    if end and not below:
        places[end] = (width - radius - 6 if len(layers[-1]) == 1 else (width - stub) / 2, ys[-1])
    return places, canvas.height


def _spread(count: int, to_end: float, first: float, last: float) -> list[float]:
    """So many places from first to last, evenly; and one more for the loss, ``to_end`` of a step behind, if not 0."""
    steps = [1.0] * (count - 1) + [to_end] * bool(to_end)
    return [first, *(first + (last - first) * sum(steps[: i + 1]) / sum(steps) for i in range(len(steps)))]


def _between(source: str, target: str, places: dict[str, tuple[float, float]], radius: float) -> GraphEdge:
    (x1, y1), (x2, y2) = places[source], places[target]
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    dx, dy = (x2 - x1) / length * radius, (y2 - y1) / length * radius
    return GraphEdge(source, target, x1 + dx, y1 + dy, x2 - dx, y2 - dy)


def _edge(wire: Wire, places: dict[str, tuple[float, float]], canvas: Canvas, stub: float) -> GraphEdge:
    if wire.source:
        return _between(wire.source, wire.unit, places, canvas.radius)
    x, y = places[wire.unit]
    if canvas.upright:
        return GraphEdge("", wire.unit, x + canvas.radius + stub, y, x + canvas.radius, y)
    return GraphEdge("", wire.unit, x, y - canvas.radius - stub, x, y - canvas.radius)


# ── labels that keep out of each other's way ─────────────────────────────────────────────────────────────────────

#: Places along a line that are tried, nearest to its source first.
FRACTIONS = [0.14 + 0.045 * i for i in range(17)]
ROUNDS = 5
#: How far along their lines labels begin to look for their place, every other one: in the middle, or, where there are
#: many, also apart.
STARTS = ((0.5, 0.5), (0.25, 0.75), (0.75, 0.25))
MANY = 15


def _labels(
    edges: list[GraphEdge], units: list[tuple[float, float]], boxes: list[Point], canvas: Canvas, lift: float
) -> list[Point]:
    """A place for the number of each line, found by moving one at a time to where it is least in the way.

    The middle of a label lies ``lift`` above its line.
    """
    width, height = canvas.label
    choices = []
    for edge in edges:
        points = [
            Point(edge.x1 + (edge.x2 - edge.x1) * t, edge.y1 + (edge.y2 - edge.y1) * t - lift)
            for t in (FRACTIONS if edge.source else [0.0])
        ]
        if not edge.source:  # beside the stub, not on it
            points = [Point(edge.x1 + width / 2 + 8, edge.y1)]
            if canvas.upright:
                points = [Point(edge.x1 + width / 2 - (edge.x1 - edge.x2), edge.y1 - height / 2 - 4)]
        choices.append([(point, _fixed_cost(point, edge, edges, units, boxes, canvas)) for point in points])
    best: list[Point] = []
    least = math.inf
    for start in STARTS if len(edges) > MANY else STARTS[:1]:
        first = [options[int(start[i % 2] * len(options))] for i, options in enumerate(choices)]
        found, cost = _settled(first, choices, width, height)
        if cost < least:
            best, least = found, cost
    return best


Choice = tuple[Point, float]


def _settled(
    chosen: list[Choice], choices: list[list[Choice]], width: float, height: float
) -> tuple[list[Point], float]:
    """The labels after each has moved to its best place some times, one after the other, and what they cost then."""
    places = [point for point, _ in chosen]
    total = 0.0
    for _ in range(ROUNDS):
        total = 0.0
        for index, options in enumerate(choices):
            others = [*places[:index], *places[index + 1 :]]
            costs = [cost + _crowd(point, others, width, height) for point, cost in options]
            cost = min(costs)
            places[index] = options[costs.index(cost)][0]
            total += cost
    return places, total


def _crowd(point: Point, others: Iterable[Point], width: float, height: float) -> float:
    """How much a label covers of the others, and a little for standing close."""
    cost = 0.0
    for other in others:
        x, y = width + 8 - abs(point.x - other.x), height + 6 - abs(point.y - other.y)
        if x > 0 and y > 0:
            cost += 40 + x * y
    return cost


def _fixed_cost(
    point: Point,
    own: GraphEdge,
    edges: list[GraphEdge],
    units: list[tuple[float, float]],
    boxes: list[Point],
    canvas: Canvas,
) -> float:
    """What a place costs whatever the other labels do: foreign lines below it, units, and how far out it is."""
    width, height = canvas.label
    cost = 0.02 * math.hypot(point.x - (own.x1 + own.x2) / 2, point.y - (own.y1 + own.y2) / 2)
    for x, y in units:
        # The nearest point of the label to the middle of the unit.
        dx, dy = max(abs(point.x - x) - width / 2, 0), max(abs(point.y - y) - height / 2, 0)
        cost += 30 * max(canvas.radius + 4 - math.hypot(dx, dy), 0)
    cost += _crowd(point, boxes, (width + BADGE[0]) / 2, (height + BADGE[1]) / 2)
    for edge in edges:
        if edge is not own:
            cost += _inside(edge, point, width + 4, height + 4)
    return cost + (200 if not 0 <= point.x - width / 2 <= canvas.width - width else 0)


def _inside(edge: GraphEdge, centre: Point, width: float, height: float) -> float:
    """How much of a line runs through a box around ``centre``, in units of the canvas."""
    dx, dy = edge.x2 - edge.x1, edge.y2 - edge.y1
    low, high = 0.0, 1.0
    for step, distance in (
        (-dx, edge.x1 - centre.x + width / 2),
        (dx, centre.x + width / 2 - edge.x1),
        (-dy, edge.y1 - centre.y + height / 2),
        (dy, centre.y + height / 2 - edge.y1),
    ):
        if step == 0:
            if distance < 0:
                return 0.0
        elif step < 0:
            low = max(low, distance / step)
        else:
            high = min(high, distance / step)
    return max(high - low, 0.0) * math.hypot(dx, dy)
