"""Check gradients against central differences: `gradient_check(tape, "L", ["w", "b"]).worst` should be far below 1e-6.

The difference quotient is the central one of fourth order (Abramowitz and Stegun 25.3.21 with its neighbour of two
steps), at several step sizes, of which the one that agrees best counts. At a kink the quotient is the mean of the two
one-sided slopes. Where the sweep takes another slope between them, the place is listed as a kink instead of an error.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bpslides.autodiff.errors import AutodiffError, NotFinite
from bpslides.autodiff.sweep import backward
from bpslides.autodiff.tape import Tape

# Truncation falls with the fourth power of h and rounding rises with 1/h: 1e-3 balances them for smooth functions;
# the smaller steps are for points next to a kink or a pole.
_STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
_ONE_SIDED = 1e-7


@dataclass(frozen=True)
class GradientCheck:
    """The result of a gradient check.

    Attributes:
        worst: the largest relative error, |a − b| / max(|a| + |b|, 1e-6 · max(1, |loss|)).
        at: where that was, such as "w" or "W[0, 1]"; "" when there was nothing to compare.
        kinks: the places where the loss has a kink and the sweep took a one-sided slope; they do not count in `worst`.
    """

    worst: float
    at: str
    kinks: list[str]


def gradient_check(tape: Tape, loss: str, parameters: Sequence[str], most: int | None = None) -> GradientCheck:
    """Compare ∂loss/∂parameter from the sweep with central differences, element by element.

    With `most`, at most so many elements of each parameter are looked at, spread evenly from the first to the last.

    Raises:
        AutodiffError: for an unknown name, or a parameter that is no leaf.
        NotFinite: when the loss is not finite next to a parameter's value.
    """
    sweep = backward(tape, loss)
    level = abs(float(tape.value(loss)))
    floor = 1e-6 * max(1.0, level)
    worst, at = 0.0, ""
    kinks: list[str] = []
    for name in parameters:
        if tape.nodes[tape.index(name)].op != "leaf":
            raise AutodiffError(f"{name} is computed and cannot be checked", "check one of its inputs", name)
        for place in _places(tape.value(name).shape, most):
            label = f"{name}[{', '.join(map(str, place))}]" if place else name
            loss_at = _probe(tape, loss, name, place)
            exact = float(sweep.gradient(name)[place])
            error = _smallest_error(loss_at, exact, float(tape.value(name)[place]), floor)
            if error > 1e-6 and _is_kink(loss_at, exact, float(tape.value(name)[place]), level):
                kinks.append(label)
            elif error > worst or not at:
                worst, at = error, label
    return GradientCheck(worst, at, kinks)


def _places(shape: tuple[int, ...], most: int | None) -> list[tuple[int, ...]]:
    """List the indices of the elements to look at."""
    size = math.prod(shape)
    if most is None or size <= most:
        return list(np.ndindex(shape))
    chosen = np.linspace(0, size - 1, most).astype(int)
    return [tuple(int(part) for part in np.unravel_index(flat, shape)) for flat in chosen]


def _probe(tape: Tape, loss: str, name: str, place: tuple[int, ...]) -> Callable[[float], float]:
    """Return the loss as a function of one element of one leaf."""
    start = tape.value(name)

    def loss_at(x: float) -> float:
        moved = np.array(start)
        moved[place] = x
        return float(tape.replay({name: moved}).value(loss))

    return loss_at


def _smallest_error(loss_at: Callable[[float], float], exact: float, x: float, floor: float) -> float:
    errors: list[float] = []
    before: float | None = None
    for size in _STEPS:
        h = size * max(1.0, abs(x))
        try:
            near, far = loss_at(x + h) - loss_at(x - h), loss_at(x + 2 * h) - loss_at(x - 2 * h)
        except NotFinite:
            if size == _STEPS[-1] and not errors:
                raise
            continue
        numeric = (8.0 * near - far) / (12.0 * h)
        # Where only the curvature jumps, as in relu(x)**2 at 0, the quotient's error falls with h: one step of
        # Richardson's extrapolation, from this step size and the tenfold one, takes it away.
        limits = [numeric] if before is None else [numeric, numeric + (numeric - before) / 9.0]
        errors += [abs(exact - limit) / max(abs(exact) + abs(limit), floor) for limit in limits]
        before = numeric
        if min(errors) < 1e-9:
            break
    return min(errors)


def _is_kink(loss_at: Callable[[float], float], exact: float, x: float, level: float) -> bool:
    """Tell a kink: the two one-sided slopes differ, and the sweep's value is one of them or lies between."""
    h = _ONE_SIDED * max(1.0, abs(x))
    here = loss_at(x)
    right, left = (loss_at(x + h) - here) / h, (here - loss_at(x - h)) / h
    tolerance = 1e-4 * max(abs(left), abs(right)) + 1e-6 * max(1.0, level)
    between = min(left, right) - tolerance <= exact <= max(left, right) + tolerance
    return abs(right - left) > 10 * tolerance and between
