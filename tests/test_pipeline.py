"""From a file to a site in one call: a site and its warnings, or every problem at once. Also the golden mistakes."""

import os
from pathlib import Path

import pytest

from bpslides.errors import DeckError
from bpslides.pipeline import make_site
from bpslides.render import Output

GOLDEN = Path(__file__).parent / "golden"


def test_a_site_with_its_warnings(tmp_path: Path) -> None:
    """A warning does not stop a deck."""
    (tmp_path / "deck.yaml").write_text("title: T #1\nslides:\n  - title: A\n")
    site, problems = make_site(tmp_path / "deck.yaml", Output.SERVE)
    assert b"<h2" in site.page
    assert [problem.severity for problem in problems] == ["warning"]


def test_all_problems_in_one_error(tmp_path: Path) -> None:
    """Errors and warnings come together, in the order of the file."""
    (tmp_path / "deck.yaml").write_text("title: T #1\nslides:\n  - titel: A\n  - title: '{{ x.y }}'\n")
    with pytest.raises(DeckError) as caught:
        make_site(tmp_path / "deck.yaml", Output.SERVE)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [1, 3, 3, 4]


@pytest.mark.parametrize("name", ["mistakes", "traps"])
@pytest.mark.parametrize("output", list(Output))
def test_golden_mistakes(monkeypatch: pytest.MonkeyPatch, output: Output, name: str) -> None:
    """A deck full of mistakes is told all of them in one run, word for word, whatever is built."""
    monkeypatch.chdir(GOLDEN)
    with pytest.raises(DeckError) as caught:
        make_site(Path(f"{name}.yaml"), output)
    found = f"{caught.value}\n"
    if os.environ.get("BPSLIDES_UPDATE_GOLDEN"):
        (GOLDEN / f"{name}.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert len(caught.value.problems) >= 10
