"""YAML as decks use it: the 1.2 core schema, spellings kept, and everything dangerous refused with its place."""

import json
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.text import Text, WrittenBool, WrittenFloat, WrittenInt
from bpslides.yaml_scan import MAX_DEPTH
from tests.yamls import load


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
        ("true", True, WrittenBool),
        ("False", False, WrittenBool),
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
    ("yaml", "messages"),
    [
        ("a: 1\nb: 2\na: 3", ["3:1: “a” stands here twice; first in line 1 (remove one of the two)"]),
        ("a: &x {b: 1}\nc: {<<: *x}", ["2:5: merge keys (<<) are not allowed (write the keys out)"]),
        ("? [a, b]\n: c", ["1:3: a key should be plain text"]),
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


def test_size() -> None:
    """A file above 5 MB is not read."""
    assert refusal("a: " + "x" * 5_000_000).startswith("1:1: the deck is larger than 5 MB")


def test_one_long_line_takes_no_longer() -> None:
    """Thirty thousand entries in one line are read in linear time."""
    start = time.process_time()
    assert len(data("{" + ", ".join(f"k{i}: x" for i in range(30_000)) + "}")) == 30_000
    assert time.process_time() - start < 30


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
