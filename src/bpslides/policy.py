"""Content Security Policies: what a page of ours may load and run, and that it may do nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

CANVASES = {"16:9": (1280, 720), "4:3": (960, 720)}
"""The proportions of a deck → width and height of its slides in pixels. Reveal's styles for print depend on them."""


def content_policy(
    scripts: str, styles: str, font_sources: str, images: str, videos: str = "'self'", connect: str = "'self'"
) -> str:
    """A policy that allows nothing beyond what is named.

    The fixed hashes are of styles that libraries insert: plotly's empty sheet, and the two that reveal adds to print.
    Inline style attributes are needed by plotly's heatmaps and by some formulas; they cannot load anything.
    """
    inserted = " ".join(map(content_hash, _INSERTED_STYLES))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            f"style-src-elem {styles} {inserted}",
            "style-src-attr 'unsafe-inline'",
            f"img-src {images}",
            f"media-src {videos}",
            f"font-src {font_sources}",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


_INSERTED_STYLES = (
    "",
    *(f"@page{{size:{w}px {h}px; margin: 0px;}}" for w, h in CANVASES.values()),
    *(
        f".reveal section>img, .reveal section>video, .reveal section>iframe{{max-width: {w}px; max-height:{h}px}}"
        for w, h in CANVASES.values()
    ),
)


@lru_cache(maxsize=16)
def content_hash(text: str) -> str:
    """The source by which a policy allows exactly this script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
