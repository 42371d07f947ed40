"""Drawings of networks and computational graphs as SVG, laid out here once; the page only lights and fills them.

Stroke widths, radii, arrow heads and colours come from the theme by CSS classes, so all drawings share one hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from bpslides.expression import references
from bpslides.program import Program

# ── symbols ───────────────────────────────────────────────────────────────────────────────────────────────────────

_GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "mu": "μ",
    "rho": "ρ",
    "sigma": "σ",
    "phi": "φ",
    "omega": "ω",
}
# Unicode has no mathematical italic h of its own: the Planck constant takes its place.
_ITALICS = {97 + i: 0x1D44E + i for i in range(26)} | {65 + i: 0x1D434 + i for i in range(26)} | {ord("h"): ord("ℎ")}
_COMBINING = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7"}


def symbol(latex: str) -> Markup:
    r"""A short LaTeX symbol such as ``w_1`` or ``\hat{y}`` as SVG text with a real subscript."""
    base, _, below = latex.partition("_")
    below = below.strip("{}")
    shape = f'<tspan class="sub" dy="0.28em">{escape(below)}</tspan>' if below else ""
    return Markup('<tspan class="sym">{}</tspan>{}').format(_plain(base), Markup(shape))  # noqa: S704 - escaped above


def _plain(latex: str) -> str:
    text = latex.replace(" ", "")
    for command, mark in _COMBINING.items():
        if text.startswith(f"\\{command}"):
            return _italic(text.removeprefix(f"\\{command}").strip("{}")) + mark
    return _GREEK.get(text.removeprefix("\\"), _italic(text.strip("{}")))


def _italic(text: str) -> str:
    """Latin letters as mathematical italic, the same glyphs that a formula uses."""
    return text.translate(_ITALICS)


# ── layered networks ──────────────────────────────────────────────────────────────────────────────────────────────


#: About how wide a letter of a layer's label is.
_LETTER = 13.0


def layered(
    layers: Sequence[Sequence[str]], labels: Sequence[str], alt: str, declared: Callable[[str], str] = lambda _: ""
) -> Markup:
    """A layered network: a column of circles per layer, a line per weight, the layer's label below.

    ``layers`` holds the text inside each unit ("" for none), as LaTeX symbols, and ``declared`` gives the attributes
    that mark one which the deck's notation explains. The drawing is as wide as its layers need, and its units as large
    as their number allows, so that a small network is not lost on a slide, nor a drawing in a column.
    """
    tallest = max(map(len, layers))
    gap = min(116.0, 380 / tallest)
    radius = round(min(40.0, gap * 0.41))
    room_for_labels = 50 if labels else 0
    # The first and the last label are centred below their units, and may be wider than those.
    edge = max([radius + 4.0, *(_LETTER * len(labels[index]) / 2 for index in (0, -1) if labels)])
    widest = _LETTER * (max(map(len, labels), default=0) + 1)
    width = round(min(1152, max(160 * (len(layers) + 1), 2 * edge + widest * (len(layers) - 1))))
    step = (width - 2 * edge) / max(1, len(layers) - 1)
    columns = [edge + step * i for i in range(len(layers))] if len(layers) > 1 else [width / 2]
    places = []
    height = round(gap * (tallest - 1)) + 2 * radius + 8 + room_for_labels
    for x, units in zip(columns, layers, strict=True):
        top = (height - room_for_labels) / 2 - gap * (len(units) - 1) / 2
        places.append([(x, top + gap * i) for i in range(len(units))])
    size = f'viewBox="0 0 {width} {height}" style="--width: {width}px; --unit: {radius}px"'
    parts = [f'<svg class="drawing layered plain" {size} role="img" aria-label="{escape(alt)}">']
    for left, right in pairwise(places):
        for x1, y1 in left:
            for x2, y2 in right:
                parts.append(
                    f'<line class="wire" x1="{x1 + radius:.1f}" y1="{y1:.1f}" x2="{x2 - radius:.1f}" y2="{y2:.1f}"/>'
                )
    for index, (units, column) in enumerate(zip(layers, places, strict=True)):
        kind = "input" if index == 0 else "output" if index == len(layers) - 1 else "hidden"
        for text, (x, y) in zip(units, column, strict=True):
            # A symbol that the notation explains is one thing to point at: its circle and its name.
            parts.append(f"<g{declared(text) if text else ''}>")
            parts.append(f'<circle class="unit {kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>')
            if text:
                parts.append(
                    f'<text class="unit-name {kind}" x="{x:.1f}" y="{y:.1f}" dy="0.33em">{symbol(text)}</text>'
                )
            parts.append("</g>")
        if index < len(labels):
            parts.append(
                f'<text class="layer-name" x="{columns[index]:.1f}" y="{height - 8}">{escape(labels[index])}</text>'
            )
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text in it is escaped


#: Length of an arrow head.
ARROW = 13.0

# ── computational graphs ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class GraphNode:
    """A named node of a graph and where it stands. ``kind``: input, target, parameter, line or loss."""

    name: str
    kind: str
    x: float
    y: float
    value_at: str
    """Where its value is written: ``below`` it, ``beside`` it, or "" where others stand too close."""


class Point(NamedTuple):
    """A place on the canvas."""

    x: float
    y: float


@dataclass(frozen=True)
class GraphEdge:
    """An edge from an operand to the line that uses it, as drawn: from rim to rim."""

    source: str
    target: str
    x1: float
    y1: float
    x2: float
    y2: float

    def beside(self, offset: float) -> GraphEdge:
        """The same edge moved sideways, so that the way there and the way back lie next to each other."""
        ux, uy = self._direction
        dx, dy = -uy * offset, ux * offset
        return replace(self, x1=self.x1 + dx, y1=self.y1 + dy, x2=self.x2 + dx, y2=self.y2 + dy)

    def reversed(self) -> GraphEdge:
        """The edge against the direction of the graph: the way of a gradient."""
        return GraphEdge(self.target, self.source, self.x2, self.y2, self.x1, self.y1)

    @property
    def shaft(self) -> Point:
        """Where the line ends, so that it does not stick out of the arrow head."""
        ux, uy = self._direction
        return Point(self.x2 - ux * ARROW * 0.8, self.y2 - uy * ARROW * 0.8)

    @property
    def head(self) -> str:
        """The arrow head at the end, as the points of a polygon."""
        ux, uy = (part * ARROW for part in self._direction)
        x, y = self.x2, self.y2
        corners = [(x, y), (x - ux - uy * 0.55, y - uy + ux * 0.55), (x - ux + uy * 0.55, y - uy - ux * 0.55)]
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)

    @property
    def _direction(self) -> tuple[float, float]:
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        return dx / length, dy / length


@dataclass(frozen=True)
class GraphLayout:
    """A graph laid out on a canvas of ``width`` × ``height``; a node has the radius ``radius``."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]
    width: float
    height: float
    radius: float


