"""The views of what asks: an exercise with all its numbers and what may go wrong with them, and a prediction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bpslides.errors import Problems, did_you_mean
from bpslides.expression import references
from bpslides.formatting import format_number
from bpslides.model import Exercise, Predict
from bpslides.practice.calculation import Calculation
from bpslides.practice.questions import Asked, others, read, taken_apart
from bpslides.practice.slip import Latex, Said, Slip
from bpslides.practice.slips import slips_of
from bpslides.practice.variants import draw
from bpslides.practice.worked import solution
from bpslides.program import Program
from bpslides.text import Text
from bpslides.views.common import View, checked, place_of

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: More numbers than this fit on no slide beside the questions.
MOST_GIVEN = 18
RATE = "learning_rate"
_IN_WORDS = {True: "δ with the minus of the step inside", False: "δ without the minus of the step"}


class _Messages:
    """What learners are told: each message once, called by its number."""

    def __init__(self) -> None:
        self.said: dict[Said, int] = {}

    def number(self, said: Said) -> int:
        return self.said.setdefault(said, len(self.said))

    @property
    def pieces(self) -> list[list[tuple[bool, str]]]:
        """Each message in pieces, with whether a piece is a formula."""
        return [[(isinstance(piece, Latex), str(piece)) for piece in said] for said in self.said]


def exercise(block: Exercise, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """An exercise with its own numbers and those of its variants: what is given, what is right, what may go wrong."""
    program = numbers.program(block.model)
    if program is None:
        return None
    asked = [read(question, program, problems) for question in block.ask]
    given = _given(block, program, problems)
    if None in asked or given is None:
        return None
    questions = [question for question in asked if question is not None]
    if block.given is None and _takes_a_step(questions):
        given.append(RATE)
    programs = _programs(block, program, questions, problems)
    if programs is None:
        return None
    slips, messages = slips_of(program, numbers.network(block.model)), _Messages()
    switched = [messages.number(question.sign_said(program, switched=True)) for question in questions]
    sets = [_set(block, program, questions, given, slips, messages) for program in programs]
    signed = next((question for question in questions if question.sign), None)
    spec = f".{block.digits}s"
    return {
        "data": {
            "sets": sets,
            "switched": switched,
            "digits": block.digits,
            "format": spec,
            "percent": _percent(block),
        },
        "given": [
            (_symbol(program, name), format_number(value)) for name, value in zip(given, sets[0]["given"], strict=True)
        ],
        "questions": [
            {
                "label": question.label,
                "formula": one.formula(program),
                "name": str(question.value),
                "convention": _conventions(one, program) if one.sign else None,
                "answer": format_number(right["right"], spec),
            }
            for question, one, right in zip(block.ask, questions, sets[0]["asked"], strict=True)
        ],
        "signs": [(sign, _IN_WORDS[sign.startswith("-")]) for sign in _conventions(signed, program)] if signed else [],
        "messages": messages.pieces,
        "solutions": [[solution(question, program) for question in questions] for program in programs],
        "wanted": f"within {_percent(block)}" if block.tolerance else f"{block.digits} significant digits",
        "columns": len(questions) if len(questions) <= 3 else 2 if len(questions) == 4 else 3,
        "checked": checked(program),
    }


def _given(block: Exercise, program: Program, problems: Problems) -> list[str] | None:
    """The names whose numbers are shown; None, with the reason told, where one cannot be."""
    leaves = list(program.graph.leaves)
    if block.given is None:
        single = [name for name in leaves if not program.tape.value(name).ndim]
        if len(single) > MOST_GIVEN:
            message = f"“{program.name}” has {len(single)} inputs and parameters, too many to show them all"
            problems.error(message, block.model.place(), "name those that are needed: given: [x1, w1]")
            return None
        return single
    sound = True
    for name in block.given:
        if name not in (*leaves, RATE):
            hint = did_you_mean(name, [*leaves, RATE])
            problems.error(f"“{name}” is no input, target or parameter of “{program.name}”", name.place(), hint)
            sound = False
        elif name != RATE and program.tape.value(name).ndim:
            problems.error(f"“{name}” is an array, and an exercise shows single numbers", name.place())
            sound = False
    return [str(name) for name in block.given] if sound else None


def _takes_a_step(questions: list[Asked]) -> bool:
    named = [taken_apart(ref, asked.program) for asked in questions for ref in references(asked.expression)]
    return any(one.kind == "updated" or one.steps for one in named)


def _programs(block: Exercise, program: Program, asked: list[Asked], problems: Problems) -> list[Program] | None:
    """The model as it stands, then with the other numbers."""
    variants = block.variants
    if variants is None:
        return [program]
    leaves = [name for name in program.graph.leaves if not program.tape.value(name).ndim]
    sound = True
    for name in variants.vary:
        if name not in leaves:
            what = "is an array" if name in program.graph.leaves else "is no input, target or parameter"
            problems.error(f"“{name}” {what} of “{program.name}”", name.place(), did_you_mean(name, leaves))
            sound = False
    if not sound:
        return None
    domains = {str(name): domain for name, domain in variants.vary.items()}
    try:
        drawn = draw(program, asked, domains, variants.count, variants.round, variants.seed)
    except ValueError as error:
        hint = "widen the ranges, or ask for more digits by “round”"
        problems.error(str(error), next(iter(variants.vary)).place(), hint)
        return None
    return [program, *drawn]


def _set(
    block: Exercise,
    program: Program,
    questions: list[Asked],
    given: list[str],
    slips: list[Slip],
    messages: _Messages,
) -> dict[str, Any]:
    """One set of numbers: those given, and for each question the right one and the wrong ones that are known."""
    calculations = [Calculation(program, slip) for slip in slips]
    asked = []
    for question in questions:
        right = question.right(program)
        tolerance = abs(right) * block.tolerance if block.tolerance else half_a_unit(right, block.digits)
        wrong = question.wrong(program, calculations, tolerance)
        asked.append(
            {
                "right": right,
                "tolerance": tolerance,
                "absorbed": question.sign == "absorbed",
                "wrong": [[one.value, messages.number(one.said), one.rank] for one in wrong],
            }
        )
    rate = program.run.optimizer.learning_rate
    return {
        "given": [rate if name == RATE else float(program.tape.value(name)) for name in given],
        "asked": asked,
        "others": [
            [value, messages.number(said), messages.number(turned) if turned else None]
            for value, said, turned in others(program)
        ],
    }


def half_a_unit(value: float, digits: int) -> float:
    """How far a number may be off that is right to so many significant digits, with a little for its own rounding."""
    first = math.floor(math.log10(abs(value))) if value else -1
    return 0.5 * 10.0 ** (first - digits + 1) * (1 + 1e-6)


def _percent(block: Exercise) -> str | None:
    return f"{block.tolerance * 100:g}%" if block.tolerance else None


def _symbol(program: Program, name: str) -> str:
    return r"\eta" if name == RATE else program.symbol(name)


def _conventions(asked: Asked, program: Program) -> list[str]:
    """The formula of the author's sign, and that of the other."""
    own = asked.formula(program)
    return [own, own.removeprefix("-") if own.startswith("-") else f"-{own}"]


def predict(block: Predict, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """What is right in a prediction, and how near a guess has to come."""
    if block.choices is not None:
        return {"data": {"right": [choice.right for choice in block.choices]}}
    assert block.answer is not None  # or there would be choices
    right = numbers.number(block.answer)
    if right is None:
        return None
    spec = str(block.format) if block.format else None
    try:
        shown = format_number(right, spec)
    except ValueError as error:
        problems.error(str(error), block.format.place() if isinstance(block.format, Text) else place_of(block))
        return None
    tolerance = max(abs(right) * block.tolerance, half_a_unit(right, 6))
    return {"data": {"answer": right, "shown": shown, "tolerance": tolerance}}
