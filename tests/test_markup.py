"""Markdown, formulas and numbers as HTML: what a reader sees, and nothing that runs."""

import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bpslides.assets import Assets
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.markup import Writer
from bpslides.mathml import MathError, display_formula, in_a_line, mathml
from bpslides.model import Deck as DeckData
from bpslides.notation import Ledger
from bpslides.source import Source
from bpslides.text import Text
from tests.decks import Deck, with_content
from tests.harmless import assert_harmless
from tests.hostile import HOSTILE
from tests.pages import Node, read


def writer(problems: Problems) -> Writer:
    """One for texts outside of any deck."""
    source = Source(DeckData(title=Text("T")), "t", Path())
    return Writer(Numbers(source, problems), Assets(single_file=False), Ledger({}, {}, mathml, problems), problems)


def write(text: str) -> tuple[Node, list[str]]:
    """The HTML of a text outside of any deck, and the messages about it."""
    problems = Problems()
    html = writer(problems).block(Text(text))
    return read(html), [problem.message for problem in problems.found]


def page(tmp_path: Path, text: str) -> Node:
    """The body of a slide that holds this text."""
    content = "- |\n" + "\n".join(f"  {line}" for line in text.split("\n"))
    return Deck(tmp_path, with_content(content)).sound.page.one(".prose")


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown(tmp_path: Path) -> None:
    """Paragraphs, emphasis, lists, tables, code and links are what they look like."""
    body = page(
        tmp_path, "One *em* **strong** `code` ~~gone~~\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n[there](#/b)"
    )
    assert body.texts("em") + body.texts("strong") + body.texts("code") + body.texts("s") == [
        "em",
        "strong",
        "code",
        "gone",
    ]
    assert body.texts("li") == ["a", "b"]
    assert body.texts("td") == ["1", "2"]
    assert body.one("a").attributes["href"] == "#/b"


PIECES = [*"aé1 .,:;-–()'\"%=+#!>*_`[]\\&/\u00a0·", "{{ 1/3 | .2f }}", "{{ 2 }}"]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=20).map("".join))
@example("Say it: 1 + 1 = {{ 1 + 1 }} - always, “as is” (says she).")
def test_a_line_of_words_is_what_markdown_makes_of_it(text: str) -> None:
    """Lines of words do not go through Markdown, and nobody can tell."""
    write = writer(Problems())
    second = "<p><em>second</em></p>\n"
    of_markdown = write.block(Text(f"{text}\n\n*second*"))
    assume(of_markdown.endswith(second))  # else the text has begun something that goes on, such as code
    of_markdown = of_markdown.removesuffix(second)
    assert write.block(Text(text)) == of_markdown
    if of_markdown.startswith("<p>") and text == text.strip():
        assert f"<p>{write.inline(Text(text))}</p>\n" == of_markdown


