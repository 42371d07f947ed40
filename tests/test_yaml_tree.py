"""YAML as decks use it: the 1.2 core schema, spellings kept, and everything dangerous refused with its place."""

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.errors import Problems
from bpslides.text import SourceFile, Text, WrittenBool, WrittenFloat, WrittenInt
from bpslides.yaml_tree import MAX_DEPTH, Tree, parse

LATEX = "use single quotes, or none, around text with LaTeX"
BRACES = "a value that begins with “{{” must stand in quotes: 'like {{ this }}'"
TWICE = "write a quote within single quotes twice: 'it''s'"
OPEN = "is a quote or bracket open in the lines above?"
COMMENT = "put the text in quotes, or a space after “#” if a comment is meant"
TAG = "remove it; put text in quotes"


def load(yaml: str) -> tuple[Tree | None, list[str]]:
    """The tree, and each problem as `line:column: message (hint)`."""
    problems = Problems()
    tree = parse(SourceFile(Path("deck.yaml"), yaml), problems)
    shown = [
        f"{p.place.line}:{p.place.column}: {'warning: ' * (p.severity == 'warning')}{p.message}"
        + (f" ({p.hint})" if p.hint else "")
        for p in problems.found
        if p.place is not None
    ]
    assert len(shown) == len(problems.found)
    return tree, shown


def data(yaml: str) -> Any:
    """The data of a file without problems."""
    tree, problems = load(yaml)
    assert tree is not None
    assert problems == []
    return tree.data


def refusal(yaml: str) -> str:
    """The only problem of a file that is refused."""
    tree, problems = load(yaml)
    assert tree is None
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "n", "10:30", "2024-02-30", "1_000", "0b11", "=", "1e", "0x", "+"]
)
def test_words_that_stay_text(word: str) -> None:
    """What YAML 1.1 would have turned into something else is text."""
    value = data(f"a: {word}")["a"]
    assert isinstance(value, Text)
    assert value == word


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [
        ("010", 10, WrittenInt),
        ("-7", -7, WrittenInt),
        ("0x1f", 31, WrittenInt),
        ("0o17", 15, WrittenInt),
        ("1.50", 1.5, WrittenFloat),
        ("1e-05", 1e-5, WrittenFloat),
        ("-.inf", float("-inf"), WrittenFloat),
        ("1e400", float("inf"), WrittenFloat),
        ("9" * 5000, float("inf"), WrittenFloat),
        ("true", 1, WrittenBool),
        ("False", 0, WrittenBool),
    ],
)
def test_numbers_keep_their_spelling(written: str, value: float, kind: type[WrittenInt]) -> None:
    """A number is a number, and is still shown as it was written."""
    found = data(f"a: {written}")["a"]
    assert type(found) is kind
    assert found == value
    assert found.written == written


def test_not_a_number() -> None:
    """.nan arrives as a float that is none; whoever wants a number refuses it later."""
    value = data("a: .nan")["a"]
    assert math.isnan(value)


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_nothing(word: str) -> None:
    """Nothing has five spellings."""
    assert data(f"a: {word}") == {"a": None}


def test_quoted_is_always_text() -> None:
    """Quotes make text of whatever stands between them."""
    assert data("a: ['1', \"true\", '', '~']") == {"a": ["1", "true", "", "~"]}


def test_odd_keys_are_ordinary() -> None:
    """Keys with a meaning elsewhere are names like any other, and numbers as keys are text."""
    assert list(data("__proto__: 1\n__class__: 2\n3: x\ntrue: y")) == ["__proto__", "__class__", "3", "true"]


