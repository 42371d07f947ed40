"""Blocks that are looked at: plots and drawings.

A ``figure`` has several forms, told apart by the key that says what is drawn: each is a class of its own, so that a
message about one never speaks of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.errors import did_you_mean
from bpslides.model.blocks.base import Block, OneOf
from bpslides.model.parts import Domain, Part, Value
from bpslides.text import Text, describe


def _listed(value: Any) -> Any:
    """A single name counts as a list of one."""
    return [value] if isinstance(value, str) else value


_Names = Annotated[
    list[Text],
    Field(min_length=1, max_length=5),
    BeforeValidator(_listed, json_schema_input_type=Text | Annotated[list[Text], Field(min_length=1, max_length=5)]),
]


class Figure(Block):
    """A plot: of functions, of numbers of the models, of how they learn, or a Plotly figure of your own.

    One of its keys says which. Colours and fonts come from the theme. A sentence for readers who do not see the plot,
    and a table of its numbers, are made from what is drawn; the table also stands behind the word “Data” in its corner.
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
    alt: Text | None = None
    """What the figure shows, in words; written for you where you leave it out."""
    caption: Text | None = None
    """A line of text below the figure."""
    height: Annotated[int, Field(ge=120, le=600)] = 380
    """Pixels of the slide, which is 720 high."""


class Sugar(Figure):
    """What the forms have in common that need no Plotly: names for the axes."""

    x_label: Text | None = None
    """What stands below the horizontal axis."""
    y_label: Text | None = None
    """What stands beside the vertical axis."""


class FunctionFigure(Sugar):
    """The graph of a function of one variable, maybe with a tangent, a secant, and the area below it."""

    example = "figure: {function: x**2, domain: [-2, 2], at: 1, area: [0, 1]}"
    function: Text
    """The function, such as ``x**2``; it may use numbers of the models."""
    domain: Domain
    """Where the graph begins and ends."""
    range: Domain | None = None
    """The lowest and highest value that is shown; all of them if left out."""
    variable: Text | None = None
    """The name that moves; needed only where the function has several."""
    at: Value | None = None
    """Where a point with its tangent is drawn."""
    secant: tuple[Value, Value] | None = None
    """Two places; a straight line is drawn through the points above them."""
    area: tuple[Value, Value] | None = None
    """From where to where the area between graph and axis is filled."""
    symbol: Text = Text("f")
    """What the function is called beside the axis and in the table."""


class NamedFunction(Part):
    """One of several functions in a figure."""

    short = "function"
    function: Text
    """The function, such as ``tanh(x)``."""
    label: Text | None = None
    """Its name in the legend; the function itself if left out."""
    tone: Literal["forward", "backward", "accent", "muted"] | None = None
    """Its colour; each line has a dash pattern of its own, too."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"function": value} if isinstance(value, str) else value


class FunctionsFigure(Sugar):
    """Several functions of the same variable in one plot, with a legend."""

    example = """\
figure:
  functions:
    - {function: sigmoid(x), label: sigmoid}
    - {function: tanh(x), label: tanh}
    - {function: relu(x), label: ReLU}
  domain: [-3, 3]
  range: [-1.2, 3]"""
    functions: list[NamedFunction] = Field(min_length=1, max_length=5)
    """The functions, each as text or with a label and a tone."""
    domain: Domain
    """Where the graphs begin and end."""
    range: Domain | None = None
    """The lowest and highest value that is shown; all of them if left out."""
    variable: Text | None = None
    """The name that moves; needed only where a function has several."""


class _OfTwoVariables(Sugar):
    """What a heatmap and a surface have in common."""

    variables: Annotated[list[Text], Field(min_length=2, max_length=2)] = [Text("x"), Text("y")]
    """The names of the horizontal and the vertical variable."""
    domain: Domain
    """From where to where the first variable goes."""
    domain_y: Domain | None = None
    """The same for the second variable; like the first if left out."""
    at: tuple[Value, Value] | None = None
    """A point that is marked."""
    symbol: Text = Text("f")
    """What the function is called in the words and the table."""


class HeatmapFigure(_OfTwoVariables):
    """A function of two variables from above: colours, and lines of equal height."""

    example = "figure: {heatmap: x**2 + 2*y**2, domain: [-2, 2], at: [1, 0.5]}"
    heatmap: Text
    """The function, such as ``x**2 + 2*y**2``."""
    contours: bool = True
    """Whether lines of equal height are drawn."""


class SurfaceFigure(_OfTwoVariables):
    """A function of two variables as a landscape, seen from the side; the block ``surface`` is one to play with."""

    example = "figure: {surface: x**2 - y**2, domain: [-1, 1], at: [0, 0]}"
    surface: Text
    """The function, such as ``x**2 - y**2``."""


class TrainingFigure(Sugar):
    """How values of models change while they learn, step by step."""

    example = "figure: {training: neuron, over: [L, w], steps: 50}"
    training: _Names
    """A model, or a list of models to compare."""
    over: _Names | None = None
    """What is followed: a name of the model or ``grad.name``, or several; its loss if left out."""
    steps: Annotated[int, Field(ge=1, le=10_000)] = 100
    """How many steps are made."""
    log: bool = False
    """Whether the vertical axis is logarithmic; all values have to be positive then."""
    labels: list[Text] | None = None
    """A name for each line, in the order of the legend."""

    @model_validator(mode="after")
    def _few_lines(self) -> TrainingFigure:
        lines = len(self.training) * len(self.over or [""])
        if lines > 5:
            raise PydanticCustomError("training", "has {lines} lines, and a plot shows 5 at most", {"lines": lines})
        if self.labels is not None and len(self.labels) != lines:
            raise PydanticCustomError("labels", "needs one of the “labels” for each of its lines")
        return self


class Bar(Part):
    """One bar: a number with its name."""

    short = "value"
    value: Value
    """A number, or an expression over the models."""
    label: Text | list[Text] | None = None
    """What stands below the bar; the expression itself if left out. For an array, a list with one for each number."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"value": value} if isinstance(value, str) else value


