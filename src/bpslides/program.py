"""A model made computable: its tape, its values and gradients after any number of steps, and answers to live blocks.

A :class:`Program` comes from a model of the deck (:mod:`bpslides.recording`) or from a single function of free
variables (:func:`from_function`), so that a plotted curve and a network are asked in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from bpslides import autodiff
from bpslides.autodiff import AutodiffError, Diverged, NotFinite, Run, Tape, Var
from bpslides.errors import Problems
from bpslides.expression import Expression, ExpressionError, Reference, evaluate, name_problem, parse, references
from bpslides.networks import Graph
from bpslides.symbolic import default_symbol
from bpslides.text import Text

#: Runs at other learning rates that a program keeps for the next question.
KEPT_RUNS = 4


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
    stable: Program | None = None
    """The same with the cross-entropy from the pre-activations, which goes on where the textbook form has no value."""
    _runs: dict[float, Run] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters, in the order of the deck."""
        return list(self.graph.parameters)

    def symbol(self, name: str) -> str:
        """How a name looks in formulas, as LaTeX: as the deck says, or by itself."""
        return self.symbols.get(name, default_symbol(name))

    @property
    def names(self) -> list[str]:
        """Every name that may be asked for: leaves, then lines."""
        return [*self.graph.leaves, *self.graph.lines]

    def state(self, steps: int = 0) -> autodiff.State:
        """Values, gradients and the next update after ``steps`` updates.

        A run that leaves the finite numbers only because an output is saturated goes on by way of ``stable``.

        Raises:
            AutodiffError: when ``steps`` is out of range.
            Diverged: when a value on the way is no longer finite.
        """
        return self.form(steps).run.at(steps)

    def form(self, steps: int) -> Program:
        """The form of the model that has values after ``steps`` updates: this one, or else ``stable``.

        Raises:
            AutodiffError: as :meth:`state` does.
        """
        try:
            self.run.at(steps)
        except Diverged:
            if self.stable is None:
                raise
            return self.stable
        return self

    def rate(self, steps: int) -> float:
        """The learning rate of the step that follows ``steps`` updates."""
        return autodiff.rate(self.run.schedule, self.run.optimizer.learning_rate, steps + 1)

    def gradient(self, state: autodiff.State, name: str) -> autodiff.Array | None:
        """∂loss/∂``name``; None where it is too large for a number, as it can be for a saturated output.

        Raises:
            AutodiffError: for an unknown name.
        """
        output = self.graph.output_loss
        if output and name in output.activations and state.sweep.adjoints[state.tape.index(name)] is None:
            return output.slope(name, state.tape.value)
        return state.sweep.gradient(name)

    def trace(self) -> dict[str, Any]:
        """The tape with values, adjoints and contributions, ready for JSON: what the browser replays."""
        return autodiff.trace(self.run)

    def respond(
        self,
        assignments: Mapping[str, Any],
        learning_rate: float | None,
        steps: int = 0,
        memories: autodiff.Memories | None = None,
    ) -> dict[str, Any]:
        """Values, gradients and the next update when some leaves are set anew; what a live block asks under ``serve``.

        ``steps`` updates lie behind these values, and of those the optimizer has ``memories``; the answer has those of
        the next one. ``nonFinite`` is None, or names the first node without a finite value; the other entries are then
        empty.

        Raises:
            AutodiffError: for a name that is no leaf, a value of another kind or shape, or memories that do not fit.
        """
        optimizer = self.run.optimizer
        if learning_rate is not None:
            optimizer = autodiff.optimizer(optimizer.name, learning_rate, **optimizer.parameters)
        try:
            tape = self.tape.replay(assignments)
            sweep = autodiff.backward(tape, self.output)
        except NotFinite as error:
            wrong = {"name": error.node, "op": error.op}
            return {"values": {}, "gradients": {}, "updated": {}, "memories": {}, "nonFinite": wrong}
        trouble: dict[str, str | None] | None = None
        updated: dict[str, autodiff.Array] = {}
        remembered: autodiff.Memories = {}
        try:
            state = self._trained(tape, optimizer).resume(steps, memories or {})
            updated, remembered = state.updated, state.memories
        except Diverged as error:
            trouble = {"name": error.node, "op": optimizer.name}
        return {
            "values": {name: tape.value(name).tolist() for name in self.names},
            "gradients": {name: sweep.gradient(name).tolist() for name in self.names},
            "updated": {name: value.tolist() for name, value in updated.items()},
            "memories": {
                name: {key: value.tolist() for key, value in memory.items()} for name, memory in remembered.items()
            },
            "nonFinite": trouble,
        }

    def course(
        self, learning_rate: float | None, first: int, last: int, names: Sequence[str]
    ) -> tuple[dict[str, list[Any]], int | None]:
        """Values after ``first``, …, ``last`` updates at a learning rate, and the update that diverges, if one does.

        Going on from where the last question about this rate ended is cheap.

        Raises:
            AutodiffError: for an unknown name, or a number of updates that is out of range.
        """
        run = self._run_at(learning_rate)
        for name in names:
            self.tape.index(name)
        values: dict[str, list[Any]] = {name: [] for name in names}
        state = None
        for n in range(max(first - 1, 0), last + 1):
            try:
                state = run.at(n)
                tape, diverged = state.tape, None
            except Diverged as error:
                # The state before the update that diverges is still finite, unless it is that of the start.
                if state is None or error.step != n + 1:
                    return values, error.step
                tape, diverged = state.tape.replay(state.updated), error.step
            for name in names if n >= first else ():
                values[name].append((tape.value(name) + 0.0).tolist())
            if diverged is not None:
                return values, diverged
        return values, None

    def _run_at(self, learning_rate: float | None) -> Run:
        """The run at a learning rate; those asked for last are kept."""
        start = self.run
        rate = start.optimizer.learning_rate if learning_rate is None else learning_rate
        run = self._runs.pop(rate, None)
        if run is None:
            optimizer = autodiff.optimizer(start.optimizer.name, rate, **start.optimizer.parameters)
            run = self._trained(self.tape, optimizer)
            while len(self._runs) >= KEPT_RUNS:
                self._runs.pop(next(iter(self._runs)), None)
        self._runs[rate] = run
        return run

    def _trained(self, tape: Tape, optimizer: autodiff.Optimizer) -> Run:
        """This model's run with another tape or optimizer."""
        start = self.run
        return Run(
            tape,
            self.output,
            start.parameters,
            optimizer,
            start.frozen,
            start.update,
            start.schedule,
            start.batching,
        )

    def at(self, leaves: Mapping[str, Any]) -> Program:
        """The same model with some leaves set anew.

        Raises:
            AutodiffError: for a name that is no leaf, a value of another shape, or one that leads to no finite number.
        """
        tape = self.tape.replay(leaves)
        return replace(self, tape=tape, run=self._trained(tape, self.run.optimizer), stable=None, _runs={})

    def recorded(self, leaves: Mapping[str, Any]) -> Tape:
        """The same computation from leaves of other shapes, such as the inputs of more examples.

        Raises:
            AutodiffError, ExpressionError: where a line does not work for them.
        """
        tape = Tape()
        for name, value in (self.graph.leaves | dict(leaves)).items():
            tape.leaf(name, value)
        for line, expression in self.expressions.items():
            result = evaluate(expression, lambda ref: Var(tape, tape.index(str(ref))))
            tape.name(line, result if isinstance(result, Var) else tape.const(result))
        return tape

    def sweep(
        self, variable: str, points: Sequence[float], assignments: Mapping[str, Any] | None = None
    ) -> list[float | None]:
        """The output at each of ``points`` of one leaf; None where it has no finite value.

        Raises:
            AutodiffError: for a name that is no leaf.
        """
        set_anew = assignments or {}
        if self._is_elementwise:
            return self._sweep_at_once(variable, points, set_anew)
        results: list[float | None] = []
        for point in points:
            try:
                results.append(float(self.tape.replay({**set_anew, variable: point}).value(self.output)))
            except NotFinite:
                results.append(None)
        return results

    @cached_property
    def _is_elementwise(self) -> bool:
        """Whether all values are single numbers and no op mixes elements: then all points can go through together."""
        return all(
            node.value.ndim == 0 and (node.op in ("leaf", "const") or autodiff.OPS[node.op].elementwise)
            for node in self.tape
        )

    def _sweep_at_once(self, variable: str, points: Sequence[float], set_anew: Mapping[str, Any]) -> list[float | None]:
        leaves: dict[int, Any] = {self.tape.index(name): np.float64(value) for name, value in set_anew.items()}
        leaves[self.tape.index(variable)] = np.asarray(points, dtype=np.float64)
        values: list[Any] = []
        finite = np.ones(len(points), dtype=bool)
        with np.errstate(all="ignore"):
            for index, node in enumerate(self.tape):
                if node.op in ("leaf", "const"):
                    values.append(leaves.get(index, node.value))
                else:
                    forward = autodiff.OPS[node.op].forward
                    values.append(forward(*(values[parent] for parent in node.parents), **node.attributes))
                finite &= np.isfinite(values[-1])
        output = np.broadcast_to(values[self.tape.index(self.output)], finite.shape)
        return [float(value) if good else None for value, good in zip(output, finite, strict=True)]


