"""The reference: current, complete, and every example in it builds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bpslides import icons, reference, trust
from bpslides.errors import Problems
from bpslides.model import BLOCKS
from bpslides.pipeline import make_shelf
from bpslides.reference import topics
from bpslides.reference.settings import Settings
from bpslides.render import Output
from bpslides.schema import deck_schema
from bpslides.series import load_series
from bpslides.yaml_text import MAX_BYTES
from tests.decks import Deck
from tests.pages import read
from tools.reference import FILES, PAGES, PICTURES, deck_of, words

EXAMPLES = [
    pytest.param(example, id=f"{name}-{number}")
    for name, text in reference.files().items()
    for number, example in enumerate(re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    if name != "series.md"
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the examples show."""
    return shutil.copytree(FILES, tmp_path / "deck")


def whole(example: str) -> str:
    """A deck around an example, which is a deck, models, slides, or a list of blocks."""
    if example.startswith("title:"):
        return example
    if example.startswith("models:"):
        return f"title: Test\n{example}slides: [{{title: One}}]\n"
    indented = "".join(f"  {line}\n" for line in example.splitlines())
    kind = re.match(r"- (\w+):", example)
    if kind is None or kind[1] in BLOCKS:
        indented = "  - title: One\n    content:\n" + indented.replace("  ", "      ", 1).replace("\n  ", "\n      ")
    head = reference.HEADS.get(kind[1], "") if kind else ""
    return f"title: Test\n{head}{reference.SAMPLE}slides:\n{indented.rstrip()}\n"


@pytest.mark.parametrize("file", words(), ids=lambda file: file.name)
def test_words_are_current(file: Path) -> None:
    """Pages and schema are what the docstrings say now; if not, run `make reference`."""
    assert file.is_file(), "run: make reference"
    assert file.read_text(encoding="utf-8") == words()[file], "run: make reference"


def test_nothing_is_left_over() -> None:
    """There is no page about what is gone."""
    assert {file for file in PAGES.glob("*.md") if file not in words()} == set()
    assert {file.stem for file in PICTURES.iterdir()} == set(BLOCKS)


@pytest.mark.parametrize("kind", BLOCKS)
def test_blocks_have_pictures(kind: str) -> None:
    """Each block is shown, and not on an empty picture."""
    with Image.open(PICTURES / f"{kind}.png") as picture:
        assert picture.width == 840
        assert len(picture.convert("RGB").getcolors(2**24) or []) > 8


def test_pictures_are_small() -> None:
    """A checkout stays light."""
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) < 1_500_000


@pytest.mark.parametrize("kind", BLOCKS)
def test_block_examples_build(kind: str, folder: Path) -> None:
    """The example of a block makes this block, without a complaint."""
    deck = Deck(folder, deck_of([kind])).sound
    (block,) = deck.source.slides[0].content
    assert block.kind == kind
    assert deck.page.one(f"#block-{kind}").all(".block")


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_build(example: str, folder: Path) -> None:
    """Every piece of YAML on a page works as it stands there, with the files that it names."""
    if "figures.py" in example:
        (folder / "figures.py").write_text(
            "def spiral(turns):\n    return {'data': [{'x': [0, turns], 'y': [0, 1]}]}\n"
        )
        trust.remember(folder / "figures.py")
    assert Deck(folder, whole(example)).messages == []


def test_series_example_builds(tmp_path: Path) -> None:
    """So does the series."""
    (example,) = re.findall(r"^```yaml\n(.*?)^```", reference.page("series"), re.MULTILINE | re.DOTALL)
    (tmp_path / "series.yaml").write_text(example, encoding="utf-8")
    problems = Problems()
    shelf = make_shelf(load_series(tmp_path / "series.yaml", problems), Output.FOLDER, problems)
    assert problems.found == []
    assert read(shelf.page).texts("section h2") == ["In order", "How to read"]


