"""Long sums, cut in the middle: `shorten(parse("a + b + c + d + e + f + g"))` is a + b + c + … + g."""

from bpslides.expression import Binary, Expression, Reference
from bpslides.symbolic.calculus import transform

ELLIPSIS = Reference(("…",))
"""What stands in the place of the terms left out."""

MOST_TERMS = 6
"""Sums up to this many terms stay as they are."""


def shorten(expression: Expression) -> Expression:
    """Leave out the middle of every sum of more than `MOST_TERMS` terms, wherever in the expression it stands."""
    return transform(expression, _shortened)


def _shortened(expression: Expression) -> Expression | None:
    terms: list[tuple[str, Expression]] = []
    rest = expression
    while isinstance(rest, Binary) and rest.operator in ("+", "-"):
        terms.append((rest.operator, rest.right))
        rest = rest.left
    if len(terms) < MOST_TERMS:
        return None
    result = shorten(rest)
    for operator, term in [*terms[:-3:-1], ("+", ELLIPSIS), terms[0]]:
        result = Binary(operator, result, term if term is ELLIPSIS else shorten(term))
    return result
