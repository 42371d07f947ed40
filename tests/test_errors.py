"""Messages: the place, the source line, a caret under the column, a hint, and nothing that deceives the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.errors import (
    EXCERPT_WIDTH,
    BpslidesError,
    DeckError,
    Place,
    Problem,
    Problems,
    UsageError,
    did_you_mean,
    visible,
)

LINE = "    colour: dark"


def test_message() -> None:
    """A message holds path, line, column, the source line, a caret and a hint."""
    problem = Problem("unknown key “colour”", Place("deck.yaml", 3, 5, LINE), "did you mean “theme”?")
    assert str(problem).splitlines() == [
        "deck.yaml:3:5: unknown key “colour”",
        "      colour: dark",
        "      ^",
        "  hint: did you mean “theme”?",
    ]


def test_warning_says_so() -> None:
    """A warning is marked; without a place and a hint only the message is left."""
    assert str(Problem("look here", severity="warning")) == "warning: look here"


def test_exit_codes() -> None:
    """A bad deck ends with 1, wrong usage with 2."""
    assert (BpslidesError.exit_code, DeckError([]).exit_code, UsageError.exit_code) == (1, 1, 2)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf"]), max_size=400), st.data())
def test_caret_stands_under_its_column(line: str, data: st.DataObject) -> None:
    """In lines of any length, the caret points at the character at the column."""
    column = data.draw(st.integers(1, len(line) + 1))
    _, *shown = str(Problem("m", Place("f", 1, column, line or "-"))).split("\n")
    excerpt, caret = shown
    assert len(excerpt) <= EXCERPT_WIDTH + 2
    if line and line[column - 1 : column].strip() and all(visible(c) == c for c in line):
        assert excerpt[len(caret) - 1] == line[column - 1]


def test_long_line_is_cut() -> None:
    """A line of a megabyte becomes a window around the caret, with a mark where it is cut."""
    line = "x" * 500_000 + "!" + "y" * 500_000
    _, excerpt, caret = str(Problem("m", Place("f", 1, 500_001, line))).splitlines()
    assert excerpt.startswith("  …xxx")
    assert excerpt.endswith("yyy")
    assert excerpt[len(caret) - 1] == "!"
    _, excerpt, caret = str(Problem("m", Place("f", 1, 1, "!" + "x" * 200))).splitlines()
    assert (excerpt[:4], caret) == ("  !x", "  ^")


def test_tabs_do_not_move_the_caret() -> None:
    """A tab counts as one column and is shown as one space."""
    _, excerpt, caret = str(Problem("m", Place("f", 1, 3, "\t\tx"))).splitlines()
    assert excerpt[len(caret) - 1] == "x"


def test_caret_after_characters_that_are_spelt_out() -> None:
    """Characters that are spelt out take more room, also above the caret."""
    _, excerpt, caret = str(Problem("m", Place("f", 1, 3, "\u202e x"))).splitlines()
    assert excerpt == "  \\u202e x"
    assert excerpt[len(caret) - 1] == "x"


@pytest.mark.parametrize("character", list("\x1b\x00\x9b\u202e\u2066\u200b\ufeff\u2028\ud800"))
def test_deceptive_characters_are_spelt_out(character: str) -> None:
    """Escapes for the terminal, directions, and characters without width are made visible."""
    shown = str(Problem(f"a{character}b", Place("f", 1, 1, f"{character}c"), f"d{character}"))
    assert character not in shown
    assert f"\\u{ord(character):04x}" in shown


@given(st.text())
def test_no_second_message_can_be_forged(name: str) -> None:
    """Whatever a deck calls a key, the message stays one line."""
    assert len(str(Problem(f"unknown key “{name}”", hint=f"did you mean “{name}”?")).split("\n")) == 2


def test_ordinary_text_is_left_alone() -> None:
    """Letters, accents, mathematics and emoji are shown as they are."""
    text = "naïve ŷ = σ(w₁·x) − 1 🙂\nnext line"
    assert visible(text) == text


def test_problems_are_sorted_and_told_once() -> None:
    """Findings come in the order of the source, each once; those without a place come first."""
    problems = Problems()
    late, early = Place("a.yaml", 9, 1), Place("a.yaml", 2, 7)
    problems.error("late", late)
    problems.warning("early", early)
    problems.error("nowhere")
    problems.error("late", late)
    assert [p.message for p in problems.found] == ["nowhere", "early", "late"]


def test_raise_errors() -> None:
    """Only an error raises, and then everything found comes along."""
    problems = Problems()
    problems.warning("careful", Place("a.yaml", 1, 1))
    problems.raise_errors()
    assert not problems.has_errors
    problems.error("broken", Place("a.yaml", 2, 1))
    with pytest.raises(DeckError, match=r"careful\n.*broken") as caught:
        problems.raise_errors()
    assert [p.severity for p in caught.value.problems] == ["warning", "error"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("colums", "did you mean “columns”?"),
        ("Flow", "did you mean “flow”?"),
        ("zzz", "known here: columns, flow"),
    ],
)
def test_did_you_mean(name: str, hint: str) -> None:
    """The closest name is suggested; when none is close, a short list is shown."""
    assert did_you_mean(name, ["flow", "columns"]) == hint


def test_did_you_mean_with_nothing_to_suggest() -> None:
    """A long list is not shown, and neither is an empty one."""
    assert did_you_mean("zzz", []) is None
    assert did_you_mean("zzz", [f"name{i}" for i in range(25)]) is None
