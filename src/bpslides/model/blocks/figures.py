"""Blocks that are looked at: plots and drawings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Domain, Value
from bpslides.text import Text


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
