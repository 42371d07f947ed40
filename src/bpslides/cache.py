"""Figures that took long, kept for the user from build to build: ``get(key)`` and ``put(key, text)``.

A key is a hash of everything that the result depends on, so nothing in here can be out of date.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from bpslides import __version__, paths

#: So many results are kept; the oldest go first.
MOST_FILES = 300


def key_of(*parts: Any) -> str:
    """A key for what depends on ``parts``, which are JSON data, and on the versions of bpslides and plotly.py."""
    from importlib.metadata import version  # slow to import

    versions = [__version__, version("plotly")]
    return hashlib.sha256(json.dumps([versions, *parts], sort_keys=True).encode()).hexdigest()


def get(key: str) -> str | None:
    """The result kept under ``key``; None if there is none."""
    try:
        return (_folder() / key).read_text("utf-8")
    except (OSError, ValueError):
        return None


def put(key: str, text: str) -> None:
    """Keep a result, if the disk lets us; without it everything still works."""
    import tempfile  # slow to import, for what happens once

    folder = _folder()
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(folder / key)
        _tidy(folder)


def _folder() -> Path:
    return paths.user_folder("cache") / "figures"


def _tidy(folder: Path) -> None:
    files = list(folder.iterdir())
    if len(files) > MOST_FILES:
        files.sort(key=lambda file: file.stat().st_mtime)
        for file in files[: len(files) - MOST_FILES // 2]:
            file.unlink(missing_ok=True)
