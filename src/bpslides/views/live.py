"""Views of what can be played with: demo, curve, surface."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bpslides import autodiff
from bpslides.autodiff import AutodiffError
from bpslides.errors import Problems, did_you_mean
from bpslides.figures import specs
from bpslides.formatting import format_number
from bpslides.model import Curve, Demo, Descent, Surface
from bpslides.symbolic import default_symbol, latex
from bpslides.views.common import (
    View,
    checked,
    derived,
    digits,
    function_of,
    function_of_two,
    known,
    place_of,
    slider_step,
    tell_constant,
)
from bpslides.views.fields import seen_from_the_side

if TYPE_CHECKING:
    from bpslides.compute import Numbers
    from bpslides.program import Program

#: Pixels of a landscape beside two cross-sections.
LANDSCAPE_HEIGHT = 320


def demo(block: Demo, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A model to play with, in the author's state."""
    program = numbers.program(block.model)
    if program is None:
        return None
    sound = True
    leaves = program.graph.leaves
    for slider in block.sliders:
        if slider.name not in leaves and slider.name != "learning_rate":
            hint = did_you_mean(slider.name, [*leaves, "learning_rate"])
            problems.error(f"“{slider.name}” is no input or parameter of “{program.name}”", slider.name.place(), hint)
            sound = False
    for readout in block.readouts:
        sound &= known(readout.value.removeprefix("grad."), readout.value, program, program.names, problems)
        try:
            format_number(1.0, readout.format and str(readout.format))
        except ValueError as error:
            problems.error(str(error), readout.format.place() if readout.format else None)
            sound = False
    plot = block.plot
    for written in (plot.variable, *(s.name for s in block.sliders), *(r.value for r in block.readouts)):
        name = written.removeprefix("grad.")
        if name in program.names and program.tape.value(name).ndim:
            named = f"name one of its numbers in a line of its own, such as one: {name}[0]"
            hint = named if name in program.graph.lines else None
            problems.error(f"“{name}” is an array, and a demo shows single numbers", written.place(), hint)
            sound = False
    sound &= known(plot.variable, plot.variable, program, list(leaves), problems)
    sound &= known(plot.value, plot.value, program, list(program.graph.lines), problems)
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
    spec = specs.line(program, str(plot.variable), plot.domain, plot.range)
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
    sliders = [(s, format_number(start[str(s.name)], digits(s.step)), start[str(s.name)]) for s in block.sliders]
    return {
        "data": {
            "model": program.name,
            "trace": program.trace(),
            "spec": spec,
            "variable": str(plot.variable),
            "domain": list(plot.domain),
            "loss": program.output,
            "learningRate": program.run.optimizer.learning_rate,
            "sliders": [{"name": str(s.name), "format": digits(s.step)} for s in block.sliders],
            "readouts": [{"value": str(r.value), "format": r.format and str(r.format)} for r in block.readouts],
        },
        "readouts": readouts,
        "sliders": sliders,
        "checked": checked(program),
        "alt": f"The curve of {plot.value} as {plot.variable} moves, with the current point, its tangent and the path "
        "of the steps.",
    }


