"""The numbers of a model as text in columns, as ``bpslides values`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpslides.program import Program


def table(program: Program, result: dict[str, Any], precision: int) -> list[str]:
    """The numbers of a model in aligned columns, first its leaves, then its lines; δ marks those of pre-activations."""
    rows = [("", "value", "gradient", "after next update")]
    deltas = {name for name in program.graph.lines if name.endswith(".z")}
    for name, value in result["values"].items():
        gradient = _numbers(result["gradients"][name], precision)
        updated = _numbers(result["updated"][name], precision) if name in result["updated"] else ""
        rows.append((name, _numbers(value, precision), f"δ {gradient}" if name in deltas else gradient, updated))
    lines = _aligned(rows, left=(0, 3))
    if deltas:
        lines.append("δ is the gradient of a pre-activation z")
    lines.append(f"gradients agree with central differences to {result['gradient_check']:.1e}")
    if result["kinks"]:
        lines.append(f"the loss has a kink at {', '.join(result['kinks'])}: its gradient there is of one side")
    return lines


def course_table(courses: dict[str, list[Any]], precision: int) -> list[str]:
    """Values over the steps in aligned columns, one for each name."""
    rows = [
        (str(step), *(_numbers(value, precision) for value in row))
        for step, row in enumerate(zip(*courses.values(), strict=True))
    ]
    return _aligned([("step", *courses), *rows])


def _aligned(rows: Sequence[tuple[str, ...]], left: Sequence[int] = ()) -> list[str]:
    """Rows as text; the columns in ``left`` are aligned to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    cells = ((cell.ljust if place in left else cell.rjust for place, cell in enumerate(row)) for row in rows)
    return ["  ".join(fit(width) for fit, width in zip(row, widths, strict=True)).rstrip() for row in cells]


#: The table shows arrays of more numbers than this by their shape, smallest and largest.
MOST_SHOWN = 6


def _numbers(value: Any, precision: int) -> str:
    if value is None:
        return "too large"
    if not isinstance(value, list):
        return f"{value:.{precision}g}"
    flat, shape = [value], []
    while isinstance(flat[0], list):
        shape.append(len(flat[0]))
        flat = [item for row in flat for item in row]
    if len(flat) > MOST_SHOWN:
        return f"{'×'.join(map(str, shape))} from {min(flat):.{precision}g} to {max(flat):.{precision}g}"
    return "[" + ", ".join(_numbers(item, precision) for item in value) + "]"
