"""YAML text → plain data whose every string, number and mapping knows its place.

YAML is composed once by PyYAML's C parser and read by the 1.2 core schema (``no`` and ``10:30`` are text). What makes
YAML dangerous or surprising is refused before anything is built: deep nesting, alias bombs, tags, duplicate keys.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from bpslides.errors import Place, Problems
from bpslides.text import SourceFile, Span, Text, WrittenBool, WrittenFloat, WrittenInt
from bpslides.yaml_parts import torn
from bpslides.yaml_repair import mend
from bpslides.yaml_scan import LOADER, MAX_DEPTH, is_within_limits, scan
from bpslides.yaml_slips import QUOTE, with_line
from bpslides.yaml_text import UNSHOWABLE, clean

#: How much aliases may add to what is written.
MAX_COPIES = 20_000

#: In so many values within brackets it is looked for commas that were meant as text.
MOST_LOOKED_AT = 20_000

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_STANDARD_TAG = "tag:yaml.org,2002:"


class Tree:
    """A parsed file: ``data`` as dicts, lists and scalars, and :meth:`place` for a path into it."""

    def __init__(self, file: SourceFile, root: yaml.Node | None, problems: Problems) -> None:
        self.file = file
        self.lost: set[str] = set()
        """Keys of the head of whose values a part could not be read."""
        self._root = root
        self._problems = problems
        self._seen: set[int] = set()
        self._children: dict[int, dict[Any, tuple[yaml.Node, yaml.Node]]] = {}
        self._copies_left = MAX_COPIES
        self._torn_left = MOST_LOOKED_AT
        self.data: Any = self._construct(root, ()) if root is not None else None

    @property
    def root(self) -> yaml.Node | None:
        """What PyYAML composed, with its marks; None for an empty file."""
        return self._root

    def place(self, path: tuple[int | str, ...]) -> Place:
        """The place of what ``path`` leads to, or of its key if it has one; parts that are not there are skipped."""
        node, best = self._root, self._root
        for part in path:
            key, child = self._child(node, part)
            if child is not None:
                node, best = child, key
        mark = best.start_mark if best is not None else None
        return self.file.place(mark.line, mark.column) if mark else self.file.place(0, 0)

    def text(self, path: tuple[int | str, ...]) -> str | None:
        """What is written at ``path``, if it is a single text or number."""
        node = self._root
        for part in path:
            node = self._child(node, part)[1] or node
        return node.value if isinstance(node, yaml.ScalarNode) else None

    def _child(self, node: yaml.Node | None, part: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
        """What stands at ``part`` of a node, after the node that names it: its key, or in a list itself."""
        if isinstance(node, yaml.MappingNode):
            if id(node) not in self._children:
                # Of a key that stands twice, the second is told and the first is read.
                self._children[id(node)] = {
                    key.value: (key, value) for key, value in reversed(node.value) if isinstance(key, yaml.ScalarNode)
                }
            return self._children[id(node)].get(part, (None, None))
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            return node.value[part], node.value[part]
        return None, None

    def _construct(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Any:
        if self._copies_left < 0:
            return None  # has been told
        if id(node) in self._seen:
            self._copies_left -= 1 if isinstance(node, yaml.ScalarNode) else 1 + len(node.value)
        self._seen.add(id(node))
        if self._copies_left < 0 or node in above or len(above) > MAX_DEPTH:
            self._copies_left = -1
            self._error(node, "this alias repeats too much of the deck", "write the text out instead")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        assert isinstance(node, yaml.CollectionNode)
        if node.flow_style:
            self._join(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(child, (*above, node)) for child in node.value]
        assert isinstance(node, yaml.MappingNode)
        if (braces := self._braces(node)) is not None:
            return braces
        result: dict[Text, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._error(key_node, "a key should be plain text", None)
                continue
            key = self._text(key_node)
            if key == "<<":
                self._error(key_node, "merge keys (<<) are not allowed", "write the keys out")
            elif key in result:
                self._error(key_node, f"“{key}” stands here twice; first in line {lines[key]}", "remove one of the two")
            else:
                lines[key] = key_node.start_mark.line + 1
                result[key] = self._construct(value_node, (*above, node))
        return result

    def _join(self, node: yaml.CollectionNode) -> None:
        """Tell of values in brackets that commas divide, and make each of them one again."""
        if self._torn_left <= 0:
            return
        self._torn_left -= len(node.value)
        for found in list(torn(node, self.file.lines)):
            first, second, last = found.nodes[0], found.nodes[1], found.nodes[-1]
            line = self.file.lines[first.start_mark.line]
            whole = yaml.ScalarNode(
                first.tag, line[found.part.start : found.part.end], first.start_mark, last.end_mark, style="plain"
            )
            if found.part.key is None:
                self._error(second, f"a comma divides “{whole.value}”", f"put it in quotes: {found.part.quoted(line)}")
                node.value = [
                    whole if entry is first else entry for entry in node.value if entry not in found.nodes[1:]
                ]
                continue
            message = f"the value of “{found.part.key}” ends at the comma before “{second.value}”"
            self._error(second, message, f"{QUOTE}: {found.part.quoted(line)}")
            entries = [(key, whole if value is first else value) for key, value in node.value]
            node.value = [(key, value) for key, value in entries if key not in found.nodes[1:]]

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = self._text(node)
        if not node.tag.startswith(_STANDARD_TAG):
            return Text(f"{node.tag} {text}".rstrip(), text.origin)  # a “!” that was meant as text, and has been told
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

    def _text(self, node: yaml.ScalarNode) -> Text:
        """The text of a scalar; one whose escapes make characters that cannot be shown is told."""
        text = Text(node.value, self._span(node))
        match = UNSHOWABLE.search(text) if node.style == '"' else None
        if match is not None:
            message = f"this escape makes a character that cannot be shown (U+{ord(match[0]):04X})"
            self._problems.error(message, text.place(match.start()), "remove it, or write the backslash twice")
            return Text(UNSHOWABLE.sub(" ", text), text.origin)
        return text

    def _braces(self, node: yaml.MappingNode) -> Text | None:
        """The text that was meant by ``{{ x }}`` without quotes, which is told; None for any other mapping."""
        if not (node.flow_style and node.value and isinstance(node.value[0][0], yaml.MappingNode)):
            return None
        span = self._span(node)
        line = self.file.lines[span.line]
        if not line.startswith("{{", span.column) or span.line != span.end_line:
            return None
        written = line[span.column : span.end_column]
        hint = with_line(QUOTE, line, span.column, span.end_column)
        self._error(node, "a value that begins with “{{” is something else in YAML", hint)
        return Text(written, span)

    def _span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        return Span(self.file, start.line, start.column, end.line, end.column)

    def _error(self, node: yaml.Node, message: str, hint: str | None) -> None:
        self._problems.error(message, self.file.place(node.start_mark.line, node.start_mark.column), hint)


def parse(file: SourceFile, problems: Problems) -> Tree | None:
    """Read ``file``; what is wrong goes to ``problems``. None when nothing could be read at all."""
    cleaned = clean(file, problems)
    if cleaned is None:
        return None
    try:
        return _read(cleaned, problems)
    except yaml.MarkedYAMLError:
        mended = mend(cleaned, is_within_limits, _compose, problems)
    if mended is None:
        return None
    tree = _read(mended[0], problems)
    if tree is not None:
        tree.lost = mended[1]
    return tree


def _read(file: SourceFile, problems: Problems) -> Tree | None:
    scanned = scan(file, problems)
    return Tree(scanned, yaml.compose(scanned.text, Loader=LOADER), problems) if scanned is not None else None


def _compose(text: str) -> None:
    """Raise ``yaml.MarkedYAMLError`` unless the text can be composed, or is refused for its size anyway."""
    if is_within_limits(text):
        yaml.compose(text, Loader=LOADER)
