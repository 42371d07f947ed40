"""The view of an equation that writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.expression import ExpressionError
from bpslides.formatting import format_number
from bpslides.model import Equation
from bpslides.program import report
from bpslides.views.common import View, known

if TYPE_CHECKING:
    from bpslides.compute import Numbers


def equation(block: Equation, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The formula of a number of a model, as one line or as rows; nothing for a formula that the author wrote."""
    if block.of is None:
        return {"rows": None, "formula": None}
    from bpslides.equations import derivation  # most formulas are the author's

    wanted = numbers.wanted(block.of)
    if wanted is None:
        return None
    program = wanted.program
    lines = list(program.graph.lines)
    if [name for name in block.expand or [] if not known(name, name, program, lines, problems)]:  # all are told
        return None
    if block.format is not None:
        try:
            format_number(0.0, block.format)
        except ValueError as error:
            problems.error(str(error), block.format.place())
            return None
    expand = None if block.expand is None else [str(name) for name in block.expand]
    try:
        found = derivation(wanted, block.show or ["symbols", "numbers", "value"], block.format, expand)
    except ExpressionError as error:
        report(error, block.of, 0, problems)
        return None
    if found.fits_one_line:
        return {"rows": None, "formula": found.formula}
    return {"left": found.left, "rows": found.rows, "formula": None}
