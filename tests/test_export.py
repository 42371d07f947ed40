"""What is printed: ranges, sizes, handouts; and what the commands refuse before a browser is asked."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from bpslides import cli
from bpslides.errors import UsageError
from bpslides.export.handout import LAYOUTS, MARGIN, PAPER, Handout
from bpslides.export.letters import foreign
from bpslides.export.pages import Pages, arrangement, chosen
from bpslides.export.pdf import bookmarked, neutral
from bpslides.export.pptx import as_text
from bpslides.pipeline import make_site
from bpslides.render import Output
from tests.decks import Deck
from tests.serving import write_deck

IDS = ["start", "step-1", "loss", "end"]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder that holds the small deck as “talk”; gives exit code and standard error."""
    write_deck(tmp_path / "talk")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", IDS),
        ("1", ["step-1"]),
        ("2-3", ["loss", "end"]),
        ("2-", ["loss", "end"]),
        ("end, 0", ["start", "end"]),
        ("step-1,1-2", ["step-1", "loss"]),
    ],
)
def test_ranges(wanted: str, found: list[str]) -> None:
    """By number, as on the slides, or by id; in the order of the deck, each once."""
    assert chosen(wanted, IDS) == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("4", "the range “4” is not in this deck, whose slides are 0 to 3"),
        ("3-1", "the range “3-1” is not in this deck"),
        ("los", "there is no slide “los” (did you mean “loss”?)"),
        ("a,,b", "there is no slide “a”"),
        ("1,", "there is no slide “” (known here: "),
    ],
)
def test_ranges_that_are_none(wanted: str, said: str) -> None:
    """What is not there is told, with what is."""
    with pytest.raises(UsageError, match=re.escape(said)):
        chosen(wanted, IDS)


@pytest.mark.parametrize("paper", PAPER)
@pytest.mark.parametrize("count", LAYOUTS)
def test_handouts_fit_on_their_paper(paper: str, count: int) -> None:
    """So many slides as were asked for have a place between the margins, with room for a line to write on."""
    width, height = PAPER[paper]
    layout = LAYOUTS[count]
    assert layout.rows * layout.columns == count
    across = (width - 2 * MARGIN - 24 * (layout.columns - 1)) / layout.columns
    down = (height - 2 * MARGIN) / layout.rows
    taken = layout.picture
    assert taken[0] <= across - (150 if layout.beside else 0)
    assert min(taken[1], taken[0] * 9 / 16) <= down - (0 if layout.beside else 60)


def test_notes_only_where_they_are_wanted() -> None:
    """Speaker notes do not get into what is handed out, unless asked for."""
    notes = [{"id": "one", "title": "One", "notes": "<p>secret</p>"}]
    plain = arrangement(Pages(handout=Handout(2)), ["one"], notes, "T")
    assert "secret" not in str(plain)
    noted = arrangement(Pages(handout=Handout(2, notes=True)), ["one"], notes, "T")
    assert noted["handout"]["notes"] == {"one": "<p>secret</p>"}


def test_no_hour_and_no_machine() -> None:
    """The dates and the name of the browser go; every byte stays where the table of the PDF says it is."""
    chrome = (
        b"%PDF-1.4\n1 0 obj\n<</Title (a \\(D:1\\) b)\n/Creator (Mozilla/5.0 \\(X11; Linux\\) HeadlessChrome/156)\n"
        b"/CreationDate (D:20261122202451+00'00')\n/ModDate (D:20261122202451+00'00')>>\n"
        b"/ID (node00000534) (node00000537)"
    )
    ours = neutral(chrome)
    assert len(ours) == len(chrome)
    assert ours.index(b"/ID") == chrome.index(b"/ID")
    assert b"2026" not in ours
    assert b"Chrome" not in ours
    assert b"a \\(D:1\\) b" in ours
    assert ours.endswith(b"(node00000000) (node00000001)")


def test_bookmarks_are_amended() -> None:
    """Only those that differ are written anew, at the end, where a table says they are; no other byte changes."""
    writer = PdfWriter()
    for title in ("One", "Tw o", "Three"):
        writer.add_blank_page(100, 100)
        writer.add_outline_item(title=title, page_number=len(writer.pages) - 1)
    plain = BytesIO()
    writer.write(plain)
    data = plain.getvalue()
    assert bookmarked(data, ["One", "Tw o", "Three"]) == data
    assert bookmarked(data, ["One"]) == data, "not a bookmark a slide: none is changed"
    changed = bookmarked(data, ["One", "Two: ∂L/∂w₁", "Three"])
    assert changed.startswith(data)
    table = changed[changed.rindex(b"\nxref\n") :]
    places = re.findall(rb"^(\d+) 1\n(\d{10}) 00000 n $", table, re.MULTILINE)
    assert len(places) == 1
    assert all(changed[int(place) :].startswith(number + b" 0 obj") for number, place in places)
    again = PdfReader(BytesIO(changed), strict=True)
    assert [getattr(entry, "title", None) for entry in again.outline] == ["One", "Two: ∂L/∂w₁", "Three"]
    assert len(again.pages) == 3


