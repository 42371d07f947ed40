"""Blocks that ask: numbers that the learner works out, and choices."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.models import Whole
from bpslides.model.parts import Domain, Part
from bpslides.text import Text, describe


def _percentage(value: Any) -> float:
    """A share of the right number, such as 0.5%."""
    if isinstance(value, float):
        return value
    found = re.fullmatch(r"\s*(\d*\.?\d+)\s*%\s*", value) if isinstance(value, str) else None
    if found is None or not 0 < float(found[1]) <= 50:
        what = f"“{value}”" if isinstance(value, str) else describe(value)
        raise PydanticCustomError("tolerance", "should be a percentage such as 0.5%, not {what}", {"what": what})
    return float(found[1]) / 100


Tolerance = Annotated[float, BeforeValidator(_percentage), WithJsonSchema({"type": "string"})]
Digits = Annotated[Whole, Field(ge=1, le=8)]


def _bare_question(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else value


def bare_choice(value: Any) -> Any:
    """A text in place of a choice is its text."""
    return {"text": value} if isinstance(value, str) else value


class Question(Part):
    """A number to work out. A bare text is its ``value``."""

    short = "value"
    value: Text
    """The right number: a name of the model, or an expression of its names, such as ``y_hat``, ``grad.z``,
    ``updated.w``, ``updated.w - w``, or with the name of the model ``neuron.after(1).L``."""
    label: Text | None = None
    """What it is called; without it, its formula."""
    sign: Literal["plain", "absorbed"] | None = None
    """For δ, of which there are two conventions: ``plain`` asks for +∂L/∂z, ``absorbed`` for −∂L/∂z. Which one it is
    stands beside the label, and a switch lets learners work in the other."""


class Variants(Part):
    """The same questions with other numbers, the same ones every time."""

    vary: dict[Text, Domain] = Field(min_length=1)
    """Inputs, targets or parameters, each with the smallest and the largest number that it may become."""
    count: Annotated[Whole, Field(ge=1, le=10)] = 3
    """How many sets of numbers there are beside the model's own."""
    round: Annotated[Whole, Field(ge=0, le=6)] = 1
    """How many digits behind the point they have."""
    seed: Whole = 0
    """Another number gives other numbers."""


class Exercise(Block):
    """Numbers that the learner works out and types: each is checked, and a wrong one is told what went wrong.

    A mistake is recognised by the number that it leads to: the sign, a slope or a step left out, a path or a term
    forgotten, weights that were already updated, factors rounded on the way. Then there are hints, one after the
    other, and at last the solution. With ``variants`` the same can be asked with other numbers; so let the block show
    the numbers that are given rather than naming them in a text.
    """

    kind = "exercise"
    example = """\
exercise:
  model: neuron
  ask:
    - {value: y_hat, label: 'prediction $\\hat y$'}
    - {value: grad.z, label: $\\delta$, sign: absorbed}
    - updated.w
  hints:
    - Go forward first, and keep all digits.
    - 'The slope of the loss is $-2 \\, (y - \\hat y)$.'
  variants: {vary: {x: [1, 3], w: [0.2, 0.9]}, count: 3, seed: 4}
"""
    model: Text
    """The model that the numbers are of."""
    ask: list[Annotated[Question, BeforeValidator(_bare_question)]] = Field(min_length=1, max_length=12)
    """What is asked for: one to twelve numbers. Each is a text, or a mapping with a label."""
    given: list[Text] | None = None
    """The numbers to begin with, which the block shows: inputs, targets, parameters and ``learning_rate``. Without it,
    all that are single numbers; ``[]`` for none."""
    digits: Digits = 3
    """How many significant digits have to be right."""
    tolerance: Tolerance | None = None
    """In place of ``digits``, how far an answer may be off, such as ``0.5%``."""
    hints: list[Text] = Field(default=[], max_length=5)
    """What helps, in the order in which it is told: Markdown. After the last one comes the solution."""
    variants: Variants | None = None
    """The same questions with other numbers."""

    @model_validator(mode="after")
    def _one_measure(self) -> Exercise:
        if self.tolerance is not None and "digits" in self.model_fields_set:
            raise PydanticCustomError("measure", "has “digits” and “tolerance”, of which one is enough")
        return self


class Choice(Part):
    """An answer to choose. A bare text is a wrong one without a reason."""

    short = "text"
    text: Text
    """The answer, in one line of Markdown."""
    right: bool = False
    """Whether it is right."""
    why: Text | None = None
    """Why it is right, or not: shown once it is chosen."""


class Quiz(Block):
    """A question with answers to choose from; each answers back when it is chosen."""

    kind = "quiz"
    example = """\
quiz:
  question: The gradient of a weight is −3.6. What should the weight do?
  choices:
    - {text: Grow a little, right: true, why: 'The loss falls as the weight grows, so a step goes up.'}
    - {text: Shrink a little, why: That would follow the slope uphill.}
    - {text: Stay, why: Only a slope of zero leaves a weight where it is.}
"""
    question: Text
    """What is asked."""
    choices: list[Annotated[Choice, BeforeValidator(bare_choice)]] = Field(min_length=2, max_length=6)
    """Two to six answers, at least one of them right."""

    @model_validator(mode="after")
    def _answerable(self) -> Quiz:
        if not any(choice.right for choice in self.choices):
            raise PydanticCustomError(
                "no_right_choice", "has no right answer among its “choices”", {"hint": "mark one by “right: true”"}
            )
        return self
