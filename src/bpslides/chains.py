"""The chain rule on the graph of a model: ways from the loss to a number, the slopes along them, and how both are set.

Walks and equations tell the same chain, so what they need of it stands here once.
"""

from __future__ import annotations

from bpslides.autodiff import Tape, local_derivatives
from bpslides.diagrams import operands
from bpslides.expression import Expression, Reference
from bpslides.program import Program
from bpslides.symbolic import derivative, replace

MAX_PATHS = 4
"""The most paths that a slide can hold."""


def dependents(program: Program, target: str) -> set[str]:
    """``target`` and every line whose value depends on it."""
    found = {target}
    for line in program.graph.lines:
        if not found.isdisjoint(operands(program, line)):
            found.add(line)
    return found


def paths(program: Program, target: str, most: int = MAX_PATHS) -> list[list[str]]:
    """The ways from the loss down to ``target``, each as the names on it; none where the loss does not depend on it.

    The search ends with the path that is one too many, so there are ``most + 1`` at most.
    """
    # Without this a search may go through 2ⁿ paths that lead nowhere.
    leading = dependents(program, target)
    found: list[list[str]] = []
    waiting = [[program.output]]
    while waiting and len(found) <= most:
        path = waiting.pop()
        for operand in operands(program, path[-1]) if path[-1] in program.graph.lines else []:
            if operand == target:
                found.append([*path, operand])
            elif operand in leading:
                waiting.append([*path, operand])
    return found[: most + 1]


def slopes(program: Program, tape: Tape, line: str) -> dict[str, float]:
    """∂line/∂operand for each operand of a line, the others held fast. All of them have to be single numbers."""
    found = local_derivatives(tape, line, set(operands(program, line)) - {line})
    return {name: float(slope) for name, slope in found.items()}


def partial(program: Program, of: str, by: str) -> str:
    """∂of/∂by as LaTeX."""
    return rf"\frac{{\partial {program.symbol(of)}}}{{\partial {program.symbol(by)}}}"


def slope_formula(program: Program, line: str, operand: str) -> Expression:
    """∂line/∂operand in symbols; the line's own value stands for its expression, so σ′ becomes a(1 − a).

    Raises:
        ExpressionError: for what has no derivative in symbols.
    """
    expression = program.expressions[line]
    return replace(derivative(expression, operand), expression, Reference(tuple(line.split("."))))


def product(factors: list[str], *, bare_first: bool = False) -> str:
    """Numbers (as LaTeX) multiplied with each other; negative ones stand in parentheses, but for a ``bare_first``."""
    if len(factors) == 1:
        return factors[0]
    held = [
        f"({text})" if text.startswith("-") and not (bare_first and i == 0) else text for i, text in enumerate(factors)
    ]
    return r" \cdot ".join(held)
