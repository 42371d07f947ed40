"""Exercises, quizzes and predictions, answered by keys, mouse and touch."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.decks import NEURON
from tests.exercises import EXERCISE, MODELS

from .conftest import PHONE, Watched, single_file

DECK = """
title: Practice
{models}
slides:
  - title: Exercise
    id: exercise
    content:
{exercise}
  - title: Quiz
    id: quiz
    content:
      - quiz:
          question: Which way?
          choices:
            - {{text: Up, right: true, why: It falls.}}
            - {{text: Down, why: It rises.}}
            - Nowhere
  - title: Predict
    id: predict
    content:
      - predict:
          question: What will it be?
          answer: neuron.updated.w
          format: .3f
          reveal:
            - demo:
                model: neuron
                sliders: [{{name: w, min: 0, max: 1}}]
                readouts: [{{value: L, label: loss, format: .2f}}]
                plot: {{variable: w, value: L, domain: [0, 1]}}
  - title: Choose
    id: choose
    content:
      - predict: {{question: Which one?, choices: [{{text: This, right: true}}, That], reveal: The first.}}
"""
EX, QUIZ, PREDICT, CHOOSE = (f"#{name} [data-block]" for name in ("exercise", "quiz", "predict", "choose"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A deck with all blocks that ask something."""
    folder = tmp_path_factory.mktemp("practice")
    exercise = "".join(f"      {line}\n" for line in EXERCISE.splitlines())
    models = MODELS + NEURON.removeprefix("models:\n")
    return single_file(folder / "deck.yaml", DECK.format(models=models, exercise=exercise))


@pytest.fixture
def page(address: str, watch: Callable[..., Watched]) -> Page:
    """The slide with the exercise."""
    return watch().goto(f"{address}#/exercise")


def state(page: Page, index: int, verdict: str) -> None:
    """Wait for what is said of a field."""
    expect(page.locator(f"{EX} [data-role=question]").nth(index)).to_have_attribute("data-state", verdict)


def test_answers_are_checked_and_mistakes_told(page: Page) -> None:
    """By keys alone: Enter checks, each mistake is told by its name, and arrows stay in the field."""
    voice, fields = page.locator(f"{EX} .voice"), page.locator(f"{EX} input")
    fields.nth(0).focus()
    page.keyboard.type("0,690")
    page.keyboard.press("Enter")
    state(page, 0, "right")
    expect(voice).to_contain_text("Right.")
    for answer, verdict, said in (
        ("0.0407", "wrong", "asked for is −∂E/∂a5"),
        ("−0.190", "wrong", "slope of the activation is missing"),
        ("0.19", "wrong", "Two things."),
        ("-0.5", "wrong", "too small"),
        ("-0.041", "close", "more digits"),
        ("minus", "unread", "“minus” is no number"),
        ("-4.07e-2", "right", "Right."),
    ):
        fields.nth(1).fill(answer)
        page.keyboard.press("Enter")
        state(page, 1, verdict)
        expect(voice).to_contain_text(said)
    page.keyboard.press("Tab")
    page.keyboard.type("-0.00266")
    page.keyboard.press("Tab")  # leaving a field checks it, too
    state(page, 2, "close")
    expect(voice).to_contain_text("Rounded too early")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.locator(f"{EX} [data-role=progress]")).to_have_text("2 of 6 right")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "exercise"
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => Reveal.getCurrentSlide().id === 'quiz'")


def test_hints_then_the_solution(page: Page) -> None:
    """Hints come one by one, then the solution, whose formula follows the field; undo takes it all back."""
    button, voice = page.locator(f"{EX} [data-action=hint]"), page.locator(f"{EX} .voice")
    worked = page.locator(f"{EX} [data-role=worked]")
    expect(button).to_have_text("Hint 1 of 2")
    expect(worked.nth(1)).to_be_hidden()
    button.click()
    expect(voice).to_contain_text("Go forward first.")
    button.click()
    expect(voice).to_contain_text("Then back, with the sign inside.")
    expect(button).to_have_text("Solution")
    button.click()
    expect(worked.nth(1)).to_be_visible()
    expect(worked.nth(1)).to_have_text("−0.0407")
    expect(button).to_be_disabled()
    page.locator(f"{EX} input").nth(1).focus()
    expect(voice.locator("math").last).to_contain_text("−0.040681")
    page.locator(f"{EX} [data-action=digits]").click()
    expect(worked.nth(1)).to_have_text("−0.04068112511233903")
    for _ in range(3):
        page.locator(f"{EX} [data-action=undo]").click()
    expect(button).to_have_text("Hint 1 of 2")
    expect(worked.nth(1)).to_be_hidden()


