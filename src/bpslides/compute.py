"""Everything that is worked out before a deck is drawn: its models and variables, the numbers in its texts, its claims.

:class:`Numbers` holds the programs of a deck and answers for every expression in it; ``serve`` asks the same object
for its live blocks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bpslides.autodiff import Array, AutodiffError, gradient_check
from bpslides.autodiff.training import MAX_UPDATES
from bpslides.errors import Problems, did_you_mean
from bpslides.examples import of_example
from bpslides.expression import (
    After,
    Expression,
    ExpressionError,
    Reference,
    comparison_sides,
    evaluate,
    parse,
    split_format,
)
from bpslides.formatting import format_number, latex_number
from bpslides.model import Model, Network
from bpslides.program import BrokenModel, Program, from_function, read_expression, report
from bpslides.recording import from_model
from bpslides.source import Source
from bpslides.text import Text
from bpslides.variables import Variables

#: What a model calls the length of its next step, unless that is the name of a line.
RATE = "learning_rate"

_parse = lru_cache(maxsize=20_000)(parse)


class Wanted(NamedTuple):
    """What a reference such as `m.after(3).grad.w` asks for.

    ``kind`` is ``value``, ``grad``, ``updated`` or ``learning_rate``.
    """

    program: Program
    steps: int
    kind: str
    name: str


class Numbers:
    """The numbers of one deck: its models as programs, and the value of any expression over them."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.programs: dict[str, Program] = {}
        """Models by name."""
        self.live: dict[str, Program] = {}
        """What live blocks ask for: models by name, and functions by the name that :meth:`function` gave them."""
        self.read: list[Path] = []
        """Files beside the deck that something was worked out from."""
        self._source = source
        self._broken = set(source.broken)
        self._problems = problems
        self._models = {str(name): name for name in source.deck.models}
        self._written: dict[str, Model] = {}
        self._making: list[str] = []
        self.variables = Variables(source.deck.variables, self._models, self._lookup, problems)
        for name in source.deck.models:
            self._make(name)
        self.variables.check()
        with problems.during("claims"):
            for slide in source.slides:
                for claim in slide.claims:
                    self._check_claim(claim)

    def _make(self, name: Text) -> None:
        """Make a model's program, unless that has been done: a variable may have asked for it."""
        if name in self.programs or name in self._broken:
            return
        self._making.append(str(name))
        model = self._model(name)
        program = from_model(name, model, self._problems, self._variable) if model is not None else None
        self._making.pop()
        if program is None:
            self._broken.add(str(name))
        else:
            self.programs[str(name)] = program

    def _model(self, name: Text) -> Model | None:
        """The model called ``name`` as it is to be made: one example of another model is written out."""
        models = self._source.deck.models
        if name not in self._written:
            model = models[name]
            base = models.get(model.of) if model.of is not None else None
            if model.of is None:
                self._written[name] = model
            elif base is None or base.of is not None:
                if not self._is_broken(model.of):
                    message = f"there is no model “{model.of}” with several examples"
                    others = [other for other, written in models.items() if written.of is None]
                    self._problems.error(message, model.of.place(), did_you_mean(model.of, others))
            else:
                self._make(self._models[model.of])
                single = of_example(name, model, base, self._problems) if model.of in self.programs else None
                if single is not None:
                    self._written[name] = single
        return self._written.get(name)

    def _variable(self, reference: Reference) -> Any:
        """The value of a variable, or None if there is none of this name."""
        return self.variables.value(reference) if reference.parts[0] in self.variables else None

    def program(self, name: Text) -> Program | None:
        """The model called ``name``; a missing one is reported."""
        if name not in self.programs and not self._is_broken(name):
            self._problems.error(
                f"there is no model “{name}”", name.place(), did_you_mean(name, {*self.programs, *self._broken})
            )
        return self.programs.get(name)

    def function(self, name: str, text: Text, variables: list[str]) -> Program | None:
        """The program of a plotted function, kept under ``name`` for the live blocks; None if it is broken."""
        program = from_function(name, text, variables, self._lookup, self._problems)
        if program is not None:
            self.live[name] = program
        return program

    def number(self, value: float | Text) -> float | None:
        """A number that an author typed, or the value of the expression in its place; None if it has none."""
        if not isinstance(value, Text):
            return value
        found = self._value(str(value), value, 0)
        if found is None:
            return None
        if isinstance(found, bool) or np.ndim(found):
            self._problems.error("this should be a single number", value.place())
            return None
        return float(found)

    def array(self, text: str, within: Text, offset: int) -> Any:
        """The value of an expression as a float, or for an array as nested lists of them; None if it has none.

        ``text`` stands at ``offset`` of ``within``, which is where errors are reported.
        """
        value = self._value(text, within, offset)
        if isinstance(value, bool | np.bool_):
            self._problems.error("this is true or false, and should be a number", within.place(offset))
            return None
        return None if value is None else _plain(np.asarray(value, dtype=np.float64))

    def formatted(self, text: str, within: Text, offset: int, style: str) -> str:
        """The number of ``expression | format`` as text, or for ``style`` "latex" as LaTeX; a "?" if it has none.

        ``text`` stands at ``offset`` of ``within``, which is where errors are reported.
        """
        split = split_format(text)
        word = self.variables.texts.get(split.expression.strip())
        if word is not None:
            if style != "latex" and split.format is None:
                return str(word)
            what = "cannot stand in a formula" if style == "latex" else "has no format"
            self._problems.error(
                f"“{split.expression.strip()}” is a text, and {what}", within.place(offset + split.expression_offset)
            )
            return "?"
        value = self._value(split.expression, within, offset + split.expression_offset)
        if value is None:
            return "?"
        write = latex_number if style == "latex" else format_number
        start = split.format_offset  # where the fault is as long as a plain number cannot be written either
        try:
            write(0.0, split.format)
            start = split.expression_offset
            return write(value, split.format)
        except ValueError as error:
            self._problems.error(str(error), within.place(offset + start))
            return "?"

    def network(self, name: Text) -> Network | None:
        """The layers of the model called ``name``, if it is a layered network."""
        model = self._model(name) if name in self._source.deck.models else None
        return model.network if model else None

    def variant(self, name: Text, **changes: str) -> Program | None:
        """The program of a layered network with other settings, such as ``reduction="sum"``."""
        network = self.network(name)
        assert network is not None
        changed = self._written[name].model_copy(update={"network": network.model_copy(update=changes)})
        return from_model(name, changed, self._problems, self._variable)

    def wanted(self, text: Text) -> Wanted | None:
        """What a text that is nothing but one reference asks for; None, with the reason told, if it is no such text."""
        expression = read_expression(text, self._problems)
        if expression is None:
            return None
        if not isinstance(expression, Reference):
            hint = "such as model.y_hat, model.grad.w or model.updated.w"
            self._problems.error("this should be one number of a model", text.place(), hint)
            return None
        try:
            wanted = self._resolve(expression)
            if wanted.kind == RATE:
                raise ExpressionError("a learning rate is set, and has no formula", expression.start)
            return wanted
        except (ExpressionError, AutodiffError) as error:
            report(error, text, 0, self._problems)
            return None

    def _value(self, source: str, within: Text, offset: int) -> Any:
        try:
            return evaluate(_parse(source), self._lookup)
        except (ExpressionError, AutodiffError) as error:
            report(error, within, offset, self._problems)
        return None

    def _is_broken(self, name: str) -> bool:
        """Whether a model is missing for a reason that has been reported."""
        return name in self._broken or self._source.incomplete

    def _resolve(self, ref: Reference) -> Wanted:
        """The parts of ``model[.after(n)][.grad|.updated].name``."""
        first, rest = ref.parts[0], list(ref.parts[1:])
        if first in self.variables:
            raise ExpressionError(f"“{first}” is a variable, and this should be a number of a model", ref.start)
        if first in self._making:
            raise ExpressionError(f"the model “{first}” cannot be worked out without this value", ref.start)
        if first in self._models:
            self._make(self._models[str(first)])
        if first not in self.programs and self._is_broken(str(first)):
            raise BrokenModel(f"“{first}” could not be made", ref.start)
        if not isinstance(first, str) or first not in self.programs:
            raise self._unknown(ref)
        program, steps, kind = self.programs[first], 0, "value"
        if rest and isinstance(rest[0], After):
            steps, rest = rest[0].updates, rest[1:]
        if rest and rest[0] in ("grad", "updated"):
            kind = str(rest.pop(0))
        name = ".".join(map(str, rest))
        if name == RATE and kind == "value" and name not in program.names:
            return Wanted(program, steps, RATE, name)
        known = program.parameters if kind == "updated" else program.names
        if not name:
            raise ExpressionError(
                f"“{first}” is a model: which of its numbers?", ref.start, did_you_mean("", known) or ""
            )
        if name not in known:
            is_rate = name in ("rate", "lr", "eta") or did_you_mean(name, [RATE]) == did_you_mean(RATE, [RATE])
            hint = did_you_mean(RATE, [RATE]) if is_rate and kind == "value" else did_you_mean(name, known)
            raise ExpressionError(f"“{first}” has no “{name}”", ref.start, hint or "")
        return Wanted(program, steps, kind, name)

    def _lookup(self, ref: Reference) -> Any:
        """The value of what a reference asks for: a variable, or a number of a model."""
        if ref.parts[0] in self.variables:
            return self.variables.value(ref)
        program, steps, kind, name = self._resolve(ref)
        if kind == RATE:
            return program.rate(steps)
        try:
            state = program.state(steps)
        except AutodiffError as error:
            raise ExpressionError(error.message, ref.start, error.hint) from None
        if kind == "grad":
            gradient = program.gradient(state, name)
            if gradient is None:
                hint = f"the output is saturated; ask for {program.name}.grad.{name.removesuffix('.a')}.z"
                raise ExpressionError(f"the gradient of “{name}” is too large for a number", ref.start, hint)
            return gradient
        return state.updated[name] if kind == "updated" else state.tape.value(name)

    def _unknown(self, ref: Reference) -> ExpressionError:
        """The error for a name that is neither a model nor a variable."""
        if isinstance(ref.parts[0], After):
            return ExpressionError("after(n) of which model?", ref.start, "write model.after(10).name")
        name = str(ref.parts[0])
        owners = [f"{model}.{name}" for model, program in self.programs.items() if name in program.names]
        known = {*self.programs, *self._broken} if len(ref.parts) > 1 else self.variables.names
        what = "model" if len(ref.parts) > 1 else "variable"
        hint = f"did you mean “{owners[0]}”?" if what == "variable" and owners else did_you_mean(name, known)
        return ExpressionError(f"there is no {what} “{name}”", ref.start, hint or "")

    def _check_claim(self, claim: Text) -> None:
        expression: Expression | None = read_expression(claim, self._problems)
        if expression is None:
            return
        try:
            holds = evaluate(expression, self._lookup)
        except (ExpressionError, AutodiffError) as error:
            report(error, claim, 0, self._problems)
            return
        if not isinstance(holds, bool | np.bool_):
            self._problems.error("a claim compares numbers, this is just a number", claim.place(), "such as: m.L < 0.5")
        elif not holds:
            sides = comparison_sides(expression, self._lookup)
            # Each text once: the middle of 0 < x < 1 is a side of both comparisons.
            pairs = [pair for s in sides for pair in ((s.left_text, s.left), (s.right_text, s.right))]
            both = {text.replace("-", "−"): _shown(value) for text, value in pairs}
            values = ", ".join(f"{text} is {value}" for text, value in both.items() if text != value)
            self._problems.error(
                f"this claim does not hold: {values}" if values else "this claim does not hold", claim.place()
            )


