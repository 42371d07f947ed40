"""What backprop-slowly says beside its numbers: its program runs, its sections are complete, its links lead there."""

import re
from typing import Any

import numpy as np
import pytest

from bpslides import paths
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.model import Code
from bpslides.pipeline import compute, make_site
from bpslides.render import Output
from bpslides.source import Source
from bpslides.text import Text
from tests.pages import Node, read


@pytest.fixture(scope="module")
def page() -> Node:
    """The deck as it is shown."""
    site, warnings = make_site(paths.shipped_decks()["backprop-slowly"], Output.FOLDER)
    assert warnings == []
    return read(site.page)


@pytest.fixture(scope="module")
def computed() -> tuple[Source, Numbers]:
    """The deck with its numbers."""
    return compute(paths.shipped_decks()["backprop-slowly"], Problems())


def test_nineteen_sections(page: Node) -> None:
    """The sections are numbered one after another, and the contents lead to the first slide of each."""
    slides = page.one("div.slides").all("section[id]")
    first: dict[int, str] = {}
    order = []
    for slide in slides:
        kicker = slide.one(".kicker").text.removeprefix(slide.one(".counter").text)
        if found := re.match(r"(\d+) ·", kicker):
            order.append(int(found[1]))
            first.setdefault(int(found[1]), slide.attributes["id"])
    assert order == sorted(order)
    assert list(first) == list(range(1, 20))
    links = page.one("#contents").all("a")
    led = {int(link.text.split()[0]): link.attributes["href"].removeprefix("#/") for link in links}
    assert led == first


def test_the_program_takes_the_step_of_the_deck(computed: tuple[Source, Numbers]) -> None:
    """The Python on the slide, run as it stands, gives the six new weights."""
    source, numbers = computed
    (slide,) = [slide for slide in source.slides if slide.id == "program"]
    (code,) = [block.text for block in slide.content if isinstance(block, Code)]
    names: dict[str, Any] = {"np": np, "sigmoid": lambda a: 1 / (1 + np.exp(-a))}
    exec(str(code), names)  # our own deck, and the point of the test
    first, second = names["step"](
        np.array([0.35, 0.9]), np.array([0.5]), np.array([[0.1, 0.8], [0.4, 0.6]]), np.array([[0.3, 0.9]]), 1.0
    )
    program = numbers.program(Text("six"))
    assert program is not None
    new = program.run.at(0).updated
    assert [*first.ravel(), *second.ravel()] == pytest.approx(
        [float(new[name]) for name in ("W13", "W23", "W14", "W24", "W35", "W45")], abs=1e-15
    )


def test_arrays_are_destination_first(page: Node) -> None:
    """The table of indices names each weight's place in an array as the matrix on the slide before has it."""
    weights = [[["W13", "W23"], ["W14", "W24"]], [["W35", "W45"]]]
    rows = page.one("#confusion-indices").all("tbody tr")
    assert len(rows) == 6
    for row in rows:
        cells = [cell.text for cell in row.all("td")]
        layer, to, source = map(int, re.findall(r"\[(\d)\]", cells[2]))
        assert weights[layer][to][source] == cells[0].replace(" ", "")


NUMBERS = {
    "forward-hidden": "0.755 0.6803 0.680 0.6637",
    "forward-output": "0.8014 0.6903 0.69 0.19",
    "error": "−0.1903 0.01810",
    "four-rates": "7.50 3.00 −2.00 8.00",
    "gradient": "0.1903 0.2138 0.6637 0.02700 0.8730",
    "delta": "−0.1903 0.2138 −0.0407",
    "hidden-numbers": "−0.00265 −0.00817 −0.00266",
    "sum-over-paths": "−0.0122 −0.0273 −0.0366 +0.0218 −0.00859 −0.00330",
    "exercise-1-back": "−0.0407 −0.00265 −0.00817",
    "exercise-1-table": "−0.000929 −0.00239 −0.00286 −0.00735 −0.0277 −0.0270 "
    "0.0991 0.7976 0.3971 0.5926 0.2723 0.8730",
    "exercise-1-again": "0.6820 −0.1820 4.34% 8.50%",
    "training-table": "0.00690 2.92×10⁻⁷",
    "how-deep": "17 9 0.0653",
    "exercise-2-solution": "0.4713 0.0819 0.00807 −0.0121 0.5024 −0.2992 0.1964 0.6988 0.4229 −0.5769 0.05402 0.05188",
    "exercise-3-solution": "0.0546 −0.00859 −0.00330 0.04201 0.03990",
}


@pytest.mark.parametrize("slide", NUMBERS)
def test_numbers_on_the_slides(page: Node, slide: str) -> None:
    """The numbers that are known to be right stand on the slides, rounded as they should be, each with its sign."""
    shown = {
        number
        for node in page.one(f"section#{slide}").below()
        for number in re.findall(r"[−+]?\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|%)?", node.text)
    }
    assert set(NUMBERS[slide].split()) <= shown
