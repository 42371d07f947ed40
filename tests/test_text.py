"""Text that knows where it stands: each character of a scalar is found at the place where it was written."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bpslides.errors import Problems
from bpslides.text import SourceFile, Span, Text, describe
from bpslides.yaml_tree import parse

WORD = st.text("abxnt0é∂'\"\\", min_size=1, max_size=6)
Placed = tuple[str, int, int]
"""A character of a value, and the line and column (from 1) where it was written."""


def load(yaml: str) -> Text:
    """The value of the key `title`."""
    problems = Problems()
    tree = parse(SourceFile(Path("deck.yaml"), yaml), problems)
    assert tree is not None, problems.found
    assert problems.found == []
    value = tree.data["title"]
    assert isinstance(value, Text)
    return value


def check(yaml: str, value: str, placed: list[Placed]) -> None:
    """`value` is what YAML reads, and every character in `placed` is told to be there."""
    text = load(yaml)
    assert text == value
    found = []
    for offset, character in enumerate(text):
        if not character.isspace():
            place = text.place(offset)
            assert place is not None
            found.append((character, place.line, place.column))
    assert found == placed


@given(st.lists(st.text("abx0é∂", min_size=1), min_size=1))
def test_plain(words: list[str]) -> None:
    """A plain scalar stands as it is written."""
    value = "x" + " ".join(words)
    check(f"title:  {value}", value, [(c, 1, 9 + i) for i, c in enumerate(value) if c != " "])


@given(st.lists(WORD, min_size=1, max_size=6))
def test_single_quoted(words: list[str]) -> None:
    """In single quotes, a quote is written twice."""
    value, written, placed = " ".join(words), "title: '", []
    for character in value:
        if character != " ":
            # Of two quotes, the first stands for the character.
            placed.append((character, 1, len(written) + 1))
        written += "''" if character == "'" else character
    check(written + "'", value, placed)


@given(st.lists(st.text("abxnu0é∂'\"\\\u00a0", min_size=1), min_size=1, max_size=6), st.booleans())
def test_double_quoted(words: list[str], as_codes: bool) -> None:
    """In double quotes, some characters are written as escapes: these begin at their backslash."""
    value, written, placed = " ".join(words), 'title: "', []
    for character in value:
        if not character.isspace():
            placed.append((character, 1, len(written) + 1))
        if character in '"\\':
            written += f"\\{character}"
        elif as_codes and character in "é∂n":
            written += f"\\u{ord(character):04x}"
        else:
            written += character
    check(written + '"', value, placed)


@given(st.lists(st.lists(WORD, min_size=1, max_size=4), min_size=1, max_size=5), st.sampled_from(["|", "|-", "|+"]))
def test_literal(lines: list[list[str]], header: str) -> None:
    """A block keeps its lines; only the indentation is taken off."""
    rows = ["  ".join(words) for words in lines]
    yaml = f"first: 1\ntitle: {header}\n" + "".join(f"    {row}\n" for row in rows)
    placed = [(c, 3 + n, 5 + i) for n, row in enumerate(rows) for i, c in enumerate(row) if c != " "]
    check(yaml, "\n".join(rows) + ("" if header == "|-" else "\n"), placed)


@given(st.lists(st.lists(WORD, min_size=1, max_size=4), min_size=1, max_size=5), st.integers(1, 3))
def test_folded(lines: list[list[str]], gap: int) -> None:
    """A folded block joins its lines by spaces; empty lines between become line breaks."""
    rows = [" ".join(words) for words in lines]
    yaml = "title: >-\n" + ("\n" * gap).join(f"  {row}\n" for row in rows).rstrip("\n") + "\n"
    joined = (" " if gap == 0 else "\n" * gap).join(rows)
    step = gap + 1
    placed = [(c, 2 + n * step, 3 + i) for n, row in enumerate(rows) for i, c in enumerate(row) if c != " "]
    check(yaml, joined, placed)


@given(st.lists(st.lists(st.text("abx", min_size=1), min_size=1, max_size=4), min_size=1, max_size=5))
def test_folded_without_gaps(lines: list[list[str]]) -> None:
    """Lines that follow one another are one line of text."""
    rows = [" ".join(words) for words in lines]
    yaml = "title: >-\n" + "".join(f"  {row}\n" for row in rows)
    placed = [(c, 2 + n, 3 + i) for n, row in enumerate(rows) for i, c in enumerate(row) if c != " "]
    check(yaml, " ".join(rows), placed)


def test_plain_over_several_lines() -> None:
    """A plain scalar that goes on below its key is followed there."""
    text = load("title: one\n  two\n  three\n")
    assert text == "one two three"
    assert str(text.place(text.index("three"))) == "deck.yaml:3:3"


def test_escapes_that_are_shorter_than_they_look() -> None:
    """After an escape the columns go on as in the file."""
    text = load('title: "a\\tb\\u00e9\\x41 end"')
    assert text == "a\tbéA end"
    assert [str(text.place(text.index(c))) for c in "béAe"] == [f"deck.yaml:1:{column}" for column in (12, 13, 19, 24)]


def test_place_shows_the_line() -> None:
    """A place holds the line of the source."""
    text = load("a: 1\ntitle: here\n")
    place = text.place()
    assert place is not None
    assert (place.line, place.column, place.excerpt) == (2, 8, "title: here")


def test_text_of_ours_has_no_place() -> None:
    """A text that no file holds has no place and no folder."""
    assert Text("x").place() is None
    assert Text("x").folder is None


def test_folder() -> None:
    """A text knows the folder of its file: addresses are relative to it."""
    file = SourceFile(Path("talks/deck.yaml"), "title: x")
    assert Text("x", Span(file, 0, 7, 0, 8)).folder == Path("talks")


def test_a_spelling_that_does_not_fit_gives_the_beginning() -> None:
    """When value and file disagree, the place is that of the scalar."""
    file = SourceFile(Path("deck.yaml"), "title: x")
    assert str(Text("quite different", Span(file, 0, 7, 0, 8)).place(6)) == "deck.yaml:1:8"


def test_describe() -> None:
    """Values are named in an author's words."""
    assert describe(None) == "empty"
    assert describe(True) == "true or false"
    assert describe(1) == describe(1.5) == "a number"
    assert describe("x") == "text"
    assert describe({}) == "a mapping (key: value)"
    assert describe([]) == "a list"
    assert describe(object()) == "something else"
