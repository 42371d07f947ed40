"""The pages around decks, their index and the 404: HTML files that carry their styles and fonts, and run no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from bpslides import __version__, fonts, paths
from bpslides import theme as themes
from bpslides.assets import Assets, data_address
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.markup import Writer
from bpslides.mathml import mathml
from bpslides.notation import Ledger
from bpslides.policy import content_hash
from bpslides.related import plain
from bpslides.render import Output
from bpslides.series import Collection, Entry, Section
from bpslides.source import Source, empty_deck
from bpslides.templating import environment
from bpslides.text import Text


@dataclass(frozen=True)
class Shelf:
    """The rendered page; ``policy`` is its Content Security Policy, for a server to send along."""

    name: str
    page: bytes
    policy: str

    @property
    def files(self) -> dict[str, bytes]:
        """The page as a site of one file."""
        return {"index.html": self.page}


def render_shelf(collection: Collection, problems: Problems, output: Output) -> Shelf:
    """The index of ``collection``, with relative links to its decks. Problems of its texts go to ``problems``."""
    head, links = collection.head, {name: _link(name, output) for name in collection.entries}
    numbers = Numbers(Source(empty_deck(head.title), collection.name, collection.folder), problems)
    writer = Writer(numbers, Assets(single_file=True), Ledger({}, {}, mathml, problems), problems)
    writer.links = links
    numbered = any(section.title is not None for section in collection.sections)
    body = (
        environment()
        .get_template("shelf.html")
        .render(
            head=head,
            sections=[_shown(section, collection, links) for section in collection.sections],
            deck_heading="h3" if numbered else "h2",
            text=writer,
        )
    )
    title, subtitle = writer.plain(head.title), writer.plain(head.subtitle) if head.subtitle else None
    return _page(collection, body, problems, title, subtitle)


def render_missing(collection: Collection, problems: Problems) -> bytes:
    """The page that a host shows for an address at which there is nothing: 404.html."""
    # A host shows it at every depth, and only knows where that is: its link leads to the folder of the address.
    body = (
        "<main><header><h1>There is no such page</h1>"
        '<p class="subtitle">Perhaps it has another name by now: <a href="./">look at what is here</a>, '
        "or take the last part off the address.</p></header></main>"
    )
    return _page(collection, body, problems, "There is no such page", None).page


def _page(collection: Collection, body: str, problems: Problems, title: str, description: str | None) -> Shelf:
    scheme, style = _style(collection.head.theme, collection, body, problems)
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src-elem {content_hash(style)}",
            "style-src-attr 'none'",
            "font-src data:",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    page = (
        environment()
        .get_template("page.html")
        .render(
            lang=str(collection.head.lang),
            scheme=scheme,
            policy=policy,
            version=__version__,
            title=title,
            description=description,
            style=Markup(style),  # noqa: S704 - ours, and the theme is checked when loaded
            body=Markup(body),  # noqa: S704 - rendered above
        )
    )
    return Shelf(collection.name, page.encode(), policy)


def _link(name: str, output: Output) -> str:
    ends = {Output.SERVE: "/", Output.FOLDER: "/index.html", Output.SINGLE_FILE: ".html"}
    return quote(name) + ends[output]


def _shown(section: Section, collection: Collection, links: dict[str, str]) -> dict[str, Any]:
    """A part of the page as its template needs it."""
    decks = [
        {
            "number": f"{number:02}" if section.is_course else None,
            "name": entry.name,
            "link": links[entry.name],
            "title": plain(entry.title, entry),
            "text": entry.text,
            "subtitle": plain(subtitle, entry) if (subtitle := entry.source.deck.subtitle) else None,
            "facts": _facts([entry]),
            "before": [(plain(other.title, other), links[other.name]) for other in collection.before(entry.name)],
            "after": [(plain(other.title, other), links[other.name]) for other in collection.after(entry.name)],
        }
        for number, entry in enumerate(section.decks, 1)
    ]
    total = _facts(section.decks) if len(decks) > 1 else []
    return {"title": section.title, "text": section.text, "decks": decks, "total": total}


def _facts(entries: list[Entry]) -> list[str]:
    """What is counted of some decks, in words."""
    figures, live = sum(entry.figures for entry in entries), sum(entry.live for entry in entries)
    playing = " to play with" if live == figures else f", {live} to play with" if live else ""
    drawn = _count(figures, "figure") + playing if figures else ""
    decks = _count(len(entries), "deck") if len(entries) > 1 else ""
    slides = _count(sum(entry.slides for entry in entries), "slide")
    return [fact for fact in (decks, slides, drawn, _duration(sum(entry.minutes for entry in entries))) if fact]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"


def _style(theme: Text | None, collection: Collection, body: str, problems: Problems) -> tuple[str, str]:
    """The scheme of the page and its style sheet; without a theme both, for the reader's system to choose."""
    if theme is not None:
        chosen = themes.load(theme, collection.folder, problems)
        scheme, colours = chosen.scheme, chosen.css
    else:
        light = themes.load(Text("light"), collection.folder, problems)
        scheme, colours = "dark light", f"@media (prefers-color-scheme: light) {{\n{light.css}\n}}"
    text, math = fonts.characters(body)
    needed = [(fonts.TEXT, text), (fonts.MONO, "0123456789"), *([(fonts.MATH, math)] if "<math" in body else [])]
    cut = {font: fonts.woff(fonts.subset(font, wanted)) for font, wanted in needed}
    faces = [fonts.face_rule(font, data_address(data, "font/woff")) for font, data in cut.items()]
    return scheme, "\n".join([paths.static("shelf.css").decode(), colours, *faces])
