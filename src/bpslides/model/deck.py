"""Slides, stacks, includes, and the deck that they make up."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks import Content
from bpslides.model.models import Model
from bpslides.model.parts import Number, Part
from bpslides.text import Text


def _identifier(value: Any) -> Any:
    """An id is part of addresses and of the page, so it is kept simple."""
    if (
        not isinstance(value, str)
        or not value.isascii()
        or not value[:1].isalpha()
        or not value.replace("-", "").replace("_", "").isalnum()
    ):
        raise PydanticCustomError("id", "should begin with a letter and hold only letters, digits, “-” and “_”")
    return value


Identifier = Annotated[
    Text,
    BeforeValidator(_identifier),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$"}),
]
Ink = Literal["accent", "forward", "backward", "good", "bad", "muted"]


class Slide(Part):
    """One slide. It needs only a title."""

    title: Text
    """The headline. A sentence that says what the slide shows is better than a topic."""
    id: Identifier | None = None
    """The slide's address, ``#/id``; without it, made from the title. Give one to slides that others link to or
    include."""
    layout: Literal["title", "content", "section", "statement"] = "content"
    """``title`` for the first slide, ``section`` for the start of a part, ``statement`` for one large sentence,
    ``content`` for all the rest."""
    kicker: Text | None = None
    """A few words in small type above the title, such as the part of the talk."""
    subtitle: Text | None = None
    """A line below the title."""
    content: Content = []
    """What stands on the slide: a text, or a list of blocks."""
    claims: list[Text] = []
    """Comparisons of numbers that have to hold, such as ``close(neuron.L, 0.81, 1e-9)``. If one does not, the deck is
    not built: this is how a slide's words cannot become wrong."""
    notes: Text | None = None
    """What you want to say. Only the speaker view shows it."""


class Stack(Part):
    """Slides under one another: the first is reached with →, the others with ↓."""

    stack: list[Slide] = Field(min_length=1)
    """The slides, from top to bottom."""


class Include(Part):
    """Slides and models of another deck. The name alone takes all of it: ``- include: visual-guide``."""

    short = "deck"
    deck: Text
    """One of the shipped decks by its name, or the path of a deck below your own folder."""
    slides: tuple[Text, Text] | None = None
    """The ids of the first and the last slide to take; all slides without it."""
    models: bool = True
    """Whether its models come along."""


class Head(Part):
    """What a deck says about itself."""

    title: Text
    """The title of the talk, for the browser's tab and the list of decks."""
    subtitle: Text | None = None
    """A line more about it."""
    author: Text | None = None
    """Who gives the talk; stands on the title slide."""
    date: Text | None = None
    """When; stands on the title slide, as you write it."""
    lang: Annotated[Text, Field()] = Text("en")
    """The language of the deck, such as ``en`` or ``de``, for screen readers and hyphenation."""
    theme: Text = Text("dark")
    """How it looks: the name of a shipped theme, or a folder of your own."""
    footer: Text | None = None
    """A line at the foot of every slide."""
    duration: Annotated[Number, Field(gt=0, le=600)] | None = None
    """How long the talk takes, in minutes."""


class Symbol(Part):
    """What a symbol of the talk stands for. It is written as LaTeX, or as a name of a model: ``y_hat`` is ŷ.

    A symbol also stands for itself with an index, ``w`` for w₁ and w₂, unless these are declared as well.
    """

    short = "name"
    name: Text
    """What the symbol is called, such as learning rate."""
    meaning: Text | None = None
    """What it means, in a sentence."""
    colour: Ink | None = None
    """Its colour in all formulas and drawings, one of those that the theme has for text."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value


class Deck(Head):
    """A whole deck: a head, the models, and the slides."""

    notation: dict[Text, Symbol] = {}
    """The symbols of the talk with what they stand for. They are explained where they stand, when pointed at."""
    models: dict[Text, Model] = {}
    """The models by their names. Every number of the deck comes from here."""
    slides: list[Slide | Stack] = []
    """The slides, in order."""
