"""Figures for readers who do not see them: a sentence that says what is there, and tables of its numbers.

Both come from the arrays that are drawn, so that they never say anything else than the picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bpslides.figures.specs import Values
from bpslides.formatting import format_number

#: So many rows of a long series stand in its table.
ROWS = 11
#: So many rows and columns of a grid.
CELLS = 5
#: What stands where a function has no value.
NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """Numbers as text: a heading for each column, and rows of which the first cell is the row's heading."""

    header: list[str]
    rows: list[list[str]]
    caption: str = ""


def number(value: Any) -> str:
    """A number in four digits; words as they are."""
    if value is None:
        return NOTHING
    return format_number(value, ".4g") if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def picked(count: int, most: int) -> list[int]:
    """At most ``most`` of the indices below ``count``, evenly spread, both ends among them."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


def span(values: Sequence[Any]) -> str:
    """``from 0 to 4``, for what is known of ``values``; words are counted instead."""
    known = [value for value in values if isinstance(value, int | float)]
    if not known:
        return f"for {len(values)} entries"
    low, high = number(min(known)), number(max(known))
    return f"at {low}" if low == high else f"from {low} to {high}"


def series_table(heading: str, xs: Sequence[Any], columns: Sequence[tuple[str, Sequence[Any]]]) -> Table:
    """A few rows of series that share their first column."""
    rows = [[number(xs[i]), *(number(ys[i]) for _, ys in columns)] for i in picked(len(xs), ROWS)]
    return Table([heading, *(name for name, _ in columns)], rows)


def grid_table(heading: str, xs: Sequence[Any], ys: Sequence[Any], rows: Sequence[Values]) -> Table:
    """A few cells of a grid: columns by x, rows by y, the largest y first as in the picture."""
    columns, lines = picked(len(xs), CELLS), picked(len(ys), CELLS)
    body = [[number(ys[j]), *(number(rows[j][i]) for i in columns)] for j in reversed(lines)]
    return Table([heading, *(number(xs[i]) for i in columns)], body)


def of_plotly(spec: dict[str, Any]) -> tuple[str, list[Table]]:
    """What a Plotly figure shows: its title, axes and traces in words, and a table for each trace."""
    layout = spec["layout"]
    axes = [_title(layout.get(name)) for name in ("xaxis", "yaxis")]
    described, tables = [], []
    for trace in spec["data"]:
        name = str(trace.get("name") or "")
        words, table = _trace(trace, name, axes)
        described.append(f"{name}: {words}" if name else words)
        tables += [table] if table.rows else []
    title = _title(layout)
    across = f", {axes[1]} over {axes[0]}" if all(axes) else ""
    return f"{title or 'Plot'}{across}. {'; '.join(described)}.", tables


def _trace(trace: dict[str, Any], name: str, axes: list[str]) -> tuple[str, Table]:
    kind = trace["type"]
    if kind in ("heatmap", "contour"):
        rows = [row for row in trace.get("z") or [] if isinstance(row, list)]
        width = max(map(len, rows), default=0)
        xs = (trace.get("x") or list(range(width)))[:width]
        ys = trace.get("y") or list(range(len(rows)))
        values = [value for row in rows for value in row]
        table = grid_table(f"{axes[1] or 'y'} \\ {axes[0] or 'x'}", xs, ys, rows) if values and xs else Table([], [])
        return f"a {kind} of {len(rows)} by {width} values {span(values)}", Table(table.header, table.rows, name)
    xs, ys = _both(trace)
    flat = trace.get("orientation") == "h"
    what = "bars" if kind == "bar" else _marks(trace)
    words = f"{len(ys)} {what}, {axes[0] or 'x'} {span(xs)}, {axes[1] or 'y'} {span(ys)}"
    table = series_table(axes[0] or "x", xs, [(axes[1] or name or "y", ys)])
    if flat or (kind == "bar" and len(xs) <= 4 * ROWS):
        rows = [[number(x), number(y)] for x, y in zip(xs, ys, strict=False)]
        table = Table(table.header, rows)
    return words, Table(table.header, table.rows, name)


def _both(trace: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """What a trace has as x and as y; where one is left out it counts, as Plotly does."""
    xs, ys = trace.get("x"), trace.get("y")
    count = min(len(values) for values in (xs, ys) if isinstance(values, list)) if xs or ys else 0
    counted = list(range(count))
    return (xs if isinstance(xs, list) else counted)[:count], (ys if isinstance(ys, list) else counted)[:count]


def _marks(trace: dict[str, Any]) -> str:
    mode = trace.get("mode") or ""
    return "points on a line" if "lines" in mode or not mode else "points"


def _title(of: Any) -> str:
    title = of.get("title") if isinstance(of, dict) else None
    text = title.get("text") if isinstance(title, dict) else None
    return re.sub(r"<[^<>]*>", "", re.sub(r"<br\s*/?>", " ", str(text))) if text else ""
