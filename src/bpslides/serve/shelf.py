"""The shipped decks at a glance: name, title and number of slides."""

from __future__ import annotations

from dataclasses import dataclass

from bpslides import paths
from bpslides.errors import Problems
from bpslides.source import load


@dataclass(frozen=True)
class Entry:
    """A shipped deck in a list of decks."""

    name: str
    title: str
    slides: int


def shipped() -> list[Entry]:
    """All shipped decks. Reads them, but does not compute or draw."""
    entries = []
    for name, file in paths.shipped_decks().items():
        source = load(file, Problems())
        entries.append(Entry(name, str(source.deck.title), len(source.slides)))
    return entries
