"""LaTeX → MathML, by math-core, within bounds: :func:`convert` always ends, with HTML or with the reason why not.

math-core 0.9 looks for the partner of every bracket anew wherever one is missing, so its time doubles with each: forty
open brackets would take years, and nothing can stop it from within. A formula with few brackets cannot take long; one
with many is converted in a process of its own, which is ended after :data:`PATIENCE` seconds.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import deque
from functools import cache

from math_core import LatexError, LatexToMathML

MAX_FORMULA = 5_000
#: So many brackets cost a millisecond at worst.
MAX_BRACKETS = 16
#: Seconds for a formula with more.
PATIENCE = 2.0

MACROS = {"norm": r"\left\lVert #1\right\rVert", "abs": r"\left\lvert #1\right\rvert"}

# Commands that begin with an l are brackets but for a few.
_BRACKET = re.compile(
    r"[(\[]|\\(?:\{|[bB]igg?l?(?![a-zA-Z])|[ul]lcorner|"
    r"l(?!(?:ambda|e|eq|eft|eftarrow|eqslant|n|og|dots|im|imits|t|abel|l)(?![a-zA-Z]))[a-zA-Z]+)"
)
#: Commands that bring brackets of their own, or try what follows several times.
_GREEDY = re.compile(r"\\(?:pm?od|mathchoice)(?![a-zA-Z])")
#: What the process is told to do: the formula comes by its standard input, since it may be anything.
_WORKER = """\
import sys
from bpslides.latex import convert_here
try:
    said = "+" + convert_here(sys.stdin.buffer.read().decode(), sys.argv[1] == "display")
except Exception as error:
    said = "-" + str(error)
sys.stdout.buffer.write(said.encode())
"""


_TOO_LONG = "0: this takes too long: has each of its many brackets a partner?"
#: When the last few formulas were given up: a deck may hold thousands of such, and is not waited for each time.
given_up: deque[float] = deque(maxlen=3)


class FormulaError(ValueError):
    """What math-core, or our own bounds, have against a formula."""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, macros=MACROS)


def convert(latex: str, display: bool) -> str:
    """A formula as a ``<math>`` element. Raises :class:`FormulaError`, whose text may begin with ``offset: ``."""
    if len(latex) > MAX_FORMULA:
        raise FormulaError(f"0: a formula may have at most {MAX_FORMULA} characters")
    if len(_BRACKET.findall(latex)) + 4 * len(_GREEDY.findall(latex)) <= MAX_BRACKETS:
        return convert_here(latex, display)
    if len(given_up) == given_up.maxlen and time.monotonic() - given_up[0] < 60:
        raise FormulaError(_TOO_LONG)
    # -P: what lies in the current folder, which may be a stranger's, is not imported.
    command = [sys.executable, "-P", "-c", _WORKER, "display" if display else "inline"]
    try:
        done = subprocess.run(command, input=latex.encode(), capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        given_up.append(time.monotonic())
        raise FormulaError(_TOO_LONG) from None
    said = done.stdout.decode()
    if not said.startswith("+"):
        raise FormulaError(said[1:] or "0: this formula is too much for the converter")
    return said[1:]


def convert_here(latex: str, display: bool) -> str:
    """The same in this process, for however long it takes."""
    try:
        return _converter().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise FormulaError(str(error)) from None