@pytest.mark.parametrize(
    "sign", [*map(chr, range(0x20, 0x7F)), "\t", "\n", "\u00a0", ":icon-target:", "{{ 2 }}", "&amp;"]
)
def test_each_sign_among_words(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a sign stands in a line, the text is what it is without the short way for lines of words."""
    texts = [form.replace("C", sign) for form in ("aCb", "a CbC", "aCCbCC", "aC", "Ca", "a CC b")]

    def written() -> list[object]:
        problems = Problems()
        write = writer(problems)
        return [
            *((write.block(Text(text)), write.inline(Text(text))) for text in texts),
            list(map(str, problems.found)),
        ]

    as_ever = written()
    monkeypatch.setattr("bpslides.markup._WORDS", re.compile("(?!)"))
    assert as_ever == written()


def test_headings_begin_below_the_title(tmp_path: Path) -> None:
    """The title of a slide is its h2, so headings in a text go on from h3."""
    assert [node.tag for node in page(tmp_path, "# A\n\n## B\n\n###### C").children if isinstance(node, Node)] == [
        "h3",
        "h3",
        "h6",
    ]


def test_links_away_open_elsewhere(tmp_path: Path) -> None:
    """A link to another site opens in a new window and tells it nothing; one within the deck does not."""
    away, here = page(tmp_path, "[a](https://example.org/x) [b](#/2)").all("a")
    assert away.attributes["rel"] == "noopener noreferrer"
    assert "target" not in here.attributes


def test_numbers_are_taken_out_before_markdown(tmp_path: Path) -> None:
    """Stars and bars in an expression mean arithmetic and format, also in a table."""
    body = page(tmp_path, "{{ neuron.w*2*neuron.x }} *em*\n\n| a |\n|---|\n| {{ neuron.L | .1f }} |")
    assert body.texts(".num") == ["2", "0.8"]
    assert body.texts("td") == ["0.8"]


def test_code_is_literal(tmp_path: Path) -> None:
    """In code, nothing is filled in."""
    body = page(tmp_path, "`{{ neuron.L }}` {{ neuron.L }}\n\n```\n{{ nonsense }}\n```")
    assert body.texts("code") == ["{{ neuron.L }}", "{{ nonsense }}"]
    assert body.texts(".num") == ["0.81"]


def test_templates_are_plain_text(tmp_path: Path) -> None:
    """Only {{ }} means something: {% %} and {# #} do not."""
    assert page(tmp_path, "{% if x %} {# no #}").text == "{% if x %} {# no #}"


def test_what_a_number_prints_is_not_read_again(tmp_path: Path) -> None:
    """A format cannot bring markup in."""
    assert page(tmp_path, "a{{ neuron.L | .1f }}*b*").text == "a0.8b"


def test_unclosed_number() -> None:
    """An opening {{ without its end is shown, with a warning."""
    body, messages = write("a {{ neuron.L and more")
    assert body.text == "a {{ neuron.L and more"
    assert messages == ["this “{{” is never closed, so it is shown as text"]


@pytest.mark.parametrize("text", ["$5 and $10", "5$ a$", "\\$x$"])
def test_money(text: str) -> None:
    """A dollar next to a digit or a space is money."""
    assert write(text)[0].all("math") == []


# ── formulas ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{{a}}{{b}}", "ab"),
        (r"\frac{{a}b}{c} = {{ neuron.L | .2f }}", "abc=0.81"),
        (r"x_{{{ neuron.L | .1f }}}", "x0.8"),
        (r"x_{ {{ neuron.L | .1f }} }", "x0.8"),
        (r"{{ neuron.grad.w | .2f }}", "−3.60"),
        (r"\hat y = {{ neuron.y_hat }}", "yˆ=1.1"),
    ],
)
def test_numbers_in_formulas(tmp_path: Path, latex: str, text: str) -> None:
    """In LaTeX, {{ counts only before a space, so double braces stay what they are; inline and displayed."""
    deck = Deck(tmp_path, with_content(f"- '${latex}$'\n- equation: '{latex}'")).sound
    assert ["".join(found.split()) for found in deck.page.texts("p math")] == [text]
    assert "".join(deck.page.one(".formula").text.split()) == text


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (r"'$a$ and $▸\fraq{1}{2}$'", "Unknown command"),
        (r"'the word \fraq and $▸\fraq{1}{2}$'", "Unknown command"),
        (r"'{{ neuron.L }} is $▸\foo$'", "Unknown command"),
        (r"'$\frac{1}{2▸$'", "Expected closing token"),
        (r"equation: '\frac{1▸'", "Expected closing token"),
        (r"equation: 'a = {{ neuron.L | .1f }} ▸\foo'", "Unknown command"),
        (r"equation: 'x + {{ neuron.grad.w }} ▸\foo + {{ neuron.L }}'", "Unknown command"),
    ],
)
def test_broken_formulas(tmp_path: Path, block: str, message: str) -> None:
    """A broken formula is told where ▸ points, and shown as its source."""
    deck = Deck(tmp_path, with_content(f"- {block.replace('▸', '')}"))
    place = f"16:{9 + block.index('▸')}"
    assert [one[: one.index(message) + len(message)] for one in deck.messages] == [
        f"{place}: this formula cannot be read: {message}"
    ]
    assert len(deck.page.all("code.broken")) == 1


def test_each_of_two_equal_formulas_has_its_place(tmp_path: Path) -> None:
    """The same mistake twice is told twice."""
    deck = Deck(tmp_path, with_content(r"- '$\foo$ b $\foo$'"))
    assert [message.partition(": ")[0] for message in deck.messages] == ["16:11", "16:20"]


def test_a_formula_keeps_its_comma() -> None:
    """What stands right behind a formula goes with it into the next line; other text, and other commas, do not."""
    page, _ = write("Say $x$, or ($y$); $z$ and, well, *w*, **$v$**, done.")
    assert page.texts("span.unbroken") == ["x,", "y);"]
    assert page.text == "Say x, or (y); z and, well, w, v, done."


