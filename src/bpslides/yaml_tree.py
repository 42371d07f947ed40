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

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_NODES = 200_000
#: How much aliases may add to what is written.
MAX_COPIES = 20_000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": 1, "True": 1, "TRUE": 1, "false": 0, "False": 0, "FALSE": 0}
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z|[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
# Control characters, line breaks that editors do not count, surrogates, private use (markup.py has a use for two of
# them), and what is no character at all.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]")
_BRACES = "a value that begins with “{{” must stand in quotes: 'like {{ this }}'"
_SWALLOWED = re.compile(r"\s+#\w")
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
        self._seen: set[int] = set()
        self._copies_left = MAX_COPIES
        self.data: Any = self._construct(root, ()) if root is not None else None

    @property
    def root(self) -> yaml.Node | None:
        """What PyYAML composed, with its marks; None for an empty file."""
        return self._root

    def place(self, path: tuple[int | str, ...]) -> Place:
        """The place of what ``path`` leads to, or of its key if it has one; parts that are not there are skipped."""
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

    def text(self, path: tuple[int | str, ...]) -> str | None:
        """What is written at ``path``, if it is a single text or number."""
        node = self._root
        for part in path:
            if isinstance(node, yaml.MappingNode):
                node = next((value for key, value in node.value if key.value == part), node)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
        return node.value if isinstance(node, yaml.ScalarNode) else None

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
        if isinstance(node, yaml.SequenceNode):
            return [self._construct(child, (*above, node)) for child in node.value]
        result: dict[Text, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._error(
                    key_node,
                    "a key should be plain text",
                    _BRACES if isinstance(key_node, yaml.MappingNode) and key_node.flow_style else None,
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
    if not _check_characters(file, problems):
        return None
    try:
        if not _prescan(file, problems):
            return None
        root = yaml.compose(file.text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        place = file.place(line, column)
        message, hint = _explain(error, place)
        problems.error(message, place, hint)
        return None
    except yaml.YAMLError as error:
        problems.error(f"this is not YAML: {error}", file.place(0, 0))
        return None
    return Tree(file, root, problems)


def _check_characters(file: SourceFile, problems: Problems) -> bool:
    if len(file.text) > MAX_BYTES:
        problems.error(
            "the deck is larger than 5 MB", file.place(0, 0), "split it, and put the parts together by “include”"
        )
        return False
    for match in _INVISIBLE.finditer(file.text):
        before = file.text[: match.start()]
        line = before.count("\n")
        place = file.place(line, match.start() - (before.rfind("\n") + 1))
        problems.error(f"a character that cannot be shown stands here (U+{ord(match[0]):04X})", place, "remove it")
        return False
    for number, text in enumerate(file.lines):
        indentation = text[: len(text) - len(text.lstrip())]
        if "\u00a0" in indentation:
            place = file.place(number, indentation.index("\u00a0"))
            problems.error("a no-break space stands here; YAML is indented by ordinary spaces", place, "type it anew")
            return False
        if text.startswith(("<<<<<<< ", ">>>>>>> ")) or text == "=======":
            problems.error(
                "a merge conflict was left here", file.place(number, 0), "choose one side, remove the markers"
            )
            return False
    return True


def _prescan(file: SourceFile, problems: Problems) -> bool:
    """Refuse, in the flat stream of events, what would hurt once it is nested; warn of what YAML swallows silently."""
    depth = documents = 0
    sound = True
    for count, event in enumerate(yaml.parse(file.text, Loader=_Loader)):
        refusal: tuple[str, str | None] | None = None
        if isinstance(event, yaml.ScalarEvent):
            sound &= _check_scalar(file, event, problems)
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                refusal = f"this is nested more than {MAX_DEPTH} levels deep", None
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                refusal = "a second document begins here", "remove the line “---”"
        if count > MAX_NODES:
            refusal = f"the deck has more than {MAX_NODES} parts", None
        if tag := getattr(event, "tag", None):
            refusal = f"tags such as “{tag}” are not allowed", "remove it; put text in quotes"
        if refusal:
            problems.error(refusal[0], _place_of(file, event.start_mark), refusal[1])
            return False
    return sound


def _place_of(file: SourceFile, mark: Any) -> Place:
    return file.place(mark.line, mark.column) if mark is not None else file.place(0, 0)


def _check_scalar(file: SourceFile, event: Any, problems: Problems) -> bool:
    """Whether the text arrives as it was meant."""
    start, end = event.start_mark, event.end_mark
    sound = True
    if event.style == '"':
        for number in range(start.line, end.line + 1):
            text = file.lines[number]
            last = end.column if number == end.line else len(text)
            match = _MANGLED.search(text, start.column if number == start.line else 0, last)
            if match:
                sound = False
                problems.error(
                    f"double quotes change “{match[0]}”: YAML reads the backslash as its own",
                    file.place(number, match.start()),
                    "use single quotes, or none, around text with LaTeX",
                )
    elif not event.style and start.line == end.line < len(file.lines):
        match = _SWALLOWED.match(file.lines[end.line], end.column)
        if match:
            problems.warning(
                "YAML reads the rest of this line as a comment",
                file.place(end.line, match.end() - 2),
                "put the text in quotes, or a space after “#” if a comment is meant",
            )
    return sound


_QUOTE = "put the value in quotes"
_LATEX = "use single quotes, or none, around text with LaTeX"
_OPEN = "is a quote or bracket open in the lines above?"
#: What the YAML library says → what we say, and what to do.
_PLAIN = {
    "found character that cannot start any token": ("a value cannot begin with this character", _QUOTE),
    "did not find expected alphabetic or numeric character": ("“*” and “&” mean something else in YAML", _QUOTE),
    "found undefined alias": ("“*” means something else in YAML", _QUOTE),
    "found unknown escape character": ("double quotes read this backslash as their own", _LATEX),
    "did not find expected hexdecimal number": ("double quotes read this backslash as their own", _LATEX),
    "did not find expected key": ("the key or the indentation does not fit the lines above", None),
    "did not find expected '-' indicator": ("the indentation does not fit the list above", None),
    "could not find expected ':'": (
        "a “:” is missing after this key",
        "or a space after the “:” of the line above: “key: value”",
    ),
    "did not find expected ',' or ']'": ("this list in brackets is not closed, or a comma is missing", None),
    "did not find expected ',' or '}'": ("this mapping in braces is not closed, or a comma is missing", None),
    "found unexpected end of stream": ("a quote or bracket is never closed", _OPEN),
    "did not find expected node content": ("a quote or bracket is never closed", _OPEN),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin in the line of its key",
        "begin it in the next line, or put the value in quotes",
    ),
}


def _explain(error: yaml.MarkedYAMLError, place: Place) -> tuple[str, str | None]:
    """Message and hint for what is no YAML, from the most likely slip to what the library says."""
    said = error.problem or "this is not YAML"
    before = place.excerpt[: place.column - 1]
    if place.excerpt[place.column - 1 : place.column] == "\t":
        return "a tab stands here; YAML is indented by spaces", "replace tabs by spaces"
    if any(mark in place.excerpt for mark in "“”‘’„"):
        return "the typographic quotes in this line are no quotes in YAML", "use ' or \" around the value"
    if "{{" in before:
        return "YAML reads “{{” as its own", _BRACES
    if said.startswith("mapping values are not allowed"):
        if ": " in before:
            return "a second “: ” stands in this value", "put the whole value in quotes"
        return "this key does not fit below the line above", "look at its indentation, and for a missing “: ” above"
    if said == "did not find expected key" and before.rstrip().endswith(("'", '"')):
        return "something stands after the closing quote", "write a quote within single quotes twice: 'it''s'"
    return _PLAIN.get(said, (said, None))
