"""Blocks that are looked at: plots and drawings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Domain, Value
from bpslides.text import Text


class Figure(Block):
    """A plot: a ``function`` over a ``domain``, or a Plotly figure of your own as ``data`` and ``layout``.

    For one function, name it and say where it is drawn; ``at`` adds a point with its tangent. Everything else that the
    page can draw (scatter, bar, heatmap, contour) is written as Plotly writes it.
    """

    kind = "figure"
    example = """\
figure:
  function: (neuron.y - relu(w*neuron.x + neuron.b))**2
  variable: w
  domain: [-0.5, 2.5]
  at: neuron.w
  symbol: L
  caption: The loss as the weight moves.
"""
    function: Text | None = None
    """What to plot: an expression with one free name, which may use the numbers of the models."""
    variable: Text | None = None
    """The free name; needed only where it could be more than one."""
    domain: Domain | None = None
    """Where the plot begins and ends, ``[from, to]``."""
    at: Value | None = None
    """Where a point with its tangent is drawn: a number, or an expression such as ``neuron.w``."""
    symbol: Text | None = None
    """What the function is called at the axis; ``f`` unless you say so."""
    data: list[dict[Text, Any]] | None = None
    """Plotly's list of traces, in place of a function."""
    layout: dict[Text, Any] = {}
    """Plotly's layout: titles of axes, ranges, and so on. Colours and fonts come from the theme."""
    alt: Text | None = None
    """What the plot shows, for those who cannot see it. A function gets a plain sentence by itself."""
    caption: Text | None = None
    """A line below the plot."""
    height: Annotated[int, Field(ge=120, le=600)] = 380
    """How high the plot is, in the slide's pixels."""

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
    example = """\
network:
  layers: [3, 4, 2]
  labels: [Input, Hidden, Output]
  caption: 'Every line is a weight, {{ 3*4 + 4*2 | d }} in all.'
"""
    model: Text | None = None
    """The model to draw; it has to be a ``network``."""
    layers: list[Annotated[int, Field(ge=1, le=8)]] | None = None
    """How many units each layer has, from the input on, in place of a model."""
    labels: list[Text] | None = None
    """A word for each layer."""
    alt: Text | None = None
    """What the drawing shows, for those who cannot see it."""
    caption: Text | None = None
    """A line below the drawing."""

    @model_validator(mode="after")
    def _one_source(self) -> NetworkDrawing:
        if (self.model is None) == (self.layers is None):
            raise PydanticCustomError("network", "needs either a “model” or a list of “layers”, such as [3, 4, 2]")
        if self.labels is not None and self.layers is not None and len(self.labels) != len(self.layers):
            raise PydanticCustomError("labels", "“labels” needs one entry per layer")
        return self
