"""What the templates need to know of a block beyond what the author wrote: specs, drawings, walks, numbers.

``view_of`` gives the function that works this out for a kind of block. Blocks that only hold text have none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from bpslides.views.common import View, place_of

__all__ = ["MODULES", "View", "place_of", "view_of"]

#: Kind of block → the module with its function, which is called like the kind.
MODULES = {
    "equation": "equation",
    "table": "tables",
    "figure": "figures",
    "network": "drawings",
    "demo": "live",
    "descent": "live",
    "curve": "live",
    "surface": "live",
    "training": "training",
    "walk": "walk",
    "chain": "chain",
    "exercise": "practice",
    "predict": "practice",
    "code": "media",
}


@cache
def view_of(kind: str) -> Callable[..., View | None] | None:
    """The function for a kind of block, imported when the first of them is drawn: few decks have all kinds."""
    if kind not in MODULES:
        return None
    function: Callable[..., View | None] = getattr(import_module(f"{__name__}.{MODULES[kind]}"), kind)
    return function
