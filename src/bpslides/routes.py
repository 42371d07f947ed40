"""Paths through a graph as SVG: ``layout(paths)`` places the nodes in columns and leads every edge around the others.

An edge that passes a column keeps a place of its own there, as if a node stood in it, so no path is hidden by another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple

#: Between columns, between rows, and the size of a node.
STEP, GAP, RADIUS = 176.0, 92.0, 31.0
#: Where more edges than these lie between two columns, their slopes need wider rows.
FEW, WIDE_GAP = 3, 128.0
_ARROW = 13.0

Slot = tuple[str, str, int]
"""What has a place in a column: a node as (name, name, column), or an edge that passes as (source, target, column)."""


class Place(NamedTuple):
    """A point of the drawing."""

    x: float
    y: float


@dataclass(frozen=True)
class Route:
    """An edge: its ends, its line and its arrow head, where its slope is written, and the paths that take it."""

    source: str
    target: str
    line: str
    head: str
    label: Place
    paths: list[int]


@dataclass(frozen=True)
class Routes:
    """The part of a graph that lies on the paths."""

    nodes: dict[str, Place]
    edges: list[Route]
    width: float
    height: float


def layout(paths: Sequence[Sequence[str]]) -> Routes:
    """Lay out ``paths``, each the names from the common first node to the common last one."""
    taken: dict[tuple[str, str], list[int]] = {}
    for number, path in enumerate(paths):
        for edge in pairwise(path):
            taken.setdefault(edge, []).append(number)
    column = _columns(taken)
    chains = {edge: _chain(edge, column) for edge in taken}
    columns = _ordered(chains)
    tallest = max(map(len, columns))
    most = max(Counter(column[source] for source, _ in taken).values())
    gap = GAP if most <= FEW else WIDE_GAP
    places = {
        slot: Place(RADIUS + 8 + x * STEP, RADIUS + 8 + gap * ((tallest - 1) / 2 + y - (len(slots) - 1) / 2))
        for x, slots in enumerate(columns)
        for y, slot in enumerate(slots)
    }
    nodes = {slot[0]: place for slot, place in places.items() if slot[0] == slot[1]}
    points = {edge: [places[slot] for slot in chain] for edge, chain in chains.items()}
    labels = _labels(points, _ALONG if most <= FEW else _ALONG[1:])
    edges = [_route(edge, points[edge], labels[edge], taken[edge]) for edge in taken]
    width = 2 * (RADIUS + 8) + (len(columns) - 1) * STEP
    return Routes(nodes, edges, width, 2 * (RADIUS + 8) + 24 + (tallest - 1) * gap)


def _columns(edges: dict[tuple[str, str], list[int]]) -> dict[str, int]:
    """Each node as far to the right as the longest way to it is long."""
    column = dict.fromkeys((name for edge in edges for name in edge), 0)
    for _ in column:
        for source, target in edges:
            column[target] = max(column[target], column[source] + 1)
    return column


def _chain(edge: tuple[str, str], column: dict[str, int]) -> list[Slot]:
    source, target = edge
    between = [(source, target, at) for at in range(column[source] + 1, column[target])]
    return [(source, source, column[source]), *between, (target, target, column[target])]


def _ordered(chains: dict[tuple[str, str], list[Slot]]) -> list[list[Slot]]:
    """The slots of each column from top to bottom: by turns each near the mean of its neighbours on one side."""
    links = [link for chain in chains.values() for link in pairwise(chain)]
    slots = dict.fromkeys(slot for chain in chains.values() for slot in chain)
    columns: list[list[Slot]] = [[] for _ in range(1 + max(slot[2] for slot in slots))]
    for slot in slots:
        columns[slot[2]].append(slot)
    for sweep in range(6):
        forward = sweep % 2 == 0
        for slots_here in columns if forward else reversed(columns):
            height = {slot: y - (len(other) - 1) / 2 for other in columns for y, slot in enumerate(other)}
            pull: dict[Slot, list[float]] = {slot: [] for slot in slots_here}
            for left, right in links:
                near, far = (right, left) if forward else (left, right)
                if near in pull:
                    pull[near].append(height[far])
            means = {slot: sum(ys) / len(ys) if ys else height[slot] for slot, ys in pull.items()}
            slots_here.sort(key=means.__getitem__)
    return columns


#: How far along an edge its slope may stand, best first; the middle is where edges cross. And the room that it takes.
_ALONG = (0.5, 0.4, 0.6, 0.3, 0.7)
_WIDE, _HIGH = 92.0, 27.0


def _labels(points: dict[tuple[str, str], list[Place]], along: Sequence[float]) -> dict[tuple[str, str], Place]:
    """Where each edge has its slope: on its line, and where edges cross, out of the way of the others."""
    ways = {edge: _way(places) for edge, places in points.items()}
    # An edge that passes a column has its label there, where nothing else stands.
    candidates = {edge: way[1:-1] or [_on(way, t) for t in along] for edge, way in ways.items()}
    found = {edge: places[0] for edge, places in candidates.items()}

    def crowd(edge: tuple[str, str], place: Place) -> float:
        """How much of the others' room the label would take there."""
        others = [other for name, other in found.items() if name != edge]
        return sum(max(0.0, _WIDE - abs(place.x - x)) * max(0.0, _HIGH - abs(place.y - y)) for x, y in others)

    for edge in [*points, *points]:  # once more, when the others have made way
        found[edge] = min(candidates[edge], key=partial(crowd, edge))
    return found


def _on(way: list[Place], t: float) -> Place:
    """A point of a line that leaves and arrives level."""
    over = 3 * t**2 - 2 * t**3
    return Place(way[0].x + (way[1].x - way[0].x) * (1.5 * (t - t**2) + t**3), way[0].y + (way[1].y - way[0].y) * over)


def _way(points: list[Place]) -> list[Place]:
    """From rim to arrow head."""
    first, last = points[0], points[-1]
    return [Place(first.x + RADIUS, first.y), *points[1:-1], Place(last.x - RADIUS - 3 - _ARROW * 0.8, last.y)]


def _route(edge: tuple[str, str], points: list[Place], label: Place, paths: list[int]) -> Route:
    """A smooth line that leaves and arrives level."""
    way = _way(points)
    tip = Place(points[-1].x - RADIUS - 3, points[-1].y)
    line = f"M{way[0].x:.1f} {way[0].y:.1f}"
    for a, b in pairwise(way):
        middle = (a.x + b.x) / 2
        line += f"C{middle:.1f} {a.y:.1f} {middle:.1f} {b.y:.1f} {b.x:.1f} {b.y:.1f}"
    head = " ".join(f"{tip.x - back:.1f},{tip.y + up:.1f}" for back, up in ((0, 0), (_ARROW, -7), (_ARROW, 7)))
    return Route(*edge, line, head, label, paths)
