"""Models of a deck recorded: ``from_model`` makes the :class:`~bpslides.program.Program` of a graph or a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bpslides import autodiff
from bpslides.autodiff import AutodiffError, NotFinite, Run, Tape, Var
from bpslides.errors import Problems, did_you_mean
from bpslides.expression import (
    Array,
    Expression,
    ExpressionError,
    Number,
    Reference,
    evaluate,
    name_problem,
    references,
)
from bpslides.model import MiniBatch, Model, Schedule
from bpslides.networks import Graph, graph_of
from bpslides.program import Program, read_expression, report
from bpslides.symbolic import substitute
from bpslides.text import Text

#: The textbook form of a loss is kept as long as it agrees with the stable form to this, relative above 1.
AGREEMENT = 1e-12

#: A line is written out with the numbers of the variables in it.
MOST_WRITTEN = 1_000

#: Gives the value of a variable of the deck, or None if there is none of this name.
Variable = Callable[[Reference], Any]


def from_model(name: Text, model: Model, problems: Problems, variable: Variable = lambda _: None) -> Program | None:
    """The program of a model of the deck; None, with the reasons in ``problems``, if it has none.

    In its lines, what is no name of the model may be a ``variable`` of the deck, which stands there as a number.
    A cross-entropy is written as in the textbooks, through the activations of the output units, as long as its value
    is right. Where it is not, because an output is 0 or 1 but for rounding, it is written through the pre-activations.
    """
    before = len(problems.found)
    graph = graph_of(name, model, problems)
    _check_names(graph, network=model.network is not None, problems=problems)
    if len(problems.found) > before:
        return None
    for wanted in model.frozen:
        if wanted not in graph.parameters:
            hint = did_you_mean(wanted, graph.parameters)
            problems.error(f"“{wanted}” is no parameter of “{name}”", wanted.place(), hint)
    if graph.stable is None:
        return _recorded(name, model, graph, problems, variable)
    stable = _recorded(name, model, graph.stable, problems, variable)
    textbook = _recorded(name, model, graph, Problems(), variable)
    if stable is None or textbook is None or not _agree(textbook, stable):
        return stable
    textbook.stable = stable
    return textbook


def _agree(textbook: Program, stable: Program) -> bool:
    """Whether the textbook form has the right value, and finite gradients."""
    value, right = (float(program.tape.value(program.output)) for program in (textbook, stable))
    try:
        autodiff.backward(textbook.tape, textbook.output)
    except NotFinite:
        return False
    return abs(value - right) <= AGREEMENT * max(1.0, abs(right))


def _recorded(name: Text, model: Model, graph: Graph, problems: Problems, variable: Variable) -> Program | None:
    """The program of a graph whose names are sound."""
    found = _tape(name, graph.leaves, graph, problems, variable)
    if found is None:
        return None
    tape, expressions = found
    assert graph.loss is not None  # a graph without a line is a problem
    output = graph.loss
    if tape.value(output).ndim:
        problems.error(
            f"the loss of “{name}” is an array, and gradients need a single number",
            _place(output) or name.place(),
            "reduce it by sum(…) or mean(…)",
        )
        return None
    batching = None
    if model.batch != "full":
        batching = _batching(name, model.batch, tape, graph, problems, variable)
        if batching is None:
            return None
    try:
        run = _training(model, tape, graph, output, batching)
    except AutodiffError as error:
        problems.error(f"“{name}”: {error.message}", name.place(), error.hint or None)
        return None
    symbols = {str(key): str(value) for key, value in model.symbols.items()}
    return Program(str(name), tape, graph, expressions, output, run, symbols)


def _tape(
    name: Text, leaves: Mapping[str, Any], graph: Graph, problems: Problems, variable: Variable
) -> tuple[Tape, dict[str, Expression]] | None:
    """The lines of a graph recorded from these values of its leaves, and the expression of each line."""
    tape, expressions = Tape(), {}
    for leaf, value in leaves.items():
        try:
            tape.leaf(leaf, value)
        except AutodiffError as error:
            problems.error(error.message, _place(leaf) or name.place(), error.hint or None)
            return None
    for line, text in graph.lines.items():
        expression = _add_line(tape, line, text, problems, variable)
        if expression is None:
            return None
        expressions[line] = expression
    return tape, expressions


def _batching(
    name: Text, batch: MiniBatch | str, tape: Tape, graph: Graph, problems: Problems, variable: Variable
) -> autodiff.Batching | None:
    """The computation recorded once more for the examples of a step: their rows of all inputs and targets."""
    leaves = [leaf for leaf in (*graph.inputs, *graph.targets) if tape.value(leaf).ndim]
    counts = {len(tape.value(leaf)) for leaf in leaves}
    if len(counts) != 1:
        what = "the inputs and targets have different numbers of examples" if counts else "it has a single example"
        hint = "give “examples”, or arrays with a row per example"
        problems.error(f"“{name}” cannot be trained in batches: {what}", name.place(), hint)
        return None
    (count,) = counts
    try:
        if isinstance(batch, MiniBatch):
            order = autodiff.Batches("mini", count, batch.size, batch.seed)
        else:
            order = autodiff.Batches("online", count)
    except AutodiffError as error:
        problems.error(f"“{name}”: {error.message}", name.place(), error.hint or None)
        return None
    tapes: dict[int, Tape] = {}
    for length in order.lengths:
        some = {leaf: tape.value(leaf)[:length] if leaf in leaves else tape.value(leaf) for leaf in graph.leaves}
        before = len(problems.found)
        found = _tape(name, some, graph, problems, variable)
        if found is None:
            if len(problems.found) > before:
                hint = "each line has to work for any number of examples"
                problems.error(f"this happens in “{name}” for a batch of {length} of {count}", name.place(), hint)
            return None
        tapes[length], _ = found
    return autodiff.Batching(order, tuple(map(str, leaves)), tapes)


def _training(model: Model, tape: Tape, graph: Graph, output: str, batching: autodiff.Batching | None) -> Run:
    """How the parameters are trained.

    Raises:
        AutodiffError: for an optimizer or a schedule with a parameter that it does not know, or that is out of range.
    """
    rate, schedule = model.learning_rate, None
    if isinstance(rate, Schedule):
        schedule = autodiff.schedule(**rate.model_dump(exclude_none=True, exclude={"rate"}))
        rate = rate.rate
    optimizer = autodiff.optimizer(learning_rate=rate, **model.optimizer.model_dump(exclude_none=True))
    frozen = [str(parameter) for parameter in model.frozen if parameter in graph.parameters]
    return Run(tape, output, list(graph.parameters), optimizer, frozen, model.update, schedule, batching)


def _check_names(graph: Graph, *, network: bool, problems: Problems) -> None:
    seen: dict[str, str] = {}
    for name in (*graph.inputs, *graph.targets, *graph.parameters, *graph.lines):
        # A network's own names, such as O5.target, are no texts of the deck.
        fault = None if network and (name == "loss" or not isinstance(name, Text)) else name_problem(name)
        if fault:
            problems.error(fault, _place(name))
        elif name in seen:
            place = _place(name) or _place(seen[name])
            problems.error(f"the name “{name}” stands for two things", place, "rename one of them")
        seen[name] = name


def _add_line(tape: Tape, line: str, text: Text, problems: Problems, variable: Variable) -> Expression | None:
    expression = read_expression(text, problems)
    if expression is None:
        return None

    def lookup(ref: Reference) -> Var:
        wanted = str(ref)
        if wanted not in tape.names:
            hint = did_you_mean(wanted, tape.names) or ""
            if "." in wanted:
                hint = "numbers of other models come in by a variable, such as: variables: {start: '{{ other.w }}'}"
            raise ExpressionError(f"there is no “{wanted}” above this line", ref.start, hint)
        return Var(tape, tape.names[wanted])

    try:
        expression = _with_variables(expression, tape, variable)
        result = evaluate(expression, lookup)
        tape.name(line, result if isinstance(result, Var) else tape.const(result))
    except (ExpressionError, AutodiffError) as error:
        report(error, text, 0, problems)
        return None
    return expression


def _with_variables(expression: Expression, tape: Tape, variable: Variable) -> Expression:
    """A line with the deck's variables as the numbers that they are; the model's own names come first."""
    values = {
        str(ref): _constant(value, ref)
        for ref in references(expression)
        if str(ref) not in tape.names and (value := variable(ref)) is not None
    }
    return substitute(expression, values) if values else expression


def _constant(value: Any, ref: Reference) -> Expression:
    if np.size(value) > MOST_WRITTEN:
        raise ExpressionError(
            f"“{ref}” has {np.size(value):,} numbers, and a line takes up to {MOST_WRITTEN:,}",
            ref.start,
            "make it an input of the model",
        )
    if np.ndim(value):
        return Array(tuple(_constant(item, ref) for item in value), start=ref.start, end=ref.end)
    return Number(float(value), start=ref.start, end=ref.end)


def _place(name: str) -> Any:
    return name.place() if isinstance(name, Text) else None
