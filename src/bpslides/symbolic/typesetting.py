r"""Expressions as LaTeX: `latex(parse("0.5*(y - w*x)**2"), default_symbol)` is 0.5 \, (y - w \, x)^{2}.

Parentheses appear where they must. Products are set side by side with a thin space, and with a visible dot before a
number; in an expression without any name every product has its dot, and a negative factor its parentheses.
"""

from collections.abc import Callable

from bpslides.autodiff import OPS
from bpslides.expression import (
    And,
    Array,
    Binary,
    Call,
    Compare,
    Expression,
    Index,
    Number,
    Reference,
    Unary,
    left_spine,
    references,
)
from bpslides.formatting import latex_number
from bpslides.symbolic.shortening import ELLIPSIS

# How tightly a piece of LaTeX holds together, loosest first.
_TRUTH, _SUM, _SIGNED, _PRODUCT, _FRACTION, _POWER, _ATOM = range(7)

_COMPARISONS = {"==": "=", "!=": r"\ne", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"}
_NAMED = {
    "len": r"\mathrm{len}",
    "round": r"\mathrm{round}",
    "sign": r"\mathrm{sign}",
    "maximum": r"\max",
    "minimum": r"\min",
}
_RAISED_NAMES = frozenset({"sin", "cos", "tanh"})


def latex(expression: Expression, symbol: Callable[[str], str], number: Callable[[float], str] = latex_number) -> str:
    r"""Write an expression as LaTeX.

    `symbol` gives the LaTeX of a name (`str` of a reference), `number` that of a number, with an ASCII minus in front
    of negative ones.
    """
    names = [name for name in references(expression) if name != ELLIPSIS]
    return _Typesetter(symbol, number, visible_dots=not names).set(expression)[0]


class _Typesetter:
    """Turns parts into pairs of LaTeX and its tightness."""

    def __init__(self, symbol: Callable[[str], str], number: Callable[[float], str], *, visible_dots: bool) -> None:
        self.symbol = symbol
        self.number = number
        self.visible_dots = visible_dots

    def set(self, expression: Expression) -> tuple[str, int]:
        first, spine = left_spine(expression)
        piece = self.other(first)
        for binary in spine:
            piece = self.binary(binary, piece)
        return piece

    def binary(self, binary: Binary, left: tuple[str, int]) -> tuple[str, int]:
        match binary.operator:
            case "+" | "-":
                right = self.set(binary.right)
                # a sign never follows a sign, and a - (b + c) keeps its parentheses
                least = _PRODUCT if binary.operator == "-" or right[1] == _SIGNED else _SUM
                return f"{_held(left, _SUM)} {binary.operator} {_held(right, least)}", _SUM
            case "*" | "@":
                right = self.set(binary.right)
                second = _held(right, _PRODUCT)
                first = _held(left, _PRODUCT if self.visible_dots else _SIGNED)
                dot = binary.operator == "*" and (self.visible_dots or second[:1].isdigit())
                sign = r"\cdot" if dot else r"\,"
                return f"{first} {sign} {second}", _SIGNED if first[:1] == "-" else _PRODUCT
            case "/":
                return rf"\frac{{{left[0]}}}{{{self.set(binary.right)[0]}}}", _FRACTION
            case _:
                return self.power(binary, left)

    def power(self, binary: Binary, base: tuple[str, int]) -> tuple[str, int]:
        exponent = self.set(binary.right)[0]
        if isinstance(binary.left, Call) and binary.left.function in _RAISED_NAMES and exponent[:1] != "-":
            name, argument = _prefix(binary.left.function), self.set(binary.left.arguments[0])[0]
            return f"{name}^{{{exponent}}}{_parentheses(argument)}", _POWER
        # a symbol that is raised already, such as a^{(1)}, cannot be raised again without parentheses
        raised = isinstance(binary.left, Reference) and "^" in base[0]
        return f"{_parentheses(base[0]) if raised else _held(base, _ATOM)}^{{{exponent}}}", _POWER

    def other(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case Number():
                text = self.number(expression.value)
                if text[:1] == "-":
                    return text, _SIGNED
                return text, _PRODUCT if r"\times" in text else _ATOM
            case Reference() if expression == ELLIPSIS:
                return r"\cdots", _ATOM
            case Reference():
                return self.symbol(str(expression)), _ATOM
            case Unary():
                operand = self.set(expression.operand)
                return operand if expression.operator == "+" else (f"-{_held(operand, _PRODUCT)}", _SIGNED)
            case Call():
                return self.call(expression)
            case Index():
                base = _held(self.set(expression.operand), _ATOM)
                base = _parentheses(base) if "_" in base else base
                return f"{base}_{{{expression.index}}}", _ATOM
            case Array():
                return f"[{self.listed(expression.items)}]", _ATOM
            case Compare():
                parts = [self.set(operand)[0] for operand in expression.operands]
                signs = [_COMPARISONS[operator] for operator in expression.operators]
                tail = "".join(f" {sign} {part}" for sign, part in zip(signs, parts[1:], strict=True))
                return parts[0] + tail, _TRUTH
            case And():
                return r" \land ".join(self.set(part)[0] for part in expression.parts), _TRUTH
            case _:
                raise TypeError(f"no LaTeX for {type(expression).__name__}")

    def call(self, call: Call) -> tuple[str, int]:
        name = call.function
        argument = self.set(call.arguments[0])
        match name:
            case "exp":
                return f"e^{{{argument[0]}}}", _POWER
            case "sqrt":
                return rf"\sqrt{{{argument[0]}}}", _ATOM
            case "abs":
                return rf"\left|{argument[0]}\right|", _ATOM
            case "step":
                return rf"\mathbf{{1}}[{argument[0]} > 0]", _ATOM
            case "sum" if len(call.arguments) == 1:
                return rf"\sum {_held(argument, _PRODUCT)}", _PRODUCT
            case "transpose":
                return rf"{_held(argument, _ATOM)}^{{\mathsf{{T}}}}", _POWER
            case "close":
                return rf"{argument[0]} \approx {self.set(call.arguments[1])[0]}", _TRUTH
            case "round":
                return f"{_NAMED[name]}{_parentheses(argument[0])}", _ATOM
            case _:
                return f"{_prefix(name)}{_parentheses(self.listed(call.arguments))}", _ATOM

    def listed(self, items: tuple[Expression, ...]) -> str:
        return ", ".join(self.set(item)[0] for item in items)


def _prefix(function: str) -> str:
    r"""Return what stands before the parentheses of a function, such as \sigma; the table of operations knows."""
    if function in _NAMED:
        return _NAMED[function]
    head, _, rest = OPS[function].latex.partition(r"\left(")
    return head if rest else rf"\mathrm{{{function}}}"


def _held(piece: tuple[str, int], least: int) -> str:
    text, tightness = piece
    return text if tightness >= least else _parentheses(text)


def _parentheses(text: str) -> str:
    r"""Put parentheses around; only around something tall do they need to grow."""
    tall = any(command in text for command in (r"\frac", r"\sum", r"\sqrt"))
    return rf"\left({text}\right)" if tall else f"({text})"
