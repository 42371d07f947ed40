"""Themes: a folder with one ``theme.css`` that begins with a comment of metadata.

    /*
    name: Dark
    scheme: dark
    description: For a dim room.
    */

A theme sets the CSS variables of ``web/src/style/tokens.css`` and whatever rules it likes. It is checked when it is
loaded: it may not bring in other files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bpslides import paths
from bpslides.errors import Problems, did_you_mean
from bpslides.text import Text


@dataclass(frozen=True)
class Theme:
    """A checked theme. ``scheme`` is ``dark`` or ``light``, for the browser's own controls."""

    name: str
    scheme: str
    css: str
    file: Path


def load(wanted: Text, folder: Path, problems: Problems) -> Theme:
    """The theme that a deck names: a shipped one, or a folder below the deck's own. A bad one becomes the default."""
    shipped = {file.parent.name: file for file in paths.shipped("themes").glob("*/theme.css")}
    file = shipped.get(str(wanted))
    if file is None:
        own = paths.inside(folder, str(wanted))
        file = own / "theme.css" if own is not None and paths.is_file(own / "theme.css") else None
    if file is None:
        problems.error(f"there is no theme “{wanted}”", wanted.place(), did_you_mean(wanted, shipped))
        file = shipped["dark"]
    try:
        css = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problems.error(f"the theme “{wanted}” is not UTF-8 text", wanted.place(), "save its theme.css as UTF-8")
        css = "/* name: unreadable\nscheme: dark */"
    comment, _, rules = css.partition("*/") if css.startswith("/*") else ("", "", css)
    metadata = dict(re.findall(r"^(?:/\*)?\s*(\w+):\s*(.+?)\s*$", comment, re.MULTILINE))
    for key in ("name", "scheme"):
        if key not in metadata:
            problems.error(
                f"the theme “{wanted}” does not say its “{key}”",
                wanted.place(),
                "in the comment at the top of theme.css",
            )
    if metadata.get("scheme", "dark") not in ("dark", "light"):
        problems.error(f"the scheme of the theme “{wanted}” should be dark or light", wanted.place())
    if re.search(r"@import|url\s*\(|</style|expression\s*\(", css, re.IGNORECASE):
        problems.error(
            f"the theme “{wanted}” brings in other files",
            wanted.place(),
            "remove @import and url(…) from its theme.css",
        )
        rules = ""
    return Theme(metadata.get("name", str(wanted)), metadata.get("scheme", "dark"), rules.strip(), file)
