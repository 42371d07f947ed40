"""A model watched while it trains: stepped, run, kept, at other rates, by numpy and replayed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bpslides.autodiff import optimizer
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.pipeline import compute
from bpslides.program import Program

from .conftest import PHONE, Watched, note_changes, single_file, start_server

DECK = """
title: Training
models:
  six:
    network:
      inputs: {x1: 0.35, x2: 0.9}
      targets: {O5: 0.5}
      layers:
        - {units: [H3, H4], activation: sigmoid, weights: [[0.1, 0.8], [0.4, 0.6]]}
        - {units: [O5], activation: sigmoid, weights: [[0.3, 0.9]]}
      loss: half_squared_error
    learning_rate: 1.0
  xor:
    network:
      inputs: [x1, x2]
      targets: [y]
      examples: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]]}
      layers:
        - {units: [h1, h2, h3], activation: tanh, weights: {init: normal, seed: 3}, biases: {init: zeros}}
        - {units: [o], activation: sigmoid, weights: {init: normal, seed: 5}, biases: {init: zeros}}
      loss: binary_cross_entropy
    learning_rate: 0.5
    batch: {size: 2, seed: 1}
  bowl: {parameters: {w: 8}, graph: {L: 0.5*(w - 3)**4}, learning_rate: 0.01}
slides:
  - title: Six
    id: six
    content:
      - training: {model: six, steps: 100, rates: [0.1, 10], show: [O5.a], log: true}
  - title: Xor
    id: xor
    content:
      - training: {model: xor, steps: 150, boundary: true, conventions: [reduction]}
  - title: Bowl
    id: bowl
    content:
      - training: {model: bowl, steps: 20, rates: [0.001, 1]}
"""
SIX, XOR, BOWL = ("#six [data-block=training]", "#xor [data-block=training]", "#bowl [data-block=training]")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deck in a file."""
    file = tmp_path_factory.mktemp("training") / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def six(file: Path) -> Program:
    """The model of the first slide."""
    return compute(file, Problems())[1].programs["six"]


@pytest.fixture(scope="module")
def addresses(file: Path) -> Iterator[dict[str, str]]:
    """The deck as a file, and served."""
    server = start_server(str(file))
    yield {"replayed": single_file(file), "numpy, live": server.address}
    server.stop()


def shown(page: Page, block: str, name: str) -> str:
    """A number that is shown."""
    return page.locator(f"{block} [data-value='{name}']").inner_text()


def press(page: Page, block: str, action: str) -> None:
    """Press a button."""
    page.locator(f"{block} [data-action={action}]").click()


@pytest.mark.parametrize("origin", ["replayed", "numpy, live"])
def test_numbers_are_those_of_the_core(
    origin: str, addresses: dict[str, str], six: Program, watch: Callable[..., Watched]
) -> None:
    """The author's 100 updates, one more, ten more, and back; then another rate."""
    watched = watch()
    page = watched.goto(addresses[origin] + "#/six")
    expect(page.locator(f"{SIX} [data-role=origin]")).to_have_text(origin)
    run, loss = six.run, page.locator(f"{SIX} [data-value=loss]")

    def expected(n: int) -> str:
        return format_number(float(run.at(n).tape.value("loss")), ".3g")

    expect(loss).to_have_text(expected(100))
    press(page, SIX, "step")
    expect(loss).to_have_text(expected(101))
    page.locator(f"{SIX} [data-speed='10']").click()
    page.keyboard.press("s")
    expect(loss).to_have_text(expected(111))
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(loss).to_have_text(expected(100))
    slider = page.locator(f"{SIX} input[type=range]")
    slider.evaluate("s => { s.value = 5; s.dispatchEvent(new Event('input')); }")
    run = type(run)(six.tape, "loss", run.parameters, optimizer("sgd", 5.0))
    expect(loss).to_have_text(expected(100))
    expect(page.locator(f"{SIX} [data-value='O5.a']")).to_have_text(
        format_number(float(run.at(100).tape.value("O5.a")), ".4g")
    )
    watched.assert_quiet()


