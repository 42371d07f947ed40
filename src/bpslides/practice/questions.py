"""Questions about a model: what the right number is, and what it is when something goes wrong.

``read`` makes an :class:`Asked` of an author's question, whose ``right`` and ``wrong`` can then be asked for any
numbers of the model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bpslides.autodiff import Array, AutodiffError
from bpslides.errors import Problems, did_you_mean
from bpslides.expression import After, Expression, ExpressionError, Reference, Unary, evaluate, references
from bpslides.model import Question
from bpslides.practice.calculation import Calculation, NotFollowed
from bpslides.practice.slip import Latex, Said
from bpslides.program import Program, read_expression, report
from bpslides.symbolic import latex

#: Models with more names are not searched for the one that a number belongs to.
MOST_NAMES = 60
#: A wrong answer keeps so many digits, enough to tell it from others.
KEPT = 8

SIGN, SLIP, OTHER, ROUNDING = range(4)
"""How a wrong answer came about; the page believes the first before the next."""


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, and what to say to whoever gives it."""

    value: float
    said: Said
    rank: int


@dataclass(frozen=True)
class Named:
    """A reference within a model, taken apart: the steps before it, what of it (value, grad, updated), and its name."""

    steps: int
    kind: str
    name: str


@dataclass(frozen=True)
class Asked:
    """One question: its expression, with the sign that it is asked in."""

    expression: Expression
    program: str
    sign: str | None

    def right(self, program: Program) -> float:
        """The right number for a program.

        Raises:
            AutodiffError, ExpressionError: where there is none.
        """
        return self._number(lambda named: value_of(program, named))

    def wrong(self, program: Program, calculations: Iterable[Calculation], tolerance: float) -> list[Wrong]:
        """What comes out with each slip, where that is further than ``tolerance`` from the right number."""
        right = self.right(program)
        found: list[Wrong] = []
        for calculation in calculations:
            try:
                value = self._number(lambda n, c=calculation: c.found(n.steps, n.kind, n.name))  # type: ignore[misc]
            except (AutodiffError, ExpressionError, NotFollowed):
                continue  # this way there is no number at all
            found.append(Wrong(value, calculation.slip.said, ROUNDING if calculation.slip.rounding else SLIP))
        own = self.own
        if own is not None or not any(math.isclose(slip.value, -right, rel_tol=1e-9) for slip in found):
            found.append(Wrong(-right, self.sign_said(program), SIGN))  # else a slip says better why
        if own is not None and own.kind == "updated" and not own.steps:
            old = Latex(program.symbol(own.name))
            found.append(Wrong(float(program.tape.value(own.name)), ("This is ", old, " before the step."), OTHER))
        seen: set[tuple[object, float]] = set()
        kept = []
        for wrong in found:
            value = kept_digits(wrong.value)
            # Of roundings that come to the same, the mildest is told.
            key = (ROUNDING if wrong.rank == ROUNDING else wrong.said, value)
            if abs(wrong.value - right) <= tolerance or key in seen or not math.isfinite(value):
                continue
            seen.add(key)
            kept.append(Wrong(value, wrong.said, wrong.rank))
        return kept

    @property
    def own(self) -> Named | None:
        """The number that is asked for, if it is one of the model's own and nothing is calculated with it."""
        inner = self.expression.operand if isinstance(self.expression, Unary) and self.sign else self.expression
        return taken_apart(inner, self.program) if isinstance(inner, Reference) else None

    def sign_said(self, program: Program, *, switched: bool = False) -> Said:
        """What a learner is told whose sign is the other one; ``switched`` where the convention was changed."""
        own = self.own
        if own is None or own.kind != "grad":
            return ("The sign is the wrong way round.",)
        slope = symbol(program, own)
        if (self.sign == "absorbed") != switched:
            return ("The sign: asked for is ", Latex(f"-{slope}"), ", with the minus of the step inside.")
        return ("The sign: asked for is ", Latex(slope), " itself, without the minus of the step.")

    def formula(self, program: Program) -> Latex:
        """The number that is asked for, in symbols."""
        symbols = {str(ref): symbol(program, taken_apart(ref, self.program)) for ref in references(self.expression)}
        return Latex(latex(self.expression, lambda name: symbols[str(name)]))

    def _number(self, look: Callable[[Named], Array]) -> float:
        value = evaluate(self.expression, lambda ref: look(taken_apart(ref, self.program)))
        if isinstance(value, bool) or np.ndim(value):  # type: ignore[arg-type]
            raise ExpressionError("this should be a single number", 0, "take one of it, such as x[0]")
        return float(value) + 0.0  # type: ignore[arg-type]


