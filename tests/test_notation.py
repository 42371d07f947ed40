"""The notation ledger: symbols found in formulas and drawings however they are written, explained, and missed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpslides.marking import mark, shapes
from bpslides.mathml import MathError, mathml
from bpslides.notation import latex_of, spot
from bpslides.render import Output
from tests.decks import NEURON, Deck
from tests.pages import Node, read


def deck(tmp_path: Path, notation: str, content: str, models: str = NEURON, output: Output = Output.SERVE) -> Deck:
    """A deck with this notation (flow YAML) and one slide; the content begins in line 17, column 9, for the neuron."""
    lines = "\n".join(f"      {line}" for line in content.splitlines())
    return Deck(
        tmp_path,
        f"title: T\nnotation: {{{notation}}}\n{models}slides:\n  - title: One\n    content:\n{lines}\n",
        output,
    )


def marked(node: Node) -> list[tuple[str, str]]:
    """The number and the text of every marked symbol."""
    return [(found.attributes["data-symbol"], found.text.replace(" ", "")) for found in node.all("[data-symbol]")]


# ── recognising ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("declared", "formula", "found"),
    [
        (["w"], r"w x + w", ["w", "w"]),
        (["w"], r"\frac{\partial L}{\partial w}", ["w"]),
        (["w"], r"w_1 + w_{ij} + \mathrm{w} + \hat w + x_w", ["w1", "wij"]),
        (["w"], r"w_1^2 + w^2 + w' + \sqrt{w} + \left(w\right)", ["w", "1", "w", "w", "w", "w"]),
        (["w", "w_1"], r"w_1 + w_2", ["w1", "w2"]),
        ([r"\hat y"], r"\hat{y} - y + \hat  y_1", ["yˆ", "yˆ1"]),
        ([r"\hat{y}"], r"\bar y + \hat z", []),
        ([r"\eta"], r"w - \eta \nabla L", ["η"]),
        ([r"\delta^{(l)}"], r"\delta^{(l)} + \delta^{(2)}", ["δ(l)"]),
        ([r"\Delta w"], r"w + \Delta w", ["Δw"]),
        ([r"\mathbf{W}"], r"\mathbf W x + W", ["𝐖"]),
        ([r"\mathrm{loss}"], r"\mathrm{loss} = L", ["loss"]),
        ([r"\mathcal{L}"], r"\mathcal{L} + L", ["ℒ︀"]),
        (["w"], r"\begin{aligned} w &= 1 \\ b &= w\end{aligned}", ["w", "w"]),
        (["w"], r"\text{w} \phantom{w} \partial_w L", ["w"]),
        (["f"], r"f(x) + f'(x)", ["f", "f"]),
        ([r"\partial L / \partial w"], r"\delta = \partial L / \partial w", ["∂L/∂w"]),
    ],
)
def test_symbols_are_found(declared: list[str], formula: str, found: list[str]) -> None:
    """A declared symbol is found however it is written, as a base with an index, too, and nothing else is."""
    known = {shapes(mathml(latex)): {"data-symbol": str(number)} for number, latex in enumerate(declared)}
    html, _ = mark(mathml(formula), known)
    assert [text for _, text in marked(read(html))] == found


@pytest.mark.parametrize(
    ("formula", "missing"),
    [
        (r"a + b_1 - \eta", ["a", "b", r"\eta"]),
        (r"\hat y + \bar{\theta}", [r"\hat{y}", r"\bar{\theta}"]),
        (r"\frac{dL}{dw} + \frac{\partial L}{\partial w}", ["L", "w"]),
        (r"f(x) + g'(x) + \sin x + \mathrm{ReLU}(x)", ["x"]),
        (r"\sum_{i=1}^n x_i + \prod_k e^{-x} \pi", ["x"]),
        (r"\mathbb{R}^n + 2^{10} + W^T + \delta_j^l + \text{as } \Delta", ["W", r"\delta"]),
        (r"\max_\theta 3.5 \to \infty", []),
        (r"a^b + \nabla_w", ["a", "b", "w"]),
    ],
)
def test_undeclared_symbols_are_told(formula: str, missing: list[str]) -> None:
    """Letters are missed; digits, operators, functions, differentials, indices and words are not."""
    assert mark(mathml(formula), {})[1] == missing


@given(st.text(alphabet=r"wxyL\{}_^ ()+-=hat,eta1frac'", max_size=40))
def test_marking_keeps_the_formula(latex: str) -> None:
    """Whatever the formula is, marking changes nothing of what is seen, and marks again the same."""
    try:
        html = mathml(latex)
    except MathError:
        return
    known = {shapes(mathml(symbol)): {"data-symbol": symbol} for symbol in ("w", "x_1", "L")}
    once, _ = mark(html, known)
    assert read(once).text.replace(" ", "") == read(html).text.replace(" ", "").replace("&ApplyFunction;", "\u2061")
    assert mark(once, known)[0] == once


def test_deep_and_odd_formulas_stay_as_they_are() -> None:
    """What is nested too deeply, or holds a character that XML refuses, is passed through."""
    deep = mathml(r"\sqrt{" * 300 + "w" + "}" * 300)
    assert mark(deep, {shapes(mathml("w")): {"data-symbol": "0"}}) == (deep, [])
    odd = mathml("\\text{\uffff} w")
    assert mark(odd, {}) == (odd, [])
    with pytest.raises(ValueError, match="nested"):
        shapes(deep)


@pytest.mark.parametrize(
    ("key", "latex"),
    [
        ("w", "w"), ("w1", "w_1"), ("y_hat", r"\hat{y}"), ("eta", r"\eta"), ("learning_rate", r"\eta"),
        ("O5.a", "a_{O5}"), ("loss", "L"), (r"\hat y", r"\hat y"), ("w_{ij}", "w_{ij}"), ("x^2", "x^2"),
        ("δ", r"\delta"),
    ],
)  # fmt: skip
def test_keys(key: str, latex: str) -> None:
    """A key is LaTeX, or a name as a model has it."""
    assert latex_of(key) == latex


@pytest.mark.parametrize(
    ("source", "latex", "found"),
    [
        (r"\eta + e", "e", r"\eta + "),
        (r"\eta \cdot \eta_1", r"\eta", ""),
        (r"y - \hat{y}", r"\hat{y}", "y - "),
        (r"\text{q} + q", "q", r"\text{q} + "),
        (r"{{ m.q }} + q", "q", r"{{ m.q }} + "),
        (r"\frac{{q}}{{r}}", "r", r"\frac{{q}}{{"),
        ("a", "z", ""),
    ],
)
def test_spot(source: str, latex: str, found: str) -> None:
    """The place of a symbol is that of its letter, not of the same letter in a command, a word or a number."""
    assert source[: spot(source, latex)] == found


# ── in decks ──────────────────────────────────────────────────────────────────────────────────────────────────────

LEDGER = (
    r"w: {name: weight, meaning: 'It counts, as $L$ says.', colour: forward}, x: input, b: bias, L: loss, "
    r"y: target, y_hat: prediction, '\eta': learning rate, z: sum"
)


def test_symbols_are_marked_everywhere(tmp_path: Path) -> None:
    """In text, equations, formulas that write themselves, walks and drawings, with colour; and explained once."""
    content = (
        "- 'The weight $w$.'\n- equation: w + 1\n- equation: {of: neuron.updated.w}\n"
        "- walk: {model: neuron, gradient: w}\n- notation"
    )
    page = deck(tmp_path, LEDGER, content).sound.page
    assert marked(page.one(".prose")) == [("0", "w")]
    assert marked(page.all(".equation")[0]) == [("0", "w")]
    assert [number for number, _ in marked(page.all(".equation")[1])] == ["0", "0", "6", "3", "0"]
    assert page.one(".prose math [data-symbol]").attributes["data-ink"] == "forward"
    graph = page.one(".walk svg.graph")
    assert ("0", "𝑤") in marked(graph)
    assert len(marked(graph)) == 7
    (explained,) = [node for node in page.all("div") if node.attributes.get("id") == ":notation"]
    assert "hidden" in explained.attributes
    assert [node.text.replace(" ", "") for node in explained.all("[data-entry]")][:2] == [
        "wweightItcounts,asLsays.",
        "xinput",
    ]


def test_units_of_a_network(tmp_path: Path) -> None:
    """A unit is a symbol of its own, or its letter with an index."""
    layer = "{units: [O], weights: [[1, 2]]}"
    models = f"models:\n  m: {{network: {{inputs: {{x1: 1, x2: 2}}, targets: {{O: 1}}, layers: [{layer}]}}}}\n"
    page = deck(tmp_path, "x: input, x2: the other", "- network: {model: m}", models).sound.page
    assert marked(page.one("svg.layered")) == [("0", "𝑥1"), ("1", "𝑥2")]


def test_the_notation_block(tmp_path: Path) -> None:
    """Bare it lists every symbol in the order of the deck, else those that it names, in its own."""
    for bare in ("- notation", "- notation:", "- notation: {}"):
        block = deck(tmp_path, LEDGER, bare).sound.page.one("dl.notation")
        assert block.texts(".symbol-name")[:3] == ["weight", "input", "bias"]
        assert block.texts(".symbol-meaning") == ["It counts, as L says."]
        assert "in-two" in block.attributes["class"]
    block = deck(tmp_path, LEDGER, "- notation: {only: [L, w]}").sound.page.one("dl.notation")
    assert block.texts(".symbol-name") == ["loss", "weight"]
    assert [node.text for node in block.all("dt")] == ["L", "w"]


def test_a_model_has_its_own_symbols(tmp_path: Path) -> None:
    """A name stands for the symbol that its model declares."""
    models = NEURON + "    symbols: {w: '\\omega'}\n"
    notation = LEDGER.replace("w: {", "w: {", 1)
    page = deck(tmp_path, notation, "- equation: {of: neuron.z}\n- equation: '\\omega = 1'", models).sound.page
    assert [number for number, _ in marked(page.all(".equation")[1])] == ["0"]


def test_undeclared_symbols_are_warnings_once(tmp_path: Path) -> None:
    """Each is told at its first place; a deck without a ledger hears nothing."""
    content = "- 'As $w$, so $q$ and $\\hat  q_1$.'\n- equation: 'p = q + {{ neuron.w }} p'\n- equation: {of: neuron.z}"
    assert deck(tmp_path, "w: weight", content).messages == [
        "17:22: warning: the symbol “q” is not in the notation (declare it there: 'q': what it is called)",
        r"17:30: warning: the symbol “\hat{q}” is not in the notation (declare it there: '\hat{q}': what it is called)",
        "18:20: warning: the symbol “p” is not in the notation (declare it there: 'p': what it is called)",
        "19:24: warning: the symbol “z” is not in the notation (declare it there: 'z': what it is called)",
        "19:24: warning: the symbol “x” is not in the notation (declare it there: 'x': what it is called)",
        "19:24: warning: the symbol “b” is not in the notation (declare it there: 'b': what it is called)",
    ]
    page = Deck(tmp_path, f"title: T\n{NEURON}slides: [{{title: A, content: '$q + w$'}}]\n").sound.page
    assert marked(page) == []
    assert not [node for node in page.all("div") if node.attributes.get("id") == ":notation"]


def test_symbols_that_nobody_wrote_are_not_missed(tmp_path: Path) -> None:
    """The “f” of a function without a symbol and the η of a step are ours; one that the author gave is told."""
    step = "equation: {of: neuron.updated.w}"
    notation = "x: input, w: weight, L: loss, y: height"
    surface = "surface: {function: x**2 + y, domain: [0, 1], at: [0.5, 0.5]%s}"
    assert deck(tmp_path, notation, f"- {surface % ''}\n- {step}").messages == []
    for content in (f"- {surface % ', symbol: g'}", f"- {surface % ''}\n- '$g = 1$'"):
        (message,) = deck(tmp_path, notation, content).messages
        assert "the symbol “g” is not in the notation" in message
    (message,) = deck(tmp_path, notation, f"- {surface % ''}\n- '$f = 1$'").messages
    assert message.startswith("18:")


@pytest.mark.parametrize(
    ("notation", "content", "messages"),
    [
        ("w: {name: a}, '\\foo': b", "- x", ["2:27: the symbol “\\foo” cannot be read: Unknown command \"\\foo\""]),
        ("y_hat: a, '\\hat y': b", "- x", ["2:23: “\\hat y” and “y_hat” are the same symbol"]),
        ("w: {name: a, colour: red}", "- x", ["2:25: “colour” should be one of: accent, forward,"]),
        ("w: {nme: a}", "- $w$", ["2:12: “name” is missing", "2:16: unknown key “nme” (did you mean “name”?)"]),
        ("w: [a]", "- x", ["2:12: “w” should be a mapping (key: value)"]),
        ("w: weight", "- notation: {only: [w, v]}", ["17:30: “v” is not in the notation (known here: w)"]),
        ("w: weight", "- notation: 3", ["17:9: a “notation” should be a mapping, not a number"]),
        ("", "- notation", ["15:12: this deck has no notation to show (begin the deck with “notation”"]),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, notation: str, content: str, messages: list[str]) -> None:
    """What is wrong with a declaration is told at its key; a broken one is still a declaration."""
    found = deck(tmp_path, notation, content).messages
    assert len(found) == len(messages), found
    for message, expected in zip(found, messages, strict=True):
        assert message.startswith(expected), found


def test_an_included_deck_brings_its_notation(tmp_path: Path) -> None:
    """Its symbols are declared in the deck that includes it, which has the last word on those that both have."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "deck.yaml").write_text(
        "title: O\nnotation: {w: theirs, v: velocity}\nslides: [{title: A, content: '$v + w$'}]\n", encoding="utf-8"
    )
    page = Deck(
        tmp_path, "title: T\nnotation: {w: ours}\nslides:\n  - include: other\n  - {title: N, content: [notation]}\n"
    ).sound.page
    assert sorted(page.one("dl.notation").texts(".symbol-name")) == ["ours", "velocity"]
    text = "title: T\n{}slides:\n  - include: other\n  - {{title: N, content: '$z$'}}\n"
    assert Deck(tmp_path, text.format("")).sound.messages == []  # a deck that declares nothing is not asked to
    (said,) = Deck(tmp_path, text.format("notation: {w: ours}\n")).messages
    assert "the symbol “z” is not in the notation" in said


def test_the_font_holds_what_explanations_show(tmp_path: Path) -> None:
    """A single file is made with an explanation whose letters stand nowhere else."""
    built = deck(
        tmp_path, "w: {name: Gewicht ŵ, meaning: 'siehe $\\Xi$'}, '\\Xi': xi", "- x", output=Output.SINGLE_FILE
    )
    assert "Gewicht ŵ" in built.sound.site.page.decode()
