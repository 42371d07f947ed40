"""Slides, stacks, includes, and the deck that they make up."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
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


Identifier = Annotated[Text, BeforeValidator(_identifier)]


class Slide(Part):
    """One slide; only the title is needed."""

    title: Text
    id: Identifier | None = None
    layout: Literal["title", "content", "section", "statement"] = "content"
    kicker: Text | None = None
    subtitle: Text | None = None
    content: Content = []
    claims: list[Text] = []
    notes: Text | None = None


class Stack(Part):
    """Slides under one another: the first is reached with →, the others with ↓."""

    stack: list[Slide] = Field(min_length=1)


class Include(Part):
    """Slides and models of another deck."""

    deck: Text
    slides: tuple[Text, Text] | None = None
    """First and last id of the range; all slides without it."""
    models: bool = True


class Head(Part):
    """What a deck says about itself."""

    title: Text
    subtitle: Text | None = None
    author: Text | None = None
    date: Text | None = None
    lang: Annotated[Text, Field()] = Text("en")
    theme: Text = Text("dark")
    footer: Text | None = None
    duration: Annotated[Number, Field(gt=0, le=600)] | None = None
    """How long the talk takes, in minutes."""


class Deck(Head):
    """A whole deck."""

    models: dict[Text, Model] = {}
    slides: list[Slide | Stack] = []
