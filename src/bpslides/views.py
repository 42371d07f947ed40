"""What the templates need to know of a block beyond what the author wrote: specs, drawings, walks, numbers.

``VIEWS`` maps a kind of block to the function that works this out. Blocks that only hold text have none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpslides import diagrams, figures
from bpslides.errors import Place, Problems, did_you_mean
from bpslides.expression import Expression, ExpressionError
from bpslides.formatting import format_number
from bpslides.model import Block, Curve, Demo, Figure, NetworkDrawing, Surface, Walk
from bpslides.networks import unit_names
from bpslides.program import Program, free_variables
from bpslides.symbolic import default_symbol, derivative, latex
from bpslides.text import Text
from bpslides.walks import plan

if TYPE_CHECKING:
    from bpslides.compute import Numbers

View = dict[str, Any]

#: The most units of a layer that a drawing of a model without names for them shows.
MAX_DRAWN = 8


def figure(block: Figure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A plot: its spec, and for a function the table of a few of its points."""
    if block.function is None:
        where = next((t for t in (block.alt, block.caption) if t is not None), None)
        spec = figures.written(block, where or _first_text(block.data), problems)
        return {"data": {"spec": spec}, "alt": block.alt, "head": None, "table": []} if spec else None
    found = _function(block.function, block.variable, numbers, problems, key)
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
    labels = [str(label) for label in block.labels or []]
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
    alt = str(
        block.alt
        or f"A layered network with {shape} units per layer; every unit is joined to every unit of the next layer."
    )
    return {"svg": diagrams.layered(layers, labels, alt)}


