"""Views of plots and drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides import figures
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.model import Figure, NetworkDrawing
from bpslides.networks import unit_names
from bpslides.symbolic import default_symbol
from bpslides.text import Text
from bpslides.views.common import View, first_text, function_of

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: The most units of a layer that a drawing of a model without names for them shows.
MAX_DRAWN = 8


def figure(block: Figure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A plot: its spec, and for a function the table of a few of its points."""
    if block.function is None:
        where = next((t for t in (block.alt, block.caption) if t is not None), None)
        spec = figures.written(block, where or first_text(block.data), problems)
        return {"data": {"spec": spec}, "alt": block.alt, "head": None, "table": []} if spec else None
    found = function_of(block.function, block.variable, numbers, problems, key)
    if found is None or block.domain is None:
        return None
    program, variable = found
    spec = figures.line(program, variable, block.domain)
    symbol = block.symbol or Text("f")
    at = numbers.number(block.at) if block.at is not None else None
    data: View = {"spec": spec, "at": at}
    if at is not None:
        answer = program.respond({variable: at}, None)
        data |= {"value": answer["values"].get("value"), "slope": answer["gradients"].get(variable)}
    steps = [block.domain[0] + (block.domain[1] - block.domain[0]) * i / 8 for i in range(9)]
    table = [
        (format_number(x, None), format_number(y, ".4g"))
        for x, y in zip(steps, program.sweep(variable, steps), strict=True)
        if y is not None
    ]
    if not table:
        problems.error("the function has no finite value here", block.function.place(), "choose another “domain”")
        return None
    return {
        "data": data,
        "alt": block.alt
        or f"Graph of {block.function} for {variable} from {block.domain[0]:g} to {block.domain[1]:g}.",
        "head": (variable, f"{symbol}({variable})"),
        "table": table,
    }


def network(block: NetworkDrawing, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A layered drawing."""
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
        "layers": layers,
        "alt": block.alt
        or f"A layered network with {shape} units per layer; every unit is joined to every unit of the next layer.",
    }
