r"""Formulas that write themselves: derivatives of expressions, and expressions as LaTeX.

>>> from bpslides.expression import parse
>>> from bpslides.symbolic import default_symbol, derivative, latex, substitute
>>> slope = derivative(parse("(y - y_hat)**2"), "y_hat")
>>> print(latex(slope, default_symbol))
-2 \, (y - \hat{y})
>>> print(latex(substitute(parse("w2*a1"), {"w2": -1.2, "a1": 0.178}), default_symbol))
(-1.2) \cdot 0.178
"""

from bpslides.symbolic.calculus import derivative, replace, substitute, transform
from bpslides.symbolic.shortening import ELLIPSIS, MOST_TERMS, shorten
from bpslides.symbolic.symbols import default_symbol, letter_latex
from bpslides.symbolic.typesetting import latex

__all__ = [
    "ELLIPSIS",
    "MOST_TERMS",
    "default_symbol",
    "derivative",
    "latex",
    "letter_latex",
    "replace",
    "shorten",
    "substitute",
    "transform",
]
