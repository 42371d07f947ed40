"""Checks: each finds what it is for, says where, and keeps silent about what is right."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from bpslides import paths
from bpslides.check import problems_of
from bpslides.errors import Problem
from tests.decks import NEURON


def found(folder: Path, yaml: str, check: str | None = None) -> list[Problem]:
    """What is found in a deck with this YAML, or what one of the checks finds."""
    file = folder / "deck.yaml"
    file.write_text(dedent(yaml), encoding="utf-8")
    return [problem for problem in problems_of(file) if check in (None, problem.check)]


def lines(given: list[Problem]) -> list[str]:
    """``line: severity: message`` of each."""
    return [f"{problem.place.line if problem.place else 0}: {problem.severity}: {problem.message}" for problem in given]


@pytest.mark.parametrize("deck", paths.shipped_decks())
def test_shipped_decks_are_clean(deck: str) -> None:
    """Our own decks have nothing that any check finds fault with."""
    assert problems_of(paths.shipped_decks()[deck]) == []


# ── where things are ──────────────────────────────────────────────────────────────────────────────────────────────

STACKED = """\
title: Test
slides:
  - id: first
    title: One
    content: See [this](#/nowhere).
    notes: x
  - stack:
      - title: Two
        content: See [that](#/nowhere).
        notes: x
      - {title: Three, content: 'And [those](#/neither).', notes: x}
models:
  broken: {graph: {a: b}}
"""


def test_slide_and_check_of_a_problem(tmp_path: Path) -> None:
    """A problem knows its slide, from the line with the id to the last text, and which check found it."""
    problems = found(tmp_path, STACKED)
    assert [(problem.check, problem.slide) for problem in problems] == [
        ("links", "first"),
        ("links", "two"),
        ("links", "three"),
        ("deck", None),
    ]


def test_slides_of_an_included_deck(tmp_path: Path) -> None:
    """A problem in an included deck is on the slide that came from there."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "deck.yaml").write_text(STACKED.partition("models:")[0], encoding="utf-8")
    problems = found(tmp_path, "title: All\nslides:\n  - include: part\n", "links")
    assert [problem.slide for problem in problems] == ["first", "two", "three"]


# ── links ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A folder with a file that a deck may link to."""
    (tmp_path / "data.csv").write_text("1,2\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("#/the-end", None),
        ("#the-end", None),
        ("#/the-end/2", None),
        ("#/0", None),
        ("#/", None),
        ("mailto:me@example.org", None),
        ("#/the-edn", "there is no slide “the-edn” (did you mean “the-end”?)"),
        ("#/7", "there is no slide “7”"),
        ("nothing.pdf", "there is no file “nothing.pdf”"),
        ("../data.csv", "there is no file “../data.csv”"),
        ("data.csv", "“data.csv” is not part of a built deck"),
    ],
)
def test_links(address: str, said: str | None, linked: Path) -> None:
    """Links to slides that are there are fine; others are told with the place of the address."""
    deck = f"title: T\nslides:\n  - title: The end\n    content: A [link]({address}).\n    notes: x\n"
    problems = found(linked, deck, "links")
    shown = [f"{problem.message} ({problem.hint})" for problem in problems]
    assert [text[: len(said or "")] for text in shown] == ([said] if said else [])
    assert [(problem.place.line, problem.place.column) for problem in problems if problem.place] == [(4, 23)] * len(
        shown
    )


def test_links_to_other_hosts_are_one_note(linked: Path) -> None:
    """Remote addresses are named, not fetched, and no fault."""
    text = "[a](https://b.example/x) [c](http://a.example) <https://a.example/2> `[d](https://c.example)`"
    deck = f"title: T\nslides:\n  - title: One\n    content: '{text}'\n    notes: x\n"
    assert lines(found(linked, deck)) == [
        (
            "4: note: 3 links lead out of the deck, to a.example, b.example; "
            "they were not tried, since no other host is ever asked"
        )
    ]
    deck = "title: T\nslides:\n  - {title: One, content: '<https://a.example>', notes: x}\n"
    (note,) = found(linked, deck)
    assert note.message.startswith("1 link leads out of the deck, to a.example; it was not tried")
    assert note.hint is None


# ── notes and pictures ────────────────────────────────────────────────────────────────────────────────────────────


def slides(*given: str) -> str:
    """A deck with these slides."""
    return "title: Test\nslides:\n" + "".join(f"  - {{{slide}}}\n" for slide in given)


def test_missing_notes(tmp_path: Path) -> None:
    """A slide without notes among others that have them is told; without any, once; a mere title needs none."""
    with_notes, without, title = "title: A, content: a, notes: Say a", "title: B, content: b", "title: C"
    assert lines(found(tmp_path, slides(with_notes, without, title, without.replace("B", "D")))) == [
        "4: warning: this slide has no notes, though others have",
        "6: warning: this slide has no notes, though others have",
    ]
    assert lines(found(tmp_path, slides(title, without, without.replace("B", "D")))) == [
        "1: warning: none of the 2 slides has notes"
    ]
    assert lines(found(tmp_path, slides(without))) == ["1: warning: the only slide has no notes"]
    assert found(tmp_path, slides(with_notes, title)) == []


def test_picture_without_alternative_text(tmp_path: Path) -> None:
    """A picture in Markdown without a text belongs to the same check."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    deck = "title: T\nslides:\n  - {title: One, content: '![](a.png) ![one](a.png)', notes: x}\n"
    assert lines(found(tmp_path, deck, "alt")) == ["3: warning: this picture has no alternative text"]


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tables_without_a_heading(tmp_path: Path) -> None:
    """An empty heading is told at its place, in a table of Markdown at its line; a formula is a heading."""
    deck = """\
    title: T
    slides:
      - title: One
        notes: x
        content:
          - columns:
              - table: {header: ['', $x$, ' '], rows: [[1, 2, 3]]}
              - |
                words | and

                | | a |
                |-|---|
                | b | |
          - table: {header: [a], rows: [['']]}
    """
    problems = found(tmp_path, deck)
    assert lines(problems) == [
        "7: warning: column 1 of this table has no heading",
        "7: warning: column 3 of this table has no heading",
        "11: warning: column 1 of this table has no heading",
    ]
    assert {problem.check for problem in problems} == {"accessibility"}


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("minutes", "words", "said"),
    [
        (4, 390, None),  # three minutes and a pause
        (5, 390, None),
        (7, 390, "about 3 minutes, and its “duration” is 7"),
        (2, 390, "about 3 minutes, and its “duration” is 2"),
        (1, 0, None),
        (5, 0, "about 1 minute, and its “duration” is 5"),
    ],
)
def test_time(minutes: int, words: int, said: str | None, tmp_path: Path) -> None:
    """A talk that is far longer or shorter than it should be is told, with both figures, at its duration."""
    notes = f", notes: '{'word ' * words}'" if words else ""
    deck = f"title: T\nduration: {minutes}\nslides:\n  - {{title: One, content: x{notes}}}\n"
    problems = found(tmp_path, deck, "duration")
    assert [problem.message for problem in problems] == ([f"this talk takes {said}"] if said else [])
    assert [problem.place.line for problem in problems if problem.place] == [2] * len(problems)
    assert all(f"{words} words of notes" in str(problem.hint) for problem in problems)


def test_time_to_play(tmp_path: Path) -> None:
    """A live block takes half a minute, wherever it stands."""
    curve = "curve: {function: x**2, domain: [0, 1], at: 0.5}"
    live = f"[{{columns: [[{{{curve}}}, {{{curve}}}], {{{curve}}}]}}, {{{curve}}}]"
    deck = "title: T\nduration: {}\nslides:\n  - {{title: One, content: {}, notes: word}}\n"
    assert found(tmp_path, deck.format(2, live), "duration") == []
    (problem,) = found(tmp_path, deck.format(9, live), "duration")
    assert problem.message == "this talk takes about 2 minutes, and its “duration” is 9"
    assert "30 s for each of 4 live blocks" in str(problem.hint)
    (problem,) = found(tmp_path, deck.format(2, "x"), "duration")
    assert problem.message.startswith("this talk takes about 1 minute,")
    assert "live" not in str(problem.hint)


def test_time_to_answer(tmp_path: Path) -> None:
    """A question takes a minute."""
    quiz = "{quiz: {question: What?, choices: [{text: a, right: true}, b]}}"
    deck = "title: T\nduration: 9\nslides:\n  - {{title: One, content: [{}], notes: word}}\n"
    (problem,) = found(tmp_path, deck.format(", ".join([quiz] * 3)), "duration")
    assert problem.message.startswith("this talk takes about 3 minutes")
    assert "a minute for each of 3 questions" in str(problem.hint)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_deck_has_no_stale_numbers(tmp_path: Path) -> None:
    """As long as a deck has errors, its numbers are compared with nothing; other checks go on."""
    slide = (
        "slides:\n  - title: One\n    content: 'It is 0.812, see [this](#/on), {{ neuron.%s | .2f }}'\n    notes: x\n"
    )
    broken, sound = (f"title: T\n{NEURON}{slide % name}" for name in ("M", "L"))
    assert {problem.check for problem in found(tmp_path, broken)} == {"deck", "links"}
    assert {problem.check for problem in found(tmp_path, sound)} == {"literals", "links"}


# ── contrast ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["dark", "light", "stark", "paper", "contrast"])
def test_our_themes_can_be_read(tmp_path: Path, name: str) -> None:
    """No shipped theme is found fault with, nor one with a colour of the deck that brings its kin along."""
    deck = "title: T\ntheme: {}\n{}slides: [{{title: One, content: x}}]\n"
    assert found(tmp_path, deck.format(name, ""), "contrast") == []
    assert found(tmp_path, deck.format(name, "tokens: {forward: gray, backward: tomato}\n"), "contrast") == []


def test_colours_too_near(tmp_path: Path) -> None:
    """A pale text is told with the ratio and with what to move, at the line of the theme."""
    deck = "title: T\ntheme: light\ntokens: {text_muted: silver}\nslides: [{title: One, content: x}]\n"
    problems = found(tmp_path, deck, "contrast")
    assert lines(problems) == [
        "2: warning: “text_muted” on “bg” has a contrast of 1.7, and text needs 4.5",
        "2: warning: “text_muted” on “surface” has a contrast of 1.6, and text needs 4.5",
    ]
    assert problems[0].hint == "in the theme “light”, or under “tokens”, move text_muted away from bg"


def test_colours_that_only_a_browser_knows(tmp_path: Path) -> None:
    """They are left to `check --browser`."""
    (tmp_path / "mine").mkdir()
    css = "/*\nname: M\nscheme: dark\n*/\n:root { --bg: oklch(0.9 0.02 250) }"
    (tmp_path / "mine" / "theme.css").write_text(css, encoding="utf-8")
    problems = found(tmp_path, "title: T\ntheme: mine\nslides: [{title: One, content: x}]\n", "contrast")
    assert not [problem for problem in problems if "“bg”" in problem.message]
