"""A deck as pictures: one of every slide, a contact sheet of them all, and a card for social media."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bpslides.errors import Problem, UsageError
from bpslides.export.order import Order, Watch
from bpslides.export.pages import Pages
from bpslides.write import MANIFEST, filling


def write_pictures(file: Path, folder: Path, pages: Pages, scale: float, watch: Watch) -> list[Problem]:
    """A PNG of every slide of the deck in ``file``, ``scale`` times as large as the slide, into ``folder``.

    They are called by the numbers and ids of their slides; ``contact-sheet.png`` and ``social-card.png`` come with
    them. Returns the warnings about the deck.

    Raises:
        DeckError: the deck has errors.
        UsageError: there is no browser, or ``folder`` is not ours to fill.
        BpslidesError: the browser did not draw it, or the disk refuses. What was there before is still there.
    """
    _check_folder(folder)
    with Order(file, watch) as order:
        ids = [section.id for section in order.site.sections]
        width = max(2, len(str(len(ids) - 1)))
        slides = order.slides(pages)
        numbers = [f"{ids.index(slide):0{width}}" for slide in slides]
        with filling(folder, order.site.read) as add:
            for made in order.printed(pages, wanted(scale, numbers)):
                number = int(made.name) if made.name.isdecimal() else None
                add(f"{made.name if number is None else f'{numbers[number]}-{slides[number]}'}.png", made.data)
        return order.problems


def wanted(scale: float, numbers: list[str]) -> dict[str, Any]:
    """What the press is told: the size of the pictures, and the numbers that stand below the small ones."""
    return {"scale": scale, "titles": True, "describe": False, "extras": numbers}


def _check_folder(folder: Path) -> None:
    manifest = folder / MANIFEST
    if manifest.is_file() and "index.html" in manifest.read_text(encoding="utf-8").split("\n"):
        raise UsageError(f"{folder} holds a deck that was built there: choose another folder for its pictures")
