"""What an ``include`` takes over: which file it means, which of its slides, its models and variables, under which ids.

:mod:`bpslides.source` reads the files; here is decided what becomes of two decks that are put together.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any

from bpslides import paths
from bpslides.errors import Problems, did_you_mean
from bpslides.model import Deck, Include, Slide, Stack
from bpslides.text import SourceFile, Text

#: So many files of a folder are looked through for a suggestion.
_MOST_FILES = 500


def find_deck(address: Text, file: Path, problems: Problems) -> Path | None:
    """What ``file`` means by ``address``: a deck below its folder, or a shipped one. A missing one is told."""
    found = paths.deck_near(file.parent, address)
    if found is None:
        hint = did_you_mean(address, [*paths.shipped_decks(), *_near(address, file)])
        problems.error(
            f"there is no deck “{address}” here",
            address.place(),
            hint or "name a shipped deck, or one below this folder",
        )
    return found


def _near(address: str, file: Path) -> list[str]:
    """What could have been meant by ``address``: the decks and YAML files in the folder that it points into."""
    above, _, _ = address.rpartition("/")
    folder = paths.inside(file.parent, above or ".")
    if folder is None or not paths.is_folder(folder):
        return []
    return [
        f"{above}/{path.name}".lstrip("/")
        for path in sorted(islice(folder.iterdir(), _MOST_FILES))
        if not path.name.startswith(".") and path.resolve() != file.resolve()
        if path.suffix in (".yaml", ".yml") or paths.is_file(path / "deck.yaml")
    ]


def merge(deck: Deck, include: Include, other: Deck, problems: Problems) -> list[Slide | Stack]:
    """Put the models, variables and notation of ``other`` into ``deck``. Returns the slides that ``include`` names."""
    if include.models:
        _merge(deck.models, other.models, "model", include, problems)
        _merge(deck.variables, other.variables, "variable", include, problems)
    # The deck that includes has the last word. The keys stay its own, too, for they know where they were written.
    theirs = {name: symbol for name, symbol in other.notation.items() if name not in deck.notation}
    deck.notation = {**theirs, **deck.notation}
    return _chosen(other, include, problems)


def _merge(ours: dict[Text, Any], theirs: dict[Text, Any], what: str, include: Include, problems: Problems) -> None:
    for name, value in theirs.items():
        if name in ours and ours[name] != value:
            problems.error(
                f"both this deck and “{include.deck}” have a {what} “{name}”, and they differ",
                include.deck.place(),
                "rename one",
            )
        else:
            ours[name] = value


def _chosen(other: Deck, include: Include, problems: Problems) -> list[Slide | Stack]:
    ids = {str(slide.id): (index, slide) for index, item in enumerate(other.slides) for slide in members(item)}
    wanted = include.only if include.only is not None else include.slides
    if wanted is None:
        return other.slides
    missing = [name for name in dict.fromkeys(wanted) if name not in ids]
    for name in missing:
        problems.error(f"“{include.deck}” has no slide “{name}”", name.place(), did_you_mean(name, ids))
    if missing:
        return []
    if include.only is not None:
        return [ids[name][1] for name in include.only]
    first, last = (ids[name][0] for name in wanted)
    if first > last:
        problems.error(
            f"in “{include.deck}” the slide “{wanted[0]}” comes after “{wanted[1]}”",
            wanted[0].place(),
            "a range runs from the first slide to the last; several single ones are named by “only”",
        )
    return other.slides[first : last + 1]


def members(item: Slide | Stack) -> list[Slide]:
    """The slides of a stack, or the one slide."""
    return item.stack if isinstance(item, Stack) else [item]


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def slug(title: str) -> str:
    """A readable id from a title: ``Step 1: the forward pass`` becomes ``step-1-the-forward-pass``."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\{\{.*?\}\}|\$.*?\$|[*`_]", "", title))
    words = "".join(c for c in plain.lower() if c.isascii() and (c.isalnum() or c in " -"))
    joined = "-".join(words.replace("-", " ").split())[:60].strip("-")
    return joined if joined[:1].isalpha() else f"slide-{joined}".rstrip("-")


#: For each file of which slides have got other ids: the old ones, which its links use, and the new ones.
Moved = dict[SourceFile, dict[str, str]]


def give_ids(own: list[Slide], included: list[list[Slide]], moved: Moved, problems: Problems) -> None:
    """Make the ids of a deck unique: of its ``own`` slides, and of those of each include, which have ids already.

    An id that the author gave stays. An included slide whose id is taken gets another one, which is noted in ``moved``.
    """
    first: dict[str, Text] = {}
    for slide in own:
        if slide.id and slide.id in first:
            place, earlier = slide.id.place(), first[slide.id].place()
            where = f" (first at {earlier.file}:{earlier.line})" if earlier else ""
            problems.error(
                f"two slides have the id “{slide.id}”{where}", place, "ids are addresses: give each slide its own"
            )
        elif slide.id:
            first[slide.id] = slide.id
    ids = _Ids(set(first))
    for group in included:
        _move(group, ids, moved)
    for slide in own:
        if slide.id is None:
            slide.id = Text(ids.new(slug(slide.title)))


class _Ids:
    """The ids that are taken in a deck."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self._last: dict[str, int] = {}

    def new(self, name: str) -> str:
        """``name``, or with the first number behind it that makes it new; taken from now on."""
        free, number = name, self._last.get(name, 1)
        while free in self.taken:
            number += 1
            free = f"{name}-{number}"
        self._last[name] = number
        self.taken.add(free)
        return free


def _move(group: list[Slide], ids: _Ids, moved: Moved) -> None:
    """Give new ids to the slides of one include whose ids are taken."""
    clashing = [slide for slide in group if slide.id in ids.taken]
    ids.taken.update(str(slide.id) for slide in group)
    new = {str(slide.id): ids.new(str(slide.id)) for slide in clashing}
    for slide in clashing:
        slide.id = Text(new[str(slide.id)])
    for file in {slide.title.origin.file for slide in group if slide.title.origin} if new else ():
        # Decks that were included there may have moved before.
        before = moved.get(file, {})
        moved[file] = {**new, **{old: new.get(now, now) for old, now in before.items()}}
