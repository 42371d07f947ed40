"""Bytes of a deck file → text that YAML may see: its encoding, its characters, and what a merge left behind.

What is wrong goes to ``problems`` with its place; then it is taken out, so that the rest of the file is still read.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from bpslides.errors import Problems
from bpslides.text import Mended, SourceFile

MAX_BYTES = 5_000_000
#: How many characters that cannot be shown are told one by one.
MOST_TOLD = 10

# Control characters, line breaks that editors do not count, surrogates, private use (markup.py has a use for two of
# them), and what is no character at all.
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]")
# What turns the direction of the text around it, and what has no width. The marks and joiners that Arabic, Hebrew,
# Persian or Hindi text and emoji need are none of these.
_DECEPTIVE = re.compile(r"[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NO_BREAK = re.compile(r"^[ \t-]*\u00a0[ \t\u00a0-]*", re.MULTILINE)
_CONFLICT = re.compile(r"^(?:<{7} .*|\|{7}(?: .*)?|={7}|>{7} .*)$", re.MULTILINE)


def decode(raw: bytes, path: Path, problems: Problems) -> SourceFile | None:
    """The file as text, line feeds at the ends of its lines; None where it is no text in any way."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw[:4]:
        problems.error("the deck is UTF-16 text, not UTF-8", SourceFile(path, "").place(0, 0), "save it as UTF-8")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = raw.decode("utf-8-sig", "replace")
        before = raw[: error.start]
        line, column = before.count(b"\n"), len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig", "replace"))
        problems.error(
            f"the deck is not UTF-8 text: the byte 0x{raw[error.start]:02X} stands here",
            _file(path, text).place(line, column),
            "save it as UTF-8; an editor may call what it is now Latin-1 or Windows-1252",
        )
    return _file(path, text)


def _file(path: Path, text: str) -> SourceFile:
    return SourceFile(path, text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(file: SourceFile, problems: Problems) -> SourceFile | None:
    """The file without what YAML must not see, each told at its place; None when it is too large to be read."""
    if len(file.text) > MAX_BYTES:
        problems.error(
            "the deck is larger than 5 MB", file.place(0, 0), "split it, and put the parts together by “include”"
        )
        return None
    for match in islice(_DECEPTIVE.finditer(file.text), MOST_TOLD):
        what = "has no width" if match[0] in "\u200b\u2060\ufeff" else "turns the direction of the text around it"
        problems.warning(
            f"a character that nobody sees stands here: U+{ord(match[0]):04X} {what}",
            file.place_at(match.start()),
            "remove it, unless the text needs it",
        )
    text = file.text
    text = _take_out_unshowable(file, text, problems)
    text = _take_out_no_break_spaces(file, text, problems)
    text = _take_out_conflicts(file, text, problems)
    return file if text == file.text else Mended(file.path, text, file)


def _take_out_unshowable(file: SourceFile, text: str, problems: Problems) -> str:
    for match in islice(UNSHOWABLE.finditer(text), MOST_TOLD):
        message = f"a character that cannot be shown stands here (U+{ord(match[0]):04X})"
        problems.error(message, file.place_at(match.start()), "remove it")
    return UNSHOWABLE.sub(" ", text)


def _take_out_no_break_spaces(file: SourceFile, text: str, problems: Problems) -> str:
    first = _NO_BREAK.search(text)
    if first is None:
        return text
    problems.error(
        "a no-break space stands here; YAML is indented by ordinary spaces",
        file.place_at(first.start() + first[0].index("\u00a0")),
        "type it anew",
    )
    return _NO_BREAK.sub(lambda match: match[0].replace("\u00a0", " "), text)


def _take_out_conflicts(file: SourceFile, text: str, problems: Problems) -> str:
    """Keep the first side of every conflict."""
    if not _CONFLICT.search(text):
        return text
    lines = text.split("\n")
    marks = {number: line[0] for number, line in enumerate(lines) if _CONFLICT.match(line)}
    last_end = max((number for number, mark in marks.items() if mark == ">"), default=-1)
    side, told = 0, 0
    for number in range(len(lines)):
        mark = marks.get(number, "")
        if mark == "<" or (mark and not side):
            told += 1
            if told <= MOST_TOLD:
                problems.error(
                    "a merge conflict was left here", file.place(number, 0), "choose one side, remove the markers"
                )
        if mark == "<":
            side = 1
        elif mark in ("|", "=") and side:
            side = 2
        elif mark == ">":
            side = 0
        if mark or (side == 2 and number < last_end):
            lines[number] = ""
    return "\n".join(lines)
