"""Views of functions of two variables: from above, and from the side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.figures import specs, words
from bpslides.model.blocks import figures as forms
from bpslides.program import Program, points
from bpslides.text import Text
from bpslides.views.common import View, axis_labels, first_text, function_of_two, plain_label, tell_constant

if TYPE_CHECKING:
    from bpslides.compute import Numbers
    from bpslides.figures import mesh
    from bpslides.figures.specs import Domain

#: Values along each side among which the lowest and the highest are looked for.
SAMPLES = 33


def heatmap(block: forms.HeatmapFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The function from above."""
    found = _of_two(block, block.heatmap, numbers, problems, key)
    if found is None:
        return None
    program, names, marked, view = found
    spec = specs.heatmap(program, names, block.domain, block.domain_y or block.domain)
    trace = spec["data"][0]
    if not block.contours:
        kept = {key: trace[key] for key in ("x", "y", "z", "zmin", "zmax", "hoverinfo")}
        trace = {"type": "heatmap", "zsmooth": "best", **kept}
    spec["data"] = [trace | {"showscale": True}]
    del spec["range"]
    return view | {
        "data": {"spec": spec, "points": [list(marked[:2])] if marked else []},
        "alt": f"Heatmap of {view['alt']}",
        "labels": axis_labels(block, *names),
    }


def surface(block: forms.SurfaceFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The function as a landscape."""
    found = _of_two(block, block.surface, numbers, problems, key)
    if found is None:
        return None
    program, names, marked, view = found
    domains = (block.domain, block.domain_y or block.domain)
    labels = [plain_label(text, numbers, problems) if text else "" for text in (block.x_label, block.y_label)]
    axes = (labels[0] or names[0], labels[1] or names[1])
    drawn = (block.surface, str(block.symbol), block.height)
    landscape = seen_from_the_side(program, names, domains, drawn, marked, problems, axes)
    if landscape is None:
        return None
    return view | {"drawing": landscape.drawing, "alt": f"Surface of {view['alt']}"}


def seen_from_the_side(
    program: Program,
    names: tuple[str, str],
    domains: tuple[Domain, Domain],
    drawn: tuple[Text, str, int],
    mark: tuple[float, float, float] | None,
    problems: Problems,
    axes: tuple[str, str] | None = None,
) -> mesh.Landscape | None:
    """The program's output as a landscape; with hardly a value there is none, and that is reported.

    What is ``drawn`` is a text of the deck, its symbol, and how many pixels high it will be.
    """
    from bpslides.figures import mesh  # few decks need it

    xs, ys = (points(domain, mesh.CELLS + 1) for domain in domains)
    rows = [program.sweep(names[0], xs, {names[1]: y}) for y in ys]
    text, symbol, height = drawn
    if sum(value is not None for row in rows for value in row) < mesh.CELLS:
        problems.error("the function has hardly a finite value here", text.place(), "choose another “domain”")
        return None
    return mesh.surface(domains, rows, (*(axes or names), symbol), height=height, mark=mark)


def _of_two(
    block: forms.HeatmapFigure | forms.SurfaceFigure, text: Text, numbers: Numbers, problems: Problems, key: str
) -> tuple[Program, tuple[str, str], tuple[float, float, float] | None, View] | None:
    """The function, its variables, the marked point with its value, and the words that two forms share."""
    found = function_of_two(text, block.variables, numbers, problems, key)
    if found is None:
        return None
    program, (x, y) = found
    tell_constant(program, (x, y), text, problems)
    domains = (block.domain, block.domain_y or block.domain)
    xs, ys = (points(domain, SAMPLES) for domain in domains)
    rows = [program.sweep(x, xs, {y: at}) for at in ys]
    values = [(value, xs[i], ys[j]) for j, row in enumerate(rows) for i, value in enumerate(row) if value is not None]
    if not values:
        problems.error("the function has no finite value here", text.place(), "choose another “domain”")
        return None
    low, high = min(values), max(values)
    said = f"{text} for {x} {words.span(domains[0])} and {y} {words.span(domains[1])}: "
    said += "; ".join(
        f"the {name} value is about {words.number(v)}, at {x} = {words.number(a)} and {y} = {words.number(b)}"
        for name, (v, a, b) in (("lowest", low), ("highest", high))
    )
    marked = None
    if block.at is not None:
        at = [numbers.number(value) for value in block.at]
        if at[0] is None or at[1] is None:
            return None
        place = first_text(list(block.at)) or text
        outside = next((v for v, (a, b) in zip(at, domains, strict=True) if v is not None and not a <= v <= b), None)
        if outside is not None:
            problems.error(f"the point {outside:g} is outside of the domain", place.place())
            return None
        value = program.sweep(x, [at[0]], {y: at[1]})[0]
        if value is None:
            problems.error("the function has no finite value at this point", place.place(), "choose another “at”")
            return None
        marked = (at[0], at[1], value)
        said += f". The marked point is at {x} = {words.number(at[0])} and {y} = {words.number(at[1])}"
        said += f", with the value {words.number(value)}"
    table = words.grid_table(f"{y} \\ {x}", xs, ys, rows)
    return program, (x, y), marked, {"alt": f"{said}.", "tables": [table]}