def test_runs_side_by_side(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """A run that was kept stays beside the next, with its rate at its end; reset takes it away."""
    page = watch().goto(addresses["replayed"] + "#/six")
    press(page, SIX, "pin")
    page.locator(f"{SIX} input[type=range]").evaluate("s => { s.value = 4; s.dispatchEvent(new Event('input')); }")
    ends = page.locator(f"{SIX} .run-end")
    expect(ends.nth(0)).to_have_text("η = 4")
    expect(ends.nth(1)).to_have_text("η = 1")
    assert len(page.locator(f"{SIX} .run.pin-0").get_attribute("d") or "") > 100
    press(page, SIX, "reset")
    expect(ends.nth(1)).to_have_text("")


@pytest.mark.parametrize("origin", ["replayed", "numpy, live"])
def test_averaged_or_added_up(
    origin: str, file: Path, addresses: dict[str, str], tmp_path: Path, watch: Callable[..., Watched]
) -> None:
    """The button and the key M change how losses come together, by the core's numbers; the address keeps it."""
    other = tmp_path / "deck.yaml"
    other.write_text(
        file.read_text("utf-8").replace("      examples:", "      reduction: sum\n      examples:"), "utf-8"
    )
    mean, total = (
        float(compute(deck, Problems())[1].programs["xor"].state(150).tape.value("loss")) for deck in (file, other)
    )

    def tells(page: Page, loss: float) -> None:
        """Wait until the number is shown; its last digit belongs to who answers."""
        page.wait_for_function(
            "([block, loss]) => { const shown = document.querySelector(`${block} [data-value=loss]`);"
            " return Math.abs(Number(shown.title) - loss) < 1e-12 * loss; }",
            arg=[XOR, loss],
        )

    page = watch().goto(addresses[origin] + "#/xor")
    added = page.locator(f"{XOR} [data-reduction=other]")
    tells(page, mean)
    added.click()
    tells(page, total)
    expect(added).to_have_attribute("aria-checked", "true")
    page.wait_for_url(lambda url: "live=" in url)
    tells(watch().goto(page.url), total)
    page.keyboard.press("u")
    tells(page, mean)
    page.keyboard.press("m")
    tells(page, total)


def test_linear_and_logarithmic(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """The key L changes the axis; the curve is straight on the one and bent on the other."""
    page = watch().goto(addresses["replayed"] + "#/six")
    log = page.locator(f"{SIX} [data-action=log]")
    expect(log).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"{SIX} .plot")).to_contain_text("10−5")
    log.focus()
    page.keyboard.press("l")
    expect(log).to_have_attribute("aria-pressed", "false")
    expect(page.locator(f"{SIX} .plot")).to_contain_text("0.005")


def test_a_run_begins_anew_and_can_be_paused(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """From the author's picture a run starts at 0; a pause holds it, and one undo brings the picture back."""
    page = watch().goto(addresses["replayed"] + "#/six")
    before = shown(page, SIX, "loss")
    update = page.locator(f"{SIX} [data-value=step]")
    note_changes(update)
    press(page, SIX, "run")
    expect(update).to_have_attribute("data-seen", re.compile("^100 0 1 2"))
    press(page, SIX, "run")
    expect(page.locator(f"{SIX} [data-action=run]")).to_have_attribute("aria-pressed", "false")
    press(page, SIX, "undo")
    expect(page.locator(f"{SIX} [data-value=loss]")).to_have_text(before)


def test_divergence_is_told(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """A rate that is far too large: the words name the step, and no number is shown that is none."""
    page = watch().goto(addresses["replayed"] + "#/bowl")
    page.locator(f"{BOWL} input[type=range]").evaluate("s => { s.value = 1; s.dispatchEvent(new Event('input')); }")
    expect(page.locator(f"{BOWL} [data-role=verdict]")).to_contain_text("Diverged at step")
    text = page.locator(BOWL).inner_text()
    assert "NaN" not in text
    assert "Infinity" not in text


def test_the_boundary_moves(addresses: dict[str, str], watch: Callable[..., Watched]) -> None:
    """On a phone, by touch: the plane of the two inputs is painted anew as the network trains."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(addresses["replayed"] + "#/xor")
    image = page.locator(f"{XOR} [data-role=boundary] image").first
    expect(page.locator(f"{XOR} .example")).to_have_count(4)
    before = image.get_attribute("href")
    page.locator(f"{XOR} [data-speed='100']").tap()
    page.locator(f"{XOR} [data-action=step]").tap()
    expect(page.locator(f"{XOR} [data-value=step]")).to_have_text("250")
    expect(image).not_to_have_attribute("href", before or "")
