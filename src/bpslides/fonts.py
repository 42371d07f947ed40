"""The fonts of a page, cut down to the characters that it shows, or to single weights (:class:`Cut`).

Text is set in the font that the theme asks for (Inter, STIX Two Text or JetBrains Mono), code and live numbers in
JetBrains Mono, formulas in STIX Two Math. :func:`needed` says which fonts a page takes, and which characters of them. A
subset keeps what makes a font work (kerning, tabular figures, the MATH table and its stretchy pieces), and travels
compressed, as WOFF.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from html import unescape

from bpslides import paths

#: Layout features that are kept in text fonts: without this list every stylistic alternate would come along.
FEATURES = {"kern", "mark", "mkmk", "ccmp", "locl", "tnum"}

#: What a page may come to show without its source holding it: live numbers, readouts, problems, dialogs.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "  −·×÷±–—…“”‘’‹›«»←→↑↓▸◂↺✓✗∂∇Δηδσθλμπ⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉ŷ̂"


@dataclass(frozen=True)
class Font:
    """A font file of the installation, and the CSS that declares it."""

    file: str
    family: str
    weight: str
    axes: tuple[tuple[str, float, float], ...] = ()
    """Axes of a variable font and the range that is kept; an axis with equal ends is pinned."""
    style: str = "normal"


class Cut(Enum):
    """How much of its fonts a page gets."""

    WHOLE = "whole"
    SUBSET = "subset"
    PINNED = "pinned"
    """Subsets with every weight as a font of its own: in a PDF a variable font is no font, but a heap of drawings."""


TEXT = Font("InterVariable.ttf", "Inter", "400 800", (("wght", 400, 800), ("opsz", 32, 32)))
SERIF = Font("STIXTwoText-Regular.ttf", "STIX Two Text", "400")
SERIF_ITALIC = Font("STIXTwoText-Italic.ttf", "STIX Two Text", "400", style="italic")
SERIF_BOLD = Font("STIXTwoText-Bold.ttf", "STIX Two Text", "600 800")
MATH = Font("STIXTwoMath-Regular.ttf", "STIX Two Math", "400")
MONO = Font("JetBrainsMono.ttf", "JetBrains Mono", "400")
MONO_BOLD = Font("JetBrainsMono-ExtraBold.ttf", "JetBrains Mono", "600 800")


#: The weights that our style sheets and themes use.
WEIGHTS = (400, 600, 650, 700, 750, 800)


def files(html: str, stacks: str, cut: Cut) -> Iterator[tuple[Font, str, bytes]]:
    """The fonts of a page (see :func:`needed`) with names and contents of their files."""
    for font, wanted in needed(html, stacks):
        if cut is Cut.WHOLE:
            yield font, font.file, whole(font)
        elif cut is Cut.PINNED and any(low != high for _, low, high in font.axes):
            for weight in WEIGHTS:
                axes = tuple((axis, *((weight, weight) if axis == "wght" else ends)) for axis, *ends in font.axes)
                pinned = replace(font, weight=str(weight), axes=axes)
                yield pinned, font.file, subset(pinned, wanted)
        elif cut is Cut.PINNED:
            yield font, font.file, subset(font, wanted)
        else:
            yield font, font.file.replace(".ttf", ".woff"), woff(subset(font, wanted))


def needed(html: str, stacks: str) -> list[tuple[Font, str]]:
    """The fonts of a page and the characters that it shows in each; ``stacks`` names the fonts of texts and titles."""
    text, math = characters(html)
    beyond_ascii = "".join(c for c in text if ord(c) > 0x7F)
    families = set(re.findall(r'"([^"]+)"', stacks))
    fonts = [
        *([(TEXT, text)] if TEXT.family in families else []),
        *([(SERIF, text), (SERIF_BOLD, text)] if SERIF.family in families else []),
        *([(SERIF_ITALIC, text)] if SERIF.family in families and re.search(r"<(em|i)\b", html) else []),
        # STIX Two Text has no arrows and no ∂: they come from its sister.
        (MATH, "".join(sorted({*math, *beyond_ascii})) if MATH.family in families else math),
    ]
    if MONO.family in families:
        return [*fonts, (MONO, text), (MONO_BOLD, text)]
    return [*fonts, (MONO, ALWAYS)]


def characters(html: str) -> tuple[str, str]:
    """The characters that a page shows: outside of formulas (and drawings' symbols), and inside of them."""
    visible = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    formulas = re.findall(r"<math\b.*?</math>|<text\b.*?</text>", visible, flags=re.DOTALL)
    inside = set(unescape(re.sub(r"<[^>]*>", "", " ".join(formulas))))
    outside = set(unescape(re.sub(r"<[^>]*>", "", re.sub(r"<math\b.*?</math>", "", visible, flags=re.DOTALL))))
    # The browser shows a formula's single letters as mathematical italic by itself.
    italic = {_ITALIC[c] for c in inside if c in _ITALIC}
    # It draws the sign of a root by itself, too.
    root = {"√"} if re.search(r"<m(sqrt|root)\b", html) else set()
    outside |= set("".join(outside).upper())  # a theme may set titles in capitals
    return "".join(sorted(outside | set(ALWAYS))), "".join(
        sorted(inside | italic | root | set("0123456789.,−()[]=+·×∂"))
    )


_ITALIC = {chr(97 + i): "ℎ" if i == 7 else chr(0x1D44E + i) for i in range(26)}
_ITALIC |= {chr(65 + i): chr(0x1D434 + i) for i in range(26)}
_ITALIC |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)} | {"∂": "𝜕", "ϵ": "𝜖", "∇": "𝛻"}


