"""Every number that the models of a deck give, each with the expression that gives it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from bpslides.autodiff import AutodiffError
from bpslides.compute import Numbers
from bpslides.expression import After, Expression, ExpressionError, Number, parse, references, split_format, walk
from bpslides.markup import NUMBER
from bpslides.program import Program
from bpslides.source import Source
from bpslides.text import Text

#: Nobody quotes single numbers of larger arrays, and in thousands of numbers every typed one is near some.
LARGEST_ARRAY = 32


class Known(NamedTuple):
    """A number, never 0, the expression that gives it, and the models that the expression asks."""

    value: float
    expression: str
    models: frozenset[str]


def from_models(source: Source, numbers: Numbers, texts: Iterable[Text]) -> list[Known]:
    """What the models give: values, gradients and updates at the start, after one update, and after those asked for.

    Also what the expressions in ``texts`` give. The deck must have no error.
    """
    written = [Text(match[1]) for text in texts for match in NUMBER.finditer(text)]
    expressions = {text: tree for text in dict.fromkeys(written) if (tree := _tree(split_format(text).expression))}
    claims = [tree for slide in source.slides for claim in slide.claims if (tree := _tree(claim))]
    found: list[Known] = []
    for text, tree in expressions.items():  # first: of two expressions for a number, authors know the one they use
        models = frozenset(str(reference.parts[0]) for reference in references(tree))
        bare = split_format(text).expression.strip()
        # A text that a variable holds is no number to compare with.
        value = numbers.number(Text(bare)) if models and models.isdisjoint(numbers.variables.texts) else None
        if value is not None:
            found.append(Known(value, bare, models))
    for name, program in numbers.programs.items():
        steps = {0, 1} if program.parameters else {0}
        steps |= {n for tree in (*expressions.values(), *claims) for n in _updates(tree, name)}
        for step in sorted(steps):
            found += _of_program(name, program, step)
    return [known for known in found if known.value and math.isfinite(known.value)]


def from_author(source: Source, texts: Iterable[Text]) -> list[float]:
    """Numbers that the author means: settings of models and blocks, and what claims and ``{{ 0.5 }}`` mention."""
    found = [float(number) for slide in source.slides for number in _settings(slide)]
    found += [float(number) for model in source.deck.models.values() for number in _settings(model)]
    claims = [str(claim) for slide in source.slides for claim in slide.claims]
    inline = [split_format(match[1]).expression for text in texts for match in NUMBER.finditer(text)]
    for text in (*claims, *inline):
        tree = _tree(text)
        found += [node.value for node in walk(tree) if isinstance(node, Number)] if tree else []
    return found


def _tree(text: str) -> Expression | None:
    try:
        return parse(str(text))
    except ExpressionError:
        return None


def _updates(tree: Expression, model: str) -> Iterator[int]:
    for reference in references(tree):
        if reference.parts[0] == model and len(reference.parts) > 1 and isinstance(reference.parts[1], After):
            yield reference.parts[1].updates


def _of_program(name: str, program: Program, step: int) -> Iterator[Known]:
    after = f"{name}.after({step})" if step else name
    try:
        state = program.state(step)
    except AutodiffError:
        return  # a run that diverges: what asks for it has been told
    models = frozenset([name])
    for key in program.names:
        yield from _elements(f"{after}.{key}", state.tape.value(key), models)
        yield from _elements(f"{after}.grad.{key}", program.gradient(state, key), models)
    if not step:  # later updates are values of the step after
        for key, value in state.updated.items():
            yield from _elements(f"{after}.updated.{key}", value, models)


def _elements(expression: str, value: Any, models: frozenset[str]) -> Iterator[Known]:
    if value is None or np.size(value) > LARGEST_ARRAY:
        return
    for index, number in np.ndenumerate(value):
        yield Known(float(number), expression + "".join(f"[{i}]" for i in index), models)


def _settings(value: Any) -> Iterator[float]:
    """Numbers anywhere in a part of a deck."""
    if isinstance(value, BaseModel):
        for _, inner in value:
            yield from _settings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _settings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _settings(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def mentions(name: str) -> re.Pattern[str]:
    """What a text says when it is about the model called ``name``: just its name, or ``name.something``."""
    return re.compile(rf"(?<![\w.]){re.escape(name)}(?:\.\w|\s*\Z)")
