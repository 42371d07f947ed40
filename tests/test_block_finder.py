"""Problems know the block that they lie in, and name its page."""

from __future__ import annotations

from pathlib import Path

from bpslides.errors import Problems
from bpslides.pipeline import compute
from tests.decks import NEURON, Deck

DECK = f"""\
title: Test
{NEURON}  network:
    network:
      inputs: {{x: 1}}
      targets: {{t: 1}}
      layers: [{{units: [O], weights: [[1]], activation: non}}]
slides:
  - title: 'No block {{{{ neuron.a }}}}'
    content:
      - 'Bare text {{{{ neuron.q }}}}'
      - callout: 'Short {{{{ neuron.c }}}}'
      - columns:
          - 'Bare text in columns {{{{ neuron.d }}}}'
          - - quote: {{text: 'Nested {{{{ neuron.e }}}}', colour: red}}
            - callout: {{text: Look, icon: nowhere}}
      - flow: [{{label: a, value: 1}}, {{lable: b, value: '{{{{ neuron.f }}}}'}}]
      - flwo: [a]
"""


def test_problems_know_their_block(tmp_path: Path) -> None:
    """The innermost block counts; bare text, slides, models and unknown blocks have none."""
    found = {
        (problem.place.line if problem.place else 0, problem.message.split()[-1]): problem.block
        for problem in Deck(tmp_path, DECK).problems
    }
    assert found[19, "“a”"] is None
    assert found[21, "“q”"] is None
    assert found[22, "“c”"] == "callout"
    assert found[24, "“d”"] == "columns"
    assert found[25, "“colour”"] == "quote"
    assert found[26, "“nowhere”"] == "callout"
    assert found[27, "“lable”"] == "flow"
    assert found[28, "“flwo”"] is None
    assert [block for (line, _), block in found.items() if line < 19] == [None]


def test_message_ends_with_the_page(tmp_path: Path) -> None:
    """The last line of a message is the command that shows more."""
    (problem,) = Deck(tmp_path, "title: T\nslides:\n  - title: A\n    content:\n      - quote: {txt: Hi}\n").problems[
        :1
    ]
    assert str(problem).splitlines()[-1] == "  more: bpslides help quote"


def test_included_decks(tmp_path: Path) -> None:
    """Each file has its own blocks: what stands at the same place of another file does not count."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "deck.yaml").write_text(
        "title: O\nslides:\n  - title: A\n    content:\n      - steps: [{titel: A}]\n"
    )
    (tmp_path / "deck.yaml").write_text("title: T\nslides:\n  - include: other\n  - title: A\n    contnt: [A]\n")
    problems = Problems()
    compute(tmp_path / "deck.yaml", problems)
    assert {(Path(p.place.file).parent.name == "other", p.block) for p in problems.found if p.place} == {
        (True, "steps"),
        (False, None),
    }


def test_aliases_that_go_in_circles(tmp_path: Path) -> None:
    """A deck that contains itself is told and left."""
    deck = "title: T\nslides: &s\n  - title: A\n    content: *s\n  - quote: {txt: A}\n"
    assert Deck(tmp_path, deck).problems
