"""Site → files on disk, whole or not at all.

Everything is first written next to its destination and then moved into place by a rename, so a build that fails or is
killed leaves the previous output as it was. A folder of ours holds a manifest; other folders are never replaced.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bpslides.errors import BpslidesError, UsageError
from bpslides.render import Site

MANIFEST = ".bpslides"


def write_file(site: Site, folder: Path) -> Path:
    """The single page of a site as ``folder/<name>.html``. Returns its path."""
    target = folder / f"{site.name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{site.name}-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(site.page)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BpslidesError(f"cannot write {target}: {error.strerror}") from None
    return target


def write_folder(site: Site, folder: Path, sources: list[Path]) -> Path:
    """A site as a folder with ``index.html``. Returns the path of that file.

    Raises:
        UsageError: when the folder is not ours to replace, or holds the deck's own sources.
        BpslidesError: when the disk refuses.
    """
    folder = folder.resolve()
    for source in (*sources, Path.cwd(), Path.home()):
        if source.resolve() == folder or source.resolve().is_relative_to(folder):
            raise UsageError(f"{folder} holds {source}: choose an output folder of its own, such as -o out")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UsageError(f"{folder} holds files that bpslides did not make: choose another folder, or empty it")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and a deck is built into a folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _fill(staging, site)
            staging.chmod(0o755)
            _swap(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise BpslidesError(f"cannot write {folder}: {error.strerror}") from None
    return folder / "index.html"


def _fill(folder: Path, site: Site) -> None:
    for path, data in site.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / MANIFEST).write_text("\n".join(sorted(site.files)) + "\n", encoding="utf-8")


def _swap(staging: Path, folder: Path) -> None:
    """Put ``staging`` in the place of ``folder``; the old one, if any, goes only when the new one stands."""
    if not folder.exists():
        staging.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old.rmdir()
    folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
