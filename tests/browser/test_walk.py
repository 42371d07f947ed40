"""The walk of the chain-rule deck: forward, backward and back again; edge, box, formula, table and plot together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bpslides.errors import Problems
from bpslides.lookup import find
from bpslides.pipeline import compute

from .conftest import PHONE, Watched

WALK = "#walk [data-block=walk]"
SHOWN = """() => {
  const w = document.querySelector('#walk [data-block=walk]'), on = e => !e.classList.contains('is-future');
  const text = e => e.textContent.trim();
  return {
    progress: text(w.querySelector('[data-role=progress]')),
    edges: [...w.querySelectorAll('.edge')].filter(on).length,
    now: [...w.querySelectorAll('.edge.is-now')].map(e => e.getAttribute('class').split(' ')[1]),
    factors: [...w.querySelectorAll('.factor')].filter(on).map(e => text(e.querySelector('.factor-value'))),
    formulas: [...w.querySelectorAll('[data-only]')].filter(e => !e.hidden).length,
    phase: text([...w.querySelectorAll('[data-only]')].find(e => !e.hidden)).slice(0, 10),
    cells: [...w.querySelectorAll('td')].filter(e => on(e) && text(e)).map(text),
    dot: [w.querySelector('.dot')].filter(on).map(d => d.getAttribute('cx') + ' ' + d.getAttribute('cy'))[0] ?? null,
  };
}"""


def shown(page: Page) -> dict[str, Any]:
    """Everything that the walk shows now."""
    state: dict[str, Any] = page.evaluate(SHOWN)
    return state


@pytest.fixture
def page(static: Callable[[str], str], watch: Callable[..., Watched]) -> Page:
    """The walk, at its beginning, with its plot drawn."""
    page = watch().goto(static("chain-rule") + "#/walk")
    page.wait_for_selector("#walk .main-svg")
    return page


def test_touch(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """On a phone Step, Back and Reset take a finger, and the deck stays where it is."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(static("chain-rule") + "#/walk")
    progress = page.locator(f"{WALK} [data-role=progress]")
    for way, expected in (("step", "1"), ("step", "2"), ("back", "1"), ("step", "2"), ("reset", "0")):
        page.locator(f"{WALK} [data-action={way}]").first.tap()
        expect(progress).to_have_text(expected)
    assert shown(page)["edges"] == 0
    assert page.evaluate("Reveal.getCurrentSlide().id") == "walk"


def test_a_link_shows_the_beginning_at_once(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """No frame shows the walk as it is on paper, at its end, before it begins."""
    watched = watch()
    watched.page.add_init_script("""window.frames_of_the_walk = [];
        const look = () => {
            const walk = document.querySelector('#walk');
            if (walk?.offsetWidth) frames_of_the_walk.push(walk.querySelector('[data-role=progress]').textContent);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);""")
    page = watched.goto(static("chain-rule") + "#/walk")
    assert set(page.evaluate("frames_of_the_walk")) == {"0"}


def test_every_substep_there_and_back_restores_the_state_exactly(page: Page) -> None:
    """Twelve substeps: five forward, six backward, the product; going back shows each earlier state again."""
    states = [shown(page)]
    assert states[0]["edges"] == 0
    assert states[0]["factors"] == []
    for step in range(1, 13):
        page.keyboard.press("ArrowRight")
        states.append(shown(page))
        assert states[-1]["progress"] == str(step)
        assert states[-1]["formulas"] == 1
    assert page.evaluate("Reveal.getCurrentSlide().id") == "walk"
    assert [state["phase"].split()[0] for state in states[1:]] == ["Forward"] * 5 + ["Backward"] * 6 + ["All"]
    assert all(set(state["now"]) == {"forward"} for state in states[1:6])
    assert all(state["now"] == ["backward"] for state in states[6:12])
    for state in reversed(states[:-1]):
        page.keyboard.press("ArrowLeft")
        assert shown(page) == state


def test_boxes_light_up_one_by_one_with_the_numbers_of_the_core(page: Page) -> None:
    """The five factors and their product are those that numpy computes, to four decimals."""
    page.evaluate("Reveal.slide(Reveal.getIndices().h, 0, 99)")
    assert shown(page)["factors"] == ["−0.7155", "0.2036", "−1.2000", "0.1779", "1.5000", "0.0466"]
    _, numbers = compute(find("chain-rule"), Problems())
    program = numbers.programs["two_weights"]
    gradient = float(program.state().sweep.gradient("w1"))
    assert abs(gradient - 0.0466377523) < 5e-11
    assert page.locator(f"{WALK} td[title='{gradient}']").count() == 1
    counts = []
    for _ in range(7):
        counts.append(len(shown(page)["factors"]))
        page.keyboard.press("ArrowLeft")
    assert counts == [6, 5, 4, 3, 2, 2, 1]


def test_the_point_walks_along_the_sigmoid(page: Page) -> None:
    """The marker appears with the first activation, moves with the second, and goes back with the gradient."""
    dots = [shown(page)["dot"]]
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        dots.append(shown(page)["dot"])
    assert dots[1] is None
    assert dots[2] is not None
    assert dots[4] not in (None, dots[2])
    assert dots[-1] == dots[2]


def test_buttons_step_reset_and_know_their_ends(page: Page) -> None:
    """Back is off at the beginning, Step at the end; Reset returns to the beginning."""
    assert page.locator(f"{WALK} [data-action=back]").is_disabled()
    for _ in range(12):
        page.locator(f"{WALK} [data-action=step]").click()
    assert page.locator(f"{WALK} [data-action=step]").is_disabled()
    page.locator(f"{WALK} [data-action=reset]").click()
    assert shown(page)["progress"] == "0"
    assert page.evaluate("Reveal.getCurrentSlide().id") == "walk"


def test_arrows_step_while_a_button_has_the_focus(page: Page) -> None:
    """After a click the arrow keys still walk, and at the ends they do not leave the slide."""
    page.locator(f"{WALK} [data-action=step]").click()
    page.keyboard.press("ArrowRight")
    assert shown(page)["progress"] == "2"
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    assert shown(page)["progress"] == "0"
    assert page.evaluate("Reveal.getCurrentSlide().id") == "walk"


def test_a_link_opens_the_walk_at_a_substep(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """The fragment in the address counts: #/walk/5 is the sixth substep."""
    page = watch().goto(static("chain-rule") + "#/walk/5")
    assert shown(page)["progress"] == "6"


@pytest.mark.parametrize("how", ["without scripts", "on paper"])
def test_the_final_state_stands_by_itself(
    how: str, static: Callable[[str], str], watch: Callable[..., Watched]
) -> None:
    """Scripts off, or printed: all numbers of the walk are there, and the last formula."""
    watched = watch(java_script_enabled=False) if how == "without scripts" else watch()
    page = watched.page
    address = static("chain-rule")
    page.goto(address if how == "without scripts" else address + "?print-pdf")
    if how == "on paper":
        page.wait_for_selector("html[data-ready]")
    text = page.locator("[data-block=walk]").inner_text()
    for number in ("−0.7155", "0.2036", "−1.2000", "0.1779", "1.5000", "0.0466", "−0.1119", "0.2560"):
        assert number in text
    assert "All together" in text
    assert page.locator("[data-block=walk] .edge:visible").count() == 8 + 6
    watched.assert_quiet()
