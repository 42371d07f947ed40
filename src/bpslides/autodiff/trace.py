"""Traces: a tape with its sweep as plain JSON data, for the browser's twin of this core and for golden files.

The dictionary holds only numbers, text, lists and dictionaries, and no NaN or infinity: `json.dumps` always takes it.
"""

from collections.abc import Mapping

import numpy as np

from bpslides.autodiff.batches import Batching
from bpslides.autodiff.errors import AutodiffError
from bpslides.autodiff.functions import Array
from bpslides.autodiff.ops import OPS
from bpslides.autodiff.optimizers import Optimizer, rule
from bpslides.autodiff.sweep import Sweep
from bpslides.autodiff.tape import Node, Tape, as_value
from bpslides.autodiff.training import Run

SCHEMA = 1
"""The number of this form of trace; it changes when a reader would have to."""


def trace(run: Run) -> dict[str, object]:
    """Describe the start of a run. Adjoints and contributions are those that the first update uses.

    Raises:
        Diverged: when that update leaves the finite numbers.
    """
    state = run.at(0)
    return trace_sweep(state.update_sweep) | {
        "parameters": list(run.parameters),
        "frozen": list(run.frozen),
        "learning_rate": run.optimizer.learning_rate,
        "optimizer": _optimizer(run.optimizer),
        "schedule": None if run.schedule is None else {"name": run.schedule.name, **run.schedule.parameters},
        "update": run.update,
        "batches": None if run.batching is None else _batching(run.batching, run.loss),
    }


def _optimizer(chosen: Optimizer) -> dict[str, object]:
    """Describe an optimizer with its rule, so that a reader needs no rules of its own."""
    found = rule(chosen)
    return {
        "name": chosen.name,
        "parameters": dict(chosen.parameters),
        "memory": list(found.memory),
        "lines": [[line.target, line.operator, *line.operands] for line in (*found.once, *found.lines)],
    }


def _batching(batching: Batching, loss: str) -> dict[str, object]:
    """Describe the order of the examples, and the tapes that the steps use, by the number of their examples."""
    order = batching.order
    return {
        "mode": order.mode,
        "examples": order.examples,
        "size": order.size,
        "seed": order.seed,
        "leaves": list(batching.leaves),
        "tapes": {
            str(length): {"nodes": [_node(node) for node in tape], "names": dict(tape.names), "loss": tape.index(loss)}
            for length, tape in batching.tapes.items()
        },
    }


def trace_sweep(sweep: Sweep) -> dict[str, object]:
    """Describe a function without parameters: no learning rate, no optimizer, no schedule, no batches."""
    return {
        "schema": SCHEMA,
        "nodes": [_node(node) for node in sweep.tape],
        "names": dict(sweep.tape.names),
        "loss": sweep.output,
        "parameters": [],
        "frozen": [],
        "learning_rate": None,
        "optimizer": None,
        "schedule": None,
        "update": "simultaneous",
        "batches": None,
        "adjoints": [None if adjoint is None else _plain(adjoint) for adjoint in sweep.adjoints],
        "contributions": [[item.source, item.target, _plain(item.amount)] for item in sweep.contributions],
    }


def from_trace(data: Mapping[str, object]) -> Tape:
    """Build the tape of a trace again; leaves and constants are read, everything else is recomputed.

    Raises:
        AutodiffError: for another schema, an unknown operation, or nodes that do not fit together.
    """
    if data.get("schema") != SCHEMA:
        raise AutodiffError(f"the trace has the schema {data.get('schema')!r}, not {SCHEMA}", "write it again")
    nodes, names = data.get("nodes"), data.get("names")
    if not isinstance(nodes, list) or not isinstance(names, Mapping):
        raise AutodiffError("the trace has no nodes or no names", "write it again")
    tape = Tape()
    for place, entry in enumerate(nodes):
        op, parents = entry.get("op"), entry.get("parents", [])
        if op not in OPS and op not in ("leaf", "const"):
            raise AutodiffError(f"node {place} of the trace has the unknown operation {op!r}", "write it again")
        if not all(isinstance(parent, int) and 0 <= parent < place for parent in parents):
            raise AutodiffError(f"node {place} of the trace does not come after its parents", "write it again")
        tape.nodes.append(Node(op, tuple(parents), as_value(entry.get("value")), dict(entry.get("attributes", {}))))
    for name, index in names.items():
        if not isinstance(index, int) or not 0 <= index < len(tape):
            raise AutodiffError(f"the name {name!r} of the trace stands for no node", "write it again")
        tape.names[name] = index
    return tape.replay({})


def _node(node: Node) -> dict[str, object]:
    entry: dict[str, object] = {"op": node.op}
    if node.parents:
        entry["parents"] = list(node.parents)
    entry["value"] = _plain(node.value)
    if node.attributes:
        entry["attributes"] = dict(node.attributes)
    return entry


def _plain(value: Array) -> object:
    """Turn an array into a number or nested lists, with -0.0 as 0.0: a sign on zero would only be noise."""
    return (np.asarray(value) + 0.0).tolist()
