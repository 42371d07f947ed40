"""A layered network, written out as the graph that it is short for.

A network with named units gets two lines a unit, ``H3.z`` (pre-activation) and ``H3.a`` (activation), and a parameter a
weight. A network whose layers only count their units gets two lines a layer, ``layer1.z`` and ``layer1.a``, of shape
(units,), and the parameters ``layer1.W``, of shape (units, inputs), and ``layer1.b``; with examples each line has a row
per example, of shape (examples, units). The last line of both is ``loss``. Weights are destination-first: row *i* of a
layer's ``weights`` belongs to its *i*-th unit, column *j* to the *j*-th unit before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from bpslides.errors import Problems
from bpslides.expression import name_problem
from bpslides.initialisers import draw
from bpslides.losses import RANGES, OutputLoss
from bpslides.model import Initialiser, Layer, Model, Network
from bpslides.text import Text

MAX_WEIGHTS = 1_000_000
"""The most weights that one network may have."""


@dataclass
class Graph:
    """A model written out: named leaves, then lines of expressions, each of which may use the names above it."""

    inputs: dict[str, Any] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Text] = field(default_factory=dict)
    loss: str | None = None
    stable_loss: Text | None = None
    """A cross-entropy from the pre-activations, for where the loss as it is written has no value."""
    output_loss: OutputLoss | None = None
    """What both forms were written from."""

    @property
    def leaves(self) -> dict[str, Any]:
        """Inputs, targets and parameters together."""
        return {**self.inputs, **self.targets, **self.parameters}

    @property
    def stable(self) -> Graph | None:
        """The same graph with the other form of the loss, if it has one."""
        if self.stable_loss is None:
            return None
        return replace(self, lines={**self.lines, "loss": self.stable_loss}, stable_loss=None)


def graph_of(name: Text, model: Model, problems: Problems) -> Graph:
    """The graph of a model of either kind. What does not fit together goes to ``problems``."""
    if model.network is not None:
        graph = Graph(loss="loss")
        _Expansion(name, model.network, graph, problems).write()
        return graph
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


def unit_names(network: Network) -> list[list[str]]:
    """The names of the inputs and of each layer's units; "" for units that are only counted."""
    layers = [list(map(str, x.units)) if isinstance(x.units, list) else [""] * x.units for x in network.layers]
    if network.is_named:
        return [list(map(str, network.inputs)), *layers]
    return [[""] * _width(network), *layers]


def weight_name(layer: Layer, row: int, column: int, source: str) -> Text:
    """What the weight from ``source``, the unit ``column`` before, to the unit ``row`` of a layer is called."""
    assert isinstance(layer.units, list)
    unit = layer.units[row]
    return layer.names[row][column] if layer.names else Text(f"W_{source}_{unit}", unit.origin)


def bias_name(layer: Layer, row: int) -> Text:
    """What the bias of the unit ``row`` of a layer is called."""
    assert isinstance(layer.units, list)
    unit = layer.units[row]
    return layer.bias_names[row] if layer.bias_names else Text(f"b_{unit}", unit.origin)


def _width(network: Network) -> int:
    """The number of inputs of a network whose units are counted."""
    if network.examples is not None:
        return len(network.examples.inputs[0])
    values = next(iter(network.inputs.values()), 0.0) if isinstance(network.inputs, dict) else 0.0
    return len(values) if isinstance(values, list) else 1


class _Misfit(Exception):
    """Something does not fit together. It has been reported, and the rest would only repeat it."""


