"""Gears as SVG: ``train([3, 2])`` lays out wheels in a row whose teeth mesh and whose rates are as asked.

A wheel that has a third of the teeth turns three times as often. Neighbours turn in opposite senses, so each wheel
counts its turns in its own sense, which an arrow shows; with that, rates are positive and multiply.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import cos, lcm, pi, sin

#: The fewest teeth that still look like a gear, and the most that a slide can show.
FEWEST, MOST = 8, 96
#: What the wheels may take, side by side and in height, in the drawing's pixels.
WIDTH, HEIGHT = 690.0, 330.0
#: Room around the wheels, for the arrows.
ROOM = 30.0


@dataclass(frozen=True)
class Wheel:
    """One gear: its centre, its rim as the points of a polygon around 0, and how it stands before it turns."""

    x: float
    y: float
    radius: float
    """Where the teeth of two wheels meet."""
    outline: str
    teeth: int
    phase: float
    """Its angle in degrees at the beginning, clockwise, so that its teeth fit into those of the wheel before."""
    speed: float
    """Degrees that it turns while the first turns one: negative against the clock."""
    arrow: str
    """An arc above it in the sense in which it counts, as an SVG path."""


@dataclass(frozen=True)
class Train:
    """Wheels in a row on a canvas of ``width`` × ``height``."""

    wheels: list[Wheel]
    width: float
    height: float


def train(rates: list[float]) -> Train:
    """Wheels of which each turns ``rates[i]`` times as often as the one before.

    Raises:
        ValueError: for rates that need more teeth than can be drawn.
    """
    shares = [Fraction(1)]
    for rate in rates:
        shares.append(shares[-1] / Fraction(rate).limit_denominator(12))
    whole = lcm(*(share.denominator for share in shares))
    teeth = [int(share * whole) for share in shares]
    times = max(1, -(-FEWEST // min(teeth)))
    teeth = [count * times for count in teeth]
    if max(teeth) > MOST:
        raise ValueError(f"these rates need a gear of {max(teeth)} teeth, and {MOST} can be drawn")
    size = min(WIDTH / sum(teeth), (HEIGHT - 2 * ROOM) / (max(teeth) + 2))
    radii = [size * count / 2 for count in teeth]
    height = 2 * (max(radii) + size + ROOM)
    wheels: list[Wheel] = []
    left, phase, speed = size, 0.0, 1.0
    for index, (count, radius) in enumerate(zip(teeth, radii, strict=True)):
        if index:
            ratio = teeth[index - 1] / count
            phase = 180 + 180 / count - phase * ratio
            speed *= -ratio
        x, y = left + radius, height / 2
        wheels.append(
            Wheel(x, y, radius, _outline(count, size), count, phase, speed, _arrow(x, y, radius + size + 9, speed > 0))
        )
        left += 2 * radius
    return Train(wheels, left + size, height)


def _outline(teeth: int, size: float) -> str:
    """The rim: each tooth is a trapezium, a little narrower than its gap so that wheels never touch."""
    inner, outer = size * (teeth / 2 - 1.05), size * (teeth / 2 + 0.85)
    points = []
    for tooth in range(teeth):
        for offset, radius in ((-0.28, inner), (-0.13, outer), (0.13, outer), (0.28, inner)):
            angle = 2 * pi * (tooth + offset) / teeth
            points.append(f"{radius * cos(angle):.2f},{radius * sin(angle):.2f}")
    return " ".join(points)


def _arrow(x: float, y: float, radius: float, clockwise: bool) -> str:
    """An arc over the top of a wheel with its head."""
    reach = min(0.6, 34 / radius)
    begin, end = (-reach, reach) if clockwise else (reach, -reach)
    (x1, y1), (x2, y2) = ((x + radius * sin(angle), y - radius * cos(angle)) for angle in (begin, end))
    sense = 1 if clockwise else -1
    ux, uy = sense * cos(end), sense * sin(end)  # the way it goes at its end
    back = [(x2 - 11 * ux + side * 6 * uy, y2 - 11 * uy - side * 6 * ux) for side in (1, -1)]
    head = f"M{back[0][0]:.1f} {back[0][1]:.1f}L{x2:.1f} {y2:.1f}L{back[1][0]:.1f} {back[1][1]:.1f}"
    return f"M{x1:.1f} {y1:.1f}A{radius:.1f} {radius:.1f} 0 0 {int(clockwise)} {x2:.1f} {y2:.1f}{head}"
