"""What commands share: what they print, as text or JSON, styled where a terminal can, and the option ``--trust``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from bpslides.errors import Problem, visible

TRUST = click.option(
    "--trust", is_flag=True, help="Let the deck's Python figures run, as they are now and until they change."
)


def trust_figures(decks: Iterable[Path]) -> None:
    """Remember that the user trusts the Python files of ``decks`` as they are now, and say which."""
    from bpslides import trust
    from bpslides.errors import Problems
    from bpslides.figures.python import files_in
    from bpslides.source import load

    for deck in decks:
        for file in files_in(load(deck, Problems()).slides):
            click.echo(f"trusted: {shown(file)} (sha256 {trust.remember(file)[:12]}…)", err=True)


def show(problems: Sequence[Problem], file: Path | None = None) -> None:
    """Print problems to standard error; with ``file``, their number in a last line."""
    for problem in problems:
        click.echo(_coloured(problem), err=True)
    if file is not None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        click.echo(f"{count} in {shown(file)}", err=True)


def shown(file: Path) -> Path:
    """The path as the user would type it."""
    absolute = file.absolute()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else file


def as_data(problem: Problem) -> dict[str, Any]:
    """A problem for programs."""
    place = problem.place
    return {
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "more": problem.more,
        "slide": problem.slide,
        "check": problem.check,
    }


def _coloured(problem: Problem) -> str:
    """The text of a problem; on a terminal the place is bold, and the caret has the colour of the severity."""
    text = str(problem)
    if not has_colour(sys.stderr):
        return text
    colour = {"error": "red", "warning": "yellow"}.get(problem.severity, "blue")
    place = visible(str(problem.place)) if problem.place else ""
    first, *rest = text.removeprefix(f"{place}: ").removeprefix(f"{problem.severity}: ").split("\n")
    head = [click.style(place, bold=True)] if place else []
    lines = [": ".join([*head, click.style(problem.severity, fg=colour), first])]
    lines += [click.style(line, fg=colour) if line.strip() == "^" else line for line in rest]
    return "\n".join(lines)


def bold(text: str) -> str:
    """``text`` for standard output, bold where that is a terminal."""
    return click.style(text, bold=True) if has_colour(sys.stdout) else text


def styled(text: str, **style: Any) -> str:
    """``text`` for standard error, with a style of click's where that is a terminal."""
    return click.style(text, **style) if has_colour(sys.stderr) else text


def has_colour(stream: Any) -> bool:
    """Whether a stream is a terminal that wants colours."""
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
