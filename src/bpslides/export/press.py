"""Prints a deck in a browser: an errand (:mod:`bpslides.errand`), which can be ended whatever the page does.

Its job holds the ``files`` of a deck made for print, its ``canvas``, how the pages are to be arranged (``arrange``),
and what ``pictures`` are wanted; without any it is a PDF. It reports

* ``drawing``, with how many of how many plots are done,
* ``pages``, with their number, once all are laid out,
* ``file``, with its name and content, for everything that comes out,
* ``complaint``, for what the page complains about, and ``plots``, with the slides whose plots could not be drawn.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

from bpslides import paths
from bpslides.browser import ORIGIN, serve_files
from bpslides.errand import run, unpacked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bpslides.errand import Tell

#: A page has so many seconds to come to rest, and so many more for each slide.
LONGEST, EACH = 60.0, 1.0
CARD = (1200, 630)
THUMBNAIL, COLUMNS = 400, 4


def work(browser: Browser, job: dict[str, Any], tell: Tell) -> None:
    """Print the deck that the job tells of."""
    _Press(browser, job, tell).print()


class _Press:
    """One deck, opened for print."""

    def __init__(self, browser: Browser, job: dict[str, Any], tell: Tell) -> None:
        self._job, self._tell = job, tell
        pictures = job.get("pictures") or {}
        context = browser.new_context(
            viewport={"width": job["canvas"][0], "height": job["canvas"][1]},
            device_scale_factor=pictures.get("scale", 1),
            # Without motion there are no transitions to wait for.
            reduced_motion="reduce",
            service_workers="block",
        )
        serve_files(context, unpacked(job["files"]), lambda address: self._complain(f"{address} is not there"))
        self._page = context.new_page()
        self._page.on("pageerror", lambda error: self._complain(str(error)))
        self._page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)

    def print(self) -> None:
        """All that the job asks for."""
        pages = self._open()
        if self._job.get("pictures"):
            self._take_pictures(pages, **self._job["pictures"])
            return
        data = self._page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        self._file("deck.pdf", data)

    def _open(self) -> int:
        """Open the deck, wait until all is drawn, and arrange the pages; returns their number."""
        from playwright.sync_api import TimeoutError as NotYet

        page = self._page
        page.emulate_media(media="print")
        page.goto(f"{ORIGIN}index.html?view=print")
        page.evaluate(paths.static("export.js").decode())
        end = time.monotonic() + LONGEST + EACH * len(self._job["arrange"]["slides"])
        while True:
            try:
                page.wait_for_selector("html[data-ready]", state="attached", timeout=500)
                break
            except NotYet:
                if time.monotonic() > end:
                    raise
                done, total = page.evaluate("press.progress()")
                self._tell({"kind": "drawing", "done": done, "of": total})
        if missing := page.evaluate("press.missing()"):
            self._tell({"kind": "plots", "slides": missing})
        pages: int = page.evaluate("wanted => press.arrange(wanted)", self._job["arrange"])
        page.evaluate("document.fonts.ready.then(() => true)")
        self._tell({"kind": "pages", "of": pages})
        return pages

    def _take_pictures(self, pages: int, *, scale: float, titles: bool, extras: list[str], describe: bool) -> None:
        """A picture of every page; then the contact sheet and the social card, for which ``extras`` has the numbers."""
        width, height = self._job["canvas"]
        page = self._page
        for number in range(pages):
            page.evaluate("([n, w, h]) => press.frame(n, w, h)", [number, width, height])
            if describe:
                self._tell({"kind": "words", **page.evaluate("n => press.describe(n)", number)})
            page.evaluate("hide => document.documentElement.classList.toggle('without-titles', hide)", not titles)
            self._file(str(number), self._shoot(width, height))
        if extras:
            page.set_viewport_size({"width": CARD[0], "height": CARD[1]})
            page.evaluate("([w, h]) => press.frame(0, w, h)", CARD)
            self._file("social-card", self._shoot(*CARD))
            width, height = page.evaluate(
                "([columns, width, numbers]) => press.contactSheet(columns, width, numbers)",
                [COLUMNS, THUMBNAIL, extras],
            )
            page.set_viewport_size({"width": width, "height": height})
            self._file("contact-sheet", self._shoot(width, height))

    def _shoot(self, width: float, height: float) -> bytes:
        return self._page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height}, animations="disabled")

    def _file(self, name: str, data: bytes) -> None:
        self._tell({"kind": "file", "name": name, "data": base64.b64encode(data).decode("ascii")})

    def _complain(self, text: str) -> None:
        self._tell({"kind": "complaint", "text": text})


if __name__ == "__main__":
    run(work)
