"""Blocks of words and formulas."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.blocks.base import Block
from bpslides.model.parts import Part
from bpslides.text import Text


class Markdown(Block):
    """Text in Markdown: paragraphs, lists, *emphasis*, links and pictures.

    Put formulas between dollar signs, ``$w x + b$``, and numbers of the models in double braces,
    ``{{ neuron.y_hat | .2f }}``. A text that stands by itself in ``content`` is this block, so you will hardly ever
    need to write its name. A heading within a slide is ``##``; a picture is
    ``![what it shows](picture.png)``, with a file of the deck's folder.
    """

    kind = "markdown"
    short = "text"
    example = "markdown: The neuron says **{{ neuron.y_hat | .1f }}**, and $y = {{ neuron.y | .1f }}$ is right."
    text: Text
    """What to say, in Markdown."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"text": value} if isinstance(value, str) else value


Shown = Literal["symbols", "numbers", "value"]


class Equation(Block):
    """A formula on a line of its own: in LaTeX, or written by itself from a number of a model.

    Numbers go into LaTeX by double braces with a space behind them. Put LaTeX between single quotes: in double quotes,
    YAML takes the backslashes for its own. With ``of`` there is nothing to type: ``of: neuron.y_hat`` gives the formula
    of a value, ``of: neuron.grad.w`` the chain of a gradient, ``of: neuron.updated.w`` a step of gradient descent, and
    ``of: neuron.after(3).y_hat`` the same after three steps.
    """

    kind = "equation"
    short = "tex"
    example = "equation: {of: neuron.grad.w, tone: backward, note: How far a nudge to the weight moves the loss.}"
    tex: Text | list[Text] | None = None
    """The formula in LaTeX, or a list of formulas, one under the other."""
    of: Text | None = None
    """In place of ``tex``, one number of a model, whose formula is written by itself; short in one line, long in rows.
    Where a printed number is rounded, ≈ stands in place of =."""
    show: list[Shown] | None = None
    """What the formula of ``of`` goes through, in this order: ``symbols``, ``numbers``, ``value``; all three if not
    given."""
    expand: list[Text] | None = None
    """Lines of the graph that are written out in the formula of ``of``. If not given, that is done only where a line is
    a function of one other line: relu(w x + b) in place of relu(z)."""
    format: Text | None = None
    """The format of the model's numbers in the formula of ``of``, such as ``.2f``."""
    note: Text | None = None
    """A sentence below, for what the formula leaves open."""
    tone: Literal["plain", "forward", "backward"] = "plain"
    """Its colour: ``forward`` is blue, for values on their way to the loss, ``backward`` orange, for gradients."""

    @model_validator(mode="after")
    def _one_source(self) -> Equation:
        if (self.tex is None) == (self.of is None):
            raise PydanticCustomError(
                "equation", "needs either a formula as “tex”, or “of” with a number of a model, such as neuron.y_hat"
            )
        if self.of is None and (self.show is not None or self.expand is not None or self.format is not None):
            raise PydanticCustomError("equation", "has “show”, “expand” or “format”, which go with “of”")
        return self


class FlowBox(Part):
    """One box of the flow: what it is, and its value."""

    label: Text
    """What the box is, in a word or two; it stands above the value."""
    value: Text
    """What the box holds, in large type: a number in braces, a formula, or a word."""
    note: Text | None = None
    """A few words below the value."""


class Flow(Block):
    """Boxes joined by arrows: how a value moves forward, or a gradient backward."""

    kind = "flow"
    short = "boxes"
    example = """\
flow:
  direction: forward
  boxes:
    - {label: Input, value: '{{ neuron.x | .1f }}', note: $x$}
    - {label: Multiply, value: '× {{ neuron.w | .1f }}', note: weight $w$}
    - {label: Add, value: '+ {{ neuron.b | .1f }}', note: bias $b$}
    - {label: Output, value: '{{ neuron.y_hat | .1f }}', note: '$\\hat y$'}
"""
    boxes: list[FlowBox] = Field(min_length=2, max_length=7)
    """Two to seven boxes, in the order in which they are read."""
    direction: Literal["forward", "backward"] = "forward"
    """``forward`` draws blue arrows to the right, ``backward`` orange ones to the left."""


class Card(Part):
    """One of the cards: a short text with its own heading."""

    title: Text
    """The heading, in a few words."""
    text: Text
    """A sentence or two, in Markdown."""
    icon: Text | None = None
    """The name of an icon, such as ``target``; a misspelt one gets a suggestion."""


class Cards(Block):
    """Short texts of equal weight, side by side in a grid.

    Good for two to four ideas that the audience may read in any order; for an order there is ``steps``.
    """

    kind = "cards"
    short = "cards"
    example = """\
cards:
  - {title: Forward, text: Compute a prediction., icon: arrow-right}
  - {title: Backward, text: Find out who is to blame., icon: arrow-left}
  - {title: Update, text: Move every weight a little., icon: wrench}
"""
    cards: list[Card] = Field(min_length=1)
    """The cards, in reading order."""
    columns: Annotated[int, Field(ge=1, le=4)] | None = None
    """How many stand side by side, 1 to 4; without it, whatever looks even."""


