"""What a built deck weighs, part by part: ``bpslides build --report``.

A page that holds everything is taken apart again, so that the report tells of what is really in it. Compressed sizes
are those of each part by gzip, as most hosts send it; what is compressed already hardly shrinks.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

#: Part → what we allow ourselves, in bytes after compression. Slides, pictures and videos are the author's.
BUDGETS = {"styles": 22_000, "fonts": 72_000, "scripts": 66_000, "Plotly": 430_000}

_PIECES = re.compile(
    r'(?P<Plotly><script type="text/plain" id=":plotly">.*?</script>)'
    r'|(?P<scripts><script type="text/plain" id=":deck">.*?</script>|<script>.*?</script>)'
    r"|(?P<styles><style>.*?</style>)"
    r'|(?P<pictures>data:image/[\w+.-]+;base64,[^"]+)|(?P<videos>data:video/[^"]+)',
    re.DOTALL,
)
_FONT = re.compile(r'data:font/[^"]+')
_KINDS = {".css": "styles", ".js": "scripts", ".woff": "fonts", ".mp4": "videos", ".webm": "videos"}


@dataclass(frozen=True)
class Part:
    """A part of a built deck: so many files or pieces of the page, with their bytes plain and compressed."""

    name: str
    count: int
    size: int
    packed: int

    @property
    def is_over(self) -> bool:
        """Whether it is larger than we allow ourselves."""
        return self.packed > BUDGETS.get(self.name, self.packed)


def parts(files: dict[str, bytes]) -> list[Part]:
    """The parts of a site, whose ``files`` map paths to contents: one page, or a page and what it links to."""
    pieces: dict[str, list[bytes]] = {}

    def take(match: re.Match[str], name: str) -> str:
        text = _FONT.sub(lambda font: take(font, "fonts"), match[0]) if name == "styles" else match[0]
        pieces.setdefault(name, []).append(text.encode())
        return ""

    page = _PIECES.sub(lambda match: take(match, str(match.lastgroup)), files["index.html"].decode())
    for path, data in files.items():
        if path != "index.html":
            name = PurePosixPath(path).name
            kind = "Plotly" if name.startswith("plotly.") else _KINDS.get(PurePosixPath(path).suffix, "pictures")
            pieces.setdefault(kind, []).append(data)
    pieces["slides"] = [page.encode()]
    order = ["slides", "styles", "fonts", "scripts", "Plotly", "pictures", "videos"]
    return [
        Part(name, len(pieces[name]), sum(map(len, pieces[name])), sum(map(_packed, pieces[name])))
        for name in order
        if name in pieces
    ]


def report(name: str, files: dict[str, bytes]) -> str:
    """A table of the parts of a deck, with our budgets and the sums with and without Plotly."""
    found = parts(files)
    rows = [(_label(part), part.size, part.packed, BUDGETS.get(part.name), part.is_over) for part in found]
    sums = {"together": found}
    if any(part.name == "Plotly" for part in found):
        sums = {"without Plotly": [part for part in found if part.name != "Plotly"], **sums}
    for title, those in sums.items():
        rows.append((title, sum(part.size for part in those), sum(part.packed for part in those), None, False))
    lines = [f"{name:<18}{'kB':>11}{'compressed':>13}{'budget':>9}"]
    for title, size, packed, budget, is_over in rows:
        allowed = f"{budget / 1000:9.0f}" if budget is not None else ""
        lines.append(f"  {title:<16}{size / 1000:11,.1f}{packed / 1000:13,.1f}{allowed}{'  over' if is_over else ''}")
    return "\n".join(lines)


def _label(part: Part) -> str:
    return f"{part.name} ({part.count})" if part.name in ("fonts", "pictures", "videos") else part.name


def _packed(data: bytes) -> int:
    return min(len(data), len(gzip.compress(data, mtime=0)))