@pytest.mark.parametrize("yaml", ["", "\n\n", "# only a comment\n", "---\n"])
def test_empty(yaml: str) -> None:
    """A file without content has no data, and no problem of YAML."""
    assert data(yaml) is None


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("title: a: b: c", "1:9: a second “: ” stands in this value (put the whole value in quotes)"),
        ("title: @you", "1:8: a value cannot begin with this character (put the value in quotes)"),
        ("title: `code`", "1:8: a value cannot begin with this character (put the value in quotes)"),
        ("title: *emph", "1:8: “*” means something else in YAML (put the value in quotes)"),
        ("title: *emph* more", "1:13: “*” and “&” mean something else in YAML (put the value in quotes)"),
        ("title: {{ x }} and y", f"1:16: YAML reads “{{{{” as its own ({BRACES})"),
        ("title: 'it's'", f"1:12: something stands after the closing quote ({TWICE})"),
        ("a:\n\tb: 1", "2:1: a tab stands here; YAML is indented by spaces (replace tabs by spaces)"),
        ('a: "\\sigma"', f"1:5: double quotes read this backslash as their own ({LATEX})"),
        ('a: "\\xi"', f"1:7: double quotes read this backslash as their own ({LATEX})"),
        ('a: "x \\frac12"', f"1:7: double quotes change “\\frac”: YAML reads the backslash as its own ({LATEX})"),
        ("a: 'open\nb: 1", f"2:5: a quote or bracket is never closed ({OPEN})"),
        ("a: [1,\n", f"2:1: a quote or bracket is never closed ({OPEN})"),
        ("a: [1, 2\nb: 1", "2:2: this list in brackets is not closed, or a comma is missing"),
        ("a: {b: 1\nc: 1", "2:2: this mapping in braces is not closed, or a comma is missing"),
        (
            "a: 1\n b: 2",
            "2:3: this key does not fit below the line above (look at its indentation, and for a missing “: ” above)",
        ),
        ("- a\nb: 1", "2:1: the indentation does not fit the list above"),
        (
            "a: - b",
            "1:4: a list cannot begin in the line of its key (begin it in the next line, or put the value in quotes)",
        ),
        (
            "a: !!python/name:os.system x",
            f"1:4: tags such as “tag:yaml.org,2002:python/name:os.system” are not allowed ({TAG})",
        ),
        ("a: !!int three", f"1:4: tags such as “tag:yaml.org,2002:int” are not allowed ({TAG})"),
        ("a: 1\n---\nb: 2", "2:1: a second document begins here (remove the line “---”)"),
        ("a: 1\n<<<<<<< HEAD\nb: 2", "2:1: a merge conflict was left here (choose one side, remove the markers)"),
        ("a: 1\n=======\nb: 2", "2:1: a merge conflict was left here (choose one side, remove the markers)"),
        ("a: x\x00y", "1:5: a character that cannot be shown stands here (U+0000) (remove it)"),
        ("a: 1\nb: \x1b[31m", "2:4: a character that cannot be shown stands here (U+001B) (remove it)"),
        ("a: \ud800", "1:4: a character that cannot be shown stands here (U+D800) (remove it)"),
        ("a: \ue000", "1:4: a character that cannot be shown stands here (U+E000) (remove it)"),
        ("a: x\u2028b: y", "1:5: a character that cannot be shown stands here (U+2028) (remove it)"),
        ("a: x\x85b: y", "1:5: a character that cannot be shown stands here (U+0085) (remove it)"),
    ],
)
def test_refused(yaml: str, message: str) -> None:
    """A file that cannot be read is told with one message at the right place, and what to do."""
    assert refusal(yaml) == message


@pytest.mark.parametrize(
    ("yaml", "messages"),
    [
        ("a: 1\nb: 2\na: 3", ["3:1: “a” stands here twice; first in line 1 (remove one of the two)"]),
        ("a: &x {b: 1}\nc: {<<: *x}", ["2:5: merge keys (<<) are not allowed (write the keys out)"]),
        (
            "title: {{x}}",
            [f"1:9: a key should be plain text ({BRACES})"],
        ),
        ("? [a, b]\n: c", ["1:3: a key should be plain text"]),
        (
            "title: Exercise #1\nother: fine # comment",
            [f"1:17: warning: YAML reads the rest of this line as a comment ({COMMENT})"],
        ),
        ("a: &x [*x]", ["1:4: this alias repeats too much of the deck (write the text out instead)"]),
    ],
)
def test_found_and_read_on(yaml: str, messages: list[str]) -> None:
    """These are told, and the rest of the file is still read."""
    tree, found = load(yaml)
    assert found == messages
    assert tree is not None


def test_aliases_are_allowed() -> None:
    """A value may be used again."""
    assert data("a: &x {p: [1, 2]}\nb: *x") == {"a": {"p": [1, 2]}, "b": {"p": [1, 2]}}


