"""Decks that belong together: a ``series`` file, several decks that are named at once, or all that are shipped.

A :class:`Collection` says what an index page shows of each deck, and what to know before it and after it; all of that
is counted from the decks themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bpslides import paths
from bpslides.errors import Problems, UsageError, did_you_mean
from bpslides.includes import find_deck
from bpslides.lookup import SHIPPED, find, find_series, shipped_series
from bpslides.model import Block, Series, SeriesPart
from bpslides.model.blocks import FIGURE_KINDS, LIVE_KINDS, PRACTICE_KINDS, blocks_in
from bpslides.source import Source, load, read_tree, validate
from bpslides.text import Text

#: The key that makes a file a series.
KEY = "series"
#: Reading slowly, as one reads about mathematics.
WORDS_A_MINUTE = 150
#: Minutes with something to play with.
MINUTES_A_LIVE_FIGURE = 1.0
#: To think about a question.
MINUTES_A_QUESTION = 1.0


@dataclass
class Entry:
    """One deck of a collection. It is read when something about it is asked for."""

    name: str
    file: Path
    address: Text | None = None
    """How the series names it."""
    text: Text | None = None
    """What the series says about it."""

    @cached_property
    def source(self) -> Source:
        """The deck, with what of it can be read; its problems are told when it is built."""
        return load(self.file, Problems())

    @property
    def title(self) -> Text:
        """The deck's title."""
        return self.source.deck.title

    @property
    def requires(self) -> list[Text]:
        """The names of the decks that one should know first."""
        return list(dict.fromkeys(self.source.deck.requires))

    @property
    def slides(self) -> int:
        """How many slides it has."""
        return len(self.source.slides)

    @cached_property
    def _blocks(self) -> list[Block]:
        return [block for slide in self.source.slides for block in blocks_in(slide.content)]

    @property
    def figures(self) -> int:
        """How many plots, drawings and live blocks it has."""
        return sum(block.kind in FIGURE_KINDS for block in self._blocks)

    @property
    def live(self) -> int:
        """How many of these can be played with."""
        return sum(block.kind in LIVE_KINDS for block in self._blocks)

    @cached_property
    def minutes(self) -> int:
        """How long it takes: what the deck says as its ``duration``, else from its words and live figures."""
        if self.source.deck.duration is not None:
            return math.ceil(self.source.deck.duration)
        words = sum(_words(text) for slide in self.source.slides for text in _texts(slide))
        questions = sum(block.kind in PRACTICE_KINDS for block in self._blocks)
        waiting = self.live * MINUTES_A_LIVE_FIGURE + questions * MINUTES_A_QUESTION
        return max(1, math.ceil(words / WORDS_A_MINUTE + waiting))


@dataclass
class Section:
    """A part of a collection."""

    title: Text | None
    text: Text | None
    decks: list[Entry]

    @property
    def is_course(self) -> bool:
        """Whether these decks are to be read in their order: each but the first needs one before it."""
        before = {self.decks[0].name} if self.decks else set()
        for entry in self.decks[1:]:
            if before.isdisjoint(entry.requires):
                return False
            before.add(entry.name)
        return len(self.decks) > 1


@dataclass
class Collection:
    """Decks that are built or served together, under the names that their addresses have."""

    head: Series
    sections: list[Section]
    name: str = SHIPPED
    folder: Path = field(default_factory=Path.cwd)
    files: list[Path] = field(default_factory=list)
    """What was read beside the decks."""

    @property
    def entries(self) -> dict[str, Entry]:
        """Name → deck, in order."""
        return {entry.name: entry for section in self.sections for entry in section.decks}

    def fresh(self) -> Collection:
        """The same with all decks as they are now."""
        return replace(
            self, sections=[Section(s.title, s.text, [replace(entry) for entry in s.decks]) for s in self.sections]
        )

    def before(self, name: str) -> list[Entry]:
        """The decks of the collection that one should know before the deck ``name``."""
        entries = self.entries
        return [entries[wanted] for wanted in entries[name].requires if wanted in entries]

    def after(self, name: str) -> list[Entry]:
        """The decks that need the deck ``name``: what comes next."""
        return [entry for entry in self.entries.values() if name in entry.requires]


