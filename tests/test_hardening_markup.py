"""A stranger's texts: whatever they hold, in whichever field, is words on a slide and nothing else."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpslides import latex
from bpslides.errors import Problem, visible
from bpslides.latex import MAX_FORMULA
from bpslides.model import BLOCKS
from bpslides.render import Output
from bpslides.schema import forms_of
from bpslides.serve import pages
from tests.decks import Deck, with_content
from tests.harmless import assert_harmless, assert_sound
from tests.hostile import BREAKOUTS, HOSTILE, SLIDES, deck
from tests.pages import read
from tests.yamls import load


@pytest.mark.parametrize("text", [*BREAKOUTS, *HOSTILE])
def test_every_field(tmp_path: Path, text: str) -> None:
    """In every field for words, a hostile text keeps the page what it is: its slides, its one script, its data."""
    found = Deck(tmp_path, deck(text), Output.FOLDER)
    assert_sound(found.page, SLIDES)
    for notes in found.site.notes:
        assert_harmless(read(notes["notes"]))
    for slide in range(1, SLIDES):
        assert_sound(read(f"<div class='slides'>{found.site.sections[slide].html}</div><script></script>"), 1)
    shown = read(pages.speaker(found.site, "en"))
    assert len(shown.all("script")) == 1
    assert len(shown.all("article")) == SLIDES


def variants(value: Any, text: str) -> Iterator[Any]:
    """A value with ``text`` in the place of each of its words in turn, and of each of its keys."""
    if isinstance(value, str):
        yield text
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        for variant in variants(inner, text):
            if isinstance(value, dict):
                yield {**value, key: variant}
            else:
                yield [*value[:key], variant, *value[key + 1 :]]
        if isinstance(value, dict):
            yield {(text if name == key else name): other for name, other in value.items()}


#: More texts that blocks take than their examples have.
MORE = [
    "chain: {slope: 2, symbol: a}",
    "walk: {model: neuron, gradient: w, plot: {variable: w, value: L, domain: [0, 1]}}",
    "chain: {gears: [3], names: [a, b]}",
    "chain: {model: neuron, gradient: w, alt: a}",
    "descent: {function: x**2, start: 1, rate: 0.1, domain: [-3, 3], variable: x, symbol: a, optimizer: {name: sgd}}",
]


@pytest.mark.parametrize("example", [*(form.example for kind in BLOCKS.values() for form in forms_of(kind)), *MORE])
def test_every_setting_of_every_block(tmp_path: Path, example: str) -> None:
    """Each block's own example with a hostile text in each place in turn: told or shown, and the page stays sound."""
    text = " ".join(BREAKOUTS)
    tree, _ = load(example)
    assert tree is not None
    for variant in variants(tree.data, text):
        found = Deck(tmp_path, with_content(json.dumps([variant], default=bool)))
        assert_sound(found.page, len(found.source.slides))
        assert all(problem.place for problem in found.problems), found.messages


@pytest.mark.parametrize("text", BREAKOUTS[:6])
def test_a_text_is_shown_as_it_is(tmp_path: Path, text: str) -> None:
    """Raw HTML is not removed and not run: the audience reads it."""
    page = Deck(tmp_path, deck(text)).page
    assert text in page.one("#two h2").text
    assert text in page.one("#six caption").text
    assert text in page.one("title").text


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("lang: {}", "“lang” should be a language's code"),
        ("theme: {}", "there is no theme"),
        ("slides: [{{title: A, id: {}}}]", "“id” should begin with a letter"),
        ("slides: [{{title: A, layout: {}}}]", "“layout” should be one of"),
        ("slides: [{{title: A, content: [{{callout: {{text: a, tone: {}}}}}]}}]", "“tone” should be one of"),
        ("slides: [{{title: A, content: [{{callout: {{text: a, icon: {}}}}}]}}]", "there is no icon"),
        ("slides: [{{title: A, content: [{{equation: {{tex: a, tone: {}}}}}]}}]", "“tone” should be one of"),
        ("slides: [{{title: A, content: [{{flow: {{boxes: [], direction: {}}}}}]}}]", "“direction” should be one of"),
        ("slides: [{{title: A, content: [{{table: {{header: [a], rows: [[b]], align: [{}]}}}}]}}]", "should be one of"),
        ("slides: [{{title: A, content: [{{columns: [a, b], widths: [{}, 1]}}]}}]", "a block has one key"),
        ("slides: [{{title: A, content: [{{columns: {{columns: [a, b], widths: [{}, 1]}}}}]}}]", "should be a number"),
        ("slides: [{{title: A, content: [{{figure: {{function: x, domain: [0, 1], height: {}}}}}]}}]", "whole number"),
    ],
)
def test_breakouts_of_attributes(tmp_path: Path, field: str, message: str) -> None:
    """What would stand in an attribute, a class or a style is one of the words that may stand there, or refused."""
    bad = "'red\" onclick=\"alert(1); background: url(//evil.example)'"
    text = f"title: T\n{field.format(bad)}\n" + ("" if "slides" in field else "slides: [{title: A}]\n")
    found = Deck(tmp_path, text)
    assert any(message in told for told in found.messages), found.messages
    assert "onclick" not in found.page.one("html").attributes.get("lang", "")
    assert not any(name.startswith("on") for node in found.page.below() for name in node.attributes)


