"""Fuzzing of what reads a stranger's deck. ``make fuzz`` goes on for longer; see ``tests/fuzz/targets.py``."""

import pytest

from tests.fuzz.mutation import corpus
from tests.fuzz.run import fuzz
from tests.fuzz.targets import TARGETS, check

KEPT = [(name, kept) for name in TARGETS for kept in corpus(name)]


@pytest.mark.parametrize(("name", "kept"), KEPT, ids=map("-".join, KEPT))
def test_corpus(name: str, kept: str) -> None:
    """What once went wrong, or might have, goes well."""
    check(TARGETS[name], corpus(name)[kept])


@pytest.mark.slow
@pytest.mark.fuzz
@pytest.mark.parametrize("name", TARGETS)
def test_fuzz(name: str) -> None:
    """Ten seconds of inputs that nobody thought of. A failure names the seed and the input."""
    assert fuzz(name, seconds=10, seed=20260101).inputs > 50
