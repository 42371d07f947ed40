"""The view of a training: the course of the loss in the author's state, and what the page needs to go on by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bpslides.autodiff import AutodiffError, Tape, backward, trace_sweep
from bpslides.errors import Problems
from bpslides.expression import ExpressionError
from bpslides.formatting import format_number
from bpslides.model import Training
from bpslides.program import Program
from bpslides.text import Text
from bpslides.views.common import View, checked, digits, known, slider_step

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: Points of the boundary's grid along each axis.
GRID = 19
#: How far the plane goes beyond the examples, in parts of their spread.
BEYOND = 0.25
#: How the losses of the examples come together → what the convention calls it.
REDUCTIONS = {"mean": "averaged", "sum": "added up"}

#: Three digits tell how far a loss has come; other values may differ from one another by less.
LOSS, VALUE = ".3g", ".4g"


def training(block: Training, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The course of each model over the author's number of updates, in full for the first."""
    programs = [numbers.program(name) for name in block.models]
    runs: list[dict[str, Any]] = []
    for name, program in zip(block.models, programs, strict=True):
        if program is None:
            return None
        run = _run(block, name, program, numbers, problems)
        if run is None:
            return None
        runs.append(run)
    first = programs[0]
    assert first is not None  # else there was nothing to draw
    own = _reduction(block.models[0], numbers)
    if "reduction" in block.conventions:
        others = _reduced_otherwise(block, numbers, problems)
        if others is None:
            return None
        runs += others
    rate = first.run.optimizer.learning_rate
    if block.rates and not block.rates[0] <= rate <= block.rates[1]:
        message = (
            f"the learning rate {rate:g} of “{first.name}” is not between {block.rates[0]:g} and {block.rates[1]:g}"
        )
        problems.error(message, block.models[0].place(), "widen “rates”")
        return None
    shown = [first.output, *map(str, block.show)]
    values, diverged = first.course(None, 0, block.steps, shown)
    last = len(values[first.output]) - 1
    losses = values[first.output]
    step = slider_step(block.rates) if block.rates else 0.0
    return {
        "data": {
            "runs": runs,
            "show": [{"value": name, "format": LOSS if name == first.output else VALUE} for name in shown],
            "rate": rate,
            "rates": list(block.rates) if block.rates else None,
            "format": digits(step) if block.rates else VALUE,
            "steps": block.steps,
            "log": block.log,
            "models": len(block.models),
        },
        "readouts": [
            ("step", Text("update"), str(last), "plain"),
            *(
                (name, Text(f"${first.symbol(name)}$"), format_number(values[name][-1], form), tone)
                for name, form, tone in zip(
                    shown, (LOSS, *[VALUE] * 3), ("backward", "forward", "forward", "forward"), strict=False
                )
            ),
        ],
        "rate": rate,
        "rates": block.rates,
        "step": step,
        "models": [str(name) for name in block.models],
        "reduction": own if "reduction" in block.conventions else None,
        "reductions": REDUCTIONS,
        "boundary": runs[0]["boundary"] is not None,
        "checked": checked(first),
        "table": [
            (str(n), format_number(losses[n], LOSS)) for n in sorted({0, *_spread(last), last}) if n < len(losses)
        ],
        "alt": f"The loss of {first.name} over {last} updates, from {format_number(losses[0], LOSS)} "
        f"to {format_number(losses[-1], LOSS)}.",
        "diverged": diverged,
    }


def _reduction(name: Text, numbers: Numbers) -> str | None:
    """How a network brings the losses of its examples together; None where there is nothing to bring together."""
    network = numbers.network(name)
    return network.reduction if network is not None and network.examples is not None else None


