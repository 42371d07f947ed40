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
    """How a step is made from a gradient. The learning rate is the model's, not the optimizer's."""

    name: OptimizerName = "sgd"
    """Which one."""
    momentum: Number | None = None
    """momentum, nesterov: how much of the last step is kept, 0.9 unless given."""
    rho: Number | None = None
    """rmsprop: how slowly the mean of the squares forgets, 0.9 unless given."""
    beta1: Number | None = None
    """adam, adamw: how slowly the mean of the gradients forgets, 0.9 unless given."""
    beta2: Number | None = None
    """adam, adamw: how slowly the mean of their squares forgets, 0.999 unless given."""
    epsilon: Number | None = None
    """rmsprop, adam, adamw: keeps the divisor above zero, 1e-8 unless given."""
    weight_decay: Number | None = None
    """How strongly weights are drawn to zero; 0 unless given, and 0.01 with adamw."""


class Schedule(Part):
    """A learning rate that changes from update to update."""

    name: ScheduleName
    """How it changes."""
    rate: Number
    """The learning rate that it begins with."""
    size: Whole | None = None
    """step: after so many updates the rate is multiplied by ``factor``."""
    factor: Number | None = None
    """step: what the rate is multiplied by, 0.1 unless given."""
    steps: Whole | None = None
    """cosine: the number of updates until the rate is ``final``."""
    final: Number | None = None
    """cosine: the rate at the end, 0 unless given."""


class MiniBatch(Part):
    """A step sees only some of the examples, in an order that is shuffled anew for every epoch."""

    size: Annotated[Whole, Field(ge=1)]
    """How many examples a step sees."""
    seed: Whole = 0
    """Another number gives another order, the same one every time."""


class Initialiser(Part):
    """Weights or biases that are drawn at random, the same ones every time."""

    init: InitName
    """What they are drawn from: ``xavier`` and ``he`` fit the size of the layer and are for weights, ``uniform`` and
    ``normal`` go by ``scale``."""
    seed: Whole = 0
    """Another number gives other weights."""
    scale: Positive | None = None
    """How wide they are spread, 1 unless given."""


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
    """A layer of units.

    With named units, each unit has numbers of its own, such as ``H3.z`` and ``H3.a``. With just the number of the
    units, the layer has one array each: ``layer1.z``, ``layer1.a``, ``layer1.W`` and ``layer1.b``.
    """

    units: Units
    """The names of the units, or just how many there are."""
    activation: Activation = "identity"
    """What each unit does to its sum."""
    weights: Weights
    """A row per unit of this layer, with a number per unit of the layer before; or how to draw them."""
    names: list[list[Text]] | None = None
    """What the weights are called, in the shape of ``weights``; ``W_from_to`` without it."""
    biases: Biases | None = None
    """A number per unit, or how to draw them; no biases without it."""
    bias_names: list[Text] | None = None
    """What the biases are called, one per unit; ``b_unit`` without it."""


class Examples(Part):
    """A batch of examples: one row per example."""

    inputs: list[list[Number]] = Field(min_length=1)
    """A number per input in each row."""
    targets: list[list[Number]] = Field(min_length=1)
    """A number per target in each row."""


class Network(Part):
    """A layered network, short for the graph that it expands to."""

    inputs: Ends
    """The inputs with their values, or just their names where there are ``examples``."""
    targets: Ends
    """The targets with their values, or just their names where there are ``examples``."""
    layers: list[Layer] = Field(min_length=1)
    """The layers, from the first hidden one to the output."""
    loss: LossName = "half_squared_error"
    """How far the outputs are from the targets, as one number; it is called ``loss``."""
    delta: Positive | None = None
    """huber: where the square ends and the straight line begins, 1 unless given."""
    reduction: Literal["mean", "sum"] = "mean"
    """Whether the losses of the examples are averaged or added up."""
    examples: Examples | None = None
    """A batch to compute with, in place of single values."""

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
    """A computation whose every value and gradient the deck may show.

    It is a ``graph``, which names its steps one by one, a layered ``network``, or one example ``of`` another model. In
    texts its numbers are ``{{ neuron.L }}``, ``{{ neuron.grad.w }}``, ``{{ neuron.updated.w }}`` and
    ``{{ neuron.after(10).L }}``.
    """

    inputs: dict[Text, Numbers] = {}
    """What goes in: names with a number or a list of numbers each."""
    targets: dict[Text, Numbers] = {}
    """What should come out, in the same way."""
    parameters: dict[Text, Numbers] = {}
    """What training changes: the weights and biases, with the values that they begin with."""
    graph: dict[Text, Text] | None = None
    """The steps of the computation, in order. Each is a name with an expression, which may use the names above it."""
    network: Network | None = None
    """A layered network, in place of a graph."""
    of: Text | None = None
    """In place of both, another model with several examples, of which this one has the ``example`` with this number.
    Parameters and settings are the other's; values are single numbers, so that formulas and walks can show them."""
    example: Annotated[int, Field(ge=0)] | None = None
    """Which example; counting begins at 0."""
    loss: Text | None = None
    """The line of the graph that training makes small, the last one unless given."""
    learning_rate: LearningRate = 0.1
    """How long a step is: a number, or a schedule."""
    optimizer: Optimizer = Optimizer.model_construct(name="sgd")
    """How a step is made from a gradient; plain gradient descent without it."""
    frozen: list[Text] = []
    """Parameters that no step may change."""
    update: Literal["simultaneous", "sequential"] = "simultaneous"
    """``simultaneous`` moves all parameters by the gradients of one backward pass, as it should be. ``sequential``
    moves one after the other, with new gradients in between: a mistake of some textbooks, kept to explain it."""
    batch: Batch = "full"
    """How many of the examples a step sees: ``full`` all of them, ``online`` one after the other (an update is then a
    whole epoch), or a mini-batch such as ``{size: 2}``."""
    symbols: dict[Text, Text] = {}
    """How names look in formulas, as LaTeX; ``w1`` becomes w₁ by itself."""

    @model_validator(mode="after")
    def _one_kind(self) -> Model:
        if (self.graph, self.network, self.of).count(None) != 2:
            raise PydanticCustomError("model_kind", "needs either a “graph” or a “network”")
        if (self.of is None) != (self.example is None):
            raise PydanticCustomError("one_example", "needs “of” and “example” together")
        if self.of is not None and (others := self.model_fields_set - {"of", "example"}):
            raise PydanticCustomError(
                "of_keys", "has “of”, and so takes “{key}” from that model", {"key": sorted(others)[0]}
            )
        if self.network is not None and (self.inputs or self.targets or self.parameters or self.loss):
            raise PydanticCustomError(
                "network_keys",
                "has a “network”: its inputs, targets and loss belong inside of it, its parameters in the layers",
            )
        return self
