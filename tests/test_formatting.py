"""Numbers as text: a table of cases, agreement with Python's own formats, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.formatting import format_number, latex_number


@pytest.mark.parametrize(
    ("value", "spec", "text", "latex"),
    [
        (-3.6, ".2f", "−3.60", "-3.60"),
        (3.6, "+.3f", "+3.600", "+3.600"),
        (-0.001, ".2f", "0.00", "0.00"),
        (-0.001, "+.2f", "+0.00", "+0.00"),
        (-0.0, None, "0", "0"),
        (2.918213772e-7, ".3e", "2.918×10⁻⁷", r"2.918 \times 10^{-7}"),
        (-2.918e12, ".2e", "−2.92×10¹²", r"-2.92 \times 10^{12}"),
        (0.125, ".2f", "0.12", "0.12"),
        (0.375, ".2f", "0.38", "0.38"),
        (0.085, ".1%", "8.5%", r"8.5\%"),
        (1234567.891, ",.1f", "1,234,567.9", "1{,}234{,}567.9"),
        (0.00012345, ".3g", "0.000123", "0.000123"),
        (1e-9, ".3g", "1×10⁻⁹", r"1 \times 10^{-9}"),
        (0.5, ".3s", "0.500", "0.500"),
        (-2.0, ".3s", "−2.00", "-2.00"),
        (123.4, "+.3s", "+123", "+123"),
        (1234.0, ".3s", "1.23×10³", r"1.23 \times 10^{3}"),
        (12345.6, ",.7s", "12,345.60", "12{,}345.60"),
        (1e-7, ".2s", "1.0×10⁻⁷", r"1.0 \times 10^{-7}"),
        (0.0, ".2s", "0.0", "0.0"),
        (2.5, "d", "2", "2"),
        (41, ",d", "41", "41"),
        (0.6902834929, None, "0.690283", "0.690283"),
        (1.5, None, "1.5", "1.5"),
        (2.0, None, "2", "2"),
        (1e-7, None, "1×10⁻⁷", r"1 \times 10^{-7}"),
        (np.float64(0.5), ".1f", "0.5", "0.5"),
        (np.array(0.5), ".1f", "0.5", "0.5"),
    ],
)
def test_cases(value: object, spec: str | None, text: str, latex: str) -> None:
    """Each number has this text and this LaTeX."""
    assert format_number(value, spec) == text
    assert latex_number(value, spec) == latex


@given(value=st.floats(allow_nan=False, allow_infinity=False), digits=st.integers(0, 12), kind=st.sampled_from("feg%"))
def test_digits_are_those_of_python(value: float, digits: int, kind: str) -> None:
    """Apart from signs and powers of ten the text is what Python writes, and a zero has no minus."""
    if kind == "%" and math.isinf(value * 100):
        return
    text = format_number(value, f".{digits}{kind}")
    expected = format(value, f".{digits}{kind}").partition("e")[0]
    if not any(digit in "123456789" for digit in expected):
        expected = expected.lstrip("-")
    assert text.partition("×")[0].replace("−", "-") == expected
    assert "-" not in text


@given(value=st.floats(allow_nan=False, allow_infinity=False).filter(bool), digits=st.integers(1, 17))
def test_significant_digits_are_all_there(value: float, digits: int) -> None:
    """The format s shows exactly so many digits from the first that is not 0 on, and they are those of Python's e."""
    text = format_number(value, f".{digits}s").partition("×")[0]
    shown = text.lstrip("−").replace(".", "").lstrip("0")
    expected = format(abs(value), f".{digits - 1}e").partition("e")[0].replace(".", "")
    assert shown == expected


@pytest.mark.parametrize(
    "spec", ["", "2f", ".2", ".2x", "x", ".100f", "s", "+s", ".0s", "3s", "{}", ".2f ", "0>9f", ".2d", "−.2f", "!r"]
)
def test_other_formats_are_refused(spec: str) -> None:
    """Anything but the few formats is refused with an example."""
    with pytest.raises(ValueError, match=r"use one such as \.2f"):
        format_number(1.0, spec)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0], "index it"),
        (np.array([1.0, 2.0]), "index it"),
        (True, "true or false"),
        (np.True_, "true or false"),
        ("1", "no number"),
        (None, "no number"),
        (math.nan, "not a finite number"),
        (-math.inf, "not a finite number"),
    ],
)
def test_what_is_no_number_is_refused(value: object, message: str) -> None:
    """Arrays say what to do; truth values, text and NaN are refused."""
    for write in (format_number, latex_number):
        with pytest.raises(ValueError, match=message):
            write(value)
