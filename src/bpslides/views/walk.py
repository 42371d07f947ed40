"""The view of a walk through a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides import diagrams
from bpslides.errors import Problems
from bpslides.expression import ExpressionError
from bpslides.figures import specs
from bpslides.formatting import format_number
from bpslides.model import Walk
from bpslides.views.common import View, function_of, known
from bpslides.walks import plan

if TYPE_CHECKING:
    from bpslides.compute import Numbers


def walk(block: Walk, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A walk, planned in full: the page shows one substep of it at a time."""
    program = numbers.program(block.model)
    if program is None:
        return None
    names = program.names
    if not known(block.gradient, block.gradient, program, names, problems):
        return None
    points = block.plot.points if block.plot else {}
    sound = True
    for text in (text for pair in points.items() for text in pair):
        sound &= known(text, text, program, names, problems)
    if not sound:
        return None
    if any(program.tape.value(name).ndim for name in names):
        problems.error(f"“{program.name}” holds arrays, and a walk goes through single numbers", block.model.place())
        return None
    try:
        walked = plan(program, str(block.gradient), {str(x): str(y) for x, y in points.items()})
    except (ValueError, ExpressionError) as error:
        problems.error(str(error), block.gradient.place())
        return None
    view: View = {"walk": walked, "data": {"steps": len(walked.substeps)}, "plot": None}
    view["symbol"] = diagrams.symbol
    view["number"] = lambda value: format_number(value, ".4f")
    if block.plot:
        found = function_of(block.plot.function, block.plot.variable, numbers, problems, key)
        if found is None:
            return None
        view["plot"] = block.plot
        view["data"] |= {
            "spec": specs.line(*found, block.plot.domain),
            "points": [None, *(list(s.point) if s.point else None for s in walked.substeps)],
        }
    return view