def read(question: Question, program: Program, problems: Problems) -> Asked | None:
    """A question of the author's; None, with the reason in ``problems``, if it cannot be answered."""
    expression = read_expression(question.value, problems)
    if expression is None:
        return None
    sound = True
    for reference in references(expression):
        named = taken_apart(reference, program.name)
        known = program.parameters if named.kind == "updated" else program.names
        if named.name not in known:
            sound = False
            hint = did_you_mean(named.name, known)
            problems.error(f"“{program.name}” has no “{named.name}” here", question.value.place(reference.start), hint)
    if not sound:
        return None
    if question.sign == "absorbed":
        expression = Unary("-", expression, start=expression.start, end=expression.end)
    asked = Asked(expression, program.name, question.sign)
    own = asked.own
    if question.sign is not None and (own is None or own.kind != "grad"):
        problems.error("“sign” is for a gradient, such as grad.z", question.value.place(), "leave “sign” out")
        return None
    try:
        asked.right(program)
    except (AutodiffError, ExpressionError) as error:
        report(error, question.value, 0, problems)
        return None
    return asked


def taken_apart(reference: Reference, model: str) -> Named:
    """A reference within a model, whose own name may stand in front."""
    rest = list(reference.parts)
    if len(rest) > 1 and rest[0] == model:
        rest.pop(0)
    steps, kind = 0, "value"
    if isinstance(rest[0], After):
        steps = rest.pop(0).updates  # type: ignore[union-attr]
    if len(rest) > 1 and rest[0] in ("grad", "updated"):
        kind = str(rest.pop(0))
    return Named(steps, kind, ".".join(map(str, rest)))


def value_of(program: Program, named: Named) -> Array:
    """The right value of one number of a model."""
    state = program.state(named.steps)
    match named.kind:
        case "updated":
            return state.updated[named.name]
        case "grad":
            return state.sweep.gradient(named.name)
        case _:
            return state.tape.value(named.name)


def others(program: Program) -> list[tuple[float, Said, Said | None]]:
    """The numbers of a model before its first step, any of which may be given in place of the one that is asked for.

    Each with what to say then, and for a gradient what to say of its negative.
    """
    if len(program.names) > MOST_NAMES:
        return []
    state = program.state()
    inner = [*program.parameters, *(line for line in program.graph.lines if line != program.output)]
    wanted = [
        *(Named(0, "value", name) for name in program.names),
        *(Named(0, "grad", name) for name in inner if state.sweep.adjoints[state.tape.index(name)] is not None),
        *(Named(0, "updated", name) for name in program.parameters),
    ]
    found: list[tuple[float, Said, Said | None]] = []
    for named in wanted:
        value, own = value_of(program, named), symbol(program, named)
        if not value.ndim:
            turned = ("This is ", Latex(f"-{own}"), ".") if named.kind == "grad" else None
            found.append((kept_digits(float(value)), ("This is ", Latex(own), "."), turned))
    return found


def kept_digits(value: float) -> float:
    """A wrong answer without the digits that nobody types."""
    return float(f"{value:.{KEPT}g}")


def symbol(program: Program, named: Named) -> str:
    """A number of a model as LaTeX, such as that of a gradient: ∂L/∂w."""
    own = program.symbol(named.name)
    if named.kind == "grad":
        own = rf"\partial {program.symbol(program.output)} / \partial {own}"  # in one line, among words
    if named.kind == "updated":
        return rf"{{{own}}}^{{\mathrm{{new}}}}"
    if not named.steps:
        return own
    return rf"{{{own}}}^{{\mathrm{{new}}}}" if named.steps == 1 else rf"{{{own}}}^{{({named.steps})}}"
