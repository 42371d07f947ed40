"""What lies behind a slide, and the colours in which its text is read there.

:func:`backdrop` turns a slide's ``background`` and ``scheme`` into classes and attributes for reveal.js, and warns
where text would be hard to read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bpslides import colours
from bpslides import theme as themes
from bpslides.assets import Assets
from bpslides.errors import Problems
from bpslides.model import Slide
from bpslides.model.looks import GROUNDS
from bpslides.text import Text


@dataclass(frozen=True)
class Backdrop:
    """How a slide stands out from the theme: ``classes`` and ``attributes`` of its section."""

    classes: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    style: str = ""
    """The same background for a page whose scripts do not run."""


def backdrop(slide: Slide, theme: themes.Theme, assets: Assets, problems: Problems) -> Backdrop:
    """The backdrop of one slide. A picture that cannot be had, and text without contrast, are reported."""
    wanted = slide.background
    given = (wanted.gradient or [text for text in (wanted.colour,) if text is not None]) if wanted else []
    scheme, plain = _ink(slide, given, theme, problems) if given else (slide.scheme or theme.scheme, bool(wanted))
    tokens = _tokens(scheme, theme)
    classes = ([f"on-{scheme}"] if scheme != theme.scheme else []) + (["plain-ink"] if plain else [])
    if given:
        shown = [_literal(text, tokens) for text in given]
        if len(shown) == 1:
            return Backdrop(classes, {"data-background-color": shown[0]}, shown[0])
        gradient = f"linear-gradient(to bottom right, {shown[0]}, {shown[1]})"
        return Backdrop(classes, {"data-background-gradient": gradient}, gradient)
    if not classes:
        return Backdrop()
    attributes = {"data-background-color": tokens["bg"]}
    address = assets.picture(wanted.image, wanted.image, 0, problems) if wanted and wanted.image else None
    if wanted and address:
        attributes |= {"data-background-image": address, "data-background-opacity": f"{wanted.opacity:g}"}
    return Backdrop(classes, attributes, tokens["bg"])


def _ink(slide: Slide, given: list[Text], theme: themes.Theme, problems: Problems) -> tuple[str, bool]:
    """The scheme in which text is read on colours, and whether only its main colour is fit for that."""
    others = [scheme for scheme in themes.SCHEMES if scheme != theme.scheme]
    candidates = [slide.scheme] if slide.scheme else [theme.scheme, *others]
    worst: dict[str, float] = {}
    for scheme in candidates:
        tokens = _tokens(scheme, theme)
        backs = [_literal(text, tokens) for text in given]
        worst[scheme] = min(colours.contrast(tokens["text"], back) for back in backs)
        if worst[scheme] >= colours.READABLE:
            second = (tokens["text_muted"], tokens["accent"])
            plain = any(colours.contrast(ink, back) < colours.READABLE for ink in second for back in backs)
            return scheme, plain
    best = max(worst, key=lambda scheme: worst[scheme])
    problems.warning(
        f"text has a contrast of {worst[best]:.1f} to 1 on this background, and needs {colours.READABLE}",
        given[0].place(),
        "choose a darker or a lighter colour" + ("" if len(given) == 1 else ", and two that are near each other"),
    )
    return best, True


def _literal(ground: Text, tokens: dict[str, str]) -> str:
    return tokens[ground] if ground in GROUNDS else str(ground)


def _tokens(scheme: str, theme: themes.Theme) -> dict[str, str]:
    """The tokens of the theme, or of the shipped one that stands for the other scheme and has its name."""
    return theme.tokens if scheme == theme.scheme else themes.load(Text(scheme), Path(), Problems()).tokens


def scheme_rule(scheme: str) -> str:
    """The CSS rule that gives a slide the colours of the other scheme."""
    pairs = []
    for name, value in sorted(themes.load(Text(scheme), Path(), Problems()).tokens.items()):
        try:
            colours.parse(value)
        except ValueError:
            continue  # a size, a font: these are the theme's on every slide
        pairs.append(f"--{name.replace('_', '-')}:{value};")
    return f".reveal .on-{scheme}{{color-scheme:{scheme};color:var(--text);{''.join(pairs)}}}"
