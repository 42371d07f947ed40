"""Mistakes of those who round on the way: values to a few decimals, or slopes to a few digits before they multiply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from bpslides.autodiff import OPS, Array, Tape
from bpslides.practice.slip import Slip

#: Digits that slopes are rounded to, and whether all factors of the chain are, or only what arrives at a unit.
_SLOPES = ((None, False), (3, False), (3, True), (2, False), (2, True))


def roundings(tape: Tape, lines: set[int], activations: set[int]) -> Iterator[Slip]:
    """From the mildest on; ``lines`` are the nodes that somebody would write down."""
    deltas = {tape.nodes[index].parents[0] for index in activations}
    for decimals, (digits, factors) in product((None, 4, 3, 2), _SLOPES):
        if decimals is None and digits is None:
            continue
        values = "" if decimals is None else f"values to {decimals} decimals"
        slopes = "" if digits is None else f"{'slopes' if factors else 'δ'} to {digits} digits"
        both = " and ".join(filter(None, (values, slopes)))
        yield Slip(
            (f"Rounded too early: with {both} this comes out. Keep more digits on the way.",),
            alter=None if decimals is None else _decimals(lines, decimals),
            receive=None if digits is None else _significant(lines if factors else deltas, digits),
            pass_on=_rounded_slope(activations, digits) if factors and digits else None,
            rounding=True,
        )


def _decimals(nodes: set[int], decimals: int) -> Callable[[int, Array, Sequence[Array]], Array]:
    return lambda index, value, _: np.round(value, decimals) if index in nodes else value


def _significant(nodes: set[int], digits: int) -> Callable[[int, Array], Array]:
    return lambda index, adjoint: _to_digits(adjoint, digits) if index in nodes else adjoint


def _rounded_slope(nodes: set[int], digits: int) -> Callable[[Tape, int, int, Array], Array | None]:
    def pass_on(tape: Tape, source: int, place: int, adjoint: Array) -> Array | None:
        if source not in nodes:
            return None
        node = tape.nodes[source]
        inputs = [tape.nodes[parent].value for parent in node.parents]
        slope = OPS[node.op].contribution(place, np.ones(node.value.shape), node.value, inputs, node.attributes)
        return adjoint * _to_digits(slope, digits)

    return pass_on


def _to_digits(value: Array, digits: int) -> Array:
    """Round to significant digits, elementwise."""
    size = np.abs(np.where(value == 0, 1.0, value))
    scale = 10.0 ** (digits - 1 - np.floor(np.log10(size)))
    return np.asarray(np.round(value * scale) / scale)
