"""Views of numbers of models: as bars, and step by step while a model learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpslides.autodiff import AutodiffError
from bpslides.compute import course, followed
from bpslides.errors import Problems
from bpslides.figures import specs, words
from bpslides.formatting import format_number
from bpslides.model.blocks import figures as forms
from bpslides.program import Program
from bpslides.text import Text
from bpslides.views.common import View, axis_labels, known, place_of, plain_label

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: More bars could not be told apart.
MOST_BARS = 40


def training(block: forms.TrainingFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """Values of models after each step."""
    courses: list[tuple[str, list[float], specs.Values]] = []
    steps = [float(step) for step in range(block.steps + 1)]
    for model in block.training:
        program = numbers.program(model)
        if program is None:
            return None
        for over in block.over or [Text(program.output, model.origin)]:
            if not known(followed(over).name, over, program, program.names, problems):
                return None
            values = _course(program, over, model, block.steps, problems)
            if values is None:
                return None
            if block.log and min(values) <= 0:
                step = next(i for i, value in enumerate(values) if value <= 0)
                message = f"“{over}” is {format_number(values[step])} at step {step}"
                problems.error(f"{message}, which has no place on a logarithmic axis", over.place(), "leave out “log”")
                return None
            many = len(block.training) > 1
            name = _name(program, over)
            label = f"{model}: {name}" if many and len(block.over or []) > 1 else str(model if many else name)
            courses.append((label, steps, [float(value) for value in values]))
    for index, text in enumerate(block.labels or []):
        courses[index] = (plain_label(text, numbers, problems), *courses[index][1:])
    lines = {str(over) for over in block.over or []} or {numbers.programs[str(m)].output for m in block.training}
    lines = {_name(numbers.programs[str(block.training[0])], over) for over in lines}
    said = [
        f"{label} goes from {words.number(ys[0])} to {words.number(ys[-1])}, with values {words.span(ys)}"
        for label, _, ys in courses
    ]
    return {
        "data": {"spec": specs.training(courses, log=block.log)},
        "alt": f"Training over {block.steps} steps: {'; '.join(said)}.",
        "tables": [words.series_table("step", steps, [(label, ys) for label, _, ys in courses])],
        "labels": axis_labels(block, "step", lines.pop() if len(lines) == 1 else ""),
    }


def _course(program: Program, over: Text, model: Text, steps: int, problems: Problems) -> list[float] | None:
    """A single number of a model after each step."""
    try:
        values = course(program, over, steps)
    except AutodiffError as error:
        problems.error(
            f"“{model}” cannot be trained for {steps} steps: {error.message}", model.place(), error.hint or None
        )
        return None
    if any(isinstance(value, list) for value in values):
        problems.error(
            f"“{over}” is an array, and a line shows single numbers", over.place(), f"such as the loss, or {over}[0]"
        )
        return None
    if None in values:
        problems.error(f"the gradient of “{followed(over).name}” is too large for a number on the way", over.place())
        return None
    return values


def bars(block: forms.BarsFigure, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """Numbers as bars, each with its name and its value."""
    labels: list[str] = []
    values: list[float] = []
    for bar in block.bars:
        text = bar.value if isinstance(bar.value, Text) else None
        value = numbers.array(str(text), text, 0) if text is not None else bar.value
        if value is None:
            return None
        if isinstance(value, list) and any(isinstance(item, list) for item in value):
            assert text is not None
            problems.error("this is an array of arrays", text.place(), "take one of its rows, as in x[0]")
            return None
        several = value if isinstance(value, list) else [value]
        values += several
        if isinstance(bar.label, list):
            if len(bar.label) != len(several):
                place = bar.label[0].place() if bar.label else place_of(block)
                problems.error(f"these are {len(bar.label)} labels for {len(several)} bars", place)
                return None
            labels += [plain_label(label, numbers, problems) for label in bar.label]
            continue
        label = plain_label(bar.label, numbers, problems) if bar.label else _bar_name(text, value, block, numbers)
        labels += [f"{label}[{i}]" for i in range(len(several))] if isinstance(value, list) else [label]
    if len(values) > MOST_BARS:
        problems.error(f"these are {len(values)} bars, and a plot shows {MOST_BARS} at most", place_of(block))
        return None
    digits = ".3g" if len(values) <= 4 else ".2g"  # more would not fit beside one another on a phone
    style = str(block.format) if block.format else (digits if min(values) >= 0 else f"+{digits}")
    try:
        printed = [format_number(value, style) for value in values]
    except ValueError as error:
        problems.error(str(error), block.format.place() if block.format else place_of(block))
        return None
    said = "; ".join(f"{label} {text}" for label, text in zip(labels, printed, strict=True))
    table = words.Table(["", "value"], [[label, text] for label, text in zip(labels, printed, strict=True)])
    return {
        "data": {"spec": specs.bars(labels, values, printed, block.height)},
        "alt": f"Bar chart. {said}.",
        "tables": [table],
        "labels": axis_labels(block, "", ""),
    }


def _bar_name(text: Text | None, value: Any, block: forms.BarsFigure, numbers: Numbers) -> str:
    """A bar's expression as a name: without the model where all are of one, and a gradient as one."""
    if text is None:
        return words.number(value)
    model, _, rest = str(text).partition(".")
    program = numbers.programs.get(model)
    if program is None:
        return str(text)
    short = _name(program, rest)
    models = {str(bar.value).partition(".")[0] for bar in block.bars if isinstance(bar.value, Text)}
    return short if len(models) == 1 else f"{model}: {short}"


def _name(program: Program, path: str) -> str:
    """What follows the name of a model in an expression; a gradient as one writes it."""
    name = path.removeprefix("grad.")
    return f"∂{program.output}/∂{name}" if name != path and followed(name).name in program.names else path