def from_function(
    name: str, text: Text, variables: list[str], constants: Callable[[Reference], Any], problems: Problems
) -> Program | None:
    """The program of one expression in ``variables`` (leaves, at 0 until set); other names are asked of ``constants``.

    At a point without a finite value, such as 0 of 1/x, the leaves start at 1 instead.
    """
    expression = read_expression(text, problems)
    if expression is None or not _check_variables(text, variables, problems):
        return None
    for start in (0.0, 1.0, 0.5):
        tape = Tape()
        try:
            leaves = {variable: tape.leaf(variable, start) for variable in variables}
            result = evaluate(expression, lambda ref: leaves[str(ref)] if str(ref) in leaves else constants(ref))  # noqa: B023 - called at once
            var = result if isinstance(result, Var) else tape.const(result)
            tape.name("value", var if var.index not in tape.names.values() else var + 0.0)
        except (ExpressionError, AutodiffError) as error:
            if start != 0.5 and isinstance(error, NotFinite | ExpressionError):
                continue
            report(error, text, 0, problems)
            return None
        if var.value.ndim:
            problems.error(
                "a plotted function gives a single number, not an array", text.place(), "take sum(…), or [0]"
            )
            return None
        graph = Graph(inputs=dict.fromkeys(variables, start), lines={"value": text}, loss="value")
        return Program(name, tape, graph, {"value": expression}, "value", Run(tape, "value", [], autodiff.optimizer()))
    return None


