"""The JSON Schema, judged by another library: it takes what the loader takes, and refuses typical mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bpslides import paths, reference, starter
from bpslides.errors import Problems
from bpslides.model import BLOCKS
from bpslides.schema import deck_schema, example_of, forms_of, plain
from bpslides.text import SourceFile
from bpslides.yaml_tree import parse
from tools.reference import SCHEMA, deck_of

SCHEMA_OF_DECKS = deck_schema()
JUDGE = Draft7Validator(SCHEMA_OF_DECKS)
DECKS = {**paths.shipped_decks(), "new": starter.DECK}
#: Every way to write something that is not the mapping of its settings.
SHORT = """\
title: 2026
date: 2026-11-22
duration: 12.5
models:
  neuron:
    inputs: {x: [1, [2, 3]]}
    graph: {L: 3}
    learning_rate: {name: step, rate: 0.1, size: 3}
  net:
    network:
      inputs: [x]
      targets: {t: 1}
      layers:
        - {units: 3, weights: {init: he}, biases: {init: zeros}}
        - {units: [O], weights: [[1, 2, 3]], biases: [0]}
slides:
  - {title: 1.50, subtitle: , content: Just a text}
  - {title: One block, content: {quote: Said.}}
  - title: Many
    content:
      - Text
      - markdown: Text
      - equation: x
      - equation: [x, y]
      - flow: [{label: a, value: 1}, {label: b, value: true}]
      - cards: [{title: A, text: 3}]
      - steps: [{title: A}]
      - columns: [Left, [Right, {callout: Below}]]
      - fragment: Later
      - fragment: [Later, {callout: {text: And this, tone: key}}]
      - figure: {function: x**2, domain: [0, 1], at: neuron.x}
      - figure: {functions: [x, {function: x**2}], domain: [0, 1]}
      - figure: {training: neuron, over: L}
      - figure: {training: [neuron, net], over: [loss]}
      - figure: {bars: [neuron.x, {value: 3, label: three}]}
      - curve: {function: x**2, domain: [0, 1], at: 0.5}
  - stack: [{title: A}, {title: B}]
  - include: visual-guide
  - include: {deck: visual-guide, slides: [loss, update], models: false}
"""


def read(text: str) -> Any:
    """A deck as editors see it: plain data."""
    problems = Problems()
    tree = parse(SourceFile(Path("deck.yaml"), text), problems)
    problems.raise_errors()
    assert tree is not None
    return plain(tree.data)


def faults(text: str) -> list[str]:
    """What the schema has against a deck: the innermost key or index, and the message."""
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in JUDGE.iter_errors(read(text))]


def test_schema_is_one() -> None:
    """It keeps to the draft that it names, and every reference in it leads somewhere."""
    Draft7Validator.check_schema(SCHEMA_OF_DECKS)
    named = {part.split('"')[0] for part in json.dumps(SCHEMA_OF_DECKS).split('"#/definitions/')[1:]}
    assert named == set(SCHEMA_OF_DECKS["definitions"])


@pytest.mark.parametrize("name", DECKS)
def test_decks_are_valid(name: str) -> None:
    """Every shipped deck, and the one that `new` makes."""
    assert faults(DECKS[name].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", DECKS)
def test_decks_name_the_schema(name: str) -> None:
    """The first line of a deck leads an editor to the schema."""
    first, _, _ = DECKS[name].read_text(encoding="utf-8").partition("\n")
    address = first.removeprefix("# yaml-language-server: $schema=")
    assert address != first
    assert name == "new" or (DECKS[name].parent / address).resolve() == SCHEMA.resolve()


@pytest.mark.parametrize("kind", BLOCKS)
def test_examples_are_valid(kind: str) -> None:
    """The example of every block, which the schema shows, too."""
    assert faults(deck_of([kind])) == []
    for block in forms_of(BLOCKS[kind]):
        definition = SCHEMA_OF_DECKS["definitions"][block.__name__]
        shown = [example for form in [definition, *definition.get("anyOf", [])] for example in form.get("examples", [])]
        assert shown == [example_of(block)]


def test_short_forms_are_valid() -> None:
    """Whatever may be written in place of a mapping."""
    assert faults(SHORT) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ("slides: [{title: A}]", ""),
        ("title: A", ""),
        ("title: A\nslides: []", "slides"),
        ("title: A\ncolour: red\nslides: [{title: A}]", ""),
        ("title: A\nduration: ten\nslides: [{title: A}]", "duration"),
        ("title: [A]\nslides: [{title: A}]", "title"),
        ("title: A\nmodels: {m: {grph: {L: 1}}}\nslides: [{title: A}]", "models/m"),
        ("title: A\nmodels: {m: {graph: {L: 1}, update: never}}\nslides: [{title: A}]", "models/m/update"),
        ("title: A\nmodels: {m: {inputs: {x: one}, graph: {L: 1}}}\nslides: [{title: A}]", "models/m/inputs/x"),
        ("title: A\nslides: [{titel: A}]", "slides/0"),
        ("title: A\nslides: [{title: A, id: 1st}]", "slides/0"),
        ("title: A\nslides: [{title: A, layout: wide}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{flwo: [a]}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{callout: {text: A, tone: loud}}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{callout: {text: A}, note: B}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{table: [a, b]}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{quote: 3}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{curve: {function: x, domain: [0], at: 1}}]}]", "slides/0"),
        ("title: A\nslides: [{title: A, content: [{columns: [A]}]}]", "slides/0"),
        ("title: A\nslides: [{include: {deck: d, slide: [a, b]}}]", "slides/0"),
    ],
)
def test_mistakes_are_marked(wrong: str, place: str) -> None:
    """A typical slip is refused, where it stands."""
    found = faults(wrong)
    assert len(found) == 1
    assert found[0].partition(": ")[0] == place


def test_everything_is_described() -> None:
    """Every key of the language and every block says what it is for."""
    definitions = {"Deck": SCHEMA_OF_DECKS, **SCHEMA_OF_DECKS["definitions"]}
    silent = [name for name, definition in definitions.items() if not definition.get("description")]
    for name, definition in definitions.items():
        for form in [definition, *definition.get("anyOf", [])]:
            fields = form.get("properties", {}) if name != "block" else {}
            silent += [f"{name}.{key}" for key, field in fields.items() if not field.get("description")]
    assert silent == []


def test_hover_has_the_example_and_the_way_on() -> None:
    """What an editor shows over a block: words, the example as the author would write it, and where there is more."""
    shown = SCHEMA_OF_DECKS["definitions"]["Callout"]["markdownDescription"]
    assert "stands out" in shown
    assert "```yaml\n- callout: {" in shown
    assert shown.endswith("More: `bpslides help callout`")


def test_models_of_the_reference_are_valid() -> None:
    """The models that the examples use."""
    assert faults(f"title: A\n{reference.SAMPLE}slides: [{{title: A}}]") == []