def test_no_slide_takes_the_names_of_the_page(tmp_path: Path) -> None:
    """Slides with the ids and titles that the page's own elements might have leave these alone."""
    plot = "content: [{figure: {function: x**2, domain: [0, 1]}}]"
    text = "title: T\nslides:\n" + "".join(
        f"  - {{title: {title}, {plot}}}\n"
        for title in ("Plotly", "_plotly", "_settings", "Settings", "Deck settings", "Reveal")
    )
    page = Deck(tmp_path, text, Output.SINGLE_FILE).sound.page
    assert json.loads(page.one('[id=":settings"]').source)["title"] == "T"
    assert page.one('[id=":plotly"]').tag == "script"
    assert_sound(page, 6)


def test_messages_about_hostile_texts(tmp_path: Path) -> None:
    """A message quotes the author: harmless on the page of problems, and without codes for the terminal."""
    evil = "<script>alert(1)</script>"
    file = tmp_path / "deck.yaml"
    found = Deck(tmp_path, f"title: T\n'{evil}': 1\nslides: [{{title: A, '\u202eevil\u2066': 1}}]\n")
    told = [str(problem) for problem in found.problems]
    page = read(pages.problems(f"{evil}\x1b[31m", told))
    assert not page.all("script")
    assert f"unknown key “{evil}”" in page.text
    assert all(visible(line) == line for text in told for line in text.split("\n"))
    assert "\\u202eevil" in "".join(told)
    assert file.exists()
    line = str(Problem("a\nb: error: c\r\x1b]0;x\x07"))
    assert line == "a b: error: c \\u001b]0;x\\u0007"


# ── numbers, dollars and marks ────────────────────────────────────────────────────────────────────────────────────


def test_numbers_in_addresses_of_links(tmp_path: Path) -> None:
    """A link may lead to a number; it stays the number that it is."""
    links = "[a](#/{{ neuron.x | d }}) [b](https://example.org/?w={{ neuron.grad.w | .1f }}&x=1)"
    page = Deck(tmp_path, with_content(f"- '{links}'")).sound.page
    assert [node.attributes["href"] for node in page.all("a")] == ["#/2", "https://example.org/?w=-3.6&x=1"]


@pytest.mark.parametrize(
    "text",
    ["&#xE000;0&#xE001;", "&#57344;7&#57345;", "[a](&#xE000;0&#xE001;)", "![&#xe000;5&#xe001;](x)", "&#xE&#xE000;000;"],
)
def test_marks_cannot_be_spelt(tmp_path: Path, text: str) -> None:
    """Entities do not bring in the characters that stand for numbers while Markdown is read."""
    found = Deck(tmp_path, with_content(f"- '{{{{ neuron.x }}}} {text}'"))
    assert found.page.texts(".num") == ["2"]
    assert not set("\ue000\ue001") & set(found.site.page.decode())


