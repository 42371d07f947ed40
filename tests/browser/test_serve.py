"""`bpslides serve` in a browser: a saved change, a broken save and its repair, the speaker view, numpy on the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from bpslides import paths

from .conftest import Server, Watched, start_server

DECK = """\
title: A small deck
models:
  neuron:
    inputs: {x: 2.0}
    parameters: {w: 0.5}
    graph: {L: (w*x - 2)**2}
    loss: L
slides:
  - title: First
    notes: Say hello.
  - title: Second
    id: second
    content:
      - The loss is {{ neuron.L | .2f }}.
      - fragment: And a step later.
    notes: Explain the loss.
  - title: Third
"""


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A deck in a folder of its own."""
    file = tmp_path / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    return file


@pytest.fixture
def server(deck: Path) -> Iterator[Server]:
    """It, served."""
    server = start_server(str(deck))
    yield server
    server.stop()


def current(page: Page) -> str:
    """The id of the current slide."""
    return str(page.evaluate("Reveal.getCurrentSlide().id"))


def test_a_saved_change_is_shown_and_the_slide_kept(deck: Path, server: Server, watch: Callable[..., Watched]) -> None:
    """The number changes in place: no reload, the same slide, the same fragment."""
    watched = watch()
    page = watched.goto(server.address + "#/second/0")
    page.evaluate("window.stays = true")
    expect(page.locator("#second .num")).to_have_text("1.00")
    deck.write_text(DECK.replace("w: 0.5", "w: 0.25"), encoding="utf-8")
    expect(page.locator("#second .num")).to_have_text("2.25")
    assert current(page) == "second"
    assert page.locator("#second .fragment.visible").count() == 1
    assert page.evaluate("window.stays") is True
    watched.assert_quiet()


@pytest.mark.parametrize("changed", [False, True])
def test_a_restarted_server(deck: Path, server: Server, watch: Callable[..., Watched], changed: bool) -> None:
    """A page finds the server again by itself, and loads anew only where the deck has changed meanwhile."""
    page = watch().goto(server.address + "#/second/0")
    page.evaluate("window.stays = true")
    server.stop()
    if changed:
        deck.write_text(DECK.replace("w: 0.5", "w: 0.25"), encoding="utf-8")
    again = start_server(str(deck), port=urlsplit(server.address).port or 0)
    with page.expect_event("websocket", timeout=15_000) as _:
        pass
    try:
        expect(page.locator("#second .num")).to_have_text("2.25" if changed else "1.00", timeout=15_000)
        page.wait_for_function("() => document.documentElement.dataset.ready")
        assert page.evaluate("window.stays === true") is not changed
        assert current(page) == "second"
    finally:
        again.stop()


def test_slides_come_and_go(deck: Path, server: Server, watch: Callable[..., Watched]) -> None:
    """Slides put before and after the current one, or taken out, leave the presenter where he is."""
    page = watch().goto(server.address + "#/second")
    deck.write_text(DECK.replace("  - title: First\n", "  - title: Zeroth\n  - title: First\n"), encoding="utf-8")
    expect(page.locator("#zeroth")).to_have_count(1)
    assert current(page) == "second"
    assert page.locator("#second .counter").inner_text() == "02 / 03"
    deck.write_text(DECK.replace("  - title: Third\n", ""), encoding="utf-8")
    expect(page.locator("#third")).to_have_count(0)
    assert current(page) == "second"
    page.keyboard.press("ArrowLeft")
    assert current(page) == "first"


def test_a_broken_save_shows_its_problems_over_the_last_good_deck(
    deck: Path, server: Server, watch: Callable[..., Watched]
) -> None:
    """The overlay names file, line and hint; the deck below still works; the repair takes the overlay away."""
    watched = watch()
    page = watched.goto(server.address + "#/second")
    deck.write_text(
        DECK.replace("neuron.L", "neuron.loss") + "    nots: oops <script>alert(1)</script>\n", encoding="utf-8"
    )
    overlay = page.locator(".problems")
    expect(overlay).to_contain_text("This save has 2 problems")
    expect(overlay).to_contain_text("deck.yaml:14:")
    expect(overlay).to_contain_text("did you mean “notes”?")
    assert page.locator(".problems script").count() == 0
    assert page.locator("#second .num").inner_text() == "1.00"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert current(page) == "third"
    deck.write_text(DECK, encoding="utf-8")
    expect(overlay).to_have_count(0)
    assert current(page) == "third"
    watched.assert_quiet()


