"""Blocks and settings that presenters expect, in the browser: steps, videos, backgrounds, and slides that move."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_file, write_folder

from .conftest import Watched

FILES = Path(__file__).parent.parent.parent / "docs" / "examples"
DECK = r"""
title: Presenting
aspect: 4:3
slides:
  - title: Code
    content:
      - code: {text: "a\nb\nc", steps: ['1', '2-3']}
      - list: {items: [One, Two], appear: true}
  - title: Video
    content:
      - video: {src: descent.webm, alt: A ball rolls., poster: descent.svg, muted: true, autoplay: true}
  - {title: Before, auto_animate: true, content: {list: [First, Last]}}
  - {title: After, auto_animate: true, content: {list: [First, Between, Last]}}
  - {title: Picture, transition: zoom, background: {image: boundary.svg}, scheme: light}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Output, str]:
    """The deck as a single file and as a folder: their addresses."""
    folder = shutil.copytree(FILES, tmp_path_factory.mktemp("deck") / "talk")
    file = folder / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    out = tmp_path_factory.mktemp("out")
    single = write_file(make_site(file, Output.SINGLE_FILE)[0], out)
    site, _ = make_site(file, Output.FOLDER)
    return {Output.SINGLE_FILE: single.as_uri(), Output.FOLDER: write_folder(site, out / "site", site.read).as_uri()}


LIT = """() => [...document.querySelectorAll('.code .line')]
  .filter(line => getComputedStyle(line).borderLeftColor !== 'rgba(0, 0, 0, 0)').map(line => line.textContent.trim())"""


def test_steps_of_code_and_list(built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """Each press of a key brings out the next lines, then the next entries, and back again."""
    watched = watch()
    page = watched.goto(built[Output.SINGLE_FILE] + "#/code")
    shown = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        page.keyboard.press(key)
        shown.append((page.evaluate(LIT), page.locator("li.fragment.visible").count()))
    forward = [(["a"], 0), (["b", "c"], 0), ([], 1)]
    assert shown == [*forward, (["b", "c"], 0), (["a"], 0), ([], 0)]
    watched.assert_quiet()


@pytest.mark.parametrize("output", [Output.SINGLE_FILE, Output.FOLDER])
def test_video_plays(output: Output, built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """A muted video plays when its slide comes, allowed by the page's own policy."""
    watched = watch()
    page = watched.goto(built[output])
    assert page.evaluate("document.querySelector('video').paused")
    page.evaluate("Reveal.slide(1)")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    assert page.evaluate("document.querySelector('video').videoWidth") == 640
    watched.assert_quiet()


def test_background_picture(built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """The picture is loaded, over the ground of the slide's own scheme."""
    watched = watch()
    page = watched.goto(built[Output.FOLDER] + "#/picture")
    image, ground = page.evaluate("""() => {
      const back = document.querySelector('.slide-background.present');
      return [back.firstElementChild, back].map(e => getComputedStyle(e))
        .map((style, index) => index ? style.backgroundColor : style.backgroundImage); }""")
    assert "assets/boundary." in image
    assert ground == "rgb(251, 250, 246)"
    assert page.evaluate("getComputedStyle(document.querySelector('#picture .title')).color") == "rgb(27, 31, 38)"
    watched.assert_quiet()


MOVING = "document.getAnimations().map(a => a.effect.target.textContent.trim())"


def test_what_two_slides_share_glides(built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """The entry in between appears, the last one glides, and nothing is left over when it is done."""
    watched = watch()
    page = watched.goto(built[Output.SINGLE_FILE] + "#/before")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => ['Between', 'Last'].every(text => {MOVING}.includes(text))")
    page.wait_for_function("() => !document.querySelector('.disable-slide-transitions')")
    assert "Last" not in page.evaluate(MOVING)
    watched.assert_quiet()


def test_less_motion(built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """Who prefers less motion sees no transition, nothing glide, and starts the video."""
    watched = watch(reduced_motion="reduce")
    page = watched.goto(built[Output.SINGLE_FILE] + "#/before")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(30)
        assert page.evaluate("document.querySelector('.reveal .slides').getAnimations({subtree: true}).length") == 0
    page.evaluate("Reveal.slide(1)")
    page.wait_for_timeout(200)
    assert page.evaluate("(v => [v.paused, v.controls])(document.querySelector('video'))") == [True, True]


def test_paper(built: dict[Output, str], watch: Callable[..., Watched]) -> None:
    """In print every line and entry is there, the poster stands for the video, and pages have the deck's size."""
    watched = watch()
    page = watched.goto(built[Output.SINGLE_FILE] + "?print-pdf")
    page.wait_for_selector(".pdf-page")
    assert page.locator(".still img:visible").count() == 1
    assert page.locator("video:visible").count() == 0
    assert page.locator(".code .line:visible").count() == 3
    assert page.evaluate(LIT) == []
    assert page.locator("li.fragment:visible").count() == 2
    box = page.locator(".pdf-page").first.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (960, 720)
    watched.assert_quiet()