@pytest.mark.parametrize("escape", [r"\ue0000\ue001", r"\0", r"\e[31m", r"\u2028", r"\x9b"])
def test_escapes_that_make_what_cannot_be_shown(tmp_path: Path, escape: str) -> None:
    """Nor do the escapes of YAML; they are told at their place."""
    found = Deck(tmp_path, with_content(f'- "a {escape}"'))
    assert found.messages[0].startswith("16:12: this escape makes a character that cannot be shown")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("It is ▸$x and more", True),
        ("It is ▸$\\frac{1}{2} and more", True),
        ("▸$$ a + b", True),
        ("with ▸$ x_1 = 2 $ spaces", True),
        ("$x$ and ▸$y", True),
        ("$5 and $10", False),
        ("5$ or 6 $", False),
        ("\\$x and `$x`", False),
        ("$HOME and US$", False),
        ("$x$ and $$y$$", False),
    ],
)
def test_dollars(tmp_path: Path, text: str, place: bool) -> None:
    """A dollar sign that looks like an unfinished formula is a warning; money is money."""
    found = Deck(tmp_path, with_content(f"- '{text.replace('▸', '')}'"))
    told = [message.partition(" (")[0] for message in found.messages]
    shown = f"16:{10 + text.find('▸')}: warning: this “$” begins no formula, so it is shown as text"
    assert told == ([shown] if place else [])


def test_a_formula_without_end(tmp_path: Path) -> None:
    """A formula longer than any slide is told, and not read."""
    found = Deck(tmp_path, with_content(f"- equation: '{'x' * (MAX_FORMULA + 1)}'"))
    assert found.messages == ["16:20: this formula cannot be read: a formula may have at most 5000 characters"]


@pytest.mark.parametrize("formula", ["(" * 40, r"\tt(1-" * 40, r"\pmod \big( " * 40, r"\langle \dfrac\rangle x" * 40])
def test_brackets_that_are_never_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, formula: str) -> None:
    """The converter would take years over these; it is ended."""
    monkeypatch.setattr(latex, "PATIENCE", 0.5)
    latex.given_up.clear()
    start = time.monotonic()
    found = Deck(tmp_path, with_content(f"- equation: '{formula}'"))
    assert time.monotonic() - start < 30
    assert found.messages[0].startswith("16:20: this formula cannot be read: ")


def test_many_formulas_that_take_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few, no more are waited for."""
    monkeypatch.setattr(latex, "PATIENCE", 0.5)
    latex.given_up.clear()
    start = time.monotonic()
    formulas = " ".join(f"${'(' * (40 + number)}$" for number in range(40))
    assert len(Deck(tmp_path, with_content(f"- '{formulas}'")).messages) == 40
    assert time.monotonic() - start < 30


def test_many_brackets_that_are_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary long formula is the same as ever, and nothing in the deck's folder is run for it."""
    latex.given_up.clear()
    monkeypatch.chdir(tmp_path)
    for name in ("math_core", "re", "bpslides", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w')")
    formula = "+".join(f"f_{{{number}}}(x)" for number in range(30))
    found = Deck(tmp_path, with_content(f"- equation: '{formula}'")).sound
    assert found.page.one(".formula").text.count("f") == 30
    assert not (tmp_path / "ran").exists()
    broken = Deck(tmp_path, with_content(rf"- equation: '{formula} \foo'"))
    assert broken.messages[0].startswith(
        f'16:{21 + len(formula)}: this formula cannot be read: Unknown command "\\foo"'
    )


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────

FLOODS = {
    "numbers of one text": "- '" + "".join(f"{{{{ m.x{i} }}}} " for i in range(5_000)) + "'",
    "broken formulas": "- '" + "".join(f"$\\foo{i}$ " for i in range(5_000)) + "'",
    "pictures": "- '" + "".join(f"![](x{i}.png) " for i in range(3_000)) + "'",
    "a wide table": "- table: {header: [" + "a," * 100 + "], rows: [" + ("[" + "b," * 100 + "],") * 100 + "]}",
    "deep formula": f"- '${'{' * 2_000}{'}' * 2_000}$'",
    "brackets": f"- '{'[' * 20_000}'",
    "quotes": f"- '{'> ' * 5_000}'",
    "stars": f"- '{'*a **b ' * 10_000}'",
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods(tmp_path: Path, name: str) -> None:
    """Thousands of texts, mistakes or brackets are read or refused within seconds."""
    start = time.process_time()
    Deck(tmp_path, with_content(FLOODS[name]))
    assert time.process_time() - start < 30  # 1 s at most when measured alone
