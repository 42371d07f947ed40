"""The slips behind a line that is no YAML: what is said of each, and the line as it was probably meant.

:func:`slips` knows what authors of decks write: sentences with colons, ``{{ numbers }}``, Markdown, and LaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bpslides.yaml_parts import Part, parts

LATEX = "use single quotes, or none, around text with LaTeX"
QUOTE = "put the value in quotes"
UNTAG = "remove it, or put the value in quotes"
#: The longest line that a hint shows.
LONGEST_SHOWN = 100
_OPEN = "is a quote or bracket open in the lines above?"


@dataclass(frozen=True)
class Slip:
    """One reading of a broken line. ``column`` counts from 0."""

    message: str
    column: int
    hint: str | None = None
    mended: str | None = None
    """The line, readable; it may differ from the broken one by added characters only."""
    shown: str | None = None
    """The line that the hint shows, if that is another."""
    whole: bool = True
    """Whether all of the value has to stand in this line."""
    reach: int = 1_000_000_000
    """The column of the mended line up to which the slip went: what is wrong behind it is another."""

    piece: str | None = None
    """What the hint shows of a line that is too long to be shown."""

    @property
    def told(self) -> str | None:
        """The hint with the corrected line."""
        line = (self.mended or "") if self.shown is None else self.shown
        if self.piece is not None and len(line.strip()) > LONGEST_SHOWN:
            line = self.piece
        return _with(self.hint, line) if self.hint else None


def with_line(hint: str, text: str, start: int, end: int | None = None) -> str:
    """``hint`` with the line ``text``, in which what stands from ``start`` to ``end`` is put in quotes."""
    if len(text) > 2 * LONGEST_SHOWN:
        return hint
    if end is None:
        end = _end_of_part(text, start) if re.search(r"[\[{]", text[:start]) else len(text.rstrip())
    return _with(hint, _Line(text, start, 0, None).quoted(start, end))


def _with(hint: str, line: str) -> str:
    line = line.strip()
    return f"{hint}: {line}" if 0 < len(line) <= LONGEST_SHOWN else hint


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_HEAD = re.compile(r"(\s*(?:-\s+)*)(?:([^\s'\"#\[\]{},&*!|>%@`-][^:\[\]{},#'\"]*?)\s*:\s+)?(?=\S)")
_COMMENT = re.compile(r"\s+#(?:\s.*)?$")


@dataclass(frozen=True)
class _Line:
    """``text`` taken apart: its ``value`` begins at ``start``, and goes on in lines indented by more than ``owner``."""

    text: str
    start: int
    owner: int
    key: str | None

    @property
    def value(self) -> str:
        value = self.text[self.start :]
        return value.rstrip() if value[:1] in ("'", '"') else _COMMENT.sub("", value).rstrip()

    def after(self, column: int) -> int:
        """The column of the first character from ``column`` on that is no space."""
        return len(self.text) - len(self.text[column:].lstrip())

    def quoted(self, start: int | None = None, end: int | None = None) -> str:
        """The line with quotes around its value, or around a part of it."""
        start = self.start if start is None else start
        end = self.start + len(self.value) if end is None else end
        inner = self.text[start:end].replace("'", "''")
        return f"{self.text[:start]}'{inner}'{self.text[end:]}"


def _take_apart(text: str) -> _Line:
    match = _HEAD.match(text)
    if match is None:
        return _Line(text, 0, -1, None)
    dashes = match[1].rstrip()
    return _Line(text, match.end(), len(match[1]) if match[2] else len(dashes) - 1, match[2])


def goes_on(text: str, following: str) -> bool:
    """Whether the value of a line may go on in the next one that is not empty, so that its end is not known."""
    return len(following) - len(following.lstrip(" ")) > _take_apart(text).owner and bool(following.strip())


_TYPOGRAPHIC = re.compile("[“”‘’„]")


# ── slips ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def slips(text: str, column: int, said: str) -> Iterator[Slip]:
    """What may be wrong with a line at whose ``column`` the parser ``said`` something, the likeliest first.

    The last one is always a plain message, without a mended line.
    """
    line = _take_apart(text)
    if text[column : column + 1] == "\t":
        yield Slip("a tab stands here; YAML is indented by spaces", column, "replace tabs by spaces")
        return
    if "escape character" in said or "hexdecimal" in said:
        yield _latex(text, column)
        return
    if _TYPOGRAPHIC.search(line.value[:1]):
        shown = _TYPOGRAPHIC.sub("'", text) if _TYPOGRAPHIC.fullmatch(line.value[-1:]) else ""
        message, hint = "typographic quotes are no quotes in YAML", "use ' or \" around the value"
        yield Slip(message, line.start, hint, line.quoted(), shown)
    yield from _of_value(line, said)
    if column >= line.start:
        yield from _in_brackets(line, column)
    yield _plainly(text, column, said)


def _latex(text: str, column: int) -> Slip:
    start = column if text[column : column + 1] == "\\" else text.rfind("\\", 0, column)
    command = re.compile(r"\\(?:[a-zA-Z]+|.?)").match(text, max(start, 0))
    named = command[0] if command else "\\"
    return mangled(text, max(start, 0), f"double quotes read “{named}” as their own, not as LaTeX")


def mangled(text: str, column: int, message: str) -> Slip:
    """LaTeX in double quotes: every single backslash of a command is doubled, and single quotes are shown."""
    mended = _SINGLE_BACKSLASH.sub(r"\1\\\\", text)
    # Where the backslash of YAML is used besides, there is no such easy way.
    shown = "" if _WANTED.search(text) else _DOUBLE_QUOTED.sub(_in_single_quotes, text)
    return Slip(message, column, LATEX, mended, "" if shown == text else shown, whole=False)


_SINGLE_BACKSLASH = re.compile(r"(?<!\\)((?:\\\\)*)\\(?=[a-zA-Z]{2}|[^\\\"\w\s/])(?!x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")
_WANTED = re.compile(r"'|\\\\|\\\"|\\[nrt](?![a-zA-Z])|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\[^"\\])*)"')


def _in_single_quotes(match: re.Match[str]) -> str:
    return f"'{match[1]}'" if "\\" in match[1] else match[0]


def _of_value(line: _Line, said: str) -> Iterator[Slip]:
    value, start = line.value, line.start
    first = value[:1]
    if value.startswith("{{"):
        yield Slip("a value that begins with “{{” is something else in YAML", start, QUOTE, line.quoted())
    elif first and first in "@`%,]}":
        yield Slip(f"a value cannot begin with “{first}”", start, QUOTE, line.quoted())
    elif first == "!":
        yield Slip(f"tags such as “{value.split()[0][:40]}” are not allowed", start, UNTAG, line.quoted())
    elif first and first in "*&|>?":
        yield Slip(f"a value that begins with “{first}” is something else in YAML", start, QUOTE, line.quoted())
    elif first and first in "'\"":
        yield from _after_quote(line, said)
    elif value.startswith("- "):
        yield Slip(
            "a list cannot begin in the line of its key", start, "begin it in the next line, or put the value in quotes"
        )
    elif (colon := re.search(r":(?=\s|$)", value)) is not None and first not in "[{":
        message, at = "a second “: ” stands in this value", start + colon.start()
        if line.key and (" " in line.key or line.key[:1].isupper()):  # a sentence, not a key
            dashes = re.match(r"[\s-]*", line.text)
            assert dashes is not None
            yield Slip(message, at, QUOTE, line.quoted(dashes.end()))
        yield Slip(message, at, QUOTE, line.quoted())
    elif first and first in "[{":
        yield from _after_bracket(line)


def _after_bracket(line: _Line) -> Iterator[Slip]:
    """A bracket that is closed too early, or never."""
    closers, text = "", line.text
    for match in _BRACKETS.finditer(text, line.start):
        sign = match[0]
        if sign in "[{":
            closers = "]}"["[{".index(sign)] + closers
        elif sign == closers[:1]:
            closers = closers[1:]
        if not closers and match.end() - line.start < len(line.value):
            message = f"something stands after the closing “{sign}”"
            yield Slip(message, line.after(match.end()), QUOTE, line.quoted())
        if not closers:
            return
    what = "this list in brackets" if line.value[0] == "[" else "this mapping in braces"
    yield Slip(f"{what} is never closed", line.start, "close it", f"{text.rstrip()}{closers}")


#: Brackets that count, and what hides them.
_BRACKETS = re.compile(r"[\[\]{}]|(?<=[\[{,\s])(?:'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\")")


def _after_quote(line: _Line, said: str) -> Iterator[Slip]:
    """A quote that is closed too early, or never."""
    value, mark = line.value, line.value[0]
    if "end of stream" in said or mark not in value[1:]:
        if mark not in value[1:]:
            yield Slip("this quote is never closed", line.start, "close it", f"{line.text.rstrip()}{mark}")
        return
    message, after = "something stands after the closing quote", line.after(line.start + value.index(mark, 1) + 1)
    if mark == "'" and value.endswith("'"):
        inner = value[1:-1].replace("'", "''")
        yield Slip(message, after, "write a quote within single quotes twice", f"{line.text[: line.start]}'{inner}'")
    yield Slip(message, after, "put all of it in quotes", line.quoted())


def _in_brackets(line: _Line, column: int) -> Iterator[Slip]:
    """The same slips within [...] and {...}, around ``column``."""
    text = line.text
    braces = text.rfind("{{", line.start, column + 2)
    if braces >= 0 and (closing := text.find("}}", braces)) >= 0:
        end = _end_of_part(text, closing + 2)
        message = "a value that begins with “{{” is something else in YAML"
        yield Slip(message, braces, QUOTE, line.quoted(braces, end), reach=end + 2, piece=_piece(text, braces, end))
    for start in _starts_of_parts(text, line.start, column):
        end = start + len(text[start : _end_of_part(text, max(start, column))].rstrip())
        part, colon = text[start:end], text.find(": ", start, end)
        if part[:1] in ("@", "`", "%"):
            yield Slip(
                f"a value cannot begin with “{part[0]}”",
                start,
                QUOTE,
                line.quoted(start, end),
                reach=end + 2,
                piece=_piece(text, start, end),
            )
        elif part[:1] in ("*", "&", "!", "|", ">", "?"):
            message = f"a value that begins with “{part[0]}” is something else in YAML"
            yield Slip(message, start, QUOTE, line.quoted(start, end), reach=end + 2, piece=_piece(text, start, end))
        elif colon >= 0 and part[0] not in "'\"[{":
            message = "a second “: ” stands in this value"
            yield Slip(message, colon, QUOTE, line.quoted(start, end), reach=end + 2, piece=_piece(text, start, end))
    yield from _brackets_within(line, column)


def _brackets_within(line: _Line, column: int) -> Iterator[Slip]:
    """A value without quotes that has brackets of its own, around ``column``."""
    text = line.text
    around = [part for part in parts(text, line.start) if part.start <= column <= part.end + 1]
    for part in reversed(around):
        bracket = re.compile(r"[\[\]{}]").search(text, part.start, part.end)
        if bracket is not None:
            owner = f"within the value of “{part.key}”" if part.key else "within this value"
            message = f"“{bracket[0]}” {owner} is a bracket of YAML"
            mended = line.quoted(part.start, part.end)
            shown = part.quoted(text)
            yield Slip(message, bracket.start(), QUOTE, mended, shown, reach=part.end + 2)


def _piece(text: str, start: int, end: int) -> str:
    """A value in quotes, behind its key if it has one."""
    key = re.search(r"([\w-]+): +\Z", text[:start])
    return Part(key[1] if key else None, start, end).quoted(text)


def space_missing(text: str) -> Iterator[Slip]:
    """The slip of ``theme:light``, which YAML takes for a text and blames on the next line."""
    match = re.match(r"\s*(?:-\s+)*[\w-]+(:)(?=[^\s/:])", text)
    if match is None:
        return
    at = match.end()
    yield Slip("a space is missing after this “:”", match.start(1), "write", f"{text[:at]} {text[at:]}", whole=False)


def _starts_of_parts(text: str, first: int, column: int) -> list[int]:
    """Where a value within brackets may begin that reaches to ``column``: after the nearest sign, the nearest first."""
    starts = [match.end() for match in re.finditer(r"[\[{,]\s*|:\s+", text[: column + 1]) if match.start() >= first]
    return [start for start in reversed(starts[-2:]) if start <= column]


def _end_of_part(text: str, start: int) -> int:
    end = re.compile(r"[,\]}]").search(text, start)
    return end.start() if end else len(text)


#: What the YAML library says → what we say, and what to do.
_PLAIN = {
    "found character that cannot start any token": ("a value cannot begin with this character", QUOTE),
    "did not find expected alphabetic or numeric character": ("“*” and “&” mean something else in YAML", QUOTE),
    "found undefined alias": ("“*” means something else in YAML", QUOTE),
    "did not find expected key": ("the key or the indentation does not fit the lines above", None),
    "did not find expected '-' indicator": ("the indentation does not fit the list above", None),
    "could not find expected ':'": (
        "a “:” is missing after this key",
        "or a space after the “:” of the line above: “key: value”",
    ),
    "did not find expected ',' or ']'": ("this list in brackets is not closed, or a comma is missing", None),
    "did not find expected ',' or '}'": ("this mapping in braces is not closed, or a comma is missing", None),
    "found unexpected end of stream": ("this quote or bracket is never closed", None),
    "did not find expected <document start>": (
        "YAML expects a line “---” before this one",
        "remove the line above that begins with “%” or “...”",
    ),
    "did not find expected node content": ("a quote or bracket is never closed", _OPEN),
    "mapping values are not allowed in this context": (
        "this key does not fit below the line above",
        "look at its indentation, and for a missing “: ” above",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin in the line of its key",
        "begin it in the next line, or put the value in quotes",
    ),
}


def _plainly(text: str, column: int, said: str) -> Slip:
    message, hint = _PLAIN.get(said, (said, None))
    return Slip(message, column, hint)
