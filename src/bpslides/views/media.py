"""The view of code: its lines in colours, each with the steps that bring it out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.highlighting import UnknownLanguage, highlighted
from bpslides.model import Code
from bpslides.views.common import View

if TYPE_CHECKING:
    from bpslides.compute import Numbers


def code(block: Code, numbers: Numbers, problems: Problems, key: str) -> View:
    """``lines``, each with its ``html`` and the numbers of its ``steps`` with spaces between."""
    try:
        lines = highlighted(block.text, block.language)
    except UnknownLanguage as error:
        place = block.language.place() if block.language else None
        problems.error(f"there is no language “{block.language}”", place, error.hint)
        lines = highlighted(block.text, None)
    steps: list[list[str]] = [[] for _ in lines]
    for number, step in enumerate(block.steps, 1):
        for first, last in re.findall(r"(\d+)(?:\s*[-–]\s*(\d+))?", step):
            if int(last or first) > len(lines):
                problems.error(f"there is no line {last or first}, the last one is {len(lines)}", step.place())
                break
            for line in range(int(first) - 1, int(last or first)):
                steps[line].append(str(number))
    return {
        "lines": [{"html": html, "steps": " ".join(where)} for html, where in zip(lines, steps, strict=True)],
    }
