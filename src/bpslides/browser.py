"""The one place that finds Chrome, Edge or Chromium and drives it.

`find()` says which executable is used; `with launch() as browser:` gives a headless browser of Playwright's synchronous
API. :func:`serve_files` shows it a deck that lies in memory, :func:`look` asks that deck's page about itself.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bpslides import paths
from bpslides.errors import BpslidesError
from bpslides.mime import MIME

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route

VARIABLE = "BPSLIDES_BROWSER"
#: Where a deck in memory lies for the browser. No such host can exist, and no request to it leaves the machine.
ORIGIN = "https://deck.invalid/"
#: The seconds that a browser has for its start.
START = 20
ON_PATH = (
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "chromium",
    "chromium-browser",
    "chrome",
)
MACOS_FOLDERS = ("/Applications", "~/Applications")
MACOS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Chromium.app/Contents/MacOS/Chromium",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
# A deck needs no network; these stop what the browser would ask for by itself.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


class BrowserMissing(BpslidesError):
    """There is no browser, or nothing to drive it with; the message says what to install."""


def find() -> Path:
    """The browser's executable: the one BPSLIDES_BROWSER names, else the system's, else Playwright's own.

    Raises:
        BrowserMissing: none was found, or BPSLIDES_BROWSER names none.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        program = shutil.which(chosen)
        if program is None:
            raise BrowserMissing(f"{VARIABLE} is {chosen!r}, which is not a program: correct it, or unset it.")
        return Path(program)
    found = _on_path() or _in_usual_places() or _from_playwright()
    if found is None:
        raise BrowserMissing(
            "No Chrome, Edge or Chromium was found: install one (such as with `apt-get install chromium` or "
            f"`playwright install chromium`), or name its executable in {VARIABLE}."
        )
    return found


@contextmanager
def launch() -> Iterator[Browser]:
    """A headless browser, closed at the end of the `with` block.

    Raises:
        BrowserMissing: there is no browser, it does not start, or Playwright is not installed.
    """
    executable = find()
    with _playwright() as playwright:
        # Chromium refuses its sandbox to root; everybody else keeps it.
        sandbox = not (hasattr(os, "geteuid") and os.geteuid() == 0)
        try:
            browser = playwright.chromium.launch(
                executable_path=executable,
                headless=True,
                chromium_sandbox=sandbox,
                args=list(QUIET),
                timeout=1000 * START,
            )
        except Exception as error:  # Playwright's own message is a screen of logs; its first line says it
            reason = str(error).strip().partition("\n")[0]
            raise BrowserMissing(
                f"The browser {executable} does not start ({reason}): reinstall it, or name another one in {VARIABLE}."
            ) from error
        try:
            yield browser
        finally:
            browser.close()


def serve_files(context: BrowserContext, files: Mapping[str, bytes], refused: Callable[[str], None]) -> None:
    """Answer every request of a context from ``files``, which lie at :data:`ORIGIN`; nothing reaches a network.

    What is asked for and not there is told to ``refused``: the path of a file, or the whole address elsewhere.
    """

    def answer(route: Route) -> None:
        address = route.request.url
        path = urlsplit(address).path.lstrip("/")
        if not address.startswith(ORIGIN):
            refused(address)
            route.abort()
        elif path not in files:
            refused(path)
            route.fulfill(status=404)
        else:
            suffix = "." + path.rpartition(".")[2].lower()
            route.fulfill(body=files[path], content_type=MIME.get(suffix, "application/octet-stream"))

    context.route("**/*", answer)


def look(page: Page, what: str, slide: str | None = None) -> Any:
    """Ask a deck's page for what ``web/src/check.ts`` can tell: ``overflow``, ``plots``, ``rules``, or to ``settle``.

    It is asked about a slide by its id; without one about the slide that is shown, or for ``rules`` about the page.
    """
    if not page.evaluate("'looks' in window"):
        page.evaluate(paths.static("check.js").decode())
    return page.evaluate("([what, slide]) => window.looks[what](slide)", [what, slide])


@contextmanager
def _playwright() -> Iterator[Playwright]:
    try:
        from playwright.sync_api import sync_playwright  # here: an optional extra
    except ModuleNotFoundError as error:
        raise BrowserMissing("Driving a browser needs Playwright: pip install 'bpslides[export]'") from error
    with sync_playwright() as playwright:
        yield playwright


def _on_path() -> Path | None:
    for name in ON_PATH:
        program = shutil.which(name)
        if program is not None:
            return Path(program)
    return None


def _in_usual_places() -> Path | None:
    """Where the installers of macOS and Windows put a browser, which is not on PATH there."""
    places: list[Path] = []
    # platform.system(), not sys.platform: type checkers take the latter as a constant and skip the other branches.
    match platform.system():
        case "Darwin":
            places = [
                folder / name for name in MACOS for folder in (Path("/Applications"), paths.home() / "Applications")
            ]
        case "Windows":
            variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
            folders = [Path(os.environ[variable]) for variable in variables if variable in os.environ]
            places = [folder / name for name in WINDOWS for folder in folders]
    return next((place for place in places if place.is_file()), None)


def _from_playwright() -> Path | None:
    try:
        with _playwright() as playwright:
            path = Path(playwright.chromium.executable_path)
    except BrowserMissing:
        return None
    return path if path.is_file() else None
