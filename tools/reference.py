"""Write the reference, its pictures and the JSON Schema anew: `make reference`, or `python tools/reference.py flow`.

The words of `docs/reference` and `decks/deck.schema.json` are always written, and the pictures of the blocks that are
named, all of them if none is. A test says when the words are stale; the pictures want your eyes.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from bpslides import reference, schema
from bpslides.browser import launch
from bpslides.model import BLOCKS
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_file
from tools.shots import settle

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "reference"
PICTURES = PAGES / "pictures"
SCHEMA = ROOT / "decks" / "deck.schema.json"

#: What the examples show that comes from a file.
FILES = ROOT / "docs" / "examples"
#: Pixels of the slide around a block, and how wide a picture is in the end.
MARGIN, WIDTH = 28, 840


def deck_of(kinds: list[str]) -> str:
    """A deck with the models of the reference and a slide for each kind of block that holds its example."""
    slides = []
    for kind in kinds:
        example = BLOCKS[kind].example.strip().replace("\n", "\n        ")
        slides.append(f"  - id: block-{kind}\n    title: {kind}\n    content:\n      - {example}\n")
    heads = "".join(reference.HEADS.get(kind, "") for kind in kinds)
    return f"title: Blocks\n{heads}{reference.SAMPLE}slides:\n{''.join(slides)}"


def words() -> dict[Path, str]:
    """Every text file that this tool writes."""
    return {SCHEMA: schema.text(), **{PAGES / name: text for name, text in reference.files().items()}}


def picture(page: Page, kind: str) -> bytes:
    """The block of one kind with all its fragments, small and in few colours."""
    page.evaluate("id => Reveal.slide(Reveal.getIndices(document.getElementById(id)).h, 0, 99)", f"block-{kind}")
    settle(page)
    top, bottom = page.evaluate(
        """id => {
        const all = [...document.getElementById(id).querySelectorAll('.block')].map(e => e.getBoundingClientRect());
        return [Math.min(...all.map(r => r.top)), Math.max(...all.map(r => r.bottom))]; }""",
        f"block-{kind}",
    )
    clip = {"x": 0, "y": top - MARGIN, "width": 1280, "height": bottom - top + 2 * MARGIN}
    image = Image.open(io.BytesIO(page.screenshot(clip=clip)))  # type: ignore[arg-type]
    small = image.convert("RGB").resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    packed = io.BytesIO()
    small.quantize(255, kmeans=1, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def take(page: Page, kinds: list[str]) -> None:
    """Write the pictures of these blocks, all in one deck."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "deck")
        shutil.copytree(FILES, folder)
        (folder / "deck.yaml").write_text(deck_of(kinds), encoding="utf-8")
        site, _ = make_site(folder / "deck.yaml", Output.SINGLE_FILE)
        page.goto(write_file(site, Path(scratch)).resolve().as_uri())
        page.evaluate("document.querySelectorAll('.controls, .progress, header').forEach(e => e.remove())")
        for kind in kinds:
            (PICTURES / f"{kind}.png").write_bytes(picture(page, kind))


def main() -> int:
    """Write everything; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("blocks", nargs="*", metavar="BLOCK", help="take pictures of these only")
    kinds = parser.parse_args().blocks or list(BLOCKS)
    for file, text in words().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    with launch() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        # What a block has in the head of its deck would change the others, too.
        alike = [kind for kind in kinds if kind not in reference.HEADS]
        for group in [alike, *([kind] for kind in kinds if kind in reference.HEADS)]:
            if group:
                take(page, group)
    for stale in [file for file in PAGES.rglob("*.*") if file not in words() and file.stem not in BLOCKS]:
        stale.unlink()
    total = sum(file.stat().st_size for file in PICTURES.iterdir())
    print(f"{PAGES.relative_to(ROOT)}: {len(BLOCKS)} blocks, {total / 1e6:.2f} MB of pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
