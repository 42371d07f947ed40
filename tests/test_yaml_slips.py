"""What YAML does to the unwary: each slip is told where it is, with the line as it should be, and the rest is read."""

import re
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpslides.yaml_repair import MOST_FAULTS
from tests.fuzz.mutation import words
from tests.yamls import load

LATEX = "use single quotes, or none, around text with LaTeX"
QUOTE = "put the value in quotes"
COMMENT = "put a space after “#” if a comment is meant, else quotes"
COLON = "a second “: ” stands in this value"
BRACES = "a value that begins with “{{” is something else in YAML"
TYPOGRAPHIC = "typographic quotes are no quotes in YAML (use ' or \" around the value"

# The text, with ▸ where the problem is told; the message and its hint; and what is read all the same.
SLIPS: list[tuple[str, str, Any]] = [
    ("title: a▸: b: c", f"{COLON} ({QUOTE}: title: 'a: b: c')", {"title": "a: b: c"}),
    ("- Note: so▸: it is", f"{COLON} ({QUOTE}: - 'Note: so: it is')", ["Note: so: it is"]),
    ("- note: so▸: it is", f"{COLON} ({QUOTE}: - note: 'so: it is')", [{"note": "so: it is"}]),
    ("a: {b: c▸: d, e: f}", f"{COLON} ({QUOTE}: a: {{b: 'c: d', e: f}})", {"a": {"b": "c: d", "e": "f"}}),
    ("title: ▸@you", f"a value cannot begin with “@” ({QUOTE}: title: '@you')", {"title": "@you"}),
    ("title: ▸`code` # why", f"a value cannot begin with “`” ({QUOTE}: title: '`code`' # why)", {"title": "`code`"}),
    ("- ▸%x", f"a value cannot begin with “%” ({QUOTE}: - '%x')", ["%x"]),
    ("a: ▸}", f"a value cannot begin with “}}” ({QUOTE}: a: '}}')", {"a": "}"}),
    ("a: [b, ▸@c]", f"a value cannot begin with “@” ({QUOTE}: a: [b, '@c'])", {"a": ["b", "@c"]}),
    ("- ▸*emph", f"a value that begins with “*” is something else in YAML ({QUOTE}: - '*emph')", ["*emph"]),
    ("- ▸*emph* it", f"a value that begins with “*” is something else in YAML ({QUOTE}: - '*emph* it')", ["*emph* it"]),
    ("- ▸**b** it", f"a value that begins with “*” is something else in YAML ({QUOTE}: - '**b** it')", ["**b** it"]),
    (
        "a: [▸*e* x]",
        f"a value that begins with “*” is something else in YAML ({QUOTE}: a: ['*e* x'])",
        {"a": ["*e* x"]},
    ),
    ("- ▸> said", f"a value that begins with “>” is something else in YAML ({QUOTE}: - '> said')", ["> said"]),
    ("a: ▸? b", f"a value that begins with “?” is something else in YAML ({QUOTE}: a: '? b')", {"a": "? b"}),
    ("a: ▸&b: c", f"a value that begins with “&” is something else in YAML ({QUOTE}: a: '&b: c')", {"a": "&b: c"}),
    ("a: ▸{{x}}", f"{BRACES} ({QUOTE}: a: '{{{{x}}}}')", {"a": "{{x}}"}),
    ("a: ▸{{ x }} and y", f"{BRACES} ({QUOTE}: a: '{{{{ x }}}} and y')", {"a": "{{ x }} and y"}),
    ("- [▸{{ x | .2f }}, b]", f"{BRACES} ({QUOTE}: - ['{{{{ x | .2f }}}}', b])", [["{{ x | .2f }}", "b"]]),
    ("- [▸{{ x }} kg, b]", f"{BRACES} ({QUOTE}: - ['{{{{ x }}}} kg', b])", [["{{ x }} kg", "b"]]),
    *(
        (
            f"a: {{b: {text}, c: d}}",
            (
                f"“{text[text.index('▸') + 1]}” within the value of “b” is a bracket of YAML "
                f"({QUOTE}: b: '{text.replace('▸', '')}')"
            ),
            {"a": {"b": text.replace("▸", ""), "c": "d"}},
        )
        for text in [
            "x▸[0]",
            "f(x, y) = ▸[1, 2]",
            "the set ▸{1, 2} is it",
            "$w_▸{1,2}$",
            "$\\frac▸{1}{2}$, or",
            "▸[1] is good",
            "a (b ▸[c] d), e",
        ]
    ),
    (
        "- [a, x▸[0], b]",
        f"“[” within this value is a bracket of YAML ({QUOTE}: 'x[0]')",
        [["a", "x[0]", "b"]],
    ),
    (
        "a: {b: it's, ▸c, d: e}",
        f"the value of “b” ends at the comma before “c” ({QUOTE}: b: 'it''s, c')",
        {"a": {"b": "it's, c", "d": "e"}},
    ),
    (
        "- {b: max(1, ▸2), c: d}",
        f"the value of “b” ends at the comma before “2)” ({QUOTE}: b: 'max(1, 2)')",
        [{"b": "max(1, 2)", "c": "d"}],
    ),
    (
        "- {b: one, ▸two, three}",
        f"the value of “b” ends at the comma before “two” ({QUOTE}: b: 'one, two, three')",
        [{"b": "one, two, three"}],
    ),
    (
        "a: [$f(x, ▸y)$, b]",
        "a comma divides “$f(x, y)$” (put it in quotes: '$f(x, y)$')",
        {"a": ["$f(x, y)$", "b"]},
    ),
    (
        "a: [b, c (d, ▸e, f) g]",
        "a comma divides “c (d, e, f) g” (put it in quotes: 'c (d, e, f) g')",
        {"a": ["b", "c (d, e, f) g"]},
    ),
    (
        "a: 'it'▸s'",
        "something stands after the closing quote (write a quote within single quotes twice: a: 'it''s')",
        {"a": "it's"},
    ),
    (
        'a: "b" ▸and "c"',
        'something stands after the closing quote (put all of it in quotes: a: \'"b" and "c"\')',
        {"a": '"b" and "c"'},
    ),
    ("a: [b] ▸c", f"something stands after the closing “]” ({QUOTE}: a: '[b] c')", {"a": "[b] c"}),
    ("a: ▸'b\nc: 1", "this quote is never closed (close it: a: 'b')", {"a": "b", "c": 1}),
    (
        "a: ▸[b, {c: 1\nd: 1",
        "this list in brackets is never closed (close it: a: [b, {c: 1}])",
        {"a": ["b", {"c": 1}], "d": 1},
    ),
    ("a: ▸{b: 1\nc: 1", "this mapping in braces is never closed (close it: a: {b: 1})", {"a": {"b": 1}, "c": 1}),
    ("theme▸:light\na: 1", "a space is missing after this “:” (write: theme: light)", {"theme": "light", "a": 1}),
    ("a: 1\ntheme▸:light", "a space is missing after this “:” (write: theme: light)", {"theme": "light", "a": 1}),
    ("a: ▸“b: c”", f"{TYPOGRAPHIC}: a: 'b: c')", {"a": "“b: c”"}),
    ("a: ▸‘b’: c", f"{TYPOGRAPHIC})", {"a": "‘b’: c"}),
    ("a: ▸!b", f"tags such as “!b” are not allowed (remove it, or {QUOTE}: a: '!b')", {"a": "!b"}),
    ("a: ▸!b c: d", f"tags such as “!b” are not allowed (remove it, or {QUOTE}: a: '!b c: d')", {"a": "!b c: d"}),
    ("a: ▸!!int b", f"tags such as “!!int” are not allowed (remove it, or {QUOTE}: a: '!!int b')", {"a": "b"}),
    (
        "a: ▸!!python/name:x y",
        f"tags such as “!!python/name:x” are not allowed (remove it, or {QUOTE}: a: '!!python/name:x y')",
        {"a": "y"},
    ),
    (
        'a: "▸\\sigma"',
        f"double quotes read “\\sigma” as their own, not as LaTeX ({LATEX}: a: '\\sigma')",
        {"a": "\\sigma"},
    ),
    ('a: "▸\\xi"', f"double quotes read “\\xi” as their own, not as LaTeX ({LATEX}: a: '\\xi')", {"a": "\\xi"}),
    (
        'a: "▸\\upsilon"',
        f"double quotes read “\\upsilon” as their own, not as LaTeX ({LATEX}: a: '\\upsilon')",
        {"a": "\\upsilon"},
    ),
    *(
        (
            f'a: "x ▸{command}{{y}}"',
            f"double quotes change “{command}”: YAML reads the backslash as its own ({LATEX}: a: 'x {command}{{y}}')",
            {"a": f"x {command}{{y}}"},
        )
        for command in [
            "\\frac",
            "\\nabla",
            "\\theta",
            "\\beta",
            "\\rho",
            "\\vec",
            "\\eta",
            "\\Phi",
            "\\Lambda",
            "\\text",
        ]
    ),
    (
        'a: "\\\\frac ▸\\beta"',
        f"double quotes change “\\beta”: YAML reads the backslash as its own ({LATEX})",
        {"a": "\\frac \\beta"},
    ),
    (
        "a: Exercise ▸#1\nb: fine # comment",
        f"warning: YAML reads the rest of this line as a comment ({COMMENT}: a: 'Exercise #1')",
        {"a": "Exercise", "b": "fine"},
    ),
    (
        "- ▸# Head",
        "warning: YAML reads the rest of this line as a comment (put the text in quotes: - '# Head')",
        [None],
    ),
    (
        "a: ▸&b c",
        f"warning: YAML takes “&b” as a name for this value, and does not show it ({QUOTE}: a: '&b c')",
        {"a": "c"},
    ),
    ("a:\n▸\tb: 1\nc: 1", "a tab stands here; YAML is indented by spaces (replace tabs by spaces)", {"c": 1}),
    (
        "a: ▸- b",
        "a list cannot begin in the line of its key (begin it in the next line, or put the value in quotes)",
        None,
    ),
    (
        "a: 1\n b▸: 2\nc: 1",
        "this key does not fit below the line above (look at its indentation, and for a missing “: ” above)",
        {"c": 1},
    ),
    ("a: 1\n▸---\nb: 2", "a second document begins here (remove the line “---”)", {"a": 1}),
    (
        "%YAML 1.1\n▸a: 1",
        "YAML expects a line “---” before this one (remove the line above that begins with “%” or “...”)",
        None,
    ),
]


