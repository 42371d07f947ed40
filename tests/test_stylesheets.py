r"""Style sheets: nothing that brings in a file gets by in any spelling, and variables are read as a browser does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.stylesheets import faults, resolve, root_variables


@pytest.mark.parametrize(
    ("css", "part"),
    [
        ("a { background: url(x.png) }", "“url()” brings in"),
        ("a { background: URL( 'x.png' ) }", "“url()” brings in"),
        (r"a { background: \75rl(x.png) }", "“url()” brings in"),
        (r"a { background: u\72 l(x.png) }", "“url()” brings in"),
        (r"a { background: \000055RL(x.png) }", "“url()” brings in"),
        (r"a { background: ur\l(x.png) }", "“url()” brings in"),
        ("a { background: url/**/(x.png) }", None),  # no function to a browser
        ("a { background: image-set('x.png' 1x) }", "“image-set()” brings in"),
        ("a { background: -webkit-image-set('x.png' 1x) }", "“-webkit-image-set()” brings in"),
        ("a { background: image('x.png') }", "“image()” brings in"),
        ("a { background: src('x.png') }", "“src()” brings in"),
        ("a { --x: url(x.png) }", "“url()” brings in"),
        ("@import 'x.css';", "“@import” brings in"),
        (r"@\69mport 'x.css';", "“@import” brings in"),
        (r"@\49 MPORT 'x.css';", "“@import” brings in"),
        ("@font-face { font-family: x }", "“@font-face” brings in a font"),
        ("/* </style> */", "cannot hold “</style”"),
        ("a::after { content: '</STYLE' }", "cannot hold “</style”"),
        ("a { color: red", "“{” is never closed"),
        ("a { color: red }}", "“}” closes nothing"),
        ("a { width: calc(1px }", "“}” closes nothing"),
        ("a { color: red } /* and", "a comment is never closed"),
        ("/*/", "a comment is never closed"),
        ("a { content: 'x\n }", "a quotation mark is never closed"),
        ('a { content: "x', "a quotation mark is never closed"),
    ],
)
def test_refused(css: str, part: str | None) -> None:
    """Each fault is found, escapes and comments or not."""
    messages = [fault.message for fault in faults(css)]
    assert bool(messages) == (part is not None)
    assert part is None or any(part in message for message in messages)


@pytest.mark.parametrize(
    "css",
    [
        "a::after { content: '}'; color: red }",
        r"a::after { content: 'it\'s url(x)' }",
        "/* @import is refused, url(x) too */ a { color: red }",
        "a:not([href^='http']) { color: var(--accent, rgb(1, 2, 3)) }",
        "@media (min-width: 600px) { a { background: linear-gradient(red, blue) } }",
        ".curly { width: calc((1px + 2px) * 3) }",
        "",
    ],
)
def test_accepted(css: str) -> None:
    """Words in texts and comments do no harm, and neither do brackets in texts."""
    assert faults(css) == []


def test_places() -> None:
    """A fault says where it begins."""
    css = "a { color: red }\nb { background: url(x) }"
    assert [css[fault.offset :][:4] for fault in faults(css)] == ["url("]


@given(
    st.lists(st.sampled_from([":root", "{", "}", "--a:", "1", ";", "/*", "*/", "'", "\\", "\n", "(", "@x", "var(--a)"]))
)
def test_any_text(parts: list[str]) -> None:
    """No text, however broken, is too much."""
    css = "".join(parts)
    assert all(0 <= fault.offset <= len(css) for fault in faults(css))
    resolve({name: value for name, (value, _) in root_variables(css).items()})


def test_variables_of_the_root() -> None:
    """Only what always holds for the root counts, the last of several, without comments."""
    css = """
    /* :root { --no: 1 } */
    :root { --a: 1px; --b: /* not 2 */ 3; color: red; --c: "x;}" }
    .x { --a: 9px } @media print { :root { --a: 8px } } :root, .y { --a:  2px   4px !important } :root:root { --a: 7px }
    """
    assert {name: value for name, (value, _) in root_variables(css).items()} == {"a": "2px 4px", "b": "3", "c": '"x;}"'}


def test_variables_stand_for_one_another() -> None:
    """Chains, fallbacks and values in values are replaced; rings and unknown names come to nothing."""
    assert resolve(
        {
            "a": "#111",
            "b": "var(--a)",
            "c": "1px solid var( --b )",
            "d": "var(--none, var(--a))",
            "e": "var(--none)",
            "f": "var(--g)",
            "g": "var(--f)",
            "h": "calc(2px * var(--n, 3))",
        }
    ) == {"a": "#111", "b": "#111", "c": "1px solid #111", "d": "#111", "e": "", "f": "", "g": "", "h": "calc(2px * 3)"}
