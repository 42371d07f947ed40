"""What an author may write in blocks and models: right values are taken, wrong ones told in plain words."""

from pathlib import Path
from typing import get_args

import pytest

from bpslides.model import BLOCKS
from bpslides.model.models import Activation, LossName
from tests.decks import Deck, with_content

# Content begins in line 16 of the deck, its blocks in column 9.
FORMS = "“function”, “functions”, “heatmap”, “surface”, “training”, “bars”, “data”, “python”"
ASIDE = "make two figures, side by side in “columns”"
MEANT = "did you mean “function”?"

MISTAKES = [
    ("equation: {tx: a}", ["16:20: unknown key “tx” (did you mean “tex”?)"]),
    ("equation: {tex: a, tone: red}", ["16:28: “tone” should be one of: plain, forward, backward"]),
    (
        "flow: [a, b]",
        [
            "16:16: an entry of “boxes” should be a mapping (key: value)",
            "16:19: an entry of “boxes” should be a mapping (key: value)",
        ],
    ),
    ("flow: {boxes: [{label: a, value: 1}]}", ["16:16: “boxes” needs 2 or more entries, not 1"]),
    (
        "flow: {boxes: [{label: a, value: 1}, {lable: b, value: 2}], direction: up}",
        [
            "16:46: “label” is missing",
            "16:47: unknown key “lable” (did you mean “label”?)",
            "16:69: “direction” should be one of: forward, backward",
        ],
    ),
    ("cards: {cards: [{title: a, text: b}], columns: 9}", ["16:47: “columns” should be at most 4"]),
    ("cards: {cards: []}", ["16:17: “cards” needs 1 or more entries, not 0"]),
    ("table: {header: [a, b], rows: [[1], [1, 2]]}", ["16:40: row 1 has 1 cells, the header has 2"]),
    ("table: {header: [a, b], rows: [[1, 2]], align: [left]}", ["16:9: “align” needs one entry per column"]),
    ("figure: {}", [f"16:9: “figure” needs one of {FORMS}, which says what is drawn"]),
    ("figure: {funtion: x}", [f"16:9: “figure” needs one of {FORMS}, which says what is drawn ({MEANT})"]),
    ("figure: x**2", ["16:9: a “figure” should be a mapping, not text"]),
    (
        "figure: {function: x, domain: [0, 1], bars: [a]}",
        [f"16:9: “figure” should have either “function” or “bars”, not both ({ASIDE})"],
    ),
    ("figure: {function: x}", ["16:9: “domain” is missing"]),
    ("figure: {bars: [1]}", ["16:25: an entry of “bars” should be a mapping (key: value)"]),
    (
        "figure: {bars: [neuron.w], domain: [0, 1]}",
        ["16:36: unknown key “domain” (known here: alt, bars, caption, format, height, x_label, y_label)"],
    ),
    (
        "figure: {functions: [x, {functon: x}], domain: [0, 1]}",
        ["16:33: “function” is missing", "16:34: unknown key “functon” (did you mean “function”?)"],
    ),
    (
        "figure: {training: [a, b, c], over: [L, w]}",
        ["16:9: “figure” has 6 lines, and a plot shows 5 at most"],
    ),
    ("figure: {training: m, labels: [a, b]}", ["16:9: “figure” needs one of the “labels” for each of its lines"]),
    ("figure: {function: x, domain: [1]}", ["16:31: “domain” should be two numbers, [from, to]"]),
    ("figure: {function: x, domain: [2, 1]}", ["16:31: “domain” should run from a smaller to a larger number"]),
    ("figure: {function: x, domain: [a, 1]}", ["16:31: “domain” should be a number, not text"]),
    ("figure: {function: x, domain: [0, 1e300]}", ["16:31: “domain” should be between 1e-9 and 1e9 wide"]),
    ("figure: {function: x, domain: [0, .inf]}", ["16:31: “domain” should be a finite number"]),
    ("network: {}", ["16:9: “network” needs either a “model” or a list of “layers”, such as [3, 4, 2]"]),
    ("network: {layers: [3, 99]}", ["16:31: an entry of “layers” should be at most 8"]),
    ("network: {layers: [3, x]}", ["16:31: an entry of “layers” should be a whole number"]),
    ("network: {layers: [3, 1.5]}", ["16:31: an entry of “layers” should be a whole number"]),
    ("network: {layers: [3, 2], labels: [a]}", ["16:9: “labels” needs one entry per layer"]),
    (
        "demo: {model: neuron, sliders: [{name: w, min: 2, max: 1}], readouts: [], plot: %PLOT}",
        ["16:41: “min” should be less than “max”", "16:69: “readouts” needs 1 or more entries, not 0"],
    ),
    ("columns: [a]", ["16:9: “columns” needs 2 or more entries, not 1"]),
    ("columns: {columns: [a, b], widths: [1]}", ["16:9: “widths” needs one number per column"]),
    ("surface: {function: x*y, domain: [-1, 1], at: [0]}", ["16:51: an entry of “at” is missing"]),
    ("fragment: 3", ["16:9: a “fragment” should be a mapping, not a number"]),
    ("walk: neuron", ["16:9: a “walk” should be a mapping, not text"]),
    ("callout: {text: x, tone: loud}", ["16:28: “tone” should be one of: note, key, warning"]),
    ("flw: [x]", ["16:9: there is no block “flw” (did you mean “flow”?)"]),
    (
        "{a: 1, b: 2}",
        ["16:9: a block has one key that names its kind, this one has “a”, “b” (indent the settings below the kind)"],
    ),
    ("3", ["16:9: an entry of “content” should be text or a block, not a number"]),
    ("[a]", ["16:9: an entry of “content” should be text or a block, not a list"]),
]


