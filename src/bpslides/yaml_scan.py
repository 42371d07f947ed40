"""The flat stream of YAML's events, looked over before anything is built: what would hurt once it is nested is refused,
and what YAML changes or swallows without a word is told.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from bpslides.errors import Problems
from bpslides.text import Mended, SourceFile
from bpslides.yaml_slips import QUOTE, UNTAG, mangled, with_line

MAX_DEPTH = 50
MAX_NODES = 200_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_SWALLOWED = re.compile(r"\s+#\w")
_SWALLOWED_HEADING = re.compile(r"\s+#+ \w")
# LaTeX commands whose first letter is an escape of YAML's double quotes: "\frac" arrives as a form feed and "rac". The
# first group makes control characters, which nobody wants; tabs and line breaks are wanted before other words.
_MANGLED = re.compile(
    r"(?<!\\)(?:\\\\)*(\\(?:[abefvNLP][a-zA-Z]+|"
    r"n(?:abla|u|eq?g?|ot(?:in)?|orm|i|exists|onumber|earrow|warrow|subseteq)|"
    r"r(?:ho|ight(?:arrow|harpoonup)?|m|angle|ceil|floor|Vert|vert)|"
    r"t(?:au|heta|ext\w*|anh?|imes|frac|op?|riangle\w*|ilde|hinspace|herefore))(?![a-zA-Z]))"
)


def scan(file: SourceFile, problems: Problems) -> SourceFile | None:
    """The file as it may be composed: what YAML would change silently is told and mended. None when it is refused.

    Raises:
        yaml.MarkedYAMLError: where it is no YAML.
    """
    depth = documents = 0
    mended: dict[int, str] = {}
    kept = len(file.lines)
    anchors: dict[str, Any] = {}
    mark: Any
    end: Any
    events = yaml.parse(file.text, Loader=LOADER)
    for count, event in enumerate(events):
        mark, end = event.start_mark, event.end_mark
        if isinstance(event, yaml.ScalarEvent):
            if event.style == '"' and "\\" in file.text[mark.index : end.index]:
                _check_escapes(file, event, mended, problems)
            elif not event.style:
                _check_comment(file, event, problems)
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        elif isinstance(event, yaml.AliasEvent):
            anchors.pop(str(event.anchor), None)
        if isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent) and event.anchor:
            anchors[event.anchor] = mark
        if depth > MAX_DEPTH:
            message = f"this is nested more than {MAX_DEPTH} levels deep"
            problems.error(message, file.place(mark.line, mark.column))
            return None
        if count > MAX_NODES:
            problems.error(f"the deck has more than {MAX_NODES} parts", file.place(mark.line, mark.column))
            return None
        if documents == 2:
            problems.error("a second document begins here", file.place(mark.line, mark.column), "remove the line “---”")
            kept = mark.line
            break
        if getattr(event, "tag", None):
            written = file.lines[mark.line][mark.column : mark.column + 40].split(maxsplit=1)[0]
            problems.error(
                f"tags such as “{written}” are not allowed",
                file.place(mark.line, mark.column),
                with_line(UNTAG, file.lines[mark.line], mark.column),
            )
    for anchor, mark in anchors.items():
        problems.warning(
            f"YAML takes “&{anchor}” as a name for this value, and does not show it",
            file.place(mark.line, mark.column),
            with_line(QUOTE, file.lines[mark.line], mark.column),
        )
    if not mended and kept == len(file.lines):
        return file
    lines = [mended.get(number, line) for number, line in enumerate(file.lines[:kept])]
    return Mended(file.path, "\n".join(lines), file)


def is_within_limits(text: str) -> bool:
    """Whether a text may be composed. Raises ``yaml.MarkedYAMLError`` where it is no YAML."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or count > MAX_NODES:
            return False
    return True


def _check_escapes(file: SourceFile, event: Any, mended: dict[int, str], problems: Problems) -> None:
    """Tell LaTeX in double quotes, once a line, and note the line as it was meant in ``mended``."""
    for number in range(event.start_mark.line, event.end_mark.line + 1):
        text = file.lines[number]
        first = event.start_mark.column if number == event.start_mark.line else 0
        last = event.end_mark.column if number == event.end_mark.line else len(text)
        match = _MANGLED.search(text, first, last) if number not in mended else None
        if match:
            message = f"double quotes change “{match[1]}”: YAML reads the backslash as its own"
            slip = mangled(text, match.start(1), message)
            problems.error(message, file.place(number, match.start(1)), slip.told)
            mended[number] = slip.mended or text


def _check_comment(file: SourceFile, event: Any, problems: Problems) -> None:
    """Warn of a “#” that was probably meant as text."""
    line, column = event.end_mark.line, event.end_mark.column
    if event.start_mark.line != line or line >= len(file.lines):
        return
    text = file.lines[line]
    # “- # words” is an empty entry to YAML, and a heading to Markdown.
    heading = not event.value and text[:column].rstrip().endswith("-")
    match = (_SWALLOWED_HEADING if heading else _SWALLOWED).match(text, column)
    if match:
        sign = text.index("#", column)
        problems.warning(
            "YAML reads the rest of this line as a comment",
            file.place(line, sign),
            with_line(
                "put the text in quotes" if heading else "put a space after “#” if a comment is meant, else quotes",
                text,
                event.start_mark.column if event.value else sign,
            ),
        )
