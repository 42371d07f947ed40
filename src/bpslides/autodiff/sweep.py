"""The backward sweep: adjoints of every node and, in order, what each node passed to each of its parents.

`backward(tape, "L")` is reverse-mode automatic differentiation (Linnainmaa, 1970): one pass over the tape from the
output to the leaves. The contributions are kept one by one, in the order in which a reader would step through them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bpslides.autodiff.errors import AutodiffError, NotFinite
from bpslides.autodiff.functions import Array
from bpslides.autodiff.ops import OPS
from bpslides.autodiff.tape import Tape, Var


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """What the node `source` passes to its parent `target` (the parent's shape).

    A node that uses a parent twice passes two contributions.
    """

    source: int
    target: int
    amount: Array


@dataclass(frozen=True, eq=False)
class Sweep:
    """The result of a backward sweep.

    Attributes:
        tape: the tape that was swept.
        output: the index of the node whose derivatives these are.
        adjoints: ∂output/∂node for each node, of that node's shape; None where the output does not depend on the node,
            and for constants.
        contributions: what was passed, in the order of the sweep.
    """

    tape: Tape
    output: int
    adjoints: list[Array | None]
    contributions: list[Contribution]

    def gradient(self, name: str) -> Array:
        """Return ∂output/∂name, of the shape of that node; zeros if the output does not depend on it.

        Raises:
            AutodiffError: for an unknown name.
        """
        index = self.tape.index(name)
        adjoint = self.adjoints[index]
        return np.zeros(self.tape.nodes[index].value.shape) if adjoint is None else adjoint


Receive = Callable[[int, Array], Array]
"""(index, adjoint) -> the adjoint of that node, of the same shape."""

PassOn = Callable[[int, int, Array], Array | None]
"""(index, place of the parent, adjoint) -> what is passed to that parent, of its shape; None for what is right."""


def backward(tape: Tape, output: str | Var | int) -> Sweep:
    """Sweep back from `output`, which must be a single number.

    Raises:
        AutodiffError: for an unknown name or an output that is an array.
        NotFinite: when an adjoint becomes NaN or infinite.
    """
    return sweep_back(tape, _resolve(tape, output))


def local_derivatives(tape: Tape, output: str | Var | int, stop_at: Iterable[str]) -> dict[str, Array]:
    """Return ∂output/∂(each named node) when those nodes are taken as independent of each other.

    This gives the factors of a chain: from L, stopping at a2, the sweep finds ∂L/∂a2 and goes no further down there.

    Raises:
        AutodiffError: for an unknown name or an output that is an array.
    """
    names = list(stop_at)
    start = _resolve(tape, output)
    swept = sweep_back(tape, start, stop_at={tape.index(name) for name in names} - {start})
    return {name: swept.gradient(name) for name in names}


def sweep_back(
    tape: Tape,
    output: int,
    stop_at: Iterable[int] = (),
    parameters: Iterable[int] = (),
    complete: Callable[[int, Array], Array] | None = None,
    receive: Receive | None = None,
    pass_on: PassOn | None = None,
) -> Sweep:
    """Do the work of `backward`, with hooks.

    Nodes in `stop_at` receive adjoints and pass nothing on. When the adjoint of a node in `parameters` is complete,
    `complete(index, adjoint)` is called once and its result is that node's value for the rest of the sweep: that is how
    an update in the middle of the sweep is done. Parents are served in argument order.

    `receive` and `pass_on` follow a mistake to its end: the one may change the adjoint of a node once it is complete,
    the other what a node passes to one of its parents.
    """
    nodes = tape.nodes
    if nodes[output].value.shape != ():
        name, shape = tape.nearest_name(output), nodes[output].value.shape
        message = f"the output of a sweep must be a single number; {name or 'this one'} has the shape {shape}"
        raise AutodiffError(message, "reduce it with sum or mean", name)
    stops, watched = set(stop_at), set(parameters)
    open_edges = _count_edges(tape, output, stops) if watched else Counter()
    values = [node.value for node in nodes]
    adjoints: list[Array | None] = [None] * len(nodes)
    contributions: list[Contribution] = []
    adjoints[output] = np.ones(())
    with np.errstate(all="ignore"):
        for source in range(output, -1, -1):
            node, adjoint = nodes[source], adjoints[source]
            if adjoint is not None and receive is not None:
                adjoint = adjoints[source] = receive(source, adjoint)
            if adjoint is None or not node.parents or source in stops:
                continue
            op = OPS[node.op]
            for place, target in enumerate(node.parents):
                if nodes[target].op == "const":
                    continue
                inputs = [values[parent] for parent in node.parents]
                other = pass_on(source, place, adjoint) if pass_on is not None else None
                amount = (
                    np.asarray(op.contribution(place, adjoint, values[source], inputs, node.attributes))
                    if other is None
                    else other
                )
                if not np.isfinite(amount).all():
                    raise _bad_adjoint(tape, node.op, target)
                contributions.append(Contribution(source, target, amount))
                before = adjoints[target]
                total = amount if before is None else before + amount
                adjoints[target] = total
                if target in watched and complete is not None:
                    open_edges[target] -= 1
                    if open_edges[target] == 0:
                        values[target] = complete(target, total)
    return Sweep(tape, output, adjoints, contributions)


def _resolve(tape: Tape, output: str | Var | int) -> int:
    if isinstance(output, str):
        return tape.index(output)
    index = output.index if isinstance(output, Var) else output
    if not 0 <= index < len(tape) or (isinstance(output, Var) and output.tape is not tape):
        raise AutodiffError("the output of a sweep must be on the tape that is swept")
    return index


def _count_edges(tape: Tape, output: int, stops: set[int]) -> Counter[int]:
    """Count, for each node, the uses that will pass something to it."""
    reached = {output}
    edges: Counter[int] = Counter()
    for source in range(output, -1, -1):
        if source in reached and source not in stops:
            edges.update(tape.nodes[source].parents)
            reached.update(tape.nodes[source].parents)
    return edges


def _bad_adjoint(tape: Tape, op: str, target: int) -> NotFinite:
    name = tape.nearest_name(target)
    where = f" with respect to {name}" if name else ""
    return NotFinite(f"the derivative of {op}{where} is not finite", op, "move away from this point", name)
