"""Lists, comparisons, glossaries, timelines, statements, code, pictures and videos: what a reader sees of them."""

from pathlib import Path

import pytest

from bpslides import assets
from bpslides.mime import PICTURES
from bpslides.render import Output
from tests.decks import Deck, with_content
from tests.test_assets import PIXEL

# Content begins in line 16 of the deck, its blocks in column 9.
MISTAKES = [
    ("list: []", ["16:9: “items” needs 1 or more entries, not 0"]),
    ("list: {items: [{items: [a]}]}", ["16:24: “text” is missing"]),
    ("list: {items: [a], appear: maybe}", ["16:28: “appear” should be true or false, not text"]),
    ("comparison: [{title: A, text: a}]", ["16:9: “sides” needs 2 or more entries, not 1"]),
    (
        "comparison: [{title: A}, {title: B, points: [b], tone: nice}]",
        [
            "16:22: an entry of “sides” needs a “text” or a list of “points”",
            "16:58: “tone” should be one of: plain, good, bad",
        ],
    ),
    ("glossary: [{term: Loss}]", ["16:20: “meaning” is missing"]),
    ("timeline: [{date: 1970, title: A}]", ["16:9: “events” needs 2 or more entries, not 1"]),
    ("statement: {source: A}", ["16:9: “text” is missing"]),
    ("code: {text: a, language: pyhton}", ["16:35: there is no language “pyhton” (did you mean “python”?)"]),
    ("code: {text: a, steps: [x]}", ["16:33: an entry of “steps” should name lines, such as “3” or “1-3, 5”"]),
    (
        "code: {text: a, steps: [3-1, 0]}",
        [
            "16:33: an entry of “steps” should name lines from 1 on, the smaller number first",
            "16:38: an entry of “steps” should name lines from 1 on, the smaller number first",
        ],
    ),
    ('code: {text: "a\\nb", steps: ["1, 2", "2-3"]}', ["16:47: there is no line 3, the last one is 2"]),
    ("code: 'PILE'", ["16:9: “text” should have 4,000 characters at most (show a part of it)"]),
    (
        "image: {src: dot.png}",
        ["16:9: “alt” is missing (say what it shows, for those who do not see it; for a mere decoration: alt: '')"],
    ),
    ("image: {src: dot.pgn, alt: x}", ["16:22: “dot.pgn” is not a picture (use one of: PICTURES)"]),
    ("image: {src: no.png, alt: x, caption: y}", ["16:22: there is no file “no.png” (FOLDER)"]),
    ("image: {src: dot.png, alt: x, width: 5000}", ["16:39: “width” should be at most 1280"]),
    ("video: {src: dot.png, alt: x}", ["16:22: “dot.png” is not a video (use one of: .mp4, .webm)"]),
    ("video: {src: ../a.mp4, alt: x}", ["16:22: “../a.mp4” leads out of the deck's folder (BELOW)"]),
    (
        "video: {src: a.mp4, alt: x, autoplay: true}",
        ["16:9: “video” needs “muted: true” to play by itself; browsers allow nothing else"],
    ),
    (
        "video: {src: a.mp4, alt: x, controls: false}",
        ["16:9: “video” has neither “controls” nor “autoplay”, so nobody could start it"],
    ),
]
WORDS = {
    "PICTURES": ", ".join(sorted(PICTURES)),
    "FOLDER": "addresses are relative to the deck's folder",
    "BELOW": "put the video below the deck's folder",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture and a video."""
    (tmp_path / "dot.png").write_bytes(PIXEL)
    (tmp_path / "a.mp4").write_bytes(b"no real film")
    return tmp_path


@pytest.mark.parametrize(("block", "messages"), MISTAKES, ids=[block for block, _ in MISTAKES])
def test_mistakes(folder: Path, block: str, messages: list[str]) -> None:
    """Each mistake is told where it is, with what to do."""
    for word, meant in WORDS.items():
        messages = [message.replace(word, meant) for message in messages]
    found = Deck(folder, with_content(f"- {block.replace('PILE', 'x' * 4_001)}")).messages
    assert found == messages


def test_list(folder: Path) -> None:
    """Two levels; numbers or bullets; with `appear` each entry is a step of its own, with what is below it."""
    page = Deck(
        folder,
        with_content("""
        - list: [One, '{{ neuron.L | .2f }} *more*']
        - list: {items: [One, {text: Two, items: [a, b]}], appear: true, numbers: true}
        """),
    ).sound.page
    assert page.texts("ul.list li") == ["One", "0.81 more"]
    assert page.all("ul.list .fragment") == []
    assert page.texts("ol.list li.fragment") == ["One", "Two a b"]
    assert page.texts("ol.list ul li") == ["a", "b"]


def test_comparison(folder: Path) -> None:
    """Good and bad are told by a sign with a name, not by colour alone."""
    page = Deck(
        folder,
        with_content(
            "- comparison: [{title: A, text: '**a**'}, {title: B, points: [b, c], tone: good},"
            " {title: C, text: c, tone: bad}]"
        ),
    ).sound.page
    assert page.texts(".side h3") == ["A", "B", "C"]
    assert page.texts(".side strong") == ["a"]
    assert page.texts(".side ul li") == ["b", "c"]
    signs = [[icon.attributes["aria-label"] for icon in side.all("svg")] for side in page.all(".side")]
    assert signs == [[], ["good"], ["bad"]]


def test_glossary_timeline_statement(folder: Path) -> None:
    """Terms stand before their meanings, dates before events; a short statement is set as a number."""
    page = Deck(
        folder,
        with_content("""
        - glossary: [{term: Loss, meaning: How *wrong*.}]
        - timeline: [{date: 1970, title: A, text: a}, {date: 1986-10-09, title: B}]
        - statement: {text: '{{ neuron.L | .1% }}', note: of it, source: Ada}
        - statement: A sentence of some length
        """),
    ).sound.page
    assert [page.one("dl dt").text, page.one("dl dd").text] == ["Loss", "How wrong."]
    assert page.texts(".timeline .date") == ["1970", "1986-10-09"]
    assert page.texts(".timeline li p") == ["a"]
    assert page.texts(".statement.number .said") == ["81.0%"]
    assert page.texts(".said") == ["81.0%", "A sentence of some length"]
    assert page.texts(".statement .source") == ["Ada"]


PROGRAM = """
- code:
    language: python
    line_numbers: true
    steps: [1, '2-3, 1']
    text: |
      def f(x):
          return x  # {{ neuron.L }} <b>
      f("$x$")
"""


def test_code(folder: Path) -> None:
    """Code is shown as typed, coloured by kind, and each line knows the steps that bring it out."""
    page = Deck(folder, with_content(PROGRAM)).sound.page
    lines = page.all(".code .line")
    assert [line.text for line in lines] == ["def f(x):", "return x # {{ neuron.L }} <b>", 'f("$x$")']
    assert [line.attributes["data-steps"] for line in lines] == ["1 2", "2", "2"]
    assert page.texts(".code-keyword") == ["def", "return"]
    assert page.texts(".code-comment") == ["# {{ neuron.L }} <b>"]
    assert page.texts(".code-string") == ['"$x$"']
    assert [mark.attributes["data-step"] for mark in page.all(".code .fragment")] == ["1", "2"]


def test_code_without_a_language(folder: Path) -> None:
    """Without a language nothing is coloured; a fence in Markdown is coloured by its own."""
    page = Deck(
        folder, with_content("- code: def f\n- |\n  ```python\n  def g\n  ```\n  ```wat\n  def h\n  ```")
    ).sound.page
    assert page.texts(".line") == ["def f"]
    assert page.all(".code span[data-steps]") == []
    assert page.texts(".code-keyword") == ["def"]
    assert page.texts("pre") == ["def f", "def g", "def h"]


def test_image(folder: Path) -> None:
    """A picture has its file, its alternative text, and a caption; one for decoration has an empty text."""
    deck = Deck(
        folder,
        with_content("""
        - image: {src: dot.png, alt: 'A dot of {{ neuron.L | .2f }}', caption: A *dot*, width: 200,
                   height: 100, fit: cover}
        - image: {src: dot.png, alt: ''}
        """),
    ).sound
    first, second = deck.page.all(".image img")
    assert deck.site.files[first.attributes["src"]] == PIXEL
    assert [first.attributes["alt"], second.attributes["alt"]] == ["A dot of 0.81", ""]
    assert deck.page.texts(".image figcaption") == ["A dot"]
    figure = deck.page.one(".image.cover")
    assert figure.attributes["style"] == "--width: 200px; --height: 100px"


def test_missing_picture_leaves_its_words(folder: Path) -> None:
    """Where a picture should be stands what it shows."""
    page = Deck(folder, with_content("- image: {src: no.png, alt: A dot}")).page
    assert page.texts(".image .missing") == ["A dot"]


def test_video(folder: Path) -> None:
    """A video has its file and name; on paper its poster stands for it, or what happens in it."""
    deck = Deck(
        folder,
        with_content("""
        - video: {src: a.mp4, alt: A ball rolls., poster: dot.png, loop: true}
        - video: {src: a.mp4, alt: It rolls., autoplay: true, muted: true, controls: false}
        """),
    ).sound
    first, second = deck.page.all("video")
    assert deck.site.files[first.attributes["src"]] == b"no real film"
    assert deck.site.files[first.attributes["poster"]] == PIXEL
    assert first.attributes["aria-label"] == "A ball rolls."
    assert {"controls", "loop"} <= set(first.attributes)
    assert {"data-autoplay", "muted"} <= set(second.attributes)
    assert not {"autoplay", "controls"} & set(second.attributes)
    assert [img.attributes["alt"] for img in deck.page.all(".still img")] == ["A ball rolls."]
    assert deck.page.texts(".still p") == ["It rolls."]


def test_video_in_a_single_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a single file the video is in the page, up to a size; beyond it the message says both and a way out."""
    yaml = with_content("- video: {src: a.mp4, alt: x}")
    single = Deck(folder, yaml, Output.SINGLE_FILE).sound.page
    assert single.one("video").attributes["src"].startswith("data:video/mp4;base64,")
    monkeypatch.setattr(assets, "MAX_VIDEO_INSIDE", 5)
    monkeypatch.setattr(assets, "MAX_VIDEO", 11)
    assert Deck(folder, yaml, Output.SINGLE_FILE).messages == [
        "16:22: “a.mp4” is larger than 0 MB (make the video smaller, or build a folder, without --single-file)"
    ]
    assert Deck(folder, yaml, Output.FOLDER).messages == ["16:22: “a.mp4” is larger than 0 MB (make the video smaller)"]


@pytest.mark.parametrize(
    ("count", "columns", "shown"), [(3, "", "3"), (4, "", "2"), (4, ", columns: 4", "4"), (5, "", "3")]
)
def test_columns_of_cards(tmp_path: Path, count: int, columns: str, shown: str) -> None:
    """Cards stand in as many columns as the author says, and else in what looks even."""
    cards = ", ".join(["{title: A, text: a}"] * count)
    page = Deck(tmp_path, with_content(f"- cards: {{cards: [{cards}]{columns}}}")).sound.page
    assert page.one("ul.cards").attributes["data-columns"] == shown
