r"""Names as LaTeX: w1 is w_1, y_hat is \hat{y}, eta is \eta, H3.z is z_{H3}."""

import re
import unicodedata

_GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
    ]
)
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}
_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}


def default_symbol(name: str) -> str:
    r"""Return the LaTeX of a name when the deck declares none.

    Digits at the end and words behind _ become subscripts, hat, bar, tilde and dot accents, Greek words letters. Of a
    dotted name the last part is the symbol and the unit before it the subscript: O5.a is a_{O5}, O5.target t_{O5}.
    """
    path = name.split(".")
    if len(path) > 1 and path[-1] in {"z", "a", "target"}:
        return f"{path[-1][0]}_{_braced(path[-2])}"
    if path[-1] == "loss":
        return "L"
    stem, *words = path[-1].split("_") if path[-1].strip("_") else [path[-1]]
    letters, digits = _split_digits(stem)
    letters, marks = _split_marks(letters)
    subscripts = [digits] if digits else []
    for word in words:
        accent, number = _split_digits(word)
        if accent in _ACCENTS:
            marks.append(accent)
            subscripts += [number] if number else []
        elif word:
            subscripts.append(_subscript(word))
    symbol = _letter(letters)
    for mark in marks:
        symbol = f"{_ACCENTS[mark]}{{{symbol}}}"
    return f"{symbol}_{_braced(', '.join(subscripts))}" if subscripts else symbol


def _split_digits(word: str) -> tuple[str, str]:
    digits = re.search(r"(?<=[^0-9])[0-9]+$", word)
    return (word[: digits.start()], digits.group()) if digits else (word, "")


def _split_marks(letters: str) -> tuple[str, list[str]]:
    """Take the accents off a single letter: ŷ is y and a hat."""
    base, *marks = list(unicodedata.normalize("NFD", letters)) or [""]
    if marks and all(mark in _MARKS for mark in marks):
        return base, [_MARKS[mark] for mark in marks]
    return letters, []


def _letter(word: str) -> str:
    if word in _GREEK:
        return f"\\{word}"
    if len(word) == 1 and letter_latex(word) != word:
        return letter_latex(word)
    if set(word) <= {"_"}:
        return r"\_"
    return word if len(word) == 1 else rf"\mathrm{{{word}}}"


def letter_latex(character: str) -> str:
    r"""Return the LaTeX of one letter: that of η is \eta, other letters stay."""
    spelled = _greek_name(character)
    return f"\\{spelled}" if spelled else character


def _greek_name(character: str) -> str:
    """Spell a Greek letter, if LaTeX has a command for it."""
    words = unicodedata.name(character, "").split()
    if words[:1] != ["GREEK"] or len(words) != 4:
        return ""
    spelled = {"LAMDA": "LAMBDA"}.get(words[3], words[3]).lower()
    spelled = spelled.capitalize() if words[1] == "CAPITAL" else spelled
    return spelled if spelled in _GREEK else ""


def _subscript(word: str) -> str:
    """Units such as H3 and single letters stay as they are; words stand upright."""
    letters, _ = _split_digits(word)
    if letters in _GREEK:
        return f"\\{letters}"
    return word if len(letters) < 2 else rf"\mathrm{{{word}}}"


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"
