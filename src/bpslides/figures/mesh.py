"""A function of two variables as a landscape in SVG, seen from the side: ``surface(...)``, and where its points stand.

Drawn here and not in the browser: it needs no WebGL, of which a page has little, stands in print and where no script
runs, and Plotly's own surfaces would make every page with a plot larger by a fifth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, log10, radians, sin
from typing import Any

from markupsafe import Markup

from bpslides.figures.specs import Domain, Values
from bpslides.formatting import format_number

#: Cells along each side.
CELLS = 24
#: Steps of colour between the lowest and the highest value; the style sheet has a class for each.
LEVELS = 13
_TURN, _LIFT = radians(-40), radians(26)
#: How high the landscape is, where each side of its floor is 2 long.
_HEIGHT = 1.15
#: Pixels above, to the right and below that the numbers need.
_TOP, _RIGHT, _BOTTOM = 18, 60, 58
#: How wide a character of a number is.
_CHARACTER = 12


@dataclass(frozen=True)
class _View:
    """From the three coordinates, each from 0 to 1, to pixels; ``left`` is the room for the numbers there."""

    height: int
    left: float

    @property
    def width(self) -> float:
        """Pixels from edge to edge."""
        return max(540, 1.35 * self.height)

    def point(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Where a point stands on the paper."""
        x, y = 2 * x - 1, 2 * y - 1
        across = x * cos(_TURN) - y * sin(_TURN)
        up = self.depth(x, y) * sin(_LIFT) + _HEIGHT * z * cos(_LIFT)
        reach = cos(_TURN) - sin(_TURN)
        highest, lowest = reach * sin(_LIFT) + _HEIGHT * cos(_LIFT), -reach * sin(_LIFT)
        sideways = (self.width - self.left - _RIGHT) / (2 * reach)
        upward = (self.height - _TOP - _BOTTOM) / (highest - lowest)
        return self.left + (across + reach) * sideways, _TOP + (highest - up) * upward

    def projection(self) -> dict[str, Any]:
        """The pixels of the corner where all coordinates are 0, and how far each of them goes from there."""
        origin = self.point(0, 0, 0)
        ends = [self.point(*(float(axis == other) for other in range(3))) for axis in range(3)]
        return {"origin": _short(origin), "axes": [_short((x - origin[0], y - origin[1])) for x, y in ends]}

    @staticmethod
    def depth(x: float, y: float) -> float:
        """How far from the eye."""
        return x * sin(_TURN) + y * cos(_TURN)


@dataclass(frozen=True)
class Landscape:
    """A drawing, and where points are: shares of ``ranges`` along the ``axes`` from the ``origin``, in pixels."""

    drawing: Markup
    projection: dict[str, Any]


def surface(
    domains: tuple[Domain, Domain],
    rows: list[Values],
    names: tuple[str, str, str],
    *,
    height: int,
    mark: tuple[float, float, float] | None = None,
) -> Landscape:
    """The landscape of ``rows[j][i]`` at the i-th x and the j-th y; ``mark`` is a point (x, y, value) on it.

    ``names`` are those of both variables and of the function. Cells without a value are left out.
    """
    known = [value for row in rows for value in row if value is not None]
    low, high = min(known), max(known)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ranges = (*domains, (low, high))
    widest = max(len(format_number(tick, None)) for tick in ticks((low, high)))
    view = _View(height, max(60, 28 + _CHARACTER * widest))
    parts = [*_walls(view, ranges), *_cells(view, rows, low, high), *_labels(view, ranges, names)]
    if mark is not None:
        x, y, z = (_share(value, given) for value, given in zip(mark, ranges, strict=True))
        px, py = view.point(x, y, z)
        parts.append(f'<circle class="dot" cx="{px:.1f}" cy="{py:.1f}" r="9"/>')
    body = Markup("".join(parts))  # noqa: S704 - numbers, and labels that are escaped
    frame = Markup('<svg class="mesh" viewBox="0 0 {:.0f} {}" aria-hidden="true">{}</svg>')
    drawing = frame.format(view.width, height, body)
    return Landscape(drawing, {**view.projection(), "ranges": [list(given) for given in ranges]})


def _short(point: tuple[float, float]) -> list[float]:
    return [round(value, 2) for value in point]


def _share(value: float, domain: Domain) -> float:
    return (value - domain[0]) / (domain[1] - domain[0])


def _cells(view: _View, rows: list[Values], low: float, high: float) -> list[str]:
    """Every cell as a path, the farthest first, so that nearer ones cover it."""
    count = len(rows) - 1
    drawn = []
    for j in range(count):
        for i in range(count):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            values = [rows[b][a] for a, b in corners]
            heights = [(value - low) / (high - low) for value in values if value is not None]
            if len(heights) < len(values):
                continue
            points = [view.point(a / count, b / count, z) for (a, b), z in zip(corners, heights, strict=True)]
            level = min(LEVELS - 1, floor(sum(heights) / 4 * LEVELS))
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
            drawn.append((view.depth(i, j), f'<path class="level-{level}" d="M{path}Z"/>'))
    return [path for _, path in sorted(drawn, key=lambda pair: -pair[0])]


def _walls(view: _View, ranges: tuple[Domain, Domain, Domain]) -> list[str]:
    """The floor and the two walls behind, with a line at each number."""
    lines: list[list[tuple[float, float, float]]] = []
    xs, ys, zs = ([_share(tick, given) for tick in ticks(given)] for given in ranges)
    lines += [[(x, 0, 0), (x, 1, 0), (x, 1, 1)] for x in (0.0, *xs, 1.0)]
    lines += [[(1, y, 0), (0, y, 0), (0, y, 1)] for y in (0.0, *ys, 1.0)]
    lines += [[(0, 0, z), (0, 1, z), (1, 1, z)] for z in (*zs, 1.0)]
    return [
        f'<path class="mesh-grid" d="M{"L".join("{:.1f} {:.1f}".format(*view.point(*p)) for p in line)}"/>'
        for line in lines
    ]


def _labels(view: _View, ranges: tuple[Domain, Domain, Domain], names: tuple[str, str, str]) -> list[Markup]:
    found = []
    for axis, (given, name) in enumerate(zip(ranges, names, strict=True)):
        for tick in ticks(given):
            share = _share(tick, given)
            at = ((share, 0.0, 0.0), (1.0, share, 0.0), (0.0, 0.0, share))[axis]
            if axis == 2 and share < 0.08:  # where the first number of x stands
                continue
            found.append(_text(view.point(*at), ((-16, 22), (18, 22), (-12, 7))[axis], axis, format_number(tick, None)))
        middle = ((0.5, 0.0, 0.0), (1.0, 0.5, 0.0), (0.0, 0.0, 1.0))[axis]
        found.append(_text(view.point(*middle), ((-52, 48), (56, 48), (-12, -20))[axis], axis, name))
    return found


def _text(at: tuple[float, float], shift: tuple[int, int], axis: int, text: str) -> Markup:
    anchor = ("end", "start", "end")[axis]
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        at[0] + shift[0], at[1] + shift[1], anchor, text
    )


def ticks(domain: Domain) -> list[float]:
    """Three to five round numbers inside of a domain."""
    width = domain[1] - domain[0]
    power = 10.0 ** floor(log10(width / 4))
    step = next(m * power for m in (1, 2, 5, 10) if width / (m * power) <= 5)
    first = -floor(-domain[0] / step)
    return [float(f"{k * step:.6g}") for k in range(first, floor(domain[1] / step) + 1)]
