"""Deck files: read, checked and put together, with every problem at its place in one run."""

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.errors import BpslidesError, Problems, UsageError
from bpslides.includes import slug
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.source import MAX_FILES, load
from tests.decks import Deck, with_content

START = "title: T\nslides:\n"


@pytest.mark.parametrize(
    ("yaml", "messages"),
    [
        ("", ["1:1: a deck is a mapping with “title” and “slides” (begin with a line such as: title: My talk)"]),
        ("# hm\n", ["1:1: a deck is a mapping with “title” and “slides” (begin with a line such as: title: My talk)"]),
        ("- a\n", ["1:1: a deck is a mapping with “title” and “slides” (begin with a line such as: title: My talk)"]),
        ("title: T\n", ["1:1: “slides” should be a list with at least one slide"]),
        ("title: T\nslides: {a: 1}\n", ["2:1: “slides” should be a list with at least one slide"]),
        ("slides:\n  - title: A\n", ["1:1: “title” is missing"]),
        (START + "  - id: x\n", ["3:5: “title” is missing"]),
        (
            START + "  - hello\n  -\n",
            ["3:5: a slide should be a mapping (key: value)", "4:4: a slide should be a mapping (key: value)"],
        ),
        (
            "title: T\nslids: []\n",
            [
                "1:1: “slides” should be a list with at least one slide",
                "2:1: unknown key “slids” (did you mean “slides”?)",
            ],
        ),
        (START + "  - title: A\n    contnt: x\n", ["4:5: unknown key “contnt” (did you mean “content”?)"]),
        (START + "  - title: [A]\n", ["3:5: “title” should be text, not a list"]),
        (
            START + "  - title: A\n    layout: wide\n",
            ["4:5: “layout” should be one of: title, content, section, statement"],
        ),
        (START + "  - title: A\n    claims: x < 1\n", ["4:5: “claims” should be a list"]),
        (START + "  - title: A\n    content: 3\n", ["4:5: “content” should be text or a list of blocks, not a number"]),
        ("title: T\nduration: long\nslides: [{title: A}]", ["2:1: “duration” should be a number, not text"]),
        ("title: T\nduration: -5\nslides: [{title: A}]", ["2:1: “duration” should be greater than 0"]),
        ("title: T\nmodels: [a]\nslides: [{title: A}]", ["2:1: “models” should be a mapping of names"]),
        (START + "  - stack: []\n", ["3:5: “stack” needs 1 or more entries, not 0"]),
        (
            START + "  - stack: [{titel: A}]\n",
            ["3:13: “title” is missing", "3:14: unknown key “titel” (did you mean “title”?)"],
        ),
        (
            START + "  - title: A\n    id: 1a\n  - title: B\n    id: b c\n",
            [
                f"{line}:5: “id” should begin with a letter and hold only letters, digits, “-” and “_”"
                for line in (4, 6)
            ],
        ),
        (START + "  - title: A\n    content: [{'{x}': 1}]\n", ["4:15: there is no block “{x}”"]),
        (
            START + "  - include: visual-gide\n",
            ["3:14: there is no deck “visual-gide” here (did you mean “visual-guide”?)"],
        ),
        (
            START + "  - include: {deck: visual-guide, slides: [loss, lss]}\n",
            ["3:50: “visual-guide” has no slide “lss” (did you mean “loss”?)"],
        ),
        (
            START + "  - include: {dek: x}\n",
            ["3:5: “deck” is missing", "3:15: unknown key “dek” (did you mean “deck”?)"],
        ),
        (START + "  - include: deck.yaml\n", ["3:14: “deck.yaml” includes itself"]),
        (
            "title: 'a\nb: 1\n",
            [
                "1:1: “slides” should be a list with at least one slide",
                "1:8: this quote is never closed (close it: title: 'a')",
                "2:1: unknown key “b”",
            ],
        ),
    ],
)
def test_problems(tmp_path: Path, yaml: str, messages: list[str]) -> None:
    """Each mistake has one message, at the key or value that is wrong."""
    found = [message.split(" (known here")[0] for message in Deck(tmp_path, yaml).messages]
    assert found == messages


def test_two_slides_with_one_id(tmp_path: Path) -> None:
    """The second slide with an id is told where the first one is."""
    deck = Deck(tmp_path, START + "  - title: A\n    id: x\n  - title: B\n    id: x\n")
    assert deck.messages == [
        f"6:9: two slides have the id “x” (first at {deck.file}:4) (ids are addresses: give each slide its own)"
    ]


