"""Live blocks: what the audience can step, drag and play with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Domain, Number, Part, Value
from bpslides.text import Text


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
