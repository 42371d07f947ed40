"""The chain rule as something to play with: one kind of block in four forms, told apart by the key that each needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from bpslides.errors import Place
from bpslides.model.blocks.base import Block, OneOf
from bpslides.model.models import Whole
from bpslides.model.parts import Domain, Number, Value
from bpslides.text import Text


class Chain(Block):
    """Rates that multiply: many equal slopes, gears, the paths through a graph, or a function in stages.

    The first key says which: ``slope``, ``gears``, ``model``, or ``stages``.
    """

    kind = "chain"
    example = "chain: {slope: 0.25, count: 20, below: 1e-10}"
    forms: ClassVar[dict[str, type[Chain]]] = {}
    """The key that a form needs → its class."""
    _key: Text | None = PrivateAttr(None)

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Keep the key of the form: numbers do not know where they stand."""
        block = handler(value)
        settings = value.get(cls.kind, value) if isinstance(value, dict) else value
        block._key = next((key for key in settings if key in cls.forms and isinstance(key, Text)), None)
        return block

    @property
    def place(self) -> Place | None:
        """Where the block stands: the place of the key that says which form it has."""
        return self._key.place() if self._key is not None else None


class Product(Chain):
    """A slope multiplied by itself again and again: the product shrinks, grows, or stays, on a logarithmic axis."""

    example = "chain: {slope: 0.25, count: 20, below: 1e-10}"
    slope: Value
    """The slope of each link: a number, or an expression such as ``net.W35 * net.H3.a``."""
    count: Annotated[Whole, Field(ge=1, le=100)] = 20
    """How many links the chain has at first."""
    below: Annotated[Number, Field(gt=0, le=0.5)] | None = None
    """What counts as gone: the first product below it is marked. The first above its inverse is marked, too."""
    slopes: Domain = (0.0, 2.0)
    """From where to where the slider of the slope goes."""
    symbol: Text = Text("s")
    """What a slope is called."""


class Gears(Chain):
    """Gears that drive one another: turn the first, and see how fast the last one turns."""

    example = "chain: {gears: [3, 2]}"
    gears: list[Value] = Field(min_length=1, max_length=3)
    """How often each gear turns while the one before it turns once: one to three rates, each above 0."""
    names: list[Text] | None = None
    """What the gears are called, first to last; ``x``, ``u``, ``y`` without it."""
    at: Value = 0.25
    """How often the first gear has turned at first, from 0 to 1."""


class Paths(Chain):
    """The ways from a number of a model to its loss: multiply along each, and sum across them."""

    example = "chain: {model: neuron, gradient: w}"
    model: Text
    """The model; its values are single numbers."""
    gradient: Text
    """Where the paths begin: an input, a parameter, or a line of the graph. At most six lead from it to the loss."""
    alt: Text | None = None
    """What the drawing shows, for those who cannot see it."""


class Stages(Chain):
    """A function taken apart: each stage has its value and its own slope, and the slopes multiply to the whole one."""

    example = """\
chain:
  stages: {u: -x, v: 1 + exp(u), sigma: 1/v}
  domain: [-5, 5]
  at: 1
"""
    stages: dict[Text, Text] = Field(min_length=2, max_length=5)
    """Two to five lines, each a function of the name before it; the first is one of the variable."""
    variable: Text | None = None
    """The variable, where the first line holds more than one name."""
    domain: Domain
    """Where the variable's axis begins and ends."""
    at: Value
    """Where the variable begins: a number or an expression."""


Chain.forms = {"slope": Product, "gears": Gears, "model": Paths, "stages": Stages}


def _form_of(value: Any) -> str:
    """The tag of a form, in brackets: no key of an author's looks like it."""
    if isinstance(value, Chain):
        return next(f"[{key}]" for key, form in Chain.forms.items() if isinstance(value, form))
    settings = value.get("chain") if isinstance(value, dict) else None
    keys = settings if isinstance(settings, dict) else Chain.forms  # what is no mapping is told by any form
    return next(f"[{key}]" for key in Chain.forms if key in keys)


def _one_form(value: Any) -> Any:
    settings = value.get("chain") if isinstance(value, dict) else None
    if isinstance(settings, dict) and len(Chain.forms.keys() & settings.keys()) != 1:
        raise PydanticCustomError(
            "chain", "needs one of “slope”, “gears”, “model” and “stages”: it says what the chain is made of"
        )
    return value


if TYPE_CHECKING:
    AnyChain = Chain
else:
    AnyChain = Annotated[
        Chain, OneOf({f"[{key}]": form for key, form in Chain.forms.items()}, _form_of), BeforeValidator(_one_form)
    ]