def test_everything_in_one_run(tmp_path: Path) -> None:
    """Problems of the head, a model, a slide and a text are told together, and follow-ups are not."""
    deck = Deck(
        tmp_path,
        """\
        title: T
        colour: red
        models:
          m: {parameters: {w: abc}, graph: {L: w}}
        slides:
          - title: 'Shows {{ m.L }} and {{ n.L }}'
            claims: [m.L < 1, 2 < 1]
          - titel: A
        """,
    )
    assert [message.partition(" (")[0] for message in deck.messages] == [
        "2:1: unknown key “colour”",
        "4:20: “w” should be a number, not text",
        "6:36: there is no model “n”",
        "7:23: this claim does not hold",
        "8:5: “title” is missing",
        "8:5: unknown key “titel”",
    ]


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Step 1: the forward pass", "step-1-the-forward-pass"),
        ("Überraschung — déjà vu", "uberraschung-deja-vu"),
        ("Worked out: $y = x^2$ at {{ m.x }}", "worked-out-at"),
        ("42", "slide-42"),
        ("你好", "slide"),
        ("a" * 100, "a" * 60),
    ],
)
def test_slug(title: str, name: str) -> None:
    """An id is made from the words of a title."""
    assert slug(title) == name


@given(st.text())
def test_slug_is_an_address(title: str) -> None:
    """Every id begins with a letter and needs no encoding in an address."""
    name = slug(title)
    assert name[0].isalpha()
    assert name.isascii()
    assert name.replace("-", "").isalnum()


def test_ids_are_unique_and_stable(tmp_path: Path) -> None:
    """Slides of one title are numbered, without taking an id that an author gave."""
    deck = Deck(
        tmp_path, START + "  - title: A\n  - title: A\n  - {title: B, id: a-2}\n  - stack: [{title: A}, {title: A}]\n"
    )
    assert [section.id for section in deck.sound.site.sections] == ["a", "a-3", "a-2", "a-4", "a-5"]


# ── files and include ─────────────────────────────────────────────────────────────────────────────────────────────


def test_include_takes_a_range_with_its_models(tmp_path: Path) -> None:
    """Slides from the first id to the last come along, and so do the models that they need."""
    deck = Deck(
        tmp_path, START + "  - include: {deck: visual-guide, slides: [forward-pass, loss]}\n  - title: Mine\n"
    ).sound
    assert [section.id for section in deck.site.sections] == ["forward-pass", "loss", "mine"]
    assert "0.81" in deck.page.one("#loss").text
    assert len(deck.site.read) >= 3  # both decks and the theme: what `serve` watches


def test_include_from_below(tmp_path: Path) -> None:
    """A deck in a folder below may be included, by folder or by file; its pictures are found next to it."""
    part = tmp_path / "parts" / "one"
    part.mkdir(parents=True)
    (part / "dot.png").write_bytes(b"not looked into")
    (part / "deck.yaml").write_text("title: P\nslides:\n  - title: In\n    content: '![a dot](dot.png)'\n")
    for address in ("parts/one", "parts/one/deck.yaml"):
        deck = Deck(tmp_path, f"{START}  - include: {address}\n").sound
        assert deck.page.one("#in img").attributes["alt"] == "a dot"


