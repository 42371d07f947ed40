"""What all live blocks share: undo and redo, digits, help, the address, and the badge."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from .conftest import Watched

TANGENT = "#tangent [data-block=curve]"
TRY = "#try-it [data-block=demo]"


@pytest.fixture
def tangent(static: Callable[[str], str], watch: Callable[..., Watched]) -> Page:
    """The curve of the chain-rule deck."""
    return watch().goto(static("chain-rule") + "#/tangent")


def test_undo_and_redo_by_keys(tangent: Page) -> None:
    """U goes back, Shift+U forth again, R to the author's state; a new move forgets what could be redone."""
    slider, value = tangent.locator(f"{TANGENT} input"), tangent.locator(f"{TANGENT} [data-role=value]")
    redo = tangent.locator(f"{TANGENT} [data-action=redo]")
    slider.focus()
    seen = [value.inner_text()]
    for _ in range(3):
        tangent.keyboard.press("ArrowRight")
        expect(value).not_to_have_text(seen[-1])
        seen.append(value.inner_text())
    for earlier in reversed(seen[:-1]):
        tangent.keyboard.press("u")
        expect(value).to_have_text(earlier)
    for later in seen[1:]:
        tangent.keyboard.press("Shift+U")
        expect(value).to_have_text(later)
    tangent.keyboard.press("r")
    expect(value).to_have_text(seen[0])
    tangent.keyboard.press("u")
    expect(value).to_have_text(seen[-1])
    expect(redo).to_be_enabled()
    tangent.keyboard.press("ArrowLeft")
    expect(redo).to_be_disabled()


def test_all_digits(tangent: Page) -> None:
    """D shows every digit of a number, and again few; the button tells which."""
    slope = tangent.locator(f"{TANGENT} [data-role=slope]")
    tangent.locator(f"{TANGENT} input").evaluate(
        "slider => { slider.value = -2.7; slider.dispatchEvent(new Event('input')); }"
    )
    expect(slope).to_have_text("−5.400")
    tangent.locator(f"{TANGENT} [data-action=digits]").click()
    expect(slope).to_have_text("−5.4")
    expect(tangent.locator(f"{TANGENT} [data-role=value]")).to_have_text("7.290000000000001")
    tangent.keyboard.press("d")
    expect(slope).to_have_text("−5.400")


def test_help_tells_the_keys(tangent: Page) -> None:
    """The button and ? open the list of keys, Escape closes it and gives the keys back to the deck."""
    panel = tangent.locator(f"{TANGENT} .keys-help")
    expect(panel).to_be_hidden()
    tangent.locator(f"{TANGENT} [data-action=help]").click()
    expect(panel).to_contain_text("move the point")
    tangent.keyboard.press("?")
    expect(panel).to_be_hidden()
    tangent.keyboard.press("?")
    expect(panel).to_be_visible()
    tangent.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_address_holds_the_state(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """A link shows what its sender saw; reset takes it out of the address again."""
    page = watch().goto(static("visual-guide") + "#/try-it")
    for _ in range(3):
        page.locator(f"{TRY} [data-action=step]").click()
    page.wait_for_url(lambda url: "live=" in url)
    loss = page.locator(f"{TRY} [data-value=L]").inner_text()
    other = watch().goto(page.url)
    expect(other.locator(f"{TRY} [data-value=L]")).to_have_text(loss)
    expect(other.locator(f"{TRY} [data-action=undo]")).to_be_enabled()
    other.locator(f"{TRY} [data-action=reset]").click()
    other.wait_for_function("() => !location.search.includes('live')")
    expect(other.locator(f"{TRY} [data-value=L]")).to_have_text("0.81")


def test_blocks_wake_near_their_slide(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """A far block is as it was written, and computes nothing; the overview shows the start of them all."""
    page = watch().goto(static("visual-guide"))
    expect(page.locator(".keys-help")).to_have_count(0)
    page.evaluate("Reveal.slide(Reveal.getIndices(document.getElementById('try-it')).h - 1)")
    expect(page.locator("#try-it .keys-help")).to_have_count(1)  # it is the next one
    expect(page.locator("#try-it .main-svg").first).to_be_attached()
    page.goto(static("chain-rule"))
    page.wait_for_selector("html[data-ready]")
    steps = page.locator("#walk [data-role=progress]")
    expect(steps).not_to_have_text("0")
    page.keyboard.press("Escape")
    expect(steps).to_have_text("0")


@pytest.mark.parametrize(
    "state",
    [
        "nonsense",
        "[]",
        "null",
        '{"try-it/0": 3}',
        '{"try-it/0": {"set": {"w": "0.7"}, "rate": 0.1, "steps": 0}}',
        '{"try-it/0": {"set": {"__proto__": 1, "q": 2}, "rate": 0.1, "steps": 0}}',
        '{"try-it/0": {"set": {"w": 0.7}, "rate": -1, "steps": 0}}',
        '{"try-it/0": {"set": {"w": 0.7}, "rate": 0.1, "steps": 0.5}}',
        '{"try-it/0": {"set": {"w": 0.7}, "rate": 0.1, "steps": 9999999}}',
        '{"try-it/0": {"set": {"w": 0.7}, "rate": 0.1, "steps": 1, "memories": {"w": {"v": "x"}}}}',
        json.dumps({"try-it/0": {"set": {"w": 1e300}, "rate": 0.1, "steps": 0}}),
        '{"<img src=x onerror=alert(1)>": {}}',
    ],
)
def test_a_forged_address_changes_nothing(
    static: Callable[[str], str], watch: Callable[..., Watched], state: str
) -> None:
    """What is no state of the block is passed over: the author's state stands there, and no error is thrown."""
    page = watch().goto(f"{static('visual-guide')}?live={quote(state)}#/try-it")
    expect(page.locator(f"{TRY} [data-value=L]")).to_have_text("0.81")
    expect(page.locator(f"{TRY} [data-action=undo]")).to_be_disabled()


def test_the_badge(tangent: Page) -> None:
    """A block says that its gradients were checked, and how well they agree."""
    badge = tangent.locator(f"{TANGENT} .badge")
    assert "Gradients agree with central differences to" in str(badge.get_attribute("aria-label"))
