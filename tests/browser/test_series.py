"""The index of a series in a real browser: from a file and from a server, on a large and on a small screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bpslides import cli

from .conftest import PHONE, Watched


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped series, built."""
    out = tmp_path_factory.mktemp("series") / "out"
    with pytest.raises(SystemExit):
        cli.main(["build", "series", "-o", str(out)])
    return out


def there_and_back(watched: Watched, address: str) -> None:
    """From the index to a deck by its card, on to the next deck, and to the index again."""
    page = watched.page
    page.goto(address)
    page.locator("#visual-guide").click(position={"x": 10, "y": 10})
    page.wait_for_selector("html[data-ready]")
    page.evaluate("location.hash = '#/takeaways'")
    page.locator("#takeaways .related a", has_text="The chain rule").click()
    page.wait_for_selector("html[data-ready] #unfolded")
    page.evaluate("location.hash = '#/closing'")
    page.locator("#closing .related a", has_text="All decks").click()
    page.wait_for_selector("main #visual-guide")
    watched.assert_quiet()


def test_from_disk(folder: Path, watch: Callable[..., Watched]) -> None:
    """index.html opened by a double click leads to the decks, and they lead back."""
    there_and_back(watch(), (folder / "index.html").as_uri())


def test_served(served: str, watch: Callable[..., Watched]) -> None:
    """The same under `serve`."""
    there_and_back(watch(), served)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_how_it_looks(folder: Path, watch: Callable[..., Watched], scheme: str) -> None:
    """It has the reader's scheme and our fonts, and fits a phone."""
    watched = watch(viewport=PHONE, color_scheme=scheme)
    page = watched.page
    page.goto((folder / "index.html").as_uri())
    background = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
    assert (background < 128) == (scheme == "dark")
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("[...document.fonts].every(font => font.status === 'loaded')")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    watched.assert_quiet()