def test_links_lead_somewhere() -> None:
    """Every link and picture of a page leads to a file, and to a heading of it where it names one."""
    pages = reference.files()
    for name, text in pages.items():
        prose = re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        for link in re.findall(r'(?:\]\(|(?:href|src)=")([^)"]+)', prose):
            path, _, anchor = link.partition("#")
            assert (PAGES / (path or name)).is_file(), f"{name} links to {link}"
            headings = re.findall(r"^#+ (.+)$", pages.get(path or name, ""), re.MULTILINE)
            assert not anchor or anchor in [re.sub(r"\W", "", heading.lower()) for heading in headings], link


def test_every_setting_is_told() -> None:
    """The page of a block names all of its keys, those of its parts included."""
    page = reference.page("demo")
    for key in ("model", "sliders", "readouts", "plot", "learning_rate", "format", "x_label", "domain"):
        assert f"`{key}`" in page


def test_values_in_words() -> None:
    """What a key takes is said in words."""
    settings = Settings(deck_schema())
    table = settings.page("Columns")
    assert "a list of 2 to 4 texts or [blocks](README.md#blocks); needed" in table
    assert "a list of numbers" in table
    assert "`plain`, `forward` or `backward`; `plain` if left out" in settings.page("Equation")
    assert "a number above 0, at most 600" in settings.page("Deck")


@pytest.mark.parametrize("topic", topics.SECTIONS)
def test_topics_within_pages(topic: str) -> None:
    """A topic is a section of a page, with the way to the rest of it."""
    page, heading = topics.SECTIONS[topic]
    answer = topics.answer(topic) or ""
    assert answer.startswith(f"## {heading}\n\n")
    assert answer.count("\n## ") == 0
    assert answer.endswith(f"\n\nMore: bpslides help {page}\n")


def test_topics_that_are_settings() -> None:
    """A setting is told with the part that has it, and what it takes."""
    kicker = topics.answer("kicker") or ""
    assert "A setting of a slide. A few words in small type" in kicker
    assert kicker.endswith("More: bpslides help slides\n")
    caption = topics.answer("caption") or ""
    assert "A setting of the block `table`, the block `code`, " in caption
    assert "bpslides help icons" in (topics.answer("icon") or "")


def test_spellings_of_a_topic() -> None:
    """Capitals, hyphens, and one in place of many make no difference."""
    assert topics.answer("Claim") == topics.answer("claims")
    assert topics.answer("image") == topics.answer("IMAGES") == reference.page("image")
    assert topics.answer("auto-animate") == topics.answer("auto_animate")
    assert topics.answer("colour-of-money") is None


def test_every_icon_is_listed() -> None:
    """The list of icons has the names that cards and texts take."""
    listed = (topics.answer("icons") or "").split("The names are:")[1].split()
    assert set(icons.names()) <= set(listed)


def test_other_words_lead_to_topics() -> None:
    """What a synonym names is there, and no synonym hides a topic of that name."""
    for word, names in topics.SYNONYMS.items():
        assert all(topics.answer(name) for name in names), word
        assert topics.suggestion(word) or topics.answer(word)
        assert word not in reference.SUMMARIES
        assert word not in topics.SECTIONS
    assert topics.suggestion("clams") == "did you mean “claims”?"
    assert topics.suggestion("variabels") == "did you mean “variables”?"
    assert topics.suggestion("xylophone") is None


def test_terminal_pages_have_no_links() -> None:
    """In a terminal there is nothing to click; what an author would write stays as it is."""
    assert "`[the loss](#/loss)`" in reference.for_terminal(topics.answer("links") or "")
    assert "[visual guide](visual-guide)" in reference.for_terminal(reference.page("series"))
    shown = reference.for_terminal(reference.page("slides") + reference.page("flow"))
    prose = re.sub(r"```.*?```|`[^`]*`", "", shown, flags=re.DOTALL)
    assert "](" not in prose
    assert "list of blocks" in shown
    assert len(shown) < MAX_BYTES
