"""What a host of files wants beside the pages: compressed twins, a 404, a mark and a description."""

import gzip
import re
import shlex
from pathlib import Path

import brotli
import pytest
import yaml

from bpslides.cli import main
from bpslides.hosting import twins
from bpslides.write import MANIFEST
from tests.decks import Deck, with_content


def build(*arguments: str) -> int:
    """Run `bpslides build`; returns its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(["build", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """A small deck."""
    file = tmp_path / "talk" / "deck.yaml"
    file.parent.mkdir()
    file.write_text("title: A & B\nsubtitle: Two letters\nslides: [{title: One, content: 'Words'}]\n")
    return file


def test_twins() -> None:
    """What shrinks has two twins with the same content; fonts, pictures and tiny files have none."""
    files = {
        "index.html": b"word " * 99,
        "assets/a.js": b"x",
        "assets/a.woff": b"word " * 99,
        "assets/b.svg": b"s" * 99,
    }
    found = twins(files)
    assert set(found) == {"index.html.gz", "index.html.br", "assets/b.svg.gz", "assets/b.svg.br"}
    assert gzip.decompress(found["index.html.gz"]) == brotli.decompress(found["index.html.br"]) == files["index.html"]
    assert twins(files) == found


def test_twins_come_and_go(deck: Path, tmp_path: Path) -> None:
    """They are written on request; a build without them takes them away, for a host would go on sending them."""
    out = tmp_path / "out"
    assert build(str(deck), "-o", str(out), "--compress") == 0
    before = {str(path.relative_to(out)) for path in out.rglob("*.*") if path.is_file()}
    page = (out / "index.html").read_bytes()
    assert gzip.decompress((out / "index.html.gz").read_bytes()) == page
    assert {path for path in before if path.endswith(".js.br")}
    deck.write_text(deck.read_text().replace("Words", "Other words"))
    assert build(str(deck), "-o", str(out)) == 0
    after = {str(path.relative_to(out)) for path in out.rglob("*.*") if path.is_file()}
    assert {"index.html", "404.html", MANIFEST} < after
    assert not [path for path in after if path.endswith((".gz", ".br"))]


def test_a_single_file_has_no_twins(deck: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says so, and writes nothing."""
    assert build(str(deck), "-o", str(tmp_path / "out"), "--single-file", "--compress") == 2
    assert "--compress is for folders" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_is_not_there(deck: Path, tmp_path: Path) -> None:
    """A folder answers for missing pages: one deck, and several at their root only. The answer needs no other file."""
    other = tmp_path / "second" / "deck.yaml"
    other.parent.mkdir()
    other.write_text(deck.read_text())
    assert build(str(deck), "-o", str(tmp_path / "one")) == 0
    assert build(str(deck), str(other), "-o", str(tmp_path / "two")) == 0
    assert [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("404.html"))] == [
        "one/404.html",
        "two/404.html",
    ]
    text = (tmp_path / "two" / "404.html").read_text()
    assert "There is no such page" in text
    assert "assets/" not in text


def test_pages_describe_themselves(tmp_path: Path) -> None:
    """For a list of bookmarks and for who links to them: a mark, title and description, quoted."""
    text = with_content("- Text").replace("title: Test", 'title: A "B" & C\nsubtitle: $x$ and more')
    page = Deck(tmp_path, text).sound.page
    found = {node.attributes.get("property") or node.attributes.get("name"): node for node in page.all("meta")}
    assert found["og:title"].attributes["content"] == 'A "B" & C'
    assert found["og:description"].attributes["content"] == found["description"].attributes["content"]
    assert "and more" in (found["description"].attributes["content"] or "")
    assert found["twitter:card"].attributes["content"] == "summary"
    icon = page.one("[rel=icon]").attributes["href"] or ""
    assert icon.startswith("data:image/svg+xml,%3Csvg")


def test_the_workflow_for_github_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its actions are pinned, only the job that publishes may do so, and its commands build what it uploads."""
    file = Path(__file__).parent.parent / ".github" / "workflows" / "pages.yml"
    workflow = yaml.safe_load(file.read_text())
    steps = workflow["jobs"]["build"]["steps"]
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(used) == 4
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action) for action in used)
    assert workflow["permissions"] == {"contents": "read"}
    assert [name for name, job in workflow["jobs"].items() if "permissions" in job] == ["deploy"]
    monkeypatch.chdir(tmp_path)
    (command,) = (step["run"] for step in steps if step.get("name") == "Build")
    program, name, *arguments = shlex.split(command.replace("$DECKS", workflow["env"]["DECKS"]))
    assert (program, name) == ("bpslides", "build")
    assert build(*arguments) == 0
    folder = tmp_path / steps[-1]["with"]["path"]
    assert (folder / "index.html").is_file()
    assert (folder / "visual-guide" / "index.html").is_file()