class BarsFigure(Sugar):
    """Numbers as bars: positive ones up, negative ones down and in another colour, each with its value."""

    example = """\
figure:
  bars:
    - {label: at first, value: neuron.L}
    - {label: 10 steps later, value: neuron.after(10).L}
  y_label: loss"""
    bars: list[Bar] = Field(min_length=1, max_length=40)
    """The bars, each an expression or a ``label`` and a ``value``; an array gives a bar for each of its numbers."""
    format: Text | None = None
    """How the values are printed, such as ``.2f``."""


class PlotlyFigure(Figure):
    """A figure in Plotly's own words.

    A text that is nothing but ``"{{ expression }}"`` becomes the number or the array of the models that it stands for.
    In labels, Plotly's ``<b>``, ``<i>``, ``<sub>``, ``<sup>`` and ``<br>`` work; links and other markup are shown as
    text.
    """

    example = """\
figure:
  data:
    - {type: scatter, mode: markers, name: measured, x: [1, 2, 3], y: [1.1, 3.9, 9.2]}
  layout: {xaxis: {title: time}, yaxis: {title: distance}}"""
    data: list[dict[Text, Any]] = Field(min_length=1)
    """Plotly's traces: scatter, bar, heatmap or contour."""
    layout: dict[Text, Any] = {}
    """Plotly's layout; sizes and colours come from the slide and its theme."""


class PythonFigure(Figure):
    """A figure that a Python function of yours makes.

    It runs only after you have said ``--trust`` to ``serve``, ``build`` or ``check``, once, and until the file changes;
    in a process of its own that is stopped after 10 seconds; and anew only when the file or the arguments have changed.
    So it should depend on nothing else: it sees neither the deck's folder nor other files beside its own.
    """

    example = "figure: {python: 'figures.py:spiral', arguments: {turns: 3}}"
    python: Text
    """A file below the deck's folder and a function in it, as ``figures.py:name``; it returns a Plotly figure."""
    arguments: dict[Text, Any] = {}
    """What the function is called with; expressions over the models stand as ``"{{ neuron.L }}"``."""


FIGURES: dict[str, type[Figure]] = {
    "function": FunctionFigure,
    "functions": FunctionsFigure,
    "heatmap": HeatmapFigure,
    "surface": SurfaceFigure,
    "training": TrainingFigure,
    "bars": BarsFigure,
    "data": PlotlyFigure,
    "python": PythonFigure,
}
"""The key that says what a figure shows → its class."""


def figure_tag(key: str) -> str:
    """What pydantic calls a form of the figure in the way to a mistake; no key of a deck looks like this."""
    return f"[{key}]"


def _figure_form(value: Any) -> str | None:
    if isinstance(value, Figure):
        return next((figure_tag(key) for key, form in FIGURES.items() if type(value) is form), None)
    return next((figure_tag(key) for key in FIGURES if key in value), None)


def _one_form(value: Any) -> Any:
    """The settings of a figure; refused unless exactly one key says what it shows."""
    if isinstance(value, Figure):
        return value
    settings = value[Figure.kind] if isinstance(value, dict) and set(value) == {Figure.kind} else value
    if not isinstance(settings, dict):
        raise PydanticCustomError(
            "block", "a “{kind}” should be a mapping, not {what}", {"kind": Figure.kind, "what": describe(settings)}
        )
    given = [key for key in FIGURES if key in settings]
    if len(given) > 1:
        both = {"first": given[0], "second": given[1], "hint": "make two figures, side by side in “columns”"}
        raise PydanticCustomError("figure", "should have either “{first}” or “{second}”, not both", both)
    if not given:
        shared = {*Sugar.model_fields, "domain", "layout", "arguments", "at", "area", "range", "variable"}
        odd = [str(key) for key in settings if key not in shared]
        hint = did_you_mean(odd[0], FIGURES) if odd else None
        known = {"known": ", ".join(f"“{key}”" for key in FIGURES), "hint": hint if hint and "“" in hint else None}
        raise PydanticCustomError("figure", "needs one of {known}, which says what is drawn", known)
    return settings


if TYPE_CHECKING:
    AnyFigure = Figure
else:
    AnyFigure = Annotated[
        Figure,
        OneOf({figure_tag(key): form for key, form in FIGURES.items()}, _figure_form),
        BeforeValidator(_one_form),
    ]


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
    values: bool = False
    """Whether the activations of the model stand inside its units, and its weights on the lines."""
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
        if self.values and self.model is None:
            raise PydanticCustomError("values", "has “values” only of a “model”")
        return self
