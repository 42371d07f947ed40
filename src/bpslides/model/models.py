"""Models: graphs and layered networks, with how they are trained."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.parts import Number, Numbers, Part
from bpslides.text import Text, WrittenBool, describe

MAX_UNITS = 4096
"""The most units that one layer may have."""


def _form(tags: dict[type, str], otherwise: str) -> Discriminator:
    """Tell the forms of a value apart by type, so that a mistake is told for the form that was meant."""
    return Discriminator(lambda value: next((tag for kind, tag in tags.items() if isinstance(value, kind)), otherwise))


def _whole(value: Any) -> Any:
    if isinstance(value, bool | WrittenBool) or not isinstance(value, int):
        raise PydanticCustomError("whole", "should be a whole number, not {what}", {"what": describe(value)})
    return int(value)


def _units(value: Any) -> Any:
    if isinstance(value, list):
        return value
    if isinstance(value, bool | WrittenBool) or not isinstance(value, int):
        raise PydanticCustomError("units", "should be a list of names, or the number of units")
    if not 1 <= value <= MAX_UNITS:
        raise PydanticCustomError(
            "units", "should be 1 to {most} units, not {number}", {"most": MAX_UNITS, "number": value}
        )
    return int(value)


def _ends(value: Any) -> Any:
    if not isinstance(value, dict | list):
        raise PydanticCustomError("ends", "should be {name: value, …}, or a list of names with “examples”")
    return value


Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**53)]
Positive = Annotated[Number, Field(gt=0)]

OptimizerName = Literal["sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"]
ScheduleName = Literal["constant", "step", "cosine"]
Activation = Literal[
    "identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "softmax"
]  # fmt: skip
LossName = Literal[
    "half_squared_error",
    "squared_error",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
    "binary_cross_entropy",
    "cross_entropy",
    "hinge",
]
InitName = Literal["zeros", "uniform", "normal", "xavier", "he"]


class Optimizer(Part):
    """How a step is made from a gradient; the learning rate is the model's."""

    name: OptimizerName = "sgd"
    momentum: Number | None = None
    rho: Number | None = None
    beta1: Number | None = None
    beta2: Number | None = None
    epsilon: Number | None = None
    weight_decay: Number | None = None


class Schedule(Part):
    """A learning rate that changes from update to update; ``rate`` is the one that it begins with."""

    name: ScheduleName
    rate: Number
    size: Whole | None = None
    """step: after so many updates the rate is multiplied by ``factor``."""
    factor: Number | None = None
    steps: Whole | None = None
    """cosine: the number of updates until the rate is ``final``."""
    final: Number | None = None


class MiniBatch(Part):
    """A step sees so many examples, of an order that is shuffled anew for every epoch."""

    size: Annotated[Whole, Field(ge=1)]
    seed: Whole = 0


class Initialiser(Part):
    """Weights or biases that are drawn; the formulas are in :mod:`bpslides.initialisers`."""

    init: InitName
    seed: Whole = 0
    scale: Positive | None = None


# The tag of a form is part of where pydantic says that a mistake is, so the plainest form has the key as its tag.
_Drawn = Annotated[Initialiser, Tag("initialiser")]
_drawn_or = {dict: "initialiser", Initialiser: "initialiser"}
Units = Annotated[
    Annotated[list[Text], Field(min_length=1), Tag("units")] | Annotated[int, Tag("number")],
    _form({list: "units"}, "number"),
    BeforeValidator(_units),
]
Weights = Annotated[Annotated[list[list[Number]], Tag("weights")] | _Drawn, _form(_drawn_or, "weights")]
Biases = Annotated[Annotated[list[Number], Tag("biases")] | _Drawn, _form(_drawn_or, "biases")]
Ends = Annotated[
    Annotated[dict[Text, Numbers], Tag("values")] | Annotated[list[Text], Field(min_length=1), Tag("names")],
    _form({dict: "values"}, "names"),
    BeforeValidator(_ends),
]
LearningRate = Annotated[
    Annotated[Number, Tag("learning_rate")] | Annotated[Schedule, Tag("schedule")],
    _form({dict: "schedule", Schedule: "schedule"}, "learning_rate"),
]


def _batch(value: Any) -> Any:
    if not isinstance(value, dict | MiniBatch) and value not in ("full", "online"):
        raise PydanticCustomError("batch", "should be full, online, or {form}", {"form": "{size: 2, seed: 0}"})
    return value


Batch = Annotated[
    Annotated[Literal["full", "online"], Tag("batch")] | Annotated[MiniBatch, Tag("mini")],
    _form({dict: "mini", MiniBatch: "mini"}, "batch"),
    BeforeValidator(_batch),
]


class Layer(Part):
    """A layer of units. ``weights`` has a row per unit of this layer and a column per unit of the layer before.

    ``units`` are names, each of which gets its own nodes, or just their number: then the layer has one array a node.
    """

    units: Units
    activation: Activation = "identity"
    weights: Weights
    names: list[list[Text]] | None = None
    biases: Biases | None = None
    bias_names: list[Text] | None = None


class Examples(Part):
    """A batch: one row per example."""

    inputs: list[list[Number]] = Field(min_length=1)
    targets: list[list[Number]] = Field(min_length=1)


class Network(Part):
    """A layered network, short for the graph that it expands to."""

    inputs: Ends
    targets: Ends
    layers: list[Layer] = Field(min_length=1)
    loss: LossName = "half_squared_error"
    delta: Positive | None = None
    """huber: where the square ends and the straight line begins, 1 if not given."""
    reduction: Literal["mean", "sum"] = "mean"
    examples: Examples | None = None

    @property
    def is_named(self) -> bool:
        """Whether every unit has a name, so that its values are single numbers."""
        return all(isinstance(layer.units, list) for layer in self.layers)

    @model_validator(mode="after")
    def _one_form(self) -> Network:
        if not self.is_named and any(isinstance(layer.units, list) for layer in self.layers):
            raise PydanticCustomError("mixed", "needs names for the units of all layers, or only their numbers")
        if self.delta is not None and self.loss != "huber":
            raise PydanticCustomError("delta", "has a “delta”, which only the loss huber knows")
        return self


class Model(Part):
    """A computation whose every value and gradient the deck may show."""

    inputs: dict[Text, Numbers] = {}
    targets: dict[Text, Numbers] = {}
    parameters: dict[Text, Numbers] = {}
    graph: dict[Text, Text] | None = None
    network: Network | None = None
    loss: Text | None = None
    learning_rate: LearningRate = 0.1
    optimizer: Optimizer = Optimizer.model_construct(name="sgd")
    frozen: list[Text] = []
    update: Literal["simultaneous", "sequential"] = "simultaneous"
    batch: Batch = "full"
    """How many examples a step sees: all, one after the other (an update is then a whole epoch), or a mini-batch."""
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