def test_other_numbers_and_the_other_sign(page: Page) -> None:
    """New numbers change what is given and what is right; the switch turns the sign of δ and of nothing else."""
    data = page.evaluate("selector => JSON.parse(document.querySelector(selector).textContent)", f"{EX} > script.data")
    given, fields = page.locator(f"{EX} [data-role=given]"), page.locator(f"{EX} input")
    expect(given.nth(0)).to_have_text("0.35")
    page.locator(f"{EX} [data-action=variant]").click()
    expect(given.nth(0)).to_have_text(f"{data['sets'][1]['given'][0]:g}")
    fields.nth(0).fill(repr(data["sets"][1]["asked"][0]["right"]))
    page.keyboard.press("Enter")
    state(page, 0, "right")
    delta = data["sets"][1]["asked"][1]["right"]
    fields.nth(1).fill(repr(-delta))
    page.keyboard.press("Enter")
    state(page, 1, "wrong")
    page.locator(f"{EX} [data-sign='1']").click()
    state(page, 1, "right")
    state(page, 0, "right")
    expect(page.locator(f"{EX} .convention [data-role=sign]:visible").first).to_have_text("∂E/∂a5")
    fields.nth(1).fill(repr(delta))
    page.keyboard.press("Enter")
    expect(page.locator(f"{EX} .voice")).to_contain_text("asked for is ∂E/∂a5 itself")
    page.locator(f"{EX} [data-action=reset]").click()
    expect(given.nth(0)).to_have_text("0.35")
    expect(fields.nth(0)).to_have_value("")


def test_a_link_holds_the_answers(address: str, watch: Callable[..., Watched]) -> None:
    """What stands in the address is shown, if it can be; anything else is not believed."""
    good = {"set": 1, "answers": ["1", "", "", "", "", "x"], "hints": 1, "solved": False, "switched": True}
    for saved, value in (
        (good | {"told": ["answer", 0]}, "1"),
        (good | {"told": ["answer", 6]}, ""),
        (good | {"told": ["hint"], "set": 9}, ""),
        (good | {"told": ["hint"], "answers": ["1", 2, "", "", "", ""]}, ""),
        (good | {"told": "start"}, ""),
        ([1], ""),
    ):
        watched = watch()
        page = watched.goto(f"{address}?live={quote(json.dumps({'exercise/0': saved}))}#/exercise")
        expect(page.locator(f"{EX} input").nth(0)).to_have_value(value)
        watched.assert_quiet()
        page.close()


def test_check_goes_to_what_is_wrong(page: Page) -> None:
    """The button tells of the first answer that is not right, else how far one has come."""
    fields, voice, check = page.locator(f"{EX} input"), page.locator(f"{EX} .voice"), page.locator(f"{EX} .primary")
    check.click()
    expect(voice).to_contain_text("Nothing is typed yet.")
    fields.nth(0).fill("0.690")
    check.click()
    expect(voice).to_contain_text("Right so far. 5 are left.")
    fields.nth(3).fill("0.000929")
    fields.nth(5).fill("7")
    check.click()
    expect(voice).to_contain_text("uphill")


def test_by_touch(address: str, watch: Callable[..., Watched]) -> None:
    """On a phone: fields, buttons and choices are large enough to touch, and answer."""
    page = watch(viewport=PHONE, has_touch=True).goto(f"{address}#/exercise")
    small = page.evaluate(
        """selectors => selectors.flatMap(selector => [...document.querySelectorAll(selector)])
            .filter(one => one.offsetParent && one.offsetHeight < 40).map(one => one.outerHTML)""",
        [f"{EX} input", f"{EX} button", f"{QUIZ} button"],
    )
    assert small == []
    page.locator(f"{EX} input").nth(0).tap()
    page.keyboard.type("0.69")
    page.locator(f"{EX} .primary").tap()
    state(page, 0, "right")
    page.evaluate("Reveal.slide(1)")
    page.locator(f"{QUIZ} .choice").nth(1).tap()
    expect(page.locator(f"{QUIZ} .verdict")).to_have_text("Not this one. Try again.")


