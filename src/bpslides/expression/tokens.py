"""Text to tokens: numbers, names and signs, each with its place, and a reason for every character that is none."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from bpslides.expression.names import continues_name, plain_name, small_digits_as_plain, starts_name
from bpslides.expression.nodes import ExpressionError

MAX_CHARACTERS = 5_000
"""The longest text of an expression."""

_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGNS = ("**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "@", "(", ")", "[", "]", ",", ".")
_REFUSED = {
    "//": "a division is written /",
    ":=": "nothing can be assigned here",
    "<<": "there are no shifts",
    ">>": "there are no shifts",
    "^": "a power is written **",
    "%": "there is no remainder; a percentage is a format, as in {{ x | .1% }}",
    "|": "a bar is allowed once, before the format, as in {{ x | .2f }}; an absolute value is abs(x)",
    "&": "comparisons are joined by and",
    "!": "there is no not: turn the comparison around",
    "~": "a sign is written -",
    "=": "a comparison is written ==",
    ":": "there are no slices and no lambda",
    ";": "one expression at a time",
    "?": "there are no conditions: use max, min or relu",
    "'": "there is no text in expressions",
    '"': "there is no text in expressions",
    "`": "there is no text in expressions",
    "{": "arrays are written [a, b]; inside {{ }} stands the bare expression",
    "}": "arrays are written [a, b]; inside {{ }} stands the bare expression",
    "\\": "LaTeX does not belong into an expression: write sqrt(x), not \\sqrt x",
    "$": "a formula does not belong into an expression",
    "#": "there are no comments in expressions",
    "−": "write the minus of the keyboard, -",
    "–": "write the minus of the keyboard, -",
    "×": "write *",
    "·": "write *",
    "⋅": "write *",
    "÷": "write /",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "√": "write sqrt(x)",
    "∂": "a gradient is written model.grad.name",
    "∞": "there is no infinity",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; names are normalised, so `text` need not be what stands there."""

    kind: Literal["number", "name", "sign", "end"]
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Cut a text into tokens, with an "end" token last.

    Raises:
        ExpressionError: for a character that has no place in an expression, or a text that is too long.
    """
    if len(text) > MAX_CHARACTERS:
        message = f"the expression has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}"
        raise ExpressionError(message, MAX_CHARACTERS, "split it into several lines of the graph")
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] in " \t\n\r":
            place += 1
            continue
        tokens.append(_next(text, place))
        place = tokens[-1].end
    return [*tokens, Token("end", "", len(text), len(text))]


def _next(text: str, place: int) -> Token:
    if number := _NUMBER.match(text, place):
        return _number(text, number.group(), place)
    if starts_name(text[place]):
        return _name(text, place)
    for sign in (*_REFUSED, *_SIGNS):
        # != is a comparison, and only a ! alone is refused
        if text.startswith(sign, place) and text[place : place + 2] not in {"!=", "=="}:
            if sign in _REFUSED:
                raise ExpressionError(f"{sign} is not part of an expression", place, _REFUSED[sign])
            return Token("sign", sign, place, place + len(sign))
    if text[place : place + 2] in {"!=", "=="}:
        return Token("sign", text[place : place + 2], place, place + 2)
    character = text[place]
    if small_digits_as_plain(character) != character:
        raise ExpressionError(f"{character} is not part of an expression", place, "a power is written **, as in x**2")
    shown = character if character.isprintable() else f"the character U+{ord(character):04X}"
    raise ExpressionError(f"{shown} is not part of an expression", place, "take it out")


def _number(text: str, digits: str, place: int) -> Token:
    end = place + len(digits)
    if not math.isfinite(float(digits)):
        shown = digits if len(digits) <= 20 else f"{digits[:17]}..."
        raise ExpressionError(f"{shown} is too large for a double", place, "the limit is about 1.8e308")
    if end < len(text) and starts_name(text[end]):
        follows = re.match(r"\w+", text[end:])
        word = follows.group() if follows else text[end]
        if word.startswith("_"):
            raise ExpressionError(f"_ does not belong into the number {digits}", end, "write the digits without it")
        raise ExpressionError(f"an operator is missing after {digits}", end, f"write {digits}*{word}")
    return Token("number", digits, place, end)


def _name(text: str, place: int) -> Token:
    end = place + 1
    while end < len(text) and continues_name(text[end]):
        end += 1
    small = end
    while small < len(text) and small_digits_as_plain(text[small]) != text[small]:
        small += 1
    name = plain_name(text[place:end])
    if small > end:
        if text[end] in "⁰¹²³⁴⁵⁶⁷⁸⁹":
            power = f"{name}**{small_digits_as_plain(text[end:small])}"
            raise ExpressionError(f"{text[end:small]} is not part of an expression", end, f"write {power}")
        message = f"{text[place:small]} is no name: small digits are not allowed"
        raise ExpressionError(message, end, f"write {small_digits_as_plain(text[place:small])}")
    if not all(map(starts_name, re.sub("[0-9]", "", name))):
        raise ExpressionError(f"{name} is no name: it has a separate accent", place, "write it out, as in x_hat")
    return Token("name", name, place, end)
