"""YAML text → plain data whose every string, number and mapping knows its place.

YAML is composed once by PyYAML's C parser and read by the 1.2 core schema (``no`` and ``10:30`` are text). What makes
YAML dangerous or surprising is refused before anything is built: deep nesting, alias bombs, tags, duplicate keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from bpslides.errors import Place, Problems
from bpslides.text import SourceFile, Span, Text, WrittenBool, WrittenFloat, WrittenInt

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_NODES = 500_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": 1, "True": 1, "TRUE": 1, "false": 0, "False": 0, "FALSE": 0}
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
# LaTeX commands whose first letter is an escape of YAML's double quotes: "\frac" arrives as a form feed and "rac".
_MANGLED = re.compile(
    r"(?<!\\)\\(?:alpha|approx|arg|b(?:ar|egin|eta|ig|inom|m|oldsymbol|oxed)|e(?:nd|ta|psilon|xp|quiv|ll)|f(?:rac|orall)|"
    r"L|N|P|n(?:abla|u|eq|e|ot|orm)|r(?:ho|ight|m|angle|ightarrow)|t(?:au|heta|ext\w*|anh|imes|frac|o|op|riangle|ilde)|"
    r"v(?:ec|arphi|ert|dots|ee))(?![a-zA-Z])"
)


class Tree:
    """A parsed file: ``data`` as dicts, lists and scalars, and :meth:`place` for a path into it."""

    def __init__(self, file: SourceFile, root: yaml.Node | None, problems: Problems) -> None:
        self.file = file
        self._root = root
        self._problems = problems
        self._budget = MAX_NODES
        self.data: Any = self._construct(root, ()) if root is not None else None

    def place(self, path: tuple[int | str, ...]) -> Place:
        """The place of the value at ``path``; of its key if the last part is a key; parts that are not there are skipped."""
        node, best = self._root, self._root
        for part in path:
            child = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == part:
                        child, best = value, key
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                child = best = node.value[part]
            if child is not None:
                node = child
        mark = best.start_mark if best is not None else None
        return self.file.place(mark.line, mark.column) if mark else self.file.place(0, 0)

    def _construct(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Any:
        self._budget -= 1
        if self._budget < 0 or node in above:
            if self._budget >= -1:
                self._error(node, "this alias repeats too much of the deck", "write the text out instead")
            self._budget = -2
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(child, (*above, node)) for child in node.value]
        result: dict[Text, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._error(
                    key_node,
                    "a key should be plain text",
                    "a value that begins with “{{” must stand in quotes: 'like {{ this }}'" if key_node.flow_style else None,
                )
                continue
            key = Text(key_node.value, self._span(key_node))
            if key == "<<":
                self._error(key_node, "merge keys (<<) are not allowed", "write the keys out")
            elif key in result:
                self._error(key_node, f"“{key}” stands here twice; first in line {lines[key]}", "remove one of the two")
            else:
                lines[key] = key_node.start_mark.line + 1
                result[key] = self._construct(value_node, (*above, node))
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = Text(node.value, self._span(node))
        if node.style:
            return text
        if node.value in _NULL:
            return None
        written: WrittenBool | WrittenInt | WrittenFloat
        if node.value in _BOOL:
            written = WrittenBool(_BOOL[node.value])
        elif _INT.match(node.value) and len(node.value) < 400:
            digits = node.value
            written = WrittenInt(int(digits, 0) if digits[:2] in ("0o", "0x") else int(digits))
        elif _FLOAT.match(node.value) or _INT.match(node.value):
            written = WrittenFloat(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))
        else:
            return text
        written.written = text
        return written

    def _span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        return Span(self.file, start.line, start.column, end.line, end.column)

    def _error(self, node: yaml.Node, message: str, hint: str | None) -> None:
        self._problems.error(message, self.file.place(node.start_mark.line, node.start_mark.column), hint)


def parse(file: SourceFile, problems: Problems) -> Tree | None:
    """Read ``file``; what is wrong goes to ``problems``. None when nothing could be read at all."""
    found = len(problems.found)
    if not _check_characters(file, problems):
        return None
    try:
        _prescan(file, problems)
        if len(problems.found) > found and problems.has_errors:
            return None
        root = yaml.compose(file.text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        place = file.place(line, column)
        problems.error(*_explain(error, place), hint=_hint(error, place))
        return None
    except yaml.YAMLError as error:
        problems.error(f"this is not YAML: {error}", file.place(0, 0))
        return None
    return Tree(file, root, problems)


def _check_characters(file: SourceFile, problems: Problems) -> bool:
    if len(file.text) > MAX_BYTES:
        problems.error("the deck is larger than 5 MB", file.place(0, 0), "split it, and put the parts together by “include”")
        return False
    for match in re.finditer(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]", file.text):
        before = file.text[: match.start()]
        line = before.count("\n")
        place = file.place(line, match.start() - (before.rfind("\n") + 1))
        problems.error(f"a character that cannot be shown stands here (U+{ord(match[0]):04X})", place, "remove it")
        return False
    for number, text in enumerate(file.lines):
        if text.startswith(("<<<<<<< ", ">>>>>>> ")) or text == "=======":
            problems.error("a merge conflict was left here", file.place(number, 0), "choose one side, remove the markers")
            return False
    return True


def _prescan(file: SourceFile, problems: Problems) -> None:
    """Refuse, over the flat event stream, what would hurt once it is nested; and warn of what YAML swallows silently."""
    depth = count = documents = 0
    for event in _events(file.text):
        count += 1
        line, column = event.start_mark.line, event.start_mark.column
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                problems.error("a second document begins here", file.place(line, column), "remove the line “---”")
                return
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                problems.error(f"this is nested more than {MAX_DEPTH} levels deep", file.place(line, column))
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if count > MAX_NODES:
            problems.error(f"the deck has more than {MAX_NODES} parts", file.place(line, column))
            return
        tag = getattr(event, "tag", None)
        if tag:
            problems.error(f"tags such as “{tag}” are not allowed", file.place(line, column), "remove it; put text in quotes")
            return
        if isinstance(event, yaml.ScalarEvent):
            _check_scalar(file, event, problems)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_Loader)


def _check_scalar(file: SourceFile, event: yaml.ScalarEvent, problems: Problems) -> None:
    start, end = event.start_mark, event.end_mark
    if event.style == '"':
        for number in range(start.line, end.line + 1):
            text = file.lines[number]
            last = end.column if number == end.line else len(text)
            match = _MANGLED.search(text, start.column if number == start.line else 0, last)
            if match:
                problems.error(
                    f"double quotes change “{match[0]}”: YAML reads the backslash as its own",
                    file.place(number, match.start()),
                    "use single quotes, or none, around text with LaTeX",
                )
    elif not event.style and start.line == end.line:
        rest = file.lines[end.line][end.column :]
        match = re.match(r"\s+#\w", rest)
        if match:
            problems.warning(
                "YAML reads the rest of this line as a comment",
                file.place(end.line, end.column + match.end() - 2),
                "put the text in quotes, or a space after “#” if a comment is meant",
            )


def _explain(error: yaml.MarkedYAMLError, place: Place) -> tuple[str, Place]:
    said = error.problem or "this is not YAML"
    plain = {
        "mapping values are not allowed in this context": "a second “: ” stands in this value",
        "mapping values are not allowed here": "a second “: ” stands in this value",
        "found character that cannot start any token": "a value cannot begin with this character",
        "found character '\\t' that cannot start any token": "a tab stands here",
        "found unknown escape character": "double quotes do not know this escape: YAML reads the backslash as its own",
        "did not find expected key": "the key or the indentation does not fit the lines above",
        "did not find expected '-' indicator": "the indentation does not fit the list above",
        "could not find expected ':'": "a “:” is missing after this key",
        "did not find expected ',' or ']'": "this list in brackets is not closed, or a comma is missing",
        "did not find expected ',' or '}'": "this mapping in braces is not closed, or a comma is missing",
        "found unexpected end of stream": "a quote or bracket is never closed",
    }
    if place.excerpt[place.column - 1 : place.column] == "\t":
        return "a tab stands here; YAML is indented by spaces", place
    return plain.get(said, said.replace("found undefined alias", "no such alias")), place


def _hint(error: yaml.MarkedYAMLError, place: Place) -> str | None:
    said = error.problem or ""
    if "escape" in said:
        return "use single quotes, or none, around text with LaTeX"
    if "mapping values" in said:
        return "put the whole value in quotes"
    if "cannot start any token" in said or "alias" in said:
        return "replace tabs by spaces" if "\t" in place.excerpt else "put the value in quotes"
    return "is a quote or bracket open in the lines above?" if "end of stream" in said else None
