"""A point that goes down a curve: by button, key and by itself, to the bottom, to and fro, or out of the picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Watched, note_changes, single_file

DECK = """
title: Bowl
slides:
  - title: Bowl
    id: bowl
    content:
      - descent: {function: 0.5*(W - 3)**2, symbol: E, start: 8, rate: 0.1, rates: [0.01, 2.5], domain: [-3, 9]}
"""
UNDER_WAY = DECK.replace("rate: 0.1,", "rate: 0.1, steps: 2, optimizer: {name: momentum, momentum: 0.5},")
BLOCK = "#bowl [data-block=descent]"


@pytest.fixture
def deck() -> str:
    """What the bowl is made of, where a test does not say otherwise."""
    return DECK


@pytest.fixture
def bowl(deck: str, watch: Callable[..., Watched], tmp_path: Path) -> Page:
    """The bowl of “Backprop, slowly” in a built file."""
    page = watch().goto(single_file(tmp_path / "bowl.yaml", deck))
    expect(page.locator(f"{BLOCK} [data-role=origin]")).to_have_text("replayed")
    return page


def at_rate(page: Page, rate: float) -> None:
    """Set the learning rate."""
    slider = page.locator(f"{BLOCK} input[data-name=learning_rate]")
    slider.evaluate(
        "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input', {bubbles: true})); }", rate
    )
    slider.evaluate("slider => slider.dispatchEvent(new Event('change', {bubbles: true}))")


def value(page: Page, name: str = "W") -> str:
    """A number that is shown."""
    return page.locator(f"{BLOCK} [data-role=readout][data-value='{name}']").inner_text()


def test_steps(bowl: Page) -> None:
    """From 8 at η = 0.1: 7.5, then 7.05; by button, by key, and back."""
    shown = bowl.locator(f"{BLOCK} [data-role=readout]")
    assert shown.all_inner_texts() == ["8", "12.5", "5"]
    bowl.locator(f"{BLOCK} [data-action=step]").click()
    expect(shown.first).to_have_text("7.5")
    bowl.keyboard.press("s")
    expect(shown.first).to_have_text("7.05")
    assert bowl.locator(f"{BLOCK} .descent-mark").count() == 2
    bowl.keyboard.press("u")
    expect(shown.first).to_have_text("7.5")


def test_touch(watch: Callable[..., Watched], tmp_path: Path) -> None:
    """On a phone Step and undo take a finger, and the deck stays where it is."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(
        single_file(tmp_path / "bowl.yaml", DECK + "  - {title: Next}\n")
    )
    shown = page.locator(f"{BLOCK} [data-role=readout]").first
    for way, expected in (("step", "7.5"), ("step", "7.05"), ("undo", "7.5")):
        page.locator(f"{BLOCK} [data-action={way}]").tap()
        expect(shown).to_have_text(expected)
    assert page.evaluate("Reveal.getCurrentSlide().id") == "bowl"


@pytest.mark.parametrize("deck", [UNDER_WAY])
def test_a_descent_under_way(bowl: Page) -> None:
    """Two steps are behind it: they are drawn, the third goes on from them with its momentum, and reset comes back."""
    marks, shown = bowl.locator(f"{BLOCK} .descent-mark"), bowl.locator(f"{BLOCK} [data-role=readout]").first
    expect(marks).to_have_count(2)
    expect(shown).to_have_text("6.8")
    bowl.locator(f"{BLOCK} [data-action=step]").click()
    expect(shown).to_have_text("6.07")  # 6.8 − 0.1·(0.5·7 + 3.8)
    expect(bowl.locator(f"{BLOCK} [data-role=verdict]")).to_contain_text("Step 3")
    bowl.locator(f"{BLOCK} [data-action=reset]").click()
    expect(shown).to_have_text("6.8")
    expect(marks).to_have_count(2)


@pytest.mark.parametrize(
    ("rate", "steps", "end", "words"),
    [(1, 1, "3", "Landed"), (2, 2, "8", "no progress"), (2.4, 4, "22.21", "Diverged at step 4")],
)
def test_rates(bowl: Page, rate: float, steps: int, end: str, words: str) -> None:
    """η = 1 lands at once, 2 jumps to and fro, and more diverges, which is told with the step."""
    at_rate(bowl, rate)
    for _ in range(steps):
        bowl.locator(f"{BLOCK} [data-action=step]").click()
    expect(bowl.locator(f"{BLOCK} [data-value=W]").first).to_have_text(end)
    expect(bowl.locator(f"{BLOCK} [data-role=verdict]")).to_contain_text(words)


def test_a_run_ends_by_itself(bowl: Page) -> None:
    """Run goes on step by step; it stops where the point is lost, and its button is ready again."""
    at_rate(bowl, 2.4)
    run = bowl.locator(f"{BLOCK} [data-action=run]")
    note_changes(run, "aria-pressed")
    run.click()
    expect(bowl.locator(f"{BLOCK} [data-role=verdict]")).to_contain_text("Diverged at step")
    expect(run).to_have_attribute("data-seen", re.compile("^false true.* false$"))


def test_a_run_can_be_paused(bowl: Page) -> None:
    """The key P runs and pauses; after a pause nothing moves."""
    bowl.locator(f"{BLOCK} input").first.focus()
    bowl.keyboard.press("p")
    expect(bowl.locator(f"{BLOCK} .descent-mark").nth(1)).to_be_attached()
    bowl.keyboard.press("p")
    expect(bowl.locator(f"{BLOCK} [data-action=run]")).to_have_attribute("aria-pressed", "false")
    before = value(bowl)
    bowl.wait_for_timeout(800)  # longer than two steps of a run
    assert value(bowl) == before


def test_the_point_can_be_dragged(bowl: Page) -> None:
    """By the mouse; the whole drag is one thing to undo."""
    box = bowl.locator(f"{BLOCK} .plot-overlay").bounding_box()
    assert box
    bowl.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 90)
    bowl.mouse.down()
    bowl.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 90)
    bowl.mouse.up()
    expect(bowl.locator(f"{BLOCK} [data-value=W]").first).to_have_text(re.compile(r"^([01]\b|−)"))
    bowl.keyboard.press("u")
    bowl.locator(f"{BLOCK} [data-action=undo]").click()
    expect(bowl.locator(f"{BLOCK} [data-value=W]").first).to_have_text("8")
