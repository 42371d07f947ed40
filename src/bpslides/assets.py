"""Files that a page needs: given an address in the page, by one of two policies.

A *folder* site names each file after its content, so that it may be cached for ever; a *single file* carries each as a
``data:`` address. Pictures that a deck names are found by :meth:`Assets.picture`, which lets nothing outside the
deck's folder in.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from bpslides import paths
from bpslides.errors import Problems
from bpslides.mime import MIME, PICTURES, VIDEOS
from bpslides.text import Text

#: A picture or video may be so large, and all of a deck together: a site is held in memory, and sent over networks.
MAX_PICTURE = 20_000_000
MAX_VIDEO = 50_000_000
#: From here on it is felt: half a second on a good line, and most of what a deck weighs.
LARGE_PICTURE = 2_000_000
#: Inside of a page it grows by a third, and has to be loaded whole before anything is seen.
MAX_VIDEO_INSIDE = 15_000_000
MAX_TOGETHER = 100_000_000

LONGEST_ADDRESS = 1_000
_ELSEWHERE = re.compile(r"//|(?!file:)[a-zA-Z][a-zA-Z0-9+.-]*://")


def data_address(data: bytes, mime: str) -> str:
    """``data`` as an address that holds it."""
    return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"


@lru_cache(maxsize=64)  # the fonts and scripts are the same at every rebuild
def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


@lru_cache(maxsize=32)  # a picture may stand on several slides
def _smaller(data: bytes) -> bytes | None:
    from bpslides import pictures  # few decks need it

    return pictures.smaller(data)


@dataclass(frozen=True)
class _Kind:
    """What sort of file is looked for: its endings, its greatest size in bytes, and what to do about a larger one."""

    name: str
    suffixes: dict[str, str]
    largest: int
    way_out: str | None = None


@dataclass
class Assets:
    """Collects the files of one site."""

    single_file: bool
    shrink: bool = False
    """Whether pictures are taken in the size that slides show (:mod:`bpslides.pictures`)."""
    files: dict[str, bytes] = field(default_factory=dict)
    read: list[Path] = field(default_factory=list)
    """Source files that were read, for the watcher of ``serve``."""
    _contents: dict[Path, bytes] = field(default_factory=dict)
    _together: int = 0

    def link(self, name: str, data: bytes) -> str:
        """The address by which a page finds ``data``."""
        suffix = PurePosixPath(name).suffix.lower()
        if self.single_file:
            return data_address(data, MIME[suffix])
        path = f"assets/{PurePosixPath(name).stem}.{_digest(data)}{suffix}"
        self.files[path] = data
        return path

    def picture(self, address: str, within: Text, offset: int, problems: Problems) -> str | None:
        """The address in the page of the picture that a deck names relative to its own folder.

        ``address`` stands at ``offset`` of ``within``, which is where a problem with it is reported.
        """
        return self._file(address, within, offset, problems, _Kind("picture", PICTURES, MAX_PICTURE))

    def video(self, address: Text, problems: Problems) -> str | None:
        """The address in the page of a video, found as a picture is."""
        kind = _Kind("video", VIDEOS, MAX_VIDEO)
        if self.single_file:
            way_out = "make the video smaller, or build a folder, without --single-file"
            kind = _Kind("video", VIDEOS, MAX_VIDEO_INSIDE, way_out)
        return self._file(address, address, 0, problems, kind)

    def _file(self, address: str, within: Text, offset: int, problems: Problems, kind: _Kind) -> str | None:
        place = within.place(offset)
        if _ELSEWHERE.match(address):
            hint = f"save the {kind.name} next to the deck"
            problems.error(f"“{address}” is on another host; a deck fetches nothing", place, hint)
            return None
        if len(address) > LONGEST_ADDRESS:
            hint = f"save the {kind.name} next to the deck, and name its file"
            problems.error(f"an address of {len(address):,} characters names no file", place, hint)
            return None
        file = paths.inside(within.folder or Path.cwd(), address)
        if file is None:
            hint = f"put the {kind.name} below the deck's folder"
            problems.error(f"“{address}” leads out of the deck's folder", place, hint)
            return None
        if file.suffix.lower() not in kind.suffixes:
            hint = "use one of: " + ", ".join(sorted(kind.suffixes))
            problems.error(f"“{address}” is not a {kind.name}", place, hint)
            return None
        if not paths.is_file(file):
            alike = paths.spelt_alike(file)
            hint = f"there is a “{alike}”: capitals count" if alike else "addresses are relative to the deck's folder"
            problems.error(f"there is no file “{address}”", place, hint)
            return None
        self.read.append(file)
        try:
            data = self._content(file, kind.largest)
        except OSError as error:
            problems.error(f"“{address}” cannot be read: {error.strerror}", place)
            return None
        if len(data) > kind.largest:
            hint = kind.way_out or f"make the {kind.name} smaller"
            problems.error(f"“{address}” is larger than {kind.largest // 10**6} MB", place, hint)
            return None
        suffix = file.suffix
        if self.shrink and kind.name == "picture" and suffix.lower() != ".svg" and (less := _smaller(data)):
            data, suffix = less, ".webp"
        if kind.name == "picture" and len(data) > LARGE_PICTURE:
            message = f"“{address}” has {len(data) / 10**6:.1f} MB, which every visitor waits for"
            hint = "build with --shrink, or save it smaller: no screen shows more than about 2560 × 1440 pixels"
            problems.warning(message, place, hint)
        if self._together > MAX_TOGETHER:
            message = f"the pictures and videos of this deck are larger than {MAX_TOGETHER // 10**6} MB together"
            problems.error(message, place, "make them smaller")
            return None
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in file.stem)[:60]
        return self.link(name + suffix, data)

    def _content(self, file: Path, largest: int) -> bytes:
        """What is in a file, read once and never far beyond what is allowed."""
        if file not in self._contents:
            with file.open("rb") as stream:
                self._contents[file] = stream.read(largest + 1)
            self._together += len(self._contents[file])
        return self._contents[file]
