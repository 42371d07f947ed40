"""The view of paths through a graph: the slope of each edge, the product along each path, and their sum."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from bpslides import chains, diagrams, routes
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.model import Paths
from bpslides.views.common import View, checked, equals, held, known

if TYPE_CHECKING:
    from bpslides.compute import Numbers
    from bpslides.program import Program

#: The most paths that a slide can hold when each takes one row.
MOST = 6
#: The most factors that fit into a row.
LONGEST = 6
#: More paths than these have their symbols in the drawing alone.
FEW = 3
SHOWN = ".4g"


class _Row(NamedTuple):
    """One path: its factors as (symbol, slope), the loss first, their product, and the sign before it."""

    factors: list[tuple[str, float]]
    product: float
    equals: str


def paths(block: Paths, numbers: Numbers, problems: Problems) -> View | None:
    """The paths from the loss down to the author's name, with every number worked out."""
    program = numbers.program(block.model)
    if program is None or not known(block.gradient, block.gradient, program, program.names, problems):
        return None
    if any(program.tape.value(name).ndim for name in program.names):
        problems.error(f"“{program.name}” holds arrays, and paths go through single numbers", block.model.place())
        return None
    start, loss = str(block.gradient), program.output
    found = chains.paths(program, start, MOST)
    if not found or len(found) > MOST or max(map(len, found)) > LONGEST + 1:
        message = (
            f"no path leads from “{start}” to “{loss}”"
            if not found
            else f"more than {MOST} paths lead from “{start}” to “{loss}”"
            if len(found) > MOST
            else f"a path from “{start}” to “{loss}” has more than {LONGEST} edges"
        )
        problems.error(message, block.gradient.place(), "choose another “gradient”")
        return None
    state = program.state()
    local = {line: chains.slopes(program, state.tape, line) for line in program.graph.lines}
    whole = program.gradient(state, start)
    total = float(whole) if whole is not None else float("nan")
    longest = max(map(len, found)) - 1
    # A drawing with few columns leaves room at its side.
    beside = len(found) > FEW or longest <= 2
    # Three slopes fit into a row as ∂a/∂b; rows that are less high leave more to the drawing.
    symbol = chains.partial if beside or longest > 3 else _on_one_line
    rows: list[_Row] = []
    for path in found:
        factors = [(symbol(program, a, b), local[a][b]) for a, b in pairwise(path)]
        slopes = [value for _, value in factors]
        rows.append(_Row(factors, prod(slopes), equals(slopes, prod(slopes), SHOWN)))
    places = routes.layout([path[::-1] for path in found])

    def write(value: float) -> str:
        return format_number(value, SHOWN)

    amounts = [write(row.product) for row in rows]
    told = ["Press Step: one path after another lights up."]
    for number, (row, amount) in enumerate(zip(rows, amounts, strict=True), 1):
        along = " · ".join(held(write(value)) for _, value in row.factors)
        told.append(
            f"Path {number}: multiply along it: {along}{f' {row.equals} {amount}' if len(row.factors) > 1 else ''}."
        )
    sign = equals((row.product for row in rows), total, SHOWN)
    added = " + ".join(held(amount) for amount in amounts)
    told.append(
        f"Sum across the {len(rows)} paths: {added} {sign} {write(total)}."
        if len(rows) > 1
        else f"There is only this path, so its product is the slope: {write(total)}."
    )
    return {
        "form": "paths",
        "few": FEW,
        "data": {"paths": len(rows), "words": told},
        "routes": places,
        "slopes": {(edge.source, edge.target): local[edge.target][edge.source] for edge in places.edges},
        "kinds": {start: "input", loss: "loss"},
        "symbols": {name: program.symbol(name) for name in places.nodes},
        "node_values": {name: float(state.tape.value(name)) for name in places.nodes},
        "rows": rows,
        "equals": sign,
        "beside": beside,
        "whole": (symbol(program, loss, start), total),
        "words": told[-1],
        "write": write,
        "symbol": diagrams.symbol,
        "checked": checked(program),
        "alt": block.alt
        or f"The graph from {start} to {loss}, with {len(rows)} path{'s' if len(rows) > 1 else ''} "
        "and the slope of every edge.",
    }


def _on_one_line(program: Program, of: str, by: str) -> str:
    """∂of/∂by as LaTeX, with a stroke."""
    return rf"\partial {program.symbol(of)} / \partial {program.symbol(by)}"
