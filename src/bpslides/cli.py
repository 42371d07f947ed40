"""The command line: ``bpslides serve``, ``build``, ``check``, ``values``, ``decks``, ``new``, ``schema`` and ``help``.

Commands only put the parts together. What they need is imported when they run, so that ``bpslides --help`` is quick
and a build carries no server. :func:`main` turns every error into a message and an exit code: 0 for success, 1 for a
bad deck, 2 for wrong usage, 130 for Ctrl-C, 143 when another program ends it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shlex
import signal
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from bpslides import __version__
from bpslides.errors import BpslidesError, DeckError, Problem, UsageError, did_you_mean, visible
from bpslides.export.commands import EXPORTS
from bpslides.terminal import TRUST, as_data, bold, has_colour, show, shown, styled, trust_figures

if TYPE_CHECKING:
    from bpslides.render import Site

DECK = "DECK is a folder with a deck.yaml (or a series.yaml), a file, or the name of a shipped deck."


def script() -> NoReturn:
    """The command itself: :func:`main` in a process of its own, without the housekeeping of a long life.

    A build lives a third of a second. Collecting garbage takes a sixth of that, and taking everything down at the end
    another sixth, when the system does it for nothing.
    """
    gc.disable()
    code: int = 1
    # To be ended by another program is no different from Ctrl-C: browsers and scratch files go, too.
    signal.signal(signal.SIGTERM, _end)
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command in ``arguments`` (those of the process by default) and exit."""
    # A deck's arrays are small: the threads that numpy would start for large ones cost 80 ms at every start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Plugins of the environment have no business in reading a deck, and looking for them takes 12 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot print a character gets its code instead of an exception.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:  # files that we read or write have messages of their own: this is our own output
        if not isinstance(error, BrokenPipeError):  # where it is, the reader has enough
            click.echo(f"Error: the output cannot be written: {error.strerror}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python would complain once more when it closes the stream
        code = 1
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = commands.main(arguments, prog_name="bpslides", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BpslidesError as error:
        click.echo(f"{styled('Error:', fg='red')} {visible(str(error))}", err=True)
        return error.exit_code
    return code if isinstance(code, int) else 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bpslides", message="%(prog)s %(version)s")
def commands() -> None:
    """Slide decks about backpropagation in which no number is typed."""


for export in EXPORTS:
    commands.add_command(export)


@commands.command(epilog=DECK)
@click.argument("deck", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes any free one.  [default: 8000]")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@TRUST
def serve(deck: str | None, host: str, port: int | None, no_open: bool, trust: bool) -> None:
    """Show DECK in the browser, current while you write.

    A series is served with its index page; without DECK all shipped decks are.
    """
    from bpslides.lookup import find, find_series
    from bpslides.serve import serve as run

    gc.enable()  # unlike the other commands, a server lives long
    file = (find_series(deck) or find(deck)) if deck is not None else None
    if trust and deck is not None:
        trust_figures(_files(deck))
    run(file, host, port, open_browser=not no_open)


@commands.command(epilog=DECK)
@click.argument("deck", nargs=-1)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to build.")
@click.option("--single-file", is_flag=True, help="One HTML file that needs nothing else: DIR/<name>.html.")
@click.option("--compress", is_flag=True, help="Also write .gz and .br twins, for hosts that send them as they are.")
@click.option("--shrink", is_flag=True, help="Pictures no larger than slides show them, as WebP.")
@click.option("--report", is_flag=True, help="Print what each part of a deck weighs.")
@TRUST
def build(
    deck: tuple[str, ...], output: Path, single_file: bool, compress: bool, shrink: bool, report: bool, trust: bool
) -> None:
    """Build DECK into a folder that needs no server.

    One deck gives DIR/index.html. Several, those of a series, or without DECK all shipped decks, give
    DIR/<name>/index.html each and an index of them all.
    """
    from bpslides.errors import Problems
    from bpslides.pipeline import make_shelf, make_site
    from bpslides.render import Output
    from bpslides.series import chosen
    from bpslides.write import write_collection, write_file, write_folder

    if single_file and compress:
        raise UsageError("--compress is for folders: a single file is opened from disk, and is compressed inside")
    if shrink:
        from bpslides.pictures import need_pillow

        need_pillow()
    kind, problems = Output.SINGLE_FILE if single_file else Output.FOLDER, Problems()
    collection = chosen(deck, problems)
    if trust:
        trust_figures(entry.file for entry in collection.entries.values())
    is_one = len(deck) == 1 and not collection.files
    sites: dict[str, Site] = {}
    broken = False
    for name, entry in collection.entries.items():
        try:
            sites[name], warnings = make_site(entry.file, kind, None if is_one else collection, shrink=shrink)
            show(warnings)
        except DeckError as error:
            show(error.problems, entry.file)
            broken = True
    index = None if is_one else make_shelf(collection, kind, problems)
    show(problems.found, collection.files[0] if problems.has_errors else None)
    if broken or problems.has_errors:
        # Nothing is written: what stands there from before is whole.
        raise click.exceptions.Exit(1)
    if single_file:
        # Several decks are files that each stand alone; a series is more than these.
        written = [write_file(site, output) for site in sites.values()]
        written += [write_file(index, output)] if index and collection.files else []
    else:
        from bpslides.hosting import Hosted
        from bpslides.shelf import render_missing

        read = [*collection.files, *(path for site in sites.values() for path in site.read)]
        root = {"404.html": render_missing(collection, problems)}
        if index is None:
            written = [write_folder(Hosted(site, root, compress), output, read) for site in sites.values()]
        else:
            decks = {name: Hosted(site, {}, compress) for name, site in sites.items()}
            written = write_collection(Hosted(index, root, compress), decks, output, read)
    for path in written:
        click.echo(path)
    if report:
        from bpslides import sizes

        for name, site in sites.items():
            click.echo("\n" + sizes.report(name, site.files))


@commands.command(epilog=DECK)
@click.argument("deck", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--browser", is_flag=True, help="Look at every slide in a browser, too: on screen, phone and paper.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@TRUST
def check(deck: tuple[str, ...], strict: bool, browser: bool, style: str, trust: bool) -> None:
    """Look for problems before the audience does.

    Texts, claims, gradients, stale numbers, notes, links and length; with --browser also what overflows, what a screen
    reader cannot use, and what the page complains of. Errors exit with 1, warnings with 0.
    """
    from bpslides.browser import BrowserMissing
    from bpslides.check import problems_of

    files = [file for name in deck for file in _files(name)]
    if trust:
        trust_figures(files)
    everything: list[Problem] = []
    for file in files:
        try:
            found = problems_of(file, browser=browser)
        except BrowserMissing as error:  # not the deck's fault, so not the exit code of a bad deck
            raise UsageError(str(error)) from None
        everything += found
        counted = [problem for problem in found if problem.severity != "note"]
        if style == "text":
            show([problem for problem in found if problem.severity == "note"])
            show(counted, file if counted else None)
        if style == "text" and not counted:
            click.echo(f"{shown(file)}: no problems")
    if style == "json":
        click.echo(json.dumps([as_data(problem) for problem in everything], indent=2))
    if any(problem.severity == "error" or (strict and problem.severity == "warning") for problem in everything):
        raise click.exceptions.Exit(1)


@commands.command(epilog=DECK)
@click.argument("deck")
@click.option("--model", "wanted", metavar="NAME", help="Only this model.")
@click.option("--steps", type=click.IntRange(0), default=0, show_default=True, help="After this many updates.")
@click.option(
    "--over",
    "wanted_over",
    metavar="NAME",
    multiple=True,
    help="This value after every update from 0 to --steps, also grad.NAME or NAME[0]; may be given several times.",
)
@click.option(
    "--precision", type=click.IntRange(1, 17), default=6, show_default=True, help="Significant digits of the table."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: full precision.")
def values(
    deck: str, wanted: str | None, steps: int, wanted_over: tuple[str, ...], precision: int, as_json: bool
) -> None:
    """Print the numbers of the models.

    Values, gradients, and the parameters after the next update.
    """
    from bpslides.autodiff import AutodiffError
    from bpslides.compute import course, followed
    from bpslides.compute import values as numbers_of
    from bpslides.errors import Problems
    from bpslides.lookup import find
    from bpslides.pipeline import compute
    from bpslides.tables import course_table, table

    problems = Problems()
    file = find(deck)
    _, numbers = compute(file, problems)
    if problems.has_errors:
        show(problems.found, file)
        raise click.exceptions.Exit(1)
    programs = numbers.programs
    if wanted is not None:
        _refuse_unknown("model", wanted, programs)
        programs = {wanted: programs[wanted]}
    over = [name.strip() for text in wanted_over for name in text.split(",") if name.strip()]
    for name in over:
        known = [known for program in programs.values() for known in program.names]
        _refuse_unknown("value", followed(name).name, known)
    if over:
        programs = {name: p for name, p in programs.items() if any(followed(text).name in p.names for text in over)}
    results: dict[str, dict[str, Any]] = {}
    for name, program in programs.items():
        try:
            courses = {text: course(program, text, steps) for text in over if followed(text).name in program.names}
            results[name] = numbers_of(program, steps) if as_json or not over else {}
        except AutodiffError as error:
            raise BpslidesError(f"“{name}”: {error}") from None
        if over:
            results[name]["over"] = courses
    if as_json:
        click.echo(json.dumps(results, indent=2, allow_nan=False))
        return
    if not results:
        click.echo("this deck has no models, and so no numbers of its own: “bpslides help models” tells how to begin")
    for name, result in results.items():
        rows = course_table(result["over"], precision) if over else table(programs[name], result, precision)
        click.echo("\n".join([bold(name), *(f"  {row}" for row in rows), ""]))


def _refuse_unknown(what: str, wanted: str, known: Iterable[str]) -> None:
    known = list(known)
    if wanted not in known:
        hint = did_you_mean(wanted, known)
        raise UsageError(f"this deck has no {what} “{wanted}”" + (f" ({hint})" if hint else ""))


@commands.command()
def decks() -> None:
    """List the shipped decks: name, title, slides."""
    from bpslides import paths
    from bpslides.series import of_files

    entries = of_files(list(paths.shipped_decks().values())).entries
    width = max(map(len, entries), default=0)
    for name, entry in entries.items():
        slides = "1 slide" if entry.slides == 1 else f"{entry.slides} slides"
        click.echo(f"{name:{width}}  {entry.title} ({slides})")


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def new(folder: Path) -> None:
    """Make a small deck in the new folder DIR, for you to change."""
    from bpslides import starter

    for file in starter.write(folder):
        click.echo(file)
    name = shlex.quote(f"./{folder}" if str(folder).startswith("-") else str(folder))
    click.echo(f"\nNow see it, and look it over:\n  bpslides serve {name}\n  bpslides check {name}")


@commands.command()
def schema() -> None:
    """Print the JSON Schema of decks, for editors.

    Save it beside a deck, and begin the deck with: # yaml-language-server: $schema=deck.schema.json
    """
    from bpslides import schema as schemas

    click.echo(schemas.text(), nl=False)


@commands.command(name="help")
@click.argument("topic", required=False)
def help_(topic: str | None) -> None:
    """Explain a block, a setting, or another TOPIC of the deck language; without one, list them."""
    from bpslides import reference
    from bpslides.reference import topics

    if topic is None:
        width = max(map(len, reference.SUMMARIES))
        for name, summary in reference.SUMMARIES.items():
            click.echo(f"{name:{width}}  {summary}")
        others = f"Also {', '.join(sorted(topics.SECTIONS))}, and every setting by its name, such as layout."
        click.echo("\n" + textwrap.fill(others, 100))
        return
    answer = topics.answer(topic)
    if answer is None:
        hint = topics.suggestion(topic) or "“bpslides help” lists all topics"
        raise UsageError(f"there is no help on “{topic}” ({hint})")
    text = reference.for_terminal(answer)
    if not has_colour(sys.stdout):
        click.echo(text, nl=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def _files(name: str) -> list[Path]:
    """The deck file for what a user typed; for a series its own file, then those of its decks."""
    from bpslides.errors import Problems
    from bpslides.series import chosen

    collection = chosen([name], Problems())
    return [*collection.files, *(entry.file for entry in collection.entries.values())]