def test_depth() -> None:
    """Fifty levels are enough for everybody; one more is refused, whether written out or by aliases."""
    assert data("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert refusal("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH) == "1:53: this is nested more than 50 levels deep"


BOMBS = {
    "brackets": "a: " + "[" * 200_000,
    "braces": "a: " + "{" * 200_000,
    "dashes": "- " * 200_000,
    "questions": "? " * 200_000,
    "parts": "a: [" + "1," * 300_000 + "1]",
    "lists of aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)),
    "mappings of aliases": "a: &a {p: x}\n"
    + "".join(
        f"{b}: &{b} {{{', '.join(f'k{i}: *{a}' for i in range(9))}}}\n"
        for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    ),
    "chain of aliases": "".join(f"k{i}: &a{i} {'[' * 40}{f'*a{i - 1}' if i else 'x'}{']' * 40}\n" for i in range(60)),
    "merge keys": "a: &a {p: x}\n"
    + "".join(
        f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}]}}\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str) -> None:
    """Small files that grow without end, and long ones that nest without end, are refused at once."""
    start = time.perf_counter()
    _, problems = load(BOMBS[name])
    assert time.perf_counter() - start < 1.5  # 0.5 s at most when measured alone
    assert problems


def test_size() -> None:
    """A file above 5 MB is not read."""
    assert refusal("a: " + "x" * 5_000_000).startswith("1:1: the deck is larger than 5 MB")


def test_one_long_line_takes_no_longer() -> None:
    """Thirty thousand entries in one line are read in linear time."""
    start = time.perf_counter()
    assert len(data("{" + ", ".join(f"k{i}: x" for i in range(30_000)) + "}")) == 30_000
    assert time.perf_counter() - start < 3


def test_place_of_a_path() -> None:
    """A path leads to its value, a key to where the key stands; what is not there is passed over."""
    tree, _ = load("title: T\nslides:\n  - title: A\n  - content:\n      - flow: {boxes: []}\n")
    assert tree is not None
    assert str(tree.place(("slides", 1, "content", 0, "flow", "boxes"))) == "deck.yaml:5:16"
    assert str(tree.place(("slides", 0))) == "deck.yaml:3:5"
    assert str(tree.place(("slides", 9, "title"))) == "deck.yaml:2:1"
    assert str(tree.place(())) == "deck.yaml:1:1"


YAML = st.one_of(
    st.text(),
    st.text(st.sampled_from(list("a:-[]{}&*!|>'\"%@`#,?<= \n\t\\x1.~\x85\u2028\ufeff"))),
    st.lists(
        st.sampled_from(
            [
                "a: ",
                "- ",
                "  ",
                "\n",
                "[",
                "]",
                "{",
                "}",
                "&a ",
                "*a",
                "!!int ",
                "<<: ",
                "|\n",
                ">\n",
                '"',
                "'",
                "? ",
                "x",
                "1e9",
                "---\n",
                "%YAML 1.1\n",
            ]
        )
    ).map("".join),
)


@given(YAML)
def test_any_text_is_read_or_refused(yaml: str) -> None:
    """Whatever the file holds, there is data or there is a problem with a place; nothing is raised."""
    tree, problems = load(yaml)
    assert tree is not None or problems


SCALARS = st.one_of(
    st.none(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8),
)


@given(
    st.recursive(
        SCALARS,
        lambda c: st.lists(c, max_size=4) | st.dictionaries(st.text("abc", min_size=1), c, max_size=4),
        max_leaves=20,
    )
)
def test_json_is_read_as_it_is(tree: Any) -> None:
    """JSON is YAML: what it says is what arrives."""
    assert data(json.dumps(tree)) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: T\nslides:\n\u00a0\u00a0- title: A\n", "3:1: a no-break space stands here"),
        ("title: T\nslides:\n  - title: ‘{{ a }}’\n    notes: {‘a: b’: ‘}\n", "typographic quotes"),
        ("title: T\ntheme:light\nslides: []\n", "or a space after the “:” of the line above"),
    ],
)
def test_what_a_keyboard_does_to_yaml(tmp_path: Path, text: str, message: str) -> None:
    """No-break spaces, typographic quotes, and a colon without its space."""
    problems = Problems()
    parse(SourceFile(tmp_path / "deck.yaml", text), problems)
    told = str(problems.found[0])
    assert message in told