class Callout(Block):
    """A text that stands out from the others: the one sentence to remember, or a word of warning."""

    kind = "callout"
    short = "text"
    example = "callout: {title: The chain rule, text: Effects multiply., tone: key, icon: link}"
    text: Text
    """What to say, in Markdown."""
    title: Text | None = None
    """A heading above it."""
    icon: Text | None = None
    """The name of an icon, such as ``link``."""
    tone: Literal["note", "key", "warning"] = "note"
    """``note`` is quiet, ``key`` says that this is the point, ``warning`` that something goes wrong here."""


class Step(Part):
    """One step: what is done, and if you like, how."""

    title: Text
    """What is done, in a few words."""
    text: Text | None = None
    """A sentence more, in Markdown."""


class Steps(Block):
    """A numbered sequence, and maybe a loop back to its beginning."""

    kind = "steps"
    short = "steps"
    example = """\
steps:
  steps:
    - {title: Predict, text: Send the input forward.}
    - {title: Compare, text: How wrong is it?}
    - {title: Correct, text: 'Move $w$ against its slope.'}
  repeat: until the loss stops falling
"""
    steps: list[Step] = Field(min_length=1)
    """The steps, in order; the numbers come by themselves."""
    repeat: Text | None = None
    """What is said along the arrow that leads from the last step back to the first."""


class Table(Block):
    """A table with a header.

    Columns of numbers line up on the right by themselves. A number stands as you write it (``1.50`` keeps its zero),
    but better than writing it is to take it from a model.
    """

    kind = "table"
    example = """\
table:
  header: [After, 'Weight $w$', 'Loss $L$']
  rows:
    - [no step, '{{ neuron.w | .3f }}', '{{ neuron.L | .3f }}']
    - [one step, '{{ neuron.after(1).w | .3f }}', '{{ neuron.after(1).L | .3f }}']
    - [ten steps, '{{ neuron.after(10).w | .3f }}', '{{ neuron.after(10).L | .3f }}']
"""
    header: list[Text]
    """The heading of each column."""
    rows: list[list[Text]] | None = Field(default=None, min_length=1)
    """The rows, each a list with one cell per column; cells hold Markdown."""
    columns: list[Text | list[Text]] | None = Field(default=None, min_length=1)
    """In place of ``rows``, the columns: each a list of cells, or an array in braces, such as
    ``'{{ net.O5.a | .2f }}'`` for all examples of a batch."""
    align: list[Literal["left", "center", "right"]] | None = None
    """How each column is set, one entry per column; without it, numbers go right and words left."""
    caption: Text | None = None
    """A line that says what the table shows."""

    @model_validator(mode="after")
    def _same_width(self) -> Table:
        if (self.rows is None) == (self.columns is None):
            raise PydanticCustomError("table", "needs either “rows” or “columns”")
        if self.columns is not None and len(self.columns) != len(self.header):
            raise PydanticCustomError(
                "columns",
                "has {columns} columns, and {header} headings",
                {"columns": len(self.columns), "header": len(self.header)},
            )
        for index, row in enumerate(self.rows or []):
            if len(row) != len(self.header):
                raise PydanticCustomError(
                    "row",
                    "row {row} has {cells} cells, the header has {columns}",
                    {"row": index + 1, "cells": len(row), "columns": len(self.header), "at": ("rows", index)},
                )
        if self.align is not None and len(self.align) != len(self.header):
            raise PydanticCustomError("align", "“align” needs one entry per column")
        return self


class Notation(Block):
    """The symbols of the talk, each with its name and meaning, as the deck's ``notation`` declares them.

    ``- notation`` by itself shows all of them.
    """

    kind = "notation"
    short = "only"
    example = "notation: {only: [w, b, y_hat, L]}"
    only: list[Text] | None = None
    """Which symbols to show, written as in the deck's ``notation``, in this order; all of them if not given."""

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:
        """`- notation` and `- notation:` are the block without any settings."""
        return {} if value in (None, cls.kind, {cls.kind: None}) else value


class Quote(Block):
    """Somebody's words, set large."""

    kind = "quote"
    short = "text"
    example = "quote: {text: A map is not the territory., by: Alfred Korzybski}"
    text: Text
    """The words, without quotation marks."""
    by: Text | None = None
    """Who said so."""


class Related(Block):
    """The decks to know first and those that come next, with links where they are built or served together."""

    kind = "related"
    short = "show"
    example = "related: requires"
    show: Literal["requires", "next", "both"] = "both"
    """Which of the two: ``requires`` on a first slide, ``next`` on a last one, or both."""