@pytest.mark.parametrize(("text", "message", "data"), SLIPS, ids=[text for text, _, _ in SLIPS])
def test_slips(text: str, message: str, data: Any) -> None:
    """A slip is told once, at its character, with the line as it was meant; all else is read as it was meant."""
    before = text[: text.index("▸")]
    tree, told = load(text.replace("▸", ""))
    assert told == [f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: {message}"]
    assert (tree.data if tree else None) == data


_SHOWN = re.compile(r"(?:quotes|twice|close it|write|LaTeX|the value): (.*)\)$")


@pytest.mark.parametrize(("text", "message"), [(text, found[1]) for text, m, _ in SLIPS if (found := _SHOWN.search(m))])
def test_the_line_of_a_hint_is_right(text: str, message: str) -> None:
    """Whoever puts the line that the hint shows into the place of the broken one has mended it."""
    lines = text.replace("▸", "").split("\n")
    row = text[: text.index("▸")].count("\n")
    mended = [*lines[:row], message, *lines[row + 1 :]]
    assert load("\n".join(mended))[1] == []


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("[costs $5, costs $6]", ["costs $5", "costs $6"]),
        ("[$5, $6]", ["$5", "$6"]),
        ("[a (b), c (d)]", ["a (b)", "c (d)"]),
        ("[a (, b]", ["a (", "b"]),
        ("[sad (, b, '(c', d)]", ["sad (", "b", "(c", "d)"]),
        ("['f(x', y)]", ["f(x", "y)"]),
        ("{a: 'b', c}", {"a": "b", "c": None}),
        ("{a: b, c: }", {"a": "b", "c": None}),
        ("{a: , c}", {"a": None, "c": None}),
        ("{a: 0,5}", {"a": 0, "5": None}),
        ("{a: b,\n c}", {"a": "b", "c": None}),
        ("[(a,\n b)]", ["(a", "b)"]),
        ("[" + "(, " * 300 + "b)]", ["("] * 300 + ["b)"]),
    ],
)
def test_commas_that_divide_nothing(text: str, data: Any) -> None:
    """What may well be several values stays several values."""
    tree, told = load(f"x: {text}")
    assert told == []
    assert tree is not None
    assert tree.data == {"x": data}


