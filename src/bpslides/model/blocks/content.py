"""Blocks that hold other blocks, and the union of all blocks: what may stand on a slide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.errors import did_you_mean
from bpslides.model.blocks.base import Block, OneOf
from bpslides.model.blocks.chain import AnyChain, Chain
from bpslides.model.blocks.figures import AnyFigure, Figure, NetworkDrawing
from bpslides.model.blocks.live import Curve, Demo, Descent, Surface, Training, Walk
from bpslides.model.blocks.media import Code, Image, Video
from bpslides.model.blocks.practice import Choice, Exercise, Quiz, Tolerance, bare_choice
from bpslides.model.blocks.story import Comparison, Glossary, List, Statement, Timeline
from bpslides.model.blocks.text import Callout, Cards, Equation, Flow, Markdown, Notation, Quote, Related, Steps, Table
from bpslides.model.parts import Number, Value
from bpslides.text import Text, describe


class Columns(Block):
    """Blocks side by side."""

    kind = "columns"
    short = "columns"
    example = """\
columns:
  widths: [3, 2]
  columns:
    - ['**Forward**, numbers flow from the input to the loss.', 'Each line may use the lines above it.']
    - callout: {text: Then the slopes flow back., tone: key}
"""
    columns: list[Content] = Field(min_length=2, max_length=4)
    """Two to four columns; each is a text, a block, or a list of blocks."""
    widths: list[Annotated[Number, Field(gt=0, le=12)]] | None = None
    """How wide the columns are compared with each other, such as ``[3, 2]``; equal without it."""

    @model_validator(mode="after")
    def _same_number(self) -> Columns:
        if self.widths is not None and len(self.widths) != len(self.columns):
            raise PydanticCustomError("widths", "“widths” needs one number per column")
        return self


class Fragment(Block):
    """Blocks that appear with the next press of a key.

    In print they are there from the beginning.
    """

    kind = "fragment"
    short = "content"
    example = "fragment: [And what would *you* change?, callout: {text: The weight., tone: key}]"
    content: Content
    """What appears: a text, or a list of blocks."""


class Predict(Block):
    """A guess before the answer: what the block holds appears once the learner has committed to a number or a choice.

    Its place is kept free meanwhile, so that nothing jumps. Whoever would rather look presses Show. In print
    everything is there.
    """

    kind = "predict"
    example = """\
predict:
  question: 'The weight is {{ neuron.w }}. What will it be after one step?'
  answer: neuron.updated.w
  format: .3f
  reveal:
    - equation: {of: neuron.updated.w}
"""
    question: Text
    """What is asked."""
    answer: Value | None = None
    """The right number, or an expression such as ``neuron.updated.w``."""
    format: Text | None = None
    """How the right number is written, such as ``.2f``."""
    tolerance: Tolerance = 0.02
    """How far a guess may be off and still count as right, such as ``5%``; 2% unless given."""
    choices: list[Annotated[Choice, BeforeValidator(bare_choice)]] | None = Field(
        default=None, min_length=2, max_length=6
    )
    """In place of ``answer``, what to choose from; where there is a right one, it is marked afterwards."""
    reveal: Content
    """What appears: a text, or a list of blocks."""

    @model_validator(mode="after")
    def _one_answer(self) -> Predict:
        if (self.answer is None) == (self.choices is None):
            raise PydanticCustomError(
                "prediction", "needs either the right number as “answer”, or “choices”, not {what}",
                {"what": "none of them" if self.answer is None else "both"},
            )  # fmt: skip
        if self.answer is None and not {"format", "tolerance"}.isdisjoint(self.model_fields_set):
            raise PydanticCustomError("prediction", "has “format” or “tolerance”, which go with “answer”")
        return self


_TEXT = (Markdown, Equation, Notation, Flow, Cards, Callout, Steps, Table, Quote, Related)
_STORY = (List, Comparison, Glossary, Timeline, Statement)
_MEDIA = (Code, Image, Video)
_FIGURES = (Figure, NetworkDrawing)
_LIVE = (Demo, Descent, Training, Walk, Curve, Surface, Chain)
_PRACTICE = (Exercise, Quiz, Predict)
_CONTAINERS = (Columns, Fragment)

BLOCKS: dict[str, type[Block]] = {
    block.kind: block for block in (*_TEXT, *_STORY, *_MEDIA, *_FIGURES, *_LIVE, *_PRACTICE, *_CONTAINERS)
}
"""The key that names a block in YAML → its class."""
LIVE_KINDS = frozenset(block.kind for block in _LIVE)
"""What can be played with."""
PRACTICE_KINDS = frozenset(block.kind for block in _PRACTICE)
"""What waits for an answer."""
FIGURE_KINDS = LIVE_KINDS | {block.kind for block in _FIGURES}
"""What is counted as a figure: plots, drawings and live blocks."""
_FORMS = {Figure.kind: AnyFigure, Chain.kind: AnyChain}
"""Blocks that have several forms → the union of these."""


def _kind_of(value: Any) -> str | None:
    if isinstance(value, Block):
        return value.kind
    if isinstance(value, str):
        return value if value == Notation.kind else Markdown.kind
    return str(next(iter(value))) if isinstance(value, dict) and len(value) == 1 else None


def _known_block(value: Any) -> Any:
    """Refuse what names no block, with a message for the most likely slip."""
    if isinstance(value, str | Block):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("block", "should be text or a block, not {what}", {"what": describe(value)})
    if len(value) != 1:
        raise PydanticCustomError(
            "block_keys",
            "a block has one key that names its kind, this one has {keys}",
            {"keys": ", ".join(f"“{key}”" for key in value) or "none", "hint": "indent the settings below the kind"},
        )
    kind = str(next(iter(value)))
    if kind not in BLOCKS:
        sentence = " " in kind or kind[:1].isupper()
        hint = "if this is a sentence, put it in quotes" if sentence else did_you_mean(kind, BLOCKS)
        raise PydanticCustomError("block_kind", "there is no block “{kind}”", {"kind": kind, "hint": hint})
    return value


def _as_list(value: Any) -> Any:
    """A single text or block counts as a list of one."""
    if isinstance(value, str) or (isinstance(value, dict) and len(value) == 1):
        return [value]
    if not isinstance(value, list):
        raise PydanticCustomError(
            "content", "should be text or a list of blocks, not {what}", {"what": describe(value)}
        )
    return value


if TYPE_CHECKING:
    AnyBlock = Block
else:
    AnyBlock = Annotated[Block, OneOf(BLOCKS | _FORMS, _kind_of), BeforeValidator(_known_block)]
Content = Annotated[list[AnyBlock], BeforeValidator(_as_list)]


def blocks_in(value: Any) -> Iterator[Block]:
    """Every block in a content, those within other blocks included."""
    if isinstance(value, Block):
        yield value
    if isinstance(value, BaseModel):
        value = [item for _, item in value]
    if isinstance(value, list | tuple):
        for item in value:
            yield from blocks_in(item)
