"""Decks as PDF: every shipped one, page by page, and what may become of a page that does not behave."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from bpslides import paths
from bpslides.errors import BpslidesError
from bpslides.export.handout import Handout
from bpslides.export.order import Order, job
from bpslides.export.pages import Pages, chosen
from bpslides.export.pdf import bookmarked, neutral, write_pdf
from bpslides.export.press import work
from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output, Site

TALK = """\
title: A talk of four
lang: en-GB
slides:
  - {title: First words, layout: title, notes: Welcome.}
  - title: Point by point
    content:
      - list: {items: [alpha, beta, gamma], appear: true}
      - "To [the end](#/end), [a page](https://example.org/), [a file](other.html)."
    notes: "Take **your** time with $w_1$."
  - title: 'A title with $\\frac{a}{b}$ that is so long that it has to go on in a second line of its own'
    background: {colour: '#003366'}
    content: '{{ 1 / 8 }}'
  - {title: The end, id: end, content: Farewell.}
"""

Print = Callable[..., PdfReader]


def reports_of(browser: Browser, site: Site, pages: Pages, pictures: dict[str, Any] | None = None) -> Iterator[Any]:
    """What the press reports, in a browser that is there already."""
    ids = chosen(pages.range, [section.id for section in site.sections])
    told: list[dict[str, Any]] = []
    work(browser, job(site, pages, ids, pictures), told.append)
    assert [report for report in told if report["kind"] in ("complaint", "plots")] == []
    return (report for report in told if report["kind"] == "file")


def printed(browser: Browser, site: Site, pages: Pages) -> bytes:
    """A deck as a PDF."""
    (report,) = reports_of(browser, site, pages)
    return neutral(base64.b64decode(report["data"]))


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A deck of four slides."""
    file = tmp_path / "deck.yaml"
    file.write_text(TALK, encoding="utf-8")
    return file


@pytest.fixture
def print_talk(talk: Path, chromium: Browser) -> Print:
    """Prints that deck: `print_talk(fragments=True)`."""
    site, _ = make_site(talk, Output.PRINT)
    return lambda **wanted: PdfReader(BytesIO(printed(chromium, site, Pages(**wanted))))


