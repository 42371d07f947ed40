"""Blocks: what stands on a slide. ``BLOCKS`` maps the key that names a block in YAML to its class.

To add a block, add a class here, a macro of the same name in ``templates/blocks.html`` and, when it moves, a module in
``web/src/blocks``.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from bpslides.errors import did_you_mean
from bpslides.model.parts import Domain, Number, Part, Value
from bpslides.text import Text, describe


class Block(Part):
    """Base of the blocks. ``kind`` is the key that names the block; ``short`` the field that a bare value fills."""

    kind: ClassVar[str]
    short: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {cls.kind}:
            value = value[cls.kind]
        if isinstance(value, str | list) and cls.short:
            return {cls.short: value}
        if not isinstance(value, dict):
            raise PydanticCustomError(
                "block", "a “{kind}” should be a mapping, not {what}", {"kind": cls.kind, "what": describe(value)}
            )
        return value


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


class Figure(Block):
    """A plot: a ``function`` over a ``domain``, or a Plotly figure as ``data`` and ``layout``."""

    kind = "figure"
    function: Text | None = None
    variable: Text | None = None
    domain: Domain | None = None
    at: Value | None = None
    """Where a point with its tangent is drawn."""
    symbol: Text | None = None
    data: list[dict[Text, Any]] | None = None
    layout: dict[Text, Any] = {}
    alt: Text | None = None
    caption: Text | None = None
    height: Annotated[int, Field(ge=120, le=600)] = 380

    @model_validator(mode="after")
    def _one_source(self) -> Figure:
        if (self.function is None) == (self.data is None):
            raise PydanticCustomError("figure", "needs either a “function” with a “domain”, or Plotly's “data”")
        if self.function is not None and self.domain is None:
            raise PydanticCustomError("figure", "plots a function and so needs a “domain”, such as [-2, 2]")
        return self


class NetworkDrawing(Block):
    """A drawing of a layered network: of a model, or just of so many units a layer."""

    kind = "network"
    model: Text | None = None
    layers: list[Annotated[int, Field(ge=1, le=8)]] | None = None
    labels: list[Text] | None = None
    alt: Text | None = None
    caption: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> NetworkDrawing:
        if (self.model is None) == (self.layers is None):
            raise PydanticCustomError("network", "needs either a “model” or a list of “layers”, such as [3, 4, 2]")
        if self.labels is not None and self.layers is not None and len(self.labels) != len(self.layers):
            raise PydanticCustomError("labels", "“labels” needs one entry per layer")
        return self


class Slider(Part):
    """A control for one input or parameter of the model, or for its ``learning_rate``."""

    name: Text
    min: Number
    max: Number
    step: Annotated[Number, Field(gt=0)] = 0.01
    label: Text | None = None

    @model_validator(mode="after")
    def _range(self) -> Slider:
        if not self.min < self.max:
            raise PydanticCustomError("slider", "“min” should be less than “max”")
        return self


class Readout(Part):
    """A number that is shown live: a name of the model, or ``grad.name``."""

    value: Text
    label: Text
    format: Text | None = None
    tone: Literal["plain", "forward", "backward"] = "plain"


class LossPlot(Part):
    """The curve of ``value`` as ``variable`` moves, with the point, its tangent and the path of the steps."""

    variable: Text
    value: Text
    domain: Domain
    range: Domain | None = None
    x_label: Text | None = None
    y_label: Text | None = None


class Demo(Block):
    """A model to play with: sliders, numbers, and gradient steps on the curve of its loss."""

    kind = "demo"
    model: Text
    sliders: list[Slider] = Field(min_length=1, max_length=4)
    readouts: list[Readout] = Field(min_length=1, max_length=8)
    plot: LossPlot


class WalkPlot(Part):
    """An activation's curve on which the walk marks the unit that it passes: ``points`` maps input to output."""

    function: Text
    variable: Text | None = None
    domain: Domain
    points: dict[Text, Text] = Field(min_length=1)
    title: Text | None = None


class Walk(Block):
    """A graph walked forward and backward, one substep at a time, to one gradient."""

    kind = "walk"
    model: Text
    gradient: Text
    plot: WalkPlot | None = None


