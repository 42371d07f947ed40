"""What stands around the slides of a page: styles with fonts, scripts, and the policy that allows exactly these.

A folder and the server link to them; a single file holds them.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from markupsafe import Markup

from bpslides import fonts, paths
from bpslides.assets import Assets
from bpslides.policy import content_hash, content_policy
from bpslides.theme import Theme

#: Families of live blocks that builds of the runtime may lack (web/build.mjs), by the kinds of blocks.
FAMILIES = {
    "practice": {"exercise", "quiz", "predict"},
    "training": {"training"},
    "walks": {"walk", "chain"},
}


class Frame:
    """What stands around the slides: styles with fonts, scripts, and the policy that allows exactly these.

    Styles and runtime are the builds for :func:`families_of` the page.
    """

    def __init__(self, assets: Assets, cut: fonts.Cut, families: str) -> None:
        self._assets, self._cut, self._families = assets, cut, families
        self.parts: dict[str, Any] = dict.fromkeys(
            ("style_text", "style_link", "script_text", "script_link", "packed_deck", "packed_plotly")
        )
        self.plotly_link = ""
        self._packed: list[str] = []

    def style(self, theme: Theme, html: str, own: str) -> None:
        """Base styles, then the theme, the deck's own rules, and the fonts that ``html`` needs."""
        rules = [own]
        stacks = f"{theme.tokens['font_text']}, {theme.tokens['font_title']}"
        for font, name, data in fonts.files(html, stacks, self._cut):
            address = self._assets.link(name, data)
            # The style sheet lies in the same folder as the fonts.
            rules.append(fonts.face_rule(font, address.removeprefix("assets/")))
        css = "\n".join([paths.static(f"base{self._families}.css").decode(), theme.css, *rules])
        if self._assets.single_file:
            self.parts["style_text"] = Markup(css)  # noqa: S704 - ours, and the theme is checked when loaded
        else:
            self.parts["style_link"] = self._assets.link("deck.css", css.encode())

    def script(self, *, plots: bool) -> None:
        """The runtime, and, where there are plots, Plotly where the page finds it when one comes near.

        A single file holds both compressed, and a few lines that wake the runtime.
        """
        runtime = f"deck{self._families}.js"
        if self._assets.single_file:
            self._packed = [paths.static(runtime).decode(), *([paths.static("plotly.js").decode()] if plots else [])]
            self.parts["script_text"] = Markup(paths.static("wake.js").decode())  # noqa: S704 - ours
            self.parts["packed_deck"] = _base64(paths.static(f"{runtime}.gz"))
            if plots:
                self.parts["packed_plotly"] = _base64(paths.static("plotly.js.gz"))
        else:
            self.parts["script_link"] = self._assets.link("deck.js", paths.static(runtime))
            if plots:
                self.plotly_link = self._assets.link("plotly.js", paths.static("plotly.js"))

    def policy(self) -> str:
        """The Content Security Policy of the page."""
        if not self._assets.single_file:
            return content_policy("'self'", "'self'", "'self'", "'self' data:")
        scripts = " ".join(map(content_hash, [str(self.parts["script_text"]), *self._packed]))
        styles = content_hash(str(self.parts["style_text"]))
        return content_policy(scripts, styles, "data:", "data:", "data:", connect="'none'")


def families_of(html: str, *, whole: bool = False) -> str:
    """What the names of the smallest builds hold that bring every block of ``html`` to life, such as ``-walks``."""
    kinds = set(re.findall(r'data-block="(\w+)"', html))
    return "".join(f"-{family}" for family, blocks in FAMILIES.items() if whole or kinds & blocks)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
