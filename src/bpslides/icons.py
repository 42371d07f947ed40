"""The icons by name: those of cards and callouts, and ``:icon-target:`` in a text.

``names()`` lists them all; they are Lucide's, drawn with strokes in a square of 24 × 24 units.
"""

from __future__ import annotations

import json
from functools import lru_cache

from markupsafe import Markup

from bpslides import paths


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    shapes: dict[str, str] = json.loads(paths.static("icons.json"))
    return shapes


def names() -> list[str]:
    """The names of all icons, sorted."""
    return sorted(_shapes())


def shapes(name: str) -> Markup | None:
    """What stands inside of an icon's ``<svg>``; None when there is no such icon."""
    found = _shapes().get(name)
    return None if found is None else Markup(found)  # noqa: S704 - a file of the installation