class Curve(Block):
    """A function of one variable with a point to drag and its tangent."""

    kind = "curve"
    function: Text
    variable: Text | None = None
    domain: Domain
    range: Domain | None = None
    at: Value
    symbol: Text = Text("f")
    alt: Text | None = None


class Surface(Block):
    """A function of two variables from above, with a point to drag and the two cross-sections through it."""

    kind = "surface"
    function: Text
    variables: Annotated[list[Text], Field(min_length=2, max_length=2)] = [Text("x"), Text("y")]
    domain: Domain
    domain_y: Domain | None = None
    at: tuple[Value, Value]
    symbol: Text = Text("f")
    alt: Text | None = None


class Columns(Block):
    """Blocks side by side."""

    kind = "columns"
    short = "columns"
    columns: list[Content] = Field(min_length=2, max_length=4)
    widths: list[Annotated[Number, Field(gt=0, le=12)]] | None = None

    @model_validator(mode="after")
    def _same_number(self) -> Columns:
        if self.widths is not None and len(self.widths) != len(self.columns):
            raise PydanticCustomError("widths", "“widths” needs one number per column")
        return self


class Fragment(Block):
    """Blocks that appear with the next step."""

    kind = "fragment"
    short = "content"
    content: Content


_KINDS = (Markdown, Equation, Flow, Cards, Callout, Steps, Table, Quote, Figure, NetworkDrawing)
_KINDS += (Demo, Walk, Curve, Surface, Columns, Fragment)  # type: ignore[assignment]

#: The key that names a block in YAML → its class.
BLOCKS: dict[str, type[Block]] = {block.kind: block for block in _KINDS}


def _kind_of(value: Any) -> str | None:
    if isinstance(value, Block):
        return value.kind
    if isinstance(value, str):
        return Markdown.kind
    return str(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


def _known_block(value: Any) -> Any:
    """Refuse what names no block, with a message for the most likely slip."""
    if isinstance(value, str | Block):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("block", "should be text or a block, not {what}", {"what": describe(value)})
    if len(value) != 1:
        raise PydanticCustomError(
            "block_keys",
            "a block has one key that names its kind, this one has {keys}",
            {"keys": ", ".join(f"“{key}”" for key in value) or "none", "hint": "indent the settings below the kind"},
        )
    kind = str(next(iter(value)))
    if kind not in BLOCKS:
        sentence = " " in kind or kind[:1].isupper()
        hint = "if this is a sentence, put it in quotes" if sentence else did_you_mean(kind, BLOCKS)
        raise PydanticCustomError("block_kind", "there is no block “{kind}”", {"kind": kind, "hint": hint})
    return value


def _as_list(value: Any) -> Any:
    """A single text or block counts as a list of one."""
    if isinstance(value, str) or (isinstance(value, dict) and len(value) == 1):
        return [value]
    if not isinstance(value, list):
        raise PydanticCustomError(
            "content", "should be text or a list of blocks, not {what}", {"what": describe(value)}
        )
    return value


AnyBlock = Annotated[
    Annotated[Markdown, Tag("markdown")]
    | Annotated[Equation, Tag("equation")]
    | Annotated[Flow, Tag("flow")]
    | Annotated[Cards, Tag("cards")]
    | Annotated[Callout, Tag("callout")]
    | Annotated[Steps, Tag("steps")]
    | Annotated[Table, Tag("table")]
    | Annotated[Quote, Tag("quote")]
    | Annotated[Figure, Tag("figure")]
    | Annotated[NetworkDrawing, Tag("network")]
    | Annotated[Demo, Tag("demo")]
    | Annotated[Walk, Tag("walk")]
    | Annotated[Curve, Tag("curve")]
    | Annotated[Surface, Tag("surface")]
    | Annotated[Columns, Tag("columns")]
    | Annotated[Fragment, Tag("fragment")],
    Discriminator(_kind_of),
    BeforeValidator(_known_block),
]
Content = Annotated[list[AnyBlock], BeforeValidator(_as_list)]
