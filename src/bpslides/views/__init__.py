"""What the templates need to know of a block beyond what the author wrote: specs, drawings, walks, numbers.

``VIEWS`` maps a kind of block to the function that works this out. Blocks that only hold text have none.
"""

from __future__ import annotations

from collections.abc import Callable

from bpslides.views.chain import chain
from bpslides.views.common import View, place_of
from bpslides.views.drawings import network
from bpslides.views.equation import equation
from bpslides.views.figures import figure
from bpslides.views.live import curve, demo, descent, surface
from bpslides.views.media import code
from bpslides.views.practice import exercise, predict
from bpslides.views.tables import table
from bpslides.views.training import training
from bpslides.views.walk import walk

__all__ = ["VIEWS", "View", "place_of"]

VIEWS: dict[str, Callable[..., View | None]] = {
    "equation": equation,
    "table": table,
    "figure": figure,
    "network": network,
    "demo": demo,
    "descent": descent,
    "curve": curve,
    "surface": surface,
    "training": training,
    "walk": walk,
    "chain": chain,
    "exercise": exercise,
    "predict": predict,
    "code": code,
}
