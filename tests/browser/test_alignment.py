"""What a designer would measure: what stands on one line, what ends with a hole, what is cut off or lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bpslides.browser import look

from .conftest import PHONE, Watched, single_file

DECK = """\
title: Looks
footer: The foot
models:
  m: {parameters: {w: -1}, graph: {L: w**2}, learning_rate: 0.1}
  fork: {parameters: {w: 2}, graph: {a: 3*w, b: w**2, L: a*b}, loss: L}
  six: {network: {inputs: {x1: 0.35, x2: 0.9}, targets: {O: 0.5}, loss: half_squared_error, layers: [
    {units: [A, B], activation: sigmoid, weights: [[0.1, 0.8], [0.4, 0.6]]},
    {units: [O], activation: sigmoid, weights: [[0.3, 0.9]]}]}}
slides:
  - {id: cover, layout: title, title: A talk, subtitle: With a subtitle}
  - {id: said, layout: statement, title: One thing}
  - {id: part, layout: section, title: A part}
  - {id: usual, title: A slide, content: [Text.]}
  - id: quotes
    title: Quotes
    content:
      - columns:
          - quote: {text: Short., by: A}
          - quote: {text: 'This one is long enough to need several lines on any canvas, and then some more.', by: B}
  - id: steps
    title: Steps
    content:
      - steps: [{title: a}, {title: b}, {title: c}, {title: d}, {title: e}]
  - id: cards
    title: Cards
    content:
      - cards: [{title: a, text: b}, {title: a, text: b}, {title: a, text: b}, {title: a, text: b}, {title: a, text: b}]
  - id: seven
    title: Seven
    content:
      - cards: {columns: 3, cards: [{title: a, text: b}, {title: a, text: b}, {title: a, text: b}, {title: a, text: b},
          {title: a, text: b}, {title: a, text: b}, {title: a, text: b}]}
  - id: readouts
    title: Readouts
    content:
      - demo:
          model: m
          sliders: [{name: w, min: -2, max: 2}]
          readouts: [{value: w, label: a}, {value: L, label: b}, {value: grad.w, label: c}, {value: w, label: d},
            {value: L, label: e}]
          plot: {variable: w, value: L, domain: [-2, 2]}
  - id: curves
    title: Curves
    content:
      - columns:
          columns:
            - [curve: {function: x**3 - 3*x, domain: [-2, 2], at: 1.5}]
            - [descent: {function: 0.5*(W - 3)**2, start: 8, domain: [-3, 9]}]
  - id: surfaces
    title: Surfaces
    content:
      - columns:
          columns:
            - [surface: {function: x**2 + 2*y**2, domain: [-1, 1], at: [0.5, 0.3]}]
            - [training: {model: m, steps: 5, rates: [0.1, 0.5], show: [w]}]
  - id: ways
    title: Ways
    content:
      - columns:
          columns:
            - [chain: {model: fork, gradient: w}]
            - [network: {model: six, values: true}]
  - id: odd
    title: Odd
    content:
      - cards: {columns: 2, cards: [{title: a, text: b}, {title: a, text: b}, {title: a, text: b}]}
  - id: two
    title: A table
    content:
      - table: {header: [name, value], rows: [[w, '1']]}
  - id: words
    title: A table
    content:
      - table: {header: [name, meaning], rows: [[weight, what is learned], [loss, how wrong it was]]}
  - id: three
    title: A table
    content:
      - table: {header: [name, value, gradient], rows: [[w, '1', '2']]}
  - id: network
    title: A network
    content:
      - network: {layers: [2, 2, 1], labels: [In, Hidden, Out]}
  - id: low
    title: A low plot
    content:
      - Text.
      - figure: {bars: [m.w, m.L], y_label: A rather long title of an axis, height: 210}
  - id: long
    title: Long names
    content:
      - figure:
          bars: [{value: 3, label: Convolutional network}, {value: 2, label: Backpropagation}, {value: 1, label: c}]
          y_label: Errors
  - id: trained
    title: Training
    content:
      - figure: {training: m, steps: 170}
"""
CENTRE = "b => b.top + b.height / 2"
#: Whether the last children of a grid end where the grid does, row by row.
FULL = """id => {
  const grid = document.querySelector(`#${id} :is(.steps, .cards, .readouts)`), rows = new Map();
  for (const item of grid.children) {
    const box = item.getBoundingClientRect();
    rows.set(Math.round(box.top), Math.max(rows.get(Math.round(box.top)) ?? 0, box.right));
  }
  return [...rows.values()].map(right => Math.round(grid.getBoundingClientRect().right - right)); }"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The deck as a single file."""
    folder: Path = tmp_path_factory.mktemp("alignment")
    return single_file(folder / "deck.yaml", DECK)


def visit(page: Page, slide: str) -> None:
    """Go to a slide and wait until its plot, if it has one, is drawn."""
    page.evaluate("Reveal.configure({transition: 'none'})")  # nothing moves while it is measured
    page.evaluate("id => Reveal.slide(Reveal.getIndices(document.getElementById(id)).h)", slide)
    drawn = "id => !document.querySelector(`#${id} .plot`) || !!document.querySelector(`#${id} .plot .main-svg text`)"
    for _ in range(400):
        if page.evaluate(drawn, slide):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{slide} is not drawn")


