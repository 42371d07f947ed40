"""Blocks of words and formulas."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Part
from bpslides.text import Text


class Markdown(Block):
    """Text in Markdown, with ``$…$`` for formulas and ``{{ … }}`` for numbers of the models."""

    kind = "markdown"
    short = "text"
    text: Text

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


class Equation(Block):
    """A displayed formula in LaTeX, or several under one another."""

    kind = "equation"
    short = "tex"
    tex: Text | list[Text]
    note: Text | None = None
    tone: Literal["plain", "forward", "backward"] = "plain"


class FlowBox(Part):
    """One box of a flow: what it is, its value, and what may stand below."""

    label: Text
    value: Text
    note: Text | None = None


class Flow(Block):
    """Boxes joined by arrows: how a value moves forward, or a gradient backward."""

    kind = "flow"
    short = "boxes"
    boxes: list[FlowBox] = Field(min_length=2, max_length=7)
    direction: Literal["forward", "backward"] = "forward"


class Card(Part):
    """A short text with its own heading."""

    title: Text
    text: Text
    icon: Text | None = None


class Cards(Block):
    """A grid of short texts of equal weight."""

    kind = "cards"
    short = "cards"
    cards: list[Card] = Field(min_length=1)
    columns: Annotated[int, Field(ge=1, le=4)] | None = None


class Callout(Block):
    """A text that stands out from the others."""

    kind = "callout"
    short = "text"
    text: Text
    title: Text | None = None
    icon: Text | None = None
    tone: Literal["note", "key", "warning"] = "note"


class Step(Part):
    """One entry of a numbered sequence."""

    title: Text
    text: Text | None = None


class Steps(Block):
    """A numbered sequence."""

    kind = "steps"
    short = "steps"
    steps: list[Step] = Field(min_length=1)
    repeat: Text | None = None
    """What is said along the arrow that leads from the last step back to the first."""


class Table(Block):
    """A table. Cells hold Markdown; numbers are shown as written."""

    kind = "table"
    header: list[Text]
    rows: list[list[Text]] = Field(min_length=1)
    align: list[Literal["left", "center", "right"]] | None = None
    caption: Text | None = None

    @model_validator(mode="after")
    def _same_width(self) -> Table:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.header):
                raise PydanticCustomError(
                    "row",
                    "row {row} has {cells} cells, the header has {columns}",
                    {"row": index + 1, "cells": len(row), "columns": len(self.header)},
                )
        if self.align is not None and len(self.align) != len(self.header):
            raise PydanticCustomError("align", "“align” needs one entry per column")
        return self


class Quote(Block):
    """Somebody's words."""

    kind = "quote"
    short = "text"
    text: Text
    by: Text | None = None
