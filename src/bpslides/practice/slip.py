"""What a mistake is: a change of a model's own computation, with what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bpslides.autodiff import Array, Tape


class Latex(str):
    """A piece of what is said that is a formula."""


Said = tuple[str, ...]
"""What a learner is told: pieces of plain text and of :class:`Latex`."""


@dataclass(frozen=True, eq=False)
class Slip:
    """A mistake, and what to say of it.

    Attributes:
        said: what went wrong.
        leaves: leaf → the leaf whose value is taken in its place.
        alter: changes the value of a node before others use it.
        receive: changes the adjoint of a node before it is passed on.
        pass_on: (tape, node, place of the parent, adjoint) → what the node passes to that parent, or None for what is
            right.
        move: (old value, right new value) → the new value of a parameter.
        eta: a learning rate in place of the model's.
        sequential: whether each weight is updated before the sweep goes on below it.
        rounding: whether it is nothing but lost digits.
    """

    said: Said
    leaves: dict[str, str] | None = None
    alter: Callable[[int, Array, Sequence[Array]], Array] | None = None
    receive: Callable[[int, Array], Array] | None = None
    pass_on: Callable[[Tape, int, int, Array], Array | None] | None = None
    move: Callable[[Array, Array], Array] | None = None
    eta: float | None = None
    sequential: bool = False
    rounding: bool = False