def test_speaker_view(server: Server, watch: Callable[..., Watched]) -> None:
    """S opens notes, clock, the current and the next slide; it follows the main window and steers it."""
    main = watch()
    page = main.goto(server.address)
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    speaker = popup.value
    complaints: list[str] = []
    speaker.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    expect(speaker.locator("article:visible")).to_contain_text("Say hello.")
    now = speaker.frame_locator("iframe[title='Current slide']")
    after = speaker.frame_locator("iframe[title='Next step']")
    expect(now.locator("section.present")).to_have_attribute("id", "first")
    expect(after.locator("section.present")).to_have_attribute("id", "second")
    speaker.keyboard.press("ArrowRight")
    expect(page.locator("section.present")).to_have_attribute("id", "second")
    expect(speaker.locator("article:visible")).to_contain_text("Explain the loss.")
    expect(now.locator("section.present")).to_have_attribute("id", "second")
    expect(after.locator("section.present .fragment.visible")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(speaker.locator("article:visible")).to_contain_text("No notes")
    expect(speaker.locator("#elapsed")).not_to_have_text("00:00")
    assert complaints == []
    main.assert_quiet()


def test_live_blocks_of_the_speaker_view_follow_the_main_window(served: str, watch: Callable[..., Watched]) -> None:
    """What the presenter does in the demo is what the speaker view shows."""
    page = watch().goto(f"{served}visual-guide/#/try-it")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    mirror = popup.value.frame_locator("iframe[title='Current slide']")
    expect(mirror.locator("section.present")).to_have_attribute("id", "try-it")
    page.locator("[data-block=demo] [data-action=step]").click()
    expect(mirror.locator("[data-value=L]")).to_have_text("0.69")


def test_the_speaker_view_hears_of_slides_that_are_far(served: str, watch: Callable[..., Watched]) -> None:
    """What the presenter did before the speaker view was opened is there when its slide comes near again."""
    page = watch().goto(f"{served}visual-guide/#/try-it")
    page.locator("[data-block=demo] [data-action=step]").click()
    expect(page.locator("#try-it [data-value=L]")).to_have_text("0.69")
    at = page.evaluate("document.activeElement.blur() ?? Reveal.getIndices()")
    page.evaluate("Reveal.slide(0)")
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    mirror = popup.value.frame_locator("iframe[title='Current slide']")
    expect(mirror.locator("html[data-ready]")).to_be_attached()
    expect(mirror.locator("#try-it [data-value=L]")).to_have_text("0.81")
    page.evaluate("at => Reveal.slide(at.h, at.v)", at)
    expect(mirror.locator("section.present")).to_have_attribute("id", "try-it")
    expect(mirror.locator("#try-it [data-value=L]")).to_have_text("0.69")


def test_notes_are_nowhere_in_the_audience_page(server: Server, watch: Callable[..., Watched]) -> None:
    """What the speaker says is not in what the audience could read."""
    page = watch().goto(server.address)
    assert "Explain the loss" not in page.content()


def test_the_index_leads_to_every_deck(served: str, watch: Callable[..., Watched]) -> None:
    """/ lists all shipped decks; each link opens one."""
    watched = watch()
    watched.page.goto(served)
    links = watched.page.locator("a").evaluate_all("links => links.map(a => a.href)")
    assert {link.rstrip("/").rpartition("/")[2] for link in links} == set(paths.shipped_decks())
    for link in links:
        assert watched.goto(link).evaluate("Reveal.isReady()")
    watched.assert_quiet()
