"""Tables whose columns come from arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decks import Deck, with_content

MODELS = """\
models:
  m: {inputs: {x: [1, 2, 4]}, parameters: {w: -0.5, v: [[1, 2], [3, 4]]}, graph: {p: w*x, L: mean(p**2) + 0*sum(v)}}
"""


def test_columns_of_arrays(tmp_path: Path) -> None:
    """An array gives a number to each row, in its format and set as numbers are; a list gives cells."""
    columns = "[[a, '**b**', c], '{{ m.x }}', '{{ m.p | +.1f }}', '{{ 1/m.x }}']"
    table = f"- table: {{header: [Case, x, p, '1/x'], columns: {columns}}}"
    page = Deck(tmp_path, with_content(table, MODELS)).sound.page
    rows = [[cell.text for cell in row.all("td")] for row in page.all("tbody tr")]
    assert rows == [["a", "1", "−0.5", "1"], ["b", "2", "−1.0", "0.5"], ["c", "4", "−2.0", "0.25"]]
    assert page.texts("td strong") == ["b"]
    assert [cell.attributes["class"] for cell in page.all("th")] == ["", "number", "number", "number"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("{header: [a], columns: ['{{ ▸m.w }}']}", "this is a single number, and a column needs a list of numbers"),
        ("{header: [a], columns: ['{{ ▸m.v }}']}", "this is an array of arrays, and a column needs a list of numbers"),
        ("{header: [a], columns: ['{{ ▸m.y }}']}", "“m” has no “y”"),
        ("{header: [a], columns: [▸some text]}", "a column is an array in braces, or a list"),
        ("{header: [a, b], columns: [[1, 2], '▸{{ m.x }}']}", "this column has 3 entries, and the first one 2"),
        ("{header: [a, b], columns: ['{{ m.x }}', [▸c]]}", "this column has 1 entries, and the first one 3"),
        ("{header: [a], columns: [[1]], rows: [[1]]}", "“table” needs either “rows” or “columns”"),
        ("{header: [a]}", "“table” needs either “rows” or “columns”"),
        ("{header: [a, b], columns: [[1]]}", "“table” has 1 columns, and 2 headings"),
    ],
)
def test_mistakes(tmp_path: Path, table: str, message: str) -> None:
    """What gives no column is told, at ▸ where one part of the table is at fault."""
    deck = Deck(tmp_path, with_content(f"- table: {table.replace('▸', '')}", MODELS))
    (told,) = [text for text in deck.messages if message in text]
    if "▸" in table:
        assert told.startswith(f"7:{16 + table.index('▸')}: ")


def test_a_long_array_is_refused(tmp_path: Path) -> None:
    """A slide has room for so many rows."""
    models = f"models:\n  m: {{inputs: {{x: {[1] * 60}}}, graph: {{L: sum(x)}}}}\n"
    (message,) = Deck(tmp_path, with_content("- table: {header: [x], columns: ['{{ m.x }}']}", models)).messages
    assert "this array has 60 numbers, and a table shows 40 at most" in message
