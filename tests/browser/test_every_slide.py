"""Every slide and fragment of every shipped deck, there and back: quiet, within its canvas, readable."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpslides import paths

from .conftest import Watched, overflow

#: Slide and number of shown fragments; whether the slide has no more of them; whether it is the last.
WHERE = """() => {
  const slide = Reveal.getCurrentSlide(), { next } = Reveal.availableFragments();
  return [`${slide.id}/${slide.querySelectorAll('.fragment.visible').length}`, !next, !next && Reveal.isLastSlide()];
}"""
#: All the way back, and where that led along.
BACK = f"""() => {{
  const places = [({WHERE})()[0]];
  while (!Reveal.isFirstSlide() || Reveal.availableFragments().prev) {{
    Reveal.prev();
    places.push(({WHERE})()[0]);
  }}
  return places;
}}"""


# `backprop` has the slides of these two.
@pytest.mark.parametrize("deck", [name for name in paths.shipped_decks() if name not in ("visual-guide", "chain-rule")])
def test_there_and_back(deck: str, static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """Forward through all steps and back again comes through the same places, without a complaint or an overflow.

    What overflows on a phone is seen by `check`, whose test goes through every deck, too.
    """
    watched = watch(reduced_motion="reduce")
    page = watched.goto(static(deck))
    overflowing: dict[str, list[object]] = {}
    place, _, last = page.evaluate(WHERE)
    there = [place]
    while not last:
        page.keyboard.press("ArrowRight")
        place, whole, last = page.evaluate(WHERE)
        there.append(place)
        if whole and (found := overflow(page)):
            overflowing[place] = found
    assert len(there) == len(set(there))
    assert page.evaluate(BACK) == there[::-1]
    assert overflowing == {}
    watched.assert_quiet()


@pytest.mark.parametrize("deck", paths.shipped_decks())
def test_text_is_large_enough(deck: str, static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """From the back row nothing that is seen is under 18 px; subscripts and fractions of formulas are so by nature."""
    page = watch().goto(static(deck))
    small = page.evaluate("""() => [...document.querySelectorAll('.sheet *')].filter(e =>
        [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
        && !e.closest('math, noscript, script, svg, .sr-only')
        && parseFloat(getComputedStyle(e).fontSize) < 18).map(e => e.className + ': ' + e.textContent.slice(0, 30))""")
    assert small == []


def test_every_plot_is_drawn_at_its_size(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """Each plot is drawn once its slide is there, with the size of its place; far ones give their memory back."""
    page = watch().goto(static("chain-rule"))
    for slide in ("tangent", "surface", "walk"):
        page.evaluate("id => Reveal.slide(Reveal.getIndices(document.getElementById(id)).h, 0, 99)", slide)
        page.wait_for_function(
            "id => [...document.getElementById(id).querySelectorAll('.plot')].every(p => p.querySelector('.main-svg'))",
            arg=slide,
        )
        sizes = page.evaluate(
            """id => [...document.getElementById(id).querySelectorAll('.plot')].map(p => {
            const { width, height } = p.querySelector('.main-svg');
            return [p.clientWidth - width.baseVal.value, p.clientHeight - height.baseVal.value]; })""",
            slide,
        )
        assert all(abs(difference) <= 1 for pair in sizes for difference in pair), (slide, sizes)
    page.evaluate("Reveal.slide(0)")
    page.wait_for_function("() => !document.querySelector('#tangent .main-svg, #walk .main-svg')")


def test_contrast_and_landmarks(static: Callable[[str], str], watch: Callable[..., Watched]) -> None:
    """The page names its language, has one main landmark, zoom is allowed, and browse mode is left alone."""
    page = watch().goto(static("visual-guide"))
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("main").count() == 1
    assert page.locator("[role=application]").count() == 0
    assert "user-scalable" not in (page.get_attribute("meta[name=viewport]", "content") or "")
    assert page.locator("h1").count() == 1
