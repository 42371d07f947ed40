"""A series: decks that belong together, in an order, with an index page."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from bpslides.model.parts import Part
from bpslides.text import Text


class SeriesDeck(Part):
    """One deck of a series; a bare name or address is enough."""

    short = "deck"
    deck: Text
    """The name of a shipped deck, or the address of a folder or file below the folder of the series."""
    text: Text | None = None
    """What it is about, in a few sentences; without it the index shows the deck's own subtitle."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"deck": value} if isinstance(value, str) else value


class SeriesPart(Part):
    """Some decks of a series under a heading of their own, or just a text."""

    title: Text | None = None
    """The heading; a part without one continues the page."""
    text: Text | None = None
    """What holds for all of these decks; Markdown."""
    decks: list[SeriesDeck] = Field(default=[], max_length=100)
    """The decks, in the order in which they should be read."""


class Series(Part):
    """Decks with an index page that counts their slides, figures and minutes, and says what needs what."""

    title: Text
    """The heading of the page."""
    subtitle: Text | None = None
    """One sentence below it."""
    text: Text | None = None
    """What one should know before choosing; Markdown. A link to the name of a deck leads to that deck."""
    lang: Text = Text("en")
    """The language of the texts, such as en or de."""
    theme: Text | None = None
    """A theme for the index page; without one it is dark or light, as the reader's system is."""
    parts: list[SeriesPart] = Field(min_length=1, max_length=50)
    """The decks, in parts."""
