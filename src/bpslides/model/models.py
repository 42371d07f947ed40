"""Models: graphs and layered networks, with how they are trained."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.parts import Number, Numbers, Part
from bpslides.text import Text


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
