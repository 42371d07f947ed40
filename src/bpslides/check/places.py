"""From a place in the source to the slide that it is on, and from an element of a page to its block."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from bpslides.errors import Place
from bpslides.render import Section
from bpslides.source import Source
from bpslides.text import Text
from bpslides.views import place_of

_BLOCK = re.compile(r"class=\"block[ \"]")


def texts(value: Any) -> Iterator[Text]:
    """Every text within a part of a deck, keys and names included."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from texts(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(key)
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


class SlideMap:
    """Which slide a place is on: ``SlideMap(source).at(place)``."""

    def __init__(self, source: Source) -> None:
        self._spans: dict[str, list[tuple[int, int, str]]] = {}
        for slide in source.slides:
            origins = [text.origin for text in texts(slide) if text.origin is not None]
            for file in {str(origin.file.path) for origin in origins}:
                lines = [(o.line, o.end_line) for o in origins if str(o.file.path) == file]
                first, last = min(start for start, _ in lines), max(end for _, end in lines)
                self._spans.setdefault(file, []).append((first + 1, last + 1, str(slide.id)))
        for spans in self._spans.values():
            spans.sort()

    def at(self, place: Place | None) -> str | None:
        """The id of the slide, or None for what is on none."""
        spans = self._spans.get(place.file, []) if place else []
        index = bisect_right(spans, place.line, key=lambda span: span[0]) - 1 if place else -1
        if place is None or index < 0 or place.line > spans[index][1]:
            return None
        return spans[index][2]


def block_place(section: Section, number: int | None) -> tuple[str, Place | None]:
    """What a block is called in messages, and its place; ``this slide`` and None for no block."""
    if number is None or not 0 <= number < len(section.blocks):
        return "this slide", None
    block = section.blocks[number]
    return f"block {number + 1}, {block.kind}", place_of(block)
