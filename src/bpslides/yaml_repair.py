"""A deck that is no YAML → its faults, each at its place, and text in which the rest can be read.

YAML's own parser stops at the first fault. :func:`mend` looks at a deck piece by piece (the keys of the head, each
model, each slide), so that a fault in one hides none in the others. Where a slip is known, its line is corrected and
read as it was meant; a piece that stays unreadable is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import yaml

from bpslides.errors import Problems
from bpslides.text import Mended, SourceFile, original_column
from bpslides.yaml_slips import Slip, goes_on, slips, space_missing

#: How many faults of a file are told.
MOST_FAULTS = 40
#: How many characters are read in search of them: less than a second.
MOST_READ = 1_500_000

Reader = Callable[[str], object]
"""Reads YAML or raises ``yaml.MarkedYAMLError``."""


def mend(file: SourceFile, events: Reader, nodes: Reader, problems: Problems) -> tuple[SourceFile, set[str]] | None:
    """The file with its faults told and mended, and the keys of the head of whose values a part is left out.

    ``events`` reads a piece, and ``nodes`` the whole, in which aliases have to lead somewhere. None when nothing of
    the file can be read.
    """
    work = _Work(file, problems, list(file.lines))
    pieces = _pieces(work.lines)
    for piece in pieces:
        while (error := work.error_in(piece, events)) is not None:
            if not work.correct(piece, error, events):
                work.leave_out(piece)
    whole = _Piece("", 0, len(work.lines))
    while (error := work.error_in(whole, nodes)) is not None:
        if work.spent:
            return None
        row = _mark(error).line
        if not work.correct(whole, error, nodes):
            inside = next((piece for piece in pieces if piece.first <= row < piece.end), None)
            if inside is None or not any(work.lines[inside.first : inside.end]):
                return None
            work.leave_out(inside)
    return Mended(file.path, "\n".join(work.lines), file), work.lost


@dataclass(frozen=True)
class _Piece:
    """Lines that are YAML by themselves: ``first`` up to before ``end``, within the value of ``key``."""

    key: str
    first: int
    end: int


_KEY = re.compile(r"[^\W\d][\w-]*(?=\s*:(?:\s|$))")
_HOLD_MANY = ("models", "slides")


def _pieces(lines: list[str]) -> list[_Piece]:
    """The keys of the head, and the entries of those that hold many."""
    starts = [(number, match[0]) for number, line in enumerate(lines) if (match := _KEY.match(line))]
    found: list[_Piece] = []
    for (first, key), (end, _) in pairwise([*starts, (len(lines), "")]):
        entries = _entries(lines, first + 1, end) if key in _HOLD_MANY else []
        found.append(_Piece(key, first, entries[0] if entries else end))
        found += [_Piece(key, a, b) for a, b in pairwise([*entries, end])]
    return found


def _entries(lines: list[str], first: int, end: int) -> list[int]:
    """The lines at which the entries of a list or mapping begin: those indented as the first one is."""
    rows = [n for n in range(first, end) if lines[n].strip() and not lines[n].lstrip().startswith("#")]
    if not rows:
        return []
    first_row = lines[rows[0]]
    depth = len(first_row) - len(first_row.lstrip(" "))
    begins = re.compile(" " * depth + (r"-(?:\s|$)" if first_row[depth] == "-" else r"[^\s-]"))
    return [number for number in rows if begins.match(lines[number])]


@dataclass
class _Work:
    """The state of the mending of one file."""

    file: SourceFile
    problems: Problems
    lines: list[str]
    lost: set[str] = field(default_factory=set)
    _told: int = 0
    _read: int = 0

    @property
    def spent(self) -> bool:
        return self._told >= MOST_FAULTS or self._read >= MOST_READ

    def leave_out(self, piece: _Piece) -> None:
        self.lines[piece.first : piece.end] = [""] * (piece.end - piece.first)
        self.lost.add(piece.key)

    def error_in(self, piece: _Piece, read: Reader) -> yaml.MarkedYAMLError | None:
        text = "\n".join(self.lines[piece.first : piece.end])
        self._read += len(text)
        try:
            read(text)
        except yaml.MarkedYAMLError as error:
            return error
        return None

    def correct(self, piece: _Piece, error: yaml.MarkedYAMLError, read: Reader) -> bool:
        """Tell a fault, and correct its line if that brings the reader beyond it."""
        said, mark = error.problem or "this is not YAML", _mark(error)
        row = piece.first + mark.line
        if row >= piece.end or "end of stream" in said or not self.lines[row].strip():
            mark = error.context_mark or mark  # what is never closed began there
            row = min(piece.first + mark.line, piece.end - 1)
        tries = [(row, slip) for slip in slips(self.lines[row], mark.column, said)]
        if "mapping values" in said or "':'" in said:
            above = next((n for n in range(row - 1, piece.first - 1, -1) if self.lines[n].strip()), row)
            tries = [(n, slip) for n in (row, above) for slip in space_missing(self.lines[n])] + tries
        elif "',' or" in said and error.context_mark:
            begin = piece.first + error.context_mark.line
            tries = [(begin, slip) for slip in slips(self.lines[begin], error.context_mark.column, said)][:-1] + tries
        for at, slip in tries:
            written = self.lines[at]
            if slip.mended is not None and self._helps(at, slip, slip.mended, piece, read):
                self._tell(at, written, slip)
                return True
        self._tell(row, self.lines[row], tries[-1][1])
        return False

    def _helps(self, row: int, slip: Slip, mended: str, piece: _Piece, read: Reader) -> bool:
        """Put the ``mended`` line into its place if the reader gets beyond the slip then."""
        written = self.lines[row]
        following = next((line for line in self.lines[row + 1 : row + 20] if line.strip()), "")
        if self.spent or (slip.whole and goes_on(written, following)):
            return False
        self.lines[row] = mended
        later = self.error_in(piece, read)
        if later is None or (piece.first + _mark(later).line, _mark(later).column) > (row, slip.reach):
            return True
        self.lines[row] = written
        return False

    def _tell(self, row: int, text: str, slip: Slip) -> None:
        self._told += 1
        if self._told > MOST_FAULTS:
            return
        column = original_column(text, self.file.lines[row], slip.column)
        self.problems.error(slip.message, self.file.place(row, column), slip.told)


def _mark(error: yaml.MarkedYAMLError) -> Any:
    return error.problem_mark or error.context_mark
