"""Declared symbols explain themselves: to the pointer, to a finger and to the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.decks import NEURON

from .conftest import PHONE, Watched, single_file

DECK = f"""\
title: T
notation:
  w: {{name: weight, meaning: 'How much $x$ counts.', colour: backward}}
  x: input
  '\\hat y': {{name: prediction, colour: forward}}
{NEURON}slides:
  - title: One
    content:
      - equation: '\\hat y = w x + w'
      - fragment: ['And $x$.']
  - {{title: Two, content: [network: {{layers: [1, 1]}}]}}
"""
BOX = ".symbol-box"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A deck with a notation, as a single file."""
    folder = tmp_path_factory.mktemp("symbols")
    file = folder / "deck.yaml"
    return single_file(file, DECK) + "#/one"


def symbol(page: Page, number: int, place: int = 0) -> None:
    """Point at a symbol."""
    page.locator(f"#one [data-symbol='{number}']").nth(place).hover()


def test_the_pointer(address: str, watch: Callable[..., Watched]) -> None:
    """Hovering explains, and the explanation can be reached; Escape closes it and does nothing else."""
    watched = watch()
    page = watched.goto(address)
    expect(page.locator(BOX)).to_be_hidden()
    symbol(page, 0, 1)
    expect(page.locator(BOX)).to_contain_text("weight")
    expect(page.locator(f"{BOX} .symbol-meaning math")).to_have_text("x")
    page.locator(BOX).hover()
    page.wait_for_timeout(400)
    expect(page.locator(BOX)).to_be_visible()
    page.mouse.move(5, 700)
    expect(page.locator(BOX)).to_be_hidden()
    symbol(page, 2)
    expect(page.locator(BOX)).to_have_text("yˆprediction")
    page.keyboard.press("Escape")
    expect(page.locator(BOX)).to_be_hidden()
    assert not page.evaluate("Reveal.isOverview()")
    colours = page.evaluate(
        "[...document.querySelectorAll('#one .equation [data-symbol]')].map(e => getComputedStyle(e).color)"
    )
    assert len(set(colours)) == 3
    assert colours[1] == colours[3]
    watched.assert_quiet()


def test_the_keyboard(address: str, watch: Callable[..., Watched]) -> None:
    """A slide's symbols are one tab stop; arrows go through the different ones and never turn the slide."""
    page = watch().goto(address)
    name = page.locator(f"{BOX} .symbol-name")
    page.keyboard.press("Tab")
    expect(page.locator("button.symbol-key")).to_be_focused()
    said = [name.inner_text()]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        said.append(name.inner_text())
        assert page.locator("[data-explained]").count() == 1
    assert said == ["prediction", "weight", "input", "prediction"]
    page.keyboard.press("ArrowLeft")
    expect(name).to_have_text("input")
    expect(page.locator("p.symbol-key")).to_contain_text("input")
    page.keyboard.press("Space")
    expect(page.locator(BOX)).to_be_hidden()
    assert page.evaluate("Reveal.getIndices().f") == -1
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().f") == 0
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "two"
    expect(page.locator("button.symbol-key")).to_be_hidden()


def test_a_finger(address: str, watch: Callable[..., Watched]) -> None:
    """A tap explains and stays, within the screen; a tap elsewhere closes."""
    page = watch(viewport=PHONE, has_touch=True).goto(address)
    page.locator("#one [data-symbol='0']").first.tap()
    expect(page.locator(BOX)).to_contain_text("How much")
    box = page.locator(BOX).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    page.locator("#one h2").tap()
    expect(page.locator(BOX)).to_be_hidden()