def test_places_behind_what_a_comma_divided() -> None:
    """Behind values that were made one again, the others know where they stand, and so does the text within."""
    tree, _ = load("x: [a, f(b, {c: $d, e$}, 'g']\ny: [f(a, b), {{ z }}, c]".replace("f(b, ", "f(b, h), "))
    assert tree is not None
    assert str(tree.place(("x", 2, "c"))) == "deck.yaml:1:18"
    assert str(tree.place(("y", 2))) == "deck.yaml:2:23"
    tree_of_lines, told = load("- [b,\n  c (d, e)]\n- f")
    assert told == ["2:9: a comma divides “c (d, e)” (put it in quotes: 'c (d, e)')"]
    assert tree_of_lines is not None
    assert tree_of_lines.data == [["b", "c (d, e)"], "f"]
    whole = tree.data["x"][1]
    assert str(whole.place(whole.index("h"))) == "deck.yaml:1:13"


def test_a_long_line_is_shown_in_part() -> None:
    """Where the line is too long to be shown, the key and its value are."""
    many = ", ".join(f"{{title: number {number}, text: a text}}" for number in range(5))
    for slip, piece in (("@you", "text: '@you'"), ("a: b", "text: 'a: b'"), ("{{ x }} m", "text: '{{ x }} m'")):
        (told,) = load(f"- cards: [{many}, {{title: last, text: {slip}}}]")[1]
        assert told.endswith(f"({QUOTE}: {piece})")


