r"""Find symbols in formulas that are MathML already, by their shape, and give each the attributes of its declaration.

A symbol is what its MathML looks like, so `\hat y` and `\hat{y}` are one. A known `w` also stands for `w_1` and
`w_{ij}`, unless these are known by themselves; `\hat w` is something else. Indices are no symbols.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bpslides.symbolic import letter_latex

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: What an element looks like: tag, text, variant (such as upright), and what it holds.
Shape = tuple[str, str, str, tuple[Any, ...]]
#: The shapes of a symbol, nearly always just one, → the attributes that elements with it get.
Known = Mapping[tuple[Shape, ...], Mapping[str, str]]

#: Formulas that are nested deeper keep their symbols unmarked.
MAX_DEPTH = 60
#: Elements whose children stand in a row, so that a symbol may take several of them; x is our own root.
_ROWS = frozenset({"x", "math", "span", "mrow", "mtd", "mstyle", "msqrt", "menclose", "mpadded"})
#: Of these the contents are marked, never they themselves.
_FRAMES = frozenset({"x", "math", "span", "mtd"})
_SCRIPTS = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
#: Nothing in these is a symbol.
_PLAIN = frozenset({"mo", "mn", "mtext", "mspace", "mphantom", "annotation"})
#: Letters that are signs of mathematics everywhere.
_COMMON = frozenset("deπ∂∇∞ℝℕℤℚℂ𝔼ℙ")
#: What stands raised by itself as an index or a transpose, not as a number of its own.
_RAISED = frozenset("ijklmntT⊤")
_ACCENTS = {"ˆ": "hat", "¯": "bar", "˜": "tilde", "˙": "dot", "⃗": "vec"}


def shapes(html: str) -> tuple[Shape, ...]:
    """The shapes of the symbol that a formula consists of.

    Raises:
        ValueError: for a formula that no symbol could be.
    """
    (formula,) = _parse(html)
    return _row_shapes(formula)


def mark(html: str, known: Known) -> tuple[Markup, list[str]]:
    """A formula with its known symbols marked, and the LaTeX of those that are not known, each once."""
    try:
        root = _parse(html)
    except ValueError:
        return Markup(html), []  # noqa: S704 - as it came
    finder = _Finder(known)
    finder.row(root)
    return _written(root), list(finder.missing)


def _parse(html: str) -> Element:
    from xml.etree.ElementTree import ParseError, fromstring  # 6 ms that only decks with a ledger need

    depth = deepest = 0
    for tag in re.finditer(r"<(/?)[a-z][^>]*?(/?)>", html):
        depth += 0 if tag[2] else -1 if tag[1] else 1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    # XML does not know HTML's names of characters, but for the first three.
    text = re.sub(r"&(?!amp;|lt;|gt;|#)\w+;", lambda found: unescape(found[0]), html)
    try:
        return fromstring(f"<x>{text}</x>")  # noqa: S314 - math-core wrote it, so there is no document type in it
    except ParseError:
        raise ValueError("it holds a character that XML does not know") from None


def _written(root: Element) -> Markup:
    from xml.etree.ElementTree import tostring

    return Markup(tostring(root, encoding="unicode").removeprefix("<x>").removesuffix("</x>"))  # noqa: S704 - as above


def _shape(element: Element) -> Shape:
    inside = _row_shapes(element)
    if element.tag in _ROWS and len(inside) == 1:
        first: Shape = inside[0]
        return first
    return element.tag, (element.text or "").strip(), element.get("mathvariant", ""), inside


def _row_shapes(element: Element) -> tuple[Shape, ...]:
    """The shapes of what an element holds, spaces left out."""
    return tuple(_shape(child) for child in element if child.tag != "mspace")


class _Finder:
    """Goes through one formula."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.longest = max(map(len, known), default=1)
        self.missing: dict[str, None] = {}

    def row(self, element: Element) -> None:
        waiting, done = list(element), []
        while waiting:
            length = next((n for n in range(self.longest, 1, -1) if self._of(waiting[:n])), 1)
            taken, waiting = waiting[:length], waiting[length:]
            if length == 1:
                follower = next((other for other in waiting if other.tag != "mspace"), None)
                self.one(taken[0], applied=follower is not None and follower.text == "(")
                done += taken
            else:
                together = element.makeelement("mrow", dict(self._of(taken) or {}))
                together.extend(taken)
                done.append(together)
        element[:] = done

    def one(self, element: Element, *, applied: bool = False) -> None:
        """Mark an element, or what is in it; ``applied`` to an argument, it may be a function."""
        attributes = self._of([element])
        if attributes is not None and element.tag not in _FRAMES:
            element.attrib.update(attributes)
        elif element.tag == "mi":
            self._letter(element, applied=applied)
        elif element.tag in _ROWS:
            self.row(element)
        elif element.get("accent") == "true" and element[0].tag == "mi":
            accent = _ACCENTS.get(element[1].text or "")
            if accent is not None:
                self.missing[rf"\{accent}{{{letter_latex(element[0].text or '')}}}"] = None
        elif element.tag in _SCRIPTS:
            self._script(element, applied=applied)
        elif element.tag not in _PLAIN:
            for child in element:
                self.one(child)

    def _of(self, elements: list[Element]) -> Mapping[str, str] | None:
        return self.known.get(tuple(_shape(element) for element in elements if element.tag != "mspace"))

    def _script(self, element: Element, *, applied: bool) -> None:
        base, *scripts = element
        attributes = self._of([base])
        if attributes is None:
            self.one(base, applied=applied)
        elif element.tag == "msub":
            element.attrib.update(attributes)  # the index belongs to the symbol
        else:
            for part in (base, scripts[0]) if element.tag == "msubsup" else (base,):
                part.attrib.update(attributes)
        if _shape(base)[1] in ("∂", "∇") and element.tag in ("msub", "msubsup"):
            self.one(scripts[0])
        if element.tag in ("msup", "msubsup") and (scripts[-1].text or "") not in _RAISED:
            self.one(scripts[-1])

    def _letter(self, element: Element, *, applied: bool) -> None:
        letter = element.text or ""
        is_symbol = len(letter) == 1 and unicodedata.category(letter).startswith("L") and letter not in _COMMON
        if is_symbol and not applied and element.get("mathvariant") != "normal":
            self.missing[letter_latex(letter)] = None
