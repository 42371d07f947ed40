r"""Formulas of a program in symbols and in numbers: what a walk says at each of its substeps.

``Spelling(program, program.state()).symbolic(program.expressions["z"])`` is ``w \, x + b`` as LaTeX, ``numeric`` the
same with the numbers of that state in place of the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from bpslides import chains
from bpslides.autodiff import State
from bpslides.expression import Expression
from bpslides.formatting import latex_number, shows_exactly
from bpslides.program import Program
from bpslides.symbolic import latex, substitute

#: Values and weights are shown to four decimals; full precision is one key away.
SHOWN = ".4f"
#: Stands behind each rounded number until :func:`equation` has chosen the signs.
_ROUNDED = "≈"
#: The index at the end of a symbol.
_INDEX = re.compile(r"_(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^{}\\])$")
#: Gradients and steps are small: three significant digits say more of them.
SMALL = ".3s"


def equation(*sides: str) -> str:
    """An equation as LaTeX: ≈ wherever one of two neighbours holds a rounded number, else =. The first may be empty.

    What comes to 0 is 0, whatever it was multiplied with.
    """
    signs = [r"\approx" if _ROUNDED in before + after and after != "0" else "=" for before, after in pairwise(sides)]
    rest = (f"{sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))
    return " ".join([sides[0], *rest]).replace(_ROUNDED, "").strip()


def in_two_rows(left: str, symbols: str, *numbers: str) -> list[str]:
    """An equation in symbols, and below it the same in numbers."""
    return [equation(left, symbols), equation(f"\\phantom{{{left}}}", *numbers)]


def shared(symbols: Iterable[str], otherwise: str) -> str:
    """What symbols with an index have in common: W of W_{13} and W_{23}; ``otherwise``, where there is nothing."""
    letters = {_INDEX.sub("", symbol) for symbol in symbols}
    return letters.pop() if len(letters) == 1 else otherwise


class Spelling:
    """Writes the formulas of a program whose values are all single numbers: the sides of an :func:`equation`.

    Attributes:
        value: the value of every name in that state.
        symbols: the LaTeX of every name.
    """

    def __init__(self, program: Program, state: State) -> None:
        self.program = program
        self.value = {name: float(state.tape.value(name)) for name in program.names}
        self.symbols = {name: program.symbol(name) for name in program.names}

    def slope(self, line: str, operand: str) -> Expression:
        """∂line/∂operand in symbols.

        Raises:
            ExpressionError: where there is no such formula, as for softmax.
        """
        return chains.slope_formula(self.program, line, operand)

    def partial(self, of: str, by: str) -> str:
        """∂of/∂by as a fraction."""
        return chains.partial(self.program, of, by)

    def symbolic(self, expression: Expression) -> str:
        """An expression with its names."""
        return latex(expression, lambda name: self.symbols.get(name, name))

    def numeric(self, expression: Expression) -> str:
        """An expression with the numbers in place of its names."""
        return latex(substitute(expression, self.value), lambda name: name, self.number)

    def number(self, value: float) -> str:
        """Four decimals at most; numbers that are short by nature, such as 1.5, stay short."""
        short = f"{value:.6g}"
        is_short = len(short.partition(".")[2]) <= 3 and "e" not in short
        return _written(value, None if is_short else SHOWN)

    def small(self, value: float) -> str:
        """A gradient, a δ, or a step."""
        return _written(value, SMALL if value else None)

    def product(self, factors: Iterable[float], *, bare_first: bool = True) -> str:
        """Numbers multiplied with each other; negative ones stand in parentheses, but for a ``bare_first``."""
        return chains.product([self.number(factor) for factor in factors], bare_first=bare_first)


def _written(value: float, spec: str | None) -> str:
    return latex_number(value, spec) + ("" if shows_exactly(value, spec) else _ROUNDED)
