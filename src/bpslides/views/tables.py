"""The view of a table: its rows, also those that are made from columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.expression import split_format
from bpslides.model import Table
from bpslides.text import Text
from bpslides.views.common import View, first_text

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: A slide holds fewer, but an array may hold any number.
MOST_ROWS = 40

_ARRAY = re.compile(r"\s*\{\{(.*)\}\}\s*\Z", re.DOTALL)


def table(block: Table, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The rows of a table, each a list of texts; for ``columns`` an array gives a number to each row."""
    if block.rows is not None:
        return {"rows": block.rows}
    columns: list[list[Text]] = []
    for given in block.columns or []:
        cells = given if isinstance(given, list) else _of_array(given, numbers, problems)
        if cells is None:
            return None
        if columns and len(cells) != len(columns[0]):
            where = given if isinstance(given, Text) else first_text(given)
            message = f"this column has {len(cells)} entries, and the first one {len(columns[0])}"
            problems.error(message, where.place() if where is not None else None, "each row needs one of each")
            return None
        columns.append(cells)
    return {"rows": [list(row) for row in zip(*columns, strict=True)]}


def _of_array(text: Text, numbers: Numbers, problems: Problems) -> list[Text] | None:
    """A cell for each number of an array, as the expression that gives it."""
    match = _ARRAY.match(text)
    if match is None:
        hint = "such as '{{ net.O5.a | .2f }}', or a list of texts"
        problems.error("a column is an array in braces, or a list", text.place(), hint)
        return None
    split = split_format(match[1])
    start = match.start(1) + split.expression_offset
    values = numbers.array(split.expression, text, start)
    if values is None:
        return None
    if not isinstance(values, list) or any(isinstance(value, list) for value in values):
        what = "an array of arrays" if isinstance(values, list) else "a single number"
        problems.error(f"this is {what}, and a column needs a list of numbers", text.place(start), "such as net.O5.a")
        return None
    if len(values) > MOST_ROWS:
        message = f"this array has {len(values):,} numbers, and a table shows {MOST_ROWS} at most"
        problems.error(message, text.place(start))
        return None
    style = f" | {split.format}" if split.format is not None else ""
    return [Text(f"{{{{ ({split.expression})[{row}]{style} }}}}", text.origin) for row in range(len(values))]
