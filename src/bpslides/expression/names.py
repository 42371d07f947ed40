"""Names: which ones a deck may declare, which functions there are, and what to suggest instead of a bad one."""

import unicodedata
from difflib import get_close_matches

FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("exp", "log", "sqrt", "abs", "sin", "cos", "tanh"), (1, 1)),
    **dict.fromkeys(("sigmoid", "relu", "softplus", "gelu", "silu"), (1, 1)),
    **dict.fromkeys(("leaky_relu", "elu", "sum", "mean", "softmax", "log_softmax", "max", "min", "round"), (1, 2)),
    "maximum": (2, 2),
    "minimum": (2, 2),
    "transpose": (1, 1),
    "reshape": (2, 2),
    "len": (1, 1),
    "close": (3, 3),
}
"""Every function with the fewest and the most arguments it takes."""

RESERVED = frozenset({"grad", "updated", "after", "target"})
"""Words that stand for something in a reference."""

WORDS = {
    "and": "it joins two comparisons",
    "or": "there is no or: write two claims",
    "not": "there is no not: turn the comparison around, for instance != for ==",
    "if": "there are no conditions: use max, min or relu",
    "else": "there are no conditions: use max, min or relu",
    "for": "there are no loops: use sum or mean over an array",
    "in": "there is no in: compare with ==",
    "is": "there is no is: compare with ==",
}
"""Words of other languages that are no names, with what to do instead."""

_SMALL_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")


def starts_name(character: str) -> bool:
    """Tell whether a name may begin with this character: a letter or _."""
    return character == "_" or unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo"}


def continues_name(character: str) -> bool:
    """Tell whether a name may go on with this character: a letter, an ASCII digit, _, or an accent of its own.

    Accents of their own are what decomposed text has; `plain_name` then joins them to their letters where it can.
    """
    return starts_name(character) or character in "0123456789" or unicodedata.category(character) == "Mn"


def plain_name(text: str) -> str:
    """Normalise a name (NFC: accents join their letters). Nothing else is merged: ϕ and φ stay two names."""
    return unicodedata.normalize("NFC", text)


def small_digits_as_plain(text: str) -> str:
    """Turn subscript and superscript digits into plain ones: W₁₃ into W13."""
    return text.translate(_SMALL_DIGITS)


def name_problem(name: str) -> str | None:
    """Say why a deck cannot declare this name, with a hint; None when it can."""
    if not name:
        return "a name cannot be empty"
    if name in RESERVED:
        return f"“{name}” is reserved: it stands for something in model.{name}; choose another name"
    if name in FUNCTIONS:
        return f"“{name}” is the name of a function; choose another one, for instance {name}_1"
    if name in WORDS:
        return f"“{name}” is no name ({WORDS[name]})"
    if plain_name(name) != name:
        return f"“{name}” is written with separate accents; write “{plain_name(name)}” with composed characters"
    if name[0].isascii() and name[0].isdigit():
        return f"“{name}” begins with a digit; a name begins with a letter or _, for instance x{name}"
    for place, character in enumerate(name):
        if not (starts_name(character) or (place and character in "0123456789")):
            return f"{_shown(name)} cannot be a name: {_why(name, character)}"
    return None


def _shown(name: str) -> str:
    return f"“{name}”" if name.isprintable() else ascii(name)


def _why(name: str, character: str) -> str:
    if small_digits_as_plain(character) != character:
        return f"small digits are not allowed; write {small_digits_as_plain(name)}"
    if character in " -.":
        kind = {" ": "a space", "-": "a minus", ".": "a dot"}[character]
        return f"{kind} is not allowed; write {name.strip().replace(character, '_')}"
    if unicodedata.category(character) == "Mn":
        return "there is no composed character for its accent; write it out, for instance x_hat"
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"{shown} is neither a letter nor a digit nor _"


_OTHER_NAMES = {
    "average": "mean", "avg": "mean", "count": "len", "length": "len", "size": "len", "ln": "log", "total": "sum",
    "logistic": "sigmoid", "swish": "silu", "absolute": "abs",
}  # fmt: skip
"""Functions as other languages call them."""


def suggestion(word: str) -> str:
    """Return 'did you mean "..."?' for the nearest function, or the list of functions."""
    other = _OTHER_NAMES.get(word.lower())
    close = [other] if other else get_close_matches(word, FUNCTIONS, n=1)
    return f'did you mean "{close[0]}"?' if close else f"the functions are {', '.join(sorted(FUNCTIONS))}"
