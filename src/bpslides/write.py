"""Output → files on disk, whole or not at all.

A single file is written next to its destination and renamed into place. A folder gets its files one by one, the page
last: all other files are named after their content, so the old page works until that last rename, and the new one
from then on. A build that fails or is killed anywhere leaves the previous output as it was.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from bpslides import paths
from bpslides.errors import BpslidesError, UsageError


class Site(Protocol):
    """What is written: a page, and all files by their paths, ``index.html`` among them."""

    @property
    def name(self) -> str:
        """What a single file is called."""

    @property
    def page(self) -> bytes:
        """The HTML page."""

    @property
    def files(self) -> dict[str, bytes]:
        """Path → content."""


#: Marks a folder as ours and lists what we put there: nothing else in it is ever replaced or removed.
MANIFEST = ".bpslides"
_PAGE = "index.html"
#: What is taken away from a folder of ours when it is no longer part of the output.
_STALE = r"assets/[^/\\]+|[^/\\]+\.png|404\.html|(index|404)\.html\.(gz|br)"


def write_file(site: Site, folder: Path) -> Path:
    """The single page of a site as ``folder/<name>.html``. Returns its path.

    Raises:
        BpslidesError: when the disk refuses.
    """
    target = folder / f"{site.name}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{MANIFEST}-", dir=folder) as staging:
            _move(Path(staging), folder, {target.name: site.page})
    except OSError as error:
        raise BpslidesError(f"cannot write {target}: {error.strerror}") from None
    return target


def check_target(target: Path, sources: list[Path]) -> None:
    """Whether a single file may be written: not over a folder, nor over what the deck is made from.

    Raises:
        UsageError: it may not.
    """
    target = _resolved(target)
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name the file to be written, such as {target / 'deck.pdf'}")
    if target.exists() and not target.is_file():
        raise UsageError(f"{target} is not a file: choose another name")
    if target.exists() and any(source.exists() and source.samefile(target) for source in sources):
        raise UsageError(f"{target} is what the deck is made from: choose another name")


def write_bytes(target: Path, data: bytes, sources: list[Path]) -> Path:
    """A single file of any kind. Returns its path.

    Raises:
        UsageError: when ``target`` is a folder, or one of the deck's own ``sources``.
        BpslidesError: when the disk refuses.
    """
    check_target(target, sources)
    place = _resolved(target)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{MANIFEST}-", dir=place.parent) as staging:
            _move(Path(staging), place.parent, {place.name: data})
    except OSError as error:
        raise BpslidesError(f"cannot write {target}: {error.strerror}") from None
    return target


def write_folder(site: Site, folder: Path, sources: list[Path]) -> Path:
    """A site as a folder with ``index.html``. Returns the path of that file.

    Raises:
        UsageError: when the folder is not ours to fill, or holds the deck's own sources.
        BpslidesError: when the disk refuses.
    """
    with filling(folder, sources) as add:
        for path, data in site.files.items():
            if path != _PAGE:
                add(path, data)
        add(_PAGE, site.page)
    return _resolved(folder) / _PAGE


@contextmanager
def filling(folder: Path, sources: list[Path]) -> Iterator[Callable[[str, bytes], None]]:
    """Fill a folder with files that are handed over one by one; they appear there when all of them are there.

    Raises:
        UsageError: when the folder is not ours to fill, or holds the deck's own sources.
        BpslidesError: when the disk refuses.
    """
    folder = _resolved(folder)
    names: dict[str, None] = {}

    def refused(error: OSError) -> BpslidesError:
        return BpslidesError(f"cannot write {folder}: {error.strerror}")

    try:
        _check_folder(folder, sources)
        folder.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(prefix=f"{MANIFEST}-", dir=folder)
    except OSError as error:
        raise refused(error) from None
    with place as staging:

        def add(path: str, data: bytes) -> None:
            try:
                (Path(staging) / str(len(names))).write_bytes(data)
            except OSError as error:
                raise refused(error) from None
            names[path] = None

        yield add
        try:
            with _alone(folder):
                _publish(Path(staging), folder, list(names))
        except OSError as error:
            raise refused(error) from None


def write_collection(index: Site, decks: Mapping[str, Site], folder: Path, sources: list[Path]) -> list[Path]:
    """Decks into ``folder/<name>``, then the index of them into the folder itself. Returns the paths of all pages.

    Every folder is looked at before anything is written.

    Raises:
        UsageError: when a folder is not ours to fill, or holds the decks' own sources.
        BpslidesError: when the disk refuses.
    """
    targets = {folder: index} | {folder / name: site for name, site in decks.items()}
    for target in targets:
        _check_folder(_resolved(target), sources)
    # The index comes last: it never leads to a deck that is not there yet.
    return [write_folder(site, target, sources) for target, site in reversed(targets.items())][::-1]


def _resolved(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        reason = error.strerror if isinstance(error, OSError) else "its links go round in circles"
        raise BpslidesError(f"cannot write {folder}: {reason}") from None


def _check_folder(folder: Path, sources: list[Path]) -> None:
    for source in (*sources, Path.cwd(), paths.home()):
        if source.resolve().is_relative_to(folder):
            raise UsageError(f"{folder} holds {source}: choose an output folder of its own, such as -o out")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and a deck is built into a folder")
    # What a killed build leaves behind begins with our mark; and decks in folders of their own are ours as well.
    foreign = folder.is_dir() and any(
        not path.name.startswith(MANIFEST) and not (path / MANIFEST).is_file() for path in folder.iterdir()
    )
    if foreign and not (folder / MANIFEST).is_file():
        raise UsageError(f"{folder} holds files that bpslides did not make: choose another folder, or empty it")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other build publish into the folder meanwhile: it would take away what it does not know."""
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: there, two builds at once can spoil the folder until the next
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network disks have none, either
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _publish(staging: Path, folder: Path, paths: list[str]) -> None:
    """Rename what lies numbered in ``staging``, in its order; what was there before and is no longer needed goes."""
    manifest = folder / MANIFEST
    old = set(manifest.read_text(encoding="utf-8").splitlines()) if manifest.is_file() else set()
    lists = staging / "lists"
    lists.mkdir()
    # In an order in which it may end anywhere: what is on the disk is listed, and what the page needs is on the disk.
    _move(lists, folder, {MANIFEST: _listed(old | set(paths))})
    for number, path in enumerate(paths):
        (folder / path).parent.mkdir(exist_ok=True)
        (staging / str(number)).replace(folder / path)
    for path in old - set(paths):
        if re.fullmatch(_STALE, path):
            (folder / path).unlink(missing_ok=True)
    _move(lists, folder, {MANIFEST: _listed(set(paths))})


def _listed(paths: set[str]) -> bytes:
    return ("\n".join(sorted(paths)) + "\n").encode()


def _move(staging: Path, folder: Path, files: dict[str, bytes]) -> None:
    """Write all files into ``staging``, where a full disk does no harm, then rename each into ``folder``."""
    for number, data in enumerate(files.values()):
        (staging / str(number)).write_bytes(data)
    for number, path in enumerate(files):
        (staging / str(number)).replace(folder / path)