def test_problems_of_an_included_deck_name_its_file(tmp_path: Path) -> None:
    """A mistake in an included deck is told with that deck's own path; what depends on it is left out."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "deck.yaml").write_text("title: P\nslides: [\n")
    deck = Deck(tmp_path, f"{START}  - include: part\n  - title: 'Uses {{{{ part_model.L }}}}'\n")
    assert len(deck.problems) == 1
    assert str(deck.problems[0]).startswith(
        f"{tmp_path / 'part' / 'deck.yaml'}:3:1: a quote or bracket is never closed"
    )


@pytest.mark.parametrize(
    "address", ["..", "../sibling", "/etc/passwd", "~/deck", "sub/../../sibling", "%2e%2e/sibling", "link"]
)
def test_include_never_leaves_the_folder(tmp_path: Path, address: str) -> None:
    """No spelling of an address, and no link, leads to a deck that is not below the folder."""
    for name in ("sibling", "home"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "deck.yaml").write_text("title: S\nslides: [{title: Secret}]\n")
    (tmp_path / "home" / "link").symlink_to(tmp_path / "sibling")
    deck = Deck(tmp_path / "home", f"{START}  - include: '{address}'\n  - title: A\n")
    assert [message.partition(" (")[0] for message in deck.messages] == [f"3:15: there is no deck “{address}” here"]


def test_models_that_differ(tmp_path: Path) -> None:
    """Two models of one name may come together only when they are the same."""
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "deck.yaml").write_text("title: P\nmodels: {m: {graph: {L: '1'}}}\nslides: [{title: In}]\n")
    same = "models: {m: {graph: {L: '1'}}}\n"
    assert Deck(tmp_path, f"{same}{START}  - include: part\n").messages == []
    other = "models: {m: {graph: {L: '2'}}}\n"
    assert Deck(tmp_path, f"{other}{START}  - include: part\n").messages == [
        "4:14: both this deck and “part” have a model “m”, and they differ (rename one)"
    ]
    assert Deck(tmp_path, f"{other}{START}  - include: {{deck: part, models: false}}\n").messages == []


def test_includes_that_grow(tmp_path: Path) -> None:
    """Thirty small files that include each other twice are a billion slides; we stop at a hundred files."""
    for number in range(30):
        folder = tmp_path / f"{'d/' * number}"
        folder.mkdir(exist_ok=True)
        below = "  - include: d\n" * 2 if number < 29 else "  - title: A\n"
        (folder / "deck.yaml").write_text(START + below)
    problems = Problems()
    source = load(tmp_path / "deck.yaml", problems)
    assert len(source.files) == MAX_FILES
    assert "at most 100 files" in str(problems.found[0])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"title: caf\xe9\n", ":1:11: the deck is not UTF-8 text: the byte 0xE9 stands here"),
        ("title: A\n".encode("utf-16"), ":1:1: the deck is UTF-16 text, not UTF-8"),
        ("title: A\n".encode("utf-16-le"), ":1:1: the deck is UTF-16 text, not UTF-8"),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, message: str) -> None:
    """What is no UTF-8 is told, not guessed."""
    (tmp_path / "deck.yaml").write_bytes(raw)
    problems = Problems()
    load(tmp_path / "deck.yaml", problems)
    assert any(message in str(problem) for problem in problems.found)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_byte_order_mark(tmp_path: Path, ending: str) -> None:
    """Every kind of line end counts as one, and a byte order mark as nothing."""
    text = "title: T\nslides:\n  - title: A\n    content: '{{ x.y }}'\n".replace("\n", ending)
    (tmp_path / "deck.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    with pytest.raises(BpslidesError, match=r":4:18: there is no model “x”"):
        make_site(tmp_path / "deck.yaml", Output.SERVE)


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, a file that has gone and one of 25 MB are refused as wrong usage, each with its own reason."""
    with pytest.raises(UsageError, match="it is not an ordinary file"):
        load(tmp_path, Problems())
    with pytest.raises(UsageError, match="there is no such file"):
        load(tmp_path / "gone.yaml", Problems())
    with (tmp_path / "big.yaml").open("wb") as file:
        file.truncate(25_000_000)
    with pytest.raises(UsageError, match="it is larger than 5 MB"):
        load(tmp_path / "big.yaml", Problems())


PIECES = (
    st.sampled_from(
        ["title", "slides", "models", "stack", "include", "content", "deck", "claims", "notes", "id", "flow", "table"]
    )
    | st.sampled_from(
        ["columns", "figure", "function", "walk", "demo", "graph", "network", "x", "1", "-1", "m", "../x"]
    )
    | st.sampled_from(["{{ m.L }}", "$\\frac$", ""])
)
TREES = st.recursive(
    PIECES | st.integers() | st.none() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PIECES, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(PIECES, TREES, max_size=3), st.lists(st.dictionaries(PIECES, TREES, max_size=3), max_size=3))
def test_any_tree_is_built_or_refused(tmp_path: Path, head: dict[str, object], slides: list[object]) -> None:
    """Whatever shape the data has, there is a page or a message; nothing else is raised."""
    text = yaml.safe_dump({"title": "T", **head, "slides": slides}, allow_unicode=True)
    (tmp_path / "deck.yaml").write_text(text, encoding="utf-8")
    with suppress(BpslidesError):
        assert make_site(tmp_path / "deck.yaml", Output.SERVE)[0].page


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300)
    | st.text("{}[]:-#&*!|>%@ \n\"'ab$1", max_size=300).map(lambda text: f"{START}  - title: {text}".encode())
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    """Whatever bytes the file holds, there is a page or a message; nothing else is raised."""
    (tmp_path / "deck.yaml").write_bytes(raw)
    with suppress(BpslidesError):
        assert make_site(tmp_path / "deck.yaml", Output.SERVE)[0].page


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("- Note: a mail has no words.", "if this is a sentence, put it in quotes"),
        ("- curve: {function: x, domain: ['-1', 1], at: 0}", "remove the quotes"),
        ("- callout: {text: Look, tone: wraning}", "did you mean “warning”?"),
    ],
)
def test_hints_for_common_slips(tmp_path: Path, content: str, hint: str) -> None:
    """A colon in a sentence, a number in quotes, a misspelt choice."""
    assert hint in Deck(tmp_path, with_content(content)).messages[0]
