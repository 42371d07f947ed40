"""The shipped decks: built in every form, complete, and with the right numbers because the core computes them."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bpslides import paths
from bpslides.compute import Numbers, values
from bpslides.errors import Problems
from bpslides.pipeline import compute, make_site
from bpslides.render import Output, Site
from bpslides.source import Source, load
from tests.pages import Node, read

DECKS = paths.shipped_decks()


@cache
def built(name: str, output: Output = Output.FOLDER) -> Site:
    """A shipped deck, built once."""
    site, warnings = make_site(DECKS[name], output)
    assert warnings == []
    return site


@cache
def page(name: str) -> Node:
    """Its page."""
    return read(built(name).page)


@cache
def source(name: str) -> Source:
    """Its source, loaded."""
    problems = Problems()
    loaded = load(DECKS[name], problems)
    assert problems.found == []
    return loaded


def test_the_decks_of_this_step_are_there() -> None:
    """The visual guide, the chain-rule walkthrough, and both together."""
    assert {"visual-guide", "chain-rule", "backprop"} <= set(DECKS)


@pytest.mark.parametrize("output", Output)
@pytest.mark.parametrize("name", DECKS)
def test_builds_without_a_warning_and_the_same_every_time(name: str, output: Output) -> None:
    """No problem in any form, and identical bytes for identical input."""
    assert built(name, output).files == make_site(DECKS[name], output)[0].files


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_has_notes_and_a_title_and_the_deck_a_duration(name: str) -> None:
    """A presenter finds what to say on every slide, and how long it takes."""
    assert all(slide.notes and len(slide.notes.split()) > 12 for slide in source(name).slides)
    assert source(name).deck.duration
    assert source(name).deck.subtitle


@pytest.mark.parametrize("name", DECKS)
def test_gradients_of_every_model_agree_with_central_differences(name: str) -> None:
    """To 1e-6 relative."""
    _, numbers = compute(DECKS[name], Problems())
    assert numbers.programs
    for program in numbers.programs.values():
        assert values(program)["gradient_check"] <= 1e-6


@pytest.mark.parametrize("name", DECKS)
def test_asks_nothing_of_another_host(name: str) -> None:
    """No address of another host is loaded by the page or its style; links to follow by hand are allowed."""
    site = built(name)
    for path, data in site.files.items():
        if path.endswith((".html", ".css")):
            text = re.sub(rb'<a href="[^"]*"', b"", data)
            assert not re.search(rb"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", text), path


def test_the_visual_guide_has_a_title_and_twelve_numbered_slides() -> None:
    """Exactly thirteen slides, no stack, counted from 00 / 12 to 12 / 12, for ten minutes."""
    slides = page("visual-guide").one("div.slides")
    assert [child.tag for child in slides.children if isinstance(child, Node)] == ["section"] * 13
    assert slides.all("section section") == []
    assert slides.texts("span.counter") == [f"{number:02} / 12" for number in range(13)]
    assert source("visual-guide").deck.duration == 10


# Slide → what a reader must find on it, in the order of the page. The values are those of the source documents.
GUIDE = {
    "forward-pass": ["2.0", "0.5", "0.1", "1.1"],
    "loss": ["2.0", "1.1", "0.81"],
    "backward-pass": ["0.81", "−1.8", "1.0", "2.0", "−3.6"],
    "update": ["0.5", "0.01", "0.536", "0.81", "0.685584", "0.6561"],
    "try-it": ["1.10", "2.00", "0.81", "−3.60", "−1.80"],
    "takeaways": ["1970", "1974", "1986"],
}
CHAIN = {
    "recipe": ["0.5", "1.0", "0.3", "1.2", "0.43"],
    "surface": ["0.430", "1.000", "1.200"],
    "worked-example": ["7", "49", "14", "42", "0.42", "49.4209", "0.4209"],
    "walk": ["−0.7155", "0.2036", "−1.2000", "0.1779", "1.5000", "0.0466", "−0.1119", "0.2560"],
    "product": ["−0.7154962127", "0.2035613823", "−1.2", "0.1778944406", "1.5", "0.0466377523", "−0.1119336351"],
}


@pytest.mark.parametrize(
    ("deck", "slide", "numbers"),
    [("visual-guide", slide, numbers) for slide, numbers in GUIDE.items()]
    + [("chain-rule", slide, numbers) for slide, numbers in CHAIN.items()]
    + [("backprop", slide, numbers) for slide, numbers in {**GUIDE, **CHAIN}.items()],
)
def test_the_right_numbers_are_on_the_slides(deck: str, slide: str, numbers: list[str]) -> None:
    """Each of them stands there as a whole number, not as a part of a longer one."""
    text = page(deck).one(f"section#{slide}").text
    for number in numbers:
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", text), f"{number} is not on {slide}: {text}"


@pytest.mark.parametrize("name", ["visual-guide", "chain-rule"])
def test_no_computed_number_is_typed(name: str) -> None:
    """What the core computes stands nowhere in the deck's source but in its claims."""
    text = DECKS[name].read_text(encoding="utf-8")
    text = re.sub(r"(?ms)^    claims:.*?(?=^    \w|^  - |\Z)", "", text)
    for number in (
        "3.6",
        "1.8",
        "0.81",
        "0.536",
        "0.685",
        "0.6561",
        "49.42",
        "0.4209",
        "0.0466",
        "0.7154",
        "0.2035",
        "0.1778",
    ):
        assert not re.search(rf"(?<![\d.]){re.escape(number)}", text), number


@pytest.mark.parametrize("name", ["visual-guide", "chain-rule"])
def test_claims_hold_the_headline_numbers(name: str) -> None:
    """A changed model fails the build instead of changing the story."""
    claims = [claim for slide in source(name).slides for claim in slide.claims]
    assert len(claims) >= 10
    problems = Problems()
    loaded = load(DECKS[name], problems)
    for model in loaded.deck.models.values():
        for leaf in model.parameters:
            model.parameters[leaf] = model.parameters[leaf] * 1.01
    Numbers(loaded, problems)
    broken = [problem for problem in problems.found if "claim" in problem.message]
    assert len(broken) >= 3
    assert all(problem.place for problem in broken)


def test_backprop_is_both_decks_without_a_copied_line() -> None:
    """It includes the two, in order, and holds no slide of its own."""
    ids = [[slide.id for slide in source(name).slides] for name in ("visual-guide", "chain-rule", "backprop")]
    assert ids[2] == ids[0] + ids[1]
    text = DECKS["backprop"].read_text(encoding="utf-8")
    assert text.count("include:") == 2
    assert "content:" not in text


def test_the_refresher_can_be_skipped() -> None:
    """One link leads past it, to the walk."""
    links = [link.attributes["href"] for link in page("chain-rule").one("section#refresher").all("a")]
    assert links == ["#/walk"]
