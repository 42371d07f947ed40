"""A built deck without its maker: from a folder, from one file, under a sub-path, with scripts off."""

from __future__ import annotations

import functools
import http.server
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_folder

from .conftest import Watched


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The visual guide as a folder, below a sub-path."""
    site, _ = make_site(find("visual-guide"), Output.FOLDER)
    root = tmp_path_factory.mktemp("host")
    write_folder(site, root / "talks" / "guide", site.read)
    return root


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    """A plain file server, as any static host is."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/talks/guide/"
        server.shutdown()


def steps_once(watched: Watched, address: str) -> None:
    """The demo works at this address: a step gives the loss that it should."""
    page = watched.goto(address + "#/try-it")
    page.wait_for_selector("#try-it .main-svg")
    page.locator("[data-block=demo] [data-action=step]").click()
    page.wait_for_function("() => document.querySelector('[data-value=L]').textContent === '0.69'")
    watched.assert_quiet()


def test_a_folder_on_any_host(host: str, watch: Callable[..., Watched]) -> None:
    """Under a sub-path of a plain file server."""
    steps_once(watch(), host)


def test_a_folder_from_disk(folder: Path, watch: Callable[..., Watched]) -> None:
    """index.html opened by a double click."""
    steps_once(watch(), (folder / "talks" / "guide" / "index.html").as_uri())


def test_one_file_from_disk(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """The single file, with Plotly inside of it."""
    steps_once(watch(), static("visual-guide"))


def test_plotly_is_loaded_only_when_a_figure_comes_near(host: str, watch: Callable[..., Watched]) -> None:
    """The first slides need no Plotly and do not ask for it."""
    watched = watch()
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    page = watched.goto(host)
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert not any("plotly" in url for url in asked)
    page.evaluate("Reveal.slide(7)")
    page.wait_for_selector("#try-it .main-svg", state="attached")
    assert sum("plotly" in url for url in asked) == 1


def test_scripts_off(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """All thirteen slides stand under one another, with every number."""
    page = watch(java_script_enabled=False).page
    page.goto(static("visual-guide"))
    assert page.locator("section:visible").count() == 13
    text = page.inner_text("main")
    for number in ("0.536", "0.685584", "0.6561", "−3.60", "1.10"):
        assert number in text
    boxes = [section.bounding_box() for section in page.locator("section").all()]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert all(b - a > 100 for a, b in itertools.pairwise(tops))


def test_printing_shows_every_slide_with_its_plots(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """The print view: thirteen pages, the loss curve drawn, no complaint."""
    watched = watch()
    page = watched.goto(static("visual-guide") + "?print-pdf")
    page.wait_for_selector(".pdf-page")
    assert page.locator(".pdf-page").count() == 13
    assert page.locator("#try-it .main-svg").count() > 0
    watched.assert_quiet()


PLOT_FIRST = """\
title: T
slides:
  - {title: A, content: {figure: {function: x**2, domain: [-1, 1]}}}
"""


def test_one_file_that_comes_slowly(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """The deck comes alive while Plotly is still on its way, and waits for all of it."""
    (tmp_path / "deck.yaml").write_text(PLOT_FIRST)
    page, rest = make_site(tmp_path / "deck.yaml", Output.SINGLE_FILE)[0].page, threading.Event()
    middle = (page.index(b'id=":plotly"') + len(page)) // 2

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page[:middle])
            rest.wait(60)
            self.wfile.write(page[middle:])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        watched = watch()
        watched.page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="commit")
        watched.page.wait_for_selector(".reveal.ready")
        watched.page.wait_for_timeout(200)  # in which it would try what has come
        rest.set()
        watched.page.wait_for_selector(".main-svg")
        server.shutdown()
    watched.assert_quiet()


def test_the_deck_stays_where_it_is(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """What is beside the slide cannot be scrolled to: a focus on its way in would leave the deck shifted."""
    page = watch().goto(static("visual-guide"))
    boxes = page.locator("html, body, .reveal, .slides")
    scrolled = boxes.evaluate_all("found => found.map(e => (e.scrollTo(40, 40), e.scrollLeft + e.scrollTop))")
    assert scrolled == [0, 0, 0, 0]
