"""Decks as pictures and as PowerPoint: what is on them, in which size, and what is told besides."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Emu

from bpslides.errors import UsageError
from bpslides.export.pages import Pages
from bpslides.export.pictures import write_pictures
from bpslides.export.pptx import write_pptx
from bpslides.write import MANIFEST

TALK = """\
title: A talk
lang: de
aspect: '4:3'
theme: light
slides:
  - {title: A start, id: start, layout: title, background: {colour: '#990000'}, notes: Welcome.}
  - title: 'The slope $\\frac{df}{dx}$ of $x^2$ & more'
    id: slope
    notes: |
      Take **your** time with $w_1$.

      - One < two
      - Two
    content:
      - 'Words with $\\frac{df}{dx} = 2x$.'
      - list: {items: [alpha, beta], appear: true}
      - figure: {function: x**2, domain: [0, 1], alt: A parabola}
  - {title: The end, id: end, background: {colour: '#000099'}}
"""


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck of three slides."""
    file = tmp_path_factory.mktemp("talk") / "deck.yaml"
    file.write_text(TALK, encoding="utf-8")
    return file


def silent(what: str, done: int, total: int) -> None:
    """Watches nothing."""


def corner(picture: Image.Image) -> tuple[int, ...]:
    """The colour of the lower right corner."""
    colour = picture.convert("RGB").getpixel((picture.width - 1, picture.height - 1))
    assert isinstance(colour, tuple)
    return tuple(map(int, colour))


def test_pictures(talk: Path, tmp_path: Path) -> None:
    """One a slide, called by number and id, in the size asked for; a contact sheet, and a card of the first slide."""
    folder = tmp_path / "pictures"
    assert write_pictures(talk, folder, Pages(), 0.5, silent) == []
    names = {path.name for path in folder.iterdir()}
    slides = {"00-start.png", "01-slope.png", "02-end.png"}
    assert names == {*slides, "contact-sheet.png", "social-card.png", MANIFEST}
    opened = {name: Image.open(BytesIO((folder / name).read_bytes())) for name in names - {MANIFEST}}
    assert {opened[name].size for name in slides} == {(480, 360)}
    assert corner(opened["00-start.png"]) == (153, 0, 0)
    assert corner(opened["02-end.png"]) == (0, 0, 153)
    card = opened["social-card.png"].convert("RGB")
    assert card.size == (600, 315)
    assert {card.getpixel((x, 5)) for x in (0, 300, 599)} == {(153, 0, 0)}, "it is filled beside the slide, too"
    sheet = opened["contact-sheet.png"].convert("RGB")
    seen = {sheet.getpixel((x, 40)) for x in range(sheet.width)}
    assert {(153, 0, 0), (0, 0, 153)} <= seen, "all slides are on the contact sheet"


def test_fewer_pictures_replace_more(talk: Path, tmp_path: Path) -> None:
    """What is no longer one of the pictures goes; what is not ours stays."""
    write_pictures(talk, tmp_path / "out", Pages(), 0.2, silent)
    (tmp_path / "out" / "mine.png").write_text("mine")
    write_pictures(talk, tmp_path / "out", Pages(range="end"), 0.2, silent)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"02-end.png", "contact-sheet.png", "social-card.png", "mine.png", MANIFEST}


def test_no_pictures_in_a_built_deck(talk: Path, tmp_path: Path) -> None:
    """A deck that was built there would lose its parts."""
    (tmp_path / MANIFEST).write_text("assets/deck.js\nindex.html\n")
    with pytest.raises(UsageError, match="holds a deck that was built there"):
        write_pictures(talk, tmp_path, Pages(), 1, silent)
    with pytest.raises(UsageError, match=r"holds .*deck\.yaml"):
        write_pictures(talk, talk.parent, Pages(), 1, silent)


def test_powerpoint(talk: Path, tmp_path: Path) -> None:
    """A picture a slide in the deck's proportions, titles as text in their places, notes, words for the pictures."""
    assert write_pptx(talk, tmp_path / "talk.pptx", Pages(), silent) == []
    made = Presentation(str(tmp_path / "talk.pptx"))
    assert (made.slide_width, made.slide_height) == (960 * 9525, 720 * 9525)
    assert made.core_properties.title == "A talk"
    assert made.core_properties.author == ""
    assert made.core_properties.language == "de"
    titles = [slide.shapes.title.text_frame.text for slide in made.slides if slide.shapes.title]
    assert titles == ["A start", "The slope df/dx of x² & more", "The end"]
    start, slope, end = made.slides
    assert start.notes_slide.notes_text_frame is not None
    assert start.notes_slide.notes_text_frame.text == "Welcome."
    assert slope.notes_slide.notes_text_frame is not None
    assert slope.notes_slide.notes_text_frame.text == "Take your time with w₁.\nOne < two\nTwo"
    assert not end.has_notes_slide
    picture, title = slope.shapes
    assert picture._element.nvPicPr.cNvPr.get("descr") == "Words with df/dx=2x.\nalpha\nbeta\nA parabola"
    assert (picture.width, picture.height) == (960 * 9525, 720 * 9525)
    assert Emu(title.left).inches == pytest.approx(64 / 96)
    assert title.text_frame.paragraphs[0].font.bold
    image = Image.open(BytesIO(picture.image.blob)).convert("L")
    assert image.size == (1920, 1440)
    top, height = (round(Emu(side) / 9525 * 2) for side in (title.top, title.height))
    band = image.crop((0, top, image.width, top + height))
    assert band.getextrema()[0] == band.getextrema()[1], "the title is in the picture, too"
