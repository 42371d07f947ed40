"""Live blocks: what the audience can step, drag and play with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.models import Optimizer, Whole
from bpslides.model.parts import Domain, Number, Part, Value
from bpslides.text import Text

#: More steps than this make a path on which none can be told from the next.
MOST_STEPS = 200


class Slider(Part):
    """A control for one input or parameter of the model, or for its ``learning_rate``."""

    name: Text
    """What it moves: an input, a parameter, or ``learning_rate``."""
    min: Number
    """The left end."""
    max: Number
    """The right end."""
    step: Annotated[Number, Field(gt=0)] = 0.01
    """How far one press of an arrow key goes."""
    label: Text | None = None
    """What stands beside it; without it, the name as a formula."""

    @model_validator(mode="after")
    def _range(self) -> Slider:
        if not self.min < self.max:
            raise PydanticCustomError("slider", "“min” should be less than “max”")
        return self


class Readout(Part):
    """A number that is shown live."""

    value: Text
    """A name of the model, such as ``L``, or a gradient, such as ``grad.w``."""
    label: Text
    """What stands beside the number."""
    format: Text | None = None
    """How the number is written, such as ``.2f``."""
    tone: Literal["plain", "forward", "backward"] = "plain"
    """``forward`` is blue, for values; ``backward`` orange, for gradients."""


class LossPlot(Part):
    """The curve of the loss as one variable moves, with the current point, its tangent and the path of the steps."""

    variable: Text
    """The input or parameter along the x-axis."""
    value: Text
    """The loss of the model, along the y-axis."""
    domain: Domain
    """Where the x-axis begins and ends, ``[from, to]``."""
    range: Domain | None = None
    """Where the y-axis begins and ends; without it, so that the whole curve is seen."""
    x_label: Text | None = None
    """The title of the x-axis."""
    y_label: Text | None = None
    """The title of the y-axis."""


class Demo(Block):
    """A model to play with: sliders, live numbers, and gradient steps on the curve of its loss.

    Names are those of the model, without its own in front: ``y_hat``, ``grad.w``. What is shown and moved
    are single numbers; the model itself may learn from a batch, by its own optimizer and learning rate.
    """

    kind = "demo"
    example = """\
demo:
  model: neuron
  sliders:
    - {name: w, min: -0.5, max: 2.5, label: weight $w$}
    - {name: learning_rate, min: 0.01, max: 0.3, label: 'rate $\\eta$'}
  readouts:
    - {value: L, label: loss $L$, format: .3f, tone: forward}
    - {value: grad.w, label: slope, format: .2f, tone: backward}
  plot: {variable: w, value: L, domain: [-0.6, 2.6]}
"""
    model: Text
    """The model to play with."""
    sliders: list[Slider] = Field(min_length=1, max_length=4)
    """What can be moved: one to four sliders."""
    readouts: list[Readout] = Field(min_length=1, max_length=8)
    """The numbers that are shown: one to eight."""
    plot: LossPlot
    """The curve on which the steps are seen."""


class Descent(Block):
    """A point that goes down a curve by gradient descent: step by step, or on its own until it is there, or lost."""

    kind = "descent"
    example = """\
descent:
  function: 0.5*(W - 3)**2
  symbol: E
  start: 8
  rate: 0.2
  steps: 4
  rates: [0.01, 2.2]
  domain: [-3, 9]
"""
    function: Text
    """The curve, as an expression of one variable."""
    variable: Text | None = None
    """The variable, where the expression holds more than one name."""
    start: Value
    """Where the point begins."""
    rate: Annotated[Number, Field(gt=0)] = 0.1
    """The learning rate that it begins with."""
    steps: Annotated[Whole, Field(le=MOST_STEPS)] = 0
    """How many steps it has taken already: with some, the path is seen untouched and in print. Reset comes back to
    them."""
    rates: Domain = (0.01, 1.0)
    """From where to where the slider of the learning rate goes."""
    optimizer: Optimizer = Optimizer.model_construct(name="sgd")
    """How a step is made from a gradient; plain gradient descent without it."""
    domain: Domain
    """The part of the variable's axis that is shown."""
    range: Domain | None = None
    """The part of the other axis; made to fit without it."""
    symbol: Text = Text("f")
    """What the function is called."""


