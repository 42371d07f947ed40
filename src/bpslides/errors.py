"""Everything that can go wrong, as data: where it is, what it is, why, and what to do about it.

A :class:`Problem` is one finding at one :class:`Place`. Code that reads a deck hands every finding to a
:class:`Problems` collector and goes on, so that an author sees all of them in one run; whoever needs a whole deck
calls :meth:`Problems.raise_errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache


class BpslidesError(Exception):
    """Base of all errors that a user may see. ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(BpslidesError):
    """The command was called wrongly (exit code 2)."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a source file. ``line`` and ``column`` count from 1; ``excerpt`` is the whole source line."""

    file: str
    line: int
    column: int
    excerpt: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One finding: a message in plain words, its place, and a hint that says what to do.

    ``block`` is the kind of the block that the place lies in, if any: ``bpslides help`` has a page about it.
    ``severity`` is ``error`` (the deck cannot be built), ``warning`` (the author should look) or ``note`` (good to
    know, never counted). ``check`` names what found it, ``slide`` the id of the slide that it is on.
    """

    message: str
    place: Place | None = None
    hint: str | None = None
    severity: str = "error"
    block: str | None = None
    check: str = "deck"
    slide: str | None = None

    def __str__(self) -> str:
        lead = f"{self.place}: " if self.place else ""
        kind = "" if self.severity == "error" else f"{self.severity}: "
        lines = [_line(f"{lead}{kind}{self.message}")]
        if self.place and self.place.excerpt:
            lines += excerpt_lines(self.place)
        if self.hint:
            lines.append(_line(f"  hint: {self.hint}"))
        if self.block:
            lines.append(f"  more: {self.more}")
        return "\n".join(lines)

    @property
    def more(self) -> str | None:
        """The command that shows the documentation of the block."""
        return f"bpslides help {self.block}" if self.block else None


#: How many characters of a source line are shown around the caret: a deck can hold lines of any length.
EXCERPT_WIDTH = 110


def excerpt_lines(place: Place) -> list[str]:
    """The source line of ``place`` and a caret under the column, both cut to a window that fits a terminal."""
    excerpt, caret = place.excerpt.replace("\t", " "), place.column - 1
    if len(excerpt) > EXCERPT_WIDTH:
        start = max(0, min(caret - EXCERPT_WIDTH // 2, len(excerpt) - EXCERPT_WIDTH))
        cut = "…" if start else excerpt[0]
        excerpt, caret = cut + excerpt[start + 1 : start + EXCERPT_WIDTH], caret - start
    # Characters that are spelt out are wider than in the source.
    return [visible(f"  {excerpt.rstrip()}"), "  " + " " * len(visible(excerpt[:caret])) + "^"]


def _line(text: str) -> str:
    """``text`` without line breaks: a name from the deck must not begin a line that looks like another message."""
    return visible(" ".join(text.splitlines()))


def visible(text: str) -> str:
    """``text`` with control, bidirectional and zero-width characters spelt out, so that a message cannot deceive."""
    return "".join(f"\\u{ord(c):04x}" if _is_deceptive(c) else c for c in text)


def _is_deceptive(character: str) -> bool:
    code = ord(character)
    return (
        (code < 0x20 and character != "\n")
        or 0x7F <= code < 0xA0
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x2069
        or 0xD800 <= code < 0xE000
        or code == 0xFEFF
    )


class DeckError(BpslidesError):
    """A deck that cannot be built. ``problems`` holds every finding, warnings included, in the order of the source."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


#: So many findings are kept: nobody reads more, and a hostile deck could hold a million.
MOST_PROBLEMS = 500


class Problems:
    """Collects findings while a deck is read, computed and rendered."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}
        self._finders: list[Callable[[Place], str | None]] = []
        self._dropped: dict[str, int] = {}
        self._check = Problem.check

    def error(self, message: str, place: Place | None = None, hint: str | None = None) -> None:
        """Note an error: the deck cannot be built."""
        self._keep(Problem(message, place, hint, check=self._check))

    def warning(self, message: str, place: Place | None = None, hint: str | None = None) -> None:
        """Note a warning: the deck is built, but the author should look."""
        self._keep(Problem(message, place, hint, "warning", check=self._check))

    def note(self, message: str, place: Place | None = None, hint: str | None = None) -> None:
        """Note what is good to know, and no fault."""
        self._keep(Problem(message, place, hint, "note", check=self._check))

    def _keep(self, problem: Problem) -> None:
        if problem in self._found or len(self._found) < MOST_PROBLEMS:
            self._found[problem] = None
        else:
            self._dropped[problem.severity] = self._dropped.get(problem.severity, 0) + 1

    @contextmanager
    def during(self, check: str) -> Iterator[None]:
        """What is found within the ``with`` block carries the name of this ``check``."""
        before, self._check = self._check, check
        try:
            yield
        finally:
            self._check = before

    def find_blocks(self, finder: Callable[[Place], str | None]) -> None:
        """Let ``finder`` tell the kind of the block that a place lies in. It is asked only about problems."""
        self._finders.append(finder)

    @property
    def found(self) -> list[Problem]:
        """All findings, sorted by place, each with its block; those without a place come first.

        Of very many, the rest is only counted.
        """
        found = sorted(self._found, key=lambda p: (p.place is not None, p.place or Place("", 0, 0)))
        told = [replace(problem, block=self._block_at(problem.place)) for problem in found]
        return told + [
            Problem(f"{count:,} more {kind}s are not listed", severity=kind) for kind, count in self._dropped.items()
        ]

    def _block_at(self, place: Place | None) -> str | None:
        return next((kind for finder in self._finders if place and (kind := finder(place))), None)

    @property
    def has_errors(self) -> bool:
        """Whether anything found stops the deck from being built."""
        return "error" in self._dropped or any(p.severity == "error" for p in self._found)

    @property
    def is_full(self) -> bool:
        """Whether further findings are only counted."""
        return len(self._found) >= MOST_PROBLEMS

    def raise_errors(self) -> None:
        """Raise :class:`DeckError` with everything found if there is an error among it."""
        if self.has_errors:
            raise DeckError(self.found)


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint that names the closest of ``known``, or lists them all when there are few, or None."""
    return _closest(name, tuple(sorted(set(known))))


@lru_cache(maxsize=1000)
def _closest(name: str, choices: tuple[str, ...]) -> str | None:
    close = get_close_matches(name, choices, n=1, cutoff=0.6) or get_close_matches(
        name.lower(), [c for c in choices if c.lower() == c], n=1, cutoff=0.6
    )
    if close:
        return f"did you mean “{close[0]}”?"
    if 0 < len(choices) <= 24:
        return "known here: " + ", ".join(choices)
    return None
