"""Which Python files of decks the user has said may run: ``remember(file)`` and ``is_trusted(file, content)``.

Trust is given to a path together with a hash of the content, and kept in a file of the user's. Whatever changes the
content takes it away, and trust in one file says nothing about another beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from bpslides import paths
from bpslides.errors import BpslidesError


def state_file() -> Path:
    """Where trust is remembered; a JSON mapping of paths to the SHA-256 of the content."""
    return paths.user_folder("state") / "trust.json"


def fingerprint(content: bytes) -> str:
    """What trust is tied to."""
    return hashlib.sha256(content).hexdigest()


def is_trusted(file: Path, content: bytes) -> bool:
    """Whether the user has said that ``file`` may run with just this content."""
    return _remembered().get(str(file.resolve())) == fingerprint(content)


def was_trusted(file: Path) -> bool:
    """Whether the user has trusted ``file`` with any content."""
    return str(file.resolve()) in _remembered()


def remember(file: Path) -> str:
    """Trust ``file`` as it is now; gives the fingerprint.

    Raises:
        BpslidesError: when the file cannot be read, or the user's folder cannot be written.
    """
    target = state_file()
    try:
        found = fingerprint(file.read_bytes())
        known = _remembered() | {str(file.resolve()): found}
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A new file in place of the old one: nobody ever reads half of it, and only the user can read it at all.
        number, name = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as stream:
                json.dump(known, stream, indent=1)
            Path(name).replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise BpslidesError(f"trust in {file} cannot be remembered: {error.strerror}: {error.filename}") from None
    return found


def _remembered() -> dict[str, str]:
    try:
        known = json.loads(state_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # what cannot be read trusts nobody
    return known if isinstance(known, dict) else {}
