"""LaTeX → MathML: ``mathml(latex)`` is one element, ``display_formula(latex)`` one that narrow screens can break."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from bpslides.latex import FormulaError, convert


class MathError(ValueError):
    """A formula that cannot be read: ``message`` and the ``offset`` in the LaTeX."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset

    @property
    def hint(self) -> str | None:
        """What to do about it, where that is plain from the message."""
        if "nknown command" in self.message:
            return r"check the spelling; commands are those of LaTeX, such as \frac or \partial"
        if "brace" in self.message or "group" in self.message or "end of" in self.message.lower():
            return "count the braces: every { needs its }"
        return None


_RAISED_BRACKET = re.compile(r"<msup>(<mo minsize=[^>]*>[^<]*</mo>)")


@lru_cache(maxsize=20_000)
def mathml(latex: str, *, display: bool = False) -> Markup:
    """LaTeX as a ``<math>`` element. Raises :class:`MathError`."""
    try:
        html = convert(latex, display)
    except FormulaError as error:
        offset, _, message = str(error).partition(": ")
        known = offset.isdigit()
        raise MathError(message if known else str(error), int(offset) if known else 0) from None
    # Chromium draws a tall bracket too low where it alone is raised to a power; with anything beside it, it is right.
    html = _RAISED_BRACKET.sub(r"<msup><mrow>\1<mi></mi></mrow>", html)
    # The style sheet lowers primes: the font's are drawn high already, and a superscript would lift them twice.
    return Markup(html.replace("<mo>′</mo></msup>", '<mo class="prime">′</mo></msup>'))  # noqa: S704 - math-core escapes


def display_formula(latex: str) -> Markup:
    """A displayed formula that a narrow screen can break: between statements first, then before a relation.

    Browsers do not break lines inside of ``<math>``, so each part becomes an element of its own; the parts of one
    statement stand in a ``<span>``. Raises :class:`MathError`, with the offset in the whole formula.
    """
    whole = mathml(latex, display=True)
    groups = _parts(latex)
    if sum(map(len, groups)) == 1:
        return whole
    try:
        return Markup("").join(
            Markup("<span>{}</span>").format(Markup("").join(mathml(part, display=True) for part in group))
            for group in groups
        )
    except MathError:
        return whole  # a part that means nothing by itself, such as one side of an alignment


_SPACE = re.compile(r"\\q?quad(?![a-zA-Z])")
_ARROW = re.compile(r"\\(?:implies|iff|Longrightarrow|Longleftrightarrow)(?![a-zA-Z])")
_RELATION = re.compile(r"\\(?:approx|leq?|geq?)(?![a-zA-Z])|[=≈]")
_NEST = re.compile(r"\\(?:left|right|begin|end)(?![a-zA-Z])|\\.|[{}()\[\]]", re.DOTALL)
_DEEPER = {"{": 1, "(": 1, "[": 1, "\\left": 1, "\\begin": 1, "}": -1, ")": -1, "]": -1, "\\right": -1, "\\end": -1}


def _parts(latex: str) -> list[list[str]]:
    """LaTeX cut at what stands in no bracket, environment or fraction: into statements, and these before relations."""
    groups: list[list[str]] = [[]]
    start = position = depth = 0

    def cut(at: int) -> None:
        nonlocal start
        piece = latex[start:at].strip()
        if piece:
            groups[-1].append(piece)
        start = at

    while position < len(latex):
        if depth == 0 and (match := _SPACE.match(latex, position) or _ARROW.match(latex, position)):
            cut(match.start())
            groups.append([])
            position = match.end()
            if match.re is _SPACE:
                start = position
        elif depth == 0 and (match := _RELATION.match(latex, position)):
            if latex[start : match.start()].strip() and latex[match.start() - 1] not in "<>!:+-":
                cut(match.start())
            position = match.end()
        elif match := _NEST.match(latex, position):
            depth += _DEEPER.get(match[0], 0)
            position = match.end()
        else:
            position += 1
    cut(len(latex))
    return [group for group in groups if group]


#: A sign, or a row of signs; what is inside of a formula has been put into one line before what is around it.
_PIECE = r"(<m[ino]\b[^>]*>[^<]*</m[ino]>|<mrow>(?:[^<]|<m[ino]\b[^>]*>[^<]*</m[ino]>)*</mrow>)"
_RAISED = str.maketrans("0123456789n−+′″‴", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁻⁺′″‴")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def in_a_line(html: str) -> str:
    """HTML whose formulas keep their sense when their tags go, as far as signs can: x², w₁, a/b."""
    html = re.sub(
        f"<msub>{_PIECE}{_PIECE}</msub>", lambda m: f"<mi>{_bare(m[1])}{_beside(m[2], '_', _LOWERED)}</mi>", html
    )
    html = re.sub(
        f"<msubsup>{_PIECE}{_PIECE}{_PIECE}</msubsup>",
        lambda m: f"<mi>{_bare(m[1])}{_beside(m[2], '_', _LOWERED)}{_beside(m[3], '^', _RAISED)}</mi>",
        html,
    )
    html = re.sub(
        f"<msup>{_PIECE}{_PIECE}</msup>", lambda m: f"<mi>{_bare(m[1])}{_beside(m[2], '^', _RAISED)}</mi>", html
    )
    return re.sub(f"<mfrac>{_PIECE}{_PIECE}</mfrac>", lambda m: f"{_held(m[1])}/{_held(m[2])}", html)


def _bare(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


def _beside(html: str, mark: str, signs: dict[int, int]) -> str:
    """An index or a power: as small signs where there are such, else behind a mark."""
    text = _bare(html)
    if all(ord(sign) in signs for sign in text):
        return text.translate(signs)
    return mark + (text if len(text) == 1 else f"({text})")


def _held(html: str) -> str:
    """One side of a fraction, in brackets where it would fall apart."""
    text = _bare(html)
    return f"({text})" if re.search(r"[-+−=·⋅]", text) else text