def test_hostile_lines_take_no_time() -> None:
    """Brackets that never close are looked through in lines of a person's length only, and not in all of them."""
    start = time.monotonic()
    load("\n".join(f"- [{'(, ' * 150}]" for _ in range(5000)))
    load("\n".join(f"- {{a: {'b[(, ' * 90}}}" for _ in range(200)))
    load(f"- {{a: {'b[(, ' * 100_000}}}")
    assert time.monotonic() - start < 20


def test_faults_in_one_piece_hide_none_in_another() -> None:
    """Of a deck of many faults, each is told; what cannot be read is left out, and the rest is there."""
    tree, told = load(
        """\
title: T
models:
  a: {graph: {L: 1}}
  b:
    graph:
      L: 1
     M: 2
slides:
- title: @one
  kicker: a: b
- title: two
  content:
    - "quoted" text
    - see: this
   - and: that
- title: three
  content: |
    - x: y: z
    'no fault
- title: 'four
  kicker: {{ a.L }}
"""
    )
    assert [message.partition(": ")[0] for message in told] == [
        "7:6",
        "9:10",
        "10:12",
        "13:16",
        "15:4",
        "20:10",
        "21:11",
    ]
    assert tree is not None
    assert tree.lost == {"models", "slides"}
    assert list(tree.data["models"]) == ["a"]
    assert [slide["title"] for slide in tree.data["slides"]] == ["@one", "three", "four"]


def test_two_faults_in_one_line() -> None:
    """Each has its place in the line as it is written, not as it was mended meanwhile."""
    _, told = load("a: {b: @c, d: `e`, f: {{ g }} h}")
    assert [message.partition(": ")[0] for message in told] == ["1:8", "1:15", "1:23"]


def test_places_behind_a_mended_fault() -> None:
    """A text that was put in quotes, and one whose backslashes were doubled, still know where they stand."""
    tree, _ = load('a: it: {{ x }}\nb: "\\frac {{ y }}"')
    assert tree is not None
    for key, piece, place in (("a", "x", "1:11"), ("b", "y", "2:14")):
        text = tree.data[key]
        assert str(text.place(text.index(piece))) == f"deck.yaml:{place}"


def test_a_value_that_goes_on_is_not_cut() -> None:
    """Where a value may have several lines nobody knows its end: no line is shown."""
    _, told = load("slides:\n- title: a: b\n    and more\n- title: @c\n")
    assert told[0].endswith("(look at its indentation, and for a missing “: ” above)")
    assert told[1].startswith("4:10: ")


def test_very_many_faults() -> None:
    """Of thousands, the first are told; the others are not looked for."""
    told = load("slides:\n" + "- title: a: b\n" * 2000)[1]
    assert len(told) == MOST_FAULTS


FRAGMENTS = st.sampled_from([*words("loader"), "\n- ", "\n", "|\n"])


@given(st.lists(FRAGMENTS, max_size=25).map("".join))
@example("slides:\n- 'x\n- \"y\n- {z")
@example('a: "\n\\frac\n"')
def test_whatever_is_written(text: str) -> None:
    """Any text is read or refused, and every place that is told lies within it."""
    tree, told = load(text)
    assert tree is not None or told
    lines = text.split("\n")
    for message in told:
        line, column = map(int, message.split(":")[:2])
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
