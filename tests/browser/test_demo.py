"""The live demo: what a presenter does with it by mouse, keys and touch, and that its numbers are the core's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bpslides.autodiff import Run, optimizer
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.lookup import find
from bpslides.pipeline import compute
from bpslides.program import Program

from .conftest import PHONE, Watched, single_file, start_server

DEMO = "#try-it [data-block=demo]"


@pytest.fixture(scope="module")
def tuned() -> Program:
    """The model behind the demo."""
    _, numbers = compute(find("visual-guide"), Problems())
    return numbers.programs["tuned"]


def readouts(page: Page) -> dict[str, str]:
    """The numbers that are shown."""
    return {
        str(output.get_attribute("data-value")): output.inner_text()
        for output in page.locator(f"{DEMO} [data-role=readout]").all()
    }


def expected(program: Program, w: float) -> dict[str, str]:
    """The numbers that numpy gives at this weight."""
    answer = program.respond({"w": w}, None)
    values = {**answer["values"], **{f"grad.{name}": value for name, value in answer["gradients"].items()}}
    return {name: format_number(values[name], ".2f") for name in ("y_hat", "y", "L", "grad.w", "grad.b")}


def set_slider(page: Page, name: str, value: float) -> None:
    """Move a slider as the browser reports it."""
    page.locator(f"{DEMO} input[data-name={name}]").evaluate(
        """(slider, value) => {
            slider.value = value;
            for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, { bubbles: true }));
        }""",
        str(value),
    )


def press(page: Page, action: str) -> None:
    """Press one of the demo's buttons."""
    page.locator(f"{DEMO} [data-action={action}]").click()


def verdict(page: Page) -> str:
    """What the demo says in words."""
    return page.locator(f"{DEMO} [data-role=verdict]").inner_text()


@pytest.fixture
def offline(static: Callable[[str], str], watch: Callable[..., Watched]) -> Page:
    """The demo in a static file."""
    return watch().goto(static("visual-guide") + "#/try-it")


@pytest.fixture
def live(served: str, watch: Callable[..., Watched]) -> Page:
    """The demo under `serve`, with numpy answering."""
    page = watch().goto(f"{served}visual-guide/#/try-it")
    expect(page.locator(f"{DEMO} [data-role=origin]")).to_have_text("numpy, live")
    return page


@pytest.mark.parametrize("where", ["offline", "live"])
def test_the_numbers_are_those_of_the_core(where: str, request: pytest.FixtureRequest, tuned: Program) -> None:
    """At the start, after moving the weight, and after a step, every readout is what numpy computes."""
    page: Page = request.getfixturevalue(where)
    assert readouts(page) == expected(tuned, 0.5)
    set_slider(page, "w", 1.3)
    expect(page.locator(f"{DEMO} [data-value=y_hat]")).to_have_text("2.70")
    assert readouts(page) == expected(tuned, 1.3)
    press(page, "reset")
    press(page, "step")
    expect(page.locator(f"{DEMO} [data-value=L]")).to_have_text("0.69")
    assert readouts(page) == expected(tuned, float(tuned.state().updated["w"]))


def test_a_label_says_who_computes(offline: Page) -> None:
    """A static file says that its numbers are replayed."""
    assert offline.locator(f"{DEMO} [data-role=origin]").inner_text() == "replayed"


def test_the_replay_takes_over_when_the_server_goes(watch: Callable[..., Watched], tuned: Program) -> None:
    """The connection drops, the demo goes on with the same numbers, and its label says so."""
    server = start_server("visual-guide")
    page = watch().goto(server.address + "#/try-it")
    label = page.locator(f"{DEMO} [data-role=origin]")
    expect(label).to_have_text("numpy, live")
    server.stop()
    press(page, "step")
    expect(label).to_have_text("replayed")
    assert readouts(page) == expected(tuned, float(tuned.state().updated["w"]))


def test_undo_goes_back_step_by_step_and_reset_can_be_undone(offline: Page, tuned: Program) -> None:
    """Undo restores each earlier state exactly, also after a reset."""
    assert offline.locator(f"{DEMO} [data-action=undo]").is_disabled()
    seen = [readouts(offline)]
    for _ in range(3):
        press(offline, "step")
        seen.append(readouts(offline))
    assert len({tuple(state.items()) for state in seen}) == 4
    press(offline, "reset")
    assert readouts(offline) == seen[0]
    press(offline, "undo")
    for state in reversed(seen[:-1]):
        assert readouts(offline) != state
        press(offline, "undo")
        assert readouts(offline) == state
    assert offline.locator(f"{DEMO} [data-action=undo]").is_disabled()


def test_a_drag_on_the_curve_moves_the_point_and_is_one_thing_to_undo(offline: Page) -> None:
    """The point follows the mouse, and one undo takes the whole drag back."""
    box = offline.locator(f"{DEMO} .plot-overlay").bounding_box()
    assert box
    offline.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    offline.mouse.down()
    for share in (0.6, 0.7, 0.8):
        offline.mouse.move(box["x"] + box["width"] * share, box["y"] + 60)
    offline.mouse.up()
    assert float(offline.locator(f"{DEMO} [data-role=slider]").first.inner_text()) > 1.4
    press(offline, "undo")
    assert readouts(offline)["y_hat"] == "1.10"


