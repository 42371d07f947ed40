"""What a deck may set of its theme: the ``tokens`` of its head, each checked before it becomes CSS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bpslides import colours
from bpslides.errors import did_you_mean
from bpslides.model.parts import Part
from bpslides.text import WrittenBool, describe


def _colour(value: Any) -> str:
    """A colour as ``#rrggbb``: whatever was written, only our own spelling of it goes on."""
    if value is None:  # `accent: #c00` is a comment to YAML
        hint = 'YAML takes “#” for a comment; put quotes around the colour, such as "#0a7d5a"'
        raise PydanticCustomError("colour", "should be a colour, and is empty", {"hint": hint})
    text = str(value).strip().lower()
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6})|[a-z]+", text, re.ASCII):
        try:
            return colours.parse(text).code
        except ValueError:
            pass
    close = did_you_mean(text, colours.names()) if text.isalpha() and len(text) <= 30 else None
    hint = close or 'use a code such as "#0a7d5a", or one of CSS\'s names such as teal'
    raise PydanticCustomError("colour", "should be a colour", {"hint": hint})


@dataclass(frozen=True)
class Within:
    """A number from ``low`` to ``high``; ``unit`` is px where it counts pixels."""

    low: float
    high: float
    unit: str = ""

    def check(self, value: Any) -> float:
        """The number, or pydantic's error."""
        if isinstance(value, bool | WrittenBool) or not isinstance(value, int | float):
            is_length = isinstance(value, str) and value.strip()[:1].isdecimal()
            context = {"what": describe(value), "hint": "leave the unit away" if is_length else None}
            raise PydanticCustomError("number", "should be a number, not {what}", context)
        if not self.low <= value <= self.high:
            context = {"low": f"{self.low:g}", "high": f"{self.high:g}", "unit": " pixels" if self.unit else ""}
            raise PydanticCustomError("range", "should be between {low} and {high}{unit}", context)
        return float(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}


_SCHEMA = {"type": "string", "format": "color", "pattern": "^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})|[a-zA-Z]+)$"}
Colour = Annotated[str, BeforeValidator(_colour), WithJsonSchema(_SCHEMA)]
Face = Literal["sans", "serif", "mono"]

#: The default of every token. None is no value that an author may write: `accent: #c00` is empty to YAML.
NOT_GIVEN: Any = None


class Tokens(Part):
    """Colours, sizes and fonts that a deck wants otherwise than its theme has them.

    Colours are codes such as "#0a7d5a" (in quotes, since # begins a comment) or names of CSS such as teal.
    """

    bg: Colour = NOT_GIVEN
    """The ground of the slides."""
    surface: Colour = NOT_GIVEN
    """The ground of cards, callouts and formulas."""
    surface_raised: Colour = NOT_GIVEN
    """The ground of what lies on a surface, such as code in a line of text."""
    rule: Colour = NOT_GIVEN
    """Thin lines: of tables, buttons, and the wires of a network."""
    text: Colour = NOT_GIVEN
    """Text, and what is drawn as strongly."""
    text_muted: Colour = NOT_GIVEN
    """Text that stands back: captions, kickers, the texts of cards, the labels of axes."""
    accent: Colour = NOT_GIVEN
    """What stands out: counters, links, icons, the main button. What is written on it is chosen to be readable."""
    on_accent: Colour = NOT_GIVEN
    """What is written on the accent."""
    forward: Colour = NOT_GIVEN
    """Strokes of the forward pass. Its texts and soft grounds are made from it, unless they are given, too."""
    forward_text: Colour = NOT_GIVEN
    """Numbers and words of the forward pass."""
    forward_soft: Colour = NOT_GIVEN
    """The ground of boxes of the forward pass."""
    backward: Colour = NOT_GIVEN
    """Strokes of the backward pass. Its texts and soft grounds are made from it, unless they are given, too."""
    backward_text: Colour = NOT_GIVEN
    """Numbers and words of the backward pass."""
    backward_soft: Colour = NOT_GIVEN
    """The ground of boxes of the backward pass."""
    good: Colour = NOT_GIVEN
    """What went well."""
    bad: Colour = NOT_GIVEN
    """What went wrong, and warnings."""
    plot_grid: Colour = NOT_GIVEN
    """The grid of plots."""
    scale_text: Annotated[float, Within(0.8, 1.3)] = NOT_GIVEN
    """How large texts are, as a factor: 1.1 makes them a tenth larger. Nothing gets smaller than 18 pixels."""
    scale_title: Annotated[float, Within(0.6, 1.4)] = NOT_GIVEN
    """How large titles are, as a factor."""
    gap: Annotated[float, Within(8, 56, "px")] = NOT_GIVEN
    """Space between the blocks of a slide, in pixels of the canvas of 1280 × 720."""
    margin_x: Annotated[float, Within(24, 160, "px")] = NOT_GIVEN
    """Space at the left and the right of a slide, in pixels."""
    margin_y: Annotated[float, Within(16, 120, "px")] = NOT_GIVEN
    """Space above and below, in pixels."""
    radius: Annotated[float, Within(0, 40, "px")] = NOT_GIVEN
    """How round the corners are, in pixels; 0 makes them square."""
    stroke: Annotated[float, Within(1, 8, "px")] = NOT_GIVEN
    """How strong the lines of drawings and of boxes are, in pixels."""
    font_text: Face = NOT_GIVEN
    """The font of texts: sans (Inter), serif (STIX Two Text) or mono (JetBrains Mono)."""
    font_title: Face = NOT_GIVEN
    """The font of titles: sans, serif or mono."""

    def variables(self) -> dict[str, str]:
        """Token → value in CSS, of those that are given."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: _in_css(name, value) for name, value in given.items() if value is not NOT_GIVEN}


def _in_css(name: str, value: str | float) -> str:
    if name.startswith("font_"):
        return f"var(--font-{value})"
    if isinstance(value, float):
        short = f"{round(value, 3) + 0.0:g}"  # never −0, which is no length
        return short if name.startswith("scale_") else f"{short}px"
    return str(value)
