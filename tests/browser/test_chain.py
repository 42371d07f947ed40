"""Rates that multiply: slopes, gears, paths and stages, driven by mouse, keys and touch, by numpy and replayed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from bpslides.formatting import format_number

from .conftest import PHONE, Watched, single_file, start_server

DECK = """
title: Chains
models:
  m: {inputs: {x: 2}, graph: {u: 3*x, v: x**2, L: u*v}}
slides:
  - {title: Slopes, id: slopes, content: {chain: {slope: 0.25, below: 1e-10}}}
  - {title: Gears, id: gears, content: {chain: {gears: [3, 2], at: 0.5}}}
  - {title: Paths, id: paths, content: {chain: {model: m, gradient: x}}}
  - {title: Stages, id: stages, content: {chain: {stages: {u: -x, v: 1 + exp(u), s: 1/v}, domain: [-5, 5], at: 1}}}
"""
ORIGINS = ["replayed", "numpy, live"]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The deck as a file, and served."""
    file: Path = tmp_path_factory.mktemp("chain") / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    server = start_server(str(file))
    yield {"replayed": single_file(file), "numpy, live": server.address}
    server.stop()


def slide_to(page: Page, block: str, name: str, value: float) -> None:
    """Put a slider somewhere."""
    slider = page.locator(f"{block} input[data-name={name}]")
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input', {bubbles: true})); }", value)
    slider.dispatch_event("change")