def letters(text: str) -> str:
    """A text without spaces, and with formulas' letters as plain ones: PDFs keep neither."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKD", text)).replace("\u0302", "").replace("ˆ", "")


def titles(pdf: PdfReader) -> list[tuple[str, int]]:
    """All bookmarks, with the number of their page from 1."""

    def flat(outline: Any) -> Iterator[Any]:
        for entry in outline:
            yield from flat(entry) if isinstance(entry, list) else [entry]

    return [(str(entry.title), (pdf.get_destination_page_number(entry) or 0) + 1) for entry in flat(pdf.outline)]


def sizes(pdf: PdfReader) -> set[tuple[int, int]]:
    """Width and height of the pages in points, 72 an inch."""
    return {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.pages}


#: Numbers that were worked out apart from us and have to be found in the printed text.
NUMBERS = {
    "visual-guide": "1.1 0.81 −1.8 −3.6 0.536 0.685584 0.6561",
    "chain-rule": "49.4209 0.0466377523 −0.1119336351 −0.7154962127 0.2035613823 0.1778944406",
    "backprop-slowly": "0.7550 0.6803 0.6637 0.6903 0.01810 −0.0407 −0.00265 −0.00817 −0.000929 0.8730 0.01657 "
    "4.34% 8.50% 0.4713 0.0819 0.0546 0.04201 0.03990",
    "derivatives-slowly": "6.001 8.003 0.7311 0.1966 1.75 3.20 0.8775",
    "chain-rule-slowly": "49.042009 42.009 −0.7788 0.1966 36.018 637,621,500",
    "credit-assignment": "0.6891 0.3723 −1.4511 −0.1057 −0.230 −0.1865 −0.1492 0.9912",
}
NUMBERS["backprop"] = f"{NUMBERS['visual-guide']} {NUMBERS['chain-rule']}"


@pytest.mark.parametrize("name", paths.shipped_decks())
def test_shipped_decks(name: str, chromium: Browser) -> None:
    """A page a slide with its title as text and in a bookmark; the numbers; tags, language, title, fonts; no path."""
    site, _ = make_site(find(name), Output.PRINT)
    plain = [note["title"] for note in site.notes]
    data = bookmarked(printed(chromium, site, Pages()), plain)
    pdf = PdfReader(BytesIO(data), strict=True)
    texts = [letters(page.extract_text()) for page in pdf.pages]
    assert len(texts) == len(site.sections)
    for title, text in zip(plain, texts, strict=True):
        words = [letters(word) for word in re.findall(r"[A-Za-z]{4,}", title)]
        assert all(word.upper() in text.upper() for word in words), title  # a theme may set titles in capitals
    assert titles(pdf) == [(title, number) for number, title in enumerate(plain, 1)]
    for number in NUMBERS[name].split():
        assert any(number in text for text in texts), number
    assert pikepdf.open(BytesIO(data)).check_pdf_syntax() == [], "qpdf, which is strict, finds fault"
    root = catalogue(pdf)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == site.title
    assert set(pdf.metadata) == {"/Title", "/Creator", "/Producer"}
    assert b"deck.invalid" not in data
    assert str(Path.cwd()).encode() not in data
    fonts = {kind for page in pdf.pages for kind in font_kinds(page)}
    assert fonts == {"/Type0"}, "a font became drawings"


def catalogue(pdf: PdfReader) -> Any:
    """What the PDF says about itself."""
    return pdf.trailer["/Root"]


def font_kinds(page: Any) -> Iterator[str]:
    """The kinds of the fonts of a page, all of which are inside of the file."""
    for reference in page["/Resources"].get("/Font", {}).values():
        font = reference.get_object()
        if font["/Subtype"] == "/Type3":
            # The browser's way with a number that has a halo, so that a line behind it does not cross it out.
            assert "/ToUnicode" in font
            continue
        yield font["/Subtype"]
        for child in font.get("/DescendantFonts", []):
            assert "/FontFile2" in child.get_object()["/FontDescriptor"]


def test_vector_plots(chromium: Browser) -> None:
    """A plot is drawn, not photographed, and its labels are text."""
    site, _ = make_site(find("visual-guide"), Output.PRINT)
    pdf = PdfReader(BytesIO(printed(chromium, site, Pages(range="8"))))
    (page,) = pdf.pages
    assert [image.name for image in page.images] == []
    assert "weight w" in page.extract_text()


def test_a_page_a_slide(print_talk: Print) -> None:
    """Everything has appeared, pages are as large as the slides, and the language is the deck's."""
    pdf = print_talk()
    assert len(pdf.pages) == 4
    assert sizes(pdf) == {(960, 540)}
    text = pdf.pages[1].extract_text()
    assert all(word in text for word in ("alpha", "beta", "gamma"))
    assert catalogue(pdf)["/Lang"] == "en-GB"
    assert "0.125" in pdf.pages[2].extract_text()


def test_fragments(print_talk: Print) -> None:
    """A page for everything that appears; links lead to the first page of a slide, and it has one bookmark."""
    pdf = print_talk(fragments=True)
    texts = [page.extract_text() for page in pdf.pages]
    shown = [[word in text for word in ("alpha", "beta", "gamma")] for text in texts[1:5]]
    assert shown == [[False] * 3, [True, False, False], [True, True, False], [True] * 3]
    assert len(texts) == 7
    assert [page for _, page in titles(pdf)] == [1, 2, 6, 7]


def test_steps(chromium: Browser) -> None:
    """A walk has a page for each of its steps, each with the numbers that are reached."""
    site, _ = make_site(find("chain-rule"), Output.PRINT)
    pdf = PdfReader(BytesIO(printed(chromium, site, Pages(range="walk", steps=True))))
    texts = [letters(page.extract_text()) for page in pdf.pages]
    assert len(texts) == 12
    assert [("0.2845" in text, "0.0466" in text) for text in texts[:4]] == [(False, False)] * 3 + [(True, False)]
    assert "0.0466" in texts[-1]
    assert "0.0466" not in texts[8]


EXERCISE = """\
title: Now you
models: {line: {inputs: {x: 3.0}, parameters: {w: 1.5}, graph: {y: w*x, L: (y - 1)**2}, loss: L}}
slides:
  - title: Work it out
    content: [{exercise: {model: line, ask: [y, L, grad.w]}}]
  - title: What is right?
    content: [{quiz: {question: Which way?, choices: [{text: Up, why: It is steep.}, {text: Down, right: true}]}}]
"""


