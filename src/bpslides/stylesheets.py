r"""CSS as data: find what a style sheet may not hold, and read the variables that it sets on ``:root``.

This is a reader of tokens after CSS Syntax 3, not of properties: it knows comments, strings, escapes and brackets, so
that ``\75rl(`` is seen for the ``url(`` that it is, and a brace in a string is not one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<comment>/\*.*?(?:\*/|\Z))
  | (?P<string>"(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z)|'(?:\\.|[^'\\\n])*(?:'|(?=\n)|\Z))
  | (?P<word>@?(?:[-\w]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}[ \t\n]?|\\[^\n])+)
  | (?P<bracket>[{}()\[\]])
  | (?P<space>\s+)
  | (?P<other>[:;,]|[^-\w\s\\@"'/{}()\[\]:;,]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(.))", re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
#: Functions that name a file, some of them by a plain string.
_FETCHING = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade", "url-prefix"}
#: How deep variables may stand for one another.
_DEPTH = 12


@dataclass(frozen=True)
class Fault:
    """What is wrong with a style sheet, where (an offset into its text), and what to do."""

    message: str
    offset: int
    hint: str


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


def faults(css: str) -> list[Fault]:
    """Everything for which a style sheet is refused: other files, ends of our page's style, brackets left open."""
    found = [
        Fault("a style sheet cannot hold “</style”", match.start(), "remove it, from a comment or a text, too")
        for match in re.finditer(r"</style", css, re.IGNORECASE)
    ]
    tokens = list(_tokens(css))
    open_brackets: list[_Token] = []
    for index, token in enumerate(tokens):
        if token.kind == "comment" and not (len(token.text) >= 4 and token.text.endswith("*/")):
            found.append(Fault("a comment is never closed", token.start, "end it with */"))
        elif token.kind == "string" and not _is_closed(token.text):
            found.append(Fault("a quotation mark is never closed", token.start, f"end the text with {token.text[0]}"))
        elif token.kind == "word":
            after = next((later.text for later in tokens[index + 1 :] if later.kind != "space"), "")
            found += _fetching(token, after)
        elif token.kind == "bracket" and token.text in _CLOSING:
            open_brackets.append(token)
        elif token.kind == "bracket":
            if open_brackets and _CLOSING[open_brackets[-1].text] == token.text:
                open_brackets.pop()
            else:
                found.append(Fault(f"“{token.text}” closes nothing", token.start, "remove it, or open it before"))
    found += [
        Fault(f"“{token.text}” is never closed", token.start, f"add the “{_CLOSING[token.text]}” that it needs")
        for token in open_brackets
    ]
    return sorted(found, key=lambda fault: fault.offset)


def _fetching(word: _Token, after: str) -> list[Fault]:
    name = _unescaped(word.text).lower()
    if name == "@import":
        return [Fault("“@import” brings in another file", word.start, "put its rules here: a deck fetches nothing")]
    if name == "@font-face":
        return [Fault("“@font-face” brings in a font", word.start, "use --font-sans, --font-serif or --font-mono")]
    if name in _FETCHING and after == "(":
        return [Fault(f"“{name}()” brings in another file", word.start, "use colours and gradients instead")]
    return []


def _is_closed(text: str) -> bool:
    return re.fullmatch(r"(\"|')(?:\\.|(?!\1)[^\\])*\1", text, re.DOTALL) is not None


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[2]
        code = int(match[1], 16)
        return chr(code) if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _tokens(css: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(css):
        yield _Token(match.lastgroup or "", match[0], match.start())


@lru_cache(maxsize=16)  # the same few themes at every rebuild
def root_variables(css: str) -> dict[str, tuple[str, int]]:
    """Name (without its two dashes) → value and offset of each variable that ``css`` sets on ``:root`` at all times.

    What stands inside of a condition such as ``@media`` is not read. A later value replaces an earlier one.
    """
    found: dict[str, tuple[str, int]] = {}
    tokens = [token for token in _tokens(css) if token.kind != "comment"]
    depth, prelude, declaration = 0, "", list[_Token]()
    for token in tokens:
        is_root = depth == 1 and ":root" in (selector.strip() for selector in prelude.split(","))
        if is_root and token.text in (";", "}") and declaration:
            _declare(declaration, found)
            declaration = []
        if token.text == "}" and token.kind == "bracket":
            depth = max(0, depth - 1)
            prelude = "" if depth == 0 else prelude
        elif token.text == "{" and token.kind == "bracket":
            depth += 1
        elif depth == 0:
            prelude = "" if token.text == ";" else prelude + token.text
        elif is_root and token.text != ";":
            declaration.append(token)
    return found


def _declare(tokens: list[_Token], found: dict[str, tuple[str, int]]) -> None:
    name, colon, value = "".join(token.text for token in tokens).strip().partition(":")
    if colon and name.strip().startswith("--"):
        start = next(token.start for token in tokens if token.kind != "space")
        found[name.strip()[2:]] = (" ".join(value.replace("!important", "").split()), start)


def resolve(variables: dict[str, str]) -> dict[str, str]:
    """The same variables with every ``var(--name)`` replaced by its value, or by its fallback where there is none.

    One that stands for itself, or for what nobody sets, becomes empty, as in a browser.
    """
    return {name: _resolved(value, variables, 0) or "" for name, value in variables.items()}


_VAR = re.compile(r"var\(\s*--([-\w]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")


def _resolved(value: str, variables: dict[str, str], depth: int) -> str | None:
    if depth > _DEPTH:
        return None
    parts, end = [], 0
    for match in _VAR.finditer(value):
        inner = _resolved(variables.get(match[1], ""), variables, depth + 1) or None
        if inner is None and match[2] is not None:
            inner = _resolved(match[2].strip(), variables, depth + 1)
        if inner is None:
            return None
        parts += [value[end : match.start()], inner]
        end = match.end()
    return "".join([*parts, value[end:]])
