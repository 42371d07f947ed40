"""Blocks that show what lies in a file or is set as it is typed: code, pictures, videos."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.text import Text

#: A slide holds half of this at most.
MAX_CODE = 4_000


def _short_enough(text: Text) -> Text:
    if len(text) > MAX_CODE:
        raise PydanticCustomError("code", f"should have {MAX_CODE:,} characters at most", {"hint": "show a part of it"})
    return text


def _lines(text: Text) -> Text:
    """Numbers of lines and ranges of them, such as ``1-3, 5``."""
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,4})\s*(?:[-–]\s*(\d{1,4})\s*)?", part)
        if match is None:
            raise PydanticCustomError("lines", "should name lines, such as “3” or “1-3, 5”")
        if int(match[1]) < 1 or int(match[2] or match[1]) < int(match[1]):
            raise PydanticCustomError("lines", "should name lines from 1 on, the smaller number first")
    return text


class Code(Block):
    """A piece of a program, coloured by its language. Lines can be stepped through."""

    kind = "code"
    short = "text"
    example = """\
code:
  language: python
  text: |
    def step(weight, x, y):
        error = weight * x - y  # how wrong it is
        return weight - 0.1 * error * x
  steps: ['2', '3']
  line_numbers: true"""
    text: Annotated[Text, AfterValidator(_short_enough)]
    """The program, best as a block of text after ``|``. Double braces and formulas stay as they are."""
    language: Text | None = None
    """The language, such as ``python``, ``c++`` or ``yaml``; without it, nothing is coloured."""
    line_numbers: bool = False
    """Whether the lines are numbered."""
    steps: list[Annotated[Text, AfterValidator(_lines)]] = Field(default=[], max_length=12)
    """The lines that each step brings out, such as ``['1-3', '5']``."""
    caption: Text | None = None
    """A line below it."""


class Image(Block):
    """A picture from the deck's folder."""

    kind = "image"
    short = "src"
    example = """\
image:
  src: boundary.svg
  alt: Two clouds of points, and a line that keeps them apart.
  caption: What one neuron can learn"""
    src: Text
    """The picture's file, from the deck's folder on: PNG, JPEG, GIF, WebP, AVIF or SVG."""
    alt: Text
    """What it shows, for those who do not see it; empty for a mere decoration."""
    caption: Text | None = None
    """A line below it."""
    width: Annotated[int, Field(ge=24, le=1280)] | None = None
    """How wide it is, in pixels of the slide; without it, as wide as it is or as there is room."""
    height: Annotated[int, Field(ge=24, le=720)] | None = None
    """How high it is, in pixels of the slide."""
    fit: Literal["contain", "cover"] = "contain"
    """Where both are given: show the whole picture (``contain``), or fill the place and cut the edges (``cover``)."""


class Video(Block):
    """A video from the deck's folder."""

    kind = "video"
    short = "src"
    example = """\
video:
  src: descent.webm
  alt: A ball rolls down a bowl and comes to rest at its lowest point.
  poster: descent.svg"""
    src: Text
    """The file, from the deck's folder on: MP4 or WebM."""
    alt: Text
    """What happens in it, for those who do not see it; it is printed where there is no poster."""
    poster: Text | None = None
    """A picture that stands for it until it plays, and on paper."""
    caption: Text | None = None
    """A line below it."""
    controls: bool = True
    """Whether there are buttons to play and to stop."""
    autoplay: bool = False
    """Whether it plays by itself when its slide comes; only a muted one may."""
    muted: bool = False
    """Whether it is without sound."""
    loop: bool = False
    """Whether it begins again at its end."""
    height: Annotated[int, Field(ge=24, le=720)] | None = None
    """How high it is, in pixels of the slide."""

    @model_validator(mode="after")
    def _can_be_played(self) -> Video:
        if self.autoplay and not self.muted:
            raise PydanticCustomError("autoplay", "needs “muted: true” to play by itself; browsers allow nothing else")
        if not self.autoplay and not self.controls:
            raise PydanticCustomError("controls", "has neither “controls” nor “autoplay”, so nobody could start it")
        return self
