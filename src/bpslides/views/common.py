"""What several views need: functions with one variable, names of a model, places for messages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from bpslides.autodiff import gradient_check
from bpslides.errors import Place, Problems, did_you_mean
from bpslides.expression import Expression, ExpressionError, references
from bpslides.figures import words
from bpslides.figures.written import filled, harmless
from bpslides.formatting import format_number, shows_exactly
from bpslides.model import Block
from bpslides.model.blocks.figures import Sugar
from bpslides.program import Program, free_variables
from bpslides.symbolic import default_symbol, derivative, latex
from bpslides.text import Text

if TYPE_CHECKING:
    from bpslides.compute import Numbers

View = dict[str, Any]


def function_of(
    text: Text, variable: Text | None, numbers: Numbers, problems: Problems, key: str
) -> tuple[Program, str] | None:
    """The program of a function of one variable, and the variable's name."""
    free = free_variables(text, problems)
    if free is None:
        return None
    free = [name for name in free if name not in numbers.variables]
    name = str(variable) if variable is not None else (free[0] if len(free) == 1 else None)
    if name is None:
        if free:
            problems.error(
                f"this has several variables: {', '.join(free)}", text.place(), "say which one moves: variable: x"
            )
        else:
            problems.error("this has no variable", text.place(), "such as x in x**2")
        return None
    program = numbers.function(key, text, [name])
    return (program, name) if program is not None else None


def function_of_two(
    text: Text, variables: list[Text], numbers: Numbers, problems: Problems, key: str
) -> tuple[Program, tuple[str, str]] | None:
    """The program of a function of two variables, and their names."""
    names = (str(variables[0]), str(variables[1]))
    free = free_variables(text, problems)
    if free is None:
        return None
    others = [v for v in free if v not in names and v not in numbers.variables]
    if others:
        problems.error(
            f"“{others[0]}” is no variable here", text.place(), f"the variables are {names[0]} and {names[1]}"
        )
        return None
    program = numbers.function(key, text, list(names))
    return (program, names) if program is not None else None


def tell_constant(program: Program, names: Sequence[str], text: Text, problems: Problems) -> None:
    """Warn of a function in which none of its variables stands: it plots as a straight line or a level plane."""
    if not {str(ref) for ref in references(program.expressions["value"])} & set(names):
        problems.warning(
            f"this function does not depend on {' or '.join(names)}: it has the same value everywhere",
            text.place(),
            f"write an expression with {names[0]} in it, such as {names[0]}**2",
        )


def axis_labels(block: Sugar, x: str, y: str) -> tuple[str | Text, str | Text]:
    """What stands at the axes: the author's words, else the names."""
    return (block.x_label or x, block.y_label or y)


def plain_label(text: Text, numbers: Numbers, problems: Problems) -> str:
    """A label of the author's as Plotly takes it."""
    return str(harmless(words.number(filled(text, numbers, problems))))


def derived(expression: Expression, name: str) -> str:
    """``= formula`` of a derivative, or nothing where it has no short formula: its value is shown all the same."""
    try:
        return f" = {latex(derivative(expression, name), default_symbol)}"
    except ExpressionError:
        return ""


def known(name: str, where: Text, program: Program, names: list[str], problems: Problems) -> bool:
    """Whether a model has ``name`` among ``names``; if not, that is reported."""
    if name in names:
        return True
    bare = name.removeprefix(f"{program.name}.")
    hint = f"leave out “{program.name}.”: the block is about this model" if bare != name else did_you_mean(name, names)
    problems.error(f"“{program.name}” has no “{name}” here", where.place(), hint)
    return False


#: A gradient that is right agrees with central differences to this, relative.
RIGHT = 1e-6


def checked(program: Program) -> str | None:
    """The badge of a live block: how well the gradients agree with central differences; None at a kink."""
    check = gradient_check(program.tape, program.output, program.parameters or list(program.graph.leaves))
    if check.kinks or check.worst > RIGHT:
        return None
    return f"Gradients agree with central differences to {format_number(check.worst, '.0e')}"


def digits(step: float) -> str:
    """The format that shows a slider's values without hiding any of its steps."""
    return f".{min(6, len(f'{step:f}'.rstrip('0').partition('.')[2]))}f"


def slider_step(domain: tuple[float, float]) -> float:
    """A slider step that gives a few hundred positions of round numbers."""
    return 10.0 ** (math.floor(math.log10(domain[1] - domain[0])) - 2)


def equals(numbers: Iterable[float], result: float, spec: str) -> str:
    """The sign before what ``numbers`` come to: ≈ where one is rounded in this format, else =.

    What comes to 0 is 0, whatever was rounded on the way.
    """
    return "=" if result == 0 or all(shows_exactly(number, spec) for number in (*numbers, result)) else "≈"


def held(number: str) -> str:
    """A written number as a factor: a negative one in parentheses."""
    return f"({number})" if number.startswith("−") else number


def place_of(block: Block) -> Place | None:
    """Where a block stands, or the first text in it."""
    text = next((found for _, value in block if (found := first_text(value)) is not None), None)
    return text.place() if text is not None else None


def first_text(value: Any) -> Text | None:
    """Any text inside a nested value, to have a place for a message."""
    if isinstance(value, Text):
        return value
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    elif isinstance(value, BaseModel):
        items = value
    for key, item in items:
        found = key if isinstance(key, Text) else first_text(item)
        if found is not None:
            return found
    return None
