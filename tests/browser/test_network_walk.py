"""The walk over a network: substep by substep there and back, line by line, by mouse, key and touch."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from bpslides.errors import Problems
from bpslides.pipeline import compute
from bpslides.program import Program
from tests.layered_models import MODELS

from .conftest import PHONE, Watched, single_file

DECK = f"""\
title: Networks
{MODELS}
slides:
  - title: Six weights
    id: six
    content: [{{walk: {{model: six, conventions: [delta_sign, update, half]}}}}]
  - title: Dead
    id: credit
    content: [{{walk: {{model: credit}}}}]
"""
SIX = "#six [data-block=walk]"
WIDE = f"{SIX} svg.wide"
SHOWN = """() => {
  const w = document.querySelector('#six [data-block=walk]'), wide = w.querySelector('svg.wide');
  const on = e => !e.closest('.is-future'), text = e => e.textContent.trim(), all = s => [...w.querySelectorAll(s)];
  return {
    progress: text(w.querySelector('[data-role=progress]')),
    words: text(w.querySelector('[data-role=verdict]')),
    formulas: all('.formula').filter(e => e.checkVisibility()).map(text),
    cells: all('td[data-cell]').filter(on).map(e => e.dataset.cell + ' ' + text(e)),
    now: all('tr:has(.is-now) th .sr-only').map(text),
    lines: [...wide.querySelectorAll('.link')].map(e => e.getAttribute('class') + ' '
      + e.querySelector('.size').getAttribute('stroke-width') + ' ' + (e.dataset.lit ?? '')),
    numbers: [...wide.querySelectorAll('.wire-number')].map(text),
    units: [...wide.querySelectorAll('.neuron')].map(e => (e.dataset.lit ?? '')
      + [...e.querySelectorAll('.unit-value, .delta')].filter(on).map(text)),
    lines_show: text(w.querySelector('.line-switch [aria-pressed=true]')),
  };
}"""


def shown(page: Page) -> dict[str, Any]:
    """Everything that the walk shows now."""
    state: dict[str, Any] = page.evaluate(SHOWN)
    return state


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Program]:
    """The deck in a file, and the program of its six weights."""
    folder = tmp_path_factory.mktemp("networks")
    address = single_file(folder / "networks.yaml", DECK)
    _, numbers = compute(folder / "networks.yaml", Problems())
    return address, numbers.programs["six"]


@pytest.fixture
def page(built: tuple[str, Program], watch: Callable[..., Watched]) -> Page:
    """The walk at its beginning."""
    return watch().goto(built[0] + "#/six")


def test_there_and_back(page: Page) -> None:
    """Eleven substeps; line, formula, table row and unit go together, and going back shows each earlier state again."""
    states = [shown(page)]
    assert states[0]["numbers"] == ["+0.1", "+0.8", "+0.4", "+0.6", "+0.3", "+0.9"]
    assert "Press →" in states[0]["words"]
    for step in range(1, 12):
        page.keyboard.press("ArrowRight")
        states.append(shown(page))
        assert states[-1]["progress"] == str(step)
    first, hidden, gradients, last = (states[i] for i in (1, 7, 9, 11))
    assert [line.split()[-1] for line in first["lines"]][:2] == ["forward", "forward"]
    assert first["now"] == ["H3"]
    assert len(first["formulas"]) == 2
    assert first["units"][2] == "forward0.6803"
    assert [line.split()[-1] for line in hidden["lines"]][4] == "backward"
    assert hidden["units"][2] == "backward0.6803,δ0.00265"
    assert gradients["lines_show"] == "gradient"
    assert gradients["numbers"] == ["+0.000929", "+0.00239", "", "", "+0.0277", "+0.027"]
    assert "unknown" in gradients["lines"][2]
    assert last["lines_show"] == "update"
    assert "new W13 0.0991" in last["cells"]
    assert page.evaluate("Reveal.getCurrentSlide().id") == "six"
    for state in reversed(states[:-1]):
        page.keyboard.press("ArrowLeft")
        assert shown(page) == state


def test_every_number_is_the_cores(page: Page, built: tuple[str, Program]) -> None:
    """At the end each cell holds what numpy computed, to the last digit."""
    page.locator(f"{SIX} [data-action=step]").focus()
    page.keyboard.press("End")
    state = built[1].state()
    for cell in page.locator(f"{SIX} td[data-cell]").all():
        name, exact = str(cell.get_attribute("data-cell")), float(str(cell.get_attribute("title")))
        kind, _, weight = name.rpartition(" ")
        if kind == "gradient":
            assert exact == float(state.sweep.gradient(weight))
        elif kind == "new":
            assert exact == float(state.updated[weight])
        elif name.endswith(".delta"):
            assert exact == float(state.sweep.gradient(name.replace(".delta", ".z")))
        else:
            assert exact == float(state.tape.value(name))
    page.keyboard.press("d")
    expect(page.locator(f"{SIX} td[data-cell='O5.a']")).to_have_text(repr(float(state.tape.value("O5.a"))))


def test_a_chosen_line_shows_its_way(page: Page) -> None:
    """A click lights the way to the loss and fills its formula, symbols first; Escape takes both away."""
    page.locator(f"{WIDE} .link-label[data-wire='0']").click()
    state = shown(page)
    assert [line.split()[-1] == "way" for line in state["lines"]] == [True, False, False, False, True, False]
    assert state["words"] == "W13 reaches the loss by way of H3 and O5."
    assert state["formulas"][0].count("∂") == 8
    assert state["formulas"][1].replace(" ", "") == "≈0.1903⋅0.2138⋅0.3⋅0.2175⋅0.35≈0.000929"
    expect(page.locator(f"{SIX} tr.is-chosen th")).to_have_count(1)
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.querySelector('#six [data-role=verdict]').textContent.startsWith('Press')")
    assert all(line.split()[-1] != "way" for line in shown(page)["lines"])
    page.keyboard.press("ArrowRight")
    assert shown(page)["progress"] == "1"


def test_lines_by_key(page: Page) -> None:
    """Tab reaches one line, ↑ and ↓ the others, Enter its way; the slide stays, and stepping on leaves the way."""
    page.locator(f"{SIX} [data-lines=update]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    focused = page.locator(f"{WIDE} .link:focus")
    assert focused.get_attribute("aria-label") == "W14, from x1 to H4: weight +0.4"
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    assert shown(page)["words"].startswith("W14 reaches the loss")
    page.keyboard.press("ArrowRight")
    assert shown(page)["words"].startswith("Forward 1 of 4")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "six"


def test_what_stands_on_the_lines(page: Page) -> None:
    """Keys 1 to 4 choose it, and what is not known yet stays away; the same key again follows the walk."""
    page.locator(f"{SIX} [data-action=step]").click()
    page.keyboard.press("2")
    state = shown(page)
    assert (state["lines_show"], state["numbers"][:3]) == ("signal", ["+0.035", "+0.72", ""])
    page.keyboard.press("3")
    assert shown(page)["numbers"] == [""] * 6
    page.keyboard.press("3")
    assert shown(page)["lines_show"] == "weight"
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(page.locator(f"{SIX} [data-lines=signal]")).to_have_attribute("aria-pressed", "true")


def test_conventions(page: Page) -> None:
    """The sign of δ changes δ and its formulas, the order of the updates the numbers of the hidden layer; undo both."""
    page.locator(f"{SIX} [data-action=jump]").nth(1).click()
    before = shown(page)
    page.locator(f"{SIX} [data-action=sign]").click()
    minus = shown(page)
    assert "H3.delta −0.00265" in minus["cells"]
    assert "gradient W13 0.000929" in minus["cells"]
    assert minus["formulas"] != before["formulas"]
    page.locator(f"{SIX} [data-action=update]").click()
    both = shown(page)
    assert "H3.delta −0.00241" in both["cells"]
    assert "gradient W13 0.000843" in both["cells"]
    assert "gradient W45 0.0270" in both["cells"]
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert shown(page) == before


def test_half_the_square_or_all_of_it(built: tuple[str, Program], watch: Callable[..., Watched]) -> None:
    """By mouse and by key: twice the loss, δ and gradients, and the formulas that say so; the address keeps it."""
    page = watch().goto(built[0] + "#/six/6")
    before = shown(page)
    switch = page.locator(f"{SIX} [data-action=half]")
    expect(switch).to_have_text("with ½", use_inner_text=True)
    switch.click()
    expect(switch).to_have_text("without ½", use_inner_text=True)
    whole = shown(page)
    state = built[1].state()
    twice = 2 * float(state.sweep.gradient("W45"))
    assert f"gradient W45 {twice:#.3g}" in whole["cells"]
    assert f"loss {2 * float(state.tape.value('loss')):.4f}" in whole["cells"]
    assert whole["formulas"] != before["formulas"]
    page.wait_for_url(lambda url: "%22half%22%3A%22whole%22" in url)
    assert shown(watch().goto(page.url)) == whole
    page.keyboard.press("u")
    assert shown(page) == before
    switch.focus()
    page.keyboard.press("Enter")
    assert shown(page) == whole


def test_jump_run_and_reset(page: Page) -> None:
    """Forward and backward jump to the end of their pass, F and B too; run goes on by itself until somebody pauses."""
    page.locator(f"{SIX} [data-action=jump]").first.click()
    assert shown(page)["progress"] == "4"
    page.keyboard.press("b")
    assert shown(page)["progress"] == "10"
    page.keyboard.press("f")
    assert shown(page)["progress"] == "4"
    for _ in range(2):
        page.locator(f"{SIX} [data-action=speed]").click()
    expect(page.locator(f"{SIX} [data-action=speed]")).to_have_text("4×")
    page.keyboard.press("p")
    expect(page.locator(f"{SIX} [data-role=progress]")).not_to_have_text(re.compile("[45]"))
    page.keyboard.press("p")
    at = shown(page)["progress"]
    page.wait_for_timeout(500)
    assert shown(page)["progress"] == at
    page.keyboard.press("r")
    assert shown(page)["progress"] == "0"


def test_the_address(built: tuple[str, Program], watch: Callable[..., Watched]) -> None:
    """A link opens the walk at its substep, with its line and conventions; a forged state changes nothing."""
    page = watch().goto(built[0] + "#/six/6")
    page.locator(f"{SIX} [data-action=sign]").click()
    page.locator(f"{WIDE} .link[data-wire='4']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "live=" in url and "%22wire%22%3A4" in url)
    other = watch().goto(page.url)
    assert shown(other) == shown(page)
    forged = watch()
    state = '{"six/0": {"lines": "x", "sign": "plus", "update": "constructor", "wire": 99}}'
    forged.goto(f"{built[0]}?live={quote(state)}#/six")
    assert "Press →" in shown(forged.page)["words"]
    forged.assert_quiet()


def test_touch_on_a_phone(built: tuple[str, Program], watch: Callable[..., Watched]) -> None:
    """The drawing stands upright; a tap on a number chooses its line; all digits bring the tables."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(built[0] + "#/six")
    tall = page.locator(f"{SIX} svg.tall")
    expect(tall).to_be_visible()
    expect(page.locator(WIDE)).to_be_hidden()
    page.locator(f"{SIX} [data-action=step]").tap()
    assert shown(page)["progress"] == "1"
    tall.locator(".link-label[data-wire='3']").tap()
    assert shown(page)["words"].startswith("W24 reaches the loss")
    page.locator(f"{SIX} [data-action=digits]").tap()
    expect(tall).to_be_hidden()
    expect(page.locator(f"{SIX} td[data-cell='H3.a']")).to_be_visible()


