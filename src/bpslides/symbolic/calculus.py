"""Derivatives in symbols, and putting one expression into another.

The rules are those of any calculus book; the results are simplified a little, so that ∂/∂w of 0.5*(y - w*x)**2 reads
-(y - w*x)*x and not 0.5*(2*(y - w*x)**1*(0 - (1*x + w*0))). What an author wrote stays as it was written.
"""

import dataclasses
from collections.abc import Callable, Mapping

from bpslides.expression import (
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
    left_spine,
    walk,
)

MAX_NODES = 300
"""The most parts an expression may have for a derivative in symbols: a longer formula fits on no slide."""

ZERO, ONE = Number(0.0), Number(1.0)


def derivative(expression: Expression, name: str) -> Expression:
    """Differentiate with respect to a name (`str` of a reference), all others being constant.

    The derivatives of relu and abs are written with step(z), which is 1 for z > 0 and else 0, and sign(z); `evaluate`
    knows both.

    Raises:
        ExpressionError: for what has no such derivative (arrays, comparisons, max, ...) and for very long expressions.
    """
    for count, _ in enumerate(walk(expression)):
        if count >= MAX_NODES:
            raise ExpressionError(
                "the expression is too long for a derivative in symbols", expression.start, "split it"
            )
    return _derive(expression, name)


def _derive(expression: Expression, name: str) -> Expression:
    first, spine = left_spine(expression)
    slope = _derive_other(first, name)
    for binary in spine:
        slope = _derive_binary(binary, slope, _derive(binary.right, name))
    return slope


def _derive_binary(binary: Binary, da: Expression, db: Expression) -> Expression:
    """Differentiate a ∘ b from the derivatives of a and b."""
    a, b = binary.left, binary.right
    match binary.operator:
        case "+":
            return _add(da, db)
        case "-":
            return _subtract(da, db)
        case "*":
            return _add(_multiply(da, b), _multiply(a, db))
        case "/":
            if db == ZERO:
                return _divide(da, b)
            if da == ZERO:
                return _negate(_divide(_multiply(a, db), _power(b, Number(2.0))))
            return _divide(_subtract(_multiply(da, b), _multiply(a, db)), _power(b, Number(2.0)))
        case "**":
            if db == ZERO:
                return _multiply(_multiply(b, _power(a, _subtract(b, ONE))), da)
            if da == ZERO:
                return _multiply(_multiply(binary, Call("log", (a,))), db)
            inner = _add(_multiply(db, Call("log", (a,))), _divide(_multiply(b, da), a))
            return _multiply(binary, inner)
        case _:
            if da == db == ZERO:
                return ZERO
            raise ExpressionError("@ has no derivative in symbols here", binary.start, "write the sum out")


def _derive_other(expression: Expression, name: str) -> Expression:
    match expression:
        case Reference():
            return ONE if str(expression) == name else ZERO
        case Number() | Call(function="len"):
            return ZERO
        case Unary():
            slope = _derive(expression.operand, name)
            return slope if expression.operator == "+" else _negate(slope)
        case Call() if expression.function in _SLOPES:
            inner = _derive(expression.arguments[0], name)
            others = [_derive(argument, name) for argument in expression.arguments[1:]]
            if all(other == ZERO for other in others):
                return ZERO if inner == ZERO else _chain(_SLOPES[expression.function](expression), inner)
    for part in walk(expression):
        if isinstance(part, Reference) and str(part) == name:
            what = expression.function if isinstance(expression, Call) else "this"
            raise ExpressionError(f"{what} has no derivative in symbols", expression.start, "use the gradient's value")
    return ZERO


def _chain(outer: Expression, inner: Expression) -> Expression:
    """Multiply the slope of a function by that of its argument; 1/u becomes inner/u."""
    if isinstance(outer, Binary) and outer.operator == "/" and outer.left == ONE:
        return _divide(inner, outer.right)
    return _multiply(outer, inner)


def _leaky_slope(call: Call) -> Expression:
    slope = call.arguments[1] if len(call.arguments) > 1 else Number(0.01)
    step = Call("step", call.arguments[:1])
    return _add(step, _multiply(slope, Binary("-", ONE, step)))


def _elu_slope(call: Call) -> Expression:
    """1 for z > 0, else αeᶻ, which is elu(z) + α."""
    alpha = call.arguments[1] if len(call.arguments) > 1 else ONE
    step = Call("step", call.arguments[:1])
    return _add(step, _multiply(Binary("-", ONE, step), Binary("+", call, alpha)))


def _silu_slope(call: Call) -> Expression:
    """silu(z) + σ(z)(1 − silu(z)), which is σ(z)(1 + z(1 − σ(z)))."""
    return _add(call, _multiply(Call("sigmoid", call.arguments), Binary("-", ONE, call)))


