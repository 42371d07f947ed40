"""Texts of a deck taken apart: what is read as words, what as formula, and where links lead, each with its offset.

The numbers ``{{ … }}`` are blanked out, and what stands in code is left out: neither is prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from bpslides.markup import FORMULA_NUMBER, NUMBER
from bpslides.text import Text

#: What stands for a character of a number that was taken out: no letter, no digit, no space, no mark of Markdown.
BLANK = "\ue002"


class Piece(NamedTuple):
    """A part of ``text``: its content, and the offset at which that begins."""

    kind: Literal["words", "formula", "link"]
    content: str
    text: Text
    offset: int


def pieces(markdown: Iterable[Text], latex: Iterable[Text]) -> Iterator[Piece]:
    """The pieces of all texts; one that is read several times, such as a footer, is taken once."""
    for text in _distinct(markdown):
        yield from _of_markdown(text)
    for text in _distinct(latex):
        yield Piece("formula", _blanked(FORMULA_NUMBER, text), text, 0)


def _distinct(texts: Iterable[Text]) -> list[Text]:
    return list({(text, text.origin): text for text in texts}.values())


def _blanked(number: re.Pattern[str], text: str) -> str:
    return number.sub(lambda match: BLANK * len(match[0]), text)


@cache
def markdown_parser() -> MarkdownIt:
    """What tells words, code, formulas and links apart, as the one in `markup` does. Nothing is drawn with it."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)


def _of_markdown(text: Text) -> Iterator[Piece]:
    """Pieces of Markdown. Its tokens do not know their offsets, but they come in the order of the text."""
    blanked = _blanked(NUMBER, text)
    position = 0

    def found(content: str) -> int | None:
        nonlocal position
        at = blanked.find(content, position)
        if at < 0:
            return None  # Markdown has changed its spelling, such as by an escape
        position = at + len(content)
        return at

    for token in _flat(markdown_parser().parse(blanked)):
        kind: Literal["words", "formula", "link"]
        match token.type:
            case "text":
                kind, content = "words", token.content
            case "math_inline" | "math_inline_double" | "math_block":
                kind, content = "formula", token.content
            case "link_open":
                address = unquote(str(token.attrs.get("href", "")))
                at = max(blanked.find(address, position), 0)
                yield Piece("link", address, text, at)
                continue
            case "code_inline" | "code_block" | "fence":
                found(token.content)
                continue
            case _:
                continue
        at_text = found(content)
        if at_text is not None:
            yield Piece(kind, content, text, at_text)


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    """Every token, each before those inside of it, but for the words that stand for a picture."""
    for token in tokens:
        yield token
        if token.children and token.type != "image":
            yield from _flat(token.children)
