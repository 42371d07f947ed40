"""What a presenter who cannot remember everything would miss: notes."""

from __future__ import annotations

from bpslides.errors import Problems
from bpslides.source import Source


def check(source: Source, problems: Problems) -> None:
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
