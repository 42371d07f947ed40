"""Stale numbers: what is nearly a model's number is found, and what is not stays unmentioned."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.check import problems_of
from bpslides.errors import Problem
from bpslides.formatting import format_number
from tests.decks import NEURON

#: Values: x, y and w are 2.0, 2.0 and 0.5, b is 0.1, z and y_hat are 1.1, L is 0.81; ∂L/∂w is −3.6, ∂L/∂b is −1.8.
ABOUT = "{{ neuron.y_hat | .1f }} "


def stale(folder: Path, text: str, *, claims: str = "[]", models: str = NEURON) -> list[Problem]:
    """What is found in a deck of one slide with this text."""
    file = folder / "deck.yaml"
    quoted = text.replace("'", "''")
    slide = f"slides:\n  - title: One\n    content: '{quoted}'\n    claims: {claims}\n    notes: x\n"
    file.write_text(f"title: T\n{models}{slide}", encoding="utf-8")
    problems = problems_of(file)
    assert {problem.check for problem in problems} <= {"literals", "links"}, problems
    return [problem for problem in problems if problem.check == "literals"]


@pytest.mark.parametrize(
    ("text", "typed", "hint"),
    [
        ("the loss is 0.812.", "0.812", "neuron.L | .3f"),
        ("the loss (0.8120) falls", "0.8120", "neuron.L | .4f"),
        ("a gradient of −3.61", "3.61", "neuron.grad.w | .2f"),
        ("to 0.6562 after a step", "0.6562", "neuron.after(1).L | .4f"),
        ("$L = (2.0 - 1.1)^2 = 0.812$", "0.812", "neuron.L | .3f"),
        ("81.4 % of it", "81.4 %", "neuron.L | .1%"),
        (r"$81.4\%$", r"81.4\%", "neuron.L | .1%"),
        (r"$8.13 \times 10^{-1}$", r"8.13 \times 10^{-1}", "neuron.L | .2e"),
        ("8.13×10⁻¹ or so", "8.13×10⁻¹", "neuron.L | .2e"),
        ("8.13e-1 or so", "8.13e-1", "neuron.L | .2e"),
        ("**0.812**, then", "0.812", "neuron.L | .3f"),
        (ABOUT + "and 0.82", "0.82", "neuron.L | .2f"),
        (ABOUT + "and 1.11", "1.11", "neuron.y_hat | .2f"),
    ],
)
def test_stale(text: str, typed: str, hint: str, tmp_path: Path) -> None:
    """A number that nearly equals a model's is told with its place, what it may be, and both ways out."""
    (problem,) = stale(tmp_path, text)
    assert problem.message.startswith(f"“{typed}” is typed here, and nearly what a model gives: ")
    assert problem.hint is not None
    assert f"write {{{{ {hint} }}}}, or {{{{ " in problem.hint
    assert problem.place is not None
    written = problem.place.excerpt[problem.place.column - 1 :]
    assert written.startswith(typed)
    assert problem.severity == "warning"


@pytest.mark.parametrize("hint", ["{{ neuron.L | .3f }}", "{{ 0.812 | .3f }}"])
def test_what_the_hint_says_helps(hint: str, tmp_path: Path) -> None:
    """Both ways out of the hint end the warning."""
    assert hint in str(stale(tmp_path, "the loss is 0.812")[0].hint)
    assert stale(tmp_path, f"the loss is {hint}") == []