def _check_variables(text: Text, variables: list[str], problems: Problems) -> bool:
    """Whether these can be the variables of a plotted function."""
    for variable in variables:
        fault = name_problem(variable)
        if variables.count(variable) > 1:
            fault = f"the variable “{variable}” stands for two things"
        elif variable == "value":
            fault = "“value” is what the function itself is called here; choose another name for the variable"
        if fault:
            problems.error(fault, text.place())
            return False
    return True


def free_variables(text: Text, problems: Problems) -> list[str] | None:
    """The names without a dot in an expression, in order: the variables of a plotted function. None if it is broken."""
    expression = read_expression(text, problems)
    if expression is None:
        return None
    return list(dict.fromkeys(str(ref) for ref in references(expression) if len(ref.parts) == 1))


def read_expression(text: Text, problems: Problems, offset: int = 0) -> Expression | None:
    """Parse; an error goes to ``problems`` with its place."""
    try:
        return parse(str(text))
    except ExpressionError as error:
        report(error, text, offset, problems)
        return None


class BrokenModel(ExpressionError):
    """An expression needs a model that could not be made. That has been reported, so this is passed over."""


def report(error: ExpressionError | AutodiffError, text: Text, offset: int, problems: Problems) -> None:
    """An error of the core or of an expression, at its place in the deck."""
    if isinstance(error, BrokenModel):
        return
    within = error.offset if isinstance(error, ExpressionError) else 0
    problems.error(error.message, text.place(offset + within), error.hint or None)


def points(domain: tuple[float, float], count: int) -> list[float]:
    """``count`` evenly spaced numbers over a domain, both ends included."""
    return [float(x) for x in np.linspace(domain[0], domain[1], count)]
