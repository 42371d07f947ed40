"""Published worked examples, entered in the deck language: the numbers that textbooks and documentation print come out.

A printed number that is exact must be met to 1e-9. One that was rounded must be met to half a unit of its last place,
and the value behind it, worked out by hand in `published/by_hand.py`, to 1e-9. Where a printed number is off, the
right computation must not give it, and the mistake that leads to it must.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bpslides.compute import Numbers, values
from bpslides.errors import Problems
from bpslides.pipeline import compute
from bpslides.text import Text
from tests.published.by_hand import MISTAKEN, RIGHT

FOLDER = Path(__file__).parent / "published"
ENTRIES: list[dict[str, Any]] = [
    entry for file in sorted(FOLDER.glob("*.yaml")) for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]

#: What a number that was computed in single precision may be off by: a few units in its last binary place.
SINGLE = 4 * 2.0**-24


def entries(having: str = "name") -> pytest.MarkDecorator:
    """A test for each entry that has this field; its source is the test's id."""
    chosen = [entry for entry in ENTRIES if having in entry]
    params = [pytest.param(e, id=e["source"], marks=[pytest.mark.slow] if "slow" in e else []) for e in chosen]
    return pytest.mark.parametrize("entry", params)


class Example:
    """An entry's models as a deck, and the value of any expression over them."""

    def __init__(self, file: Path, models: dict[str, Any]) -> None:
        """Write the deck (JSON is YAML) and compute it; it must be sound."""
        file.write_text(json.dumps({"title": "Published", "models": models, "slides": [{"title": "One"}]}))
        self._problems = Problems()
        self.numbers: Numbers = compute(file, self._problems)[1]
        self._problems.raise_errors()

    @cache  # noqa: B019 - examples are few and end with the module
    def value(self, expression: str) -> float:
        """A number in full precision, by way of the text that a slide would show."""
        text = self.numbers.formatted(f"{expression} | .17g", Text(expression), 0, "latex")
        self._problems.raise_errors()
        return float(text.replace(r" \times 10^{", "e").rstrip("}"))


_examples: dict[str, Example] = {}


@pytest.fixture
def example(entry: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The example of an entry, built once."""
    name = entry["name"]
    if name not in _examples:
        _examples[name] = Example(tmp_path_factory.mktemp("published") / "deck.yaml", entry["models"])
    return _examples[name]


def half_a_unit(printed: str) -> float:
    """Half a unit of the last printed place: 0.005 for "0.82" and 5e-17 for "2.0611537e-09"."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent


def prints_as(value: float, printed: str, *, single: bool = False) -> bool:
    """Whether `value`, rounded, gives what is printed."""
    slack = SINGLE * abs(value) if single else 1e-12 * abs(value)
    return abs(value - float(printed)) <= half_a_unit(printed) + slack


@entries()
def test_gives_the_printed_numbers(entry: dict[str, Any], example: Example) -> None:
    """To half a unit of the last printed place, and to 1e-9 of the value that was rounded or printed in full."""
    right = RIGHT.get(entry["name"], {})
    for expression, printed in entry["expect"].items():
        value = example.value(expression)
        exact = right.get(expression, float(printed))
        assert math.isclose(value, exact, rel_tol=1e-9, abs_tol=1e-12), f"{expression} is {value}, by hand {exact}"
        assert prints_as(value, printed, single="single" in entry), f"{expression} is {value}, not {printed}"


@entries(having="wrong")
def test_does_not_give_what_was_printed_by_mistake(entry: dict[str, Any], example: Example) -> None:
    """The model gives the right value to 1e-9 and not the printed one, which the retraced mistake explains."""
    assert entry["note"]
    for expression, printed in entry["wrong"].items():
        value = example.value(expression)
        assert math.isclose(value, RIGHT[entry["name"]][expression], rel_tol=1e-9), expression
        assert not prints_as(value, printed), f"{expression} is {value}, which prints as {printed} after all"
        mistaken = MISTAKEN[entry["name"]][expression]
        assert prints_as(mistaken, printed), f"the mistake gives {mistaken} for {expression}, not {printed}"


@entries()
def test_gradients_agree_with_central_differences(entry: dict[str, Any], example: Example) -> None:
    """To 1e-6 relative, for every model of every entry."""
    assert set(example.numbers.programs) == set(entry["models"])
    for program in example.numbers.programs.values():
        assert values(program)["gradient_check"] <= 1e-6


@entries(having="solved")
def test_a_solved_network_has_no_gradient(entry: dict[str, Any], example: Example) -> None:
    """Where the loss is 0 at its minimum every gradient is exactly 0, and a step changes nothing."""
    for program in example.numbers.programs.values():
        result = values(program)
        assert result["values"][program.output] == 0
        assert {result["gradients"][name] for name in program.parameters} == {0}
        assert result["updated"] == {name: result["values"][name] for name in program.parameters}


def test_there_are_enough_of_them() -> None:
    """At least thirty, each named and sourced once, of networks as of graphs, and nothing by hand is left over."""
    assert len(ENTRIES) >= 30
    for key in ("name", "source"):
        assert len({entry[key] for entry in ENTRIES}) == len(ENTRIES)
    by_name = {entry["name"]: entry for entry in ENTRIES}
    assert RIGHT.keys() <= by_name.keys()
    for name, right in RIGHT.items():
        entry = by_name[name]
        assert right.keys() <= entry["expect"].keys() | entry.get("wrong", {}).keys(), name
        assert MISTAKEN[name].keys() == entry.get("wrong", {}).keys(), name


def test_rounding_is_read_from_the_print() -> None:
    """The tolerance follows the printed digits, zeros at the end included, and a number next to it is told apart."""
    assert half_a_unit("0.82") == 0.005
    assert half_a_unit("0.4200") == pytest.approx(5e-5)
    assert half_a_unit("2.0611537e-09") == pytest.approx(5e-17)
    assert half_a_unit("-12") == 0.5
    assert prints_as(0.8176, "0.82")
    assert not prints_as(0.8176, "0.81")
    assert not prints_as(0.8176, "0.8177")