def test_print_pins_its_fonts(tmp_path: Path) -> None:
    """On paper every weight is a font of its own; a build has one for all."""
    (tmp_path / "deck.yaml").write_text("title: T\nslides: [{title: A, notes: 'ćwiczenie'}]\n", encoding="utf-8")
    sites = {kind: make_site(tmp_path / "deck.yaml", kind)[0] for kind in (Output.FOLDER, Output.PRINT)}
    fonts = {kind: [name for name in site.files if "Inter" in name] for kind, site in sites.items()}
    assert len(fonts[Output.FOLDER]) == 1
    assert len(fonts[Output.PRINT]) > 3
    css = next(data.decode() for name, data in sites[Output.PRINT].files.items() if name.endswith(".css"))
    assert "font-weight:400 800" not in css
    assert "ćwiczenie" not in sites[Output.PRINT].page.decode()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["talk"], "Missing option '-o'"),
        (["talk", "-o", "talk"], "talk is a folder: name the file to be written"),
        (["talk", "-o", "talk/deck.yaml"], "deck.yaml is what the deck is made from"),
        (["talk", "-o", "/dev/null"], "/dev/null is not a file"),
        (["talk", "-o", "a.pdf", "--per-page", "2"], "add --handout"),
        (["talk", "-o", "a.pdf", "--handout", "--size", "4:3"], "choose --size a4 or letter"),
        (["nothing", "-o", "a.pdf"], "nothing"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told at once, with exit code 2, and nothing is written."""
    monkeypatch.setenv("BPSLIDES_BROWSER", "/no/such/browser")  # it is not asked
    before = Path("talk/deck.yaml").read_bytes()
    code, err = run("pdf", *arguments)
    assert code == 2
    assert said in err
    assert Path("talk/deck.yaml").read_bytes() == before
    assert not list(Path().glob("*.pdf"))


def test_no_browser(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to do, and the exit code of wrong usage: the deck is all right."""
    Path("old.pdf").write_text("old")
    monkeypatch.setenv("BPSLIDES_BROWSER", "/no/such/browser")
    code, err = run("pdf", "talk", "-o", "old.pdf")
    assert code == 2
    assert err == "Error: BPSLIDES_BROWSER is '/no/such/browser', which is not a program: correct it, or unset it.\n"
    assert Path("old.pdf").read_text() == "old"


def test_a_browser_that_breaks_off(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is named, with its way out; what was there before stays."""
    fake = tmp_path / "fake"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    Path("old.pdf").write_text("old")
    monkeypatch.setenv("BPSLIDES_BROWSER", str(fake))
    code, err = run("pdf", "talk", "-o", "old.pdf")
    assert code == 2
    assert f"The browser {fake} does not start" in err
    assert err.count("\n") == 1
    assert Path("old.pdf").read_text() == "old"


@pytest.mark.parametrize(
    ("blow", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_ended_half_way(tmp_path: Path, blow: signal.Signals, code: int) -> None:
    """No process goes on, what was there before is whole, and who can still act leaves nothing behind."""
    seconds = f"86399.{blow:02}"  # by which the fake browser is found among the processes
    fake, scratch, old = tmp_path / "fake", tmp_path / "scratch", tmp_path / "old.pdf"
    fake.write_text(f"#!/bin/sh\nexec sleep {seconds}\n")
    fake.chmod(0o755)
    scratch.mkdir()
    old.write_text("old")
    command = [sys.executable, "-m", "bpslides", "pdf", str(write_deck(tmp_path / "talk")), "-o", str(old)]
    places = {"BPSLIDES_BROWSER": str(fake), "TMPDIR": str(scratch)}
    process = subprocess.Popen(command, env=os.environ | places, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: sleepers(seconds))
    process.send_signal(blow)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    wait_until(lambda: not sleepers(seconds))
    assert old.read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"fake", "scratch", "old.pdf", "talk"}
    assert blow == signal.SIGKILL or not list(scratch.glob("bpslides-*"))


def sleepers(seconds: str) -> bool:
    """Whether a fake browser still runs."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return f"sleep {seconds}" in listed.splitlines()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon, however slow the machine is."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_broken_deck(run: Run) -> None:
    """Its problems are reported as those of a build, and the browser that was waiting for it is gone."""
    Path("talk/deck.yaml").write_text("title: T\nslides: [{titel: A}]\n")
    code, err = run("pdf", "talk", "-o", "a.pdf")
    assert code == 1
    assert "talk/deck.yaml:2:" in err
    assert "did you mean “title”?" in err
    assert not Path("a.pdf").exists()


def test_a_deck_knows_its_canvas(tmp_path: Path) -> None:
    """Pages are as large as the slides."""
    assert Deck(tmp_path, "title: T\nslides: [{title: A}]\n").sound.site.canvas == (1280, 720)
    assert Deck(tmp_path, "title: T\naspect: '4:3'\nslides: [{title: A}]\n").sound.site.canvas == (960, 720)


def test_no_pptx(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that PowerPoint files need is named with the extra that brings it."""
    monkeypatch.setitem(sys.modules, "pptx", None)
    code, err = run("pptx", "talk", "-o", "talk.pptx")
    assert code == 2
    assert "python-pptx: pip install 'bpslides[export]'" in err


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One &lt; two</p><p>Three</p>", "One < two\nThree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p>a<br>b</p>", "a\nb"),
        ("", ""),
    ],
)
def test_notes_as_text(html: str, text: str) -> None:
    """A line for every paragraph, and no markup."""
    assert as_text(html) == text


def test_letters_of_other_fonts(tmp_path: Path) -> None:
    """What this machine has to help out with is a warning where it stands; what we have is none, nor is what joins."""
    text = "title: T\nslides:\n  - {title: 'Ünïcode ∂ ŷ ← ½ Привет', content: 'so 漢字 \\u200d'}\n"
    (tmp_path / "deck.yaml").write_text(text, encoding="utf-8")
    site, _ = make_site(tmp_path / "deck.yaml", Output.PRINT)
    (problem,) = foreign([*site.markdown, *site.latex])
    assert problem.message == "our fonts do not have 漢 字, so this machine's are used"
    assert problem.severity == "warning"
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (3, 52)
