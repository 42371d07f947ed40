"""The views of a layered network: the walk over it, and its drawing with values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpslides import diagrams
from bpslides.autodiff import AutodiffError
from bpslides.deltas import Update
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.layered import ROOMY, SNUG_STILL, TALL, TALL_STILL, WIDE, WIDE_STILL, lay_out, wires
from bpslides.model import Network, NetworkDrawing, Walk
from bpslides.networks import unit_names
from bpslides.passes import Passes, UnitRow, merged, plan
from bpslides.program import Program
from bpslides.symbolic import default_symbol
from bpslides.text import Text
from bpslides.views.common import View, checked

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: What a drawing with numbers in it can hold.
MAX_UNITS, MAX_LAYERS, MAX_WIRES = 6, 5, 30
#: From so many weights on, their table leaves the slide; their numbers stand on the lines.
MANY_WIRES = 10
#: From so many rows of both tables on, they are set closer.
MANY_ROWS = 14

#: What stands on the lines: the words of the switch, and what they mean.
QUANTITIES = {
    "weight": "The weight itself",
    "signal": "What it sends on: the weight times what comes in",
    "gradient": "The gradient of the loss",
    "update": "What the step adds to the weight",
}
ON_LINES, ON_MANY_LINES, SMALL = "+.3g", "+.2g", ".3s"
#: The kinds of squared error → what the convention calls them.
HALVES = {"half_squared_error": "half", "squared_error": "whole"}
#: A circle is so many characters wide, and a small one where there are many.
MAX_IN_UNIT, MAX_IN_SMALL_UNIT = 6, 5


def drawable(name: Text, numbers: Numbers, problems: Problems) -> tuple[Program, Network] | None:
    """A network of single numbers that is small enough to be drawn with them; if there is none, that is reported."""
    program, network = numbers.program(name), numbers.network(name)
    if program is None:
        return None
    if network is None:
        problems.error(f"“{name}” is a graph, not a layered network", name.place())
        return None
    if not network.is_named:
        hint = "give “units” as a list of names, such as [H3, H4]"
        problems.error(f"the units of “{name}” have no names to be drawn with", name.place(), hint)
        return None
    if network.examples is not None:
        hint = f"one of them can be drawn: a model such as first: {{of: {name}, example: 0}}"
        problems.error(f"“{name}” has several examples, and a unit shows a single number", name.place(), hint)
        return None
    layers, count = unit_names(network), len(wires(network))
    if max(map(len, layers)) > MAX_UNITS or len(layers) > MAX_LAYERS or count > MAX_WIRES:
        most = f"{MAX_LAYERS} layers with the inputs, {MAX_UNITS} units a layer and {MAX_WIRES} weights"
        problems.error(f"“{name}” is too large to be drawn with its numbers", name.place(), f"at most: {most}")
        return None
    return program, network


def network_walk(block: Walk, numbers: Numbers, problems: Problems) -> View | None:
    """A walk over a whole network, planned for every convention that the audience may switch to."""
    found = drawable(block.model, numbers, problems)
    if found is None:
        return None
    program, network = found
    own: Update = program.run.update
    other: Update = "sequential" if own == "simultaneous" else "simultaneous"
    updates = [own, other] if "update" in block.conventions else [own]
    signs = [block.delta_sign]
    if "delta_sign" in block.conventions:
        signs.append("minus" if block.delta_sign == "plus" else "plus")
    half = HALVES.get(network.loss, "")
    programs: dict[str, Program | None] = {half: program}
    if "half" in block.conventions:
        if not half:
            message = f"“half” is for squared errors, and the loss of “{program.name}” is {network.loss}"
            problems.error(message, block.model.place(), f"its loss would be {' or '.join(HALVES)}")
            return None
        programs |= {
            kind: numbers.variant(block.model, loss=loss) for loss, kind in HALVES.items() if loss != network.loss
        }
    try:
        walks = {kind: plan(found, network, updates, list(signs)) for kind, found in programs.items() if found}
    except AutodiffError as error:
        problems.error(f"“{program.name}”: {error.message}", block.model.place(), error.hint or None)
        return None
    passes = merged(walks)
    connections = [row.wire for row in passes.wires]
    values = passes.numbers[own]
    tight = max(map(len, passes.layers)) > ROOMY
    on_lines = ON_MANY_LINES if tight else ON_LINES
    return {
        "passes": passes,
        "drawings": [lay_out(passes.layers, connections, canvas, end=passes.loss) for canvas in (WIDE, TALL)],
        "units": {row.name: row for row in passes.units},
        "shown": {row.name: _in_unit(values[_of(row)], tight=tight) for row in passes.units},
        "latex": lambda unit: passes.units[-1].symbol if unit == passes.loss else default_symbol(unit),
        "symbol": diagrams.symbol,
        "wire_symbols": {row.wire.name: row.symbol for row in passes.wires},
        "targets": {unit: (symbol, value) for unit, symbol, value in passes.targets},
        "lines": drawn_lines(passes, values, "update", on_lines),
        "now": {"sign": block.delta_sign, "update": own, "half": half},
        "conventions": block.conventions,
        "quantities": QUANTITIES,
        "many": len(connections) > MANY_WIRES,
        "dense": len(connections) + len(passes.units) > MANY_ROWS,
        "cell": lambda name: _cell(values, name, block.delta_sign),
        "checked": checked(program),
        "data": _data(passes, {kind: walk.numbers for kind, walk in walks.items()})
        | {"sign": block.delta_sign, "update": own, "half": half, "onLines": on_lines},
    }


def _in_unit(value: float, *, tight: bool = False) -> str:
    """A number with as many digits as a circle has room for."""
    texts = [format_number(value, f".{digits}g") for digits in (4, 3, 2, 1)]
    most = MAX_IN_SMALL_UNIT if tight else MAX_IN_UNIT
    return next((text for text in texts if len(text) <= most), texts[-1])


def _of(row: UnitRow) -> str:
    """The name of what a unit gives."""
    return row.name if row.kind in ("input", "end") else f"{row.name}.a"


def drawn_lines(passes: Passes, values: dict[str, float], quantity: str, form: str) -> dict[str, View]:
    """How each line is drawn for one quantity: its number, its stroke, and the sign as a class."""
    names = {
        row.wire.name: row.wire.name if quantity == "weight" else f"{quantity} {row.wire.name}" for row in passes.wires
    }
    return strokes({wire: values[name] for wire, name in names.items()}, form)


def strokes(values: dict[str, float], form: str = ON_LINES) -> dict[str, View]:
    """Width for size, a class and the printed sign for the sign; the page does the same in ``links.ts``."""
    most = max(map(abs, values.values()), default=0.0) or 1.0
    return {
        name: {
            "text": format_number(value, form) if value else "0",  # a zero has no sign
            "width": round(1.5 + 8.5 * abs(value) / most, 2),
            "sign": "zero" if value == 0 else "positive" if value > 0 else "negative",
        }
        for name, value in values.items()
    }


def _cell(values: dict[str, float], name: str, sign: str) -> str:
    value = values[name]
    if name.endswith(".delta"):
        return format_number(-value if sign == "minus" else value, SMALL)
    return format_number(value, SMALL if " " in name and not name.startswith("new") else ".4f")


def _data(passes: Passes, values: dict[str, dict[str, dict[str, float]]]) -> dict[str, Any]:
    """What the page needs to walk, with the numbers of every kind of squared error and of update."""
    place = {row.wire.name: index for index, row in enumerate(passes.wires)}
    return {
        "steps": len(passes.substeps),
        "numbers": values,
        "wires": [
            {
                "name": row.wire.name,
                "source": row.wire.source,
                "unit": row.wire.unit,
                "signal": row.signal_step,
                "gradient": row.gradient_step,
                "update": passes.phases["update"],
                "way": [place[name] for name in row.way],
                "units": row.units,
            }
            for row in passes.wires
        ],
        "outputs": passes.layers[-1],
        "loss": passes.loss,
        "substeps": [
            {
                "phase": step.phase,
                "words": step.words,
                "units": step.units,
                "wires": [place[name] for name in step.wires],
                "joints": step.joints,
                "shows": step.shows,
            }
            for step in passes.substeps
        ],
    }


def still(block: NetworkDrawing, numbers: Numbers, problems: Problems) -> View | None:
    """A drawing with the activations inside the units and the weights on the lines."""
    assert block.model is not None
    found = drawable(block.model, numbers, problems)
    if found is None:
        return None
    program, network = found
    layers, connections = unit_names(network), wires(network)
    state = program.state()
    value = {name: float(state.tape.value(name)) for name in program.names}
    units = {
        unit: _in_unit(value[unit if not index else f"{unit}.a"])
        for index, names in enumerate(layers)
        for unit in names
    }
    shape = ", ".join(str(len(names)) for names in layers)
    return {
        "drawings": [lay_out(layers, connections, canvas) for canvas in (WIDE_STILL, SNUG_STILL, TALL_STILL)],
        "shown": units,
        "latex": default_symbol,
        "symbol": diagrams.symbol,
        "wire_symbols": {wire.name: program.symbol(wire.name) for wire in connections},
        "lines": strokes({wire.name: value[wire.name] for wire in connections}),
        "labels": [str(label) for label in block.labels or []],
        "alt": block.alt or f"A network with {shape} units per layer; activations in the units, weights on the lines.",
        "table": [
            *units.items(),
            *((wire.name, format_number(value[wire.name], None)) for wire in connections),
        ],
    }
