"""The one way through: source → deck → numbers → site. Every command and every reload comes along here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bpslides.compute import Numbers
from bpslides.errors import Problem, Problems
from bpslides.render import Output, Site, render
from bpslides.series import Collection, check_order
from bpslides.source import Source, load

if TYPE_CHECKING:
    from bpslides.shelf import Shelf


def compute(file: Path, problems: Problems) -> tuple[Source, Numbers]:
    """Load a deck and work out its models and claims; findings go to ``problems``."""
    source = load(file, problems)
    return source, Numbers(source, problems)


def make_site(
    file: Path, output: Output, collection: Collection | None = None, *, shrink: bool = False
) -> tuple[Site, list[Problem]]:
    """A deck as a site in memory, with the warnings about it; in a ``collection`` it can link to the other decks.

    With ``shrink`` its pictures are made no larger than slides show them.

    Raises:
        DeckError: with every problem of the deck, when it has an error.
        UsageError: when the file cannot be read.
    """
    problems = Problems()
    source, numbers = compute(file, problems)
    site = render(source, numbers, problems, output, collection, shrink=shrink)
    problems.raise_errors()
    return site, problems.found


def make_shelf(collection: Collection, output: Output, problems: Problems) -> Shelf:
    """The index page of a collection; what is wrong with it, and with the order in a series, goes to ``problems``."""
    from bpslides.shelf import render_shelf  # a single deck has no such page

    if collection.files:  # else somebody just named some decks
        check_order(collection, problems)
    return render_shelf(collection, problems, output)
