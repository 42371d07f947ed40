"""Fixtures for the tests that open decks in a real browser, with the network cut off but for the loopback.

What `wait_for_function` waits for has to be a function: other expressions are evaluated from text each time they are
looked at, which the policy of our pages forbids as soon as they are not true at once.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bpslides.browser import launch, look
from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_file

DESKTOP = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

expect.set_options(timeout=20_000)  # for machines with more to do; what comes at once is seen at once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser, and comes last.

    The browser's driver keeps an event loop in the main thread until the session ends, and the tests of the server
    start loops of their own there.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: here in item.path.parents)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; without one they fail, they never skip."""
    with launch() as browser:
        yield browser


@dataclass
class Watched:
    """A page, with what it complained about and what it asked of other hosts."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def goto(self, address: str) -> Page:
        """Open a deck and wait until it is drawn."""
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def assert_quiet(self) -> None:
        """No console error, no exception, no request to another host."""
        assert self.complaints == []
        assert self.foreign == []


def note_changes(element: Locator, attribute: str = "") -> None:
    """Have every text of an element, or value of an attribute, that comes from now on noted in its ``data-seen``.

    What runs by itself may have gone on by the time a test looks; what it has shown on the way stays.
    """
    element.evaluate(
        """(element, attribute) => {
        const now = () => attribute ? element.getAttribute(attribute) : element.textContent;
        element.dataset.seen = now();
        const note = () => { element.dataset.seen += ' ' + now(); };
        const what = attribute ? {attributeFilter: [attribute]} : {childList: true, characterData: true, subtree: true};
        new MutationObserver(note).observe(element, what); }""",
        attribute,
    )


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Make pages in contexts of their own: `watch()`, `watch(viewport=PHONE, has_touch=True)`."""
    contexts: list[BrowserContext] = []

    def make(context: BrowserContext | None = None, **options: object) -> Watched:
        if context is None:
            context = chromium.new_context(**{"viewport": DESKTOP, **options})  # type: ignore[arg-type]
            contexts.append(context)
        watched = Watched(context.new_page())

        def route(request: Route) -> None:
            if re.match(r"(https?://127\.0\.0\.1[:/]|file:|data:|blob:)", request.request.url):
                request.continue_()
            else:
                watched.foreign.append(request.request.url)
                request.abort()

        watched.page.route("**/*", route)
        watched.page.on(
            "console", lambda m: watched.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        return watched

    yield make
    for context in contexts:
        context.close()


def single_file(file: Path, deck: str = "") -> str:
    """Build a deck, written into ``file`` first where it is given, as a single file beside it; returns its address."""
    if deck:
        file.write_text(deck, encoding="utf-8")
    site, _ = make_site(file, Output.SINGLE_FILE)
    return write_file(site, file.parent).as_uri()


@pytest.fixture(scope="session")
def static(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Build a deck as a single file, once a session, and give its address."""
    folder, built = tmp_path_factory.mktemp("static"), dict[str, str]()

    def build(name: str) -> str:
        if name not in built:
            site, _ = make_site(find(name), Output.SINGLE_FILE)
            built[name] = write_file(site, folder).as_uri()
        return built[name]

    return build


def overflow(page: Page) -> list[object]:
    """What goes over the edges of the slide that is shown, once it is at rest: formulas are fitted after it came in."""
    found: list[object] = look(page, "overflow")
    for _ in range(60):
        if not found:
            break
        page.wait_for_timeout(50)
        found = look(page, "overflow")
    return found


@dataclass
class Server:
    """A running `bpslides serve`."""

    address: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)


def start_server(*arguments: str, port: int = 0) -> Server:
    """`bpslides serve` on the loopback, on a free port unless told, once it answers."""
    command = [sys.executable, "-m", "bpslides", "serve", *arguments, "--no-open", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    match = re.search(r"http://127\.0\.0\.1:\d+/\S*", line)
    assert match, line
    return Server(match[0], process)


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of a server of all shipped decks, such as http://127.0.0.1:40001/."""
    server = start_server()
    yield server.address.removesuffix("backprop/")
    server.stop()
