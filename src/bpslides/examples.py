"""A model of one example of a batch: ``of_example`` makes it, with the same parameters and single values.

What formulas and walks show are single numbers. ``first: {of: exam, example: 0}`` among a deck's models is the model
``exam`` for its first example alone, whose loss is that of this example.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from bpslides.errors import Problems
from bpslides.expression import Array, Call, Expression, ExpressionError, Index, Number, parse, source_text, walk
from bpslides.model import Model
from bpslides.symbolic import transform
from bpslides.text import Text

#: What brings the losses of the examples together. Of one example there is nothing to bring together.
_REDUCTIONS = ("mean", "sum", "max", "min")


def of_example(name: Text, model: Model, base: Model, problems: Problems) -> Model | None:
    """The model called ``name``, which names ``base`` as its batch; None, with the reason told, if there is none."""
    assert model.of is not None
    assert model.example is not None
    count = _count(base)
    if count is None:
        hint = "a batch has “examples”, or inputs and targets that are lists of equal length"
        problems.error(f"“{model.of}” has no examples", model.of.place(), hint)
        return None
    if model.example >= count:
        hint = f"its examples are 0 to {count - 1}: counting begins at 0"
        problems.error(f"“{model.of}” has no example {model.example}", name.place(), hint)
        return None
    single = base.model_copy(update={"batch": "full"})
    if base.network is None:
        single.inputs, single.targets = (_picked(part, model.example) for part in (base.inputs, base.targets))
        if all(np.ndim(value) == 0 for value in _values(single)):
            single.graph = {line: _unreduced(text) for line, text in (base.graph or {}).items()}
        return single
    examples = base.network.examples
    assert examples is not None
    update: dict[str, Any] = {"examples": None}
    for kind in ("inputs", "targets"):
        names, row = list(getattr(base.network, kind)), getattr(examples, kind)[model.example]
        update[kind] = dict(zip(names, row, strict=False)) if base.network.is_named else {names[0]: row}
    single.network = base.network.model_copy(update=update)
    return single


def _count(model: Model) -> int | None:
    """How many examples a model has; None if it is no batch."""
    if model.network is not None:
        return len(model.network.examples.inputs) if model.network.examples else None
    counts = {
        len(value) for part in (model.inputs, model.targets) for value in part.values() if isinstance(value, list)
    }
    return counts.pop() if len(counts) == 1 else None


def _picked(values: dict[Text, Any], number: int) -> dict[Text, Any]:
    return {name: value[number] if isinstance(value, list) else value for name, value in values.items()}


def _values(model: Model) -> Iterable[Any]:
    return (value for part in (model.inputs, model.targets, model.parameters) for value in part.values())


def _unreduced(text: Text) -> Text:
    """A line over single numbers, without the means and sums over examples."""
    try:
        expression = parse(str(text))
    except ExpressionError:
        return text  # is told when the base is recorded
    if any(isinstance(part, Array | Index) for part in walk(expression)):
        return text
    plain = transform(expression, _unreduced_part)
    return text if plain == expression else Text(source_text(plain), text.origin)


def _unreduced_part(part: Expression) -> Expression | None:
    match part:
        case Call(function="len"):
            return Number(1.0)
        case Call(function=function, arguments=(only,)) if function in _REDUCTIONS:
            return transform(only, _unreduced_part)
    return None
