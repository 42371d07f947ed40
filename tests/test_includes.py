"""Includes: which slides of which file, what comes along, and ids and links that stay right."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.serve.decks import Deck as ServedDeck
from bpslides.serve.watch import folders
from tests.decks import NEURON, Deck

START = "title: T\nslides:\n"
PART = """\
title: Part
models: {m: {graph: {L: '1'}}}
variables: {rate: 0.25}
slides:
  - {id: one, title: One, content: '[to three](#/three) and [in](#/three/2), [out](out.html)'}
  - stack: [{id: two, title: Two}, {id: two-b, title: Two again}]
  - {id: three, title: Three}
  - {title: Last}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the deck above in the folder `part`."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "deck.yaml").write_text(PART, encoding="utf-8")
    return tmp_path


def ids(deck: Deck) -> list[str]:
    """The ids of all slides, in order."""
    return [section.id for section in deck.sound.site.sections]


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ("slides: two", "two two-b"),
        ("slides: [three]", "three"),
        ("slides: [two-b, three]", "two two-b three"),
        ("slides: [one, one]", "one"),
        ("slides: last", "last"),
        ("only: [three, one]", "three one"),
        ("only: [two-b]", "two-b"),
        ("only: []", ""),
        ("models: false", "one two two-b three last"),
    ],
)
def test_choices(home: Path, choice: str, wanted: str) -> None:
    """One slide, a range, or single slides in an order of one's own; stacks stay whole but for single slides."""
    deck = Deck(home, f"{START}  - include: {{deck: part, {choice}}}\n  - title: Mine\n")
    assert ids(deck) == [*wanted.split(), "mine"]


@pytest.mark.parametrize(
    ("choice", "messages"),
    [
        ("slides: thre", ["3:35: “part” has no slide “thre” (did you mean “three”?)"]),
        (
            "only: [one, tow, thre]",
            [
                "3:39: “part” has no slide “tow” (did you mean “two”?)",
                "3:44: “part” has no slide “thre” (did you mean “three”?)",
            ],
        ),
        (
            "slides: [three, one]",
            [
                (
                    "3:36: in “part” the slide “three” comes after “one” "
                    "(a range runs from the first slide to the last; several single ones are named by “only”)"
                )
            ],
        ),
        (
            "slides: [one, two, three]",
            [
                (
                    "3:27: “slides” should be one id, or the two ends of a range: [first, last] "
                    "(several single slides are named by “only”: [one, another])"
                )
            ],
        ),
        ("only: [one, one]", ["3:5: “include” has a slide twice in “only”"]),
        ("only: [one], slides: two", ["3:5: “include” has both “slides”, a range, and “only”, single slides"]),
        ("slide: two", ["3:27: unknown key “slide” (did you mean “slides”?)"]),
    ],
)
def test_mistakes(home: Path, choice: str, messages: list[str]) -> None:
    """A wrong id or a wrong form is told at its place, with what was probably meant."""
    assert Deck(home, f"{START}  - include: {{deck: part, {choice}}}\n  - title: A\n").messages == messages


def test_settings_beside_the_include(home: Path) -> None:
    """What belongs into the include and stands beside it is told."""
    deck = Deck(home, f"{START}  - include: part\n    slides: [one]\n  - title: A\n")
    message, _, hint = deck.messages[0].partition(" (")
    assert message == "4:5: an include stands by itself, and here is “slides” beside it"
    assert hint == "put it inside: include: {deck: …, slides: …})"


def test_a_misspelt_address(home: Path) -> None:
    """The files of the folder that an address points into are what it is compared with."""
    (home / "chapters").mkdir()
    (home / "chapters" / "one.yaml").write_text("- title: A\n", encoding="utf-8")
    for address, hint in (("chapters/on.yaml", "chapters/one.yaml"), ("prat", "part")):
        deck = Deck(home, f"{START}  - include: {address}\n  - title: A\n")
        assert deck.messages == [f"3:14: there is no deck “{address}” here (did you mean “{hint}”?)"]


# ── a deck in several files ───────────────────────────────────────────────────────────────────────────────────────


