"""The reference: a page for every block and for the other parts of the deck language, as Markdown.

``page("flow")`` is one page, ``files()`` the whole of ``docs/reference``, ``SUMMARIES`` what there is. Words and tables
come from the docstrings of :mod:`bpslides.model`; what no class could say stands in the ``.md`` files beside this
module, where a line that begins with ``%`` stands for a table.
"""

from __future__ import annotations

import re
import textwrap
from functools import lru_cache
from pathlib import Path

from bpslides import paths
from bpslides.expression import FUNCTIONS
from bpslides.formatting import format_number
from bpslides.model import BLOCKS, Block, Series
from bpslides.reference.settings import Settings
from bpslides.schema import Schema, deck_schema, docstrings, forms_of

_HERE = Path(__file__).parent

SAMPLE = (_HERE / "sample.yaml").read_text(encoding="utf-8")
"""The models that the examples use, as the beginning of a deck."""

HEADS = {
    "notation": """\
notation:
  x: {name: input, meaning: What goes in.}
  w: {name: weight, meaning: How strongly the input counts., colour: accent}
  b: {name: bias, meaning: What is there without any input.}
  y_hat: {name: prediction, meaning: What the neuron says., colour: forward}
  L: {name: loss, meaning: How wrong that is., colour: backward}
""",
    "related": "requires: [visual-guide]\n",
}
"""Kind of block → what its example needs in the head of the deck."""

TOPICS = {
    "deck": "The head of a deck, and YAML in one minute.",
    "slides": "Slides, stacks, and slides of other decks.",
    "series": "Several decks with an index page.",
    "models": "Graphs and layered networks, and how they are trained.",
    "expressions": "The arithmetic in braces, and how numbers are written.",
    "themes": "How a deck looks.",
}
"""The pages that are about no block."""

SUMMARIES = {**TOPICS, **{kind: docstrings.of_class(block).partition("\n\n")[0] for kind, block in BLOCKS.items()}}
"""Page → what it is about, in a sentence."""


def files() -> dict[str, str]:
    """Name → text of every file of the reference but the pictures."""
    return {"README.md": _index(), **{f"{name}.md": page(name) for name in SUMMARIES}}


def page(name: str) -> str:
    """The page of a block, or one of :data:`TOPICS`."""
    if name in BLOCKS:
        return _block(name)
    written = (_HERE / f"{name}.md").read_text(encoding="utf-8")
    settings = Settings(_schema())
    return re.sub(r"^%(.+)$", lambda match: _filled(match[1].split(), settings), written, flags=re.MULTILINE)


def for_terminal(text: str) -> str:
    """A page without pictures and links, which no terminal can follow."""
    text = re.sub(r"^!\[.*\n\n|\n\[All blocks\].*\n", "", text, flags=re.MULTILINE)
    # What stands in code is no link.
    return re.sub(r"(```.*?```|`[^`\n]*`)|(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1\2", text, flags=re.DOTALL)


@lru_cache(maxsize=1)
def _schema() -> Schema:
    return deck_schema(Series)


def _block(kind: str) -> str:
    block = BLOCKS[kind]
    settings = Settings(_schema())
    parts = [f"# `{kind}`", settings.words(block.__name__)]
    parts.append(f"![{kind}: what the example below looks like](pictures/{kind}.png)")
    parts.append(_example(block))
    forms = forms_of(block)
    if any("neuron" in form.example for form in forms):
        parts.append("The model `neuron` is the one on the page about [models](models.md).")
    needed = {name for name, field in block.model_fields.items() if field.is_required()}
    if block.short is not None and needed <= {block.short}:
        parts.append(f"In short, `{kind}: …` gives the `{block.short}` alone.")
    for form in forms:
        name = form.__name__
        if form is block:
            parts.append("## Settings")
        else:
            key = settings.own_key(name, [other.__name__ for other in forms])
            parts += [f"## `{kind}` with `{key}`", settings.words(name), _example(form)]
        parts.append(settings.page(name))
    return "\n\n".join([*parts, "[All blocks](README.md#blocks)"]) + "\n"


def _example(block: type[Block]) -> str:
    listed = block.example.strip().replace("\n", "\n  ")
    return f"```yaml\n- {listed}\n```"


def _index() -> str:
    lines = ["# Reference", "", "What a deck may hold, page by page. `bpslides help` shows the same in a terminal.", ""]
    lines += [f"- [{name}]({name}.md): {_small(summary)}" for name, summary in TOPICS.items()]
    lines += ["", "## Blocks", "", "| block | what it shows | |", "|---|---|---|"]
    for kind in BLOCKS:
        picture = f'<a href="{kind}.md"><img src="pictures/{kind}.png" width="300" alt=""></a>'
        lines.append(f"| [`{kind}`]({kind}.md) | {SUMMARIES[kind]} | {picture} |")
    lines += ["", "These pages are written by `make reference`, from the docstrings in `src/bpslides/model`."]
    return "\n".join(lines) + "\n"


def _small(summary: str) -> str:
    return summary[0].lower() + summary[1:]


# ── what stands for a line with % ─────────────────────────────────────────────────────────────────────────────────


def _filled(words: list[str], settings: Settings) -> str:
    match words:
        case ["settings", name]:
            return settings.page(name)
        case ["settings", name, key]:
            return settings.section(name, key)
        case ["sample"]:
            return f"```yaml\n{SAMPLE}```"
        case ["functions"]:
            return textwrap.fill(" ".join(f"`{name}`" for name in sorted(FUNCTIONS)), 120)
        case ["formats"]:
            return _formats()
        case ["themes"]:
            return _themes()
    raise ValueError(f"nothing stands for %{' '.join(words)}")


_FORMATS = {
    ".2f": "two digits behind the point",
    "+.2f": "the same, always with its sign",
    ".3e": "as a power of ten",
    ".3g": "three significant digits, without zeros at the end",
    ".3s": "three significant digits, with their zeros: 2 is 2.00",
    ".1%": "as percent",
    "d": "rounded to a whole number",
    ",d": "the same, with a comma between thousands",
}


def _formats() -> str:
    rows = [f"| `{spec}` | {words} | {format_number(-1234.567, spec)} |" for spec, words in _FORMATS.items()]
    return "\n".join(["| format | what it does | −1234.567 becomes |", "|---|---|---|", *rows])


def _themes() -> str:
    rows = ["| theme | scheme | how it looks |", "|---|---|---|"]
    for file in sorted(paths.shipped("themes").glob("*/theme.css")):
        said = dict(re.findall(r"^(\w+): (.+)$", file.read_text(encoding="utf-8").partition("*/")[0], re.MULTILINE))
        rows.append(f"| `{file.parent.name}` | {said['scheme']} | {said['description']} |")
    return "\n".join(rows)