def test_quiz(page: Page) -> None:
    """Each choice answers back; keys choose by letter, and undo forgets the last one."""
    page.evaluate("Reveal.slide(1)")
    choices, verdict = page.locator(f"{QUIZ} [data-role=choice]"), page.locator(f"{QUIZ} .verdict")
    expect(choices.nth(1).locator(".why")).to_be_hidden()
    choices.nth(1).locator("button").click()
    expect(choices.nth(1)).to_have_attribute("data-state", "wrong")
    expect(choices.nth(1).locator(".why")).to_be_visible()
    page.keyboard.press("a")
    expect(choices.nth(0)).to_have_attribute("data-state", "right")
    expect(verdict).to_have_text("Right.")
    page.keyboard.press("u")
    expect(choices.nth(0)).to_have_attribute("data-state", "")
    expect(verdict).to_have_text("Not this one. Try again.")


def test_prediction_by_a_number(page: Page) -> None:
    """What is hidden cannot be reached before a guess, and then works as ever; reset covers it again."""
    page.evaluate("Reveal.slide(2)")
    block, loss = page.locator(PREDICT).first, page.locator(f"{PREDICT} [data-value=L]")
    slider = page.locator(f"{PREDICT} input[type=range]")
    expect(block).to_have_class("block predict covered")
    expect(loss).to_be_hidden()
    assert page.evaluate("document.querySelector('#predict .revealed').inert") is True
    page.locator("#predict [data-action=step]").first.click()
    expect(page.locator("#predict .predict-ask .verdict")).to_have_text("Type a number first.")
    page.locator("#predict .answer").fill("0.6")
    page.keyboard.press("Enter")
    expect(page.locator("#predict .predict-ask .verdict")).to_have_text("Too large: you said 0.6, it is 0.536.")
    expect(loss).to_have_text("0.81")
    page.wait_for_function("() => document.querySelector('#predict .plot .main-svg') !== null")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(loss).not_to_have_text("0.81")
    page.keyboard.press("r")
    expect(loss).to_have_text("0.81")
    expect(block).to_have_class("block predict")  # the keys of the demo are its own
    page.locator("#predict .predict-ask [data-action=reset]").click()
    expect(loss).to_be_hidden()
    page.locator("#predict [data-action=show]").click()
    expect(page.locator("#predict .predict-ask .verdict")).to_have_text("It is 0.536.")


def test_prediction_by_a_choice(page: Page) -> None:
    """A choice commits; then the right one is marked, and no other can be chosen."""
    page.evaluate("Reveal.slide(3)")
    choices = page.locator(f"{CHOOSE} [data-role=choice]")
    choices.nth(1).locator("button").click()
    expect(choices.nth(1)).to_have_attribute("data-state", "wrong")
    expect(choices.nth(0)).to_have_attribute("data-state", "known")
    expect(choices.nth(0).locator("button")).to_be_disabled()
    expect(page.locator(f"{CHOOSE} .revealed")).to_contain_text("The first.")
    page.locator(f"{CHOOSE} [data-action=undo]").click()
    expect(choices.nth(0)).to_have_attribute("data-state", "")


def test_paper(address: str, watch: Callable[..., Watched]) -> None:
    """On paper there are lines to write on and choices without marks; worked values come with the class for them."""
    page = watch().goto(f"{address}?view=print")
    worked, field = page.locator(f"{EX} [data-role=worked]").nth(1), page.locator(f"{EX} input").nth(1)
    expect(field).to_be_visible()
    expect(worked).to_be_hidden()
    expect(page.locator(f"{EX} .voice")).to_be_hidden()
    expect(page.locator(f"{QUIZ} .choice").first).to_be_visible()
    expect(page.locator(f"{CHOOSE} .revealed")).to_be_visible()
    mark = "getComputedStyle(document.querySelector('#quiz [data-right] .mark'), '::after').content"
    assert page.evaluate(mark) == "none"
    page.evaluate("document.documentElement.classList.add('with-solutions')")
    expect(worked).to_be_visible()
    assert page.evaluate(mark) == '"✓ right"'


def test_without_scripts(address: str, watch: Callable[..., Watched]) -> None:
    """Without scripts the questions are there, the solution can be opened, and nothing is covered."""
    page = watch(java_script_enabled=False).page
    page.goto(address)
    expect(page.locator(f"{EX} .solutions")).to_contain_text("Solution")
    expect(page.locator(f"{QUIZ} .choice").first).to_be_visible()
    expect(page.locator(f"{CHOOSE} .revealed")).to_be_visible()
    expect(page.locator(f"{EX} .voice")).to_be_hidden()
