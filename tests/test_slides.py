"""Slides and blocks as they stand on the page."""

from pathlib import Path

from tests.decks import Deck, with_content


def test_broken_blocks_leave_a_mark(tmp_path: Path) -> None:
    """A block that cannot be made leaves the others alone."""
    deck = Deck(tmp_path, with_content("- Before\n- figure: {function: 'x +', domain: [0, 1]}\n- After"))
    assert deck.page.texts(".prose") == ["Before", "After"]
    assert deck.page.texts(".broken") == ["This figure could not be made."]


def test_numbers_in_tables_line_up(tmp_path: Path) -> None:
    """A column of numbers is set to the right by itself; the author's word counts more."""
    table = "- table: {header: [name, value], rows: [[w, '{{ neuron.w }}'], [b, '0.25']]}"
    cells = Deck(tmp_path, with_content(table)).sound.page.all("tbody td")
    assert [cell.attributes["class"] for cell in cells] == ["", "number", "", "number"]