def descent(block: Descent, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A demo of one function: its variable is the only parameter, its value the loss."""
    found = function_of(block.function, block.variable, numbers, problems, key)
    start = numbers.number(block.start)
    if found is None or start is None:
        return None
    function, variable = found
    tell_constant(function, [variable], block.function, problems)
    low, high = block.rates
    if not low <= block.rate <= high:
        message = f"the rate {block.rate:g} is not between the {low:g} and {high:g} of its slider"
        problems.error(message, place_of(block), "widen “rates”")
        return None
    try:
        tape = function.tape.replay({variable: start})
        optimizer = autodiff.optimizer(learning_rate=block.rate, **block.optimizer.model_dump(exclude_none=True))
    except AutodiffError as error:
        problems.error(error.message, block.function.place(), error.hint or None)
        return None
    graph = replace(function.graph, inputs={}, parameters={variable: start})
    run = autodiff.Run(tape, function.output, [variable], optimizer)
    program = replace(function, tape=tape, graph=graph, run=run)
    walked = _walked(block, program, variable, problems) if block.steps else None
    if block.steps and walked is None:
        return None
    numbers.live[key] = program
    name, var = str(block.symbol), default_symbol(variable)
    at = walked["path"][-1][0] if walked else start
    answer = program.respond({variable: at}, None)
    steps = {variable: slider_step(block.domain), "learning_rate": slider_step(block.rates)}
    shown = {variable: at, "learning_rate": block.rate}
    ends = {variable: block.domain, "learning_rate": block.rates}
    sliders = [
        (
            {"name": key, "label": None, "min": ends[key][0], "max": ends[key][1], "step": steps[key]},
            format_number(shown[key], digits(steps[key])),
            shown[key],
        )
        for key in shown
    ]
    readouts = [
        ({"value": value, "word": word, "latex": symbol, "tone": tone}, format_number(number, ".4g"))
        for value, word, symbol, tone, number in (
            (variable, "", var, "plain", at),
            ("value", "", f"{name}({var})", "forward", answer["values"]["value"]),
            (f"grad.{variable}", "slope", f"{name}'({var})", "backward", answer["gradients"][variable]),
        )
    ]
    return {
        "data": {
            "model": key,
            "trace": program.trace(),
            "spec": specs.line(program, variable, block.domain, block.range),
            "variable": variable,
            "domain": list(block.domain),
            "loss": "value",
            "learningRate": block.rate,
            "sliders": [{"name": name, "format": digits(step)} for name, step in steps.items()],
            "readouts": [{"value": value, "format": ".4g"} for value in (variable, "value", f"grad.{variable}")],
            "walked": walked,
        },
        "table": walked
        and [
            (n, *(format_number(number, ".4g") for number in walked["path"][n])) for n in specs.step_ticks(block.steps)
        ],
        "symbols": (var, f"{name}({var})"),
        "formula": f"{name}({var}) = {latex(program.expressions['value'], default_symbol)}",
        "readouts": readouts,
        "sliders": sliders,
        "checked": checked(program),
        "name": name,
        "variable": variable,
        "alt": f"Graph of {block.function} with a point that goes down it, its tangent, and the path of its steps.",
    }


def _walked(block: Descent, program: Program, variable: str, problems: Problems) -> dict[str, Any] | None:
    """The points that the author's steps came through, first and last among them, and what the optimizer remembers."""
    course, diverged = program.course(None, 0, block.steps, [variable, "value"])
    path = list(zip(course[variable], course["value"], strict=True))
    if len(path) <= block.steps:
        problems.error(
            f"the point diverges at step {diverged}", place_of(block), "take fewer “steps” or a smaller “rate”"
        )
        return None
    low, high = block.domain
    at = path[-1][0]
    if not low <= at <= high:
        message = f"after {block.steps} steps the point is at {at:.4g}, outside of the domain"
        problems.error(message, place_of(block), "take fewer “steps” or a smaller “rate”, or widen “domain”")
        return None
    memories = program.run.at(block.steps - 1).memories
    kept = {name: {key: value.tolist() for key, value in memory.items()} for name, memory in memories.items()}
    return {"path": path, "memories": kept}


def curve(block: Curve, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A function with its derivative, both as formulas and at the author's point."""
    found = function_of(block.function, block.variable, numbers, problems, key)
    if found is None:
        return None
    program, variable = found
    tell_constant(program, [variable], block.function, problems)
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
    secant = None
    if block.secant is not None:
        secant = _secant(block, program, variable, at, problems)
        if secant is None:
            return None
    return {
        "data": {
            "model": key,
            "trace": program.trace(),
            "spec": specs.line(program, variable, block.domain, block.range),
            "variable": variable,
            "domain": list(block.domain),
            "at": at,
            "secant": block.secant,
        },
        "secant": secant,
        "formula": f"{name}({var}) = {latex(expression, default_symbol)}",
        "derivative": f"{name}'({var})" + derived(expression, variable),
        "name": name,
        "variable": variable,
        "at": at,
        "checked": checked(program),
        "step": slider_step(block.domain),
        "value": format_number(answer["values"]["value"], ".3f"),
        "slope": format_number(answer["gradients"][variable], ".3f"),
        "alt": block.alt
        or f"Graph of {block.function} with a point that can be moved along it, and the tangent there.",
    }


#: The slider of a secant comes this near, as a power of ten: nearer, a rounded difference says less, not more.
NEAREST = -4


def _secant(block: Curve, program: Program, variable: str, at: float, problems: Problems) -> dict[str, Any] | None:
    """The secant from the author's point: its slope, and where the slider of h stands, which goes by powers of ten."""
    assert block.secant is not None
    if at + block.secant > block.domain[1]:
        message = f"the second point of the secant, at {at + block.secant:g}, is outside of the domain"
        problems.error(message, place_of(block), "choose a smaller “secant”")
        return None
    here, there = program.sweep(variable, [at, at + block.secant])
    if here is None or there is None:
        message = f"the function has no finite value at {at + block.secant:g}"
        problems.error(message, block.function.place(), "choose another “secant”")
        return None
    return {
        "slope": format_number((there - here) / block.secant, ".5g"),
        "h": format_number(block.secant, ".4g"),
        "ends": (NEAREST, math.log10(block.secant)),
    }


def surface(block: Surface, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A function of two variables: heatmap, two cross-sections, both partial derivatives as formulas."""
    found = function_of_two(block.function, block.variables, numbers, problems, key)
    if found is None:
        return None
    program, names = found
    tell_constant(program, names, block.function, problems)
    x_at, y_at = (numbers.number(value) for value in block.at)
    if x_at is None or y_at is None:
        return None
    at = (x_at, y_at)
    answer = program.respond(dict(zip(names, at, strict=True)), None)
    if answer["nonFinite"]:
        problems.error("the function has no finite value at this point", block.function.place(), "choose another “at”")
        return None
    y_domain = block.domain_y or block.domain
    expression = program.expressions["value"]
    f, (x, y) = str(block.symbol), (default_symbol(names[0]), default_symbol(names[1]))
    landscape = None
    if block.landscape:
        mark = (*at, answer["values"]["value"])
        drawn = (block.function, f, LANDSCAPE_HEIGHT)
        landscape = seen_from_the_side(program, names, (block.domain, y_domain), drawn, mark, problems)
        if landscape is None:
            return None
    return {
        "data": {
            "model": key,
            "trace": program.trace(),
            "symbol": f,
            "landscape": landscape.projection if landscape else None,
            "spec": specs.heatmap(program, names, block.domain, y_domain),
            "variables": list(names),
            "domains": [list(block.domain), list(y_domain)],
            "at": at,
        },
        "formula": f"{f}({x}, {y}) = {latex(expression, default_symbol)}",
        "partials": [
            rf"\frac{{\partial {f}}}{{\partial {symbol}}}" + derived(expression, name)
            for name, symbol in zip(names, (x, y), strict=True)
        ],
        "symbol": f,
        "names": names,
        "checked": checked(program),
        "at": [format_number(v, ".2f") for v in at],
        "steps": [slider_step(block.domain), slider_step(y_domain)],
        "domains": [block.domain, y_domain],
        "start": at,
        "value": format_number(answer["values"]["value"], ".3f"),
        "slopes": [format_number(answer["gradients"][name], ".3f") for name in names],
        "landscape": landscape.drawing if landscape else None,
        "alt": block.alt or f"Heatmap of {block.function} with a point that can be moved over it.",
    }
