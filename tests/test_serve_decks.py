"""A deck while it is served: what a page is told after each save, and what is kept when a save is broken."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from bpslides.render import Site
from bpslides.serve import decks, pages
from bpslides.serve.decks import Deck, build, difference, order
from tests.serving import DECK, write_deck


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The small deck."""
    return write_deck(tmp_path / "talk")


def site(file: Path, text: str | None = None) -> Site:
    """The site of a deck, after writing `text` to it."""
    if text is not None:
        file.write_text(text, encoding="utf-8")
    result = build(file)
    assert result.site is not None, result.problems
    return result.site


def test_order(file: Path) -> None:
    """Ids come in columns: a stack is one of them."""
    assert order(site(file)) == [["one"], ["two", "three"]]


def test_nothing_changed(file: Path) -> None:
    """The same deck again needs no message."""
    assert difference(site(file), site(file)) is None


def test_a_patch_holds_only_what_changed(file: Path) -> None:
    """A new sentence on one slide sends that slide."""
    old = site(file)
    message = difference(old, site(file, DECK.replace("predicts", "now predicts")))
    assert message is not None
    assert message["type"] == "patch"
    assert [section["id"] for section in message["sections"]] == ["one"]
    assert "now predicts" in message["sections"][0]["html"]
    assert message["order"] == [["one"], ["two", "three"]]


def test_a_number_of_the_model_changes_its_slide(file: Path) -> None:
    """Changing a weight changes the text that holds the prediction."""
    old = site(file)
    message = difference(old, site(file, DECK.replace("w: 0.5", "w: 0.7")))
    assert message is not None
    assert "1.50" in message["sections"][0]["html"]


def test_new_and_removed_slides_are_in_the_order(file: Path) -> None:
    """A slide that goes is only missing from the order; a new one is sent."""
    old = site(file)
    message = difference(old, site(file, DECK.replace("- title: Three", "- title: Four")))
    assert message is not None
    assert message["order"] == [["one"], ["two", "four"]]
    assert [section["id"] for section in message["sections"]] == ["four"]


def test_a_stack_taken_apart(file: Path) -> None:
    """The same slides in other columns are a change of the order alone."""
    old = site(file)
    apart = site(
        file, DECK.replace("  - stack:\n      - title: Two\n      - title: Three", "  - title: Two\n  - title: Three")
    )
    order = [["one"], ["two"], ["three"]]
    assert difference(old, apart) == {"type": "patch", "sections": [], "order": order, "version": apart.version}


@pytest.mark.parametrize("change", [("title: Demo", "title: Other"), ("theme: plain", "theme: plain\nlang: de")])
def test_reload_when_the_frame_changes(file: Path, change: tuple[str, str]) -> None:
    """What stands around the slides cannot be patched."""
    old = site(file)
    assert difference(old, site(file, DECK.replace(*change, 1))) == {"type": "reload"}


def test_reload_when_the_script_changes(file: Path) -> None:
    """Another build of the runtime has another name, and the page has the old one."""
    old = site(file)
    renamed = {name.replace("assets/deck.", "assets/deck.0"): data for name, data in old.files.items()}
    assert difference(old, dataclasses.replace(old, files=renamed)) == {"type": "reload"}


def test_broken_and_fixed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken save keeps the last good site; the fix sends a patch even when nothing else changed."""
    deck = Deck(file)

    async def story() -> None:
        await deck.ready()
        good = deck.site
        assert good is not None
        current = {"type": "version", "version": good.version}
        assert deck.state() == current
        file.write_text(DECK.replace("title: Two", "titel: Two"), encoding="utf-8")
        message = await deck.rebuild()
        assert message is not None
        assert message["type"] == "problems"
        assert any("did you mean “title”?" in problem for problem in message["problems"])
        assert deck.state() == message
        assert deck.site is good
        assert await deck.rebuild() is None, "the same problems are told once"
        file.write_text(DECK, encoding="utf-8")
        order = [["one"], ["two", "three"]]
        fixed = {"type": "patch", "sections": [], "order": order, "version": good.version}
        assert await deck.rebuild() == fixed
        assert deck.state() == current

    asyncio.run(story())
    assert "did you mean “title”?" in capsys.readouterr().err


def test_never_good(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A deck that is broken from the start has no site; once it has one, old pages load it anew."""
    file.write_text("title: Demo\nslides: none\n", encoding="utf-8")
    deck = Deck(file)
    deck.build()
    assert deck.site is None
    assert deck.asset("index.html") is None
    assert "slides" in capsys.readouterr().err
    file.write_text(DECK, encoding="utf-8")
    assert asyncio.run(deck.rebuild()) == {"type": "reload"}


