"""What stands around the slides of a page: styles with fonts, scripts, and the policy that allows exactly these.

A folder and the server link to them; a single file holds them.
"""

from __future__ import annotations

import base64
from typing import Any

from markupsafe import Markup

from bpslides import fonts, paths
from bpslides.assets import Assets
from bpslides.policy import content_hash, content_policy
from bpslides.theme import Theme


class Frame:
    """What stands around the slides: styles with fonts, scripts, and the policy that allows exactly these."""

    def __init__(self, assets: Assets, cut: fonts.Cut) -> None:
        self._assets, self._cut = assets, cut
        self.parts: dict[str, Any] = dict.fromkeys(
            ("style_text", "style_link", "script_text", "script_link", "plotly_text")
        )
        self.plotly_link = ""

    def style(self, theme: Theme, html: str, own: str) -> None:
        """Base styles, then the theme, then the deck's own rules and the fonts."""
        rules = [own]
        stacks = f"{theme.tokens['font_text']}, {theme.tokens['font_title']}"
        for font, data in fonts.files(html, stacks, self._cut):
            address = self._assets.link(font.file, data)
            # The style sheet lies in the same folder as the fonts.
            rules.append(fonts.face_rule(font, address.removeprefix("assets/")))
        css = "\n".join([paths.static("base.css").decode(), theme.css, *rules])
        if self._assets.single_file:
            self.parts["style_text"] = Markup(css)  # noqa: S704 - ours, and the theme is checked when loaded
        else:
            self.parts["style_link"] = self._assets.link("deck.css", css.encode())

    def script(self, *, plots: bool) -> None:
        """The runtime, and, where there are plots, Plotly where the page finds it when one comes near."""
        script = paths.static("deck.js")
        if self._assets.single_file:
            self.parts["script_text"] = Markup(script.decode().replace("</script", "<\\/script"))  # noqa: S704 - ours
            if plots:
                self.parts["plotly_text"] = base64.b64encode(paths.static("plotly.js.gz")).decode()
        else:
            self.parts["script_link"] = self._assets.link("deck.js", script)
            if plots:
                self.plotly_link = self._assets.link("plotly.js", paths.static("plotly.js"))

    def policy(self) -> str:
        """The Content Security Policy of the page."""
        if not self._assets.single_file:
            return content_policy("'self'", "'self'", "'self'", "'self' data:")
        scripts = content_hash(str(self.parts["script_text"]))
        if self.parts["plotly_text"]:
            scripts += f" {content_hash(paths.static('plotly.js').decode())}"
        styles = content_hash(str(self.parts["style_text"]))
        return content_policy(scripts, styles, "data:", "data:", "data:", connect="'none'")