#: The most numbers of an array that a message shows.
MOST_SHOWN = 6


def _shown(value: Any) -> str:
    """A value in a message, to the last digit: two sides that print alike would explain nothing."""
    if not np.ndim(value):
        return repr(float(value)).removesuffix(".0").replace("-", "−")
    items = [_shown(item) for item in value[:MOST_SHOWN]]
    return f"[{', '.join(items)}{', …' if len(value) > MOST_SHOWN else ''}]"


#: A gradient check looks at every element of smaller arrays, and at so many of larger ones.
MOST_CHECKED = 50
#: The most numbers that :func:`course` gives.
MOST_NUMBERS = 1_000_000


def values(program: Program, steps: int = 0) -> dict[str, Any]:
    """All numbers of a model after ``steps`` updates, as ``bpslides values`` prints them.

    Keys: ``values``, ``gradients`` (∂loss/∂name; None where it is too large for a number), ``updated``
    (parameters one update later), ``gradient_check`` (the largest relative difference from central differences) and
    ``kinks`` (the parameters at which the loss has a kink, which the check leaves out). Arrays are nested lists; a
    batch has one entry per example.

    Raises:
        AutodiffError: when ``steps`` is out of range, or a value on the way is not finite.
    """
    state = program.state(steps)
    leaves = program.parameters or list(program.graph.leaves)
    check = gradient_check(state.tape, program.output, leaves, MOST_CHECKED)
    return {
        "values": {name: _plain(state.tape.value(name)) for name in program.names},
        "gradients": {name: _plain(program.gradient(state, name)) for name in program.names},
        "updated": {name: _plain(value) for name, value in state.updated.items()},
        "gradient_check": check.worst,
        "kinks": check.kinks,
    }


