"""Gradients of the models against central differences."""

from __future__ import annotations

from bpslides.autodiff import AutodiffError
from bpslides.compute import Numbers
from bpslides.compute import values as numbers_of
from bpslides.errors import Problems
from bpslides.source import Source

#: Gradients and central differences may differ by this much, relative.
TOLERANCE = 1e-6


def check(source: Source, numbers: Numbers, problems: Problems) -> None:
    """An error for every model whose gradients are not the slopes of its loss."""
    places = {str(name): name.place() for name in source.deck.models}
    for name, program in numbers.programs.items():
        try:
            found = numbers_of(program)
        except AutodiffError as error:
            message = f"the gradients of “{name}” cannot be checked: {error.message}"
            problems.error(message, places[name], error.hint or None)
            continue
        worst, kinks = found["gradient_check"], ", ".join(found["kinks"])
        if worst > TOLERANCE:
            hint = "values at a kink, such as relu(0), have no gradient: start a little beside it"
            hint += f"; there is one at {kinks}" if kinks else ""
            problems.error(
                f"the gradients of “{name}” differ from central differences by {worst:.1e}", places[name], hint
            )
