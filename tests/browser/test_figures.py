"""Figures in a real browser: none is missing or of a wrong size, wherever it stands; nothing in them does anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import DESKTOP, PHONE, Watched, single_file

DECK = """\
title: Figures everywhere
models:
  m: {parameters: {w: 1}, graph: {L: w**2}, learning_rate: 0.1}
slides:
  - {id: plotly, title: An id of ours, content: [figure: {function: x**2, domain: [-1, 1], at: 0.5, area: [0, 1]}]}
  - id: columns
    title: Columns
    content:
      - columns:
          - [figure: {functions: [x, tanh(x)], domain: [-1, 1], height: 300}]
          - [figure: {heatmap: x*y, domain: [-1, 1], height: 200}, figure: {bars: [m.w, '-2*m.w'], height: 160}]
  - id: fragments
    title: Fragments
    content:
      - fragment: [figure: {training: m, log: true, height: 200}]
      - fragment: [figure: {surface: x**2 - y**2, domain: [-1, 1], height: 200}]
  - stack:
      - {id: upper, title: Above, content: [figure: {function: x, domain: [0, 1]}]}
      - {id: lower, title: Below, content: [figure: {bars: [m.w, m.grad.w]}]}
  - id: written
    title: Written
    content:
      - figure:
          data:
            - {x: [1, 2], y: [3, 4], name: '<a href="javascript:alert(1)">link</a> & <b>bold</b>'}
            - {type: bar, x: [1, 2], y: [1000000, 2000000]}
          layout: {title: A title, yaxis: {title: far}}
"""
SLIDES = ("plotly", "columns", "fragments", "upper", "lower", "written")
#: For every plot of a slide: is it drawn, and how far is its size from that of its place?
DRAWN = """id => [...document.getElementById(id).querySelectorAll('.plot')].map(plot => {
  const svg = plot.querySelector('.main-svg, .mesh');
  const box = svg?.getBoundingClientRect(), place = plot.getBoundingClientRect();
  return box ? Math.max(Math.abs(box.width - place.width), Math.abs(box.height - place.height)) : 9999; })"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A deck with a figure on every slide, as a single file."""
    folder: Path = tmp_path_factory.mktemp("figures")
    return single_file(folder / "deck.yaml", DECK)


def visit(page: Page, slide: str) -> None:
    """Go to a slide, in its last fragment."""
    page.evaluate(
        "id => { const i = Reveal.getIndices(document.getElementById(id)); Reveal.slide(i.h, i.v, 9); }", slide
    )
    until(page, f"id => ({DRAWN})(id).every(difference => difference < 9999)", slide)


def until(page: Page, condition: str, argument: str) -> None:
    """Wait until a function of the page gives true; the deck's policy keeps Playwright's own wait from working."""
    for _ in range(200):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{argument}: never {condition}")


@pytest.mark.parametrize("canvas", ["desktop", "phone", "small window"])
def test_none_is_missing_or_of_a_wrong_size(address: str, canvas: str, watch: Callable[..., Watched]) -> None:
    """In columns, fragments and stacks, jumped to in any order, on any canvas: drawn, and as large as its place."""
    sizes = {"desktop": DESKTOP, "phone": PHONE, "small window": {"width": 700, "height": 500}}
    watched = watch(viewport=sizes[canvas])
    page = watched.goto(address)
    for slide in (*SLIDES, *reversed(SLIDES), "fragments", "plotly"):
        visit(page, slide)
        assert max(page.evaluate(DRAWN, slide)) <= 1, slide
    watched.assert_quiet()


