"""A stranger's deck in a real browser, the network cut: nothing runs, nothing is asked for, every slide is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from bpslides.render import Output
from bpslides.write import write_file
from tests.decks import Deck
from tests.hostile import BREAKOUTS, HOSTILE, SLIDES, deck

from .conftest import Watched, start_server

#: All of them at once, and what only a browser would take: links and pictures in the labels of plots.
EVERYTHING = " ".join(
    [
        *(text for text in (*BREAKOUTS, *HOSTILE) if "\n" not in text and "deck.yaml" not in text),
        '<a href="javascript:alert(1)">a</a><img src="https://evil.example/x.png">',
    ]
)

LOOK = """() => {
    const inside = [...document.querySelectorAll('.slides *')];
    return {
        ran: window.ran,
        sections: document.querySelectorAll('.slides section[id]').length,
        slides: Reveal.getTotalSlides(),
        scripts: document.scripts.length,
        foreign: document.querySelectorAll('iframe, object, embed, form, base').length,
        handlers: inside.flatMap(e => e.getAttributeNames()).filter(name => name.startsWith('on')),
        links: inside.map(e => e.href?.baseVal ?? e.href ?? '').filter(a => /^(javascript|data|vbscript)/i.test(a)),
    };
}"""


def dialogs(page: Page) -> list[str]:
    """The dialogs that the page opens from now on; `alert` also leaves a mark."""
    opened: list[str] = []

    def dismiss(dialog: object) -> None:
        opened.append(str(dialog))
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", dismiss)
    page.add_init_script("window.ran = 0; window.alert = () => { window.ran += 1 }")
    return opened


#: Texts of this length push a plot off its slide, where no pointer comes.
ALONE = """plot => {
    for (let e = plot; !e.matches('section[id]'); e = e.parentElement)
        for (const other of e.parentElement.children) if (other !== e) other.style.display = 'none';
}"""


def visit(page: Page) -> None:
    """Every slide, long enough for its plots to be drawn, and a pointer over them."""
    while not page.evaluate("Reveal.isLastSlide() && !Reveal.availableFragments().next"):
        page.keyboard.press("Space")
    for slide in ("eight", "ten"):
        page.evaluate("id => Reveal.slide(...Object.values(Reveal.getIndices(document.getElementById(id))))", slide)
        page.wait_for_selector(f"#{slide} .main-svg", state="attached")
        page.eval_on_selector(f"#{slide} .plot", ALONE)
        page.hover(f"#{slide} .plot")


def test_a_hostile_file(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """As a single file: its policy has nothing to stop, for nothing tries."""
    found = Deck(tmp_path, deck(EVERYTHING), Output.SINGLE_FILE)
    watched = watch()
    opened = dialogs(watched.page)
    page = watched.goto(write_file(found.site, tmp_path / "out").as_uri())
    scripts = page.evaluate("document.scripts.length")
    visit(page)
    seen = page.evaluate(LOOK)
    assert (seen["ran"], seen["sections"], seen["slides"], seen["foreign"]) == (0, SLIDES, SLIDES, 0)
    assert seen["scripts"] <= scripts + 1  # Plotly, which is unpacked once
    assert seen["handlers"] == seen["links"] == opened == []
    assert "alert(1)" in page.inner_text("#two h2")
    watched.assert_quiet()


def test_a_hostile_save(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """Under `serve`, a save whose messages quote the hostile text shows them as text, and the deck stays."""
    file = tmp_path / "deck.yaml"
    file.write_text("title: T\nslides: [{id: one, title: Good}, {title: Two}]\n")
    server = start_server(str(file))
    try:
        watched = watch()
        opened = dialogs(watched.page)
        page = watched.goto(server.address)
        bad = "<img src=x onerror=alert(1)></script><script>alert(1)</script>"
        file.write_text(f"title: T\nslides: [{{id: one, title: Good, '{bad}': 1}}, {{title: Two}}]\n")
        page.wait_for_selector(".problems")
        assert bad in page.inner_text(".problems pre")
        assert page.locator(".problems img, .problems script").count() == 0
        assert page.evaluate("[window.ran, Reveal.getTotalSlides()]") == [0, 2]
        assert opened == []
        watched.assert_quiet()
    finally:
        server.stop()
