"""What built decks weigh: the budgets hold, and the report tells what is there."""

import gzip
import re
from pathlib import Path

import pytest

from bpslides import paths, sizes
from bpslides.frame import FAMILIES, families_of
from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output, Site
from tests.decks import Deck, with_content
from tests.test_assets import PIXEL

PLOTLY = re.compile(r'<script type="text/plain" id=":plotly">.*?</script>', re.DOTALL)
WEB = Path(__file__).parent.parent / "web"


@pytest.fixture(scope="module")
def single() -> Site:
    """The visual guide as one file."""
    return make_site(find("visual-guide"), Output.SINGLE_FILE)[0]


def test_a_single_file_is_small(single: Site) -> None:
    """The visual guide, whole and without what draws its plots; the latter compressed, too."""
    assert len(single.page) <= 1_000_000
    without = PLOTLY.sub("", single.page.decode()).encode()
    assert len(without) <= 320_000
    assert len(gzip.compress(without)) <= 130_000


def test_the_first_slide_of_a_folder_takes_little() -> None:
    """All that may be fetched before the first slide is seen: everything but Plotly."""
    site, _ = make_site(find("visual-guide"), Output.FOLDER)
    first = [part for part in sizes.parts(site.files) if part.name != "Plotly"]
    assert {"slides", "styles", "scripts", "fonts"} == {part.name for part in first}
    assert sum(part.packed for part in first) <= 120_000


@pytest.mark.parametrize("name", paths.shipped_decks())
def test_shipped_decks_are_within_budget(name: str) -> None:
    """No part of ours is over its budget in any of them."""
    site, _ = make_site(find(name), Output.FOLDER)
    assert [part for part in sizes.parts(site.files) if part.is_over] == []


def test_parts_are_all_of_it(single: Site, tmp_path: Path) -> None:
    """Taken apart, a page or a folder loses no byte, and pictures are told from what is ours."""
    assert sum(part.size for part in sizes.parts(single.files)) == len(single.page)
    (tmp_path / "x.png").write_bytes(PIXEL)
    for output in (Output.FOLDER, Output.SINGLE_FILE):
        site = Deck(tmp_path, with_content("- '![A pixel](x.png)'"), output).sound.site
        found = {part.name: part for part in sizes.parts(site.files)}
        assert sum(part.size for part in found.values()) == sum(map(len, site.files.values()))
        assert found["pictures"].count == 1
        assert len(PIXEL) <= found["pictures"].size <= len(PIXEL) * 4 / 3 + 30
        assert "Plotly" not in found


def test_the_report(single: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each part, the sums, and a mark where a budget is exceeded."""
    assert re.search(
        r"^visual-guide +kB +compressed +budget$", sizes.report("visual-guide", single.files), re.MULTILINE
    )
    monkeypatch.setitem(sizes.BUDGETS, "fonts", 1_000)
    head, *lines = sizes.report("visual-guide", single.files).splitlines()
    assert head.split() == ["visual-guide", "kB", "compressed", "budget"]
    rows = [line.split("  ") for line in lines]
    names = [row[1] for row in rows]
    assert names == ["slides", "styles", "fonts (3)", "scripts", "Plotly", "without Plotly", "together"]
    assert [row[1] for row in rows if row[-1] == "over"] == ["fonts (3)"]


def test_a_deck_carries_the_runtime_that_it_needs() -> None:
    """A build for each set of families of blocks; one with more is larger, and the server sends the whole."""
    assert families_of('<div data-block="figure"><div data-block="demo">') == ""
    assert families_of('<div data-block="walk"><div data-block="quiz">') == "-practice-walks"
    assert families_of("", whole=True) == "-practice-training-walks"
    for kind, name in (("js", "deck"), ("css", "base")):
        lengths = [
            len(paths.static(f"{name}{families_of(html)}.{kind}"))
            for html in ("", *(f'<i data-block="{block}">' for block in ("quiz", "training", "walk")))
        ]
        assert max(lengths) < len(paths.static(f"{name}{families_of('', whole=True)}.{kind}"))
        assert min(lengths[1:]) > lengths[0]


def test_families_agree_with_the_runtime() -> None:
    """The blocks of a family are those that a build without it leaves out."""
    source = (WEB / "src/blocks/index.ts").read_text()
    found = re.findall(r"\.\.\.\((\w+) && \{ ([\w, ]+) \}\)", source)
    assert {family.lower(): set(blocks.split(", ")) for family, blocks in found} == FAMILIES


def test_large_pictures_are_warned_of(tmp_path: Path) -> None:
    """From two megabytes on, with what to do; the deck is built all the same."""
    (tmp_path / "x.png").write_bytes(PIXEL + bytes(2_000_001 - len(PIXEL)))
    (message,) = Deck(tmp_path, with_content("- '![A pixel](x.png)'")).messages
    assert "“x.png” has 2.0 MB" in message
    (tmp_path / "x.png").write_bytes(PIXEL + bytes(2_000_000 - len(PIXEL)))
    assert Deck(tmp_path, with_content("- '![A pixel](x.png)'")).messages == []
