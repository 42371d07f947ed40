"""The figures with a point to drag: a curve with its tangent, a surface with its two cross-sections."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Watched, single_file

CURVE = "#tangent [data-block=curve]"
SURFACE = "#surface [data-block=surface]"


SECANT = """
title: Secant
slides:
  - title: Secant
    id: secant
    content:
      - curve: {function: x**2, domain: [-1, 3], at: 1, secant: 1.5}
"""


def test_a_secant_becomes_the_tangent(watch: Callable[..., Watched], tmp_path: Path) -> None:
    """The slope over h is 2 + h; with h near 0 the line lies on the tangent, and undo takes it back."""
    page = watch().goto(single_file(tmp_path / "secant.yaml", SECANT))
    block = "#secant [data-block=curve]"
    slope, h = page.locator(f"{block} [data-role=secant]"), page.locator(f"{block} input[data-name=h]")
    expect(slope).to_have_text("3.5")
    h.evaluate("slider => { slider.value = -2; slider.dispatchEvent(new Event('input')); }")
    expect(slope).to_have_text("2.01")
    expect(page.locator(f"{block} [data-role=verdict]")).to_contain_text("0.01 away")
    page.locator(f"{block} [data-action=undo]").click()
    expect(slope).to_have_text("3.5")
    page.locator(f"{block} .plot-overlay").click(position={"x": 320, "y": 60})
    expect(slope).not_to_have_text("3.5")


def number(page: Page, selector: str) -> float:
    """The number that an element shows."""
    return float(page.locator(selector).first.inner_text().replace("−", "-"))


@pytest.fixture
def page(static: Callable[[str], str], watch: Callable[..., Watched]) -> Page:
    """The chain-rule deck."""
    return watch().goto(static("chain-rule"))


def plot_area(page: Page, selector: str) -> tuple[float, float, float, float]:
    """The area between the axes of a plot, in pixels of the screen: x, y, width, height."""
    box: list[float] = page.locator(f"{selector} .plot-overlay").evaluate("""svg => {
        const clip = svg.querySelector('.plot-clip'), box = svg.getBoundingClientRect();
        const scale = box.width / Number(svg.getAttribute('width'));
        const of = name => Number(clip.getAttribute(name)) * scale;
        return [box.x + of('x'), box.y + of('y'), of('width'), of('height')]; }""")
    return box[0], box[1], box[2], box[3]


def open_slide(page: Page, slide: str) -> None:
    """Go to a slide and wait for its plots."""
    page.evaluate("id => Reveal.slide(Reveal.getIndices(document.getElementById(id)).h)", slide)
    page.wait_for_function(
        "id => [...document.getElementById(id).querySelectorAll('.plot')].every(p => p.querySelector('.main-svg'))",
        arg=slide,
    )


def test_the_slope_follows_the_point(page: Page) -> None:
    """For x² the slope is 2x wherever the slider stands, in the readout and in the tangent's picture."""
    open_slide(page, "tangent")
    slider = page.locator(f"{CURVE} input")
    for key, times in (("ArrowLeft", 12), ("PageUp", 0), ("Home", 1)):
        slider.focus()
        for _ in range(times):
            slider.press(key)
        x = float(slider.input_value())
        assert number(page, f"{CURVE} [data-role=value]") == pytest.approx(x * x, abs=6e-4)
        assert number(page, f"{CURVE} [data-role=slope]") == pytest.approx(2 * x, abs=6e-4)
    assert "Going down" in page.locator(f"{CURVE} [data-role=verdict]").inner_text()
    page.locator(f"{CURVE} [data-action=reset]").click()
    assert number(page, f"{CURVE} [data-role=at]") == 1.5


def test_the_bottom_is_flat(page: Page) -> None:
    """At x = 0 the figure says that the slope is zero."""
    open_slide(page, "tangent")
    page.locator(f"{CURVE} input").fill("0")
    expect(page.locator(f"{CURVE} [data-role=verdict]")).to_have_text("Flat: the slope is zero.")


def test_dragging_the_curve(page: Page) -> None:
    """The point follows the pointer to where it is on the axis."""
    open_slide(page, "tangent")
    box = plot_area(page, CURVE)
    page.mouse.move(box[0] + box[2] * 0.25, box[1] + 40)
    page.mouse.down()
    page.mouse.move(box[0] + box[2] * (1 / 3), box[1] + 50)
    page.mouse.up()
    low, high = (float(page.get_attribute(f"{CURVE} input", end) or 0) for end in ("min", "max"))
    assert number(page, f"{CURVE} [data-role=at]") == pytest.approx(low + (high - low) / 3, abs=0.03)


