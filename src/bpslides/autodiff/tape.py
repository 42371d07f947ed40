"""The tape: record a computation as a list of nodes, print it, send it away, or run it again with other inputs.

Nodes are data, never closures, and stand in the order in which they were executed. `Tape.leaf` puts a named input on
the tape and returns a `Var`, a handle that records when it is used in arithmetic; `Tape.replay` makes a new tape with
the same structure from new leaf values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from bpslides.autodiff.errors import AutodiffError, NotFinite, did_you_mean
from bpslides.autodiff.functions import Array
from bpslides.autodiff.ops import MAX_ELEMENTS, OPS, Op
from bpslides.autodiff.shapes import Attributes

MAX_NODES = 100_000
"""The most nodes that one tape may hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One entry of a tape.

    Attributes:
        op: a key of `OPS`, or "leaf" (named, may be set anew) or "const".
        parents: the indices of the nodes it was computed from, in argument order.
        value: float64, 0-dimensional for single numbers.
        attributes: what the operation takes beside its parents, such as an axis.
    """

    op: str
    parents: tuple[int, ...]
    value: Array
    attributes: dict[str, object] = field(default_factory=dict)


Alter = Callable[[int, Array, Sequence[Array]], Array]
"""(index, value, the parents' values) -> the value of that node, of the same shape."""


def as_value(value: object, what: str = "a value") -> Array:
    """Turn a number, a nested list of numbers or an array into a float64 array of its own.

    Raises:
        AutodiffError: for text, bool, None, ragged or empty lists, and more than `MAX_ELEMENTS` numbers.
        NotFinite: for NaN and infinity.
    """
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind not in "fiu":
            raise AutodiffError(f"{what} must be a number or an array of numbers, not {value.dtype}")
        if value.size > MAX_ELEMENTS:
            raise AutodiffError(f"{what} holds {value.size:,} numbers; the limit is {MAX_ELEMENTS:,}")
    else:
        _check_items(value, what)
    try:
        array = np.array(value, dtype=np.float64)
    except OverflowError:
        raise NotFinite(f"{what} is too large for a double", "leaf", "the limit is about 1.8e308") from None
    except ValueError:
        raise AutodiffError(f"the rows of {what} differ in length", "make all rows equally long") from None
    if array.size == 0:
        raise AutodiffError(f"{what} is empty", "give at least one number")
    if not np.isfinite(array).all():
        raise NotFinite(f"{what} is not finite", "leaf", "NaN and infinity are no inputs")
    return array


def _check_items(value: object, what: str) -> None:
    """Look at every item before numpy does, which would take text, None and bool without a word."""
    count = 0
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, list | tuple):
            count += len(item)
            if count > MAX_ELEMENTS:
                raise AutodiffError(f"{what} holds more than {MAX_ELEMENTS:,} numbers")
            if depth > 32:
                raise AutodiffError(f"{what} is nested more than 32 deep")
            waiting.extend((inner, depth + 1) for inner in item)
        elif isinstance(item, bool) or not isinstance(item, int | float | np.floating | np.integer):
            kind = {bool: "true or false", str: "text", type(None): "nothing"}.get(type(item), type(item).__name__)
            raise AutodiffError(f"{what} must be a number or an array of numbers, not {kind}")


def _execute(op: Op, values: Sequence[Array], attributes: Attributes) -> Array:
    """Run the forward rule. The caller has switched numpy's warnings off and checks that the result is finite."""
    return np.asarray(op.forward(*values, **attributes), dtype=np.float64)


def _find_op(name: str) -> Op:
    if name not in OPS:
        raise AutodiffError(f"there is no operation {name!r}", did_you_mean(name, OPS))
    return OPS[name]


_REASONS = {
    "div": "a division by zero",
    "log": "the logarithm needs a positive number",
    "sqrt": "the square root needs a number that is not negative",
    "exp": "the exponent is too large",
    "pow": "zero to a negative power, a negative number to a broken power, or too large a result",
}


def _not_finite(op: str, where: str, node: str | None) -> NotFinite:
    return NotFinite(f"{op}{where} gives no finite number", op, _REASONS.get(op, "the result is too large"), node)


