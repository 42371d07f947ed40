"""Deck + numbers → a site in memory: one HTML page and the files that it needs. Nothing is written here.

The outputs differ only in where the page finds its assets (:class:`Output`): next to it in a folder, inside of it in a
single file, on the server, or, to be printed, next to it with fonts that are fit for paper.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup

from bpslides import __version__
from bpslides import theme as themes
from bpslides.assets import Assets
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.fonts import Cut
from bpslides.frame import Frame, families_of
from bpslides.mathml import mathml
from bpslides.model import Block, Slide, Stack
from bpslides.notation import Ledger
from bpslides.policy import CANVASES
from bpslides.slides import Renderer
from bpslides.source import Source
from bpslides.templating import environment
from bpslides.text import Text

if TYPE_CHECKING:
    from bpslides.related import RelatedDeck
    from bpslides.series import Collection


class Output(Enum):
    """Where the page finds its assets."""

    FOLDER = "folder"
    SINGLE_FILE = "single file"
    SERVE = "serve"
    PRINT = "print"

    @property
    def fonts(self) -> Cut:
        """What it gets of its fonts. The server's are whole: a later save may bring other letters."""
        return {Output.SERVE: Cut.WHOLE, Output.PRINT: Cut.PINNED}.get(self, Cut.SUBSET)


def link_to(collection: Collection | None, output: Output, name: str) -> str | None:
    """The address of the deck ``name`` in the page of another one; for "" of the index page, if there is one."""
    if collection is None:
        return None
    if output is Output.SINGLE_FILE:
        return f"{quote(name or collection.name)}.html" if name or collection.files else None
    page = "" if output is Output.SERVE else "index.html"
    return f"../{quote(name)}/{page}" if name else f"../{page}"


def _related(
    source: Source, collection: Collection | None, output: Output, slide: Slide, show: str
) -> list[tuple[str, list[RelatedDeck]]]:
    from bpslides.related import related_to  # few decks tell of others

    return related_to(slide, source, collection, partial(link_to, collection, output), show)


@dataclass(frozen=True)
class Section:
    """One slide as HTML. ``stack`` numbers the column of slides that it belongs to."""

    id: str
    html: str
    stack: int
    blocks: list[Block] = field(default_factory=list, compare=False)
    """Its blocks in the order of their elements, those inside of others included."""


@dataclass
class Site:
    """A rendered deck: ``files`` maps paths to contents and holds ``index.html``."""

    name: str
    title: str
    files: dict[str, bytes]
    sections: list[Section]
    notes: list[dict[str, Any]]
    """For the speaker view: id, title and notes of each slide. They are in no file of the site."""
    frame: str
    """A fingerprint of everything around the slides: if it changes, the page has to be loaded anew."""
    version: str
    """A fingerprint of frame and slides together, which the page knows of itself."""
    duration: float | None
    numbers: Numbers
    read: list[Path] = field(default_factory=list)
    """Every file that the deck was read from."""
    markdown: list[Text] = field(default_factory=list)
    """Every text of the deck that was read as Markdown."""
    latex: list[Text] = field(default_factory=list)
    """Every text of the deck that was read as a formula."""
    canvas: tuple[int, int] = (1280, 720)
    """Width and height of the slides in pixels."""
    lang: str = "en"

    @property
    def page(self) -> bytes:
        """The HTML page."""
        return self.files["index.html"]


def render(
    source: Source,
    numbers: Numbers,
    problems: Problems,
    output: Output,
    collection: Collection | None = None,
    *,
    shrink: bool = False,
) -> Site:
    """Render a deck. What is wrong with its texts and blocks goes to ``problems``.

    In a ``collection`` of decks that are built together, the deck can link to the others. With ``shrink`` its pictures
    are made no larger than slides show them.
    """
    deck = source.deck
    assets = Assets(single_file=output is Output.SINGLE_FILE, shrink=shrink)
    theme = themes.load(deck.theme, source.folder, problems, deck.tokens)
    symbols = {name: latex for program in numbers.programs.values() for name, latex in program.symbols.items()}
    # Slides of another deck bring its symbols along, but only who declares some is asked for the others.
    places = (key.place() for key in deck.notation)
    asks = any(place is not None and Path(place.file).resolve() in source.own for place in places)
    ledger = Ledger(deck.notation, symbols, mathml, problems, asks=asks)
    renderer = Renderer(numbers, assets, theme, ledger, problems, partial(_related, source, collection, output))
    renderer.text.moved = source.moved
    total = len(source.slides) - 1
    sections: list[Section] = []
    columns: list[Markup] = []
    for column, item in enumerate(deck.slides):
        first = len(sections)
        for slide in item.stack if isinstance(item, Stack) else [item]:
            index = len(sections)
            html = renderer.slide(slide, source, index, total)
            sections.append(Section(str(slide.id), html, column, renderer.drawn))
        inner = "".join(section.html for section in sections[first:])
        columns.append(Markup(f"<section>{inner}</section>" if isinstance(item, Stack) else inner))  # noqa: S704 - ours
    notes = [
        {
            "id": str(slide.id),
            "title": renderer.text.plain(slide.title),
            "notes": renderer.text.block(slide.notes) if slide.notes else "",
        }
        for slide in source.slides
    ]
    served = output is Output.SERVE
    title = renderer.text.plain(deck.title)
    body = "\n".join(columns)
    frame = Frame(assets, output.fonts, families_of(body, whole=served))
    notation = renderer.explanations()
    # What is printed may have the notes beside the slides.
    beside = [note["notes"] for note in notes] if output is Output.PRINT else []
    frame.style(theme, "\n".join([body, title, notation, *beside]), renderer.rules(deck.logo))
    frame.script(plots='class="plot"' in body or served)
    settings: dict[str, Any] = {
        "output": output.name.lower(),
        "plotly": frame.plotly_link,
        "title": title,
        "transition": deck.transition,
        "canvas": CANVASES[deck.aspect],
    }
    fingerprint = _fingerprint(settings, theme.css, deck.lang, deck.footer, notation)
    settings["version"] = version = _fingerprint(fingerprint, columns)[:16]
    page = (
        environment()
        .get_template("deck.html")
        .render(
            lang=str(deck.lang),
            theme=theme,
            csp=None if served else frame.policy(),
            version=__version__,
            title=title,
            description=renderer.text.plain(deck.subtitle) if deck.subtitle else None,
            sections=columns,
            notation=notation,
            settings=settings,
            **frame.parts,
        )
    )
    files = {"index.html": page.encode(), **assets.files}
    read = [*source.files, theme.file, *assets.read, *numbers.read]
    return Site(
        source.name,
        title,
        files,
        sections,
        notes,
        fingerprint,
        version,
        deck.duration,
        numbers,
        read,
        renderer.text.markdown,
        renderer.text.latex,
        CANVASES[deck.aspect],
        str(deck.lang),
    )


def _fingerprint(*parts: Any) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