def _plain(value: Array | None) -> Any:
    """A number or nested lists, with −0 as 0: a sign on zero would only be noise."""
    return None if value is None else (value + 0.0).tolist()


class Followed(NamedTuple):
    """What is followed over the steps: the value called ``name`` or its gradient, or one element of it."""

    name: str
    gradient: bool
    indices: tuple[int, ...]


def followed(text: str) -> Followed:
    """Read ``L``, ``grad.w``, or an element such as ``layer1.W[0][2]``."""
    name, *indices = re.split(r"\[(-?\d{1,9})\]", text.strip())
    if any(indices[1::2]):  # something stands behind an index: this is no name, and will be told as none
        return Followed(text.strip(), gradient=False, indices=())
    bare = name.removeprefix("grad.")
    return Followed(bare, bare != name, tuple(int(index) for index in indices[::2]))


def course(program: Program, what: str, steps: int) -> list[Any]:
    """The values of ``what``, as :func:`followed` reads it, after 0, 1, …, ``steps`` updates.

    A gradient is None where it is too large for a number.

    Raises:
        AutodiffError: for an unknown name or element, too many steps, more than ``MOST_NUMBERS`` numbers, or a value
            that is not finite.
    """
    name, gradient, indices = followed(what)
    if steps > MAX_UPDATES:
        raise AutodiffError(f"{steps} updates are not possible", f"ask for 0 to {MAX_UPDATES:,}")
    start = program.tape.value(name)
    try:
        size = start[indices].size
    except IndexError:
        element = "".join(f"[{index}]" for index in indices)
        hint = f"its shape is {start.shape}, and counting begins at 0" if start.ndim else "it is a single number"
        raise AutodiffError(f"{name} has no element {element}", hint) from None
    if size * (steps + 1) > MOST_NUMBERS:
        raise AutodiffError(f"{what} over {steps:,} steps is more than {MOST_NUMBERS:,} numbers", "ask for fewer steps")
    found = []
    for step in range(steps + 1):
        state = program.state(step)
        value = program.gradient(state, name) if gradient else state.tape.value(name)
        found.append(_plain(None if value is None else value[indices]))
    return found
