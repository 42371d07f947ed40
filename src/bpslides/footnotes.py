"""Footnotes of a slide: ``[^1]`` in any of its texts, and ``[^1]: what it says`` in any other.

:class:`Footnotes` collects those of one slide while its texts are rendered, numbers them in the order in which they
are referred to, and gives their list for the foot of the slide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin

from bpslides.errors import Place, Problems

if TYPE_CHECKING:
    from markdown_it.utils import EnvType


@dataclass
class _Note:
    tokens: list[Token]
    env: EnvType
    place: Place | None


@dataclass
class Footnotes:
    """The footnotes of the slide ``slide``, whose id makes the ids of the notes different from all others."""

    slide: str
    problems: Problems
    _notes: dict[str, _Note] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _referred: dict[str, Place | None] = field(default_factory=dict)

    def define(self, label: str, tokens: list[Token], env: EnvType, place: Place | None) -> None:
        """Keep what a note says, as the tokens of its text."""
        if label in self._notes and place != self._notes[label].place:
            self.problems.error(f"this slide has two footnotes “{label}”", place, "give each its own name")
        self._notes[label] = _Note(tokens, env, place)

    def refer(self, label: str, place: Place | None) -> str:
        """The link that stands for a reference in the text."""
        number = self._numbers.setdefault(label, len(self._numbers) + 1)
        self._referred.setdefault(label, place)
        # A dot is in no id of a slide, so no note can take one's place.
        return f'<a href="#{escape(self.slide)}.note-{number}" role="doc-noteref">{number}</a>'

    def html(self, render: Callable[[list[Token], EnvType], str]) -> Markup:
        """The list of the notes that are referred to, empty when there is none; what is amiss is reported."""
        items: list[Markup] = []
        while len(items) < len(self._numbers):  # a note may refer to another
            label = list(self._numbers)[len(items)]
            note = self._notes.get(label)
            words = Markup(render(note.tokens, note.env)) if note else Markup()  # noqa: S704 - rendered by markdown-it
            items.append(Markup('<li id="{}.note-{}">{}</li>').format(self.slide, len(items) + 1, words))
        for label, place in self._referred.items():
            if label not in self._notes:
                hint = f"write it in a line of its own: [^{label}]: text; for the characters themselves: \\[^{label}]"
                self.problems.error(f"this slide has no footnote “{label}”", place, hint)
        for label, note in self._notes.items():
            if label not in self._referred:
                self.problems.warning(
                    f"nothing refers to the footnote “{label}”", note.place, f"write [^{label}] there"
                )
        return Markup('<ol class="footnotes">{}</ol>').format(Markup().join(items)) if items else Markup()


def plugin(markdown: MarkdownIt, define: Callable[[str, list[Token], EnvType], None]) -> None:
    """Teach ``markdown`` the two spellings; ``define`` gets the label, the tokens and the environment of each note."""
    footnote_plugin(markdown, inline=False, move_to_end=False, always_match_refs=True)

    def take_definitions(state: StateCore) -> None:
        kept: list[Token] = []
        notes: list[tuple[str, list[Token]]] = []
        inside = False
        for token in state.tokens:
            if token.type == "footnote_reference_open":
                notes.append((str(token.meta["label"]), []))
                inside = True
            elif token.type == "footnote_reference_close":
                inside = False
            else:
                (notes[-1][1] if inside else kept).append(token)
        state.tokens = kept
        for label, tokens in notes:
            define(label, tokens, state.env)

    markdown.core.ruler.push("take_footnotes", take_definitions)
