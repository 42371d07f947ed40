"""What is printed: which slides, in how many steps, on pages of which size.

:class:`Pages` holds the wishes, :func:`chosen` finds the slides of a range, and :func:`arrangement` turns both into
what ``web/src/export.ts`` is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpslides.errors import UsageError, did_you_mean
from bpslides.export.handout import Handout

MM = 96 / 25.4
#: Name → width and height of a page in CSS pixels, 96 an inch; slides lie on paper sideways.
SIZES: Mapping[str, tuple[float, float]] = {
    "16:9": (1280, 720),
    "4:3": (960, 720),
    "a4": (297 * MM, 210 * MM),
    "letter": (11 * 96, 8.5 * 96),
}


@dataclass(frozen=True)
class Pages:
    """What is wanted of a deck; the default is a page a slide, in the size of the slides."""

    range: str = ""
    """Numbers and ids of slides, such as ``3-7,takeaways``; empty for all."""
    fragments: bool = False
    """A page for everything that appears."""
    steps: bool = False
    """A page for every step of a walk, and of code that is stepped through."""
    size: str | None = None
    """One of :data:`SIZES`; a handout is A4 or letter, upright."""
    handout: Handout | None = None
    solutions: bool = False
    """Whether exercises show what comes out."""


def chosen(wanted: str, ids: Sequence[str]) -> list[str]:
    """The slides of a range, in the order of the deck. Slides are numbered as they are on the screen, from 0.

    Raises:
        UsageError: when it names something that is not there.
    """
    if not wanted.strip():
        return list(ids)
    found: set[int] = set()
    for part in (part.strip() for part in wanted.split(",")):
        numbers = re.fullmatch(r"(\d+)(?:\s*-\s*(\d*))?", part)
        if part in ids:
            found.add(ids.index(part))
        elif numbers:
            first, last = int(numbers[1]), numbers[2]
            end = first if last is None else int(last or len(ids) - 1)
            if not first <= end < len(ids):
                raise UsageError(f"the range “{part}” is not in this deck, whose slides are 0 to {len(ids) - 1}")
            found |= set(range(first, end + 1))
        else:
            hint = did_you_mean(part, ids) or "name slides by number or id, such as 3-7,takeaways"
            raise UsageError(f"there is no slide “{part}” ({hint})")
    return [ids[number] for number in sorted(found)]


def arrangement(pages: Pages, slides: Sequence[str], notes: Sequence[Mapping[str, Any]], title: str) -> dict[str, Any]:
    """What the page is told: the slides by their ids, and how they become pages. ``notes`` are a site's."""
    size = None if pages.size is None or pages.handout else SIZES[pages.size]
    handout = None
    if pages.handout:
        handout = pages.handout.layout(pages.size or "a4", {note["id"]: note["notes"] for note in notes}, title)
    return {
        "slides": list(slides),
        "fragments": pages.fragments,
        "steps": pages.steps,
        "size": size,
        "handout": handout,
        "solutions": pages.solutions,
    }
