"""Syntax tree to value: `evaluate(parse("w*x + b"), lookup)`.

`lookup` gives the value of each reference. Plain numbers and arrays are worked out at once; as soon as an autodiff
`Var` takes part, the operation is recorded on its tape: the same language writes graphs and reads results.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bpslides.autodiff import Array as Numbers
from bpslides.autodiff import AutodiffError, NotFinite, Var, apply, as_value
from bpslides.expression.nodes import (
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
    source_text,
)

Value = float | bool | Numbers | Var
"""What an expression gives: a number, true or false, an array (float64), or a node of a tape."""

Lookup = Callable[[Reference], object]
"""Gives the value of a reference, a number, nested list, array or Var; it raises its own error for an unknown one."""

_OPS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "@": "matmul", "**": "pow"}
_EXTRA = {
    "leaky_relu": "slope",
    "elu": "alpha",
    "sum": "axis",
    "mean": "axis",
    "softmax": "axis",
    "log_softmax": "axis",
}
_COMPARE: dict[str, Callable[[Numbers, Numbers], object]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def evaluate(expression: Expression, lookup: Lookup) -> Value:
    """Work out an expression.

    Comparisons of arrays hold when they hold for every element (!= when the arrays differ anywhere).

    Raises:
        ExpressionError: with the place, when a result is not finite (as in 1/0), shapes do not fit, a comparison is
            used as a number, or a comparison or round meets a Var. Errors of `lookup` pass through.
    """
    if isinstance(expression, Binary):
        first, spine = left_spine(expression)
        value = evaluate(first, lookup)
        for binary in spine:
            left = _number(value, binary.left)
            value = _run(binary, _OPS[binary.operator], left, _number(evaluate(binary.right, lookup), binary.right))
        return value
    match expression:
        case Number():
            return expression.value
        case Reference():
            return _known(expression, lookup(expression))
        case Unary():
            operand = _number(evaluate(expression.operand, lookup), expression.operand)
            return operand if expression.operator == "+" else _run(expression, "neg", operand)
        case Index():
            operand = _number(evaluate(expression.operand, lookup), expression.operand)
            return _run(expression, "index", operand, index=expression.index)
        case Array():
            return _run(expression, "stack", *(_number(evaluate(item, lookup), item) for item in expression.items))
        case Compare():
            return _compare(expression, lookup)
        case And():
            # all parts are worked out, so that a mistake behind a false comparison is found too
            truths = [_truth(evaluate(part, lookup), part) for part in expression.parts]
            return all(truths)
        case Call():
            return _call(expression, lookup)


class Side(NamedTuple):
    """A comparison that does not hold: both texts with their values, and the sign between them (≈ for close)."""

    left_text: str
    left: Value
    operator: str
    right_text: str
    right: Value


def comparison_sides(expression: Expression, lookup: Lookup) -> list[Side]:
    """Return the comparisons of a claim that do not hold, with the texts and values of their sides.

    Raises:
        ExpressionError: as `evaluate` does.
    """
    found: list[Side] = []
    for part in expression.parts if isinstance(expression, And) else (expression,):
        pairs: list[tuple[Expression, str, Expression]] = []
        if isinstance(part, Compare):
            pairs = list(zip(part.operands, part.operators, part.operands[1:], strict=False))
        elif isinstance(part, Call) and part.function == "close" and not evaluate(part, lookup):
            pairs = [(part.arguments[0], "≈", part.arguments[1])]
        elif isinstance(part, And):
            found += comparison_sides(part, lookup)
        for left, operator, right in pairs:
            if operator == "≈" or not evaluate(Compare((left, right), (operator,), start=left.start), lookup):
                values = evaluate(left, lookup), evaluate(right, lookup)
                found.append(Side(source_text(left), values[0], operator, source_text(right), values[1]))
    return found


def _known(reference: Reference, value: object) -> Value:
    """Check what `lookup` found, and turn it into a plain number, an array or a Var."""
    if isinstance(value, Var):
        return value
    try:
        array = as_value(value, str(reference))
    except AutodiffError as error:
        raise ExpressionError(error.message, reference.start, error.hint) from error
    return array if array.ndim else float(array)


def _run(node: Expression, op: str, *values: object, **attributes: object) -> Value:
    """Apply an operation of the core, with errors at the place of the node."""
    try:
        result = apply(op, *values, **attributes)
    except NotFinite as error:
        text = source_text(node)
        shown = text if len(text) <= 60 else f"{text[:57]}..."
        raise ExpressionError(f"{shown} has no finite value", node.start, error.hint) from error
    except AutodiffError as error:
        raise ExpressionError(error.message, node.start, error.hint) from error
    if isinstance(result, Var) or result.ndim:
        return result
    return float(result)


_SHARE = "only “and” joins comparisons; a share is counted by arithmetic: 1 - mean(abs(round(p) - y))"


def _number(value: Value, node: Expression) -> float | Numbers | Var:
    if isinstance(value, bool):
        raise ExpressionError("a comparison is true or false and cannot be calculated with", node.start, _SHARE)
    return value


def _truth(value: Value, node: Expression) -> bool:
    if not isinstance(value, bool):
        raise ExpressionError("and joins comparisons, but this is a number", node.start, "compare it with something")
    return value


def _plain(value: Value, node: Expression, user: str) -> Numbers:
    if isinstance(value, Var):
        raise ExpressionError(f"{user} cannot be part of a graph", node.start, "use it in text, tables or claims")
    return np.asarray(_number(value, node))


def _compare(expression: Compare, lookup: Lookup) -> bool:
    values = [_plain(evaluate(operand, lookup), operand, "a comparison") for operand in expression.operands]
    holds = True
    for place, operator in enumerate(expression.operators):
        left, right = values[place], values[place + 1]
        if left.shape != right.shape and left.ndim and right.ndim:
            message = f"the shapes {left.shape} and {right.shape} cannot be compared"
            raise ExpressionError(message, expression.operands[place].start, "make the shapes equal")
        answers = np.asarray(_COMPARE[operator](left, right))
        holds &= bool(answers.any() if operator == "!=" else answers.all())
    return holds


def _call(call: Call, lookup: Lookup) -> Value:
    name, nodes = call.function, call.arguments
    values = [_number(evaluate(node, lookup), node) for node in nodes]
    match name, len(values):
        case "max" | "min", 2:
            return _run(call, "maximum" if name == "max" else "minimum", *values)
        case "len", _:
            shape = values[0].value.shape if isinstance(values[0], Var) else np.shape(values[0])
            if not shape:
                raise ExpressionError("a single number has no length", call.start, "len(x) counts what is in an array")
            return float(shape[0])
        case "round", _:
            digits = _whole(values[1], nodes[1], "the number of digits") if len(values) > 1 else 0
            return _round(_plain(values[0], nodes[0], "round"), digits)
        case "close", _:
            left, right, tolerance = (_plain(value, node, "close") for value, node in zip(values, nodes, strict=True))
            return bool(np.all(np.abs(np.asarray(_run(call, "sub", left, right))) <= tolerance))
        case "step" | "sign", 1:
            # not for authors: the derivatives of relu and abs that `symbolic` writes
            argument = _plain(values[0], nodes[0], name)
            result = np.where(argument > 0, 1.0, 0.0) if name == "step" else np.sign(argument)
            return result if result.ndim else float(result)
        case "reshape", 2:
            sizes = np.atleast_1d(_plain(values[1], nodes[1], "a shape"))
            return _run(
                call, "reshape", values[0], shape=[_whole(float(size), nodes[1], "a size") for size in sizes.flat]
            )
        case _ if name in _EXTRA and len(values) > 1:
            key = _EXTRA[name]
            extra = _plain(values[1], nodes[1], f"the {key}")
            if extra.ndim:
                raise ExpressionError(f"the {key} must be a single number", nodes[1].start, f"write {name}(x, 0)")
            option = _whole(float(extra), nodes[1], "the axis") if key == "axis" else float(extra)
            return _run(call, name, values[0], **{key: option})
        case _:
            return _run(call, name, *values)


def _whole(value: Value, node: Expression, what: str) -> int:
    number = _plain(value, node, what)
    if number.ndim or not float(number).is_integer() or abs(float(number)) > 1e6:
        raise ExpressionError(f"{what} must be a whole number", node.start, "write 0, 1, 2, ...")
    return int(number)


def _round(value: Numbers, digits: int) -> float | Numbers:
    """Round as Python does, on the exact binary value; numpy would scale first and be off at some ties."""
    rounded = np.array([round(float(item), digits) for item in value.flat]).reshape(value.shape)
    return rounded if rounded.ndim else float(rounded)