_SLOPES: dict[str, Callable[[Call], Expression]] = {
    "exp": lambda call: call,
    "log": lambda call: Binary("/", ONE, call.arguments[0]),
    "sqrt": lambda call: Binary("/", ONE, Binary("*", Number(2.0), call)),
    "abs": lambda call: Call("sign", call.arguments),
    "sin": lambda call: Call("cos", call.arguments),
    "cos": lambda call: Unary("-", Call("sin", call.arguments)),
    "tanh": lambda call: Binary("-", ONE, Binary("**", call, Number(2.0))),
    "sigmoid": lambda call: Binary("*", call, Binary("-", ONE, call)),
    "relu": lambda call: Call("step", call.arguments),
    "leaky_relu": _leaky_slope,
    "elu": _elu_slope,
    "silu": _silu_slope,
    "softplus": lambda call: Call("sigmoid", call.arguments),
}
"""For each function of one variable, its derivative at the argument of the call."""


# --- arithmetic that simplifies ---------------------------------------------------------------------------------------


def _split_factor(expression: Expression) -> tuple[float, Expression]:
    """Split a numeric factor off the front: 2*u into 2 and u, -u into -1 and u, 3 into 3 and 1."""
    match expression:
        case Number(value=value):
            return value, ONE
        case Unary(operator="-", operand=operand):
            factor, rest = _split_factor(operand)
            return -factor, rest
        case Binary(operator="*", left=Number(value=value), right=rest):
            return value, rest
        case _:
            return 1.0, expression


def _with_factor(factor: float, rest: Expression) -> Expression:
    if factor == 0.0 or rest == ONE:
        return Number(factor + 0.0)
    if factor == 1.0:
        return rest
    return Unary("-", rest) if factor == -1.0 else Binary("*", Number(factor), rest)


def _multiply(a: Expression, b: Expression) -> Expression:
    (p, u), (q, v) = _split_factor(a), _split_factor(b)
    if ONE in (u, v):
        return _with_factor(p * q, v if u == ONE else u)
    return _with_factor(p * q, Binary("*", u, v))


def _negate(a: Expression) -> Expression:
    factor, rest = _split_factor(a)
    return _with_factor(-factor, rest)


def _add(a: Expression, b: Expression) -> Expression:
    if ZERO in (a, b):
        return b if a == ZERO else a
    if isinstance(a, Number) and isinstance(b, Number):
        return Number(a.value + b.value)
    factor, rest = _split_factor(b)
    if factor < 0:
        return Binary("-", a, _with_factor(-factor, rest))
    return Binary("+", a, b)


def _subtract(a: Expression, b: Expression) -> Expression:
    return _add(a, _negate(b))


def _divide(a: Expression, b: Expression) -> Expression:
    if a == ZERO or b == ONE:
        return a
    if isinstance(a, Number) and isinstance(b, Number) and b.value and (a.value / b.value).is_integer():
        return Number(a.value / b.value)
    (p, u), (q, v) = _split_factor(a), _split_factor(b)
    if q and (p / q).is_integer() and v != ONE:
        p, b = p / q, v
    if p < 0:
        return Unary("-", Binary("/", _with_factor(-p, u), b))
    return Binary("/", _with_factor(p, u), b)


def _power(a: Expression, b: Expression) -> Expression:
    if b == ONE:
        return a
    return ONE if b == ZERO else Binary("**", a, b)


# --- one expression inside another ------------------------------------------------------------------------------------


def substitute(expression: Expression, values: Mapping[str, float | Expression]) -> Expression:
    """Put numbers or expressions in the place of names (`str` of a reference); nothing is worked out."""

    def put(found: Expression) -> Expression | None:
        if not isinstance(found, Reference) or str(found) not in values:
            return None
        value = values[str(found)]
        return Number(float(value)) if isinstance(value, int | float) else value

    return transform(expression, put)


def replace(expression: Expression, part: Expression, by: Expression) -> Expression:
    """Put `by` in the place of every part that is equal to `part`."""
    return transform(expression, lambda found: by if found == part else None)


def transform(expression: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    """Rebuild an expression from the top, with `change` deciding on each part; None keeps it and looks inside."""
    spine: list[Binary] = []
    result = change(expression)
    while result is None and isinstance(expression, Binary):
        spine.append(expression)
        expression = expression.left
        result = change(expression)
    if result is None:
        result = _inside(expression, change)
    for binary in reversed(spine):
        result = dataclasses.replace(binary, left=result, right=transform(binary.right, change))
    return result


def _inside(expression: Expression, change: Callable[[Expression], Expression | None]) -> Expression:
    def each(parts: tuple[Expression, ...]) -> tuple[Expression, ...]:
        return tuple(transform(part, change) for part in parts)

    match expression:
        case Unary() | Index():
            return dataclasses.replace(expression, operand=transform(expression.operand, change))
        case Call():
            return dataclasses.replace(expression, arguments=each(expression.arguments))
        case Array():
            return dataclasses.replace(expression, items=each(expression.items))
        case Compare():
            return dataclasses.replace(expression, operands=each(expression.operands))
        case And():
            return dataclasses.replace(expression, parts=each(expression.parts))
        case _:
            return expression
