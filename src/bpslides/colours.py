"""Colours as data: read what CSS calls a colour, measure how well one is read on another, and mix them.

``contrast("#555", "white")`` is the ratio that accessibility rules ask about: 4.5 for text, 3 for large text and for
shapes that carry meaning.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: The colours that CSS knows by name, each followed by its code. "gray" is written for "grey", too.
_NAMED = """
    aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4 black
    000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0
    chartreuse 7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff
    darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkkhaki bdb76b darkmagenta
    8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen
    8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493
    deepskyblue 00bfff dimgray 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0 forestgreen 228b22 fuchsia
    ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray 808080 green 008000 greenyellow adff2f
    honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa
    lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
    lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightpink ffb6c1 lightsalmon ffa07a lightseagreen
    20b2aa lightskyblue 87cefa lightslategray 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen
    32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3
    mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a mediumturquoise 48d1cc
    mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead
    navy 000080 oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6
    palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9
    peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown
    bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna
    a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 snow fffafa springgreen 00ff7f steelblue
    4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white
    ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""


#: The contrast that text needs (WCAG 2.2, success criterion 1.4.3); large text and shapes need 3.
READABLE = 4.5


class Colour(NamedTuple):
    """A colour of the sRGB space: red, green and blue from 0 to 255, opacity from 0 to 1."""

    red: float
    green: float
    blue: float
    opacity: float = 1.0

    @property
    def code(self) -> str:
        """The colour as CSS code, ``#rrggbb``, or ``#rrggbbaa`` where one sees through it."""
        parts = [self.red, self.green, self.blue] + ([255 * self.opacity] if self.opacity < 1 else [])
        return "#" + "".join(f"{round(part):02x}" for part in parts)


def parse(text: str) -> Colour:
    """The colour that ``text`` stands for: a code such as ``#c00`` or ``#cc0000``, a name, or ``rgb(…)``.

    Raises:
        ValueError: for anything else, also for colours of other spaces that CSS allows.
    """
    text = text.strip().lower()
    code = text.removeprefix("#") if text.startswith("#") else names().get(text)
    if code is not None and re.fullmatch(r"[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8}", code, re.ASCII):
        digits = code if len(code) > 4 else "".join(2 * digit for digit in code)
        parts = bytes.fromhex(digits)
        return Colour(parts[0], parts[1], parts[2], parts[3] / 255 if len(parts) == 4 else 1.0)
    number = r"\s*(\d{1,3}(?:\.\d+)?|\.\d+)"
    match = re.fullmatch(rf"rgba?\({number}[\s,]{number}[\s,]{number}(?:\s*[/,]{number}(%?))?\s*\)", text, re.ASCII)
    if match is None:
        raise ValueError(f"not a colour: {text}")
    red, green, blue = (min(float(part), 255.0) for part in match.groups()[:3])
    share = float(match[4]) / (100 if match[5] else 1) if match[4] else 1.0
    return Colour(red, green, blue, min(share, 1.0))


def names() -> dict[str, str]:
    """Name → six digits, for every colour that CSS knows by name."""
    words = _NAMED.split()
    known = dict(zip(words[::2], words[1::2], strict=True))
    return known | {name.replace("gray", "grey"): code for name, code in known.items()}


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """``share`` of ``colour`` (0 to 1) in ``other``, both taken as opaque."""
    return Colour(*(share * a + (1 - share) * b for a, b in zip(colour[:3], other[:3], strict=True)))


def luminance(colour: Colour) -> float:
    """How bright an opaque colour is to the eye, 0 for black and 1 for white: WCAG 2.2, "relative luminance"."""
    shares = [part / 255 for part in colour[:3]]
    red, green, blue = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(foreground: str, background: str) -> float:
    """The contrast ratio of two colours, from 1 (equal) to 21 (black and white): WCAG 2.2, "contrast ratio".

    A foreground that one sees through is first laid over the background, which counts as opaque.

    Raises:
        ValueError: when one of them is not a colour that :func:`parse` knows.
    """
    front, back = parse(foreground), parse(background)
    low, high = sorted([luminance(mix(front, back, front.opacity)), luminance(back)])
    return (high + 0.05) / (low + 0.05)


def readable(foreground: str, towards: str, backgrounds: list[str], ratio: float = READABLE) -> str:
    """``foreground``, moved towards another colour as little as needed to reach ``ratio`` on all ``backgrounds``."""
    start, end = parse(foreground), parse(towards)
    steps = [mix(end, start, step / 20).code for step in range(21)]
    return next((code for code in steps if all(contrast(code, on) >= ratio for on in backgrounds)), steps[-1])
