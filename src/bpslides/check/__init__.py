"""Look a deck over before the audience does: ``problems_of(file)``."""

from __future__ import annotations

from pathlib import Path

from bpslides.autodiff import AutodiffError
from bpslides.compute import values as numbers_of
from bpslides.errors import Problem, Problems
from bpslides.pipeline import compute, make_shelf
from bpslides.render import Output, render
from bpslides.series import is_series, load_series

#: Gradients and central differences may differ by this much, relative.
GRADIENT_TOLERANCE = 1e-6


def problems_of(file: Path) -> list[Problem]:
    """Everything that is wrong with the deck or the series in ``file``, computed and drawn, but not written."""
    problems = Problems()
    if is_series(file):
        make_shelf(load_series(file, problems), Output.FOLDER, problems)
        return problems.found
    source, numbers = compute(file, problems)
    render(source, numbers, problems, Output.FOLDER)
    places = {str(name): name.place() for name in source.deck.models}
    for name, program in numbers.programs.items():
        try:
            found = numbers_of(program)
        except AutodiffError as error:
            problems.error(
                f"the gradients of “{name}” cannot be checked: {error.message}", places[name], error.hint or None
            )
            continue
        worst, kinks = found["gradient_check"], ", ".join(found["kinks"])
        if worst > GRADIENT_TOLERANCE:
            hint = "values at a kink, such as relu(0), have no gradient: start a little beside it"
            hint += f"; there is one at {kinks}" if kinks else ""
            problems.error(
                f"the gradients of “{name}” differ from central differences by {worst:.1e}", places[name], hint
            )
    return problems.found
