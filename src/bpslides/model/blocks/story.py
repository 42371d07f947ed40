"""Blocks that tell a story: lists that grow, sides set against each other, terms, dates, and one big sentence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Part
from bpslides.text import Text


def _bare_item(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


class ListItem(Part):
    """An entry of a list: a bare text, or a text with entries of its own below it."""

    short = "text"
    text: Text
    """What the entry says, in one line of Markdown."""
    items: list[Text] = []
    """Entries one level further in."""


class List(Block):
    """Points with bullets or numbers, all at once or one by one."""

    kind = "list"
    short = "items"
    example = """\
list:
  items:
    - Guess what the answer is.
    - text: Measure how wrong the guess was.
      items: [One number says it all., It is called the *loss*.]
    - Move every weight a little, so that it shrinks.
  appear: true
  numbers: true"""
    items: list[Annotated[ListItem, BeforeValidator(_bare_item)]] = Field(min_length=1, max_length=12)
    """The entries, each a text, or ``{text: …, items: […]}`` for one with a second level."""
    appear: bool = False
    """Whether the entries appear one by one, each with the next step."""
    numbers: bool = False
    """Numbers in place of bullets, where the order matters."""


class Side(Part):
    """One side of a comparison: its title, and a text or points."""

    title: Text
    """What this side is called."""
    text: Text | None = None
    """What there is to say about it, in Markdown."""
    points: list[Text] = []
    """The same as a list of short points."""
    tone: Literal["plain", "good", "bad"] = "plain"
    """How it comes off: ``good`` is marked by a tick, ``bad`` by a cross."""

    @model_validator(mode="after")
    def _says_something(self) -> Side:
        if self.text is None and not self.points:
            raise PydanticCustomError("side", "needs a “text” or a list of “points”")
        return self


class Comparison(Block):
    """Two or three sides set against each other."""

    kind = "comparison"
    short = "sides"
    example = """\
comparison:
  - title: Nudge every weight
    tone: bad
    points: [One pass for each weight., Only nearly right.]
  - title: Sweep back once
    tone: good
    points: [One pass for all of them., Right to the last digit.]"""
    sides: list[Side] = Field(min_length=2, max_length=3)
    """The sides, each with a title, and a text or points."""


class Term(Part):
    """A word and what it means."""

    term: Text
    """The word, or a symbol as a formula."""
    meaning: Text
    """What it means, in a sentence or two."""


class Glossary(Block):
    """Terms with their meanings, as in the back of a book."""

    kind = "glossary"
    short = "terms"
    example = r"""glossary:
  - {term: Loss, meaning: How wrong the prediction is.}
  - {term: Gradient, meaning: How the loss answers to each weight.}
  - {term: $\eta$, meaning: 'The learning rate: how far one step goes.'}"""
    terms: list[Term] = Field(min_length=1, max_length=16)
    """The terms, in the order in which they are shown."""


class Event(Part):
    """Something that happened at some time."""

    date: Text
    """When it was: a year, a day, or whatever fits."""
    title: Text
    """What happened."""
    text: Text | None = None
    """More about it, in one or two short lines."""


class Timeline(Block):
    """Two to seven events along a line, from left to right; on a phone from top to bottom."""

    kind = "timeline"
    short = "events"
    example = """\
timeline:
  - {date: 1970, title: Linnainmaa, text: Gradients in one sweep back.}
  - {date: 1974, title: Werbos, text: The sweep trains networks.}
  - {date: 1986, title: 'Rumelhart, Hinton, Williams', text: It learns features.}"""
    events: list[Event] = Field(min_length=2, max_length=7)
    """The events, the earliest first."""


class Statement(Block):
    """One number or short sentence, as large as it deserves, with what it means and where it comes from."""

    kind = "statement"
    short = "text"
    example = """\
statement:
  text: 1 pass
  note: gives the slope of the loss for every weight at once
  source: Linnainmaa, 1970"""
    text: Text
    """The number or sentence. Up to ten characters are shown as large as a number deserves."""
    note: Text | None = None
    """What the number means, or what follows from the sentence."""
    source: Text | None = None
    """Where it comes from."""
