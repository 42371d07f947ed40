"""Other numbers for an exercise, drawn the same way every time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpslides.autodiff import AutodiffError
from bpslides.expression import ExpressionError
from bpslides.practice.questions import Asked
from bpslides.program import Program

#: So often is drawn anew before it is said that there are no such numbers.
ATTEMPTS = 200
#: An answer nearer to zero than this teaches nothing: a unit is dead, or a slope is lost.
LEAST = 1e-6


def draw(
    program: Program,
    asked: list[Asked],
    domains: Mapping[str, tuple[float, float]],
    count: int,
    decimals: int,
    seed: int,
) -> list[Program]:
    """``count`` programs with other numbers in ``domains``, each different from the others.

    Zeros are not drawn, and neither are numbers with which an answer is zero that is none for the program itself.

    Raises:
        ValueError: when there are not so many.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    vanish = [abs(question.right(program)) < LEAST for question in asked]
    seen = {tuple(float(program.tape.value(name)) for name in domains)}
    found: list[Program] = []
    for _ in range(ATTEMPTS):
        if len(found) == count:
            break
        numbers = {
            name: round(low + (high - low) * float(generator.random()), decimals)
            for name, (low, high) in domains.items()
        }
        drawn = tuple(numbers.values())
        if drawn in seen or not all(drawn):
            continue
        try:
            other = program.at(numbers)
            rights = [question.right(other) for question in asked]
        except (AutodiffError, ExpressionError):
            continue
        if all(gone or abs(right) >= LEAST for gone, right in zip(vanish, rights, strict=True)):
            seen.add(drawn)
            found.append(other)
    if len(found) < count:
        raise ValueError(f"only {len(found)} of {count} sets of numbers could be drawn")
    return found
