"""The loop of fuzzing: mutate, check, and go on from what led to something new."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.fuzz.mutation import mutated, seeds, words
from tests.fuzz.targets import TARGETS, check


@dataclass
class Found:
    """What a run has seen: how many inputs, which outcomes, and the inputs that led to new ones."""

    inputs: int = 0
    features: set[str] = field(default_factory=set)
    kept: list[bytes] = field(default_factory=list)


class Failure(Exception):
    """An input that did what no input may do."""

    def __init__(self, name: str, data: bytes, seed: int, found: Found, cause: BaseException) -> None:
        self.data, self.found = data, found
        super().__init__(
            f"{name}: input {found.inputs} of seed {seed} fails: {type(cause).__name__}: {cause}\n{data!r}"
        )


def fuzz(name: str, seconds: float, seed: int, more: Iterable[bytes] = ()) -> Found:
    """Fuzz a target for so long, from its seeds and ``more``. They and ``seed`` decide which inputs come.

    Raises:
        Failure: with the first input that fails.
    """
    draw, found = random.Random(seed), Found()
    known, vocabulary = [*seeds(name), *more], words(name)
    end = time.monotonic() + seconds
    waiting = list(known)
    while time.monotonic() < end:
        data = waiting.pop() if waiting else mutated(draw.choice(known), known, vocabulary, draw)
        found.inputs += 1
        try:
            features = check(TARGETS[name], data)
        except Exception as error:
            raise Failure(name, data, seed, found, error) from error
        if features - found.features:
            found.features |= features
            if data not in known:
                known.append(data)
                found.kept.append(data)
    return found
