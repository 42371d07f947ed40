"""Text to syntax tree: `parse("round(net.y, 2) == 0.69")`.

The grammar, loosest first: `and`; comparisons, which may be chained; + and -; * / and @; signs; **, which binds to the
right and above the sign on its left; then names, numbers, calls, arrays, parentheses and [i]. Nothing else exists, so
nothing else can be reached: no attribute of a Python object, no call out.
"""

from dataclasses import replace
from typing import NamedTuple

from bpslides.expression.names import FUNCTIONS, WORDS, suggestion
from bpslides.expression.nodes import (
    After,
    And,
    Array,
    Binary,
    Call,
    Compare,
    Expression,
    ExpressionError,
    Index,
    Number,
    Reference,
    Unary,
)
from bpslides.expression.tokens import Token, tokenize

MAX_NESTING = 50
"""How deeply parentheses, calls, signs and powers may be nested."""

MAX_TERMS = 2_000
"""How many numbers and names an expression may have."""

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_LEVELS = (("+", "-"), ("*", "/", "@"))


def parse(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: with the place and a hint, for anything that is not one.
    """
    parser = _Parser(tokenize(text))
    if parser.token.kind == "end":
        raise ExpressionError("the expression is empty", 0, "write a name or a number")
    expression = parser.expression()
    parser.expect_end()
    return expression


class Split(NamedTuple):
    """An expression, the format behind its last bar (None where there is no bar), and where in the text they begin."""

    expression: str
    format: str | None
    expression_offset: int
    format_offset: int


def split_format(text: str) -> Split:
    """Split `expression | format` at the last bar outside of brackets. Both parts come without spaces around them."""
    depth, bar = 0, -1
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "|" and depth == 0:
            bar = place
    head = text if bar < 0 else text[:bar]
    tail = None if bar < 0 else text[bar + 1 :]
    return Split(
        head.strip(),
        None if tail is None else tail.strip(),
        len(head) - len(head.lstrip()),
        len(text) if tail is None else len(text) - len(tail.lstrip()),
    )


class _Parser:
    """Precedence climbing over a list of tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.terms = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def expression(self) -> Expression:
        parts = [self.comparison()]
        while self.token.kind == "name" and self.token.text == "and":
            self.take()
            parts.append(self.comparison())
        return parts[0] if len(parts) == 1 else And(tuple(parts), start=parts[0].start, end=parts[-1].end)

    def comparison(self) -> Expression:
        operands, operators = [self.arithmetic(0)], []
        while self.token.kind == "sign" and self.token.text in _COMPARISONS:
            operators.append(self.take().text)
            operands.append(self.arithmetic(0))
        if not operators:
            return operands[0]
        return Compare(tuple(operands), tuple(operators), start=operands[0].start, end=operands[-1].end)

    def arithmetic(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self.signed()
        left = self.arithmetic(level + 1)
        while self.token.kind == "sign" and self.token.text in _LEVELS[level]:
            operator = self.take().text
            right = self.arithmetic(level + 1)
            left = Binary(operator, left, right, start=left.start, end=right.end)
        return left

    def signed(self) -> Expression:
        if self.token.kind == "sign" and self.token.text in {"+", "-"}:
            sign = self.take()
            self.enter(sign)
            operand = self.signed()
            self.depth -= 1
            return Unary(sign.text, operand, start=sign.start, end=operand.end)
        base = self.indexed()
        if not self.at("**"):
            return base
        self.enter(self.take())
        exponent = self.signed()
        self.depth -= 1
        return Binary("**", base, exponent, start=base.start, end=exponent.end)

    def indexed(self) -> Expression:
        operand = self.primary()
        indices = 0
        while self.at("["):
            bracket = self.take()
            indices += 1
            if indices > MAX_NESTING:
                raise _too_deep(bracket)
            negative = self.at("-")
            if negative:
                self.take()
            number = self.whole("an index is a whole number", "write x[0] for the first element")
            if self.at(","):
                raise ExpressionError("one index at a time", self.token.start, "write x[0][1]")
            index = -number if negative else number
            operand = Index(operand, index, start=operand.start, end=self.close("]", bracket).end)
        return operand

    def primary(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.count(token)
            return Number(float(self.take().text), start=token.start, end=token.end)
        if token.kind == "name":
            return self.named()
        if self.at("("):
            self.enter(self.take())
            inner = self.expression()
            self.depth -= 1
            return replace(inner, start=token.start, end=self.close(")", token).end)
        if self.at("["):
            self.enter(self.take())
            items = self.items("]")
            self.depth -= 1
            if not items:
                raise ExpressionError("an array needs at least one element", token.start, "write [0.5, 1]")
            return Array(tuple(items), start=token.start, end=self.close("]", token).end)
        if token.kind == "end":
            raise ExpressionError("the expression stops too early", token.start, "a name or a number is missing")
        hint = "write x[0] behind a name" if token.text == "]" else "a name or a number is missing before it"
        raise ExpressionError(f"{token.text} is not expected here", token.start, hint)

    def named(self) -> Expression:
        first = self.take()
        self.count(first)
        if first.text in WORDS:
            raise ExpressionError(f"“{first.text}” is not expected here", first.start, WORDS[first.text])
        if self.at("(") and first.text != "after":
            return self.call(first)
        parts: list[str | After] = [first.text]
        last = first
        if self.at("("):  # the updates of the model that a block is about, which has no name there
            parts[0], last = self.after(first)
            if not self.at("."):
                raise ExpressionError("a name is missing behind after(n)", self.token.start, "write after(10).name")
        while self.at("."):
            self.take()
            if self.token.kind != "name":
                raise ExpressionError("a name is missing after the dot", self.token.start, "write model.name")
            last = self.take()
            parts.append(last.text)
            if self.at("("):
                parts[-1], last = self.after(last)
        return Reference(tuple(parts), start=first.start, end=last.end)

    def after(self, word: Token) -> tuple[After, Token]:
        """Read the `(n)` of `.after(n)`."""
        if word.text != "after":
            raise ExpressionError(f"{word.text} cannot be called", word.start, "the only call after a dot is after(n)")
        bracket = self.take()
        updates = self.whole("after(n) needs a whole number that is written out", "write model.after(10).name")
        return After(updates), self.close(")", bracket)

    def whole(self, message: str, hint: str) -> int:
        """Read a whole number; nine digits are enough for every index and every count."""
        token = self.token
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            raise ExpressionError(message, token.start, hint)
        return int(self.take().text)

    def call(self, function: Token) -> Call:
        if function.text not in FUNCTIONS:
            message = f"there is no function “{function.text}”"
            raise ExpressionError(message, function.start, suggestion(function.text))
        bracket = self.take()
        self.enter(bracket)
        arguments = self.items(")")
        self.depth -= 1
        closing = self.close(")", bracket)
        least, most = FUNCTIONS[function.text]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} or {most}"
            plural = "" if most == 1 else "s"
            message = f"{function.text} takes {wanted} argument{plural}, not {len(arguments)}"
            raise ExpressionError(message, function.start, _USAGE.get(function.text, f"write {function.text}(x)"))
        return Call(function.text, tuple(arguments), start=function.start, end=closing.end)

    def items(self, closing: str) -> list[Expression]:
        """Read expressions separated by commas, up to the closing bracket, which stays."""
        items: list[Expression] = []
        if self.at(closing):
            return items
        items.append(self.expression())
        while self.at(","):
            self.take()
            items.append(self.expression())
        return items

    def at(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign

    def take(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def close(self, sign: str, opening: Token) -> Token:
        if not self.at(sign):
            if self.token.kind == "end":
                raise ExpressionError(f"{opening.text} is never closed", opening.start, f"add {sign}")
            raise self.unexpected(f"{sign} is missing")
        return self.take()

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise _too_deep(token)

    def count(self, token: Token) -> None:
        self.terms += 1
        if self.terms > MAX_TERMS:
            message = f"the expression has more than {MAX_TERMS:,} names and numbers"
            raise ExpressionError(message, token.start, "split it into several lines of the graph")

    def expect_end(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected(f"{self.token.text} is not expected here")

    def unexpected(self, message: str) -> ExpressionError:
        """Say what is wrong with a token that follows something complete."""
        token, before = self.token, self.tokens[self.place - 1]
        if token.kind == "name" and token.text in WORDS:
            return ExpressionError(f"“{token.text}” is not expected here", token.start, WORDS[token.text])
        if before.kind == "name" and before.text == "lambda":
            return ExpressionError("there is no lambda here", before.start, "write the formula itself")
        if token.kind == "number" and token.text[:1] == "." and before.kind == "name" and before.end == token.start:
            hint = f"write {before.text}[{token.text[1:]}]" if token.text[1:].isdigit() else "write x[0]"
            return ExpressionError("an element of an array is written with brackets", token.start, hint)
        if token.kind in {"name", "number"} or token.text in {"(", "["}:
            return ExpressionError(f"an operator is missing before {token.text}", token.start, "write * to multiply")
        if token.text == ")":
            return ExpressionError(") has no partner", token.start, "take it out or add (")
        return ExpressionError(message, token.start, "check the brackets and commas")


_USAGE = {
    "len": "write len(x) over an array",
    "round": "write round(x, 2)",
    "close": "write close(a, b, 0.01)",
    "maximum": "write maximum(a, b)",
    "minimum": "write minimum(a, b)",
    "max": "write max(x) over an array or max(a, b)",
    "min": "write min(x) over an array or min(a, b)",
    "reshape": "write reshape(x, [2, 3])",
}


def _too_deep(token: Token) -> ExpressionError:
    message = f"the expression is nested more than {MAX_NESTING} deep"
    return ExpressionError(message, token.start, "give a part of it a name in the graph")