def _reduced_otherwise(block: Training, numbers: Numbers, problems: Problems) -> list[dict[str, Any]] | None:
    """The runs of the same models with the losses added up where they were averaged, or the other way round."""
    runs = []
    for name in block.models:
        own = _reduction(name, numbers)
        if own is None or own != _reduction(block.models[0], numbers):
            why = "has no examples whose losses could be averaged" if own is None else "has another “reduction”"
            problems.error(f"“{name}” {why}", name.place(), "leave out “conventions”")
            return None
        other = "sum" if own == "mean" else "mean"
        program = numbers.variant(name, reduction=other)
        run = _run(block, name, replace(program, name=f"{name} {other}"), numbers, problems) if program else None
        if run is None:
            return None
        runs.append(run | {"label": ", ".join(filter(None, [run["label"], REDUCTIONS[other]]))})
    return runs


def _spread(last: int) -> list[int]:
    """About eight steps between, closer together where more happens."""
    return sorted({round(last * (k / 8) ** 2) for k in range(1, 8)})


def _run(block: Training, name: Text, program: Program, numbers: Numbers, problems: Problems) -> dict[str, Any] | None:
    """What the page needs of one model; None where it cannot be trained or lacks a value that is to be shown."""
    free = [parameter for parameter in program.parameters if parameter not in program.run.frozen]
    if not free:
        problems.error(f"“{name}” has no parameter that could be trained", name.place())
        return None
    for value in block.show:
        if not known(str(value), value, program, program.names, problems):
            return None
        if program.tape.value(value).ndim:
            hint = f"name one of its numbers in a line of its own, such as y: {value}[0]"
            problems.error(f"“{value}” is an array, and a training shows single numbers", value.place(), hint)
            return None
    try:
        program.course(None, 0, 1, [program.output])
    except AutodiffError as error:
        problems.error(f"“{name}” cannot be trained: {error.message}", name.place(), error.hint or None)
        return None
    boundary = None
    if block.boundary:
        boundary = _boundary(name, program, problems)
        if boundary is None:
            return None
    numbers.live[program.name] = program
    optimizer = program.run.optimizer
    label = optimizer.name if len(block.models) > 1 else ""
    return {
        "model": program.name,
        "trace": program.trace(),
        "loss": program.output,
        "label": label,
        "rate": optimizer.learning_rate,
        "parameters": program.parameters,
        "boundary": boundary,
    }


def _boundary(name: Text, program: Program, problems: Problems) -> dict[str, Any] | None:
    """The same network on a grid over its two inputs, with the examples."""
    inputs = list(program.graph.inputs)
    outputs = [target.removesuffix(".target") for target in program.graph.targets]
    values = [program.tape.value(leaf) for leaf in (*inputs, *program.graph.targets)]
    if len(inputs) != 2 or len(outputs) != 1 or any(value.ndim != 1 for value in values):
        message = f"“{name}” has no boundary: that is for a network with two named inputs, one output, and examples"
        problems.error(message, name.place())
        return None
    axes = []
    for value in values[:2]:
        low, high = float(value.min()), float(value.max())
        room = BEYOND * (high - low or 1.0)
        axes.append(np.linspace(low - room, high + room, GRID).round(4))
    across, up = np.meshgrid(*axes)
    try:
        tape = program.recorded(
            {
                inputs[0]: across.ravel(),
                inputs[1]: up.ravel(),
                **{target: np.full(across.size, float(values[2][0])) for target in program.graph.targets},
            }
        )
    except (AutodiffError, ExpressionError) as error:
        problems.error(f"“{name}” cannot be drawn over its inputs: {error.message}", name.place())
        return None
    return {
        "trace": _bare(tape, program),
        "output": f"{outputs[0]}.a",
        "axes": [axis.tolist() for axis in axes],
        "names": inputs,
        "examples": [[float(x) for x in row] for row in zip(*values, strict=True)],
    }


def _bare(tape: Tape, program: Program) -> dict[str, Any]:
    """A trace for going forward only: what is computed anew stands in it as zeros, which are short."""
    found: dict[str, Any] = trace_sweep(backward(tape, program.output))
    nodes = [
        node
        if node["op"] in ("leaf", "const")
        else node | {"value": np.zeros_like(np.asarray(node["value"]), int).tolist()}
        for node in found["nodes"]
    ]
    return found | {"nodes": nodes, "adjoints": [], "contributions": []}
