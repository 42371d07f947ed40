"""How slides look as a whole: their backgrounds, how one follows another, the logo, the counter."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from bpslides import colours
from bpslides.errors import did_you_mean
from bpslides.model.parts import Number, Part
from bpslides.text import Text, WrittenBool

Transition = Literal["none", "fade", "slide", "convex", "concave", "zoom"]
Scheme = Literal["dark", "light"]

#: Backgrounds that every theme has, each made for its text.
GROUNDS = ("surface", "surface_raised", "forward_soft", "backward_soft")


def _ground(value: Any) -> Text:
    """One of the theme's grounds by its name, or a colour as ``#rrggbb``: only our own spelling of it goes on."""
    if value is None:  # `background: #c00` is a comment to YAML
        hint = 'YAML takes “#” for a comment; put quotes around the colour, such as "#17324a"'
        raise PydanticCustomError("colour", "is empty", {"hint": hint})
    text = str(value).strip().lower()
    origin = value.origin if isinstance(value, Text) else None
    if text in GROUNDS:
        return Text(text, origin)
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})|[a-z]+", text, re.ASCII):
        try:
            return Text(colours.parse(text).code, origin)
        except ValueError:
            pass
    close = did_you_mean(text, [*GROUNDS, *colours.names()]) if re.fullmatch(r"[a-z_]+", text) else None
    hint = close or f'use a code such as "#17324a", a name of CSS such as teal, or one of: {", ".join(GROUNDS)}'
    raise PydanticCustomError("colour", "should be a colour", {"hint": hint})


Ground = Annotated[Text, BeforeValidator(_ground), WithJsonSchema({"type": "string"})]


class Background(Part):
    """What lies behind a slide: a colour, two colours that run into each other, or a picture."""

    short = "colour"
    colour: Ground | None = None
    """A code such as "#17324a" (in quotes), a name of CSS such as teal, or a ground of the theme: surface,
    surface_raised, forward_soft, backward_soft."""
    gradient: list[Ground] | None = Field(default=None, min_length=2, max_length=2)
    """Two colours: the first at the top left, the second at the bottom right."""
    image: Text | None = None
    """A picture from the deck's folder, cut so that it fills the screen."""
    opacity: Annotated[Number, Field(ge=0.05, le=1)] = 0.3
    """How strongly the picture is seen, from 0.05 to 1. Text needs 0.4 or less, unless the picture is calm."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"colour": value}

    @model_validator(mode="after")
    def _one_kind(self) -> Background:
        if [self.colour, self.gradient, self.image].count(None) != 2:
            raise PydanticCustomError("background", "needs just one of “colour”, “gradient” and “image”")
        return self


class Logo(Part):
    """A small picture in a corner of every slide."""

    short = "src"
    src: Text
    """The picture's file, from the deck's folder on."""
    alt: Text
    """Whose logo it is; empty for a mere decoration."""
    corner: Literal["top-right", "bottom-right", "bottom-left"] = "top-right"
    """Where it stands."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"src": value} if isinstance(value, str) else value


def _counter(value: Any) -> str:
    if isinstance(value, bool | WrittenBool):
        return "number" if value else "none"
    if value == "total":
        return "total"
    raise PydanticCustomError("slide_numbers", "should be true, false or total")


SlideNumbers = Annotated[str, BeforeValidator(_counter), WithJsonSchema({"enum": [True, False, "total"]})]
"""What the counter shows: ``number``, ``total`` (of how many, too) or ``none``."""
