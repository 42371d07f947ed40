"""Values within ``[…]`` and ``{…}`` as their author meant them: ``end_of`` finds where one ends, ``parts`` finds all.

``torn`` finds those that YAML has taken for several.

YAML ends such a value at the first comma or bracket. People write ``text: f(x, y) = [1, 2]`` all the same; so here what
stands in brackets of its own, or between the dollars of a formula, is held together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

import yaml

_CLOSES = {"(": ")", "[": "]", "{": "}"}
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_KEY = re.compile(r"([\w.-][^:,\[\]{}\"']*?)\s*:(?=\s|$)\s*")
#: A comma, and what is no quote or bracket behind it.
_MORE = re.compile(r",\s*(?=[^\s\[\]{},'\"])")
#: A formula as Markdown knows it: no space within its dollars, no digit beside them.
_FORMULA = re.compile(r"(?<![\\\d$])\$(?![\s$])(?:[^$\\]|\\.)*?(?<!\s)\$(?![\d$])")


#: Nobody writes longer lines by hand, and those of a hostile deck are not worth the time.
LONGEST = 500


@dataclass(frozen=True)
class Part:
    """A value from column ``start`` to before ``end``, and its key; None for an entry of a list."""

    key: str | None
    start: int
    end: int

    def quoted(self, text: str) -> str:
        """The value in quotes, behind its key; ``text`` is the line that it stands in."""
        inner = text[self.start : self.end].replace("'", "''")
        return f"{self.key}: '{inner}'" if self.key else f"'{inner}'"


def end_of(text: str, start: int) -> int:
    """The column behind the value that begins at ``start``. Brackets that never close in it hold nothing together."""
    open_ones: list[str] = []
    at = start
    while at < len(text):
        sign = text[at]
        if sign == "$" and (formula := _FORMULA.match(text, at)):
            at = formula.end()
            continue
        if sign in _CLOSES:
            open_ones.append(_CLOSES[sign])
        elif open_ones and sign == open_ones[-1]:
            open_ones.pop()
        elif sign in ")]}" and open_ones:
            break
        elif not open_ones and sign in ",]}":
            return start + len(text[start:at].rstrip())
        at += 1
    if open_ones:
        plain = re.compile(r"[,\]}]").search(text, start)
        at = plain.start() if plain else len(text)
    return start + len(text[start:at].rstrip())


@dataclass(frozen=True)
class Torn:
    """A value that commas divide: its ``part`` of a line, and the ``nodes`` that it was read as, two or more."""

    part: Part
    nodes: list[yaml.Node]


def torn(node: yaml.CollectionNode, lines: list[str]) -> Iterator[Torn]:
    """The values of a ``node`` in brackets that commas divide into several; each stands within one line.

    In a list a piece is told by its bracket or formula, which ends in another piece. In a mapping the other pieces are
    keys without a value.
    """
    find = _in_list if isinstance(node, yaml.SequenceNode) else _in_mapping
    last = -1
    for index in range(len(node.value)):
        pieces = find(node.value, index, lines) if index > last else []
        if len(pieces) > 1 and all(piece.start_mark.line == pieces[0].start_mark.line for piece in pieces):
            key = node.value[index][0].value if isinstance(node, yaml.MappingNode) else None
            yield Torn(Part(key, pieces[0].start_mark.column, pieces[-1].end_mark.column), pieces)
            last = index + len(pieces) - 1


def _in_list(entries: list[yaml.Node], index: int, lines: list[str]) -> list[yaml.Node]:
    first = entries[index]
    if not _is_plain(first) or not re.search(r"[($]", first.value):
        return []
    line = lines[first.start_mark.line]
    end = end_of(line, first.start_mark.column) if len(line) <= LONGEST else first.end_mark.column
    pieces = list(
        takewhile(lambda entry: _is_plain(entry) and entry.end_mark.column <= end, islice(entries, index, None))
    )
    return pieces if pieces and pieces[-1].end_mark.column == end else []


def _in_mapping(entries: list[tuple[yaml.Node, yaml.Node]], index: int, lines: list[str]) -> list[yaml.Node]:
    value = entries[index][1]
    lone = [key for key, _ in takewhile(_is_lone, islice(entries, index + 1, None))] if _is_plain(value) else []
    is_number = lone and value.value.isdecimal() and lone[0].value.isdecimal()  # 2,5 has a message of its own
    return [] if is_number else [value, *lone]


def _is_plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and bool(node.value)


def _is_lone(entry: tuple[yaml.Node, yaml.Node]) -> bool:
    """Whether an entry of a mapping is a key by itself, without as much as a colon."""
    key, value = entry
    return _is_plain(key) and bool(key.end_mark.index == value.start_mark.index == value.end_mark.index)


def parts(text: str, first: int) -> Iterator[Part]:
    """The unquoted values within the brackets that open at the column ``first`` of a line; none of a long line."""
    at, key, after = first if len(text) <= LONGEST else len(text), None, False
    opened: list[tuple[int, str | None]] = []
    closed: tuple[int, str | None] = (first, None)
    while at < len(text):
        sign = text[at]
        if sign in "[{":
            opened.append((at, key))
            key, after = None, False
        elif sign in "]}":
            closed = opened.pop() if opened else closed
            key, after = None, True
        elif sign == ",":
            key, after = None, False
        elif not sign.isspace():
            quoted = _QUOTED.match(text, at)
            named = _KEY.match(text, at) if key is None and not after else None
            if quoted is not None:
                at, after = quoted.end(), True
                continue
            if named is not None:
                key, at = named[1], named.end()
                continue
            # After a bracket, it belongs to a value that began with that, such as: [1] is good
            start, key = closed if after else (at, key)
            end = end_of(text, start)
            while key is not None and (more := _MORE.match(text, end)) and not _KEY.match(text, more.end()):
                end = end_of(text, more.end())  # in a mapping, each value has a key
            if end > at:
                yield Part(key, start, end)
            at, key, after = max(end, at + 1), None, False
            continue
        at += 1