def test_the_point_sits_on_the_curve(offline: Page) -> None:
    """The overlay's point lies on Plotly's own line, to the pixel."""
    set_slider(offline, "w", 2.0)
    gap = offline.evaluate("""() => {
        const dot = document.querySelector('#try-it .dot').getBoundingClientRect();
        const x = dot.x + dot.width / 2, y = dot.y + dot.height / 2;
        const line = document.querySelector('#try-it .scatterlayer .js-line');
        const matrix = line.getScreenCTM(); let best = 1e9;
        for (let i = 0; i <= 2000; i++) {
            const p = line.getPointAtLength(line.getTotalLength() * i / 2000).matrixTransform(matrix);
            best = Math.min(best, Math.hypot(p.x - x, p.y - y));
        }
        return best; }""")
    assert gap < 1.5


def test_a_dead_relu_is_told_in_words(offline: Page) -> None:
    """Left of −0.05 the unit is off: the demo says so, and nothing shows NaN."""
    set_slider(offline, "w", -0.5)
    assert "Dead ReLU" in verdict(offline)
    assert readouts(offline) == {"y_hat": "0.00", "y": "2.00", "L": "4.00", "grad.w": "0.00", "grad.b": "0.00"}
    press(offline, "step")
    assert "Dead ReLU" in verdict(offline)
    assert "NaN" not in offline.locator(DEMO).inner_text()


@pytest.mark.parametrize(
    ("rate", "steps", "words"), [(0.125, 1, "Landed"), (0.25, 2, "no progress"), (0.5, 2, "Dead ReLU")]
)
def test_learning_rates_tell_their_story(offline: Page, rate: float, steps: int, words: str) -> None:
    """η = 0.125 lands at once, 0.25 jumps back and forth, 0.5 kills the ReLU at step 2."""
    set_slider(offline, "learning_rate", rate)
    for _ in range(steps):
        press(offline, "step")
    assert words in verdict(offline)


def test_steps_follow_the_core_for_many_steps(offline: Page, tuned: Program) -> None:
    """Twenty steps in the page end where numpy ends."""
    set_slider(offline, "learning_rate", 0.1)
    for _ in range(20):
        press(offline, "step")
    run = Run(tuned.tape, "L", ["w", "b"], optimizer("sgd", 0.1), ["b"])
    w = float(run.at(20).tape.value("w"))
    assert readouts(offline) == expected(tuned, w)
    assert offline.locator(f"{DEMO} .descent-mark").count() == 20


ADAM = """
title: Adam
models:
  m:
    parameters: {w: 3.0, c: 1.0}
    graph: {L: (w - c)**2}
    learning_rate: {name: cosine, rate: 0.4, steps: 10}
    optimizer: {name: adam}
    frozen: [c]
slides:
  - title: Try it
    content:
      - demo:
          model: m
          sliders: [{name: w, min: -4, max: 4, step: 0.1}, {name: learning_rate, min: 0, max: 1}]
          readouts: [{value: w, label: w, format: .9f}, {value: L, label: L, format: .9f}]
          plot: {variable: w, value: L, domain: [-4, 4]}
"""


@pytest.mark.parametrize("live", [True, False])
def test_steps_of_any_optimizer(live: bool, watch: Callable[..., Watched], tmp_path: Path) -> None:
    """Adam on a schedule, by numpy or replayed: its memory goes from step to step, and undo takes it back too."""
    file = tmp_path / "adam.yaml"
    file.write_text(ADAM, encoding="utf-8")
    _, numbers = compute(file, Problems())
    run = numbers.programs["m"].run
    server = start_server(str(file)) if live else None
    built = single_file(file)
    page = watch().goto(server.address if server else built)
    expect(page.locator(f"{DEMO} [data-role=origin]")).to_have_text("numpy, live" if live else "replayed")
    shown = page.locator(f"{DEMO} [data-value=w]")
    for action, n in [*(("step", n) for n in range(1, 8)), ("undo", 6), ("undo", 5), ("step", 6), ("step", 7)]:
        press(page, action)
        expect(shown).to_have_text(format_number(float(run.at(n).tape.value("w")), ".9f"))
    if server:
        server.stop()


def test_arrow_keys_in_a_slider_never_turn_the_slide(offline: Page) -> None:
    """Arrows move the slider; PageDown turns the slide all the same; Escape gives the arrows back to the deck."""
    slider = offline.locator(f"{DEMO} input[data-name=w]")
    slider.focus()
    before = slider.input_value()
    offline.keyboard.press("ArrowRight")
    assert float(slider.input_value()) > float(before)
    assert offline.evaluate("Reveal.getCurrentSlide().id") == "try-it"
    offline.keyboard.press("Escape")
    offline.keyboard.press("ArrowRight")
    assert offline.evaluate("Reveal.getCurrentSlide().id") != "try-it"
    offline.evaluate("Reveal.prev()")
    slider.focus()
    offline.keyboard.press("PageDown")
    assert offline.evaluate("Reveal.getCurrentSlide().id") != "try-it"


def test_touch_moves_the_point_and_does_not_swipe(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """On a phone a tap on the curve moves the point; the deck stays where it is."""
    page = watch(viewport=PHONE, has_touch=True, is_mobile=True).goto(static("visual-guide") + "#/try-it")
    box = page.locator(f"{DEMO} .plot-overlay").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + 40)
    expect(page.locator(f"{DEMO} [data-value=y_hat]")).not_to_have_text("1.10")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "try-it"
