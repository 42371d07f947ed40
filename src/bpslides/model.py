"""The deck as data: what an author may write, checked by pydantic.

Every block is one class below; ``BLOCKS`` maps the key that names a block in YAML to its class. To add a block, add a
class here, a macro of the same name in ``templates/blocks.html`` and, when it moves, a module in ``web/src/blocks``.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from bpslides.errors import did_you_mean
from bpslides.text import Text, WrittenBool, describe


def _number(value: Any) -> float:
    """A finite double; truth values, text and nothing are refused."""
    if isinstance(value, bool | WrittenBool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "should be a number, not {what}", {"what": describe(value)})
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number - number != 0:  # infinite or not a number
        raise PydanticCustomError("finite", "should be a finite number")
    return number


def _numbers(value: Any) -> Any:
    """A number, or a list of numbers nested to any depth (an array)."""
    if isinstance(value, list):
        if not value:
            raise PydanticCustomError("empty_array", "should hold at least one number")
        return [_numbers(item) for item in value]
    return _number(value)


Number = Annotated[float, BeforeValidator(_number)]
Numbers = Annotated[Any, BeforeValidator(_numbers)]


def _ascending(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise PydanticCustomError("domain", "should be two numbers, [from, to]")
    low, high = _number(value[0]), _number(value[1])
    if not low < high:
        raise PydanticCustomError("domain", "should run from a smaller to a larger number")
    if not 1e-9 <= high - low <= 1e9:
        raise PydanticCustomError("domain", "should be between 1e-9 and 1e9 wide")
    return (low, high)


Domain = Annotated[tuple[Number, Number], BeforeValidator(_ascending)]


class Part(BaseModel):
    """Base of everything that an author writes: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


# ── models ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Optimizer(Part):
    """How a step is made from a gradient; the learning rate is the model's."""

    name: Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"] = "sgd"
    momentum: Number | None = None
    rho: Number | None = None
    beta1: Number | None = None
    beta2: Number | None = None
    epsilon: Number | None = None
    weight_decay: Number | None = None


Activation = Literal["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "softmax"]
Loss = Literal["half_squared_error", "squared_error", "mean_squared_error", "binary_cross_entropy", "cross_entropy"]


class Layer(Part):
    """A layer of units. ``weights`` has a row per unit of this layer and a column per unit of the layer before."""

    units: list[Text] = Field(min_length=1)
    activation: Activation = "identity"
    weights: list[list[Number]]
    names: list[list[Text]] | None = None
    biases: list[Number] | None = None
    bias_names: list[Text] | None = None


class Examples(Part):
    """A batch: one row per example."""

    inputs: list[list[Number]] = Field(min_length=1)
    targets: list[list[Number]] = Field(min_length=1)


class Network(Part):
    """A layered network, short for the graph that it expands to."""

    inputs: dict[Text, Number] | list[Text]
    targets: dict[Text, Number] | list[Text]
    layers: list[Layer] = Field(min_length=1)
    loss: Loss = "half_squared_error"
    reduction: Literal["mean", "sum"] = "mean"
    examples: Examples | None = None


class Model(Part):
    """A computation whose every value and gradient the deck may show."""

    inputs: dict[Text, Numbers] = {}
    targets: dict[Text, Numbers] = {}
    parameters: dict[Text, Numbers] = {}
    graph: dict[Text, Text] | None = None
    network: Network | None = None
    loss: Text | None = None
    learning_rate: Number = 0.1
    optimizer: Optimizer = Optimizer.model_construct(name="sgd")
    frozen: list[Text] = []
    update: Literal["simultaneous", "sequential"] = "simultaneous"
    symbols: dict[Text, Text] = {}
    """How names look in formulas, as LaTeX; ``w1`` becomes w₁ by itself."""

    @model_validator(mode="after")
    def _one_kind(self) -> Model:
        if (self.graph is None) == (self.network is None):
            raise PydanticCustomError("model_kind", "needs either a “graph” or a “network”")
        if self.network is not None and (self.inputs or self.targets or self.parameters or self.loss):
            raise PydanticCustomError(
                "network_keys",
                "has a “network”: its inputs, targets and loss belong inside of it, its parameters in the layers",
            )
        return self


# ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    at: Number | None = None
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
    at: Number
    symbol: Text = Text("f")
    alt: Text | None = None


class Surface(Block):
    """A function of two variables from above, with a point to drag and the two cross-sections through it."""

    kind = "surface"
    function: Text
    variables: Annotated[list[Text], Field(min_length=2, max_length=2)] = [Text("x"), Text("y")]
    domain: Domain
    domain_y: Domain | None = None
    at: tuple[Number, Number]
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
        hint = did_you_mean(kind, BLOCKS)
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


# ── slides and the deck ───────────────────────────────────────────────────────────────────────────────────────────


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
