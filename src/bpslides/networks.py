"""A layered network, written out as the graph that it is short for.

Each unit gets two lines, ``H3.z`` (pre-activation) and ``H3.a`` (activation); the last line is ``loss``. Weights are
destination-first: row *i* of a layer's ``weights`` belongs to its *i*-th unit, column *j* to the *j*-th unit before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bpslides.errors import Problems
from bpslides.expression import name_problem
from bpslides.model import Layer, Model, Network
from bpslides.text import Text


@dataclass
class Graph:
    """A model written out: named leaves, then lines of expressions, each of which may use the names above it."""

    inputs: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Text] = field(default_factory=dict)
    loss: str | None = None

    @property
    def leaves(self) -> dict[str, Any]:
        """Inputs, targets and parameters together."""
        return {**self.inputs, **self.targets, **self.parameters}


def graph_of(name: Text, model: Model, problems: Problems) -> Graph:
    """The graph of a model of either kind. What does not fit together goes to ``problems``."""
    if model.network is not None:
        return _expand(name, model.network, problems)
    lines = dict(model.graph or {})
    loss = model.loss
    if not lines:
        problems.error(f"the graph of “{name}” has no lines", name.place(), "such as: L: (y - w*x)**2")
    if loss is not None and loss not in lines:
        problems.error(
            f"the loss “{loss}” is not a line of the graph", loss.place(), "name one of: " + ", ".join(lines)
        )
        loss = None
    return Graph(
        {**model.inputs},  # type: ignore[dict-item]  # a Text is a str, but dict keys are invariant
        {**model.targets},  # type: ignore[dict-item]
        {**model.parameters},  # type: ignore[dict-item]
        {**lines},  # type: ignore[dict-item]
        loss or (next(reversed(lines)) if lines else None),
    )


def _expand(name: Text, network: Network, problems: Problems) -> Graph:
    graph = Graph(loss="loss")
    units = list(network.inputs)
    outputs = network.layers[-1].units
    if not _are_names([*units, *(unit for layer in network.layers for unit in layer.units)], problems):
        return graph
    graph.inputs = _leaves(name, "inputs", network, units, problems)
    targets = list(network.targets)
    if sorted(targets) != sorted(outputs) and len(targets) != len(outputs):
        problems.error(
            f"the targets are {', '.join(targets)}, but the output units are {', '.join(outputs)}",
            name.place(),
            "give one target per output unit",
        )
        return graph
    values = _leaves(name, "targets", network, targets, problems)
    # Targets are named after their output unit; other names stand for the output units in order.
    by_unit = dict(zip(outputs, targets, strict=True)) if set(targets) != set(outputs) else {u: u for u in outputs}
    graph.targets = {f"{unit}.target": values[by_unit[unit]] for unit in outputs if by_unit[unit] in values}

    batch = network.examples is not None
    before = units
    activations = {unit: str(unit) for unit in units}
    for number, layer in enumerate(network.layers):
        if not _fits(name, number, layer, before, problems):
            return graph
        activations = _add_layer(graph, layer, before, activations, problems, batch=batch)
        before = layer.units
    graph.lines["loss"] = Text(_loss(network, outputs), name.origin)
    return graph


def _are_names(units: list[Text], problems: Problems) -> bool:
    """Whether the units can be called so."""
    seen: set[str] = set()
    sound = True
    for unit in units:
        fault = name_problem(unit)
        if fault is None and unit in seen:
            fault = f"two units are called “{unit}”"
        if fault:
            problems.error(fault, unit.place())
            sound = False
        seen.add(unit)
    return sound


def _leaves(name: Text, kind: str, network: Network, units: list[Text], problems: Problems) -> dict[str, Any]:
    """Values of the inputs or targets: single numbers, or a column of the examples each."""
    given = network.inputs if kind == "inputs" else network.targets
    if network.examples is None:
        if isinstance(given, dict):
            return {**given}  # type: ignore[dict-item]
        problems.error(
            f"the {kind} of “{name}” have no values", name.place(), "write {name: value, …}, or add “examples”"
        )
        return {}
    rows = network.examples.inputs if kind == "inputs" else network.examples.targets
    if any(len(row) != len(units) for row in rows):
        problems.error(f"every row of the examples' {kind} needs {len(units)} numbers", name.place())
        return {}
    if len(network.examples.inputs) != len(network.examples.targets):
        problems.error("the examples have unequal numbers of inputs and targets", name.place())
        return {}
    return {unit: [row[index] for row in rows] for index, unit in enumerate(units)}


def _fits(name: Text, number: int, layer: Layer, before: list[Text], problems: Problems) -> bool:
    where = f"layer {number + 1} of “{name}”"
    place = layer.units[0].place()
    rows, columns = len(layer.units), len(before)
    if len(layer.weights) != rows or any(len(row) != columns for row in layer.weights):
        shape = f"{len(layer.weights)} × {len(layer.weights[0]) if layer.weights else 0}"
        problems.error(
            f"the weights of {where} are {shape}, but it has {rows} units with {columns} inputs each",
            place,
            "rows are units",
        )
        return False
    if layer.names is not None and (len(layer.names) != rows or any(len(row) != columns for row in layer.names)):
        problems.error(f"the names of the weights of {where} should be {rows} × {columns}, as the weights are", place)
        return False
    for what, given in (("biases", layer.biases), ("bias_names", layer.bias_names)):
        if given is not None and len(given) != rows:
            problems.error(f"“{what}” of {where} needs {rows} entries", place)
            return False
    return True


def _add_layer(
    graph: Graph, layer: Layer, before: list[Text], activations: dict[Text, str], problems: Problems, *, batch: bool
) -> dict[Text, str]:
    units = layer.units

    def declare(parameter: Text, value: float) -> str:
        if parameter in graph.parameters:
            problems.error(f"the name “{parameter}” stands for two weights", parameter.place(), "rename one of them")
        graph.parameters[parameter] = value
        return str(parameter)

    for row, unit in enumerate(units):
        terms = []
        for column, source in enumerate(before):
            weight = layer.names[row][column] if layer.names else Text(f"W_{source}_{unit}", unit.origin)
            terms.append(f"{declare(weight, layer.weights[row][column])}*{activations[source]}")
        if layer.biases is not None:
            bias = layer.bias_names[row] if layer.bias_names else Text(f"b_{unit}", unit.origin)
            terms.append(declare(bias, layer.biases[row]))
        graph.lines[f"{unit}.z"] = Text(" + ".join(terms), layer.units[row].origin)
    stacked = ", ".join(f"{unit}.z" for unit in units)
    for row, unit in enumerate(units):
        if layer.activation == "identity":
            line = f"{unit}.z"
        elif layer.activation == "softmax":
            # Softmax runs over the units, which are the last axis only once a batch is transposed.
            line = f"transpose(softmax(transpose([{stacked}])))[{row}]" if batch else f"softmax([{stacked}])[{row}]"
        else:
            line = f"{layer.activation}({unit}.z)"
        graph.lines[f"{unit}.a"] = Text(line, layer.units[row].origin)
    return {unit: f"{unit}.a" for unit in units}


def _loss(network: Network, outputs: list[Text]) -> str:
    pairs = [(f"{unit}.target", f"{unit}.a") for unit in outputs]
    squares = " + ".join(f"({target} - {output})**2" for target, output in pairs)
    each = {
        "half_squared_error": f"0.5*({squares})",
        "squared_error": squares,
        "mean_squared_error": f"({squares})/{len(pairs)}",
        "binary_cross_entropy": " + ".join(f"-({t}*log({a}) + (1 - {t})*log(1 - {a}))" for t, a in pairs),
        "cross_entropy": "-(" + " + ".join(f"{target}*log({output})" for target, output in pairs) + ")",
    }[network.loss]
    return f"{network.reduction}({each})" if network.examples is not None else each