@pytest.mark.parametrize(("block", "messages"), MISTAKES, ids=[block[:40] for block, _ in MISTAKES])
def test_mistakes_in_blocks(tmp_path: Path, block: str, messages: list[str]) -> None:
    """A mistake in a block is told at its key or value."""
    assert (
        Deck(tmp_path, with_content(f"- {block}".replace("%PLOT", "{variable: w, value: L, domain: [0, 1]}"))).messages
        == messages
    )


#: A network of one unit, without its two closing braces.
WRITTEN = "(write the number itself; variables may stand in graphs, texts and claims)"
NETWORK = "{network: {inputs: {x: 1}, targets: {y: 1}, layers: [{units: [y], weights: [[1]]}]"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("3", "3:3: “m” should be a mapping (key: value)"),
        ("{}", "3:3: “m” needs either a “graph” or a “network”"),
        ("{graph: {L: w}, parameters: {w: true}}", "3:35: “w” should be a number, not true or false"),
        ("{graph: {L: w}, parameters: {w: two}}", "3:35: “w” should be a number, not text"),
        ("{graph: {L: w}, parameters: {w: }}", "3:35: “w” should be a number, not empty"),
        ("{graph: {L: w}, parameters: {w: .nan}}", "3:35: “w” should be a finite number"),
        ("{graph: {L: w}, parameters: {w: 1e400}}", "3:35: “w” should be a finite number"),
        (f"{{graph: {{L: w}}, parameters: {{w: {'9' * 500}}}}}", "3:35: “w” should be a finite number"),
        ("{graph: {L: w}, parameters: {w: []}}", "3:35: “w” should hold at least one number"),
        ("{graph: {L: w}, parameters: {w: [[1, x]]}}", "3:35: “w” should be a number, not text"),
        (
            "{graph: {L: w}, optimizer: {name: adm}}",
            "3:34: “name” should be one of: sgd, momentum, nesterov, rmsprop, adam, adamw (did you mean “adam”?)",
        ),
        (
            "{graph: {L: w}, optimizer: {name: 3}}",
            "3:34: “name” should be one of: sgd, momentum, nesterov, rmsprop, adam, adamw",
        ),
        ("{graph: {L: w}, learning_rate: fast}", "3:22: “learning_rate” should be a number, not text"),
        ("{graph: {L: w}, learning_rate: {rate: 1}}", "3:22: “name” is missing"),
        (
            "{graph: {L: w}, learning_rate: {name: cosin, rate: 1}}",
            "3:38: “name” should be one of: constant, step, cosine (did you mean “cosine”?)",
        ),
        (
            "{graph: {L: w}, learning_rate: {name: step, rate: 1, siz: 2}}",
            "3:59: unknown key “siz” (did you mean “size”?)",
        ),
        (
            "{graph: {L: w}, learning_rate: {name: step, rate: 1, size: 2.5}}",
            "3:59: “size” should be a whole number, not a number",
        ),
        ("{graph: {L: w}, update: both}", "3:22: “update” should be one of: simultaneous, sequential"),
        (
            "{inputs: {x: 1}, network: {inputs: {x: 1}, targets: {y: 1}, layers: [{units: [y], weights: [[1]]}]}}",
            "3:3: “m” has a “network”: its inputs, targets and loss belong inside of it, its parameters in the layers",
        ),
        (
            "{network: {inputs: {x: 1}, targets: {y: 1}, layers: [{units: [y], weights: [[1]], activation: sigmod}]}}",
            f"3:88: “activation” should be one of: {', '.join(get_args(Activation))} (did you mean “sigmoid”?)",
        ),
        (
            f"{NETWORK}, loss: hubber}}}}",
            f"3:90: “loss” should be one of: {', '.join(get_args(LossName))} (did you mean “huber”?)",
        ),
        (f"{NETWORK}, delta: 1}}}}", "3:7: “network” has a “delta”, which only the loss huber knows"),
        (f"{NETWORK}, loss: huber, delta: 0}}}}", "3:103: “delta” should be greater than 0"),
        (
            NETWORK.replace("[[1]]", "{init: xavir}") + "}}",
            "3:82: “init” should be one of: zeros, uniform, normal, xavier, he (did you mean “xavier”?)",
        ),
        (NETWORK.replace("[[1]]", "{init: he, seed: one}") + "}}", "3:92: “seed” should be a whole number, not text"),
        (NETWORK.replace("[[1]]", "{init: he, sed: 1}") + "}}", "3:92: unknown key “sed” (did you mean “seed”?)"),
        (NETWORK.replace("[[1]]", "[[a]]") + "}}", "3:83: an entry of “weights” should be a number, not text"),
        (NETWORK.replace("[[1]]", "1") + "}}", "3:72: “weights” should be a list"),
        (NETWORK.replace("[[1]]", "[[1]], biases: 1") + "}}", "3:88: “biases” should be a list"),
        (NETWORK.replace("[y]", "4097") + "}}", "3:60: “units” should be 1 to 4096 units, not 4097"),
        (NETWORK.replace("[y]", "0") + "}}", "3:60: “units” should be 1 to 4096 units, not 0"),
        (NETWORK.replace("[y]", "y") + "}}", "3:60: “units” should be a list of names, or the number of units"),
        (NETWORK.replace("[y]", "1.5") + "}}", "3:60: “units” should be a list of names, or the number of units"),
        (NETWORK.replace("[y]", "true") + "}}", "3:60: “units” should be a list of names, or the number of units"),
        (NETWORK.replace("{x: 1}", "{x: one}", 1) + "}}", "3:26: “x” should be a number, not text"),
        ("{graph: {L: w}, parameters: {w: '{{ half }}'}}", f"3:35: “w” should be a number, not text {WRITTEN}"),
        ("{graph: {L: w}, parameters: {w: other.after(5).w}}", f"3:35: “w” should be a number, not text {WRITTEN}"),
        (
            NETWORK.replace("{x: 1}", "3", 1) + "}}",
            "3:17: “inputs” should be {name: value, …}, or a list of names with “examples”",
        ),
        (
            NETWORK.replace("[{", "[{units: 2, weights: [[1], [1]]}, {") + "}}",
            "3:7: “network” needs names for the units of all layers, or only their numbers",
        ),
        ("{graf: {L: w}}", "3:7: unknown key “graf” (did you mean “graph”?)"),
    ],
)
def test_mistakes_in_models(tmp_path: Path, model: str, message: str) -> None:
    """A mistake in a model is told at its key, and nothing else is told because of it."""
    deck = Deck(tmp_path, with_content("- '{{ m.L }} and {{ -2*(m.grad.w) }}'", f"models:\n  m: {model}\n"))
    assert message in deck.messages
    assert all(place.startswith("3:") for place in deck.messages)


