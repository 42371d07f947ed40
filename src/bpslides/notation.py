"""The notation ledger: what a deck declares about its symbols, once, for every formula and drawing.

A :class:`Ledger` reads the declarations, :meth:`Ledger.mark` puts the number and colour of its entry on each symbol of
a formula, and tells which symbols nobody has declared. The page explains them from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from bpslides import marking
from bpslides.errors import Place, Problems
from bpslides.symbolic import default_symbol
from bpslides.text import Text

if TYPE_CHECKING:
    from bpslides.model import Symbol


@dataclass(frozen=True)
class Entry:
    """A declared symbol: its number in the ledger, its key there, its LaTeX, and what the author says about it."""

    number: int
    key: Text
    latex: str
    symbol: Symbol

    @property
    def attributes(self) -> dict[str, str]:
        """What an element carries that shows this symbol."""
        ink = {"data-ink": str(self.symbol.colour)} if self.symbol.colour else {}
        return {"data-symbol": str(self.number), **ink}


class Ledger:
    """The symbols of one deck. One without entries marks nothing and misses nothing."""

    def __init__(
        self,
        notation: Mapping[Text, Symbol],
        symbols: Mapping[str, str],
        mathml: Callable[[str], str],
        problems: Problems,
        *,
        asks: bool = True,
    ) -> None:
        """Read the declarations; ``symbols`` are what models call their names, ``mathml`` turns LaTeX into MathML.

        Undeclared symbols are missed only if it ``asks`` for them.
        """
        self._asks = asks
        self.entries: list[Entry] = []
        self._known: dict[tuple[marking.Shape, ...], dict[str, str]] = {}
        self._marked: dict[str, tuple[Markup, list[str]]] = {}
        self._told: set[str] = set()
        self._mathml = mathml
        keys: dict[tuple[marking.Shape, ...], Text] = {}
        for key, symbol in notation.items():
            entry = Entry(len(self.entries), key, symbols.get(key) or latex_of(key), symbol)
            try:
                shapes = marking.shapes(mathml(entry.latex))
            except ValueError as error:
                problems.error(
                    f"the symbol “{key}” cannot be read: {error}",
                    key.place(),
                    "a symbol is LaTeX, or a name of a model",
                )
                continue
            if shapes in keys:
                message = f"“{key}” and “{keys[shapes]}” are the same symbol"
                problems.error(message, key.place(), "declare each symbol once")
            elif not shapes:
                problems.error("a symbol cannot be empty", key.place())
            else:
                self.entries.append(entry)
                keys[shapes], self._known[shapes] = key, entry.attributes

    def find(self, latex: str) -> Entry | None:
        """The entry of a symbol by itself, such as the name of a unit in a drawing; None if there is none."""
        if not self.entries:
            return None
        try:
            found = re.search(r'data-symbol="(\d+)"', self._mark(self._mathml(latex))[0])
        except ValueError:
            return None
        return self.entries[int(found[1])] if found else None

    def mark(self, html: Markup, missing: Callable[[str], None], ours: Container[str] = ()) -> Markup:
        """A formula with its symbols marked; ``missing`` is told the LaTeX of each undeclared one, once a deck.

        Those in ``ours`` are not missed: no author wrote them.
        """
        if not self.entries:
            return html
        marked, undeclared = self._mark(html)
        for latex in undeclared if self._asks else ():
            if latex not in self._told and latex not in ours:
                self._told.add(latex)
                missing(latex)
        return marked

    def _mark(self, html: str) -> tuple[Markup, list[str]]:
        if html not in self._marked:
            self._marked[html] = marking.mark(html, self._known)
        return self._marked[html]


def latex_of(key: str) -> str:
    r"""The LaTeX of a ledger's key: LaTeX as it is, a name of a model as formulas write it (`w1` as `w_1`)."""
    if key == "learning_rate":
        return r"\eta"
    return default_symbol(key) if re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", key) else key


def missing(latex: str, place: Place | None) -> tuple[str, Place | None, str]:
    """The warning about an undeclared symbol: message, place and hint."""
    return f"the symbol “{latex}” is not in the notation", place, f"declare it there: '{latex}': what it is called"


def spot(source: str, latex: str, start: int = 0) -> int:
    """Where an undeclared symbol stands in what an author wrote, from ``start`` on; ``start`` if it is not found."""
    accented = re.fullmatch(r"(\\\w+)\{(.+)\}", latex)
    letter = re.escape(accented[2] if accented else latex) + (r"(?![a-zA-Z])" if "\\" in latex else "")
    if accented:
        found = re.compile(rf"{re.escape(accented[1])}\s*\{{?\s*{letter}").search(source, start)
        return found.start() if found else start
    tokens = _TOKEN.finditer(source, start)
    return next((token.start() for token in tokens if re.fullmatch(letter, token[0])), start)


#: A piece of LaTeX in which no symbol begins but at its first character.
_TOKEN = re.compile(r"\{\{ .*?\}\}|\\(?:text|mathrm|operatorname)\s*\{[^}]*\}|\\[a-zA-Z]+|.", re.DOTALL)
