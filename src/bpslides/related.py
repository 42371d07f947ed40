"""What to know before a deck, and what comes after it: the block ``related``, and the same on an index page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bpslides import paths
from bpslides.assets import Assets
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.markup import Writer
from bpslides.mathml import mathml
from bpslides.model import Slide
from bpslides.notation import Ledger
from bpslides.series import Collection, Entry
from bpslides.source import Source
from bpslides.text import Text

#: Gives the address of the deck with this name, and for "" that of the index; None if there is none.
Link = Callable[[str], str | None]


@dataclass(frozen=True)
class RelatedDeck:
    """Another deck as it is named in this one: with a link where both are built together."""

    title: str
    link: str | None = None
    minutes: int | None = None


def plain(text: Text, entry: Entry) -> str:
    """A text of a deck's head without markup, its numbers filled in."""
    # Nearly no title holds a number, and for one the models of that deck have to be worked out.
    source = entry.source if "{{" in text else entry.source.without_models
    numbers, nowhere = Numbers(source, Problems()), Problems()
    return Writer(numbers, Assets(single_file=True), Ledger({}, {}, mathml, nowhere), nowhere).plain(text)


def related_to(
    slide: Slide, source: Source, collection: Collection | None, link: Link, show: str
) -> list[tuple[str, list[RelatedDeck]]]:
    """Heading and decks, for ``show`` = requires, next or both; nothing where there is nothing to say.

    Outside of a ``collection`` nothing is known but what a deck requires. A ``slide`` that was taken over from another
    deck tells what holds for that deck, and so nothing here.
    """
    if slide.title.origin is not None and slide.title.origin.file.path.resolve() not in source.own:
        return []
    name, after = source.name, []
    if collection is None or name not in collection.entries:
        before = [RelatedDeck(_title(required)) for required in source.deck.requires]
    else:
        before = [_related(entry, link) for entry in collection.before(name)]
        after = [_related(entry, link) for entry in collection.after(name)]
        overview = link("")
        if overview is not None:
            after.append(RelatedDeck("All decks", overview))
    groups = {"requires": ("Know this first", before), "next": ("Go on with", after)}
    return [group for key, group in groups.items() if group[1] and show in (key, "both")]


def _related(entry: Entry, link: Link) -> RelatedDeck:
    return RelatedDeck(plain(entry.title, entry), link(entry.name), entry.minutes)


def _title(name: Text) -> str:
    """The title of a shipped deck, or the name of another one, about which nothing else is known here."""
    file = paths.shipped_decks().get(str(name))
    if file is None:
        return str(name)
    entry = Entry(str(name), file)
    return plain(entry.title, entry)
