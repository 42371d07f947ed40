"""The view of a walk: through a graph to one gradient, or over a whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides import diagrams
from bpslides.errors import Problems
from bpslides.expression import ExpressionError
from bpslides.figures import specs
from bpslides.formatting import format_number
from bpslides.model import Walk
from bpslides.spelling import SHOWN
from bpslides.views.common import View, checked, equals, function_of, known
from bpslides.views.passes import network_walk
from bpslides.walks import plan

if TYPE_CHECKING:
    from bpslides.compute import Numbers


def walk(block: Walk, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A walk, planned in full: the page shows one substep of it at a time."""
    program = numbers.program(block.model)
    if program is None:
        return None
    if block.gradient is None:
        if numbers.network(block.model) is not None:
            return network_walk(block, numbers, problems)
        hint = f"such as gradient: {next(iter(program.parameters), 'w')}"
        problems.error(f"“{program.name}” is a graph: say to which gradient the walk goes", block.model.place(), hint)
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
        message = f"“{program.name}” holds arrays, and a walk goes through single numbers"
        is_batch = any(program.tape.value(name).ndim for name in (*program.graph.inputs, *program.graph.targets))
        hint = f"one example can be walked: a model such as first: {{of: {program.name}, example: 0}}"
        problems.error(message, block.model.place(), hint if is_batch else None)
        return None
    try:
        walked = plan(program, str(block.gradient), {str(x): str(y) for x, y in points.items()})
    except (ValueError, ExpressionError) as error:
        problems.error(str(error), block.gradient.place())
        return None
    steps = len(walked.substeps)
    forward = sum(step.phase == "forward" for step in walked.substeps)
    view: View = {"walk": walked, "data": {"steps": steps}, "plot": None, "passes": None}
    view["phases"] = {"forward": forward, "backward": steps}
    view["checked"] = checked(program)
    view["symbol"] = diagrams.symbol
    view["number"] = lambda value: format_number(value, SHOWN)
    view["equals"] = equals((factor.value for path in walked.paths for factor in path), walked.gradient, SHOWN)
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
