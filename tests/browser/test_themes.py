"""Themes in a browser: plots take colours and fonts from them, phones keep their measures, nothing runs over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bpslides import theme
from bpslides.errors import Problems
from bpslides.lookup import find
from bpslides.pipeline import compute
from bpslides.render import Output, render
from bpslides.text import Text
from bpslides.write import write_file

from .conftest import PHONE, Watched, overflow, single_file, start_server

DECK = """\
title: Colours
theme: dark
slides:
  - title: A plot
    id: plotly
    content:
      - A word.
      - figure:
          alt: Three lines and two bars.
          data:
            - {y: [1, 2, 3]}
            - {y: [2, 3, 1]}
            - {y: [3, 1, 2], line: {color: teal, dash: dot}}
            - {type: bar, y: [1, 1, 1]}
          layout: {title: {text: Loss}, xaxis: {title: {text: epoch}}}
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck with an author's own plot, on a slide whose id is an id of ours, too."""
    file = tmp_path / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    return file


def lines(page: Page) -> list[tuple[str, bool]]:
    """Colour of each line of the plot, and whether it is dashed."""
    page.wait_for_selector(".plot .scatterlayer .js-line")
    return [
        (colour, dashed)
        for colour, dashed in page.evaluate(
            """() => [...document.querySelectorAll('.scatterlayer .js-line')].map(line => {
            const style = getComputedStyle(line); return [style.stroke, style.strokeDasharray !== 'none']; })"""
        )
    ]


def rgb(code: str) -> str:
    """A colour code as a browser prints it."""
    return "rgb({}, {}, {})".format(*bytes.fromhex(code.removeprefix("#")))


def test_plots_follow_a_changed_theme(deck: Path, watch: Callable[..., Watched]) -> None:
    """Lines without colours get those of the theme and dashes in turn, labels its font; a save changes them all."""
    server, watched = start_server(str(deck)), watch()
    try:
        page = watched.goto(server.address)
        for wanted, family in (("dark", "Inter"), ("paper", "STIX Two Text"), ("stark", "Inter")):
            if wanted != "dark":
                page.evaluate("document.documentElement.dataset.old = true")
                deck.write_text(DECK.replace("theme: dark", f"theme: {wanted}"), encoding="utf-8")
                page.wait_for_selector("html[data-ready]:not([data-old])")
            tokens = theme.load(Text(wanted), Path(), Problems()).tokens
            first, second, third = lines(page)
            assert first == (rgb(tokens["plot_1"]), False)
            assert second == (rgb(tokens["plot_2"]), True)
            assert third == (rgb("#008080"), True)
            label = page.locator(".plot .xtitle")
            assert label.evaluate("e => getComputedStyle(e).fontFamily").replace('"', "").startswith(family)
            assert label.evaluate("e => getComputedStyle(e).fill") == rgb(tokens["text_muted"])
            assert page.locator(".plot .gtitle").text_content() == "Loss"
        watched.assert_quiet()
    finally:
        server.stop()


def test_tokens_on_both_canvases(deck: Path, tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """Factors reach phones, pixels of the large canvas do not; a theme's colour in any notation reaches a plot."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "theme.css").write_text(
        "/*\nname: Mine\nscheme: light\n*/\n:root { --bg: white; --text: black; --plot-1: oklch(0 0 0) }",
        encoding="utf-8",
    )
    head = "theme: mine\ntokens: {gap: 50, scale_text: 1.2, accent: '#c00'}"
    address = single_file(deck, DECK.replace("theme: dark", head))
    for options, gap, size in (({}, "50px", "33.6px"), ({"viewport": PHONE}, "20px", "27.6px")):
        watched = watch(**options)
        page = watched.goto(address)
        assert page.locator(".sheet").evaluate("e => getComputedStyle(e).rowGap") == gap
        assert page.locator(".prose").first.evaluate("e => getComputedStyle(e).fontSize") == size
        assert page.locator(".counter").evaluate("e => getComputedStyle(e).color") == rgb("#cc0000")
        assert lines(page)[0] == (rgb("#000000"), False)
        watched.assert_quiet()


@pytest.mark.parametrize("name", ["stark", "paper", "contrast"])
def test_our_densest_deck_fits_into_every_theme(name: str, tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """Each slide with all its fragments stays on its canvas, also in the themes that the deck was not made for."""
    watched, problems, found = watch(), Problems(), dict[str, list[object]]()
    source, numbers = compute(find("chain-rule"), problems)
    source.deck.theme = Text(name)
    page = watched.goto(write_file(render(source, numbers, problems, Output.SINGLE_FILE), tmp_path).as_uri())
    for slide in page.evaluate("[...document.querySelectorAll('.slides section[id]')].map(s => s.id)"):
        page.evaluate("id => Reveal.slide(Reveal.getIndices(document.getElementById(id)).h, 0, 99)", slide)
        if over := overflow(page):
            found[slide] = over
    assert found == {}
    watched.assert_quiet()
