"""What an audience that cannot see, and a presenter who cannot remember, would miss: alternative texts and notes."""

from __future__ import annotations

import re

from bpslides.check.places import block_number, block_place
from bpslides.errors import Problems
from bpslides.render import Section
from bpslides.source import Source

_PICTURE = re.compile(r"<(?:img|[a-z]+\b[^>]*\brole=\"img\")[^>]*>")
_NAMED = re.compile(
    r"\b(?:alt|aria-label)=\"[^\"]*[^\"\s][^\"]*\"|\baria-labelledby=|\baria-hidden=\"true\"|\balt=\"\""
)


def check_notes(source: Source, problems: Problems) -> None:
    """Warn of slides without notes: of each where the others have them, else once.

    A slide that has nothing but a title needs none.
    """
    talked_about = [slide for slide in source.slides if slide.content]
    silent = [slide for slide in talked_about if not slide.notes]
    if silent and len(silent) == len(talked_about):
        slides = "the only slide has no notes" if len(silent) == 1 else f"none of the {len(silent)} slides has notes"
        hint = "say under “notes:” what you want to say; only the presenter sees it"
        problems.warning(slides, source.deck.title.place(), hint)
        return
    for slide in silent:
        problems.warning("this slide has no notes, though others have", slide.title.place(), "add “notes:” to it")


def check_pictures(source: Source, sections: list[Section], problems: Problems) -> None:
    """Warn of plots, drawings and pictures that a screen reader cannot say anything about."""
    for slide, section in zip(source.slides, sections, strict=True):
        for match in _PICTURE.finditer(section.html):
            if not _NAMED.search(match[0]):
                name, place = block_place(section, block_number(section, match.end()))
                problems.warning(
                    f"nothing says what the picture here shows ({name})",
                    place or slide.title.place(),
                    "describe it for those who cannot see it: “alt: …”",
                )
