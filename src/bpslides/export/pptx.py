"""A deck for PowerPoint and its kin: a picture of every slide, with its title as text that can be changed.

Notes are kept, and every picture says what it shows.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bpslides.errors import Problem, UsageError
from bpslides.export.order import Made, Order, Watch
from bpslides.export.pages import Pages
from bpslides.mathml import in_a_line
from bpslides.write import check_target, write_bytes

if TYPE_CHECKING:
    from pptx.presentation import Presentation

    from bpslides.render import Site

#: How much larger than the slides the pictures are.
SCALE = 2
#: A slide pixel in the units of the format: 96 pixels an inch.
PIXEL = 9525
#: The layout of python-pptx's own template that has a title and nothing else.
TITLE_ONLY = 5


def write_pptx(file: Path, target: Path, pages: Pages, watch: Watch) -> list[Problem]:
    """The deck in ``file`` as a presentation at ``target``; returns the warnings about it.

    Raises:
        DeckError: the deck has errors.
        UsageError: there is no browser, python-pptx is not installed, or ``target`` is no place for a file.
        BpslidesError: the browser did not draw it, or the disk refuses. What was at ``target`` is still there.
    """
    check_target(target, [file])
    presentation = _empty()
    with Order(file, watch) as order:
        site = order.site
        _set_up(presentation, site)
        notes = {note["id"]: note for note in site.notes}
        slides = order.slides(pages)
        wanted = {"scale": SCALE, "titles": False, "describe": True, "extras": []}
        for slide, made in zip(slides, order.printed(pages, wanted), strict=True):
            _add(presentation, site, made, notes[slide])
        data = BytesIO()
        presentation.save(data)
        write_bytes(target, data.getvalue(), site.read)
        return order.problems


def _empty() -> Presentation:
    try:
        import pptx  # here: an optional extra
    except ModuleNotFoundError:
        raise UsageError("Making PowerPoint files needs python-pptx: pip install 'bpslides[export]'") from None
    return pptx.Presentation()


def _set_up(presentation: Presentation, site: Site) -> None:
    from pptx.util import Emu

    width, height = site.canvas
    presentation.slide_width, presentation.slide_height = Emu(width * PIXEL), Emu(height * PIXEL)
    about = presentation.core_properties
    about.title, about.author, about.last_modified_by, about.language = site.title, "", "", site.lang


def _add(presentation: Presentation, site: Site, made: Made, note: dict[str, Any]) -> None:
    """One slide: the picture, the title above it, the notes."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
    from pptx.util import Pt

    assert made.words is not None
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY])
    width, height = (size * PIXEL for size in site.canvas)
    picture = slide.shapes.add_picture(BytesIO(made.data), 0, 0, width, height)
    picture.name = "Slide"
    picture._element.nvPicPr.cNvPr.set("descr", as_text(made.words["words"]))
    slide.shapes._spTree.insert(2, picture._element)  # behind the title; before it stand two that are no shapes
    look = made.words["title"]
    title = slide.shapes.title
    assert title is not None
    title.left, title.top = (round(look[side] * PIXEL) for side in ("x", "y"))
    # Another machine may have another font: what is wider than ours finds room up to the margin.
    title.width = round((site.canvas[0] - 2 * look["x"]) * PIXEL)
    title.height = round(look["height"] * PIXEL)
    frame = title.text_frame
    frame.text = note["title"]
    frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for paragraph in frame.paragraphs:
        _dress(paragraph, look, Pt(round(look["size"] * 0.75)))
    if note["notes"]:
        text = slide.notes_slide.notes_text_frame
        assert text is not None
        text.text = as_text(note["notes"])


def _dress(paragraph: Any, look: dict[str, Any], size: Any) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT
    paragraph.line_spacing = 1.0
    font = paragraph.font
    font.size, font.bold = size, look["weight"] >= 600
    font.name = look["font"].split(",")[0].strip(' "')
    font.color.rgb = RGBColor(*bytes.fromhex(look["colour"]))  # type: ignore[no-untyped-call]


def as_text(html: str) -> str:
    """Notes, or what a slide shows, as lines without markup."""
    paragraphs = re.split(r"</(?:p|li|h\d|tr|pre|blockquote)>|<br\s*/?>|\n", in_a_line(html))
    plain = (Markup(paragraph).striptags() for paragraph in paragraphs)  # noqa: S704 - tags are taken out
    return "\n".join(text for text in plain if text)
