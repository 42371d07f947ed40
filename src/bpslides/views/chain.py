"""The views of a chain: slopes multiplied, gears, a function in stages. The paths have a module of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from bpslides import gears
from bpslides.autodiff import gradient_check
from bpslides.diagrams import symbol
from bpslides.errors import Problems
from bpslides.expression import Expression, name_problem, source_text, walk
from bpslides.figures import specs
from bpslides.formatting import format_number
from bpslides.model import Chain, Gears, Paths, Product, Stages
from bpslides.program import Program, free_variables, read_expression
from bpslides.symbolic import default_symbol, latex, substitute
from bpslides.symbolic.calculus import MAX_NODES
from bpslides.text import Text
from bpslides.views.common import RIGHT, View, derived, digits, held, slider_step
from bpslides.views.products import product
from bpslides.views.routes import paths

if TYPE_CHECKING:
    from bpslides.compute import Numbers


def chain(block: Chain, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The view of the form that the author chose."""
    match block:
        case Product():
            return product(block, numbers, problems, key)
        case Gears():
            return _gears(block, numbers, problems, key)
        case Stages():
            return _stages(block, numbers, problems, key)
        case Paths():
            return paths(block, numbers, problems)
    raise TypeError(f"{type(block).__name__} is no form of a chain")


# ── functions of functions ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Stage:
    """One function of the chain: alone, and together with all before it."""

    name: str
    alone: Program
    whole: Program

    @property
    def data(self) -> dict[str, Any]:
        """What the page asks for its numbers."""
        return {
            "alone": {"model": self.alone.name, "trace": self.alone.trace()},
            "whole": {"model": self.whole.name, "trace": self.whole.trace()},
        }


@dataclass(frozen=True)
class _At:
    """A stage at a value of the variable: its value, its own slope, and the slope of all up to it."""

    value: float
    slope: float
    so_far: float


def _composed(
    variable: str, texts: dict[str, Text], numbers: Numbers, problems: Problems, key: str
) -> list[_Stage] | None:
    """Each function by itself and all together; None, with the reason told, where one cannot be made."""
    whole: Expression | None = None
    stages: list[_Stage] = []
    for (before, name), text in zip(pairwise([variable, *texts]), texts.values(), strict=True):
        expression = read_expression(text, problems)
        alone = numbers.function(f"{key}-{name}", text, [before]) if expression is not None else None
        if expression is None or alone is None:
            return None
        whole = expression if whole is None else substitute(expression, {before: whole})
        if any(count >= MAX_NODES for count, _ in enumerate(walk(whole))):
            problems.error("the stages together are too long for one function", text.place(), "take fewer")
            return None
        together = alone if not stages else numbers.function(f"{key}-{name}-whole", _of(whole, text), [variable])
        if together is None:
            return None
        stages.append(_Stage(name, alone, together))
    return stages


def _of(expression: Expression, text: Text) -> Text:
    """An expression that we wrote, at the place of the author's."""
    return Text(source_text(expression), text.origin)


def _at(stages: list[_Stage], variable: str, at: float) -> list[_At] | None:
    """The numbers of all stages; None where one has none."""
    found: list[_At] = []
    before, value = variable, at
    for stage in stages:
        alone = stage.alone.respond({before: value}, None)
        whole = stage.whole.respond({variable: at}, None)
        if alone["nonFinite"] or whole["nonFinite"]:
            return None
        value = whole["values"]["value"]
        found.append(_At(value, alone["gradients"][before], whole["gradients"][variable]))
        before = stage.name
    return found


def _checked(program: Program, variable: str, at: float) -> str | None:
    """The badge: how well the slope of the whole agrees with central differences, where the variable begins."""
    check = gradient_check(program.tape.replay({variable: at}), program.output, [variable])
    if check.kinks or check.worst > RIGHT:
        return None
    return f"The slope of the whole agrees with central differences to {format_number(check.worst, '.0e')}"


#: Numbers of a stage.
SHOWN = ".4g"


def _stages(block: Stages, numbers: Numbers, problems: Problems, key: str) -> View | None:
    variable = _variable_of(block, problems)
    at = numbers.number(block.at)
    if variable is None or at is None:
        return None
    stages = _composed(variable, {str(name): text for name, text in block.stages.items()}, numbers, problems, key)
    if stages is None:
        return None
    place = next(iter(block.stages.values())).place()
    if not block.domain[0] <= at <= block.domain[1]:
        problems.error(f"the point {at:g} is outside of the domain", place)
        return None
    found = _at(stages, variable, at)
    if found is None:
        problems.error(f"the stages have no finite value at {at:g}", place, "choose another “at”")
        return None
    symbols = [default_symbol(name) for name in (variable, *block.stages)]
    shown = []
    for i, (stage, numbers_of) in enumerate(zip(stages, found, strict=True)):
        expression = stage.alone.expressions["value"]
        slope = _slope(symbols[i + 1], symbols[i])
        shown.append(
            {
                "symbol": symbols[i + 1],
                "formula": f"{symbols[i + 1]} = {latex(expression, default_symbol)}",
                "slope_symbol": slope,
                "slope_formula": slope + derived(expression, (variable, *block.stages)[i]),
                "value": format_number(numbers_of.value, SHOWN),
                "slope": format_number(numbers_of.slope, SHOWN),
                "so_far": format_number(numbers_of.so_far, SHOWN),
                "factors": " · ".join(held(format_number(f.slope, SHOWN)) for f in reversed(found[: i + 1])),
                "so_far_symbol": _slope(symbols[i + 1], symbols[0]),
            }
        )
    step = slider_step(block.domain)
    last = stages[-1].whole
    return {
        "form": "stages",
        "beside": False,
        "data": {
            "variable": variable,
            "names": [variable, *block.stages],
            "stages": [stage.data for stage in stages],
            "spec": specs.line(last, variable, block.domain),
            "domain": list(block.domain),
            "at": at,
            "format": digits(step),
            "shown": SHOWN,
        },
        "variable": variable,
        "at": format_number(at, digits(step)),
        "step": step,
        "symbols": symbols,
        "symbol": symbol,
        "stages": shown,
        "whole": f"{symbols[-1]} = {latex(last.expressions['value'], default_symbol)}",
        "checked": _checked(last, variable, at),
        "alt": f"Graph of {last.graph.lines['value']} with a point that can be moved along it, and its tangent.",
    }


