"""The shipped decks: they build without a word, and the numbers on their slides are right and computed."""

import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest
from pydantic import BaseModel

from bpslides import paths
from bpslides.errors import Problems
from bpslides.pipeline import make_shelf, make_site
from bpslides.render import Output, Site
from bpslides.series import load_series, shipped
from bpslides.source import Source, load
from bpslides.text import Text
from tests.pages import Node, read

DECKS = list(paths.shipped_decks())


def build(name: str, output: Output) -> Site:
    """The site of a shipped deck, which has no problem."""
    site, warnings = make_site(paths.shipped_decks()[name], output)
    assert warnings == []
    return site


@pytest.fixture(scope="module")
def pages() -> dict[str, Node]:
    """The page of each deck."""
    return {name: read(build(name, Output.FOLDER).page) for name in DECKS}


@pytest.fixture(scope="module")
def sources() -> dict[str, Source]:
    """Each deck as it was written."""
    return {name: load(file, Problems()) for name, file in paths.shipped_decks().items()}


@pytest.mark.parametrize("output", list(Output))
@pytest.mark.parametrize("name", DECKS)
def test_builds(name: str, output: Output) -> None:
    """Every deck builds in every form without an error or a warning, and to the same bytes each time."""
    site = build(name, output)
    assert site.files == build(name, output).files
    assert "broken" not in {
        word for node in read(site.page).all("[class]") for word in node.attributes["class"].split()
    }


@pytest.mark.parametrize("output", list(Output))
@pytest.mark.parametrize("name", DECKS)
def test_nothing_comes_from_elsewhere(name: str, output: Output) -> None:
    """No element of a page and no rule of a style sheet loads from another host."""
    site = build(name, output)
    for node in read(site.page).below():
        for attribute in ("src", "srcset", "href", "poster", "data-src", "data-background"):
            value = node.attributes.get(attribute, "")
            assert not value.startswith(("http", "//")) or node.tag == "a", (node.tag, value)
    for path, data in site.files.items():
        if path.endswith((".css", ".html")):
            styles = data if path.endswith(".css") else b"".join(re.findall(rb"<style>(.*?)</style>", data, re.DOTALL))
            assert not re.search(rb"@import|url\(\"?(http|//)", styles), path


def test_visual_guide_is_thirteen_slides(pages: dict[str, Node]) -> None:
    """A title and twelve numbered slides, and no stack."""
    slides = pages["visual-guide"].one("div.slides")
    assert len(slides.all("section")) == 13
    assert slides.all("section section") == []
    assert slides.texts(".counter") == [f"{number:02} / 12" for number in range(13)]


NUMBERS = {
    "visual-guide": {
        "forward-pass": "2.0 0.5 0.1 1.1",
        "loss": "2.0 1.1 0.81",
        "backward-pass": "−1.8 1.0 2.0 −3.6",
        "update": "0.5 0.01 −3.6 0.536 0.81 0.685584 0.6561",
        "try-it": "0.125 0.25 0.5 1.10 2.00 0.81 −3.60 −1.80",
    },
    "chain-rule": {
        "derivative": "1.5 3",
        "tangent": "2.250 3.000",
        "surface": "0.430 1.000 1.200",
        "recipe": "0.5 0.3 1.0 1.2 0.43",
        "worked-example": "2 7 3 49 14 42 2.01 0.01 0.42 49.4209 0.4209",
        "small-network": "1.5 0.8 −1.2 1",
        "walk": "−0.7155 0.2036 −1.2000 0.1779 1.5000 0.0466 −0.1119",
        "product": "−0.7154962127 0.2035613823 −1.2 0.1778944406 1.5 0.0466377523 −0.1119336351",
        "reuse": "−0.7155 −0.1456 0.1748 0.0311 0.0466",
    },
}


def numbers_on(slide: Node) -> set[str]:
    """The numbers that a reader sees, each with its sign."""
    return {number for node in slide.below() for number in re.findall(r"−?\d+(?:\.\d+)?", node.text)}


@pytest.mark.parametrize(("name", "slide"), [(name, slide) for name, slides in NUMBERS.items() for slide in slides])
def test_numbers_on_the_slides(pages: dict[str, Node], name: str, slide: str) -> None:
    """The numbers that are known to be right are what the slides show, in the deck itself and where it is included."""
    wanted = set(NUMBERS[name][slide].split())
    for deck in (name, "backprop"):
        assert wanted <= numbers_on(pages[deck].one(f"section#{slide}"))


def test_the_product_is_the_gradient(pages: dict[str, Node]) -> None:
    """The five factors of the table, read back from the page, multiply to the gradient beside it."""
    slide = pages["chain-rule"].one("#product")
    product = 1.0
    for row in slide.all("tbody tr"):
        product *= float(row.all("td")[2].text.strip("·() ").replace("−", "-"))
    assert product == pytest.approx(0.0466377523, abs=1e-9)


