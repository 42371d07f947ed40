"""Views of plots: for each form of a figure its spec, the words for it, and the tables of its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpslides.errors import Problems
from bpslides.figures import specs, words
from bpslides.figures.written import checked, filled, harmless
from bpslides.model import Figure
from bpslides.model.blocks import figures as forms
from bpslides.program import Program, points
from bpslides.text import Text
from bpslides.views.charts import bars, training
from bpslides.views.common import View, axis_labels, function_of, place_of, plain_label, tell_constant
from bpslides.views.fields import heatmap, surface

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: Panels of Simpson's rule for an area.
PANELS = 1000
#: Rows in the table of a function.
SAMPLES = 9


def figure(block: Figure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """A plot.

    Keys: ``data`` for the page (None for a drawing), ``drawing`` (SVG), ``alt``, ``tables``, ``labels`` of both axes,
    and a ``key`` that no other figure of the deck has.
    """
    view = FORMS[type(block)](block, numbers, problems, key)
    if view is None:
        return None
    return (
        {"data": None, "drawing": None, "labels": ("", ""), "key": key}
        | view
        | ({"alt": block.alt} if block.alt else {})
    )


def _function(block: forms.FunctionFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    found = function_of(block.function, block.variable, numbers, problems, key)
    if found is None:
        return None
    program, variable = found
    tell_constant(program, [variable], block.function, problems)
    spec = specs.line(program, variable, block.domain, block.range)
    curve = spec["data"][0]
    curve["meta"] = {"tone": "forward"}
    if all(y is None for y in curve["y"]):
        problems.error("the function has no finite value here", block.function.place(), "choose another “domain”")
        return None
    extras = _Extras(block, program, variable, numbers, problems)
    if not (extras.tangent() and extras.secant() and extras.area()):
        return None
    if extras.areas:
        spec["data"] = [*extras.areas, curve]
        low, high = spec["layout"]["yaxis"]["range"]
        if block.range is None:
            spec["layout"]["yaxis"]["range"] = [min(low, 0.0), max(high, 0.0)]
    name = f"{block.symbol}({variable})"
    across = f"for {variable} {words.span(block.domain)}, with values {words.span(curve['y'])}"
    samples = points(block.domain, SAMPLES)
    return {
        "data": {"spec": spec, "points": extras.points, "lines": extras.lines},
        "alt": " ".join([f"Graph of {block.function} {across}.", *extras.said]),
        "tables": [words.series_table(variable, samples, [(name, program.sweep(variable, samples))])],
        "labels": axis_labels(block, variable, name),
    }


class _Extras:
    """What may be drawn beside a curve. Each method returns whether its part is sound, or not wanted."""

    def __init__(
        self, block: forms.FunctionFigure, program: Program, variable: str, numbers: Numbers, problems: Problems
    ) -> None:
        self._block, self._program, self._variable = block, program, variable
        self._numbers, self._problems = numbers, problems
        self.points: list[list[float]] = []
        self.lines: list[dict[str, Any]] = []
        self.areas: list[dict[str, Any]] = []
        self.said: list[str] = []

    def tangent(self) -> bool:
        """The point at ``at``, and the tangent there."""
        if self._block.at is None:
            return True
        found = self._values(self._block.at)
        if found is None:
            return False
        [(x, y)] = found
        slope = self._program.respond({self._variable: x}, None)["gradients"].get(self._variable)
        if slope is None:
            at = self._block.at
            place = at.place() if isinstance(at, Text) else place_of(self._block)
            self._problems.error(f"the function has no tangent at {x:g}", place, "choose another “at”")
            return False
        self._line("tangent", found, slope)
        where = f"{self._variable} = {words.number(x)}"
        self.said.append(
            f"At {where} the value is {words.number(y)}, and the tangent has the slope {words.number(slope)}."
        )
        return True

    def secant(self) -> bool:
        """The straight line through two points of the curve."""
        if self._block.secant is None:
            return True
        found = self._values(*self._block.secant)
        if found is None:
            return False
        (x, y), (x2, y2) = found
        if x == x2:
            self._problems.error("a secant needs two places, not the same twice", place_of(self._block))
            return False
        slope = (y2 - y) / (x2 - x)
        self._line("secant", found, slope)
        where = f"{self._variable} = {words.number(x)} and {words.number(x2)}"
        self.said.append(f"The secant through {where} has the slope {words.number(slope)}.")
        return True

    def area(self) -> bool:
        """The area between the curve and the axis."""
        if self._block.area is None:
            return True
        ends = self._values(*self._block.area)
        if ends is None:
            return False
        low, high = ends[0][0], ends[1][0]
        values = self._program.sweep(self._variable, points((low, high), PANELS + 1))
        ys = [y for y in values if y is not None]
        if low >= high or len(ys) < len(values):
            message = "the function has a gap inside of the area" if low < high else "an area runs from left to right"
            self._problems.error(message, place_of(self._block), "choose another “area”")
            return False
        area = (high - low) / PANELS / 3 * (ys[0] + ys[-1] + 4 * sum(ys[1:-1:2]) + 2 * sum(ys[2:-1:2]))
        xs = points((low, high), specs.CURVE_POINTS)
        self.areas = specs.areas(xs, self._program.sweep(self._variable, xs))
        self.said.append(f"The area from {words.number(low)} to {words.number(high)} is {words.number(area)}.")
        return True

    def _line(self, kind: str, through: list[tuple[float, float]], slope: float) -> None:
        self.points += [list(point) for point in through]
        self.lines.append({"kind": kind, "x": through[0][0], "y": through[0][1], "slope": slope})

    def _values(self, *places: Any) -> list[tuple[float, float]] | None:
        """The points of the curve at ``places``; None, with the reason told, if one is not there."""
        found = []
        low, high = self._block.domain
        for given in places:
            x = self._numbers.number(given)
            if x is None:
                return None
            where = given.place() if isinstance(given, Text) else place_of(self._block)
            y = self._program.sweep(self._variable, [x])[0]
            if not low <= x <= high:
                self._problems.error(f"the point {x:g} is outside of the domain", where)
                return None
            if y is None:
                self._problems.error(f"the function has no finite value at {x:g}", where)
                return None
            found.append((x, y))
        return found


def _functions(block: forms.FunctionsFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    xs = points(block.domain, specs.CURVE_POINTS)
    samples = points(block.domain, SAMPLES)
    courses, columns, names = [], [], []
    for index, part in enumerate(block.functions):
        found = function_of(part.function, block.variable, numbers, problems, f"{key}-{index}")
        if found is None:
            return None
        program, name = found
        names.append(name)
        ys = program.sweep(name, xs)
        if all(y is None for y in ys):
            problems.error("the function has no finite value here", part.function.place(), "choose another “domain”")
            return None
        label = plain_label(part.label or part.function, numbers, problems)
        courses.append((label, xs, ys))
        columns.append((label, program.sweep(name, samples)))
    if len(set(names)) > 1:
        odd = next(i for i, name in enumerate(names) if name != names[0])
        message = f"this is a function of {names[odd]}, and the first one of {names[0]}"
        problems.error(message, block.functions[odd].function.place(), "functions in one plot share their variable")
        return None
    spec = specs.lines(block.domain, courses, [part.tone for part in block.functions], block.range)
    said = [f"{label} {words.span(ys)}" for label, _, ys in courses]
    return {
        "data": {"spec": spec},
        "alt": f"Graphs of {len(courses)} functions for {names[0]} {words.span(block.domain)}: {'; '.join(said)}.",
        "tables": [words.series_table(names[0], samples, columns)],
        "labels": axis_labels(block, names[0], ""),
    }


def _plotly(block: forms.PlotlyFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    spec = checked(block, numbers, problems)
    return _of_plotly(spec) if spec is not None else None


def _python(block: forms.PythonFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    from bpslides.figures.python import made  # starts processes, which few decks need

    spec = made(block.python, filled(block.arguments, numbers, problems), numbers.read, problems)
    return _of_plotly(spec) if spec is not None else None


def _of_plotly(spec: dict[str, Any]) -> View:
    if len(spec["data"]) > 1:
        for index, trace in enumerate(spec["data"]):
            trace.setdefault("name", f"series {index + 1}")  # Plotly counts from 0, and calls them traces
    alt, tables = words.of_plotly(spec)
    return {"data": {"spec": harmless(spec)}, "alt": alt, "tables": tables}


FORMS: dict[type[Figure], Callable[..., View | None]] = {
    forms.FunctionFigure: _function,
    forms.FunctionsFigure: _functions,
    forms.HeatmapFigure: heatmap,
    forms.SurfaceFigure: surface,
    forms.TrainingFigure: training,
    forms.BarsFigure: bars,
    forms.PlotlyFigure: _plotly,
    forms.PythonFigure: _python,
}
"""The class of a figure → what works it out."""
