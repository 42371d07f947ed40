"""What a host wants beside the pages: an answer for what is not there, and twins that are compressed already."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from bpslides.write import Site

#: What shrinks. Fonts and pictures are compressed as they are.
_TEXT = {".html", ".css", ".js", ".svg"}


@dataclass(frozen=True)
class Hosted:
    """A site with more files: ``also`` by their paths, and on request a ``.gz`` and a ``.br`` of all that shrinks."""

    site: Site
    also: dict[str, bytes]
    compress: bool = False

    @property
    def name(self) -> str:
        """What the site is called."""
        return self.site.name

    @property
    def page(self) -> bytes:
        """The HTML page."""
        return self.site.page

    @property
    def files(self) -> dict[str, bytes]:
        """Path → content."""
        files = {**self.site.files, **self.also}
        return {**files, **(twins(files) if self.compress else {})}


def twins(files: dict[str, bytes]) -> dict[str, bytes]:
    """The compressed twins of those of the ``files`` that become smaller: path with ``.gz`` or ``.br`` → content."""
    found = {}
    for path, data in files.items():
        if PurePosixPath(path).suffix.lower() in _TEXT:
            for ending, packed in zip((".gz", ".br"), _packed(data), strict=True):
                if len(packed) < len(data):
                    found[path + ending] = packed
    return found


@lru_cache(maxsize=32)  # Plotly alone takes seconds, and every deck has it
def _packed(data: bytes) -> tuple[bytes, bytes]:
    import brotli  # most builds do without

    return gzip.compress(data, mtime=0), brotli.compress(data)