def demo(block: Demo, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A model to play with, in the author's state."""
    program = numbers.program(block.model)
    if program is None:
        return None
    sound = True
    if program.run.optimizer.name != "sgd":
        problems.error("a demo steps by plain gradient descent", block.model.place(), "remove the model's “optimizer”")
        sound = False
    if program.run.schedule is not None:
        problems.error("a demo steps at one learning rate", block.model.place(), "write a number as “learning_rate”")
        sound = False
    leaves = program.graph.leaves
    for slider in block.sliders:
        if slider.name not in leaves and slider.name != "learning_rate":
            hint = did_you_mean(slider.name, [*leaves, "learning_rate"])
            problems.error(f"“{slider.name}” is no input or parameter of “{program.name}”", slider.name.place(), hint)
            sound = False
    for readout in block.readouts:
        sound &= _known(readout.value.removeprefix("grad."), readout.value, program, program.names, problems)
        try:
            format_number(1.0, readout.format and str(readout.format))
        except ValueError as error:
            problems.error(str(error), readout.format.place() if readout.format else None)
            sound = False
    plot = block.plot
    for written in (plot.variable, *(s.name for s in block.sliders), *(r.value for r in block.readouts)):
        name = written.removeprefix("grad.")
        if name in program.names and program.tape.value(name).ndim:
            problems.error(f"“{name}” is an array, and a demo shows single numbers", written.place())
            sound = False
    sound &= _known(plot.variable, plot.variable, program, list(leaves), problems)
    sound &= _known(plot.value, plot.value, program, list(program.graph.lines), problems)
    if not sound:
        return None
    if plot.value != program.output:
        problems.error(
            "the plot of a demo shows the loss, whose gradient is its tangent",
            plot.value.place(),
            f"use “{program.output}”",
        )
        return None
    numbers.live[program.name] = program
    spec = figures.line(program, str(plot.variable), plot.domain, plot.range)
    answer = program.respond({}, None)
    start = {
        str(s.name): (program.run.optimizer.learning_rate if s.name == "learning_rate" else leaves[s.name])
        for s in block.sliders
    }
    readouts = []
    for readout in block.readouts:
        group = "gradients" if readout.value.startswith("grad.") else "values"
        shown = format_number(
            answer[group][readout.value.removeprefix("grad.")], readout.format and str(readout.format)
        )
        readouts.append((readout, shown))
    sliders = [(s, format_number(start[str(s.name)], _digits(s.step)), start[str(s.name)]) for s in block.sliders]
    return {
        "data": {
            "model": program.name,
            "trace": program.trace(),
            "spec": spec,
            "variable": str(plot.variable),
            "domain": list(plot.domain),
            "loss": program.output,
            "learningRate": program.run.optimizer.learning_rate,
            "sliders": [{"name": str(s.name), "format": _digits(s.step)} for s in block.sliders],
            "readouts": [{"value": str(r.value), "format": r.format and str(r.format)} for r in block.readouts],
        },
        "readouts": readouts,
        "sliders": sliders,
    }


def curve(block: Curve, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A function with its derivative, both as formulas and at the author's point."""
    found = _function(block.function, block.variable, numbers, problems, key)
    if found is None:
        return None
    program, variable = found
    at = numbers.number(block.at)
    if at is None:
        return None
    if not block.domain[0] <= at <= block.domain[1]:
        problems.error(f"the point {at:g} is outside of the domain", place_of(block))
        return None
    answer = program.respond({variable: at}, None)
    if answer["nonFinite"]:
        problems.error(f"the function has no finite value at {at:g}", block.function.place(), "choose another “at”")
        return None
    expression = program.expressions["value"]
    name, var = str(block.symbol), default_symbol(variable)
    return {
        "data": {
            "model": key,
            "trace": program.trace(),
            "spec": figures.line(program, variable, block.domain, block.range),
            "variable": variable,
            "domain": list(block.domain),
            "at": at,
        },
        "formula": f"{name}({var}) = {latex(expression, default_symbol)}",
        "derivative": f"{name}'({var})" + _derived(expression, variable),
        "name": name,
        "variable": variable,
        "at": at,
        "step": _step(block.domain),
        "value": format_number(answer["values"]["value"], ".3f"),
        "slope": format_number(answer["gradients"][variable], ".3f"),
        "alt": block.alt
        or f"Graph of {block.function} with a point that can be moved along it, and the tangent there.",
    }


def surface(block: Surface, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A function of two variables: heatmap, two cross-sections, both partial derivatives as formulas."""
    names = (str(block.variables[0]), str(block.variables[1]))
    free = free_variables(block.function, problems)
    others = [v for v in free or [] if v not in names]
    if free is None:
        return None
    if others:
        problems.error(
            f"“{others[0]}” is no variable here", block.function.place(), f"the variables are {names[0]} and {names[1]}"
        )
        return None
    program = numbers.function(key, block.function, list(names))
    if program is None:
        return None
    at = [numbers.number(value) for value in block.at]
    if None in at:
        return None
    answer = program.respond(dict(zip(names, at, strict=True)), None)
    if answer["nonFinite"]:
        problems.error("the function has no finite value at this point", block.function.place(), "choose another “at”")
        return None
    y_domain = block.domain_y or block.domain
    expression = program.expressions["value"]
    f, (x, y) = str(block.symbol), (default_symbol(names[0]), default_symbol(names[1]))
    return {
        "data": {
            "model": key,
            "trace": program.trace(),
            "spec": figures.heatmap(program, names, block.domain, y_domain),
            "variables": list(names),
            "domains": [list(block.domain), list(y_domain)],
            "at": at,
        },
        "formula": f"{f}({x}, {y}) = {latex(expression, default_symbol)}",
        "partials": [
            rf"\frac{{\partial {f}}}{{\partial {symbol}}}" + _derived(expression, name)
            for name, symbol in zip(names, (x, y), strict=True)
        ],
        "symbol": f,
        "names": names,
        "at": [format_number(v, ".2f") for v in at],
        "steps": [_step(block.domain), _step(y_domain)],
        "domains": [block.domain, y_domain],
        "start": at,
        "value": format_number(answer["values"]["value"], ".3f"),
        "slopes": [format_number(answer["gradients"][name], ".3f") for name in names],
        "alt": block.alt or f"Heatmap of {block.function} with a point that can be moved over it.",
    }


def walk(block: Walk, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A walk, planned in full: the page shows one substep of it at a time."""
    program = numbers.program(block.model)
    if program is None:
        return None
    names = program.names
    if not _known(block.gradient, block.gradient, program, names, problems):
        return None
    points = block.plot.points if block.plot else {}
    sound = True
    for text in (text for pair in points.items() for text in pair):
        sound &= _known(text, text, program, names, problems)
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
        found = _function(block.plot.function, block.plot.variable, numbers, problems, key)
        if found is None:
            return None
        view["plot"] = block.plot
        view["data"] |= {
            "spec": figures.line(*found, block.plot.domain),
            "points": [None, *(list(s.point) if s.point else None for s in walked.substeps)],
        }
    return view


VIEWS: dict[str, Callable[..., View | None]] = {
    "figure": figure,
    "network": network,
    "demo": demo,
    "curve": curve,
    "surface": surface,
    "walk": walk,
}


def _function(
    text: Text, variable: Text | None, numbers: Numbers, problems: Problems, key: str
) -> tuple[Program, str] | None:
    """The program of a function of one variable, and the variable's name."""
    free = free_variables(text, problems)
    if free is None:
        return None
    name = str(variable) if variable is not None else (free[0] if len(free) == 1 else None)
    if name is None:
        if free:
            problems.error(
                f"this has several variables: {', '.join(free)}", text.place(), "say which one moves: variable: x"
            )
        else:
            problems.error("this has no variable", text.place(), "such as x in x**2")
        return None
    program = numbers.function(key, text, [name])
    return (program, name) if program is not None else None


def _derived(expression: Expression, name: str) -> str:
    """``= formula`` of a derivative, or nothing where it has no short formula: its value is shown all the same."""
    try:
        return f" = {latex(derivative(expression, name), default_symbol)}"
    except ExpressionError:
        return ""


def _known(name: str, where: Text, program: Program, names: list[str], problems: Problems) -> bool:
    if name in names:
        return True
    bare = name.removeprefix(f"{program.name}.")
    hint = f"leave out “{program.name}.”: the block is about this model" if bare != name else did_you_mean(name, names)
    problems.error(f"“{program.name}” has no “{name}” here", where.place(), hint)
    return False


def _digits(step: float) -> str:
    """The format that shows a slider's values without hiding any of its steps."""
    return f".{min(6, len(f'{step:f}'.rstrip('0').partition('.')[2]))}f"


def _step(domain: tuple[float, float]) -> float:
    """A slider step that gives a few hundred positions of round numbers."""
    return 10.0 ** (math.floor(math.log10(domain[1] - domain[0])) - 2)


def place_of(block: Block) -> Place | None:
    """Where a block stands, or the first text in it."""
    text = next((found for _, value in block if (found := _first_text(value)) is not None), None)
    return text.place() if text is not None else None


def _first_text(value: Any) -> Text | None:
    """Any text inside a nested value, to have a place for a message."""
    if isinstance(value, Text):
        return value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found = key if isinstance(key, Text) else _first_text(item)
        if found is not None:
            return found
    return None
