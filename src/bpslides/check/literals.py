"""Typed numbers that were a model's once: prose that holds 0.812 where the model now gives 0.810.

A typed number that no model gives, but that nearly equals one that a model does, is probably stale. False alarms are
kept rare: few digits count only on a slide about the model, and the more numbers a deck has, the nearer one must be.
To say that a number is meant, write ``{{ 0.812 }}``, or mention it in a claim, which then watches over it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bpslides.check import known
from bpslides.check.known import Known
from bpslides.check.places import SlideMap, texts
from bpslides.check.prose import Piece
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.source import Source
from bpslides.text import Text

#: The most that a stale number is off, relative.
NEAR = 0.02
#: With n different numbers of its size around, one may be off by this over n. A number that has nothing to do with any
#: of them then looks stale in one case of six at most on a slide about the model, and in one of twelve elsewhere.
SHARE_ON_TOPIC, SHARE = 0.2, 0.1
#: Numbers that come from no model, however near one they are.
CONSTANTS = (math.pi, math.e, math.log(2), math.sqrt(2), math.sqrt(3), (1 + math.sqrt(5)) / 2, 1 / 3, 2 / 3)

_DIGITS = r"[1-9]\d{0,2}(?:(?:,|\{,\})\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_POWER = (
    r"(?:[eE](?P<e>[-+]?\d+)(?!\w)"
    r"|\s*(?:×|\\times|\\cdot)\s*10\s*(?:\^\{?(?P<tex>[-−]?\d+)\}?|(?P<sup>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)))"
)
_NUMBER = re.compile(rf"(?P<digits>{_DIGITS}){_POWER}?(?P<percent>\s?\\?%)?")
_SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
# Before a number: part of a word, a version, a date, a price; an index or an exponent; or what the number only counts.
_NOT_AFTER = re.compile(
    r"(?:[\w\ue002.,:/#&@$€£¥\\]|[\w\ue002)}\]]\s?[_^]\{?|[^\W\d]-|\d[-−–]"
    r"|(?:\b(?:figs?|figures?|tables?|sections?|sec|chapters?|pages?|pp?|equations?|eqs?|steps?|epochs?|slides?|version|v"
    r"|no|nr|year|python|exercises?|examples?|problems?|lectures?|weeks?)\.?|§)\s?)\Z",
    re.IGNORECASE,
)
# After it: the rest of a word, a version, a date; or a word that makes it another number.
_NOT_BEFORE = re.compile(r"[\w\ue002]|[./:,]\d|-\d|\s?(?:million|billion|trillion|thousand|[Mm]io|[Mm]rd)\b")
_LENGTH = re.compile(r"\\(?:[hv]space\*?|rule|kern|color|definecolor|phantom)(?:\[[^\]]*\])?\{[^}]*\Z")


@dataclass(frozen=True)
class Typed:
    """A number in prose: ``value`` is its size, and ``unit`` what its last digit counts."""

    text: str
    value: float
    unit: float
    digits: int
    """How many of its digits are significant."""
    format: str
    """The format that prints a number in the same way."""
    offset: int


def check(source: Source, numbers: Numbers, pieces: Iterable[Piece], written: list[Text], problems: Problems) -> None:
    """Warn of typed numbers in ``pieces`` that are nearly a model's. ``written`` is every text of the deck."""
    candidates = known.from_models(source, numbers, written)
    meant = [abs(value) for value in known.from_author(source, written)]
    sizes = sorted({*(abs(candidate.value) for candidate in candidates), *meant, *CONSTANTS})
    everything = _Pool(candidates, SHARE)
    topics = _Topics(source, numbers)
    pools: dict[frozenset[str], _Pool] = {}
    for piece in pieces:
        if piece.kind == "link":
            continue
        for typed in _typed(piece):
            if _any_between(sizes, typed.value - 0.5 * typed.unit, typed.value + 0.5 * typed.unit):
                continue
            about = topics.at(piece.text)
            if about not in pools:
                on_topic = [candidate for candidate in candidates if candidate.models & about]
                pools[about] = _Pool(on_topic, SHARE_ON_TOPIC)
            near = pools[about].nearest(typed.value)
            if near is None and typed.digits > 2:
                near = everything.nearest(typed.value)
            if near is not None:
                _report(typed, near, piece.text, problems)