class Tape:
    """A recorded computation: `nodes` in execution order, and `names` for some of them (a node may have several)."""

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: list[Node] = []
        self.names: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.nodes)

    def __iter__(self) -> Iterator[Node]:
        """Go through the nodes in execution order."""
        return iter(self.nodes)

    def leaf(self, name: str, value: object) -> "Var":
        """Put a named input on the tape; `value` is a number, a nested list or an array.

        Raises:
            AutodiffError: when the name is taken or the value is refused (see `as_value`).
        """
        if name in self.names:
            raise AutodiffError(f"the name {name!r} is already on the tape", "choose another one", name)
        var = self._append(Node("leaf", (), as_value(value, name)))
        self.names[name] = var.index
        return var

    def const(self, value: object) -> "Var":
        """Put a constant on the tape. It gets no adjoint, and a replay keeps it."""
        return self._append(Node("const", (), as_value(value, "a constant")))

    def name(self, name: str, var: "Var") -> None:
        """Give a node a name, possibly one more. A constant with a name becomes a leaf: it then has a gradient.

        Raises:
            AutodiffError: when the name already stands for another node, or `var` is on another tape.
        """
        if var.tape is not self:
            raise AutodiffError(f"{name!r} cannot name a node of another tape", node=name)
        if self.names.get(name, var.index) != var.index:
            raise AutodiffError(f"the name {name!r} is already on the tape", "choose another one", name)
        node = self.nodes[var.index]
        if node.op == "const":
            self.nodes[var.index] = Node("leaf", (), node.value)
        self.names[name] = var.index

    def apply(self, op: str, *arguments: object, **attributes: object) -> "Var":
        """Compute one operation and record it; numbers and arrays among the arguments become constants.

        Raises:
            AutodiffError: for an unknown operation or attribute, and for shapes that do not fit.
            NotFinite: when the result is NaN or infinite.
        """
        rule = _find_op(op)
        parents = tuple(self._own(argument).index for argument in arguments)
        values = [self.nodes[parent].value for parent in parents]
        try:
            rule.check(tuple(value.shape for value in values), attributes)
        except AutodiffError as error:
            named = [name for name in map(self._label, parents) if name]
            where = f" ({' and '.join(named)})" if named else ""
            raise AutodiffError(f"{op}: {error.message}{where}", error.hint, named[0] if named else None) from None
        with np.errstate(all="ignore"):
            out = _execute(rule, values, attributes)
        if not np.isfinite(out).all():
            named = [name for name in map(self._label, parents) if name]
            named = named or [name for name in map(self._above, parents) if name]
            raise _not_finite(op, f" of {' and '.join(named)}" if named else "", named[0] if named else None)
        kept = {key: list(value) if isinstance(value, tuple) else value for key, value in attributes.items()}
        return self._append(Node(op, parents, out, kept))

    def value(self, name: str) -> Array:
        """Return the value of a named node.

        Raises:
            AutodiffError: for an unknown name.
        """
        return self.nodes[self.index(name)].value

    def index(self, name: str) -> int:
        """Return the index of a named node.

        Raises:
            AutodiffError: for an unknown name.
        """
        if name not in self.names:
            raise AutodiffError(f"there is no {name!r} on the tape", did_you_mean(name, self.names))
        return self.names[name]

    def replay(self, values: Mapping[str, object], alter: Alter | None = None) -> Self:
        """Run the same structure again with some leaves set anew; this tape stays as it is.

        With `alter` a value may be made another one on the way, before anything is computed from it: that is how a
        calculation with a mistake is followed to its end. Leaves and constants are not asked about.

        Raises:
            AutodiffError: for a name that is no leaf, or a value of another shape than before.
            NotFinite: when a result is NaN or infinite; `node` names it or the line it belongs to.
        """
        anew: dict[int, Array] = {}
        for name, value in values.items():
            index = self.index(name)
            old, new = self.nodes[index], as_value(value, name)
            if old.op != "leaf":
                raise AutodiffError(f"{name} is computed and cannot be set", "set one of its inputs", name)
            if new.shape != old.value.shape:
                raise AutodiffError(f"{name} has the shape {old.value.shape}, not {new.shape}", "keep the shape", name)
            anew[index] = new
        again = type(self)()
        again.names = dict(self.names)
        nodes = again.nodes
        with np.errstate(all="ignore"):
            for index, node in enumerate(self.nodes):
                if node.op in {"leaf", "const"}:
                    nodes.append(Node(node.op, (), anew.get(index, node.value)))
                    continue
                inputs = [nodes[parent].value for parent in node.parents]
                out = _execute(OPS[node.op], inputs, node.attributes)
                if alter is not None:
                    out = alter(index, out, inputs)
                if not np.isfinite(out).all():
                    nearest = self.nearest_name(index)
                    raise _not_finite(node.op, f" in {nearest}" if nearest else "", nearest)
                nodes.append(Node(node.op, node.parents, out, node.attributes))
        return again

    def nearest_name(self, index: int) -> str | None:
        """Name a node: by its own name, else the first named node computed from it, else a named node below it."""
        names: dict[int, str] = {}
        for name, place in self.names.items():
            names.setdefault(place, name)
        fed = {index}
        for later in range(index, len(self.nodes)):
            if later == index or not fed.isdisjoint(self.nodes[later].parents):
                fed.add(later)
                if later in names:
                    return names[later]
        return self._above(index)

    def _label(self, index: int) -> str | None:
        return next((name for name, place in self.names.items() if place == index), None)

    def _above(self, index: int) -> str | None:
        """Name the nearest named node among those that `index` was computed from."""
        waiting = [index]
        seen: set[int] = set()
        for place in waiting:
            if place not in seen:
                seen.add(place)
                name = self._label(place)
                if name is not None:
                    return name
                waiting.extend(self.nodes[place].parents)
        return None

    def _own(self, argument: object) -> "Var":
        if not isinstance(argument, Var):
            return self.const(argument)
        if argument.tape is not self:
            raise AutodiffError("the arguments are on different tapes", "record everything on one tape")
        return argument

    def _append(self, node: Node) -> "Var":
        if len(self.nodes) >= MAX_NODES:
            raise AutodiffError(f"a tape holds at most {MAX_NODES:,} nodes", "make the model smaller")
        node.value.flags.writeable = False
        self.nodes.append(node)
        return Var(self, len(self.nodes) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Var:
    """A handle on a node: arithmetic with it records, so that `w * x + b` puts two nodes on the tape."""

    tape: Tape
    index: int

    # numpy must leave the operators to us, and a Var is not a sequence although it can be indexed
    __array_ufunc__ = None
    __iter__ = None

    @property
    def value(self) -> Array:
        """The value of the node."""
        return self.tape.nodes[self.index].value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value; () for a single number."""
        return self.value.shape

    def __add__(self, other: object) -> "Var":
        return self.tape.apply("add", self, other)

    def __radd__(self, other: object) -> "Var":
        return self.tape.apply("add", other, self)

    def __sub__(self, other: object) -> "Var":
        return self.tape.apply("sub", self, other)

    def __rsub__(self, other: object) -> "Var":
        return self.tape.apply("sub", other, self)

    def __mul__(self, other: object) -> "Var":
        return self.tape.apply("mul", self, other)

    def __rmul__(self, other: object) -> "Var":
        return self.tape.apply("mul", other, self)

    def __truediv__(self, other: object) -> "Var":
        return self.tape.apply("div", self, other)

    def __rtruediv__(self, other: object) -> "Var":
        return self.tape.apply("div", other, self)

    def __pow__(self, other: object) -> "Var":
        return self.tape.apply("pow", self, other)

    def __rpow__(self, other: object) -> "Var":
        return self.tape.apply("pow", other, self)

    def __matmul__(self, other: object) -> "Var":
        return self.tape.apply("matmul", self, other)

    def __rmatmul__(self, other: object) -> "Var":
        return self.tape.apply("matmul", other, self)

    def __neg__(self) -> "Var":
        return self.tape.apply("neg", self)

    def __getitem__(self, index: int | tuple[int, ...]) -> "Var":
        return self.tape.apply("index", self, index=index)


def _tape_of(arguments: Iterable[object]) -> Tape | None:
    return next((argument.tape for argument in arguments if isinstance(argument, Var)), None)


def apply(op: str, *arguments: object, **attributes: object) -> Var | Array:
    """Record the operation if any argument is a `Var`, otherwise compute it at once.

    Raises:
        AutodiffError: for an unknown operation or attribute, and for shapes that do not fit.
        NotFinite: when the result is NaN or infinite.
    """
    tape = _tape_of(arguments)
    if tape is not None:
        return tape.apply(op, *arguments, **attributes)
    rule = _find_op(op)
    values = [as_value(argument, f"an argument of {op}") for argument in arguments]
    try:
        rule.check(tuple(value.shape for value in values), attributes)
    except AutodiffError as error:
        raise AutodiffError(f"{op}: {error.message}", error.hint) from None
    with np.errstate(all="ignore"):
        out = _execute(rule, values, attributes)
    if not np.isfinite(out).all():
        raise _not_finite(op, "", None)
    return out
