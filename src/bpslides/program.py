"""A model made computable: its tape, its values and gradients after any number of steps, and answers to live blocks.

A :class:`Program` comes from a model of the deck (:func:`from_model`) or from a single function of free variables
(:func:`from_function`), so that a plotted curve and a network are asked in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpslides import autodiff
from bpslides.autodiff import AutodiffError, Diverged, NotFinite, Run, Tape, Var
from bpslides.errors import Problems, did_you_mean
from bpslides.expression import Expression, ExpressionError, Reference, evaluate, name_problem, parse, references
from bpslides.model import Model
from bpslides.networks import Graph, graph_of
from bpslides.text import Text


@dataclass
class Program:
    """A tape with its meaning: which leaf is what, which line is the loss, and how a step is made."""

    name: str
    tape: Tape
    graph: Graph
    expressions: dict[str, Expression]
    """Line of the graph → its expression, for formulas that write themselves."""
    output: str
    """The node that gradients are of: the loss, or the function's value."""
    run: Run
    """How the parameters are trained; a plain function has none."""
    symbols: dict[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, in the order of the deck."""
        return list(self.graph.parameters)

    @property
    def names(self) -> list[str]:
        """Every name that may be asked for: leaves, then lines."""
        return [*self.graph.leaves, *self.graph.lines]

    def state(self, steps: int = 0) -> autodiff.State:
        """Values, gradients and the next update after ``steps`` updates.

        Raises:
            AutodiffError: when ``steps`` is out of range.
            Diverged: when a value on the way is no longer finite.
        """
        return self.run.at(steps)

    def trace(self) -> dict[str, Any]:
        """The tape with values, adjoints and contributions, ready for JSON: what the browser replays."""
        return autodiff.trace(self.run)

    def respond(self, assignments: Mapping[str, Any], learning_rate: float | None) -> dict[str, Any]:
        """Values, gradients and the next update when some leaves are set anew; what a live block asks under ``serve``.

        ``nonFinite`` is None, or names the first node without a finite value; the other entries are then empty.

        Raises:
            AutodiffError: for a name that is no leaf, or a value of another kind or shape.
        """
        optimizer = self.run.optimizer
        if learning_rate is not None:
            optimizer = autodiff.optimizer(optimizer.name, learning_rate, **optimizer.parameters)
        try:
            tape = self.tape.replay(assignments)
            state = Run(tape, self.output, self.run.parameters, optimizer, self.run.frozen, self.run.update).at(0)
        except Diverged as error:
            return {"values": {}, "gradients": {}, "updated": {}, "nonFinite": {"name": error.node, "op": "update"}}
        except NotFinite as error:
            return {"values": {}, "gradients": {}, "updated": {}, "nonFinite": {"name": error.node, "op": error.op}}
        return {
            "values": {name: state.tape.value(name).tolist() for name in self.names},
            "gradients": {name: state.sweep.gradient(name).tolist() for name in self.names},
            "updated": {name: value.tolist() for name, value in state.updated.items()},
            "nonFinite": None,
        }

    def sweep(self, variable: str, points: list[float], assignments: Mapping[str, Any] | None = None) -> list[float | None]:
        """The output at each of ``points`` of one leaf; None where it has no finite value."""
        results: list[float | None] = []
        for point in points:
            try:
                results.append(float(self.tape.replay({**(assignments or {}), variable: point}).value(self.output)))
            except NotFinite:
                results.append(None)
        return results


def from_model(name: Text, model: Model, problems: Problems) -> Program | None:
    """The program of a model of the deck; None, with the reasons in ``problems``, if it has none."""
    before = len(problems.found)
    graph = graph_of(name, model, problems)
    _check_names(graph, network=model.network is not None, problems=problems)
    if len(problems.found) > before:
        return None
    tape, expressions = Tape(), {}
    try:
        for leaf, value in graph.leaves.items():
            tape.leaf(leaf, value)
    except AutodiffError as error:
        problems.error(error.message, _place(leaf), error.hint)
        return None
    for line, text in graph.lines.items():
        expression = _add_line(tape, line, text, problems)
        if expression is None:
            return None
        expressions[line] = expression
    output = graph.loss or (next(iter(graph.leaves)) if graph.leaves else "")
    for frozen in model.frozen:
        if frozen not in graph.parameters:
            problems.error(f"“{frozen}” is no parameter of “{name}”", frozen.place(), did_you_mean(frozen, graph.parameters))
    if output and tape.value(output).ndim:
        problems.error(
            f"the loss of “{name}” is an array, and gradients need a single number",
            _place(output) or name.place(),
            "reduce it by sum(…) or mean(…)",
        )
        return None
    frozen = [str(parameter) for parameter in model.frozen if parameter in graph.parameters]
    try:
        optimizer = autodiff.optimizer(learning_rate=model.learning_rate, **model.optimizer.model_dump(exclude_none=True))
        run = Run(tape, output, list(graph.parameters), optimizer, frozen, model.update)
    except AutodiffError as error:
        problems.error(f"“{name}”: {error.message}", name.place(), error.hint or None)
        return None
    symbols = {str(key): str(value) for key, value in model.symbols.items()}
    return Program(str(name), tape, graph, expressions, output, run, symbols)


def from_function(
    name: str, text: Text, variables: list[str], constants: Callable[[Reference], Any], problems: Problems
) -> Program | None:
    """The program of one expression in ``variables`` (leaves, at 0 until set); other names are asked of ``constants``.

    At a point without a finite value, such as 0 of 1/x, the leaves start at 1 instead.
    """
    expression = read_expression(text, problems)
    if expression is None:
        return None
    for start in (0.0, 1.0, 0.5):
        tape = Tape()
        leaves = {variable: tape.leaf(variable, start) for variable in variables}
        try:
            result = evaluate(expression, lambda ref: leaves[str(ref)] if str(ref) in leaves else constants(ref))  # noqa: B023 - called at once
        except (ExpressionError, AutodiffError) as error:
            if start != 0.5 and isinstance(error, NotFinite | ExpressionError):
                continue
            report(error, text, 0, problems)
            return None
        var = result if isinstance(result, Var) else tape.const(result)
        tape.name("value", var) if var.index not in tape.names.values() else tape.name("value", var + 0.0)
        graph = Graph(inputs=dict.fromkeys(variables, start), lines={"value": text}, loss="value")
        return Program(name, tape, graph, {"value": expression}, "value", Run(tape, "value", [], autodiff.optimizer()))
    return None


def free_variables(text: Text, problems: Problems) -> list[str]:
    """The names without a dot in an expression, in order: the variables of a plotted function."""
    expression = read_expression(text, problems)
    found = references(expression) if expression is not None else []
    return list(dict.fromkeys(str(ref) for ref in found if len(ref.parts) == 1))


def read_expression(text: Text, problems: Problems, offset: int = 0) -> Expression | None:
    """Parse; an error goes to ``problems`` with its place."""
    try:
        return parse(str(text))
    except ExpressionError as error:
        report(error, text, offset, problems)
        return None


def report(error: ExpressionError | AutodiffError, text: Text, offset: int, problems: Problems) -> None:
    """An error of the core or of an expression, at its place in the deck."""
    within = error.offset if isinstance(error, ExpressionError) else 0
    problems.error(error.message, text.place(offset + within), error.hint or None)


def _place(name: str) -> Any:
    return name.place() if isinstance(name, Text) else None


def _check_names(graph: Graph, *, network: bool, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for name in (*graph.inputs, *graph.targets, *graph.parameters, *graph.lines):
        bare = name.rpartition(".")[0] or name if network else name
        fault = None if network and name in ("loss", f"{bare}.target", f"{bare}.z", f"{bare}.a") else name_problem(name)
        if fault:
            problems.error(fault, _place(name))
        elif name in seen:
            problems.error(f"the name “{name}” stands for two things", _place(name), "rename one of them")
        seen[name] = name
    clash = set(graph.inputs) & set(graph.parameters) | set(graph.targets) & set(graph.parameters)
    for name in clash:
        problems.error(f"the name “{name}” stands for two things", _place(name), "rename one of them")


def _add_line(tape: Tape, line: str, text: Text, problems: Problems) -> Expression | None:
    expression = read_expression(text, problems)
    if expression is None:
        return None

    def lookup(ref: Reference) -> Var:
        wanted = str(ref)
        if wanted not in tape.names:
            raise ExpressionError(f"there is no “{wanted}” above this line", ref.start, did_you_mean(wanted, tape.names) or "")
        return Var(tape, tape.names[wanted])

    try:
        result = evaluate(expression, lookup)
        tape.name(line, result if isinstance(result, Var) else tape.const(result))
    except (ExpressionError, AutodiffError) as error:
        report(error, text, 0, problems)
        return None
    return expression


def points(domain: tuple[float, float], count: int) -> list[float]:
    """``count`` evenly spaced numbers over a domain, both ends included."""
    return [float(x) for x in np.linspace(domain[0], domain[1], count)]