class _Pool:
    """Numbers that a typed one may have been."""

    def __init__(self, candidates: Iterable[Known], share: float) -> None:
        # 2.0 or 0.5 is most likely a choice: it does not go stale, and much is near it.
        chosen = [candidate for candidate in candidates if _significant(candidate.value) > 1]
        self._ordered = sorted(chosen, key=lambda candidate: abs(candidate.value))
        self._share = share
        self._spread = sorted({float(f"{abs(candidate.value):.3e}") for candidate in chosen})

    def nearest(self, size: float) -> Known | None:
        """The nearest number, if it is near enough: the denser the numbers of this size, the nearer."""
        root = math.sqrt(10)
        neighbours = bisect_right(self._spread, size * root) - bisect_left(self._spread, size / root)
        tolerance = min(NEAR, self._share / max(1, neighbours))
        low = bisect_left(self._ordered, size / (1 + tolerance), key=lambda candidate: abs(candidate.value))
        high = bisect_right(self._ordered, size / (1 - tolerance), key=lambda candidate: abs(candidate.value))
        return min(
            self._ordered[low:high],
            key=lambda candidate: abs(abs(candidate.value) - size),
            default=None,
        )


def _any_between(sizes: list[float], low: float, high: float) -> bool:
    slack = 1e-6 * (high - low)
    return bisect_right(sizes, high + slack) > bisect_left(sizes, low - slack)


def _significant(value: float) -> int:
    return len(f"{abs(value):.12e}".partition("e")[0].replace(".", "").rstrip("0"))


def _report(typed: Typed, near: Known, text: Text, problems: Problems) -> None:
    problems.warning(
        f"“{typed.text}” is typed here, and nearly what a model gives: "
        f"{near.expression} is {format_number(near.value, typed.format)}",
        text.place(typed.offset),
        f"write {{{{ {near.expression} | {typed.format} }}}}, or {{{{ {_plain(typed)} }}}} if you mean this number",
    )


def _plain(typed: Typed) -> str:
    """A typed number as an expression that prints itself."""
    return f"{typed.value:.12g} | {typed.format}"


def _typed(piece: Piece) -> Iterator[Typed]:
    """The numbers in a piece that could be a model's."""
    content = piece.content
    for match in _NUMBER.finditer(content):
        before, after = content[: match.start()], content[match.end() :]
        if _NOT_AFTER.search(before[-24:]) or _NOT_BEFORE.match(after):
            continue
        if piece.kind == "formula" and _LENGTH.search(before):
            continue
        typed = _read(match, piece.offset + match.start())
        if typed is not None:
            yield typed


def _read(match: re.Match[str], offset: int) -> Typed | None:
    """The number that was matched; None for one with too few digits, and for a year."""
    digits = match["digits"].replace("{,}", "").replace(",", "")
    whole, point, decimals = digits.partition(".")
    significant = digits.replace(".", "").lstrip("0")
    written = match["e"] or match["tex"] or match["sup"]
    exponent = int(written.translate(_SUPERSCRIPT)) if written else 0
    if abs(exponent) > 300 or len(digits) > 30:
        return None
    if not point:
        significant = significant.rstrip("0")
        if len(significant) < 3 or (len(whole) == 4 and 1500 <= int(whole) <= 2100 and not written):
            return None
    if len(significant) < 2:
        return None
    last = -len(decimals) if point else len(digits) - len(digits.rstrip("0"))
    shift = exponent - 2 if match["percent"] else exponent
    kind = "%" if match["percent"] else "e" if written else "f"
    places = len(decimals)
    return Typed(
        text=match[0].strip(),
        value=float(f"{digits}e{shift}"),
        unit=10.0 ** (last + shift),
        digits=len(significant),
        format=f".{places}{kind}",
        offset=offset,
    )


class _Topics:
    """Which models a slide is about: those that its texts, claims and blocks name."""

    def __init__(self, source: Source, numbers: Numbers) -> None:
        self._slides = SlideMap(source)
        patterns = {name: known.mentions(name) for name in numbers.programs}
        self._about = {
            str(slide.id): frozenset(
                name for name, pattern in patterns.items() if any(pattern.search(text) for text in texts(slide))
            )
            for slide in source.slides
        }

    def at(self, text: Text) -> frozenset[str]:
        """The models of the slide that ``text`` is on."""
        return self._about.get(self._slides.at(text.place()) or "", frozenset())
