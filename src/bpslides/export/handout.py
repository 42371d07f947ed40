"""Handouts and pages of notes: how slides lie on a sheet of paper, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Upright sheets in CSS pixels, 96 an inch, and their margin: 15 mm.
PAPER = {"a4": (793.7, 1122.5), "letter": (816.0, 1056.0)}
MARGIN = 56


@dataclass(frozen=True)
class _Layout:
    """How the slides of a sheet lie. ``picture`` is the most that a slide may take, width and height in pixels."""

    rows: int
    columns: int
    picture: tuple[int, int]
    beside: bool = False
    """Whether there is something to read or to write on beside the slide; else it is below."""


LAYOUTS = {
    1: _Layout(1, 1, (680, 520)),
    2: _Layout(2, 1, (560, 330)),
    3: _Layout(3, 1, (380, 300), beside=True),
    4: _Layout(2, 2, (328, 300)),
    6: _Layout(3, 2, (328, 220)),
}


@dataclass(frozen=True)
class Handout:
    """Slides on paper, ``count`` of them a sheet, with notes, and with lines to write on where there are none."""

    count: int = 3
    notes: bool = False
    lines: bool = True

    def layout(self, paper: str, notes: Mapping[str, str], title: str) -> dict[str, Any]:
        """What the page is told; ``notes`` has the HTML of each slide's."""
        layout = LAYOUTS[self.count]
        return {
            "paper": PAPER[paper],
            "margin": MARGIN,
            "rows": layout.rows,
            "columns": layout.columns,
            "picture": layout.picture,
            "beside": layout.beside,
            "notes": dict(notes) if self.notes else {},
            "lines": self.lines,
            "apart": self.count == 1,
            "title": title,
        }