def texts(value: Any) -> Iterator[Text]:
    """Every text of a slide that a reader sees or hears."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name, field in value:
            if name not in ("claims", "format", "function"):
                yield from texts(field)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("name", DECKS)
def test_no_number_is_typed(sources: dict[str, Source], name: str) -> None:
    """Outside of models, claims and settings no result is written down: no decimal, and none of the whole ones."""
    results = r"\d[.,]\d|(?<!\d)(14|42|49)(?!\d)" if name in ("chain-rule", "backprop") else r"\d[.,]\d"
    for slide in sources[name].slides:
        for text in texts(slide):
            typed = re.sub(r"\{\{.*?\}\}", "", text, flags=re.DOTALL)
            assert not re.search(results, typed), text.place()


@pytest.mark.parametrize("name", DECKS)
def test_every_slide_has_notes(sources: dict[str, Source], name: str) -> None:
    """There is something to say about every slide."""
    assert [slide.id for slide in sources[name].slides if not slide.notes] == []


def test_backprop_is_both_decks(pages: dict[str, Node], sources: dict[str, Source]) -> None:
    """The default deck is the visual guide, then the chain rule, slide by slide, and holds no slide of its own."""

    def shown(name: str) -> list[tuple[str, list[str]]]:
        # What comes before and after a deck is told in the deck itself, not where it is included.
        own = [(node, [node.one(".counter").text, *node.texts(".related")]) for node in pages[name].all("section[id]")]
        return [
            (node.attributes["id"], reduce(lambda text, part: text.replace(part, ""), parts, node.text).split())
            for node, parts in own
        ]

    assert shown("backprop") == shown("visual-guide") + shown("chain-rule")
    written = paths.shipped_decks()["backprop"].read_text(encoding="utf-8")
    assert written.count("- include:") == 2
    assert "title:" not in written.partition("slides:")[2]
    origins = {slide.title.folder for slide in sources["backprop"].slides}
    assert {folder.name for folder in origins if folder is not None} == {"visual-guide", "chain-rule"}


@pytest.mark.parametrize("name", DECKS)
def test_links_within_the_deck(pages: dict[str, Node], name: str) -> None:
    """A link to a slide leads to one that is there."""
    ids = {node.attributes["id"] for node in pages[name].all("section[id]")}
    for link in pages[name].all("div.slides a"):
        if link.attributes["href"].startswith("#/"):
            assert link.attributes["href"].removeprefix("#/") in ids


@pytest.mark.parametrize("name", DECKS)
def test_every_picture_has_words(pages: dict[str, Node], name: str) -> None:
    """Drawings, plots and pictures say what they show to those who cannot see them."""
    drawn = [
        node
        for node in pages[name].all('div.slides [role="img"]')
        if node.attributes.get("class") != "icon"  # a tick or a cross is one word
    ]
    assert drawn
    assert all(len(node.attributes["aria-label"].split()) >= 4 for node in drawn)


LIVE = {
    "visual-guide": {"demo"},
    "chain-rule": {"curve", "surface", "chain", "walk", "quiz"},
    "backprop": {"demo", "curve", "surface", "chain", "walk", "quiz"},
    "derivatives-slowly": {"curve", "surface"},
    "chain-rule-slowly": {"chain"},
    "backprop-slowly": {"curve", "descent", "training", "chain", "walk", "exercise", "quiz", "predict"},
    "credit-assignment": {"training", "walk"},
}


@pytest.mark.parametrize("name", DECKS)
def test_live_blocks_are_marked(pages: dict[str, Node], name: str) -> None:
    """Every live block's element carries its kind."""
    kinds = {node.attributes["data-block"] for node in pages[name].all("[data-block]")}
    assert kinds >= LIVE[name]


def test_series_of_the_shipped_decks() -> None:
    """The shipped series has every shipped deck, in an order that its decks agree with, and nothing to be told."""
    problems = Problems()
    collection = load_series(paths.shipped("decks") / "series" / "series.yaml", problems)
    make_shelf(collection, Output.FOLDER, problems)
    assert problems.found == []
    assert sorted(collection.entries) == DECKS
    assert collection.entries == shipped().entries


def test_decks_lead_to_one_another(sources: dict[str, Source]) -> None:
    """Among the others, a deck links to what it requires and to what comes next."""
    site, _ = make_site(paths.shipped_decks()["chain-rule"], Output.FOLDER, shipped())
    links = [link.attributes["href"] for link in read(site.page).all(".related a")]
    after = [name for name in shipped().entries if "chain-rule" in sources[name].deck.requires]
    assert "credit-assignment" in after
    assert links == [f"../{name}/index.html" for name in ("visual-guide", *after)] + ["../index.html"]
    alone = read(build("chain-rule", Output.FOLDER).page)
    assert alone.texts(".related li") == [sources["visual-guide"].deck.title]
    assert alone.all(".related a") == []