@pytest.mark.parametrize(
    "text",
    [
        "0.81, 0.810, 81 %, 81.0 %, 3.6, 3.60, 0.536, 0.66, 0.656",  # what the model gives, rounded
        "0.82 and 0.9 and 3.7",  # too few digits, where nothing is said of the model
        "`0.812` and ``3.61``",
        "[text](https://example.org/0.812) and <https://example.org/a0.812>",
        "0.850 and 1.30 and 4.25",  # not near anything
        "in 1812, 2024-08-12, 08.12.2024, 8/12, 10:30",
        "version 0.812, v0.812, 0.8.12, Figure 3.61, Table 3.61, section 3.61, §3.61, p. 361, step 361",
        "3.61D, x0.812, ResNet-361, #361, €3.61, 361st, 0.812 million, 3.61.2",
        "pi is 3.14, e is 2.718, a third is 0.333",
        r"$x_{361}$, $x_361$, $x^{3.61}$, $\hspace{3.61cm}$",
        ABOUT + "1.99 and 2.01 and 0.51",  # near 2.0 and 0.5, which somebody chose
        "{{ 0.812 | .3f }}: 0.812",  # said to be meant, so it may be typed, too
        "1,234 and 361,000",
    ],
)
def test_not_stale(text: str, tmp_path: Path) -> None:
    """Right numbers, numbers of something else, and what only looks like a number."""
    assert stale(tmp_path, text) == []


def test_a_claim_watches_over_its_numbers(tmp_path: Path) -> None:
    """A number that a claim compares with the model is looked after there."""
    text = "below 0.812"
    assert len(stale(tmp_path, text)) == 1
    assert stale(tmp_path, text, claims="[neuron.L < 0.812]") == []


def test_titles_tables_notes_and_formulas(tmp_path: Path) -> None:
    """Every text that an audience or a presenter reads is looked at."""
    file = tmp_path / "deck.yaml"
    slide = """\
slides:
  - title: It is 0.812
    kicker: It was 0.813
    content:
      - equation: {tex: 'L = 0.814', note: about 0.815}
      - table: {header: [a], rows: [[0.816]]}
      - fragment: [callout: 'It is 0.817']
    notes: Say 0.818.
"""
    file.write_text(f"title: T\n{NEURON}{slide}", encoding="utf-8")
    numbers = sorted(problem.message[1:6] for problem in problems_of(file))
    assert numbers == [f"0.81{digit}" for digit in range(2, 9)]


def test_values_of_expressions_count(tmp_path: Path) -> None:
    """What an expression of the deck gives is a model's number: quotients, and values after more steps."""
    text = "{{ neuron.y_hat / neuron.L | .3f }}, {{ neuron.after(7).L | .3f }}, "
    assert stale(tmp_path, text + "1.358, 0.185") == []
    assert [p.message[-5:] for p in stale(tmp_path, text + "1.360")] == ["1.358"]


def test_arrays_are_asked_by_their_index(tmp_path: Path) -> None:
    """An element of a small array is named with its index."""
    models = "models:\n  m:\n    inputs: {x: [0.123, 4.567]}\n    graph: {L: sum(x)}\n    loss: L\n"
    assert "{{ m.x[1] | .2f }}" in str(stale(tmp_path, "4.58 {{ m.L }}", models=models)[0].hint)


def test_large_models_raise_few_false_alarms(tmp_path: Path) -> None:
    """With a hundred numbers of all sizes, unrelated ones are seldom taken for one of them."""
    weights = ", ".join(f"w{i}: {0.1 * 1.047**i:.4f}" for i in range(50))
    models = f"models:\n  m:\n    parameters: {{{weights}}}\n    graph: {{L: w0*w1}}\n    loss: L\n"
    typed = [f"{0.1 * 1.023**i:.3g}" for i in range(100)]
    assert len(stale(tmp_path, ", ".join(typed), models=models)) <= 15


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([0.81, 1.1, 3.6, 1.8, 0.536, 0.6561]), st.integers(1, 8), st.sampled_from("f%e"))
def test_roundings_are_right(tmp_path: Path, value: float, digits: int, kind: str) -> None:
    """However a model's number is rounded, the result is not stale."""
    assert stale(tmp_path, ABOUT + format_number(value, f".{digits}{kind}")) == []


def test_a_text_variable_is_no_number(tmp_path: Path) -> None:
    """A deck whose variable holds a text has no problem because of it."""
    deck = "title: T\nvariables: {town: Ellerbrook, n: 3}\nslides: [{title: 'In {{ town }} {{ n }}', notes: x}]\n"
    (tmp_path / "deck.yaml").write_text(deck, encoding="utf-8")
    assert problems_of(tmp_path / "deck.yaml") == []
