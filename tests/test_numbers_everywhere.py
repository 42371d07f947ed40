"""Numbers of the models in every field that holds the author's words, and what happens where they cannot be."""

import re
from pathlib import Path

import pytest

from bpslides.render import Output
from tests.decks import NEURON, Deck, with_content

LOSS = "{{ neuron.L | .4f }}"
# @words@ stands for these words and the loss behind them, quoted; % for the loss by itself.
EVERYWHERE = r"""
title: @title@
subtitle: @subtitle@
author: @author@
date: @date@
footer: @footer@
NEURON
slides:
  - {layout: title, title: @cover@}
  - title: @heading@
    kicker: @kicker@
    subtitle: @below@
    notes: @notes@
    content:
      - 'markdown %, *emphasis %*, [link %](#cover), $\frac{{a}}{ % }$'
      - '![picture %](x.png)'
      - "- item %\n\n| head % |\n|---|\n| cell % |"
      - equation: {tex: [@first =@, @second =@], note: @equation note@}
      - flow: [{label: @label@, value: '%', note: @flow note@}, {label: b, value: c}]
      - cards: [{title: @card@, text: @card text@}]
      - callout: {title: @callout@, text: @callout text@}
      - steps: {steps: [{title: @step@, text: @step text@}], repeat: @again@}
      - table: {header: [@column@], rows: [[@entry@]], caption: @table caption@}
      - quote: {text: @quoted@, by: @by@}
      - figure: {function: x**2, domain: [0, 1], alt: @figure alt@, caption: @figure caption@}
      - network: {layers: [1, 1], labels: [@in@, 'out $x$'], alt: @net alt@, caption: @net caption@}
      - demo:
          model: neuron
          sliders: [{name: w, min: 0, max: 1, label: @slider@}]
          readouts: [{value: L, label: @readout@}]
          plot: {variable: w, value: L, domain: [0, 1], x_label: @x label@, y_label: @y label@}
      - walk:
          model: neuron
          gradient: w
          plot: {function: relu(u), domain: [-1, 2], points: {z: y_hat}, title: @plot title@}
      - curve: {function: x**2, domain: [0, 2], at: 1, alt: @curve alt@}
      - surface: {function: x**2 + y**2, domain: [0, 2], at: [1, 1], alt: @surface alt@}
      - columns: [@left@, [fragment: [@right@]]]
"""
EVERYWHERE = re.sub("@(.+?)@", r"'\1 %'", EVERYWHERE).replace("%", LOSS).replace("NEURON\n", NEURON)
WORDS = [
    "title", "subtitle", "author", "date", "footer", "cover", "heading", "kicker", "below", "markdown", "emphasis",
    "link", "picture", "item", "head", "cell", "equation note", "label", "flow note", "card", "card text", "callout",
    "callout text", "step", "step text", "again", "column", "entry", "table caption", "quoted", "by", "figure alt",
    "figure caption", "in", "net alt", "net caption", "slider", "readout", "x label", "y label", "plot title",
    "curve alt", "surface alt", "left", "right",
]  # fmt: skip


def test_numbers_stand_in_every_text(tmp_path: Path) -> None:
    """Wherever an author writes words, a number of a model may stand, and none is left as its source."""
    (tmp_path / "x.png").touch()
    deck = Deck(tmp_path, EVERYWHERE, Output.FOLDER).sound
    page = deck.site.page.decode()
    assert "{{" not in page
    plain = page.replace('<span class="num">', "").replace("</span>", "")
    assert [word for word in WORDS if f"{word} 0.8100" not in plain] == []
    assert plain.count("<mn>0.8100</mn>") == 3
    assert "out x" in plain
    assert 'notes <span class="num">0.8100</span>' in deck.site.notes[1]["notes"]
    assert deck.site.notes[1]["title"] == "heading 0.8100"


@pytest.mark.parametrize(
    ("number", "text", "latex"),
    [
        ("neuron.grad.w | .3f", "−3.600", "−3.600"),
        ("neuron.grad.w | +.1f", "−3.6", "−3.6"),
        ("neuron.w | +.3f", "+0.500", "+0.500"),
        ("neuron.w / 1e5 | .2e", "5.00×10⁻⁶", "5.00×10−6"),
        ("neuron.w | .1%", "50.0%", "50.0%"),
        ("neuron.w | .3s", "0.500", "0.500"),
        ("neuron.w | .4g", "0.5", "0.5"),
        ("2345678 * neuron.w | ,.1f", "1,172,839.0", "1,172,839.0"),
        ("neuron.x | d", "2", "2"),
        ("neuron.grad.w", "−3.6", "−3.6"),
    ],
)
def test_formats_in_text_and_in_formulas(tmp_path: Path, number: str, text: str, latex: str) -> None:
    """Each format prints the same digits in text and in formulas, in both with a true minus."""
    deck = Deck(tmp_path, with_content(f"- 'v {{{{ {number} }}}}'\n- equation: 'v = {{{{ {number} }}}}'"))
    assert deck.sound.page.texts(".num") == [text]
    assert deck.page.one("div.formula").text.partition("=")[2] == latex


ARRAYS = "models:\n  m: {parameters: {w: [1, -2]}, graph: {L: sum(w*w)}}\n"


def test_an_array_needs_an_index(tmp_path: Path) -> None:
    """An array in text says what to do; with an index, or reduced, it is a number."""
    message = "an array cannot be printed as one number; index it, as in x[0], or reduce it, as in mean(x)"
    assert Deck(tmp_path, with_content("- '{{ m.w }}'", ARRAYS)).messages == [f"7:13: {message}"]
    assert Deck(tmp_path, with_content("- '{{ m.w | .2f }}'", ARRAYS)).messages == [f"7:13: {message}"]
    page = Deck(tmp_path, with_content("- '{{ m.w[1] }} {{ m.grad.w[0] | .1f }} {{ mean(m.w) }}'", ARRAYS)).sound.page
    assert page.texts(".num") == ["−2", "2.0", "−0.5"]
