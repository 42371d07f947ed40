"""The one way through: source → deck → numbers → site. Every command and every reload comes along here."""

from __future__ import annotations

from pathlib import Path

from bpslides.compute import Numbers
from bpslides.errors import Problem, Problems
from bpslides.render import Output, Site, render
from bpslides.source import Source, load


def compute(file: Path, problems: Problems) -> tuple[Source, Numbers]:
    """Load a deck and work out its models and claims; findings go to ``problems``."""
    source = load(file, problems)
    return source, Numbers(source, problems)


def make_site(file: Path, output: Output) -> tuple[Site, list[Problem]]:
    """A deck as a site in memory, with the warnings about it.

    Raises:
        DeckError: with every problem of the deck, when it has an error.
        UsageError: when the file cannot be read.
    """
    problems = Problems()
    source, numbers = compute(file, problems)
    site = render(source, numbers, problems, output)
    problems.raise_errors()
    return site, problems.found
