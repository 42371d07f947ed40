"""Random computations for Hypothesis, as data that any library can play: `play(recipe, leaf, op)`.

A recipe keeps its numbers tame: logarithms, roots, quotients and powers only see what is above one half, exponentials
only what is between -1 and 1. Leaves are never whole hundredths, so that nothing lands on a kink by chance.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

SMOOTH = ("sin", "cos", "tanh", "sigmoid", "softplus", "erf", "gelu", "silu", "neg")
BROKEN = ("relu", "leaky_relu", "elu", "abs")
PAIRED = ("add", "sub", "mul", "maximum", "minimum")
GUARDED = ("log", "sqrt", "exp", "div", "pow")
ARRAYS = ("softmax", "log_softmax", "sum", "mean", "max", "min", "transpose", "reshape", "index", "stack", "matmul")

SCALAR_LEAVES: dict[str, tuple[int, ...]] = {"p0": (), "p1": (), "p2": ()}
ARRAY_LEAVES: dict[str, tuple[int, ...]] = {"p0": (), "p1": (3,), "p2": (2, 3), "p3": (3, 2), "p4": (3, 3)}


@dataclass(frozen=True)
class Step:
    """One operation on earlier values, by their places; the leaves come first."""

    op: str
    places: tuple[int, ...]
    attributes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Recipe:
    """Leaves with their values, and steps; the loss adds up the means of all steps' sines."""

    leaves: dict[str, Any]
    steps: tuple[Step, ...]


def _numbers(shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    number = st.integers(-200, 200).map(lambda n: n / 100 + 0.00137)
    size = math.prod(shape)
    return st.lists(number, min_size=size, max_size=size).map(
        lambda flat: np.array(flat).reshape(shape) if shape else flat[0]
    )


@st.composite
def recipes(draw: st.DrawFn, arrays: bool, most: int = 10) -> Recipe:
    """Draw a recipe of up to `most` steps, over single numbers or over arrays too."""
    shapes = ARRAY_LEAVES if arrays else SCALAR_LEAVES
    leaves = {name: draw(_numbers(shape)) for name, shape in shapes.items()}
    known = list(shapes.values())
    steps: list[Step] = []
    names = (*SMOOTH, *BROKEN, *PAIRED, *GUARDED, *(ARRAYS if arrays else ()))
    for _ in range(draw(st.integers(1, most))):
        step, shape = _step(draw, draw(st.sampled_from(names)), known)
        steps.append(step)
        known.append(shape)
    return Recipe(leaves, tuple(steps))


def _step(draw: st.DrawFn, op: str, known: Sequence[tuple[int, ...]]) -> tuple[Step, tuple[int, ...]]:
    def place(fits: Callable[[tuple[int, ...]], bool]) -> int:
        """Draw a place whose shape fits; there always is one among the leaves."""
        return draw(st.sampled_from([place for place, shape in enumerate(known) if fits(shape)]))

    if op == "matmul":
        left = place(lambda shape: len(shape) in (1, 2))
        right = place(lambda shape: len(shape) in (1, 2) and shape[0] == known[left][-1])
        return Step(op, (left, right)), known[left][:-1] + known[right][1:]
    if op in PAIRED or op == "div":
        left = place(lambda shape: True)
        right = place(lambda shape: shape in ((), known[left]))
        sides = (left, right) if op == "div" or draw(st.booleans()) else (right, left)
        return Step(op, sides), known[left]
    if op == "stack":
        left = place(lambda shape: len(shape) < 2)
        right = place(lambda shape: shape == known[left])
        return Step(op, (left, right)), (2, *known[left])
    if op in ARRAYS:
        only = place(bool)
        shape = known[only]
        if op in ("softmax", "log_softmax"):
            return Step(op, (only,), (("axis", draw(st.sampled_from(range(len(shape))))),)), shape
        if op == "transpose":
            return Step(op, (only,)), shape[::-1]
        if op == "reshape":
            return Step(op, (only,), (("shape", [math.prod(shape)]),)), (math.prod(shape),)
        if op == "index":
            return Step(op, (only,), (("index", draw(st.integers(0, shape[0] - 1))),)), shape[1:]
        axis = draw(st.sampled_from([None, *range(len(shape))]))
        return Step(op, (only,), (("axis", axis),)), () if axis is None else shape[:axis] + shape[axis + 1 :]
    only = place(lambda shape: True)
    return Step(op, (only,)), known[only]


def play(recipe: Recipe, leaf: Callable[[str, Any], Any], op: Callable[..., Any]) -> Any:
    """Run a recipe with `leaf(name, value)` and `op(name, *arguments, **attributes)`; return the loss."""
    values = [leaf(name, value) for name, value in recipe.leaves.items()]
    losses = []
    for step in recipe.steps:
        arguments = [values[place] for place in step.places]
        if step.op == "exp":
            arguments = [op("tanh", arguments[0])]
        elif step.op in GUARDED:
            guarded = op("add", op("mul", arguments[-1], arguments[-1]), 0.5)
            arguments = [guarded, 1.5] if step.op == "pow" else [*arguments[:-1], guarded]
        value = op(step.op, *arguments, **dict(step.attributes))
        values.append(value)
        losses.append(op("mean", op("sin", value)))
    total = losses[0]
    for loss in losses[1:]:
        total = op("add", total, loss)
    return total