def test_solutions(tmp_path: Path, chromium: Browser) -> None:
    """Exercises are blanks; the worked values and what is right come only with the solutions."""
    (tmp_path / "deck.yaml").write_text(EXERCISE, encoding="utf-8")
    site, _ = make_site(tmp_path / "deck.yaml", Output.PRINT)
    for solutions in (False, True):
        pdf = PdfReader(BytesIO(printed(chromium, site, Pages(solutions=solutions))))
        blank, quiz = (letters(page.extract_text()) for page in pdf.pages)
        assert ["12.2" in blank, "21.0" in blank] == [solutions, solutions]
        assert ("✓right" in quiz) == solutions
        assert "Down" in quiz


def test_links(print_talk: Print) -> None:
    """To a slide, and to the network; an address of the deck's folder is no link on paper."""
    pdf = print_talk()
    notes = [note.get_object() for note in pdf.pages[1].get("/Annots", [])]
    (inner,) = [note["/Dest"] for note in notes if "/Dest" in note]
    assert pdf.get_destination_page_number(pdf.named_destinations[inner]) == 3
    assert [note["/A"]["/URI"] for note in notes if "/A" in note] == ["https://example.org/"]
    alone = print_talk(range="1")
    assert [note for note in alone.pages[0].get("/Annots", []) if "/Dest" in note.get_object()] == []


def test_backgrounds(print_talk: Print) -> None:
    """Colours of the theme and of the slide are printed."""
    contents = print_talk().pages[2].get_contents()
    assert contents is not None
    assert re.search(rb"\b0 \.2 \.4 rg\s", contents.get_data())


def test_bookmarks_say_what_the_author_wrote(talk: Path, print_talk: Print, chromium: Browser) -> None:
    """Lines that are broken keep their space, formulas their order."""
    site, _ = make_site(talk, Output.PRINT)
    plain = [note["title"] for note in site.notes]
    changed = PdfReader(BytesIO(bookmarked(printed(chromium, site, Pages()), plain)))
    assert [title for title, _ in titles(changed)] == plain
    assert "goes on in" not in plain[2]
    assert "that it has to go on in a second line" in plain[2]


@pytest.mark.parametrize(
    ("size", "points"), [("16:9", (960, 540)), ("4:3", (720, 540)), ("a4", (842, 595)), ("letter", (792, 612))]
)
def test_sizes(print_talk: Print, size: str, points: tuple[int, int]) -> None:
    """Every size has a page a slide, and nothing of it is lost."""
    pdf = print_talk(size=size)
    assert len(pdf.pages) == 4
    assert sizes(pdf) == {points}
    assert [("Farewell." in page.extract_text()) for page in pdf.pages] == [False] * 3 + [True]


@pytest.mark.parametrize(("count", "sheets"), [(1, 4), (2, 2), (3, 2), (4, 1), (6, 1)])
def test_handouts(print_talk: Print, count: int, sheets: int) -> None:
    """Upright A4, so many slides a sheet, numbered; notes are not in it."""
    pdf = print_talk(handout=Handout(count))
    assert len(pdf.pages) == sheets
    assert sizes(pdf) == {(595, 842)}
    texts = [page.extract_text() for page in pdf.pages]
    assert "Farewell." in texts[-1]
    assert f"1 / {sheets}" in texts[0]
    assert "A talk of four" in texts[0]
    assert "Welcome." not in texts[0]
    assert len(titles(pdf)) == 4


def test_notes(print_talk: Print) -> None:
    """Each slide with its notes below it, formulas and all; long ones go on on a further sheet."""
    pdf = print_talk(handout=Handout(1, notes=True, lines=False), size="letter")
    assert len(pdf.pages) == 4
    assert sizes(pdf) == {(612, 792)}
    assert "Welcome." in pdf.pages[0].extract_text()
    assert "Takeyourtimewithw1" in letters(pdf.pages[1].extract_text())


