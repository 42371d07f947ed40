"""The syntax tree: small frozen dataclasses that know where they stand in the text.

Two trees are equal when they say the same; where they stood does not count. `start` and `end` are character offsets
into the parsed text, parentheses included, and 0 in trees that were not parsed. A long chain such as a + b + c + ...
leans to the left, so code that walks trees goes down the left side in a loop: see `left_spine`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class After:
    """The part `after(n)` of a reference: the model after n updates."""

    updates: int


@dataclass(frozen=True, slots=True)
class Node:
    """What all nodes have: their place in the text."""

    start: int = field(default=0, compare=False, kw_only=True)
    end: int = field(default=0, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number, always a finite double."""

    value: float


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A name, or a dotted path such as `six_weights.after(10).grad.O5.a`."""

    parts: tuple[str | After, ...]

    def __str__(self) -> str:
        return ".".join(f"after({part.updates})" if isinstance(part, After) else part for part in self.parts)


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """A sign: `operator` is + or -."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic with two sides: `operator` is one of + - * / @ **."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A chain of comparisons, one operand more than operators: a < b <= c."""

    operands: tuple["Expression", ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And(Node):
    """Comparisons that must all hold."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function with its arguments."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Index(Node):
    """One element along the first axis; a negative index counts from the end."""

    operand: "Expression"
    index: int


@dataclass(frozen=True, slots=True)
class Array(Node):
    """A list of equally shaped things."""

    items: tuple["Expression", ...]


Expression = Number | Reference | Unary | Binary | Compare | And | Call | Index | Array


class ExpressionError(ValueError):
    """An expression that cannot be read or worked out.

    Attributes:
        message: what is wrong.
        offset: the character of the text at which it is, from 0.
        hint: what to do about it, or "".
    """

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        """Keep the parts, so that a caller can add file, line and column."""
        super().__init__(f"{message} ({hint})" if hint else message)
        self.message = message
        self.offset = offset
        self.hint = hint


def left_spine(expression: Expression) -> tuple[Expression, list[Binary]]:
    """Return what stands leftmost below the arithmetic, and the arithmetic from there upwards.

    For a + b - c that is a, then [a + b, (a + b) - c]: a loop over it needs no recursion however long the chain is.
    """
    spine: list[Binary] = []
    while isinstance(expression, Binary):
        spine.append(expression)
        expression = expression.left
    return expression, spine[::-1]


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the parts of an expression, in the order in which they are written."""
    match expression:
        case Unary() | Index():
            return (expression.operand,)
        case Binary():
            return (expression.left, expression.right)
        case Compare():
            return expression.operands
        case And():
            return expression.parts
        case Call():
            return expression.arguments
        case Array():
            return expression.items
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Go through an expression and all its parts, in the order in which they are written."""
    waiting = [expression]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def references(expression: Expression) -> list[Reference]:
    """Return every reference in an expression, in the order in which they are written."""
    return [found for found in walk(expression) if isinstance(found, Reference)]


TIGHTNESS = {"and": 0, "compare": 1, "+": 2, "-": 2, "*": 3, "/": 3, "@": 3, "sign": 4, "**": 5}
"""How tightly each operator binds; names, numbers, calls and arrays bind tightest of all, with 6."""


def binding(expression: Expression) -> int:
    """Return how tightly the outermost operator binds, as in `TIGHTNESS`."""
    match expression:
        case And():
            return TIGHTNESS["and"]
        case Compare():
            return TIGHTNESS["compare"]
        case Binary():
            return TIGHTNESS[expression.operator]
        case Unary():
            return TIGHTNESS["sign"]
        case Number() if expression.value < 0:
            return TIGHTNESS["sign"]
        case _:
            return 6


def source_text(expression: Expression) -> str:
    """Write an expression as it could stand in a deck, with as few parentheses as possible."""
    first, spine = left_spine(expression)
    text, tightness = _other_text(first), binding(first)
    for binary in spine:
        own = TIGHTNESS[binary.operator]
        power = binary.operator == "**"
        left = f"({text})" if tightness < own + power else text
        # a sign may stand right of a power as it is: 2**-1
        right = _wrapped(binary.right, TIGHTNESS["sign"] if power else own + 1)
        space = "" if own > TIGHTNESS["+"] else " "
        text, tightness = f"{left}{space}{binary.operator}{space}{right}", own
    return text


def _wrapped(expression: Expression, least: int) -> str:
    text = source_text(expression)
    return f"({text})" if binding(expression) < least else text


def _other_text(expression: Expression) -> str:
    """Write anything but arithmetic with two sides."""
    match expression:
        case Number():
            text = repr(expression.value)
            return text.removesuffix(".0")
        case Unary():
            return expression.operator + _wrapped(expression.operand, TIGHTNESS["sign"])
        case Compare():
            operands = [_wrapped(operand, TIGHTNESS["+"]) for operand in expression.operands]
            tail = zip(expression.operators, operands[1:], strict=True)
            return operands[0] + "".join(f" {operator} {operand}" for operator, operand in tail)
        case And():
            return " and ".join(_wrapped(part, TIGHTNESS["compare"]) for part in expression.parts)
        case Call():
            return f"{expression.function}({', '.join(map(source_text, expression.arguments))})"
        case Index():
            return f"{_wrapped(expression.operand, 6)}[{expression.index}]"
        case Array():
            return f"[{', '.join(map(source_text, expression.items))}]"
        case _:
            return str(expression)
