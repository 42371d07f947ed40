"""Tables whose columns have no heading: who hears a table read out is told the heading with every cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from bpslides.check.prose import markdown_parser
from bpslides.errors import Problems
from bpslides.model.blocks import Table, blocks_in
from bpslides.source import Source
from bpslides.text import Text


def check(source: Source, markdown: Iterable[Text], problems: Problems) -> None:
    """Warn of empty headings, in the block ``table`` and in tables of Markdown."""
    hint = "say in a word or two what stands below it"
    for slide in source.slides:
        for block in blocks_in(slide.content):
            for column, cell in enumerate(block.header if isinstance(block, Table) else []):
                if not cell.strip():
                    problems.warning(f"column {column + 1} of this table has no heading", cell.place(), hint)
    for text in dict.fromkeys(markdown):
        for column, offset in _in_markdown(text):
            problems.warning(f"column {column + 1} of this table has no heading", text.place(offset), hint)


def _in_markdown(text: Text) -> Iterator[tuple[int, int]]:
    """The column of each empty heading, from 0, and the offset of its line."""
    if "|" not in text:
        return
    lines = text.splitlines(keepends=True)
    column, row = 0, 0
    for token, following in pairwise(markdown_parser().parse(text)):
        if token.type == "tr_open":
            column, row = 0, token.map[0] if token.map else row
        elif token.type == "th_open":
            if not following.content.strip():
                yield column, sum(map(len, lines[:row]))
            column += 1
