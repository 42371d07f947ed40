"""Code in colours: never another text than was written, in any language."""

import re
import time
from collections.abc import Sequence
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpslides.highlighting import LANGUAGES, UnknownLanguage, highlighted

SOME = ["python", "c++", "js", "yaml", "html", "bash", "rust", "json", "tex", "console", "diff", None]


def text_of(lines: Sequence[str]) -> str:
    """What a reader sees."""
    return unescape(re.sub(r"<[^>]*>", "", "\n".join(lines)))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=80), st.sampled_from(SOME))
@settings(max_examples=150)
def test_the_text_stays(text: str, language: str | None) -> None:
    """Colours change no character, and no character becomes markup."""
    lines = highlighted(text, language)
    assert text_of(lines) == text.rstrip()
    assert set(re.findall(r"<[^>]*>", "".join(lines))) <= {
        "</span>",
        *(f'<span class="code-{kind}">' for kind in ("keyword", "name", "string", "number", "comment")),
    }


def test_a_piece_over_several_lines() -> None:
    """A string of several lines is coloured on each of them, so that every line stands by itself."""
    assert highlighted('"""a\nb"""', "python") == [
        '<span class="code-string">"""a</span>',
        '<span class="code-string">b"""</span>',
    ]


@pytest.mark.parametrize(("name", "hint"), [("pyton", "did you mean “python”?"), ("qqqqqq", "there are python")])
def test_unknown_language(name: str, hint: str) -> None:
    """A language that is not there is refused, with the nearest one or some that are."""
    with pytest.raises(UnknownLanguage) as error:
        highlighted("x", name)
    assert error.value.hint.startswith(hint)


NASTY = [
    "x = '" + "\\" * 60,
    '"' * 199,
    "(" * 399,
    "{{" * 200,
    "/*" * 150,
    "<" * 300,
    "a" * 390,
    "$(" * 150,
    "\\" * 99,
    "0" * 300,
]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_hangs(language: str) -> None:
    """No text makes a lexer try without end: a deck may come from anybody."""
    start = time.process_time()
    for nasty in NASTY:
        highlighted("\n".join([nasty] * 4), language)
    assert time.process_time() - start < 30


@pytest.mark.parametrize("text", ["(" * 401, "x = 1\n" * 700])
def test_long_texts_have_no_colours(text: str) -> None:
    """Where a lexer could take long, it is not asked."""
    assert not any("<" in line for line in highlighted(text, "python"))
