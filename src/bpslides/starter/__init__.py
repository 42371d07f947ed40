"""A first deck for an author to change: ``write(folder)`` makes a folder with a deck and the schema for editors."""

from __future__ import annotations

from pathlib import Path

from bpslides import schema
from bpslides.errors import UsageError

DECK = Path(__file__).with_name("deck.yaml")


def write(folder: Path) -> list[Path]:
    """Make ``folder`` with a deck in it; returns the files.

    Raises:
        UsageError: when the folder holds something already, or cannot be written.
    """
    texts = {"deck.schema.json": schema.text(), "deck.yaml": DECK.read_text(encoding="utf-8")}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"“{folder}” is not empty: name a new folder")
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"“{folder}” is a file: name a new folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no folder can have this name"
        raise UsageError(f"cannot write to “{folder}”: {reason}") from None
    return [folder / name for name in texts]
