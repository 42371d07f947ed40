"""Views of drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.model import NetworkDrawing
from bpslides.networks import unit_names
from bpslides.symbolic import default_symbol
from bpslides.views.common import View
from bpslides.views.passes import still

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: The most units of a layer that a drawing of a model without names for them shows.
MAX_DRAWN = 8


def network(block: NetworkDrawing, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A layered drawing."""
    if block.values:
        return still(block, numbers, problems)
    if block.layers is not None:
        layers = [[""] * count for count in block.layers]
    else:
        assert block.model is not None
        program = numbers.program(block.model)
        model = numbers.network(block.model)
        if program is None:
            return None
        if model is None:
            problems.error(f"“{block.model}” is a graph, not a layered network", block.model.place())
            return None
        layers = [[unit and default_symbol(unit) for unit in units] for units in unit_names(model)]
        widest = max(map(len, layers))
        if not model.is_named and widest > MAX_DRAWN:
            message = f"“{block.model}” has {widest} units in a layer, and a drawing shows {MAX_DRAWN} at most"
            problems.error(message, block.model.place(), "give “layers” instead of a “model”, such as [6, 4, 2]")
            return None
    shape = ", ".join(str(len(units)) for units in layers)
    return {
        "drawings": [],
        "layers": layers,
        "alt": block.alt
        or f"A layered network with {shape} units per layer; every unit is joined to every unit of the next layer.",
    }