def test_long_notes_go_on(tmp_path: Path, chromium: Browser) -> None:
    """No word of them is lost."""
    words = " ".join(f"word{number}" for number in range(2000))
    (tmp_path / "deck.yaml").write_text(f"title: T\nslides: [{{title: A, notes: {words}}}]\n", encoding="utf-8")
    site, _ = make_site(tmp_path / "deck.yaml", Output.PRINT)
    for count in (1, 6):
        pdf = PdfReader(BytesIO(printed(chromium, site, Pages(handout=Handout(count, notes=True)))))
        assert len(pdf.pages) > 1
        text = "".join(page.extract_text() for page in pdf.pages)
        assert all(f"word{number}" in text for number in range(2000))


def silent(what: str, done: int, total: int) -> None:
    """Watches nothing."""


def test_the_same_deck_gives_the_same_bytes(talk: Path, tmp_path: Path) -> None:
    """Printed twice, by two browsers; what is told on the way ends with all pages."""
    watched: list[tuple[str, int, int]] = []
    for name in ("a.pdf", "b.pdf"):
        assert write_pdf(talk, tmp_path / name, Pages(), lambda *told: watched.append(told)) == []
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert watched[-2:] == [("pages", 0, 4), ("pages", 4, 4)]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_two_runs_at_once(talk: Path, tmp_path: Path) -> None:
    """Into one file, where an old one is: both end well, and it is the whole of what either makes."""
    target = tmp_path / "talk.pdf"
    target.write_text("old")
    command = [sys.executable, "-m", "bpslides", "pdf", str(talk), "-o", str(target)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait(timeout=120) for run in runs] == [0, 0]
    assert len(PdfReader(target, strict=True).pages) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"deck.yaml", "talk.pdf"}


def misbehaving(order: Order, script: str) -> None:
    """Adds a script to the deck's own."""
    name = next(name for name in order.site.files if re.search(r"deck\.\w+\.js", name))
    order.site.files[name] += f"\n;{script}".encode()


def test_an_endless_page_is_ended(talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that never comes to rest costs its order, with one message, and no more."""
    with Order(talk, silent) as order:
        misbehaving(order, "setTimeout(() => { while (true); }, 50)")
        order._errand.patience = 8
        with pytest.raises(BpslidesError, match="the browser was ended: nothing was heard for 8 s"):
            list(order.printed(Pages()))


def test_a_plot_that_throws(tmp_path: Path) -> None:
    """A page with a hole is not printed: the slide is named, with what the page says, and the old PDF stays."""
    figure = "{figure: {function: x**2, domain: [0, 1]}}"
    (tmp_path / "deck.yaml").write_text(
        f"title: T\nslides: [{{title: Plotted, content: [{figure}]}}]\n", encoding="utf-8"
    )
    with Order(tmp_path / "deck.yaml", silent) as order:
        name = next(name for name in order.site.files if "plotly" in name)
        order.site.files[name] = b"Plotly = {newPlot() { throw Error('no ink') }}"
        with pytest.raises(BpslidesError, match=r"a plot on the slide “plotted” could not be drawn \(.*no ink"):
            list(order.printed(Pages()))


def test_complaints_are_told(talk: Path) -> None:
    """What the page says to its console does not stop the press, and is a warning."""
    with Order(talk, silent) as order:
        misbehaving(order, "console.error('odd'); new Image().src = 'https://example.org/x.png'")
        assert len(list(order.printed(Pages()))) == 1
        messages = [problem.message for problem in order.problems]
        assert "the page complains: odd" in messages
        assert all(problem.severity == "warning" for problem in order.problems)


def below(process: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()[1:]]
    parents = {int(process): int(parent) for process, parent in rows}
    found = [process]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found[1:]


def test_a_browser_that_crashes(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is over at once, with one message, and what was there before is whole."""
    (tmp_path / "old.pdf").write_text("old")
    plain = Order.printed

    def crashing(self: Order, *arguments: Any) -> Iterator[Any]:
        misbehaving(self, "setTimeout(() => { while (true); }, 50)")  # so that there is time
        self._errand.patience = 60
        threading.Thread(target=crash, args=(self._errand._process.pid,)).start()
        return plain(self, *arguments)

    def crash(errand: int) -> None:
        while len(started := below(errand)) < 2:  # the driver, and its browser
            time.sleep(0.1)
        os.kill(started[1], signal.SIGKILL)

    monkeypatch.setattr(Order, "printed", crashing)
    with pytest.raises(BpslidesError, match="closed"):
        write_pdf(talk, tmp_path / "old.pdf", Pages(), silent)
    assert (tmp_path / "old.pdf").read_text() == "old"
