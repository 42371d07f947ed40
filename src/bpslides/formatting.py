"""Numbers as text: `format_number(-3.6, "+.2f")` is "−3.60", and `latex_number` writes the same for formulas.

A format is [+][,][.digits] and one of f e g % d, as in Python: .2f, +.3f, .3e, .1%, .4g, d; or s for significant
digits, of which none is dropped: .3s of 0.5 is 0.500. Without a format, up to six significant digits are shown and no
zeros at the end. Rounding is that of Python: exact, and to even at exact ties.
"""

import math
import re
from typing import SupportsFloat

_SPEC = re.compile(r"(\+?)(,?)(?:\.([0-9]{1,2}))?([fegsd%])")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MINUS = "−"


def format_number(value: object, spec: str | None = None) -> str:
    """Write a number as text, with a true minus sign (U+2212), never on a zero, and powers of ten as ×10⁻⁷.

    Raises:
        ValueError: for an unknown format, an array, true or false, and numbers that are not finite.
    """
    digits, exponent = _parts(value, spec)
    digits = digits.replace("-", _MINUS)
    return digits if exponent is None else f"{digits}×10{str(exponent).translate(_SUPERSCRIPT)}"


def latex_number(value: object, spec: str | None = None) -> str:
    r"""Write a number for a formula: with the ASCII minus, \times 10^{-7}, \% and {,} between thousands.

    Raises:
        ValueError: as `format_number` does.
    """
    digits, exponent = _parts(value, spec)
    digits = digits.replace(",", "{,}").replace("%", r"\%")
    return digits if exponent is None else f"{digits} \\times 10^{{{exponent}}}"


def shows_exactly(value: float, spec: str | None = None) -> bool:
    """Tell whether a number reads as it is, and not rounded; the last digits of a double do not count."""
    digits, exponent = _parts(value, spec)
    read = float(digits.replace(",", "").removesuffix("%")) * 10.0 ** (exponent or 0)
    return math.isclose(read / 100 if digits.endswith("%") else read, value, rel_tol=1e-12)


def _parts(value: object, spec: str | None) -> tuple[str, int | None]:
    """Format as Python does, and split the power of ten off."""
    number = _plain(value)
    match = _SPEC.fullmatch(".6g" if spec is None else spec)
    if not match or (match[4] == "d" and match[3]) or (match[4] == "s" and not int(match[3] or 0)):
        raise ValueError(f"“{spec}” is no format for a number; use one such as .2f, +.3f, .3e, .1%, .4g, .3s or d")
    sign, comma, digits, kind = match.groups()
    if kind == "d":
        python = f"{sign}{comma}.0f"
    elif kind == "s":  # Python's own # keeps the zeros of g, and a point behind which nothing comes
        python = f"{sign}#{comma}.{digits}g"
    else:
        python = f"{sign}{comma}{'.' + digits if digits else ''}{kind}"
    text, _, exponent = format(number, python).partition("e")
    text = text.removesuffix(".")
    if not re.search("[1-9]", text):
        text = text.replace("-", sign)
    return text, int(exponent) if exponent else None


def _plain(value: object) -> float:
    if isinstance(value, bool) or type(value).__name__ == "bool":
        raise ValueError("a comparison is true or false, and no format fits it; show the two sides instead")
    if getattr(value, "ndim", 0) or isinstance(value, list | tuple):
        raise ValueError("an array cannot be printed as one number; index it, as in x[0], or reduce it, as in mean(x)")
    # Looking for a protocol takes longer than all the rest, and nearly every number is a float.
    if not isinstance(value, float | int) and (isinstance(value, str) or not isinstance(value, SupportsFloat)):
        raise ValueError(f"{value!r} is no number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is not a finite number and cannot be printed")
    return number