def operands(program: Program, line: str) -> list[str]:
    """The names that a line of the graph uses, each once, in order."""
    return list(dict.fromkeys(str(ref) for ref in references(program.expressions[line])))


def graph(program: Program) -> GraphLayout:
    """Lay a program's graph out: lines from left to right by depth, inputs before the first, the other leaves above."""
    lines = list(program.graph.lines)
    depth: dict[str, int] = {}
    for name in lines:
        depth[name] = 1 + max((depth[o] for o in operands(program, name) if o in depth), default=0)
    rows: dict[int, list[str]] = {}
    for name in lines:
        rows.setdefault(depth[name], []).append(name)
    first_user = {leaf: next((n for n in lines if leaf in operands(program, n)), None) for leaf in program.graph.leaves}
    inputs = [leaf for leaf in program.graph.inputs if first_user[leaf] is not None]
    above = [leaf for leaf in (*program.graph.parameters, *program.graph.targets) if first_user[leaf] is not None]
    step, radius, drop, row_gap = 128.0, 30.0, 104.0, 104.0
    top = drop if above else 0.0
    x0 = radius + 6
    places = {leaf: (x0, top + radius + 14 + i * row_gap) for i, leaf in enumerate(inputs)}
    for column, names in rows.items():
        for i, name in enumerate(names):
            places[name] = (x0 + column * step, top + radius + 14 + i * row_gap)
    # Leaves that share a consumer's column stand side by side above it.
    value_at = dict.fromkeys([*inputs, *lines], "below")
    by_column: dict[int, list[str]] = {}
    for leaf in above:
        by_column.setdefault(depth[str(first_user[leaf])], []).append(leaf)
    for column, leaves in by_column.items():
        value_at |= {leaf: "beside" if len(leaves) == 1 else "" for leaf in leaves}
        for i, leaf in enumerate(leaves):
            places[leaf] = (x0 + column * step + (i - (len(leaves) - 1) / 2) * 72, radius + 6)
    kinds = dict.fromkeys(lines, "line") | {str(program.output): "loss"}
    kinds |= dict.fromkeys(program.graph.inputs, "input") | dict.fromkeys(program.graph.targets, "target")
    kinds |= dict.fromkeys(program.graph.parameters, "parameter")
    nodes = [GraphNode(name, kinds[name], *place, value_at[name]) for name, place in places.items()]
    edges = [_edge(o, name, places, radius) for name in lines for o in operands(program, name) if o in places]
    width = max(x + (70 if value_at[name] == "beside" else 6) for name, (x, _) in places.items()) + radius
    height = max(y for _, y in places.values()) + radius + 34
    return GraphLayout(nodes, edges, width, height, radius)


def _edge(source: str, target: str, places: dict[str, tuple[float, float]], radius: float) -> GraphEdge:
    (x1, y1), (x2, y2) = places[source], places[target]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    return GraphEdge(source, target, x1 + dx * radius, y1 + dy * radius, x2 - dx * radius, y2 - dy * radius)
