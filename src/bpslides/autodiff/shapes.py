"""The shape that each operation gives, from the shapes of its parents, or the reason why they do not fit.

Asked before anything is computed, so that a mistake has a message of its own and nothing too large is allocated.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bpslides.autodiff.errors import AutodiffError

Shape = tuple[int, ...]
Attributes = Mapping[str, object]


def same(shapes: tuple[Shape, ...], _: Attributes) -> Shape:
    """Return the shape of the only parent."""
    return shapes[0]


def stretched(shapes: tuple[Shape, ...], _: Attributes) -> Shape:
    """Let one side stretch to the other's shape, never both: (3, 1) - (3,) is a mistake, not a table of 9."""
    left, right = shapes
    try:
        joined = np.broadcast_shapes(left, right)
    except ValueError:
        joined = None
    if joined is None or joined not in shapes:
        hint = "one side may stretch to the shape of the other, not both" if joined else "make the shapes equal"
        raise AutodiffError(f"the shapes {left} and {right} do not fit", hint)
    return joined


def reduced(shapes: tuple[Shape, ...], attributes: Attributes) -> Shape:
    """Return the shape without the axis that is reduced; () when all are."""
    axis = attributes.get("axis")
    if axis is None:
        return ()
    place = _axis(shapes[0], axis)
    return shapes[0][:place] + shapes[0][place + 1 :]


def along_axis(shapes: tuple[Shape, ...], attributes: Attributes) -> Shape:
    """Return the shape of the parent, whose axis must exist (default the last)."""
    _axis(shapes[0], attributes.get("axis", -1))
    return shapes[0]


def _axis(shape: Shape, axis: object) -> int:
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        hint = f"axes run from 0 to {len(shape) - 1}" if shape else "a single number has no axis at all"
        raise AutodiffError(f"a value of shape {shape} has no axis {axis}", hint)
    return axis % len(shape)


def product(shapes: tuple[Shape, ...], _: Attributes) -> Shape:
    """Return the shape of a product of vectors and matrices, whose inner sizes must agree."""
    left, right = shapes
    if len(left) not in (1, 2) or len(right) not in (1, 2):
        hint = "use * for single numbers" if () in shapes else "use vectors and matrices"
        raise AutodiffError(f"@ cannot multiply the shapes {left} and {right}", hint)
    if left[-1] != right[0]:
        hint = f"the last size of the left, {left[-1]}, must equal the first size of the right, {right[0]}"
        raise AutodiffError(f"@ cannot multiply the shapes {left} and {right}", hint)
    return left[:-1] + right[1:]


def transposed(shapes: tuple[Shape, ...], _: Attributes) -> Shape:
    """Return the shape of the transpose."""
    return shapes[0][::-1]


def reshaped(shapes: tuple[Shape, ...], attributes: Attributes) -> Shape:
    """Return the shape that was asked for, which must hold as many elements."""
    wanted = attributes.get("shape")
    if not isinstance(wanted, (list, tuple)):
        raise AutodiffError("reshape needs a shape", "for instance [2, 3]")
    if math.prod(wanted) != math.prod(shapes[0]):
        hint = "the number of elements must stay the same"
        raise AutodiffError(f"a value of shape {shapes[0]} cannot take the shape {tuple(wanted)}", hint)
    return tuple(wanted)


def picked(shapes: tuple[Shape, ...], attributes: Attributes) -> Shape:
    """Return the shape of what stands at an index or a path of indices."""
    index = attributes.get("index")
    if index is None:
        raise AutodiffError("index needs an index", "for instance x[0]")
    path: Sequence[int] = index if isinstance(index, (list, tuple)) else [index]  # type: ignore[list-item]
    shape = shapes[0]
    for place in path:
        if not shape:
            hint = "a single number has no elements" if not shapes[0] else "it has too few axes"
            raise AutodiffError(f"a value of shape {shapes[0]} cannot be indexed {len(path)} times", hint)
        if not -shape[0] <= place < shape[0]:
            hint = f"counting starts at 0, so the last is {shape[0] - 1}"
            raise AutodiffError(f"there is no element {place}: the shape is {shapes[0]}", hint)
        shape = shape[1:]
    return shape


def stacked(shapes: tuple[Shape, ...], _: Attributes) -> Shape:
    """Return the shape of equally shaped parents, one a row."""
    for shape in shapes:
        if shape != shapes[0]:
            hint = "make all rows equally long"
            raise AutodiffError(f"an array cannot hold both the shapes {shapes[0]} and {shape}", hint)
    return (len(shapes), *shapes[0])
