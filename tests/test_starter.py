"""A first deck: made in a new folder only, without a fault, and ready to run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpslides import starter
from bpslides.check import problems_of
from bpslides.errors import UsageError
from bpslides.pipeline import make_site
from bpslides.render import Output
from tests.pages import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new deck."""
    starter.write(tmp_path / "my talk" / "deck")
    return tmp_path / "my talk" / "deck"


def test_new_deck_is_sound(folder: Path) -> None:
    """Not even a warning."""
    assert problems_of(folder / "deck.yaml") == []


def test_new_deck_shows_what_there_is(folder: Path) -> None:
    """Title, live numbers, a formula, a flow, a figure, a table and a demo, on a few slides with notes and claims."""
    site, _ = make_site(folder / "deck.yaml", Output.FOLDER)
    page = read(site.page)
    assert 5 <= len(site.sections) <= 7
    assert all(note["notes"] for note in site.notes)
    for block in (".flow", ".equation", ".figure", ".table", ".callout", ".demo", ".steps"):
        assert page.all(f"section {block}"), block
    assert "16.32" in page.one("#step").text
    assert "claims:" in (folder / "deck.yaml").read_text(encoding="utf-8")


def test_no_number_is_typed(folder: Path) -> None:
    """Numbers in the words of the slides come from the model."""
    slides = (folder / "deck.yaml").read_text(encoding="utf-8").partition("slides:")[2]
    slides = re.sub(r"#.*|\{\{.*?\}\}|claims:(\n      - .*)+", "", slides)
    assert re.findall(r"(?:content|text|title|notes): .*?\d+\.?\d*", slides) == []


def test_files(folder: Path) -> None:
    """The deck, and beside it the schema that its first line names."""
    assert sorted(path.name for path in folder.iterdir()) == ["deck.schema.json", "deck.yaml"]
    assert "$schema=deck.schema.json\n" in (folder / "deck.yaml").read_text(encoding="utf-8")


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    """What has been made but not filled is taken."""
    assert starter.write(tmp_path)


@pytest.mark.parametrize(
    ("name", "why"),
    [("full", "is not empty"), ("file", "is a file"), ("file/below", "cannot write"), ("nul\0", "no folder can have")],
)
def test_refused(tmp_path: Path, name: str, why: str) -> None:
    """Nothing that is there is touched."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match=why):
        starter.write(tmp_path / name)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert (tmp_path / "file").read_text() == "mine"
