"""The plan of a walk: forward line by line, backward edge by edge, and what is shown at each substep.

A :class:`Walk` is computed once from a program. Every substep carries its formula in symbols and in numbers, the edge,
the chain's factor and the table cell that light up with it, so that page, print and screen reader tell one story.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from bpslides import chains
from bpslides.diagrams import GraphLayout, graph, operands
from bpslides.program import Program
from bpslides.spelling import Spelling, equation, in_two_rows


@dataclass(frozen=True)
class Factor:
    """A local derivative ∂source/∂target as one box of the chain."""

    source: str
    target: str
    symbol: str
    value: float
    step: int


@dataclass(frozen=True)
class Substep:
    """One substep: its phase (``forward``, ``backward`` or ``result``), what it is, and its formulas as LaTeX lines."""

    phase: str
    number: int
    """Place within its phase, from 1."""
    title: str
    formulas: list[str]
    edges: list[tuple[str, str]] = field(default_factory=list)
    point: tuple[float, float] | None = None
    """Where the plot's marker is from this substep on."""


@dataclass(frozen=True)
class Row:
    """A row of the state table: a node, its value and its adjoint, and the substeps at which these become known."""

    name: str
    symbol: str
    value: float
    value_step: int
    gradient: float | None
    gradient_step: int


@dataclass(frozen=True)
class Walk:
    """Everything that a walk shows."""

    layout: GraphLayout
    symbols: dict[str, str]
    loss: str
    target: str
    substeps: list[Substep]
    paths: list[list[Factor]]
    """The chain: one list of factors per path from the loss to the target; their products add up to the gradient."""
    rows: list[Row]
    gradient: float


def plan(program: Program, target: str, plot_points: dict[str, str] | None = None) -> Walk:
    """Plan the walk to ∂loss/∂``target``. ``plot_points`` maps a node to the node of its image on the plotted curve.

    Raises:
        ValueError: when the loss does not depend on ``target`` or reaches it by more than ``chains.MAX_PATHS`` paths.
    """
    return _Planner(program, target, plot_points or {}).plan()


class _Planner:
    def __init__(self, program: Program, target: str, plot_points: dict[str, str]) -> None:
        self.program, self.target, self.plot_points = program, target, plot_points
        state = program.state()
        self.spell = Spelling(program, state)
        self.value = self.spell.value
        self.adjoint = {name: float(state.sweep.gradient(name)) for name in program.names}
        self.symbols = self.spell.symbols
        self.lines = list(program.graph.lines)
        self.local = {name: chains.slopes(program, state.tape, name) for name in self.lines}
        self.substeps: list[Substep] = []
        self.value_step = dict.fromkeys(program.graph.leaves, 0)
        self.gradient_step: dict[str, int] = {}
        self.edge_step: dict[tuple[str, str], int] = {}

    def plan(self) -> Walk:
        paths = self._paths()
        for number, line in enumerate(self.lines, 1):
            self._forward(line, number)
        for number, (source, target) in enumerate(self._backward_edges(paths), 1):
            self._backward(source, target, number)
        chain = [
            [Factor(s, t, self.spell.partial(s, t), self.local[s][t], self.edge_step[s, t]) for s, t in pairwise(path)]
            for path in paths
        ]
        self._result(chain)
        rows = [
            Row(
                name,
                self.symbols[name],
                self.value[name],
                self.value_step[name],
                self.adjoint[name] if name in self.gradient_step else None,
                self.gradient_step.get(name, 0),
            )
            for name in (*self.program.graph.leaves, *self.lines)
        ]
        return Walk(
            graph(self.program),
            self.symbols,
            self.program.output,
            self.target,
            self.substeps,
            chain,
            rows,
            self.adjoint[self.target],
        )

    # Which edges are walked, and in which order.

    def _paths(self) -> list[list[str]]:
        """All paths from the loss down to the target."""
        found = chains.paths(self.program, self.target)
        if len(found) > chains.MAX_PATHS:
            raise ValueError(
                f"the loss reaches “{self.target}” by more than {chains.MAX_PATHS} paths; choose another gradient"
            )
        if not found:
            raise ValueError(f"the loss does not depend on “{self.target}”")
        return found

    def _backward_edges(self, paths: list[list[str]]) -> Iterable[tuple[str, str]]:
        """Edges against the direction of the graph, users first: those on the way, and those to parameters."""
        on_the_way = {edge for path in paths for edge in pairwise(path)}
        reached = {self.program.output}
        for line in reversed(self.lines):
            if line not in reached:
                continue
            edges = [(line, o) for o in operands(self.program, line)]
            # Side branches to parameters first, so that the walk goes on from where the chain does.
            for edge in sorted(edges, key=lambda edge: edge in on_the_way):
                if edge in on_the_way or edge[1] in self.program.graph.parameters:
                    reached.add(edge[1])
                    yield edge

    # What each substep says.

    def _forward(self, line: str, number: int) -> None:
        expression = self.program.expressions[line]
        symbol = self.symbols[line]
        step = len(self.substeps) + 1
        self.value_step[line] = step
        point = next(
            ((self.value[x], self.value[y]) for x, y in self.plot_points.items() if y == line), self._last_point()
        )
        self.substeps.append(
            Substep(
                "forward",
                number,
                "the loss" if line == self.program.output else "forward",
                in_two_rows(
                    symbol,
                    self.spell.symbolic(expression),
                    self.spell.numeric(expression),
                    self.spell.number(self.value[line]),
                ),
                [(operand, line) for operand in operands(self.program, line)],
                point,
            )
        )

    def _backward(self, source: str, target: str, number: int) -> None:
        step = len(self.substeps) + 1
        self.edge_step[source, target] = step
        self.gradient_step[target] = step
        self.gradient_step.setdefault(source, step)
        local = self.spell.slope(source, target)
        partial = self.spell.partial(source, target)
        numeric = self.spell.numeric(local)
        value = self.spell.number(self.local[source][target])
        formulas = [equation(partial, self.spell.symbolic(local), *([numeric] if numeric != value else []), value)]
        if source != self.program.output:
            whole = self.spell.partial(self.program.output, target)
            above = self.spell.partial(self.program.output, source)
            factors = self.adjoint[source], self.local[source][target]
            product = self.spell.product(factors)
            amount = factors[0] * factors[1]
            arrives = "+=" if abs(amount - self.adjoint[target]) > 1e-12 * max(1.0, abs(amount)) else "="
            made = equation(f"{above} \\cdot {partial}", product, self.spell.number(amount))
            formulas.append(f"{whole} {arrives} {made}")
        point = next(
            ((self.value[x], self.value[y]) for x, y in self.plot_points.items() if (y, x) == (source, target)),
            self._last_point(),
        )
        self.substeps.append(Substep("backward", number, "backward", formulas, [(source, target)], point))

    def _result(self, chain: list[list[Factor]]) -> None:
        symbols = " + ".join(r" \cdot ".join(factor.symbol for factor in path) for path in chain)
        numbers = " + ".join(self.spell.product(factor.value for factor in path) for path in chain)
        whole = self.spell.partial(self.program.output, self.target)
        self.substeps.append(
            Substep(
                "result",
                1,
                "the product",
                in_two_rows(whole, symbols, numbers, self.spell.number(self.adjoint[self.target])),
                [],
                self._last_point(),
            )
        )

    def _last_point(self) -> tuple[float, float] | None:
        return self.substeps[-1].point if self.substeps else None
