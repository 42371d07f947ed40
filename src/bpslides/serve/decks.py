"""A deck while it is served: its last good site, what is wrong with the newest save, and what open pages must know.

:func:`build` makes a site or says why not; a :class:`Deck` takes the outcome in and keeps the last good one. A
:class:`Library` holds the decks of one server, each built when it is first asked for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bpslides import paths
from bpslides.errors import BpslidesError, DeckError, Problems
from bpslides.lookup import is_series
from bpslides.pipeline import compute, make_shelf
from bpslides.render import Output, Site, render
from bpslides.series import Collection, load_series, shipped
from bpslides.serve.sockets import Pages
from bpslides.shelf import Shelf

Message = dict[str, Any]
#: What tells one state of a file from the next; None when there is no file.
Stamp = tuple[int, int, int, int] | None


@dataclass
class Build:
    """The outcome of one build: a site, or the problems that were in its way."""

    site: Site | None = None
    problems: list[str] = field(default_factory=list)
    """Each finding as text; beside a site these are only warnings."""
    read: set[Path] = field(default_factory=set)
    language: str = "en"


def build(file: Path, collection: Collection | None = None) -> Build:
    """Build the deck in ``file``, which may be one of a ``collection``.

    Whatever is wrong with it comes back as text: the server goes on.
    """
    result, problems = Build(read={file.resolve()}), Problems()
    try:
        source, numbers = compute(file, problems)
        result.read.update(source.files)
        result.language = str(source.deck.lang)
        site = render(source, numbers, problems, Output.SERVE, collection and collection.fresh())
        result.read.update(site.read)
        problems.raise_errors()
        result.site = site
    except DeckError as error:
        result.problems = [str(problem) for problem in error.problems]
    except BpslidesError as error:
        result.problems = [str(error)]
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end somebody's talk
        found = [str(problem) for problem in problems.found]
        what = f"{type(error).__name__}: {error}"
        result.problems = [*found, f"bpslides itself failed on this deck ({what}); please report it"]
    else:
        result.problems = [str(problem) for problem in problems.found]
    return result


def difference(old: Site, new: Site) -> Message | None:
    """What turns a page of ``old`` into one of ``new``: a reload, a patch of the slides that changed, or nothing."""
    if old.frame != new.frame or _page_links(old) != _page_links(new):
        return {"type": "reload"}
    known = {section.id: section.html for section in old.sections}
    changed = [{"id": s.id, "html": s.html} for s in new.sections if known.get(s.id) != s.html]
    if not changed and order(old) == order(new):
        return None
    return {"type": "patch", "sections": changed, "order": order(new), "version": new.version}


def order(site: Site) -> list[list[str]]:
    """The ids of all slides, a list per column."""
    columns: dict[int, list[str]] = {}
    for section in site.sections:
        columns.setdefault(section.stack, []).append(section.id)
    return list(columns.values())


def _page_links(site: Site) -> set[str]:
    """The style sheet, script and fonts, whose names hold a hash of their content."""
    return {name for name in site.files if name.endswith((".css", ".js", ".ttf"))}


class Deck:
    """One deck of the server."""

    def __init__(self, file: Path, collection: Collection | None = None) -> None:
        self.file = file
        self.collection = collection
        self.name = paths.deck_name(file)
        self.pages = Pages()
        self.site: Site | None = None
        """The last good one."""
        self.problems: list[str] = []
        """What keeps the newest save from being shown; empty when the page is current."""
        self.language = "en"
        self.read: set[Path] = {file.resolve()}
        """The files whose change matters."""
        self.stamps: dict[Path, Stamp] = {}
        """How the files were when the newest build began."""
        self._files: dict[str, bytes] = {}
        self._warnings: list[str] = []
        self._building = asyncio.Lock()
        self._built = False

    def asset(self, path: str) -> bytes | None:
        """A file of the site, or of the one before: a page that was just loaded may still ask for it."""
        return self.site.files.get(path, self._files.get(path)) if self.site else None

    def build(self) -> None:
        """Build for the first time, before there is an event loop."""
        self.stamps = stamps(self.read)
        self._accept(build(self.file, self.collection))

    async def rebuild(self) -> Message | None:
        """Build anew while the server goes on. Returns what open pages must be told, or None."""
        async with self._building:
            return await self._build_in_thread()

    async def ready(self) -> None:
        """Return when the deck has been built once."""
        if not self._built:
            async with self._building:
                if not self._built:
                    await self._build_in_thread()

    async def _build_in_thread(self) -> Message | None:
        # Taken before the files are read: a change meanwhile is seen as one afterwards.
        self.stamps = stamps(self.read)
        return self._accept(await asyncio.to_thread(build, self.file, self.collection))

    def state(self) -> Message | None:
        """What a page that has just connected must know."""
        if self.problems:
            return self._problem_message()
        # A page that was away, while the server was restarted say, may show an older deck.
        return {"type": "version", "version": self.site.version} if self.site else None

    def _problem_message(self) -> Message:
        return {"type": "problems", "problems": self.problems}

    def _accept(self, result: Build) -> Message | None:
        self._built = True
        if result.site is None:
            # What a broken deck does not get to read is still worth watching.
            self._watch(self.read | result.read)
            if result.problems == self.problems:
                return None
            self.problems = result.problems
            self._report(result.problems)
            return self._problem_message()
        self._watch(result.read)
        was_broken, old = bool(self.problems), self.site
        self.site, self.problems, self.language = result.site, [], result.language
        if result.problems != self._warnings:
            self._report(result.problems)
        self._warnings = result.problems
        if old is None:
            return {"type": "reload"}
        self._files = old.files
        message = difference(old, result.site)
        if message is None and was_broken:
            message = {"type": "patch", "sections": [], "order": order(result.site), "version": result.site.version}
        if message is not None:
            total = len(result.site.sections)
            changed = len(message.get("sections", []))
            what = "the whole page" if message["type"] == "reload" else f"{changed} of {total} slides"
            fine = message["type"] == "patch" and not changed
            self._report([f"{self.name}: fine again" if fine else f"{self.name}: updated {what}"])
        return message

    def _watch(self, files: set[Path]) -> None:
        for file in files - self.read:
            self.stamps[file] = stamp(file)
        self.read = files

    def _report(self, lines: list[str]) -> None:
        for line in lines:
            click.echo(line, err=True)


def stamp(file: Path) -> Stamp:
    """Modification time (ns), size (bytes), inode and device of a file or folder; None when there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def stamps(files: set[Path]) -> dict[Path, Stamp]:
    """The stamps of many files."""
    return {file: stamp(file) for file in files}


class Library:
    """The decks of one server by name: the one in ``file``, those of the series in it, or all that are shipped."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.decks: dict[str, Deck] = {}
        self.home = ""
        """Where / leads; empty when there is an index of decks."""
        if file is None or is_series(file):
            self._collect(Problems())
        else:
            deck = Deck(file)
            self.decks, self.home = {deck.name: deck}, deck.name

    def shelf(self) -> tuple[Shelf | None, list[str]]:
        """The index page as the series and its decks are now, or the problems that are in its way."""
        problems = Problems()
        try:
            page = make_shelf(self._collect(problems), Output.SERVE, problems)
        except BpslidesError as error:  # a file is gone, or no longer one
            return None, [str(error)]
        return (None if problems.has_errors else page), [str(problem) for problem in problems.found]

    def _collect(self, problems: Problems) -> Collection:
        """Read the series anew. Decks that it did not have before are served from now on."""
        collection = shipped() if self._file is None else load_series(self._file, problems)
        for name, entry in collection.entries.items():
            self.decks.setdefault(name, Deck(entry.file)).collection = collection
        return collection

    async def close_pages(self) -> None:
        """Tell all pages that the server goes away (1001)."""
        await asyncio.gather(*(deck.pages.close() for deck in self.decks.values()))