def test_a_deck_in_several_files(tmp_path: Path) -> None:
    """A part is a list of slides, or slides and models without a title; it may use the models of the whole deck."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "dot.png").write_bytes(b"not looked into")
    (tmp_path / "chapters" / "one.yaml").write_text(
        "- title: One\n  content: 'It is {{ neuron.w }}. ![a dot](dot.png)'\n- stack: [{title: Below}]\n", "utf-8"
    )
    (tmp_path / "chapters" / "two.yaml").write_text("slides: [{title: Two}]\n", encoding="utf-8")
    (tmp_path / "shared.yaml").write_text(NEURON, encoding="utf-8")
    yaml = f"{START}  - include: shared.yaml\n  - include: chapters/one.yaml\n  - include: chapters/two.yaml\n"
    deck = Deck(tmp_path, yaml).sound
    assert ids(deck) == ["one", "below", "two"]
    assert deck.page.one("#one .num").text == "0.5"
    assert deck.page.one("#one img").attributes["alt"] == "a dot"
    read = {path.relative_to(tmp_path.resolve()).as_posix() for path in deck.source.files}
    assert read == {"deck.yaml", "shared.yaml", "chapters/one.yaml", "chapters/two.yaml"}


def test_parts_are_watched(tmp_path: Path) -> None:
    """`serve` looks at the folders of all parts."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.yaml").write_text("- title: One\n", encoding="utf-8")
    (tmp_path / "deck.yaml").write_text(f"{START}  - include: chapters/one.yaml\n", encoding="utf-8")
    deck = ServedDeck(tmp_path / "deck.yaml")
    deck.build()
    assert deck.site is not None
    assert tmp_path.resolve() / "chapters" in folders(deck)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("- titel: A\n", "1:3: unknown key “titel” (did you mean “title”?)"),
        ("- title: A\n- 3\n", "2:3: a slide should be a mapping (key: value)"),
        ("slides: []\n", "1:1: “slides” should be a list with at least one slide"),
        ("slids: []\nmodels: {}\n", "1:1: “slides” should be a list with at least one slide"),
        ("7\n", "1:1: a part of a deck is a list of slides, or a mapping with “slides”"),
        ("[]\n", "1:1: “slides” should be a list with at least one slide"),
    ],
)
def test_mistakes_in_a_part(tmp_path: Path, part: str, message: str) -> None:
    """A mistake in a part is told with the part's own place."""
    (tmp_path / "one.yaml").write_text(part, encoding="utf-8")
    deck = Deck(tmp_path, f"{START}  - include: one.yaml\n  - title: A\n")
    assert any(text.startswith(message) for text in deck.messages)
    assert {problem.place.file for problem in deck.problems if problem.place} == {str(tmp_path / "one.yaml")}


# ── ids and links ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_ids_that_clash(home: Path) -> None:
    """The deck's own ids stay; included ones give way, and the links between their slides follow."""
    own = "  - {id: three, title: Mine, content: '[mine](#/three)'}\n"
    deck = Deck(home, f"{START}  - include: part\n{own}  - include: part\n")
    assert ids(deck) == [
        *("one", "two", "two-b", "three-2", "last"),
        "three",
        *("one-2", "two-2", "two-b-2", "three-3", "last-2"),
    ]
    links = {name: [a.attributes["href"] for a in deck.page.all(f"#{name} a")] for name in ("one", "three", "one-2")}
    assert links == {
        "one": ["#/three-2", "#/three-2/2", "out.html"],
        "three": ["#/three"],
        "one-2": ["#/three-3", "#/three-3/2", "out.html"],
    }


def test_ids_that_clash_twice(home: Path) -> None:
    """A slide that was included by an included deck can move twice; its neighbours' links still find it."""
    (home / "middle.yaml").write_text(
        "title: M\nslides:\n  - {id: three, title: M3, content: '[m](#/three)'}\n  - include: part\n", encoding="utf-8"
    )
    deck = Deck(home, f"{START}  - {{id: three-2, title: Mine}}\n  - include: middle.yaml\n  - include: part\n")
    places = {section.id: deck.page.one(f"#{section.id} h2").text for section in deck.sound.site.sections}
    for name in (name for name, title in places.items() if title in ("One", "M3")):
        target = deck.page.all(f"#{name} a")[0].attributes["href"].removeprefix("#/")
        assert places[target] == ("Three" if places[name] == "One" else "M3")


NAMES = st.sampled_from(["a", "b", "a-2", "a-3", "b-2"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(NAMES, min_size=1, max_size=4, unique=True), min_size=1, max_size=5), st.data())
def test_links_find_their_slides(tmp_path: Path, files: list[list[str]], data: st.DataObject) -> None:
    """However decks are nested and included, ids are unique, and each link leads to the slide of its own deck."""
    text = ""
    for number, names in enumerate(files):
        slides = [
            f"  - {{id: {name}, title: '{number} {name}', content: '[x](#/{data.draw(st.sampled_from(names))})'}}"
            for name in names
        ]
        for other in data.draw(st.lists(st.integers(0, number - 1), max_size=2)) if number else []:
            slides.insert(data.draw(st.integers(0, len(slides))), f"  - include: {other}.yaml")
        text = f"title: D{number}\nslides:\n" + "\n".join(slides) + "\n"
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    deck = Deck(tmp_path, text).sound
    found = ids(deck)
    assert len(found) == len(set(found))
    titles = {name: deck.page.one(f"section#{name} h2").text for name in found}
    assert [name for name in files[-1] if titles.get(name) == f"{len(files) - 1} {name}"] == files[-1]
    for name in found:
        target = deck.page.one(f"section#{name} .prose a").attributes["href"].removeprefix("#/")
        assert titles[target].split()[0] == titles[name].split()[0]