def test_turning_a_phone(address: str, watch: Callable[..., Watched]) -> None:
    """When the canvas changes, plots follow."""
    watched = watch(viewport=PHONE)
    page = watched.goto(f"{address}#/columns")
    for size in ({"width": 844, "height": 390}, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        until(page, f"id => Math.max(...({DRAWN})(id)) <= 1", "columns")
    watched.assert_quiet()


def test_a_place_that_changes(address: str, watch: Callable[..., Watched]) -> None:
    """A plot whose place grows is drawn anew, though nobody moved to another slide."""
    page = watch().goto(f"{address}#/upper")
    visit(page, "upper")
    page.evaluate("document.querySelector('#upper .plot').style.width = '500px'")
    until(page, "id => document.querySelector(`#${id} .main-svg`).width.baseVal.value === 500", "upper")


def test_in_print(address: str, watch: Callable[..., Watched]) -> None:
    """Every plot stands in print, and the word for its table does not."""
    watched = watch()
    page = watched.goto(f"{address}?print-pdf")
    for slide in SLIDES:
        assert max(page.evaluate(DRAWN, slide)) <= 1, slide
    assert not page.locator("summary").first.is_visible()
    watched.assert_quiet()


def test_labels_are_inert(address: str, watch: Callable[..., Watched]) -> None:
    """A link in a label is shown as it was written, and leads nowhere."""
    page = watch().goto(address)
    visit(page, "written")
    assert page.locator("#written a").count() == 0
    assert '<a href="javascript:alert(1)">link</a> & bold' in page.locator("#written .legend").text_content()  # type: ignore[operator]


def test_numbers_fit_beside_their_axes(address: str, watch: Callable[..., Watched]) -> None:
    """No text of a plot is cut off, and none is under 18 px, or 16 on a phone."""
    for canvas, least in ((DESKTOP, 18), (PHONE, 16)):
        page = watch(viewport=canvas).goto(address)
        for slide in SLIDES:
            visit(page, slide)
            cut = page.evaluate(
                """id => [...document.getElementById(id).querySelectorAll('.plot text')]
                .filter(t => t.textContent && t.getClientRects().length)
                .filter(t => { const b = t.getBoundingClientRect(), p = t.closest('.plot').getBoundingClientRect();
                  return Math.max(p.left - b.left, b.right - p.right, p.top - b.top, b.bottom - p.bottom) > 2; })
                .map(t => t.textContent)""",
                slide,
            )
            assert cut == [], (slide, cut)
            small = page.evaluate(
                """([id, least]) => [...document.getElementById(id).querySelectorAll('.plot .main-svg text')]
                .filter(t => t.textContent && parseFloat(getComputedStyle(t).fontSize) < least)
                .map(t => t.textContent)""",
                [slide, least],
            )
            assert small == [], (slide, small)


def test_data_on_demand(address: str, watch: Callable[..., Watched]) -> None:
    """The table stands over its plot when asked for, by keyboard too, and is away before and after."""
    page = watch().goto(f"{address}#/upper")
    visit(page, "upper")
    table = page.locator("#upper table")
    assert not table.is_visible()
    page.locator("#upper summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert page.evaluate("Reveal.getCurrentSlide().id") == "upper"
    page.locator("#upper summary").click()
    assert not table.is_visible()


def test_without_scripts(address: str, watch: Callable[..., Watched], chromium: object) -> None:
    """Where no script runs, there are the tables and the words, and the surface, which is drawn already."""
    context = chromium.new_context(java_script_enabled=False, viewport=DESKTOP)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address)
    assert page.locator("#upper table").is_visible()
    assert page.locator("#upper .figure-words").is_visible()
    assert not page.locator("#upper .plot").is_visible()
    assert page.locator("#fragments .mesh").is_visible()
    context.close()


def test_plotly_that_cannot_be_loaded(address: str, watch: Callable[..., Watched], tmp_path: Path) -> None:
    """Without Plotly there is a word about it, and the table; the deck goes on."""
    page_text = Path(address.removeprefix("file://")).read_text()
    start = page_text.index('id=":plotly">') + len('id=":plotly">')
    broken = tmp_path / "broken.html"
    broken.write_text(page_text[:start] + "AAAA" + page_text[start + 4 :])
    page = watch().goto(f"{broken.as_uri()}#/upper")
    page.wait_for_selector("#upper table")
    assert page.locator("#upper .plot").inner_text() == "This plot could not be drawn."
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "written"