def test_both_partial_derivatives(page: Page) -> None:
    """At (0.5, 0.3) the surface shows f = 0.43, ∂f/∂x = 1.0 and ∂f/∂y = 1.2; both follow a drag."""
    open_slide(page, "surface")
    slopes = page.locator(f"{SURFACE} [data-role=slope]")
    assert slopes.all_inner_texts() == ["1.000", "1.200"]
    assert number(page, f"{SURFACE} [data-role=value]") == 0.43
    box = plot_area(page, f"{SURFACE} [data-role=map]")
    page.mouse.move(box[0] + box[2] / 2, box[1] + box[3] / 2)
    page.mouse.down()
    page.mouse.move(box[0] + box[2] / 4, box[1] + box[3] / 4)
    page.mouse.up()
    x, y = (float(text.replace("−", "-")) for text in page.locator(f"{SURFACE} [data-role=at]").all_inner_texts())
    assert x < -0.5 < 0.5 < y
    shown = [float(text.replace("−", "-")) for text in slopes.all_inner_texts()]
    assert shown == pytest.approx([2 * x, 4 * y], abs=0.03)
    assert number(page, f"{SURFACE} [data-role=value]") == pytest.approx(x * x + 2 * y * y, abs=0.03)


ARROW = """() => {
  const map = document.querySelector('#side [data-role=map]');
  const numbers = map.querySelector('.gradient-arrow').getAttribute('d').split(/[ML ]/).filter(Boolean).map(Number);
  const area = map.querySelector('.plot-clip'), size = name => Number(area.getAttribute(name));
  return [(numbers[2] - numbers[0]) / size('width'), (numbers[1] - numbers[3]) / size('height')];
}"""
SIDE = """
title: Side
slides:
  - title: Side
    id: side
    content:
      - surface: {function: x**2 + 3*y, domain: [-1, 1], domain_y: [0, 4], at: [0.5, 1], landscape: true}
"""


def test_the_gradient_and_the_side(watch: Callable[..., Watched], tmp_path: Path) -> None:
    """The arrow has the direction of the gradient; a button or a key turns the map into a landscape with the point."""
    address = single_file(tmp_path / "side.yaml", SIDE)
    watched = watch()
    page = watched.goto(address)
    page.wait_for_selector("#side [data-role=map] .gradient-arrow[d]", state="attached")
    right, up = page.evaluate(ARROW)  # as shares of the domains, which are 2 and 4 wide
    assert 4 * up / (2 * right) == pytest.approx(3 / 1, rel=0.02)
    block = page.locator("#side .surface")
    landscape, button = block.locator("[data-role=landscape]"), block.locator("[data-action=side]")
    plot = block.locator("[data-role=map]")
    expect(landscape).to_be_hidden()
    button.click()
    expect(landscape).to_be_visible()
    expect(plot).to_be_hidden()
    before = landscape.locator(".dot").get_attribute("cx")
    block.locator("input[data-name=x]").fill("-1")
    expect(block.locator("[data-role=slope]").first).to_have_text("−2.000")
    assert landscape.locator(".dot").get_attribute("cx") != before
    expect(page).to_have_url(re.compile("-1.*true"))
    again = watch().goto(page.url)  # what is seen stands in the address
    expect(again.locator("#side [data-role=landscape]")).to_be_visible()
    expect(again.locator("#side [data-role=at]").first).to_have_text("−1.00")
    block.locator("input[data-name=x]").press("v")
    expect(landscape).to_be_hidden()
    for _ in range(3):
        block.locator("[data-action=undo]").click()
    expect(block.locator("[data-role=at]").first).to_have_text("0.50")
    expect(landscape).to_be_hidden()
    watched.assert_quiet()


def test_the_cross_sections_are_redrawn(page: Page) -> None:
    """Moving y lifts the section along x and leaves the other one as it is."""
    open_slide(page, "surface")
    paths = page.locator(f"{SURFACE} .section-curve")
    before = [paths.nth(i).get_attribute("d") for i in range(2)]
    page.locator(f"{SURFACE} input[data-name=y]").fill("1")
    page.wait_for_function(
        "old => document.querySelector('#surface .section-curve').getAttribute('d') !== old", arg=before[0]
    )
    after = [paths.nth(i).get_attribute("d") for i in range(2)]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_touch_moves_the_point(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """On a phone a tap on the heatmap moves the point and leaves the slide where it is."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(static("chain-rule") + "#/surface")
    box = page.locator(f"{SURFACE} [data-role=map] .plot-overlay").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.3)
    expect(page.locator(f"{SURFACE} [data-role=value]")).not_to_have_text("0.430")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "surface"