class _Expansion:
    """Writes one network out into ``graph``."""

    def __init__(self, name: Text, network: Network, graph: Graph, problems: Problems) -> None:
        self.name, self.network, self.graph, self.problems = name, network, graph, problems
        self.batch = network.examples is not None

    def write(self) -> None:
        try:
            self._check_size()
            if self.network.is_named:
                self._write_units()
            else:
                self._write_arrays()
        except _Misfit:
            pass

    def _refuse(self, message: str, place: Any = None, hint: str | None = None) -> _Misfit:
        self.problems.error(message, place or self.name.place(), hint)
        return _Misfit()

    def _check_size(self) -> None:
        """Refuse a network that is too large before anything of its size is made."""
        widths = [len(units) for units in unit_names(self.network)]
        weights = sum(before * units for before, units in pairwise(widths))
        if weights > MAX_WEIGHTS:
            raise self._refuse(f"“{self.name}” has {weights:,} weights; the limit is {MAX_WEIGHTS:,}")

    # Values of inputs and targets.

    def _columns(self, kind: str, names: list[Text]) -> dict[str, Any]:
        """A single number for each of the names, or its column of the examples."""
        given = getattr(self.network, kind)
        if self.network.examples is None:
            values = self._given(kind, given)
            for key, value in values.items():
                if isinstance(value, list):
                    hint = "write “examples” for a batch, or the number of “units” instead of their names"
                    raise self._refuse(f"“{key}” is an array, but named units take single numbers", key.place(), hint)
            return {**values}  # type: ignore[dict-item]
        rows = self._rows(kind, len(names))
        return {name: [row[index] for row in rows] for index, name in enumerate(names)}

    def _given(self, kind: str, given: dict[Text, Any] | list[Text]) -> dict[Text, Any]:
        if isinstance(given, dict):
            return given
        hint = "write {name: value, …}, or add “examples”"
        raise self._refuse(f"the {kind} of “{self.name}” have no values", None, hint)

    def _rows(self, kind: str, width: int) -> list[list[float]]:
        """The examples' inputs or targets."""
        assert self.network.examples is not None
        rows: list[list[float]] = getattr(self.network.examples, kind)
        if any(len(row) != width for row in rows):
            raise self._refuse(f"every row of the examples' {kind} needs {width} numbers")
        if len(self.network.examples.inputs) != len(self.network.examples.targets):
            raise self._refuse("the examples have unequal numbers of inputs and targets")
        return rows

    def _vector(self, kind: str, width: int | None) -> tuple[Text, Any]:
        """The only input or target of a network whose units are counted: its name, and a vector or rows of them."""
        given = getattr(self.network, kind)
        if len(given) != 1:
            raise self._refuse(
                f"“{self.name}” counts its units, and so its {kind} are one vector, not {len(given)}",
                None,
                f"such as {kind}: {{{next(iter(given), 'x')}: [0.1, 0.2]}}",
            )
        name = next(iter(given))
        if self.network.examples is not None:
            rows = getattr(self.network.examples, kind)
            return name, self._rows(kind, len(rows[0]) if width is None else width)
        value = self._given(kind, given)[name]
        if not isinstance(value, list) or any(isinstance(item, list) for item in value):
            hint = "write “examples” for several at once"
            raise self._refuse(f"“{name}” should be a vector, such as [0.1, 0.2]", name.place(), hint)
        if width is not None and len(value) != width:
            raise self._refuse(f"“{name}” has {len(value)} numbers, but the last layer has {width} units", name.place())
        return name, value

    def _check_range(self, values: dict[str, Any]) -> None:
        """Refuse targets that the loss is not made for."""
        low, high = RANGES.get(self.network.loss, (0.0, 0.0))
        for name, value in values.items() if low < high else ():
            for number in _flat(value):
                if not low <= number <= high or (low < 0 and abs(number) != 1):
                    span = f"{low:g} or {high:g}" if low < 0 else f"from {low:g} to {high:g}"
                    place = name.place() if isinstance(name, Text) else None
                    raise self._refuse(f"the targets of {self.network.loss} are {span}, not {number:g}", place)

    def _numbers(self, layer: Layer, number: int, what: str, shape: tuple[int, ...], place: Any) -> Any:
        """The weights or biases of a layer as written, or drawn."""
        given = layer.weights if what == "weights" else layer.biases
        if not isinstance(given, Initialiser):
            return given
        try:
            drawn = draw(given, shape, number)
        except ValueError as error:
            raise self._refuse(f"“{what}” of layer {number} of “{self.name}”: {error}", place) from None
        return drawn.tolist() if self.network.is_named else drawn

    def _write_loss(self, owners: list[str], count: int) -> None:
        """Add the last line; ``owners`` are the output units, or their layer."""
        network, origin = self.network, self.name.origin
        output = OutputLoss(
            network.loss,
            network.layers[-1].activation,
            1.0 if network.delta is None else network.delta,
            network.reduction,
            [f"{owner}.target" for owner in owners],
            [f"{owner}.a" for owner in owners],
            [f"{owner}.z" for owner in owners],
            count,
            network.is_named,
            self.batch,
        )
        self.graph.lines["loss"] = Text(output.written(), origin)
        stable = output.written_stable()
        if stable is not None:
            self.graph.stable_loss, self.graph.output_loss = Text(stable, origin), output

    # A node a unit.

    def _write_units(self) -> None:
        network, graph = self.network, self.graph
        units = list(network.inputs)
        layers = [(layer, layer.units) for layer in network.layers if isinstance(layer.units, list)]
        outputs = layers[-1][1]
        self._check_names([*units, *(unit for _, names in layers for unit in names)])
        graph.inputs = self._columns("inputs", units)
        targets = list(network.targets)
        if sorted(targets) != sorted(outputs) and len(targets) != len(outputs):
            raise self._refuse(
                f"the targets are {', '.join(targets)}, but the output units are {', '.join(outputs)}",
                None,
                "give one target per output unit",
            )
        values = self._columns("targets", targets)
        self._check_range(values)
        # Targets are named after their output unit; other names stand for the output units in order.
        by_unit = dict(zip(outputs, targets, strict=True)) if set(targets) != set(outputs) else {u: u for u in outputs}
        graph.targets = {f"{unit}.target": values[by_unit[unit]] for unit in outputs}

        before = units
        activations = {unit: str(unit) for unit in units}
        for number, (layer, names) in enumerate(layers, 1):
            self._add_units(layer, names, number, before, activations)
            before, activations = names, {unit: f"{unit}.a" for unit in names}
        self._write_loss([*outputs], len(outputs))

    def _check_names(self, units: list[Text]) -> None:
        """Report every unit that cannot be called so."""
        seen: set[str] = set()
        sound = True
        for unit in units:
            fault = name_problem(unit)
            if fault is None and unit in seen:
                fault = f"two units are called “{unit}”"
            if fault:
                self.problems.error(fault, unit.place())
                sound = False
            seen.add(unit)
        if not sound:
            raise _Misfit

    def _check_shapes(self, layer: Layer, number: int, rows: int, columns: int, place: Any) -> None:
        where = f"layer {number} of “{self.name}”"
        if isinstance(layer.weights, list) and not _has_shape(layer.weights, rows, columns):
            raise self._refuse(
                f"the weights of {where} are {_shape(layer.weights)}, but it has {rows} units "
                f"with {columns} inputs each",
                place,
                "rows are units",
            )
        if layer.names is not None and not _has_shape(layer.names, rows, columns):
            raise self._refuse(
                f"the names of the weights of {where} should be {rows} × {columns}, as the weights are", place
            )
        for what, given in (("biases", layer.biases), ("bias_names", layer.bias_names)):
            if isinstance(given, list) and len(given) != rows:
                raise self._refuse(f"“{what}” of {where} needs {rows} entries", place)

    def _add_units(
        self, layer: Layer, units: list[Text], number: int, before: list[Text], activations: dict[Text, str]
    ) -> None:
        graph, place = self.graph, units[0].place()
        self._check_shapes(layer, number, len(units), len(before), place)
        weights = self._numbers(layer, number, "weights", (len(units), len(before)), place)
        biases = self._numbers(layer, number, "biases", (len(units),), place)

        def declare(parameter: Text, value: float) -> str:
            if parameter in graph.parameters:
                self.problems.error(
                    f"the name “{parameter}” stands for two weights", parameter.place(), "rename one of them"
                )
            graph.parameters[parameter] = value
            return str(parameter)

        for row, unit in enumerate(units):
            terms = []
            for column, source in enumerate(before):
                weight = weight_name(layer, row, column, source)
                terms.append(f"{declare(weight, weights[row][column])}*{activations[source]}")
            if biases is not None:
                terms.append(declare(bias_name(layer, row), biases[row]))
            graph.lines[f"{unit}.z"] = Text(" + ".join(terms), unit.origin)
        stacked = ", ".join(f"{unit}.z" for unit in units)
        for row, unit in enumerate(units):
            if layer.activation == "softmax":
                # Softmax runs over the units, which are the last axis only once a batch is transposed.
                whole = f"transpose(softmax(transpose([{stacked}])))" if self.batch else f"softmax([{stacked}])"
                line = f"{whole}[{row}]"
            else:
                line = _activated(layer, f"{unit}.z")
            graph.lines[f"{unit}.a"] = Text(line, unit.origin)

    # A node a layer.

    def _write_arrays(self) -> None:
        network, graph = self.network, self.graph
        counts = [layer.units for layer in network.layers if isinstance(layer.units, int)]
        source, values = self._vector("inputs", None)
        self._check_names([source])
        graph.inputs[source] = values
        target, wanted = self._vector("targets", counts[-1])
        self._check_range({target: wanted})
        last = f"layer{len(counts)}"
        graph.targets[f"{last}.target"] = wanted
        before, name = len(values[0]) if self.batch else len(values), str(source)
        for number, (layer, units) in enumerate(zip(network.layers, counts, strict=True), 1):
            self._add_layer(layer, number, units, before, name)
            before, name = units, f"layer{number}.a"
        self._write_loss([last], counts[-1])

    def _add_layer(self, layer: Layer, number: int, units: int, before: int, source: str) -> None:
        graph, here, origin = self.graph, f"layer{number}", self.name.origin
        for what in ("names", "bias_names"):
            if getattr(layer, what) is not None:
                hint = f"its weights are {here}.W[unit][input], its biases {here}.b[unit]"
                raise self._refuse(f"layer {number} of “{self.name}” counts its units and has no “{what}”", None, hint)
        if isinstance(layer.weights, list) and not _has_shape(layer.weights, units, before):
            raise self._refuse(
                f"{here}.W is {_shape(layer.weights)}, but {here} has {units} units and {source} has {before} numbers",
                None,
                f"it should be {units} × {before}: rows are units",
            )
        self._check_shapes(layer, number, units, before, None)
        graph.parameters[f"{here}.W"] = self._numbers(layer, number, "weights", (units, before), None)
        # W stands on the left in both, so that a sequential run updates it before the sweep goes on below.
        line = f"transpose({here}.W @ transpose({source}))" if self.batch else f"{here}.W @ {source}"
        if layer.biases is not None:
            graph.parameters[f"{here}.b"] = self._numbers(layer, number, "biases", (units,), None)
            line += f" + {here}.b"
        graph.lines[f"{here}.z"] = Text(line, origin)
        graph.lines[f"{here}.a"] = Text(_activated(layer, f"{here}.z"), origin)


def _activated(layer: Layer, z: str) -> str:
    return z if layer.activation == "identity" else f"{layer.activation}({z})"


def _has_shape(rows: list[list[Any]], units: int, inputs: int) -> bool:
    return len(rows) == units and all(len(row) == inputs for row in rows)


def _shape(rows: list[list[Any]]) -> str:
    """How large a matrix is, for a message."""
    lengths = {len(row) for row in rows}
    return f"{len(rows)} × {lengths.pop()}" if len(lengths) == 1 else f"{len(rows)} rows of unequal length"


def _flat(value: Any) -> list[float]:
    return [number for item in value for number in _flat(item)] if isinstance(value, list) else [value]
