"""The commands ``bpslides pdf``, ``png`` and ``pptx``. Everything they need is imported when they run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpslides.errors import UsageError
from bpslides.terminal import TRUST, show, trust_figures

if TYPE_CHECKING:
    from bpslides.export.order import Watch

DECK = "DECK is a folder with a deck.yaml, a file, or the name of a shipped deck."
RANGE = click.option(
    "--range", "chosen", metavar="SLIDES", default="", help="Only these slides, by number or id, such as 3-7,takeaways."
)


@click.command(epilog=DECK)
@click.argument("deck")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write it."
)
@click.option("--fragments", is_flag=True, help="A page for everything that appears, not one for each slide.")
@click.option("--steps", is_flag=True, help="A page for every step of a walk, and of code stepped through.")
@click.option("--handout", is_flag=True, help="Several slides on a sheet, with lines to write on.")
@click.option("--notes", is_flag=True, help="The notes below each slide; in a handout, in place of the lines.")
@click.option("--per-page", type=click.Choice(["1", "2", "3", "4", "6"]), help="Slides on a sheet of a handout.  [3]")
@click.option("--solutions", is_flag=True, help="Exercises show what comes out.")
@click.option("--size", type=click.Choice(["16:9", "4:3", "a4", "letter"]), help="The pages.  [the slides' own]")
@RANGE
@TRUST
def pdf(
    deck: str,
    output: Path,
    fragments: bool,
    steps: bool,
    handout: bool,
    notes: bool,
    per_page: str | None,
    solutions: bool,
    size: str | None,
    chosen: str,
    trust: bool,
) -> None:
    """Print DECK as a PDF, a page a slide."""
    from bpslides.export.handout import Handout
    from bpslides.export.pages import Pages
    from bpslides.export.pdf import write_pdf

    if per_page is not None and not handout:
        raise UsageError("--per-page is about handouts: add --handout")
    if (handout or notes) and size in ("16:9", "4:3"):
        raise UsageError(f"handouts and notes are printed on paper, not on {size}: choose --size a4 or letter")
    paper = None
    if handout:
        paper = Handout(int(per_page or "3"), notes=notes)
    elif notes:
        paper = Handout(1, notes=True, lines=False)
    pages = Pages(chosen, fragments, steps, size, paper, solutions)
    file = _deck(deck, trust)
    with _progress() as watch:
        problems = write_pdf(file, output, pages, watch)
    show(problems)
    click.echo(output)


@click.command(epilog=DECK)
@click.argument("deck")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where they go.")
@click.option(
    "--scale",
    type=click.FloatRange(0.1, 8),
    default=1.5,
    show_default=True,
    help="How many times as large as the slide, which is 1280 × 720 or 960 × 720 pixels.",
)
@RANGE
@TRUST
def png(deck: str, output: Path, scale: float, chosen: str, trust: bool) -> None:
    """Take a picture of every slide of DECK, with a contact sheet and a card for social media."""
    from bpslides.export.pages import Pages
    from bpslides.export.pictures import write_pictures

    file = _deck(deck, trust)
    with _progress() as watch:
        problems = write_pictures(file, output, Pages(chosen), scale, watch)
    show(problems)
    click.echo(output)


@click.command(epilog=DECK)
@click.argument("deck")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write it."
)
@RANGE
@TRUST
def pptx(deck: str, output: Path, chosen: str, trust: bool) -> None:
    """Make a PowerPoint file of DECK: a picture of every slide, with its title as text, and the notes."""
    from bpslides.export.pages import Pages
    from bpslides.export.pptx import write_pptx

    file = _deck(deck, trust)
    with _progress() as watch:
        problems = write_pptx(file, output, Pages(chosen), watch)
    show(problems)
    click.echo(output)


def _deck(name: str, trust: bool) -> Path:
    from bpslides.lookup import find

    file = find(name)
    if trust:
        trust_figures([file])
    return file


@contextmanager
def _progress() -> Iterator[Watch]:
    """A line on the terminal that says how far it is; nothing where there is none to see it."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return

    def watch(what: str, done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        click.echo(f"\r{what:6} {'█' * filled}{'·' * (30 - filled)} {done}/{total}", nl=False, err=True)

    try:
        yield watch
    finally:
        click.echo("\r" + " " * 60 + "\r", nl=False, err=True)


EXPORTS = [pdf, png, pptx]
