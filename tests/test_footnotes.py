"""Footnotes: collected from the whole slide, numbered as they are called, at its foot."""

from pathlib import Path

import pytest

from tests.decks import NEURON, Deck, with_content

SLIDE = """
- |
  First[^b], then[^a], and again[^b].

  [^a]: Says *a*.
- columns: ['In a column[^c].', Other]
- table: {header: [x], rows: [['cell[^a]']]}
- "[^b]: Says {{ neuron.L | .2f }}, see[^d].\\n\\n[^c]: Says c.\\n\\n[^d]: Says d."
"""


def test_notes_of_a_slide(tmp_path: Path) -> None:
    """Notes may be written in any text of the slide; they are numbered in the order in which they are called."""
    page = Deck(tmp_path, with_content(SLIDE)).sound.page
    assert page.texts("sup a") == ["1", "2", "1", "3", "2", "4"]
    assert page.texts("ol.footnotes li") == ["Says 0.81, see4.", "Says a.", "Says c.", "Says d."]
    targets = [f"#{item.attributes['id']}" for item in page.all("ol.footnotes li")]
    assert {link.attributes["href"] for link in page.all("sup a")} == set(targets)


def test_ids_are_of_one_slide(tmp_path: Path) -> None:
    """Two slides with a footnote of one name have two notes, and no id of a slide can be taken."""
    slides = "".join(f'  - {{title: S{n}, content: "x[^1]\\n\\n[^1]: note {n}"}}\n' for n in (1, 2))
    page = Deck(tmp_path, f"title: T\n{NEURON}slides:\n{slides}  - {{title: A, id: s1-note-1}}\n").sound.page
    ids = [node.attributes["id"] for node in page.below() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    assert [link.attributes["href"] for link in page.all("sup a")] == ["#s1.note-1", "#s2.note-1"]
    assert page.texts("#s1 .footnotes") == ["note 1"]


def test_titles_in_windows_have_no_marks(tmp_path: Path) -> None:
    """A title may have a footnote; where only plain text stands, its mark is left out."""
    deck = Deck(tmp_path, "title: T\nslides:\n  - {title: 'One[^1]', content: '[^1]: note'}\n").sound
    assert deck.page.texts("h2 sup") == ["1"]
    assert deck.site.notes[0]["title"] == "One"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "- Nobody[^x] says.",
            "16:15: this slide has no footnote “x” (HINT)",
        ),
        ('- "Text.\\n\\n[^x]: Note."', "16:19: warning: nothing refers to the footnote “x” (write [^x] there)"),
        ('- "a[^x]\\n\\n[^x]: A."\n- "[^x]: B."', "17:10: this slide has two footnotes “x” (give each its own name)"),
    ],
)
def test_mistakes(tmp_path: Path, content: str, message: str) -> None:
    """A reference without a note, a note without a reference, and two notes of one name are told."""
    hint = r"write it in a line of its own: [^x]: text; for the characters themselves: \[^x]"
    assert Deck(tmp_path, with_content(content)).messages == [message.replace("HINT", hint)]


def test_not_a_footnote(tmp_path: Path) -> None:
    """What is escaped or code stays as it is."""
    page = Deck(tmp_path, with_content(r"- '\[^x] and `[^y]`'")).sound.page
    assert page.texts(".prose") == ["[^x] and [^y]"]


def test_notes_of_the_speaker(tmp_path: Path) -> None:
    """What the presenter says has no foot, and that is told."""
    deck = Deck(tmp_path, 'title: T\nslides:\n  - {title: A, notes: "x[^1]\\n\\n[^1]: y"}\n')
    assert deck.messages == ["3:33: there are footnotes only on a slide (say it in the text)"]
