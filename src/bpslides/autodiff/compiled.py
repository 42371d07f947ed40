"""Turn a tape into one straight function that trains: `Loop(tape, "L", ["w"], optimizer("sgd", 0.1)).run(...)`.

The source is made from templates and numbered names (v7 is the value of node 7, g7 its adjoint, p0 a parameter); no
text of a user's gets into it. Single numbers are Python floats and arrays are numpy's, written into buffers that are
allocated once. What no trained parameter can change is a constant, and its derivative is left out.

The loop notices infinities and NaN in every value that depends on a parameter and in every new parameter, and stops
before that update. It has no words for it: the caller repeats the update on the tape, which tells the node.

In a run in batches, the loop counts the steps of the optimizer, and the leaves with a row per example change from one
to the next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import numpy as np

from bpslides.autodiff.batches import Batching
from bpslides.autodiff.functions import Array
from bpslides.autodiff.ops import OPS
from bpslides.autodiff.optimizers import Line, Optimizer, rule
from bpslides.autodiff.schedule import Schedule, rate
from bpslides.autodiff.tape import Tape
from bpslides.autodiff.templates import HIDING, NAMES, SCALAR, SQUARE, USUAL

MAX_COMPILED = 20_000
"""The most nodes of a tape that is compiled: Python takes about 30 µs and 5 kB for each."""

_FORWARD = {
    "add": "np_add",
    "sub": "np_subtract",
    "mul": "np_multiply",
    "div": "np_divide",
    "neg": "np_negative",
    "exp": "np_exp",
    "tanh": "np_tanh",
    "sqrt": "np_sqrt",
    "matmul": "np_matmul",
}
_UPDATE = {"+": "np_add", "-": "np_subtract", "*": "np_multiply", "/": "np_divide", "sqrt": "np_sqrt"}


@dataclass(frozen=True, eq=False)
class Position:
    """Where a loop has come to.

    Attributes:
        values: the trained parameters.
        memories: what the optimizer remembers of each.
        done: the number of the last step that was made.
    """

    values: dict[str, Array]
    memories: dict[str, dict[str, Array]]
    done: int


class Loop:
    """A compiled training loop over the parameters that are trained (frozen ones are left out by the caller)."""

    def __init__(
        self,
        tape: Tape,
        loss: str,
        parameters: Sequence[str],
        chosen: Optimizer,
        schedule: Schedule | None = None,
        batching: Batching | None = None,
    ) -> None:
        """Write and compile the source; some milliseconds for a hundred nodes.

        `tape` is that of all examples. With `batching` all batches have to be of one size.
        """
        self.parameters = tuple(parameters)
        self.memory = rule(chosen).memory
        seen = batching.tapes[batching.order.size] if batching else tape
        leaves = [tape.index(name) for name in batching.leaves] if batching else []
        writer = _Writer(seen, tape.index(loss), [tape.index(name) for name in parameters], leaves)
        per_update = batching.order.steps_per_update if batching else 1
        self.source = writer.write(chosen, None if schedule is None else _rates(schedule, chosen, per_update))
        if batching:
            writer.names["rows"] = lambda number: list(batching.values(tape, number).values())
        namespace: dict[str, Any] = {**NAMES, **writer.names, "__builtins__": {}}
        exec(compile(self.source, "<compiled tape>", "exec"), namespace)  # noqa: S102 - only names made here
        self._train: Callable[..., tuple[list[Any], int]] = namespace["train"]
        self._lock = Lock()  # the buffers serve one run at a time
        self._scalar = [tape.value(name).ndim == 0 for name in parameters]

    def run(
        self, values: Mapping[str, Array], memories: Mapping[str, Mapping[str, Array]], first: int, last: int
    ) -> Position:
        """Make the steps number `first` to `last` (from 1), or as many of them as stay finite.

        Args:
            values: the trained parameters before step `first`.
            memories: what the optimizer remembers of each; {} before its first step.
            first: the number of the first step, which is that of the update unless updates have several.
            last: the number of the last.
        """
        start: list[Any] = []
        for name, scalar in zip(self.parameters, self._scalar, strict=True):
            zeros = np.zeros(np.shape(values[name]))
            found = [values[name], *(memories.get(name, {}).get(key, zeros) for key in self.memory)]
            start += [float(item) if scalar else np.array(item) for item in found]
        with self._lock, np.errstate(all="ignore"):
            end, done = self._train(start, first, last)
        new_values: dict[str, Array] = {}
        new_memories: dict[str, dict[str, Array]] = {}
        for place, name in enumerate(self.parameters):
            group = end[place * (1 + len(self.memory)) :]
            new_values[name] = np.asarray(group[0])
            # no update made: nothing is remembered yet either, which is not the same as remembering zeros
            kept = dict(zip(self.memory, map(np.asarray, group[1 : 1 + len(self.memory)]), strict=True))
            new_memories[name] = kept if done >= first else dict(memories.get(name, {}))
        return Position(new_values, new_memories, done)


def _rates(schedule: Schedule, chosen: Optimizer, per_update: int) -> Callable[[int], float]:
    """The learning rate by the number of the step."""
    return lambda number: rate(schedule, chosen.learning_rate, (number - 1) // per_update + 1)


class _Writer:
    """Writes the source of one loop; `names` collects the arrays and functions that it refers to."""

    def __init__(self, tape: Tape, loss: int, parameters: Sequence[int], changing: Sequence[int]) -> None:
        self.nodes = tape.nodes
        self.loss = loss
        self.changing = list(changing)  # leaves with new values at every step
        self.parameters = {index: place for place, index in enumerate(parameters)}
        self.names: dict[str, Any] = {}
        self.lines: list[str] = []
        self.own_buffers: set[str] = set()  # adjoints in a buffer that holds nothing else
        self.trained = self._depending(parameters)
        self.moving = self.trained | self._depending(changing)

    def _depending(self, leaves: Sequence[int]) -> set[int]:
        """These nodes and all that depends on them."""
        found = set(leaves)
        for index, node in enumerate(self.nodes):
            if not found.isdisjoint(node.parents):
                found.add(index)
        return found

    def write(self, chosen: Optimizer, rates: Callable[[int], float] | None) -> str:
        self.lines = []
        self._forward()
        adjoints = self._backward()
        self._update(chosen, adjoints)
        body = self.lines
        found = rule(chosen)
        state = [f"{key}{place}" for place in range(len(self.parameters)) for key in ("p", *found.memory)]
        once = [self._once(line, chosen) for line in found.once]
        if rates is None:
            eta = [f"eta = {chosen.learning_rate!r}"]
        else:
            self.names["rate"] = rates
            eta = ["eta = rate(t)"]
        leaves = [f"[{', '.join(f'v{index}' for index in self.changing)}] = rows(t)"] if self.changing else []
        spare = [
            f"w_{key}{place} = empty({self.nodes[index].value.shape})"
            for index, place in self.parameters.items()
            for key in ("p", *found.memory)
            if self._is_array(index)
        ]
        return "\n".join(
            [
                "def train(state, first, last):",
                f"    [{', '.join(state)}] = state",
                "    done = first - 1",
                *("    " + line for line in spare),
                "    try:",
                "        for t in range(first, last + 1):",
                *("            " + line for line in (*eta, *leaves, *once, *body)),
                "            done = t",
                "    except (ArithmeticError, ValueError):",
                "        pass",
                f"    return [{', '.join(state)}], done",
            ]
        )

    # --- values ---------------------------------------------------------------------------------------------------

    def _is_array(self, index: int) -> bool:
        return self.nodes[index].value.ndim > 0

    def _value(self, index: int) -> str:
        """Write the value of a node: a name, or the number itself where nothing can change it."""
        if index in self.parameters:
            return f"p{self.parameters[index]}"
        if index in self.moving:
            return f"v{index}"
        if not self._is_array(index):
            number = repr(float(self.nodes[index].value))
            return f"({number})" if number.startswith("-") else number
        self.names[f"c{index}"] = self.nodes[index].value
        return f"c{index}"

    def _generic(self, index: int) -> str:
        """Write the value of a node for a rule of the table of operations, which wants arrays."""
        return self._value(index) if self._is_array(index) else f"array({self._value(index)})"

    def _buffer(self, name: str, shape: tuple[int, ...]) -> str:
        self.names[name] = np.empty(shape)
        return name

    def _check(self, text: str, shape: tuple[int, ...]) -> None:
        """Add something that is not finite when the value is not: the number itself, or the sum of the squares."""
        self.lines.append(f"s += float(vdot({text}, {text}))" if shape else f"s += {text}")

    def _forward(self) -> None:
        used: set[int] = set()
        hidden: set[int] = set()
        for index in sorted(self.moving):
            node = self.nodes[index]
            if node.parents:
                used.update(node.parents)
                hidden.update(parent for parent in node.parents if node.op in HIDING)
                self.lines.append(self._forward_line(index))
        self.lines.append("s = 0.0")
        for index in sorted(self.moving - set(self.parameters)):
            if index in hidden or index not in used:
                self._check(self._value(index), self.nodes[index].value.shape)

    def _forward_line(self, index: int) -> str:
        node, out = self.nodes[index], f"v{index}"
        scalar = not any(map(self._is_array, (index, *node.parents)))
        if scalar and node.op in SCALAR:
            return self._fill(self._template(index).forward, index)
        parts = [self._value(parent) for parent in node.parents]
        if self._is_array(index):
            buffer = f"b{index}"
            if node.op in _FORWARD:
                return f"{out} = {_FORWARD[node.op]}({', '.join(parts)}, {self._buffer(buffer, node.value.shape)})"
            if node.op == "relu":
                return f"{out} = np_maximum({parts[0]}, 0.0, out={self._buffer(buffer, node.value.shape)})"
        self.names[f"f{index}"] = partial(OPS[node.op].forward, **node.attributes)
        call = f"f{index}({', '.join(map(self._generic, node.parents))})"
        return f"{out} = {call}" if self._is_array(index) else f"{out} = float({call})"

    def _template(self, index: int) -> Any:
        node = self.nodes[index]
        exponent = node.parents[-1]
        if node.op == "pow" and exponent not in self.moving and self.nodes[exponent].value == 2.0:
            return SQUARE
        return SCALAR[node.op]

    def _fill(self, template: str, index: int, adjoint: str = "") -> str:
        node = self.nodes[index]
        a, b = (self._value(parent) for parent in (node.parents[0], node.parents[-1]))
        attributes = {key: repr(float(node.attributes.get(key, usual))) for key, usual in USUAL.items()}  # type: ignore[arg-type]
        return template.format(y=self._value(index), a=a, b=b, g=adjoint, **attributes)

    # --- adjoints -------------------------------------------------------------------------------------------------

    def _backward(self) -> dict[int, str]:
        adjoints: dict[int, str] = {self.loss: "1.0"} if self.loss in self.trained else {}
        for source in range(self.loss, -1, -1):
            node = self.nodes[source]
            if source not in adjoints:
                continue
            for place, target in enumerate(node.parents):
                if target not in self.trained:
                    continue
                amount = self._contribution(source, place, adjoints[source])
                if target in adjoints:
                    amount = f"{adjoints[target]} + {amount}"
                if amount.isidentifier() or amount == "1.0":
                    adjoints[target] = amount
                else:
                    self.lines.append(f"g{target} = {amount}")
                    (self.own_buffers.add if amount.startswith("np_") else self.own_buffers.discard)(f"g{target}")
                    adjoints[target] = f"g{target}"
        return adjoints

    def _contribution(self, source: int, place: int, g: str) -> str:
        """Write what a node passes to one of its parents."""
        node, target = self.nodes[source], self.nodes[source].parents[place]
        if not any(map(self._is_array, (source, *node.parents))) and node.op in SCALAR:
            slope = self._template(source).slopes[place]
            if g == "1.0" and slope.startswith("{g} * "):
                slope = slope.removeprefix("{g} * ")
            return self._fill(slope, source, g)
        shape = node.value.shape
        if shape and self.nodes[target].value.shape == shape:
            if node.op == "add" or (node.op == "sub" and place == 0):
                return g
            buffer = self._buffer(f"d{source}_{place}", shape)
            if node.op in ("neg", "sub"):
                return f"np_negative({g}, {buffer})"
            if node.op == "mul":
                return f"np_multiply({g}, {self._value(node.parents[1 - place])}, {buffer})"
            if node.op == "exp":
                return f"np_multiply({g}, v{source}, {buffer})"
            if node.op == "relu":
                self.names[f"m{source}"] = np.empty(shape, dtype=bool)
                return f"np_multiply({g}, np_greater({self._value(target)}, 0.0, m{source}), {buffer})"
        if node.op == "matmul" and all(self.nodes[parent].value.ndim == 2 for parent in node.parents):
            buffer = self._buffer(f"d{source}_{place}", self.nodes[target].value.shape)
            other = self._value(node.parents[1 - place])
            return f"np_matmul({g}, {other}.T, {buffer})" if place == 0 else f"np_matmul({other}.T, {g}, {buffer})"
        op = OPS[node.op]
        vjp = partial(op.vjps[0], position=place) if op.arity is None else op.vjps[place]
        self.names[f"r{source}_{place}"] = partial(vjp, **node.attributes)
        adjoint = g if shape else f"array({g})"
        call = f"r{source}_{place}({', '.join([adjoint, self._generic(source), *map(self._generic, node.parents)])})"
        return call if self._is_array(target) else f"float({call})"

    # --- updates --------------------------------------------------------------------------------------------------

    def _once(self, line: Line, chosen: Optimizer) -> str:
        parts = [repr(chosen.parameters[word]) if word in chosen.parameters else word for word in line.operands]
        return f"{line.target} = {f' {line.operator} '.join(parts)}"

    def _update(self, chosen: Optimizer, adjoints: Mapping[int, str]) -> None:
        """Write all updates, then the check, then the assignments that make them count."""
        found = rule(chosen)
        commit: list[str] = []
        for index, place in self.parameters.items():
            shape = self.nodes[index].value.shape
            zeros = "0.0"
            if shape and index not in adjoints:
                zeros = f"zeros{place}"
                self.names[zeros] = np.zeros(shape)
            local = {"theta": f"p{place}", "g": adjoints.get(index, zeros)}
            local |= {key: f"{key}{place}" for key in found.memory}
            for line in found.lines:
                self._update_line(line, place, shape, local, chosen, found.memory)
            for key, old in (("theta", f"p{place}"), *((key, f"{key}{place}") for key in found.memory)):
                if shape:
                    commit.append(f"w_{old} = {old}")
                commit.append(f"{old} = {local[key]}")
            self._check(local["theta"], shape)
        self.lines += ["if not isfinite(s):", "    break", *commit]

    def _update_line(
        self,
        line: Line,
        place: int,
        shape: tuple[int, ...],
        local: dict[str, str],
        chosen: Optimizer,
        memory: Sequence[str],
    ) -> None:
        def text(word: str) -> str:
            return repr(chosen.parameters[word]) if word in chosen.parameters else local.get(word, word)

        parts = [text(word) for word in line.operands]
        lasting = line.target == "theta" or line.target in memory
        if shape:
            # lasting values are written beside the old ones, which stay whole until the step is known to be finite
            name = {"theta": "p"}.get(line.target, line.target)
            buffer = f"w_{name}{place}" if lasting else f"t_{line.target}" + "x".join(map(str, shape))
            if chosen.name == "sgd" and line.operands == ("eta", "g") and local["g"] in self.own_buffers:
                buffer = local["g"]  # nothing reads the gradient again, and a second large buffer costs time
            elif not lasting:
                self._buffer(buffer, shape)
            self.lines.append(f"n_{line.target}{place} = {_UPDATE[line.operator]}({', '.join(parts)}, {buffer})")
        elif line.operator == "sqrt":
            self.lines.append(f"n_{line.target}{place} = sqrt({parts[0]})")
        else:
            self.lines.append(f"n_{line.target}{place} = {f' {line.operator} '.join(parts)}")
        local[line.target] = f"n_{line.target}{place}"