def chosen(names: Sequence[str], problems: Problems) -> Collection:
    """What a user names on the command line: one series, some decks, or nothing for all that are shipped.

    Raises:
        UsageError: for a name that is no deck, two decks of one name, or a series among decks.
    """
    if not names:
        return shipped()
    if len(names) == 1 and (file := find_series(names[0])) is not None:
        return load_series(file, problems)
    return of_files([find(name) for name in names])


def load_series(file: Path, problems: Problems) -> Collection:
    """The series in ``file``. What is wrong with it goes to ``problems``; the decks are only found, not read.

    Raises:
        UsageError: when ``file`` cannot be read at all.
    """
    empty = Series.model_construct(title=Text(file.stem), lang=Text("en"), parts=[])
    name = file.resolve().parent.name if file.name == "series.yaml" else file.stem
    collection = Collection(empty, [], paths.safe_name(name), file.resolve().parent, [file.resolve()])
    tree = read_tree(file, problems)
    if tree is None:
        return collection
    if not isinstance(tree.data, dict) or set(tree.data) != {KEY}:
        others = [key for key in tree.data if key != KEY] if isinstance(tree.data, dict) else []
        place = tree.place((others[0],)) if others else tree.place(())
        problems.error(f"a file with a “{KEY}” holds nothing else", place, f"put everything below “{KEY}:”")
        return collection
    collection.head = validate(Series, tree.data[KEY], (KEY,), tree, problems) or empty
    collection.sections = [_section(part, file, problems) for part in collection.head.parts]
    _check_names(collection, problems)
    return collection


def _section(part: SeriesPart, file: Path, problems: Problems) -> Section:
    decks = []
    for wanted in part.decks:
        found = find_deck(wanted.deck, file, problems)
        if found is not None:
            decks.append(Entry(paths.deck_name(found), found, wanted.deck, wanted.text))
    return Section(part.title, part.text, decks)


def _check_names(collection: Collection, problems: Problems) -> None:
    """Every deck has an address of its own; one without is left out."""
    seen: set[str] = set()
    for section in collection.sections:
        for entry in list(section.decks):
            if entry.name in seen:
                section.decks.remove(entry)
                problems.error(
                    f"two decks of this series are called “{entry.name}”",
                    entry.address.place() if entry.address is not None else None,
                    "rename one of them: the name is its address",
                )
            seen.add(entry.name)
    if not seen and not problems.has_errors:
        problems.error("this series has no deck", collection.head.title.place(), "name some in the “decks” of a part")


def check_order(collection: Collection, problems: Problems) -> None:
    """Warn of a deck that stands before one that it needs, or needs one that is not there. Reads the decks."""
    seen: set[str] = set()
    for name, entry in collection.entries.items():
        for wanted in entry.requires:
            if wanted not in collection.entries:
                hint = did_you_mean(wanted, collection.entries)
                problems.warning(f"“{name}” requires “{wanted}”, which is not in this series", wanted.place(), hint)
            elif wanted not in seen:
                message = f"“{name}” requires “{wanted}”, which comes after it in this series"
                problems.warning(message, wanted.place(), "change the order of the decks")
        seen.add(name)


def of_files(files: Sequence[Path]) -> Collection:
    """Decks that were just named together.

    Raises:
        UsageError: when two of them have one name.
    """
    decks = [Entry(paths.deck_name(file), file) for file in files]
    for index, entry in enumerate(decks):
        if entry.name in {other.name for other in decks[:index]}:
            raise UsageError(f"two of these decks are called “{entry.name}”: build them into different folders")
    return Collection(Series.model_construct(title=Text("Decks"), lang=Text("en")), [Section(None, None, decks)])


def shipped() -> Collection:
    """All decks that are shipped: the shipped series, and behind it what is not in it."""
    file = shipped_series()
    collection = load_series(file, Problems()) if file else of_files([])
    known = collection.entries
    rest = [Entry(name, file) for name, file in paths.shipped_decks().items() if name not in known]
    return Collection(collection.head, [*collection.sections, Section(None, None, rest)], SHIPPED, collection.folder)


def _texts(value: Any) -> Iterator[Text]:
    """Every text of a slide that its readers see, and some that they do not, such as names of models."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name, item in value:
            if name not in ("id", "claims", "notes"):
                yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _words(text: str) -> int:
    """The words of a text, without numbers, formulas and commands."""
    prose = re.sub(r"\{\{.*?\}\}|\$.*?\$|\\[a-zA-Z]+", " ", text, flags=re.DOTALL)
    return len(re.findall(r"[^\W\d_]{2,}", prose))