@pytest.mark.parametrize("origin", ORIGINS)
def test_slopes(origin: str, addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """The page says what the build said; other slopes vanish elsewhere, stay, or explode; undo and reset lead back."""
    watched = watch()
    page = watched.goto(addresses[origin] + "#/slopes")

    def role(name: str) -> Locator:
        return page.locator(f"#slopes [data-role={name}]")

    expect(role("origin")).to_have_text(origin)
    words = "Vanishing: 20 factors of 0.25 leave 9.09×10⁻¹³. From n = 17 on it is below 1×10⁻¹⁰."
    expect(role("verdict")).to_have_text(words)
    expect(page.locator("#slopes .product-mark")).to_have_text("n = 17")
    slide_to(page, "#slopes", "slope", 0.5)
    expect(role("product")).to_have_text(format_number(0.5**20, ".3g"))
    expect(role("crossing")).to_have_text("not yet")
    slide_to(page, "#slopes", "slope", 2)
    expect(role("verdict")).to_contain_text("Exploding: 20 factors of 2 make 1.05×10⁶.")
    slide_to(page, "#slopes", "count", 3)
    expect(role("product")).to_have_text("8")
    slide_to(page, "#slopes", "slope", 0)
    expect(role("verdict")).to_contain_text("Zero")
    slide_to(page, "#slopes", "slope", 1)
    expect(role("verdict")).to_contain_text("Steady")
    page.locator("#slopes [data-action=undo]").click()
    expect(role("verdict")).to_contain_text("Zero")
    page.keyboard.press("r")
    expect(role("verdict")).to_have_text(words)
    watched.assert_quiet()


def test_slopes_by_touch(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """On a phone a tap on the plot says how many factors there are; the slide stays."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(addresses["replayed"] + "#/slopes")
    box = page.locator("#slopes .plot-overlay").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    count = page.locator("#slopes [data-role=count]")
    expect(count).not_to_have_text("20")
    n = int(count.inner_text())
    assert 7 <= n <= 12
    expect(page.locator("#slopes [data-role=product]")).to_have_text(format_number(0.25**n, ".3g"))
    assert "#/slopes" in page.url


@pytest.mark.parametrize("origin", ORIGINS)
def test_gears(origin: str, addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """The slider by keys, and a gear by hand: all turn, each at its rate."""
    watched = watch()
    page = watched.goto(addresses[origin] + "#/gears")
    turns = page.locator("#gears [data-role=turns]")
    expect(turns).to_have_text(["0.5", "1.5", "3"])
    page.locator("#gears input").focus()
    page.keyboard.press("ArrowRight")
    expect(turns).to_have_text(["0.51", "1.53", "3.06"])
    assert "#/gears" in page.url
    page.keyboard.press("u")
    expect(turns).to_have_text(["0.5", "1.5", "3"])
    # A quarter of a turn of the first gear with the mouse, against the clock.
    hub = page.locator("#gears .gear.driver .hub").bounding_box()
    assert hub
    x, y = hub["x"] + hub["width"] / 2, hub["y"] + hub["height"] / 2
    page.mouse.move(x + 100, y)
    page.mouse.down()
    for step in range(1, 10):
        angle = -math.pi / 2 * step / 9
        page.mouse.move(x + 100 * math.cos(angle), y + 100 * math.sin(angle))
    page.mouse.up()
    expect(turns).to_have_text(["0.25", "0.75", "1.5"])
    wheels = page.locator("#gears [data-role=wheel]")
    assert "rotate(90.000)" in (wheels.first.get_attribute("transform") or "")
    expect(page.locator("#gears [data-role=whole]")).to_have_text("6")
    page.keyboard.press("u")
    expect(turns).to_have_text(["0.5", "1.5", "3"])
    watched.assert_quiet()


def test_paths(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """Step by step through the paths and back, one picked by hand and by key, and reset."""
    watched = watch()
    page = watched.goto(addresses["replayed"] + "#/paths")
    verdict, rows = page.locator("#paths [data-role=verdict]"), page.locator("#paths .chain-row")
    step, back = page.locator("#paths [data-action=step]"), page.locator("#paths [data-action=back]")
    expect(verdict).to_have_text("Sum across the 2 paths: 24 + 12 = 36.")
    step.click()
    expect(verdict).to_have_text("Path 1: multiply along it: 6 · 4 = 24.")
    expect(page.locator("#paths .route.is-now")).to_have_count(2)
    expect(page.locator("#paths .route.is-future")).to_have_count(2)
    page.keyboard.press("s")
    expect(verdict).to_have_text("Path 2: multiply along it: 4 · 3 = 12.")
    page.keyboard.press("s")
    expect(verdict).to_have_text("Sum across the 2 paths: 24 + 12 = 36.")
    for left in (2, 1, 0):
        back.click()
        expect(page.locator("#paths .chain-row:not(.is-future)")).to_have_count(left)
    expect(back).to_be_disabled()
    page.locator("#paths .row-name[data-path='1']").click()
    expect(verdict).to_contain_text("Path 2")
    expect(rows.nth(1)).to_have_class("chain-row is-now")
    page.keyboard.press("1")
    expect(verdict).to_contain_text("Path 1")
    page.locator("#paths .route-slope").last.click()
    expect(verdict).to_contain_text("Path 2")
    page.keyboard.press("r")
    expect(verdict).to_contain_text("Sum across")
    watched.assert_quiet()


@pytest.mark.parametrize("origin", ORIGINS)
def test_stages(origin: str, addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """At another point all numbers are those of the function; stages appear one by one, and go again."""
    watched = watch()
    page = watched.goto(addresses[origin] + "#/stages")
    expect(page.locator("#stages [data-role=origin]")).to_have_text(origin)
    slide_to(page, "#stages", "x", -0.5)
    v = 1 + math.exp(0.5)
    slopes = [-1, math.exp(0.5), -1 / v**2]
    expect(page.locator("#stages [data-role=value]")).to_have_text(
        ["−0.5", "0.5", format_number(v, ".4g"), format_number(1 / v, ".4g")]
    )
    expect(page.locator("#stages [data-role=slope]")).to_have_text([format_number(slope, ".4g") for slope in slopes])
    so_far = page.locator("#stages [data-role=so-far]")
    expect(so_far).to_have_text([format_number(math.prod(slopes[: k + 1]), ".4g") for k in range(3)])
    expect(so_far.nth(2)).to_be_visible()
    page.locator("#stages [data-action=step]").click()
    expect(so_far.nth(0)).to_be_visible()
    expect(page.locator("#stages .stage.is-future")).to_have_count(2)
    page.keyboard.press("s")
    expect(page.locator("#stages .stage.is-future")).to_have_count(1)
    page.keyboard.press("b")
    page.keyboard.press("b")
    expect(page.locator("#stages [data-role=verdict]")).to_contain_text("Only x is known")
    page.locator("#stages [data-action=run]").click()
    expect(so_far.nth(2)).to_be_visible()
    expect(page).to_have_url(re.compile("x%22%3A-0.5%2C%22step%22%3A3"))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#stages [data-role=at]")).to_have_text("−0.5")
    page.locator("#stages [data-action=digits]").click()
    expect(page.locator("#stages [data-role=value]").last).to_have_text(str(1 / v))
    watched.assert_quiet()
