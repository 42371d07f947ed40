"""From what a user typed to the file of a deck or a series. Nothing is read here but the head of a file."""

from __future__ import annotations

import re
from pathlib import Path

from bpslides import paths
from bpslides.errors import UsageError, did_you_mean

#: The name of the shipped series.
SHIPPED = "series"


def find(name: str) -> Path:
    """The deck file for what a user typed.

    Raises:
        UsageError: with a suggestion when there is none, and for a series, which is no deck.
    """
    if find_series(name) is not None:
        raise UsageError(f"“{name}” is a series: name it by itself, or one of its decks")
    file = paths.deck_file(name)
    if file is None:
        if paths.is_folder(Path(name)):
            raise UsageError(f"the folder “{name}” holds no deck.yaml")
        hint = did_you_mean(name, paths.shipped_decks())
        raise UsageError(f"there is no deck “{name}”" + (f" ({hint})" if hint else ""))
    return file


def find_series(name: str) -> Path | None:
    """The series file for what a user typed: a file with the key ``series``, a folder with one, or a shipped name."""
    for path in (Path(name), Path(name) / "deck.yaml", Path(name) / "series.yaml"):
        if paths.is_file(path):
            return path if is_series(path) else None
    return shipped_series() if name == SHIPPED else None


def shipped_series() -> Path | None:
    """The file of the shipped series, unless somebody left it out."""
    file = paths.shipped("decks") / SHIPPED / "series.yaml"
    return file if paths.is_file(file) else None


def is_series(path: Path) -> bool:
    """Whether a file is a series: its first key is looked for, the rest is read when it is used."""
    try:
        with path.open("rb") as file:
            head = file.read(100_000)
    except OSError:
        return False
    return re.search(rb"^(\xef\xbb\xbf)?series\s*:", head, re.MULTILINE) is not None
