"""Goes through a deck in a real browser and tells what is to be seen there; a process of its own, which can be ended.

It is an errand (:mod:`bpslides.errand`): its job is a :class:`Job`, and each of its reports a :class:`Sight`. Nothing
listens on a port: the files of the deck are handed to the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bpslides.browser import ORIGIN, look, serve_files
from bpslides.errand import packed, run, unpacked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: View → how its page is opened.
VIEWS: dict[str, dict[str, Any]] = {
    "screen": {"viewport": {"width": 1280, "height": 720}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "print": {"viewport": {"width": 1280, "height": 720}},
}


@dataclass
class Job:
    """What is to be visited: the files of a built deck, and its slides by their ids."""

    files: dict[str, bytes]
    slides: list[str]

    def dump(self) -> dict[str, Any]:
        """The job for an errand."""
        return {"files": packed(self.files), "slides": self.slides}

    @classmethod
    def load(cls, job: dict[str, Any]) -> Job:
        """What :meth:`dump` gave."""
        return cls(unpacked(job["files"]), job["slides"])


@dataclass
class Sight:
    """One thing that was seen.

    ``kind`` is ``slide`` (it has been looked at), ``overflow``, ``plot``, ``sliver`` (a plot too small),
    ``accessibility``, ``console``, ``request`` or ``failed`` (the visit ended early).
    """

    kind: str
    view: str = ""
    slide: str = ""
    block: int | None = None
    """The number of the block among those of the slide, from 0."""
    text: str = ""
    hint: str = ""
    px: int = 0


class Visitor:
    """Opens a deck in one view after the other; what it sees goes to ``tell``."""

    def __init__(self, job: Job, browser: Browser, tell: Callable[[Sight], None]) -> None:
        self._job, self._browser, self._tell = job, browser, tell
        self._view = self._slide = ""

    def visit(self) -> None:
        """Every slide and step of every view."""
        for view, options in VIEWS.items():
            self._view, self._slide = view, ""
            # Without motion there are no transitions to wait for.
            context = self._browser.new_context(**options, reduced_motion="reduce", service_workers="block")
            self._visit_view(context)
            context.close()

    def _visit_view(self, context: BrowserContext) -> None:
        serve_files(context, self._job.files, lambda address: self._see("request", text=address))
        page = context.new_page()
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        printing = self._view == "print"
        if printing:
            page.emulate_media(media="print")
        page.goto(f"{ORIGIN}index.html{'?view=print' if printing else ''}")
        page.wait_for_selector("html[data-ready]", state="attached")
        if self._view == "screen":
            self._check_rules(page, None)
        for slide in self._job.slides:
            self._slide = slide
            if printing:
                self._measure(page)
            else:
                self._step_through(page)
            if self._view == "screen":
                self._check_rules(page, slide)
            self._tell(Sight("slide", self._view, slide))

    def _step_through(self, page: Page) -> None:
        page.evaluate(
            "id => { const at = Reveal.getIndices(document.getElementById(id)); Reveal.slide(at.h, at.v, -1); }",
            self._slide,
        )
        while True:
            look(page, "settle", self._slide)
            self._measure(page)
            if not page.evaluate("Reveal.availableFragments().next && Reveal.nextFragment()"):
                break
        for fault in look(page, "plots", self._slide):
            kind = "sliver" if fault.pop("small", False) else "plot"
            self._see(kind, **fault)

    def _measure(self, page: Page) -> None:
        for fault in look(page, "overflow", self._slide):
            self._see("overflow", block=fault["block"], text=fault["edge"], px=fault["px"])

    def _check_rules(self, page: Page, slide: str | None) -> None:
        for node in look(page, "rules", slide):
            text = f"{node['help']} ({node['rule']})"
            self._see("accessibility", block=node["block"], text=text, hint=node["why"])

    def _see(self, kind: str, **details: Any) -> None:
        self._tell(Sight(kind, self._view, self._slide, **details))

    def _complain(self, text: str) -> None:
        if "Content Security Policy" in text:
            self._see("request", text=text)
        elif not text.startswith("Failed to load resource"):  # has been told as a request
            self._see("console", text=text)


def main() -> None:
    """Visit the deck that the job tells of."""
    run(lambda browser, job, tell: Visitor(Job.load(job), browser, lambda sight: tell(asdict(sight))).visit())


if __name__ == "__main__":
    main()
