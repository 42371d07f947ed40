"""What ``bpslides help`` answers: ``answer("variables")`` is a page, a section of one, or the setting of that name.

:func:`suggestion` names what somebody may have meant who asked in other words.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache

from bpslides import icons, reference
from bpslides.model import BLOCKS, Series
from bpslides.reference.settings import Settings
from bpslides.schema import deck_schema, forms_of

SECTIONS = {
    "variables": ("deck", "Variables"),
    "symbols": ("deck", "Symbols, declared once"),
    "yaml": ("deck", "YAML in one minute"),
    "claims": ("slides", "Claims"),
    "notes": ("slides", "Notes"),
    "pictures": ("slides", "Pictures and links"),
    "links": ("slides", "Pictures and links"),
    "backgrounds": ("slides", "Backgrounds and movement"),
    "transitions": ("slides", "Backgrounds and movement"),
    "footnotes": ("slides", "Footnotes and icons"),
    "icons": ("slides", "Footnotes and icons"),
    "stack": ("slides", "`stack`"),
    "include": ("slides", "`include`"),
    "files": ("slides", "A deck in several files"),
    "layers": ("models", "Layers instead of lines"),
    "numbers": ("expressions", "Numbers of a model"),
    "gradients": ("expressions", "Numbers of a model"),
    "values": ("expressions", "All numbers at once"),
    "functions": ("expressions", "What can be done with them"),
    "formats": ("expressions", "Formats"),
    "tokens": ("themes", "Tokens"),
}
"""Topic → the page that tells of it, and the heading there."""

SYNONYMS = {
    "picture": ("image", "pictures"), "photo": ("image",), "img": ("image",), "movie": ("video",),
    "graph": ("figure", "curve"), "plot": ("figure", "curve"), "chart": ("figure",), "diagram": ("flow", "network"),
    "heatmap": ("figure",), "bar": ("figure",), "bars": ("figure",), "animation": ("transitions", "fragment"),
    "bullet": ("list",), "bullets": ("list",), "item": ("list",), "items": ("list",), "enumeration": ("list", "steps"),
    "math": ("equation",), "maths": ("equation",), "formula": ("equation",), "formulas": ("equation",),
    "latex": ("equation",), "tex": ("equation",), "text": ("markdown",), "paragraph": ("markdown",),
    "definition": ("glossary",), "definitions": ("glossary",), "box": ("callout", "cards"), "alert": ("callout",),
    "column": ("columns",), "grid": ("cards", "columns"), "program": ("code",), "listing": ("code",),
    "slider": ("demo",), "interactive": ("demo", "curve"), "playground": ("demo",), "step": ("steps",),
    "reveal": ("fragment",), "pause": ("fragment",), "colour": ("tokens",), "color": ("tokens",), "colors": ("tokens",),
    "font": ("tokens",), "fonts": ("tokens",), "style": ("themes",), "css": ("themes",), "dark": ("themes",),
    "look": ("themes",), "speaker": ("notes",), "assert": ("claims",), "assertion": ("claims",), "test": ("claims",),
    "arithmetic": ("expressions",), "calculation": ("expressions",), "array": ("functions",), "index": ("numbers",),
    "rounding": ("formats",), "decimals": ("formats",), "train": ("training", "models"), "import": ("include",),
    "part": ("files",), "parts": ("series", "files"), "vertical": ("stack",), "citation": ("footnotes", "quote"),
    "reference": ("footnotes", "links"), "constant": ("variables",), "emoji": ("icons",), "quotes": ("yaml",),
    "neuron": ("models", "network"), "weights": ("models",), "activation": ("models",), "optimiser": ("optimizer",),
}  # fmt: skip
"""Other words → what the topic is called here."""

#: Spellings that are less alike than this share letters by chance.
NEAR = 0.75
#: A setting that more blocks have than this is told by their names alone.
MOST_TOLD = 4
_WIDTH = 100


def answer(topic: str) -> str | None:
    """What there is to say about a topic, as Markdown; None if there is nothing of this name."""
    for name in _spellings(topic):
        if name in reference.SUMMARIES:
            return reference.page(name)
        if name in SECTIONS:
            return _section(name)
        if name in _settings():
            return _setting(name)
    return None


def suggestion(topic: str) -> str | None:
    """A hint for a topic that there is no help on: what it is called here, or what is spelt nearly alike."""
    known = [*reference.SUMMARIES, *SECTIONS, *_settings()]
    names: Sequence[str] = SYNONYMS.get(topic.lower()) or get_close_matches(topic.lower(), known, n=1, cutoff=NEAR)
    return f"did you mean {' or '.join(f'“{name}”' for name in names)}?" if names else None


def _spellings(topic: str) -> list[str]:
    """A topic as it stands, with small letters, and as one of many or many of one."""
    name = topic.lower().replace("-", "_")
    return [topic, name, f"{name}s", name.removesuffix("s")]


def _section(name: str) -> str:
    page, heading = SECTIONS[name]
    text = reference.page(page)
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None  # a test looks for each
    parts = [found[0].rstrip()]
    if name == "icons":
        parts.append("The names are:")
        parts.append(textwrap.fill(" ".join(icons.names()), _WIDTH, break_on_hyphens=False))
    return "\n\n".join([*parts, _more(page)]) + "\n"


def _setting(key: str) -> str:
    """The setting of a deck, a slide or a model, or of blocks."""
    parts, pages = [f"# `{key}`"], []
    holders = _settings()[key]
    for page, what, words, takes in holders if len(holders) <= MOST_TOLD else ():
        parts.append(f"A setting of {what}. {words}\n\nIt takes {takes}.")
        pages.append(page)
    if not pages:
        pages = [page for page, *_ in holders]
        parts.append(f"A setting of {', '.join(what for _, what, *_ in holders)}.")
    pages += SYNONYMS.get(key, ())
    pages += [name for name in _spellings(key)[2:] if name in reference.SUMMARIES or name in SECTIONS]
    return "\n\n".join([*parts, _more(*dict.fromkeys(pages))]) + "\n"


def _more(*pages: str) -> str:
    return "More: " + ", ".join(f"bpslides help {page}" for page in pages)


@lru_cache(maxsize=1)
def _settings() -> dict[str, list[tuple[str, str, str, str]]]:
    """Key → for each part of the language that has it: page, name, what it is for, and what it takes."""
    settings = Settings(deck_schema(Series))
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    heads = [("deck", "a deck", "Deck"), ("slides", "a slide", "Slide"), ("slides", "an include", "Include")]
    heads += [("models", "a model", "Model"), ("models", "a network", "Network"), ("models", "a layer", "Layer")]
    heads += [("themes", "the tokens", "Tokens")]
    blocks = [
        (kind, f"the block `{kind}`", form.__name__) for kind, block in BLOCKS.items() for form in forms_of(block)
    ]
    for page, what, name in (*heads, *blocks):
        for key, words, takes in settings.entries(name):
            if all(what != other for _, other, *_ in found.get(key, ())):
                found.setdefault(key, []).append((page, what, words, takes))
    return found
