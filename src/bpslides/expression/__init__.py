"""The expression language: one safe grammar for graphs, numbers in text, claims and plotted functions.

>>> from bpslides.expression import evaluate, parse
>>> evaluate(parse("w*x + b"), lambda reference: {"w": 0.5, "x": 2.0, "b": 0.1}[str(reference)])
1.1
>>> evaluate(parse("-2**2 == -4 and close(0.1 + 0.2, 0.3, 1e-9)"), lambda reference: 0.0)
True

`parse` gives a tree of small dataclasses, `references` what it needs, `evaluate` its value or, from autodiff's `Var`s,
nodes on a tape. `split_format` takes the `| .2f` off, and `name_problem` says which names a deck may declare.
"""

from bpslides.expression.evaluation import Lookup, Side, Value, comparison_sides, evaluate
from bpslides.expression.names import FUNCTIONS, RESERVED, name_problem
from bpslides.expression.nodes import (
    After,
    And,
    Array,
    Binary,
    Call,
    Compare,
    Expression,
    ExpressionError,
    Index,
    Number,
    Reference,
    Unary,
    left_spine,
    references,
    source_text,
    walk,
)
from bpslides.expression.parser import Split, parse, split_format

__all__ = [
    "FUNCTIONS",
    "RESERVED",
    "After",
    "And",
    "Array",
    "Binary",
    "Call",
    "Compare",
    "Expression",
    "ExpressionError",
    "Index",
    "Lookup",
    "Number",
    "Reference",
    "Side",
    "Split",
    "Unary",
    "Value",
    "comparison_sides",
    "evaluate",
    "left_spine",
    "name_problem",
    "parse",
    "references",
    "source_text",
    "split_format",
    "walk",
]