def test_every_block_is_documented() -> None:
    """A block says what it is for, and knows its name."""
    for kind, block in BLOCKS.items():
        assert block.kind == kind
        assert (block.__doc__ or "").strip().endswith(".")


def test_short_forms(tmp_path: Path) -> None:
    """A bare value fills the field that matters most."""
    deck = Deck(
        tmp_path,
        with_content(
            """
            - Just text
            - equation: a = b
            - equation: [a = b, c = d]
            - callout: Look
            - quote: Words
            - fragment: Later
            - columns: [Left, [Right, More]]
            """
        ),
    ).sound
    blocks = [node.attributes["class"].split()[1] for node in deck.page.all("div.body .block")]
    assert blocks == [
        "prose",
        "equation",
        "equation",
        "callout",
        "quote",
        "fragment",
        "prose",
        "columns",
        "prose",
        "prose",
        "prose",
    ]


def test_a_slide_needs_only_a_title(tmp_path: Path) -> None:
    """Title, and that is a slide; text may stand alone for a list."""
    page = Deck(tmp_path, "title: T\nslides:\n  - title: A\n  - {title: B, content: Text}\n").sound.page
    assert page.texts("h2.title") == ["A", "B"]
    assert page.texts("#b .prose") == ["Text"]


@pytest.mark.parametrize("word", ["no", "010", "10:30", "1.50", "2024-02-30", "true", "1e3", ".5"])
def test_words_are_shown_as_written(tmp_path: Path, word: str) -> None:
    """A title or cell that YAML could take for something else is shown as it is written."""
    deck = Deck(
        tmp_path,
        f"title: T\nslides:\n  - title: {word}\n    content:\n      - table: {{header: [{word}], rows: [[{word}]]}}\n",
    )
    page = deck.sound.page
    assert page.texts("h2.title") == page.texts("td") == page.texts("th") == [word]
