"""Goes through a deck in a real browser and tells what is to be seen there; a process of its own, which can be ended.

``python -m bpslides.check.visit`` reads a :class:`Job` from its standard input as JSON and writes one line of JSON for
every :class:`Sight`, as soon as it has it. Nothing listens on a port: the files of the deck are handed to the browser.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bpslides.assets import MIME
from bpslides.browser import BrowserMissing, launch, look

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

#: No such host can exist, and no request to it leaves the machine.
ORIGIN = "https://deck.invalid/"

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

    def dump(self) -> str:
        """The job as JSON."""
        files = {path: base64.b64encode(data).decode("ascii") for path, data in self.files.items()}
        return json.dumps({"files": files, "slides": self.slides})

    @classmethod
    def load(cls, text: str) -> Job:
        """What :meth:`dump` wrote."""
        raw = json.loads(text)
        return cls({path: base64.b64decode(data) for path, data in raw["files"].items()}, raw["slides"])


@dataclass
class Sight:
    """One thing that was seen.

    ``kind`` is ``slide`` (it has been looked at), ``overflow``, ``plot``, ``accessibility``, ``console``, ``request``,
    ``missing`` (there is no browser) or ``failed`` (the visit ended early).
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
        context.route("**/*", self._answer)
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
            self._see("plot", **fault)

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

    def _answer(self, route: Route) -> None:
        """Answer a request from the files of the deck. Nothing reaches a network."""
        address = urlsplit(route.request.url)
        path = address.path.lstrip("/")
        if not route.request.url.startswith(ORIGIN):
            self._see("request", text=route.request.url)
            route.abort()
        elif path not in self._job.files:
            self._see("request", text=path)
            route.fulfill(status=404)
        else:
            suffix = "." + path.rpartition(".")[2].lower()
            route.fulfill(body=self._job.files[path], content_type=MIME.get(suffix, "application/octet-stream"))


def main() -> None:
    """Visit the deck that standard input holds."""

    def tell(sight: Sight) -> None:
        sys.stdout.write(json.dumps(asdict(sight)) + "\n")
        sys.stdout.flush()

    job = Job.load(sys.stdin.read())
    try:
        with launch() as browser:
            Visitor(job, browser, tell).visit()
    except BrowserMissing as error:
        tell(Sight("missing", text=str(error)))
    except Exception as error:  # noqa: BLE001 - whatever ends the visit, the author is told in one line
        tell(Sight("failed", text=str(error).strip().partition("\n")[0]))


if __name__ == "__main__":
    main()