@pytest.mark.parametrize("how", ["without scripts", "on paper"])
def test_the_final_state_stands_by_itself(how: str, built: tuple[str, Program], watch: Callable[..., Watched]) -> None:
    """Scripts off, or printed: all numbers of the walk are there, and its last formulas under one convention."""
    watched = watch(java_script_enabled=False) if how == "without scripts" else watch()
    page = watched.page
    page.goto(built[0] if how == "without scripts" else built[0] + "?print-pdf")
    if how == "on paper":
        page.wait_for_selector("html[data-ready]")
    text = page.locator(SIX).inner_text()
    for number in ("0.6803", "0.00265", "0.000929", "0.0991", "−0.0277", "update"):
        assert number in text
    assert page.locator(f"{SIX} .formula:visible").count() == 7
    assert page.locator(f"{SIX} button:visible").count() == 1  # what stands on the lines
    watched.assert_quiet()


def test_a_dead_unit(built: tuple[str, Program], watch: Callable[..., Watched]) -> None:
    """Lines without a gradient are dotted, and 0 is printed on them, without a sign."""
    page = watch().goto(built[0] + "#/credit/12")
    lines = page.locator("#credit svg.wide .link.zero")
    assert [line.get_attribute("data-wire") for line in lines.all()] == ["2", "3", "7"]
    assert page.locator("#credit svg.wide .wire-number").all_text_contents().count("0") == 3
