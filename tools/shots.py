"""Take a picture of every slide of the decks: `make shots`, or `python tools/shots.py chain-rule --slide walk`.

Pictures go to build/shots/<deck>/<canvas>/NN-id.png, one per slide in its last fragment, and with --fragments one per
fragment. Canvases: desktop (1280×720) and phone (390×844). Slides that hold more than they can show are listed.
With --theme NAME the decks are drawn in that theme, into build/shots/<deck>/NAME-<canvas>.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from bpslides import paths
from bpslides.browser import launch, look
from bpslides.errors import Problems
from bpslides.lookup import find
from bpslides.pipeline import compute
from bpslides.render import Output, render
from bpslides.text import Text
from bpslides.write import write_file

CANVASES = {"desktop": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}


def settle(page: Page) -> None:
    """Wait until plots, fonts and transitions have come to rest."""
    page.wait_for_selector("html[data-ready='true']", state="attached")  # a waiting function would be eval'd
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(350)


def take(page: Page, deck: str, canvas: str, folder: Path, *, only: str | None, fragments: bool) -> int:
    """Take the pictures of one deck on one canvas; returns how many slides overflow."""
    ids = page.evaluate("[...document.querySelectorAll('.slides section[id]')].map(s => s.id)")
    faults = 0
    for number, slide in enumerate(ids):
        if only and slide != only:
            continue
        page.evaluate(
            "id => { const i = Reveal.getIndices(document.getElementById(id)); Reveal.slide(i.h, i.v, -1); }", slide
        )
        shown = 0
        while page.evaluate("Reveal.availableFragments().next"):
            if fragments:
                settle(page)
                page.screenshot(path=folder / f"{number:02}-{slide}-{shown:02}.png")
            page.evaluate("Reveal.next()")
            shown += 1
        settle(page)
        page.screenshot(path=folder / f"{number:02}-{slide}.png")
        for fault in look(page, "overflow"):
            faults += 1
            print(
                f"{deck} {canvas} {slide}: block {fault['block']} is {fault['px']} px over the edge ({fault['edge']})"
            )
    return faults


def main() -> int:
    """Take all pictures that were asked for; exit 1 if anything overflows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("decks", nargs="*", default=list(paths.shipped_decks()))
    parser.add_argument("--slide", help="only the slide with this id")
    parser.add_argument("--canvas", choices=CANVASES, help="only this canvas")
    parser.add_argument("--theme", help="this theme instead of the deck's own")
    parser.add_argument("--fragments", action="store_true", help="a picture per fragment, too")
    options = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as scratch, launch() as browser:
        for deck in options.decks:
            problems = Problems()
            source, numbers = compute(find(deck), problems)
            source.deck.theme = Text(options.theme or source.deck.theme)
            site = render(source, numbers, problems, Output.SINGLE_FILE)
            problems.raise_errors()
            file = write_file(site, Path(scratch))
            for canvas, size in CANVASES.items():
                if options.canvas not in (None, canvas):
                    continue
                folder = Path("build", "shots", site.name, f"{options.theme}-{canvas}" if options.theme else canvas)
                if not options.slide:
                    shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True, exist_ok=True)
                phone = canvas == "phone"
                page = browser.new_page(viewport=size, has_touch=phone, device_scale_factor=2 if phone else 1)  # type: ignore[arg-type]
                page.on("console", lambda message: print("console:", message.type, message.text))
                page.on("pageerror", lambda error: print("page error:", error))
                page.goto(file.resolve().as_uri())
                settle(page)
                faults += take(page, site.name, canvas, folder, only=options.slide, fragments=options.fragments)
                page.close()
                print(f"{folder}: done")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
