"""Slides, stacks, includes, and the deck that they make up."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bpslides.model.blocks import Content
from bpslides.model.looks import Background, Logo, Scheme, SlideNumbers, Transition
from bpslides.model.models import Model
from bpslides.model.parts import Number, Part, number_or_array
from bpslides.model.tokens import Tokens
from bpslides.text import Text, describe


def _identifier(value: Any) -> Any:
    """An id is part of addresses and of the page, so it is kept simple. The page's own ids begin with a colon."""
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


def _language(text: Text) -> Text:
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text):
        raise PydanticCustomError("lang", "should be a language's code, such as en, de or pt-BR")
    return text


Language = Annotated[Text, AfterValidator(_language)]


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
    background: Background | None = None
    """What lies behind the slide: a colour, a gradient or a picture."""
    scheme: Scheme | None = None
    """Dark or light colours for what stands on the slide, where its background needs others than the theme's."""
    transition: Transition | None = None
    """How this slide comes and goes, if otherwise than the deck's others."""
    auto_animate: bool = False
    """Whether what stands on the slide before, too, glides to its new place. Both slides have to say so."""


class Stack(Part):
    """Slides under one another: the first is reached with →, the others with ↓."""

    stack: list[Slide] = Field(min_length=1)
    """The slides, from top to bottom."""


def _range(value: Any) -> Any:
    """One id is a range of one slide, or of the stack that it is in."""
    ends = value if isinstance(value, list) else [value]
    if not 1 <= len(ends) <= 2 or not all(isinstance(end, str) for end in ends):
        raise PydanticCustomError(
            "range",
            "should be one id, or the two ends of a range: [first, last]",
            {"hint": "several single slides are named by “only”: [one, another]"},
        )
    return (ends[0], ends[-1])


_IDS = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}
Range = Annotated[tuple[Text, Text], BeforeValidator(_range), WithJsonSchema({"anyOf": [{"type": "string"}, _IDS]})]


class Include(Part):
    """Slides, models and variables of another deck, or of a further file of this one."""

    short = "deck"
    deck: Text
    """The name of a shipped deck, or the address of a folder or file below this deck's own folder. A file may hold just
    a list of slides, or ``slides`` and ``models`` without a title."""
    slides: Range | None = None
    """The id of one slide, or the first and the last id of a range; all slides without it."""
    only: list[Text] | None = None
    """The ids of single slides, in the order in which they are wanted; an empty list takes only the models."""
    models: bool = True
    """Whether the models and variables come along."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"deck": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_choice(self) -> Include:
        if self.slides is not None and self.only is not None:
            raise PydanticCustomError("choice", "has both “slides”, a range, and “only”, single slides")
        if self.only is not None and len(set(self.only)) < len(self.only):
            raise PydanticCustomError("repeated", "has a slide twice in “only”")
        return self


def _variable(value: Any) -> Any:
    """A number, a list of numbers, or a text."""
    if isinstance(value, Text):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        raise PydanticCustomError(
            "variable", "should be a number, a list of numbers or a text, not {what}", {"what": describe(value)}
        )
    return number_or_array(value)


class Variable(RootModel[Any]):
    """A value with a name: a number, a list of numbers, an expression in double braces, or a text to show."""

    model_config = ConfigDict(defer_build=True)
    root: Annotated[Any, BeforeValidator(_variable), WithJsonSchema({"type": ["number", "string", "array"]})]


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
    lang: Language = Text("en")
    """The language of the deck, such as ``en`` or ``de``, for screen readers and hyphenation."""
    theme: Text = Text("dark")
    """The look: dark, light, stark, paper or contrast, or a folder of your own with a theme.css."""
    footer: Text | None = None
    """A line at the foot of every slide."""
    duration: Annotated[Number, Field(gt=0, le=600)] | None = None
    """How long the talk takes, in minutes."""
    requires: list[Text] = []
    """The names of the decks that one should know first. A series computes from them what comes next."""
    aspect: Literal["16:9", "4:3"] = "16:9"
    """The proportions of the slides: 1280 × 720 pixels, or 960 × 720."""
    transition: Transition = "slide"
    """How one slide follows another. Who prefers less motion sees none."""
    slide_numbers: SlideNumbers = "total"
    """The number in the corner of each slide: true, false, or total for “03 / 12”."""
    logo: Logo | None = None
    """A small picture in a corner of every slide."""


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

    tokens: Tokens = Tokens.model_construct()
    """Colours, sizes and fonts that this deck wants otherwise than its theme has them."""
    notation: dict[Text, Symbol] = {}
    """The symbols of the talk with what they stand for. They are explained where they stand, when pointed at."""
    variables: dict[Text, Variable] = {}
    """Values that expressions and texts may use by their names."""
    models: dict[Text, Model] = {}
    """The models by their names. Every number of the deck comes from here."""
    slides: list[Slide | Stack] = []
    """The slides, in order."""
