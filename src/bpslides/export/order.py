"""An order for the press: a deck goes in, and what is printed comes out, or one message that says why it does not.

::

    with Order(file, watch) as order:
        for made in order.printed(pages):
            ...

The browser starts while the deck is being computed. Whatever becomes of it, it is gone at the end of the block.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpslides.browser import BrowserMissing, find
from bpslides.errand import Errand, packed
from bpslides.errors import BpslidesError, Problem, UsageError
from bpslides.export.pages import Pages, arrangement, chosen

if TYPE_CHECKING:
    from bpslides.render import Site

#: Told how far an order is: the word for what is done, how much of it, and how much there is.
Watch = Callable[[str, int, int], None]

#: Seconds that a browser may work on its pages without a word; for a PDF all of them are printed in one go.
FIRST, EACH = 30.0, 0.5


@dataclass(frozen=True)
class Made:
    """Something that was printed."""

    name: str
    data: bytes
    words: dict[str, Any] | None = None
    """For the picture of a slide, where asked for: its title's place and look, and what it shows, in words."""


def job(site: Site, pages: Pages, slides: Sequence[str], pictures: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the press is told (:mod:`bpslides.export.press`)."""
    return {
        "files": packed(site.files),
        "canvas": site.canvas,
        "arrange": arrangement(pages, slides, site.notes, site.title),
        "pictures": pictures,
    }


class Order:
    """A deck on its way through the press. ``problems`` are the warnings about it."""

    def __init__(self, file: Path, watch: Watch) -> None:
        try:
            find()  # to be told of a missing one at once
        except BrowserMissing as error:  # not the deck's fault, so not the exit code of a bad deck
            raise UsageError(str(error)) from None
        self._file, self._watch = file, watch
        self._errand = Errand("bpslides.export.press")
        self._complaints: list[str] = []
        self.problems: list[Problem] = []

    @cached_property
    def site(self) -> Site:
        """The deck, computed and drawn.

        Raises:
            DeckError: with every problem of the deck, when it has an error.
        """
        # Here: they take as long to import as the browser to start, which it does meanwhile.
        from bpslides.pipeline import make_site
        from bpslides.render import Output

        site, warnings = make_site(self._file, Output.PRINT)
        self.problems += warnings
        return site

    def slides(self, pages: Pages) -> list[str]:
        """The ids of the slides that are printed."""
        return chosen(pages.range, [section.id for section in self.site.sections])

    def printed(self, pages: Pages, pictures: dict[str, Any] | None = None) -> Iterator[Made]:
        """What comes out of the press: one PDF, or, with ``pictures``, a picture of every page. It begins at once.

        Raises:
            BpslidesError: the browser did not print it; the message says why.
            UsageError: the range of the pages names what is not there, or there is no browser.
        """
        slides = self.slides(pages)
        self._errand.send(job(self.site, pages, slides, pictures))
        from bpslides.export.letters import foreign  # as in `site`

        self.problems += foreign([*self.site.markdown, *self.site.latex])
        return self._made(pictures is None, slides)

    def _made(self, is_pdf: bool, slides: Sequence[str]) -> Iterator[Made]:
        try:
            yield from self._reported(is_pdf, slides)
        except BrowserMissing as error:
            raise UsageError(str(error)) from None

    def _reported(self, is_pdf: bool, slides: Sequence[str]) -> Iterator[Made]:
        total, doing, count = 0, "was started", 0
        words: dict[str, Any] | None = None
        for report in self._errand.reports():
            match report:
                case {"kind": "drawing", "done": done, "of": of}:
                    doing = "drew the slides"
                    self._watch("plots", done, of)
                case {"kind": "pages", "of": total}:
                    doing = "printed"
                    self._errand.patience = FIRST + EACH * total
                    self._watch("pages", 0, total)
                case {"kind": "words", **words}:
                    pass
                case {"kind": "file", "name": name, "data": data}:
                    count += 1
                    self._watch("pages", total if is_pdf else min(count, total), total)
                    yield Made(name, base64.b64decode(data), words)
                case {"kind": "complaint", "text": text}:
                    self._complaints.append(text)
                case {"kind": "plots", "slides": [slide, *_]}:
                    raise BpslidesError(f"a plot on the slide “{slide}” could not be drawn{self._reason()}")
                case {"kind": "failed", "text": text}:
                    raise BpslidesError(f"the deck was not printed: {text}{self._reason()}")
        if self._errand.silent:
            patience = f"{self._errand.patience:g}"
            raise BpslidesError(
                f"the browser was ended: nothing was heard for {patience} s after it {doing}{self._reason()}"
            )
        if count < (1 if is_pdf else total) or not count:
            raise BpslidesError(f"the browser broke off after it {doing}, at page {count} of {total or len(slides)}")
        for text in dict.fromkeys(self._complaints):
            self.problems.append(Problem(f"the page complains: {text}", severity="warning", check="console"))

    def _reason(self) -> str:
        return f" (the page says: {self._complaints[0]})" if self._complaints else ""

    def __enter__(self) -> Order:
        return self

    def __exit__(self, *reason: object) -> None:
        self._errand.__exit__(*reason)
