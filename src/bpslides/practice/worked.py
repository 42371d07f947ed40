"""The solution of a question: the formula of the right number in symbols, in numbers, and its value."""

from __future__ import annotations

import re
from dataclasses import replace

from bpslides.compute import Wanted
from bpslides.equations import Derivation, Step, derivation
from bpslides.expression import ExpressionError, Number, references
from bpslides.formatting import latex_number, shows_exactly
from bpslides.practice.questions import Asked, taken_apart, value_of
from bpslides.program import Program
from bpslides.symbolic import latex, substitute

#: Numbers in a solution have so many digits, unless they are short by themselves.
DIGITS = ".5s"


def solution(asked: Asked, program: Program) -> Derivation:
    """How the right number comes about; where that has no formula, just what it is."""
    own = asked.own
    if own is not None:
        try:
            found = derivation(Wanted(program, own.steps, own.kind, own.name), ["symbols", "numbers", "value"])
        except ExpressionError:
            return Derivation(asked.formula(program), [_number(asked.right(program))])
        if asked.sign == "absorbed":
            return _turned(found, asked.right(program))
        return replace(found, left=asked.formula(program)) if own.steps else found
    values = {str(ref): value_of(program, taken_apart(ref, program.name)) for ref in references(asked.expression)}
    if any(value.ndim for value in values.values()):
        return Derivation(asked.formula(program), [_number(asked.right(program))])
    singles = {name: float(value) for name, value in values.items()}
    filled = latex(substitute(asked.expression, {name: Number(v) for name, v in singles.items()}), str, _text)
    exact = all(shows_exactly(value, _format(value)) for value in singles.values())
    return Derivation(asked.formula(program), [Step([filled], exact), _number(asked.right(program))])


def _turned(found: Derivation, right: float) -> Derivation:
    """The same with a minus in front."""
    steps = [replace(step, pieces=_negated(step.pieces)) for step in found.steps[:-1]]
    return Derivation(f"-{found.left}", [*steps, _number(right)])


def _negated(pieces: list[str]) -> list[str]:
    if len(pieces) == 1 and not re.search(r"^-| [-+] ", pieces[0]):
        return [f"-{pieces[0]}"]
    first, *rest = pieces
    *middle, last = [f"-({first}", *rest]
    return [*middle, f"{last})"]


def _number(value: float) -> Step:
    return Step([_text(value)], shows_exactly(value, _format(value)))


def _text(value: float) -> str:
    return latex_number(value, _format(value))


def _format(value: float) -> str | None:
    return None if len(f"{abs(value):.6g}".replace(".", "").lstrip("0")) < 5 else DIGITS
