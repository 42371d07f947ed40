"""Whether the colours of a deck, its theme's and its own, can be read on one another."""

from __future__ import annotations

from bpslides import colours, theme
from bpslides.errors import Problems
from bpslides.source import Source

#: Token of text → the tokens of what it stands on.
TEXTS = {
    "text": ("bg", "surface", "surface_raised"),
    "text_muted": ("bg", "surface"),
    "accent": ("bg",),
    "on_accent": ("accent",),
    "forward_text": ("bg", "surface", "forward_soft"),
    "backward_text": ("bg", "surface", "backward_soft"),
    "good": ("bg",),
    "bad": ("bg",),
}


def check(source: Source, problems: Problems) -> None:
    """Warn of colours for text that are too near to the colour behind them."""
    deck = source.deck
    tokens = theme.load(deck.theme, source.folder, Problems(), deck.tokens).tokens
    for front, grounds in TEXTS.items():
        for ground in grounds:
            try:
                ratio = colours.contrast(tokens[front], tokens[ground])
            except ValueError:
                continue  # a colour that only a browser knows: `check --browser` sees it
            if ratio < colours.READABLE:
                problems.warning(
                    f"“{front}” on “{ground}” has a contrast of {ratio:.1f}, and text needs {colours.READABLE}",
                    deck.theme.place() or deck.title.place(),
                    f"in the theme “{deck.theme}”, or under “tokens”, move {front} away from {ground}",
                )