def _variable_of(block: Stages, problems: Problems) -> str | None:
    """The variable, where every stage is a function of the name before it and of nothing else."""
    first = next(iter(block.stages.values()))
    free = free_variables(first, problems)
    if free is None:
        return None
    if block.variable is None and len(free) != 1:
        said = f"several names: {', '.join(free)}" if free else "no variable"
        problems.error(f"the first stage has {said}", first.place(), "say which one moves: variable: x")
        return None
    before = str(block.variable or free[0])
    variable = before
    for name, text in block.stages.items():
        fault = name_problem(name) or (f"“{name}” stands for two things" if name in (variable, "value") else None)
        if fault:
            problems.error(fault, name.place())
            return None
        names = free_variables(text, problems)
        if names is None:
            return None
        if names != [before]:
            other = next((used for used in names if used != before), None)
            message = f"this stage uses “{other}”" if other else f"this stage does not use “{before}”"
            hint = f"each is a function of the one before it, here {before}, alone"
            problems.error(message, text.place(), f"{hint}; for a graph with several ways, take: chain: {{model: …}}")
            return None
        before = str(name)
    return variable


def _slope(of: str, by: str) -> str:
    return rf"\frac{{d {of}}}{{d {by}}}"


# ── gears ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#: The format of turns and rates.
TURNS = ".4g"
_NAMES = {2: ("x", "y"), 3: ("x", "u", "y"), 4: ("x", "u", "v", "y")}


def _gears(block: Gears, numbers: Numbers, problems: Problems, key: str) -> View | None:
    rates = [numbers.number(value) for value in block.gears]
    at = numbers.number(block.at)
    found = [rate for rate in rates if rate is not None]
    if at is None or len(found) < len(rates):
        return None
    place = block.place
    names = [str(name) for name in block.names or _NAMES[len(rates) + 1]]
    if len(names) != len(rates) + 1:
        problems.error(f"“names” has {len(names)} entries for {len(rates) + 1} gears", place)
        return None
    for name in names:
        fault = name_problem(name) or (f"two gears are called “{name}”" if names.count(name) > 1 else None)
        if fault:
            problems.error(fault, place)
            return None
    if min(found) <= 0 or not 0 <= at <= 1:
        message = f"a gear cannot turn {min(found):g} times" if min(found) <= 0 else f"“at” is {at:g}, not from 0 to 1"
        problems.error(message, place)
        return None
    try:
        train = gears.train(found)
    except ValueError as error:
        problems.error(str(error), place, "take rates nearer to 1, such as 3 and 2")
        return None
    origin = next((value.origin for value in block.gears if isinstance(value, Text)), None)
    texts = {
        name: Text(f"{rate!r}*{before}", origin) for (before, name), rate in zip(pairwise(names), found, strict=True)
    }
    stages = _composed(names[0], texts, numbers, problems, key)
    turned = stages and _at(stages, names[0], at)
    if not stages or not turned:
        return None
    symbols = [default_symbol(name) for name in names]
    values = [at, *(stage.value for stage in turned)]
    return {
        "form": "gears",
        "beside": False,
        "data": {
            "variable": names[0],
            "names": names,
            "stages": [stage.data for stage in stages],
            "at": at,
            "speeds": [wheel.speed for wheel in train.wheels],
            "phases": [wheel.phase for wheel in train.wheels],
            "centres": [[wheel.x, wheel.y] for wheel in train.wheels],
            "format": TURNS,
        },
        "train": train,
        "symbol": symbol,
        "wheels": [
            (wheel, name, latex_name, format_number(value, TURNS))
            for wheel, name, latex_name, value in zip(train.wheels, names, symbols, values, strict=True)
        ],
        "rates": [
            (_slope(after, before), format_number(rate, TURNS))
            for (before, after), rate in zip(pairwise(symbols), found, strict=True)
        ],
        "whole": (_slope(symbols[-1], symbols[0]), format_number(turned[-1].so_far, TURNS)),
        "variable": names[0],
        "at": at,
        "checked": _checked(stages[-1].whole, names[0], at),
        "alt": f"{len(names)} gears in a row, with {', '.join(str(wheel.teeth) for wheel in train.wheels)} teeth: "
        f"when {names[0]} turns once, {names[-1]} turns {format_number(prod(found), TURNS)} times.",
    }