@lru_cache(maxsize=64)
def subset(font: Font, wanted: str) -> bytes:
    """``font`` with only the glyphs that ``wanted`` needs, as TTF."""
    import uharfbuzz as hb  # 28 ms, and `serve` sends whole fonts

    face = hb.Face(paths.static(f"fonts/{font.file}"))
    plan = hb.SubsetInput()
    plan.unicode_set.update(map(ord, wanted))
    plan.flags = hb.SubsetFlags.NO_HINTING  # screens this sharp do not use it, and it is half of the font
    if font is not MATH:
        plan.layout_feature_tag_set.clear()
        plan.layout_feature_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in FEATURES)
    for axis, low, high in font.axes:
        if low == high:
            plan.pin_axis_location(face, axis, low)
        else:
            plan.set_axis_range(face, axis, low, high, low)
    return bytes(hb.subset(face, plan).blob.data)


@lru_cache(maxsize=64)
def woff(font: bytes) -> bytes:
    """A TTF as WOFF 1: the same tables, each compressed for itself. About half as large, and packed in milliseconds."""
    flavor, count = struct.unpack_from(">4sH", font)
    place, unpacked = _WOFF_HEADER.size + count * _WOFF_TABLE.size, 12 + 16 * count
    directory, tables = b"", b""
    for number in range(count):
        tag, checksum, start, length = struct.unpack_from(">4s3L", font, 12 + 16 * number)
        table = font[start : start + length]
        packed = min(table, zlib.compress(table, 9), key=len)  # one that would not shrink stays as it is
        directory += _WOFF_TABLE.pack(tag, place + len(tables), len(packed), length, checksum)
        tables += packed + bytes(-len(packed) % 4)
        unpacked += length + -length % 4
    return (
        _WOFF_HEADER.pack(b"wOFF", flavor, place + len(tables), count, 0, unpacked, 1, 0, *[0] * 5) + directory + tables
    )


#: Signature, flavor, length, number of tables, reserved, length as TTF, version, and where there is more: nowhere.
_WOFF_HEADER = struct.Struct(">4s4sLHHLHH5L")
#: Tag, offset, packed length, length, checksum.
_WOFF_TABLE = struct.Struct(">4s4L")


def whole(font: Font) -> bytes:
    """The font as it is."""
    return paths.static(f"fonts/{font.file}")


def face_rule(font: Font, address: str) -> str:
    """The ``@font-face`` rule for ``font`` at ``address``."""
    return (
        f'@font-face{{font-family:"{font.family}";font-weight:{font.weight};font-style:{font.style};font-display:block;'
        f'src:url("{address}")}}'
    )