def test_a_raised_bracket() -> None:
    """A tall bracket with a prime is not alone in its base: browsers would draw it lower than its partner."""
    html = mathml(r"\big(f\big)'")
    assert "</mo><mi></mi></mrow><mo" in html
    assert "<mi></mi>" not in mathml("f(x)'")


def test_a_displayed_formula_can_break_between_statements() -> None:
    """Statements become parts of their own; what they say stays."""
    whole, parts = read(mathml(r"a = b \quad c = d")), read(display_formula(r"a = b \quad c = d"))
    assert len(parts.all("span")) == 2
    assert len(parts.all("math")) == 4
    assert "".join(parts.text.split()) == "".join(whole.text.split())


@given(st.text(st.sampled_from(list("abx12=+-{}()[]\\^_ ")), max_size=30))
def test_parts_say_what_the_whole_says(latex: str) -> None:
    """Cutting a formula for narrow screens loses nothing."""
    try:
        whole, offset = mathml(latex, display=True), 0
    except MathError as error:
        whole, offset = None, error.offset
    assert 0 <= offset <= len(latex)
    if whole is not None:
        assert "".join(read(display_formula(latex)).text.split()) == "".join(read(whole).text.split())


BOMBS = {
    "braces": "{" * 2400 + "}" * 2400,
    "roots": r"\sqrt{" * 700 + "x" + "}" * 700,
    "powers": "x" + "^{x" * 1200 + "}" * 1200,
    "matrices": r"\begin{matrix}" * 150 + "x" + r"\end{matrix}" * 150,
    "too long": "x" * 5001,
    "macro": r"\def\a{\a\a}\a",
    "newcommand": r"\newcommand{\x}{\x\x}\x",
}


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        ("y = (3x+1)^2", "y=(3x+1)²"),
        (r"\frac{\partial L}{\partial w_1}", "∂L/∂w₁"),
        (r"\frac{a + b}{c}", "(a+b)/c"),
        ("10^{-3}", "10⁻³"),
        ("e^{-x}", "e^(−x)"),
        ("x_1^n", "x₁ⁿ"),
        ("w_k", "w_k"),
        ("f'(x)", "f′(x)"),
        (r"\frac{\sqrt{2}}{2}", "22"),
    ],
)
def test_formulas_in_a_line(latex: str, line: str) -> None:
    """Where no formula can stand, signs that lie over one another come one after the other, as far as signs can."""
    assert Markup(in_a_line(mathml(latex))).striptags() == line


@pytest.mark.parametrize("name", BOMBS)
def test_formula_bombs(name: str) -> None:
    """Deep, long and self-referring formulas end soon: with a formula or with a message."""
    start = time.process_time()
    with suppress(MathError):
        assert mathml(BOMBS[name])
    assert time.process_time() - start < 30


# ── nothing runs ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown(text: str) -> None:
    """Everything that would run elsewhere is text here."""
    assert_harmless(write(text)[0])


MARKS = [*list("<>\"'&[]()!`$*_|\n\\"), "](", "$$", "\n\n", "    ", "- ", "{{ 1 }}", "{{", "}}", "&#106;", "&colon;"]
WORDS = ["javascript:", "onclick=", "<script", "</script>", "style=", "url(x)", "id=", "data:text/html,"]
FRAGMENTS = st.sampled_from([*HOSTILE, *MARKS, *WORDS])


@settings(max_examples=200)
@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=12).map("".join))
def test_random_markdown(text: str) -> None:
    """No text, however it is put together, becomes anything but harmless elements that are closed rightly."""
    assert_harmless(write(text.replace("\r", ""))[0])


def test_storms() -> None:
    """Thousands of brackets, stars, braces or dollars take no more than a moment."""
    storms = [
        "[" * 20_000,
        "![" * 10_000,
        "*a " * 10_000,
        "{{" * 20_000,
        "{{ " * 10_000,
        "$a " * 10_000,
        "[a](" * 10_000,
    ]
    for text in (*storms, ">" * 5_000, "|a|\n|-|\n" * 2_000, "<a " * 10_000):
        start = time.process_time()
        write(text)
        assert time.process_time() - start < 30, text[:10]  # 0.3 s at most when measured alone
