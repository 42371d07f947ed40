"""Strings of a deck that know where they stand.

Every string that the loader hands out is a :class:`Text`: an ordinary ``str`` whose :meth:`Text.place` says in which
file, line and column a character of it was written, however the YAML spelt it (plain, quoted, or as a block).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, repeat
from pathlib import Path
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bpslides.errors import Place


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file of a deck: its path as the user knows it, and its text."""

    path: Path
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text by lines, without their ends."""
        return self.text.split("\n")

    def place(self, line: int, column: int) -> Place:
        """The place at ``line`` and ``column``, both counted from 0 as YAML's marks are."""
        excerpt = self.lines[line] if line < len(self.lines) else ""
        return Place(str(self.path), line + 1, column + 1, excerpt)

    def place_at(self, offset: int) -> Place:
        """The place of the character at ``offset`` of the whole text."""
        line = self.text.count("\n", 0, offset)
        return self.place(line, offset - (self.text.rfind("\n", 0, offset) + 1))


@dataclass(frozen=True, eq=False)
class Mended(SourceFile):
    """A file that was mended so that the rest of it can be read; its places are those in the ``original``.

    Lines stay lines: within one, characters may have been added, those that cannot be printed may have become spaces,
    or all of it may be gone.
    """

    original: SourceFile

    def place(self, line: int, column: int) -> Place:
        """The place in the original of what stands at ``line`` and ``column`` of the mended text."""
        if line < len(self.lines) and line < len(self.original.lines) and self.lines[line]:
            column = original_column(self.lines[line], self.original.lines[line], column)
        return self.original.place(line, column)


def original_column(mended: str, written: str, column: int) -> int:
    """Where in the line ``written`` that stands which is at ``column`` of the line ``mended`` (see :class:`Mended`)."""
    return column if mended == written else _original_columns(mended, written)[min(column, len(mended))]


@lru_cache(maxsize=16)
def _original_columns(mended: str, written: str) -> list[int]:
    columns, here = [0], 0
    for character in mended:
        other = written[here : here + 1]
        here += character == other or (character == " " and not other.isprintable())
        columns.append(here)
    return columns


@dataclass(frozen=True)
class Span:
    """Where a YAML scalar stands in its file: first and last mark, counted from 0."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int


class Text(str):
    """A string with its origin. Slices and formatted copies are plain strings again."""

    origin: Span | None
    _places: list[tuple[int, int]]
    _places_left: Iterator[tuple[int, int]]

    def __new__(cls, value: str, origin: Span | None = None) -> Self:
        """Make the text ``value`` that was written at ``origin``."""
        text = super().__new__(cls, value)
        text.origin = origin
        return text

    @property
    def folder(self) -> Path | None:
        """The folder of the file that this text was written in; relative addresses start there."""
        return self.origin.file.path.parent if self.origin else None

    def place(self, offset: int = 0) -> Place | None:
        """Where the character at ``offset`` was written; None for text that no file holds."""
        if self.origin is None:
            return None
        if not hasattr(self, "_places"):
            self._places, self._places_left = [], _align(self, self.origin)
        # Walked only as far as asked, and only once: a text may hold thousands of numbers, each with its problem.
        self._places += islice(self._places_left, max(0, offset + 1 - len(self._places)))
        line, column = self._places[min(offset, len(self._places) - 1)]
        return self.origin.file.place(line, column)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_to_text)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


class WrittenInt(int):
    """An integer of a deck together with its spelling, since ``title: 010`` is shown as written."""

    written: Text


class WrittenFloat(float):
    """A float of a deck together with its spelling, since a table cell ``1.50`` is shown as written."""

    written: Text


class WrittenBool:
    """A truth value of a deck together with its spelling. It is no number, unlike Python's own."""

    written: Text

    def __init__(self, value: bool) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bool | WrittenBool) and bool(other) == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def _to_text(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, WrittenInt | WrittenFloat | WrittenBool):
        return value.written
    raise PydanticCustomError("text", "should be text, not {what}", {"what": describe(value)})


def describe(value: Any) -> str:
    """What kind of thing ``value`` is, in an author's words."""
    if value is None:
        return "empty"
    if isinstance(value, bool | WrittenBool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "a mapping (key: value)"
    if isinstance(value, list | tuple):
        return "a list"
    return "something else"


_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_CODE_LENGTHS = {"x": 2, "u": 4, "U": 8}


def _align(value: str, span: Span) -> Iterator[tuple[int, int]]:
    """Line and column (from 0) of each character of ``value``, and of its end, within the spelling of the scalar.

    Spelling and value are walked side by side. They differ only by quotes, escapes, indentation and folded line
    breaks; a white character of the value that stands for a line break is found at the next character.
    """
    lines = span.file.lines
    line, column = span.line, span.column
    style = lines[line][column : column + 1] if line < len(lines) else ""
    if style in ("|", ">"):
        line, column = line + 1, 0  # a block scalar: its header line holds no text
    elif style in ("'", '"'):
        column += 1
    start = (line, column)

    for character in value:
        while True:
            while line < min(span.end_line, len(lines) - 1) and column >= len(lines[line]):
                line, column = line + 1, 0
            written, width = _unit(lines[line] if line < len(lines) else "", column, style)
            if not width or (line, column) > (span.end_line, span.end_column):
                yield from repeat(start)  # the spelling and the value parted: the scalar's beginning is still right
            if written == character or (character.isspace() and not written.isspace()):
                break
            if written.strip():
                yield from repeat(start)
            column += width
        yield line, column
        if written == character:
            column += width
    yield line, column


def _unit(line: str, column: int, style: str) -> tuple[str, int]:
    """What is written at ``column``: the character that it stands for ("" for a joined line), and how wide it is."""
    written = line[column : column + 1]
    if style == "'" and line.startswith("''", column):
        return "'", 2
    if style != '"' or written != "\\":
        return written, len(written)
    kind = line[column + 1 : column + 2]
    if kind in _CODE_LENGTHS:
        digits = line[column + 2 : column + 2 + _CODE_LENGTHS[kind]]
        return chr(int(digits, 16)), 2 + len(digits)
    return _ESCAPES.get(kind, kind), 1 + len(kind)
