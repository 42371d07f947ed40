r"""Formulas of a program in symbols and in numbers: what a walk says at each of its substeps.

``Spelling(program, program.state()).symbolic(program.expressions["z"])`` is ``w \, x + b`` as LaTeX, ``numeric`` the
same with the numbers of that state in place of the names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bpslides import chains
from bpslides.autodiff import State
from bpslides.expression import Expression
from bpslides.formatting import latex_number
from bpslides.program import Program
from bpslides.symbolic import latex, substitute

#: Values and weights are shown to four decimals; full precision is one key away.
SHOWN = ".4f"
#: The index at the end of a symbol.
_INDEX = re.compile(r"_(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^{}\\])$")
#: Gradients and steps are small: three significant digits say more of them.
SMALL = ".3s"


def shared(symbols: Iterable[str], otherwise: str) -> str:
    """What symbols with an index have in common: W of W_{13} and W_{23}; ``otherwise``, where there is nothing."""
    letters = {_INDEX.sub("", symbol) for symbol in symbols}
    return letters.pop() if len(letters) == 1 else otherwise


class Spelling:
    """Writes the formulas of a program whose values are all single numbers.

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
        return latex_number(value, None if is_short else SHOWN)

    def small(self, value: float) -> str:
        """A gradient, a δ, or a step."""
        return latex_number(value, SMALL if value else None)

    def product(self, factors: Iterable[float], *, bare_first: bool = True) -> str:
        """Numbers multiplied with each other; negative ones stand in parentheses, but for a ``bare_first``."""
        return chains.product([self.number(factor) for factor in factors], bare_first=bare_first)
