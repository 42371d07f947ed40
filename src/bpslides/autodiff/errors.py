"""The errors of the core: each says what happened, where on the tape, and what to do about it."""

import difflib
from collections.abc import Iterable


class AutodiffError(ValueError):
    """Something the core refuses.

    Attributes:
        message: what happened, in one sentence.
        hint: what to do about it, or "".
        node: the nearest named node, or None when there is none.
    """

    def __init__(self, message: str, hint: str = "", node: str | None = None) -> None:
        """Keep the parts, so that a caller can print them in its own way."""
        super().__init__(f"{message} ({hint})" if hint else message)
        self.message = message
        self.hint = hint
        self.node = node


class NotFinite(AutodiffError):
    """A value or an adjoint became NaN or infinite; `op` names the operation that made it."""

    def __init__(self, message: str, op: str, hint: str = "", node: str | None = None) -> None:
        """Keep the name of the operation beside the message."""
        super().__init__(message, hint, node)
        self.op = op


class Diverged(AutodiffError):
    """Training left the finite numbers; `step` is the number of the update (from 1) that did."""

    def __init__(self, message: str, step: int, hint: str = "", node: str | None = None) -> None:
        """Keep the number of the update beside the message."""
        super().__init__(message, hint, node)
        self.step = step


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return 'did you mean "..."?' for the known word closest to `word`, else the list of a few known words."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known: " + ", ".join(words[:12]) + (", ..." if len(words) > 12 else "") if words else ""