class Training(Block):
    """A model that is watched while it trains: its loss over the updates, beside runs that were kept."""

    kind = "training"
    example = "training: {model: neuron, steps: 60, rates: [0.005, 0.3], show: [y_hat], log: true}"
    model: Text | list[Text]
    """The model, or several to choose from: the same one with other optimizers, say."""
    steps: Annotated[Whole, Field(ge=1, le=2000)] = 100
    """How many updates are drawn at first."""
    rates: Domain | None = None
    """From where to where the slider of the learning rate goes; without it there is none."""
    show: Annotated[list[Text], Field(max_length=3)] = []
    """Values that are shown beside the loss, such as the prediction: single numbers of the model."""
    log: bool = False
    """Whether the loss begins on a logarithmic axis."""
    boundary: bool = False
    """Whether the output is drawn over the plane of the two inputs, with the examples."""
    conventions: list[Literal["reduction"]] = []
    """What the audience may switch for a network with examples: whether their losses are averaged or added up."""

    @property
    def models(self) -> list[Text]:
        """The models to choose from."""
        return self.model if isinstance(self.model, list) else [self.model]


class WalkPlot(Part):
    """An activation's curve, on which the walk marks the unit that it passes."""

    function: Text
    """The curve, such as ``sigmoid(z)``."""
    variable: Text | None = None
    """Its variable; needed only where it could be more than one."""
    domain: Domain
    """Where the curve begins and ends, ``[from, to]``."""
    points: dict[Text, Text] = Field(min_length=1)
    """For each unit, the name of its input and that of its output, such as ``{z: y_hat}``."""
    title: Text | None = None
    """What stands above the curve."""


class Walk(Block):
    """A model walked forward and backward, one step at a time.

    With a ``gradient``, the walk goes through the graph to that one. Without one, it goes over a whole layered network:
    units, weights and every gradient. Drawing, formula and table move together, and each number appears when it is
    worked out.
    """

    kind = "walk"
    example = "walk: {model: neuron, gradient: w}"
    model: Text
    """The model that is walked: a graph, or a network with named units. Its values are single numbers."""
    gradient: Text | None = None
    """Where the way back ends: a parameter, an input, or any line of the graph."""
    plot: WalkPlot | None = None
    """A curve beside the walk through a graph."""
    conventions: list[Literal["delta_sign", "update", "half"]] = []
    """What the audience may switch on the walk over a network: the sign of δ, whether weights are updated at once at
    the end or one after the other on the way, and whether a squared error is halved."""
    delta_sign: Literal["plus", "minus"] = "plus"
    """The sign that δ begins with: ``plus`` for δ = ∂L/∂z, ``minus`` for books in which it points downhill."""

    @model_validator(mode="after")
    def _one_walk(self) -> Walk:
        if self.gradient is not None and (self.conventions or self.delta_sign != "plus"):
            raise PydanticCustomError("walk", "has “conventions” only without a “gradient”, over a whole network")
        if self.gradient is None and self.plot is not None:
            raise PydanticCustomError("walk", "has a “plot” only with a “gradient” to walk to")
        return self


class Curve(Block):
    """A function of one variable with a point to drag, its tangent, and its derivative as a formula."""

    kind = "curve"
    example = "curve: {function: x**3 - 3*x, domain: [-2.2, 2.2], at: 1.5}"
    function: Text
    """What to plot: an expression with one free name."""
    variable: Text | None = None
    """The free name; needed only where it could be more than one."""
    domain: Domain
    """Where the plot begins and ends, ``[from, to]``."""
    range: Domain | None = None
    """Where the y-axis begins and ends; without it, so that the whole curve is seen."""
    at: Value
    """Where the point begins: a number, or an expression such as ``neuron.w``."""
    secant: Annotated[Number, Field(gt=0)] | None = None
    """How far right of the point a second one begins: the line through both, and a slider that brings it nearer."""
    symbol: Text = Text("f")
    """What the function is called."""
    alt: Text | None = None
    """What the plot shows, for those who cannot see it."""


class Surface(Block):
    """A function of two variables seen from above, with a point to drag and the two cross-sections through it.

    Each cross-section has its tangent: the slopes are the two partial derivatives. An arrow shows the gradient, which
    points to where the function grows fastest.
    """

    kind = "surface"
    example = "surface: {function: x**2 + 2*y**2, domain: [-1, 1], at: [0.5, 0.3]}"
    function: Text
    """What to plot: an expression with two free names."""
    variables: Annotated[list[Text], Field(min_length=2, max_length=2)] = [Text("x"), Text("y")]
    """The two names, first the one to the right."""
    domain: Domain
    """Where the plot begins and ends, ``[from, to]``."""
    domain_y: Domain | None = None
    """The same for the second variable; without it, as for the first."""
    at: tuple[Value, Value]
    """Where the point begins: two numbers or expressions."""
    landscape: bool = False
    """Whether a button shows the function as a landscape, too, seen from the side."""
    symbol: Text = Text("f")
    """What the function is called."""
    alt: Text | None = None
    """What the plot shows, for those who cannot see it."""