def box(page: Page, selector: str) -> dict[str, float]:
    """Where an element stands, in the pixels of the window."""
    found: dict[str, float] = page.evaluate("s => document.querySelector(s).getBoundingClientRect().toJSON()", selector)
    return found


@pytest.mark.parametrize("canvas", [{"width": 1280, "height": 720}, PHONE])
def test_the_footer_has_one_place(address: str, canvas: dict[str, int], watch: Callable[..., Watched]) -> None:
    """On every layout the footer stands where it always stands, and below the two lines of a title."""
    page = watch(viewport=canvas).goto(address)
    bottoms = []
    for slide in ("cover", "said", "part", "usual"):
        visit(page, slide)
        bottoms.append(box(page, f"#{slide} footer")["bottom"])
    assert max(bottoms) - min(bottoms) < 2
    line = page.evaluate("parseFloat(getComputedStyle(document.querySelector('#cover .sheet'), '::after').bottom)")
    place = page.evaluate("() => { const f = document.querySelector('#cover footer'); const s = f.closest('.sheet');"
                          " return s.clientHeight - f.offsetTop; }")  # fmt: skip
    assert line > place


def test_quotes_begin_on_one_line(address: str, watch: Callable[..., Watched]) -> None:
    """Quotes side by side have their first lines at the same height."""
    page = watch().goto(address)
    visit(page, "quotes")
    tops = page.evaluate("[...document.querySelectorAll('#quotes .quote')].map(q => q.getBoundingClientRect().top)")
    assert abs(tops[0] - tops[1]) < 1


@pytest.mark.parametrize("canvas", [{"width": 1280, "height": 720}, PHONE])
def test_no_row_ends_with_a_hole(address: str, canvas: dict[str, int], watch: Callable[..., Watched]) -> None:
    """Five steps or readouts, and cards in any number, fill their rows."""
    page = watch(viewport=canvas).goto(address)
    for slide in ("steps", "cards", "seven", "odd", "readouts"):
        visit(page, slide)
        ends = page.evaluate(FULL, slide)
        assert ends == [0] * len(ends), slide


def test_live_blocks_in_columns(address: str, watch: Callable[..., Watched]) -> None:
    """Two large ones stand side by side within the slide and their columns, with drawings that can still be read."""
    page = watch().goto(address)
    least = {"#curves .curve .plot": 150, "#surfaces .training .plot": 120, "#ways .routes": 120}
    for selector, height in least.items():
        visit(page, slide := selector[1:].split()[0])
        assert look(page, "overflow") == [], slide
        assert box(page, selector)["height"] > height, slide
    assert box(page, "#ways .routes")["height"] > 120
    size = "e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a / Reveal.getScale()"
    assert page.locator("#ways .snug .wire-number").first.evaluate(size) >= 18


def test_tables_have_the_width_they_need(address: str, watch: Callable[..., Watched]) -> None:
    """A table goes from margin to margin; one of names and numbers stands in the middle, where they are near."""
    page = watch().goto(address)
    for slide in ("three", "words"):
        visit(page, slide)
        assert box(page, f"#{slide} table")["width"] == pytest.approx(box(page, f"#{slide} .body")["width"], abs=2)
    visit(page, "two")
    table, body = box(page, "#two table"), box(page, "#two .body")
    assert body["width"] / 2 < table["width"] < 0.8 * body["width"]
    assert table["left"] - body["left"] == pytest.approx(body["right"] - table["right"], abs=2)


def test_a_small_network_is_large(address: str, watch: Callable[..., Watched]) -> None:
    """The units of a small network take the room that there is."""
    page = watch().goto(address)
    visit(page, "network")
    assert box(page, "#network circle")["width"] > 0.08 * box(page, "#network .sheet")["height"]


def test_the_title_of_a_low_axis(address: str, watch: Callable[..., Watched]) -> None:
    """A title longer than its axis stands above it, and is not cut."""
    page = watch().goto(address)
    visit(page, "low")
    title, plot = box(page, "#low .annotation-text"), box(page, "#low .plot")
    assert page.locator("#low .annotation-text").text_content() == "A rather long title of an axis"
    assert title["width"] > title["height"]
    assert plot["left"] <= title["left"]
    assert plot["top"] <= title["top"]


def test_long_names_of_bars_on_a_phone(address: str, watch: Callable[..., Watched]) -> None:
    """Where names do not fit below their bars, the bars lie, and every name is whole and inside of the plot."""
    page = watch(viewport=PHONE).goto(address)
    visit(page, "long")
    names = page.evaluate(
        """() => { const plot = document.querySelector('#long .plot').getBoundingClientRect();
        return [...document.querySelectorAll('#long .ytick text')].map(t =>
          [t.textContent, t.getBoundingClientRect().left >= plot.left - 1]); }"""
    )
    assert names == [["Convolutionalnetwork", True], ["Backpropagation", True], ["c", True]]


@pytest.mark.parametrize("canvas", [{"width": 1280, "height": 720}, PHONE])
def test_the_last_step_is_told(address: str, canvas: dict[str, int], watch: Callable[..., Watched]) -> None:
    """The axis of a training has a number at its end, and a plot alone on its slide is as large as it can be."""
    page = watch(viewport=canvas).goto(address)
    visit(page, "trained")
    assert page.locator("#trained .xtick text").last.text_content() == "170"
    scale = page.evaluate("Reveal.getScale()")
    assert box(page, "#trained .plot")["height"] > 400 * scale