def test_a_missing_file_is_a_problem(file: Path) -> None:
    """A deck that is gone is told like any other problem."""
    deck = Deck(file)
    deck.build()
    file.unlink()
    message = asyncio.run(deck.rebuild())
    assert message is not None
    assert "deck.yaml" in message["problems"][0]


def test_a_fault_of_ours_is_a_problem(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody thought of does not end the server."""
    monkeypatch.setattr(decks, "render", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in build(file).problems[-1]


def test_everything_that_was_read_is_known(file: Path) -> None:
    """Includes and themes count; a broken deck remembers what it read when it was good."""
    (file.parent / "part.yaml").write_text("title: Part\nslides: [{title: More}]\n", encoding="utf-8")
    included = DECK + "  - include: {deck: part.yaml}\n"
    file.write_text(included, encoding="utf-8")
    deck = Deck(file)
    deck.build()
    expected = {file, file.parent / "part.yaml", file.parent / "plain" / "theme.css"}
    assert deck.read == {path.resolve() for path in expected}
    file.write_text("slides: [", encoding="utf-8")
    asyncio.run(deck.rebuild())
    assert deck.read >= {path.resolve() for path in expected}


def test_warnings_are_printed_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A good deck may have warnings: they go to the terminal, not to the page, and not again with every save."""
    file.write_text(DECK.replace("title: Two", "title: Two #2"), encoding="utf-8")
    deck = Deck(file)
    deck.build()
    assert "warning" in capsys.readouterr().err
    assert deck.state() == {"type": "version", "version": deck.site.version if deck.site else None}
    asyncio.run(deck.rebuild())
    assert capsys.readouterr().err == ""


def test_assets_of_the_site_before(file: Path) -> None:
    """A page that was loaded just before a save still gets its style sheet."""
    deck = Deck(file)
    deck.build()
    assert deck.site is not None
    style = next(name for name in deck.site.files if name.endswith(".css"))
    before = deck.asset(style)
    (file.parent / "plain" / "theme.css").write_text("/*\nname: P\nscheme: light\n*/\nbody{}", encoding="utf-8")
    assert asyncio.run(deck.rebuild()) == {"type": "reload"}
    assert style not in deck.site.files
    assert deck.asset(style) == before


def test_first_build_happens_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten first requests at the same time build the deck once."""
    count = 0

    def counting(path: Path, _: object) -> decks.Build:
        nonlocal count
        count += 1
        return build(path)

    monkeypatch.setattr(decks, "build", counting)
    deck = Deck(file)

    async def story() -> None:
        await asyncio.gather(*(deck.ready() for _ in range(10)))

    asyncio.run(story())
    assert count == 1


def test_pages_escape_what_decks_say(file: Path) -> None:
    """Nothing that a deck holds becomes markup of the problem page."""
    html = pages.problems("<b>", ['deck.yaml:1:1: “<script>alert(1)</script>” & "quotes"'])
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;" in html


def test_speaker_page(file: Path) -> None:
    """The speaker view holds the notes, in the deck's language; the page of the audience does not."""
    result = build(file)
    assert result.site is not None
    html = pages.speaker(result.site, result.language)
    assert "Say one." in html
    assert 'lang="en"' in html
    assert b"Say one." not in result.site.page
