"""Saved files reach the open pages: whole, once, and whatever way an editor has of saving."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bpslides.serve import watch
from bpslides.serve.decks import Deck, Message
from bpslides.serve.watch import folders, follow
from bpslides.write import MANIFEST
from tests.serving import DECK, write_deck

#: Long enough for any message that is still to come.
QUIET = 0.3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The small deck."""
    return write_deck(tmp_path / "talk")


class Watched:
    """A deck that is followed; what its pages would get is collected."""

    def __init__(self, deck: Deck) -> None:
        self.deck = deck
        self.messages: list[Message] = []
        deck.pages.send = self._collect  # type: ignore[method-assign]

    async def _collect(self, message: Message) -> None:
        self.messages.append(message)

    async def next(self) -> Message:
        """The next message, for which nobody has to wait more than three seconds."""
        deadline = time.monotonic() + 3
        while not self.messages:
            assert time.monotonic() < deadline, "no message"
            await asyncio.sleep(0.005)
        return self.messages.pop(0)

    async def all(self) -> list[Message]:
        """Every message until it has been quiet for a while."""
        found = [await self.next()]
        await asyncio.sleep(QUIET)
        return found + self.messages

    @property
    def html(self) -> str:
        """The first slide as it is served now."""
        assert self.deck.site is not None
        return self.deck.site.sections[0].html


def watching(file: Path, story: Callable[[Watched], Awaitable[Any]]) -> None:
    """Follow a deck while `story` goes on."""

    async def run() -> None:
        deck, stop = Deck(file), asyncio.Event()
        deck.build()
        watched = Watched(deck)
        task = asyncio.create_task(follow(deck, stop))
        await asyncio.sleep(0.05)
        try:
            await story(watched)
        finally:
            stop.set()
            await asyncio.wait_for(task, 20)

    asyncio.run(run())


def changed(word: str) -> str:
    """The deck with another word on its first slide."""
    return DECK.replace("predicts", word)


def test_save(file: Path) -> None:
    """A save is one patch with the slide that changed."""

    async def story(watched: Watched) -> None:
        file.write_text(changed("foresees"), encoding="utf-8")
        messages = await watched.all()
        assert [message["type"] for message in messages] == ["patch"]
        assert "foresees" in messages[0]["sections"][0]["html"]

    watching(file, story)


def test_rename_save(file: Path) -> None:
    """Editors write a new file and move it over the old one."""

    async def story(watched: Watched) -> None:
        for word in ("foresees", "divines"):
            temporary = file.with_name(".deck.yaml.swp")
            temporary.write_text(changed(word), encoding="utf-8")
            temporary.replace(file)
            messages = await watched.all()
            assert [message["type"] for message in messages] == ["patch"]
            assert word in messages[0]["sections"][0]["html"]
            watched.messages.clear()

    watching(file, story)


def test_save_in_pieces(file: Path) -> None:
    """A file that is emptied and written bit by bit is rebuilt when it is whole: no problems in between."""

    async def story(watched: Watched) -> None:
        text = changed("foresees")
        with file.open("w", encoding="utf-8") as stream:
            for start in range(0, len(text), 100):
                stream.write(text[start : start + 100])
                stream.flush()
                await asyncio.sleep(0.03)
        messages = await watched.all()
        assert [message["type"] for message in messages] == ["patch"]
        assert len(messages[0]["order"]) == 2
        assert "foresees" in watched.html

    watching(file, story)


def test_deleted_for_a_moment(file: Path) -> None:
    """A file that is gone for a moment was saved by somebody who deletes first."""

    async def story(watched: Watched) -> None:
        file.unlink()
        await asyncio.sleep(0.05)
        file.write_text(changed("foresees"), encoding="utf-8")
        assert [message["type"] for message in await watched.all()] == ["patch"]

    watching(file, story)


def test_deleted_and_back(file: Path) -> None:
    """A file that stays away is a problem, and its return the end of it."""

    async def story(watched: Watched) -> None:
        file.unlink()
        assert (await watched.next())["type"] == "problems"
        file.write_text(DECK, encoding="utf-8")
        assert (await watched.next())["type"] == "patch"

    watching(file, story)


def test_folder_renamed_and_back(file: Path) -> None:
    """The folder may go and another one come in its place."""

    async def story(watched: Watched) -> None:
        away = file.parent.with_name("away")
        file.parent.rename(away)
        assert (await watched.next())["type"] == "problems"
        shutil.copytree(away, file.parent)
        assert (await watched.next())["type"] == "patch"
        file.write_text(changed("foresees"), encoding="utf-8")
        assert "foresees" in (await watched.next())["sections"][0]["html"]

    watching(file, story)


def test_broken_and_fixed(file: Path) -> None:
    """Problems come once, the last good site stays, and the fix takes them away."""

    async def story(watched: Watched) -> None:
        file.write_text(DECK.replace("neuron.y_hat", "neuron.y_hut"), encoding="utf-8")
        messages = await watched.all()
        assert [message["type"] for message in messages] == ["problems"]
        assert "y_hut" in messages[0]["problems"][0]
        assert "1.10" in watched.html
        watched.messages.clear()
        file.write_text(DECK, encoding="utf-8")
        assert [message["type"] for message in await watched.all()] == ["patch"]

    watching(file, story)


def test_many_saves(file: Path) -> None:
    """Of a hundred saves in a second the last one wins."""

    async def story(watched: Watched) -> None:
        for number in range(100):
            file.write_text(changed(f"says{number}"), encoding="utf-8")
            await asyncio.sleep(0.01)
        await watched.all()
        assert "says99" in watched.html

    watching(file, story)


def test_theme(file: Path) -> None:
    """Another style sheet needs the whole page, and lies in another folder."""

    async def story(watched: Watched) -> None:
        theme = file.parent / "plain" / "theme.css"
        theme.write_text(theme.read_text(encoding="utf-8").replace("black", "green"), encoding="utf-8")
        assert await watched.all() == [{"type": "reload"}]

    watching(file, story)


def test_a_missing_picture_turns_up(file: Path) -> None:
    """While something is missing, new files anywhere below the deck are a reason to look again."""
    file.write_text(DECK.replace("notes: Say one.", 'notes: "![a](pictures/a.svg)"'), encoding="utf-8")

    async def story(watched: Watched) -> None:
        assert watched.deck.problems
        (file.parent / "pictures").mkdir()
        await asyncio.sleep(0.2)
        (file.parent / "pictures" / "a.svg").write_text("<svg/>", encoding="utf-8")
        assert await watched.next() == {"type": "reload"}
        assert not watched.deck.problems

    watching(file, story)


def test_what_does_not_matter(file: Path) -> None:
    """Files that the deck does not read are no reason to rebuild, least of all our own output."""

    async def story(watched: Watched) -> None:
        output = file.parent / "out"
        output.mkdir()
        (output / MANIFEST).write_text("index.html\n", encoding="utf-8")
        (output / "index.html").write_text("x", encoding="utf-8")
        (file.parent / "notes.txt").write_text("x", encoding="utf-8")
        (file.parent / "deck.yaml~").write_text("x", encoding="utf-8")
        stamps = watched.deck.stamps
        await asyncio.sleep(QUIET)
        assert watched.messages == []
        assert watched.deck.stamps is stamps, "it was rebuilt"

    watching(file, story)


def test_an_included_deck(file: Path) -> None:
    """A deck that is included counts, in whatever folder."""
    part = file.parent / "parts" / "deck.yaml"
    part.parent.mkdir()
    part.write_text("title: Part\nslides: [{title: More}]\n", encoding="utf-8")
    file.write_text(DECK + "  - include: {deck: parts}\n", encoding="utf-8")

    async def story(watched: Watched) -> None:
        part.write_text("title: Part\nslides: [{title: Much more}]\n", encoding="utf-8")
        assert (await watched.next())["order"] == [["one"], ["two", "three"], ["much-more"]]

    watching(file, story)


def test_without_help_of_the_system(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system watches nothing (there is a limit), looking around does."""

    def refuse(*folders: Path, **_: object) -> Any:
        async def fail() -> Any:
            raise RuntimeError("no space left for watching")
            yield

        return fail()

    monkeypatch.setattr(watch, "awatch", refuse)

    async def story(watched: Watched) -> None:
        file.write_text(changed("foresees"), encoding="utf-8")
        assert "foresees" in (await watched.next())["sections"][0]["html"]

    watching(file, story)


def test_folders(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watched are the folders of the files; with problems those below too, but few, and not every one."""
    for name in ("pictures", "pictures/old", ".git", "node_modules", "out"):
        (file.parent / name).mkdir()
    (file.parent / "out" / MANIFEST).write_text("", encoding="utf-8")
    deck = Deck(file)
    deck.build()
    home = file.parent.resolve()
    assert folders(deck) == {home, home / "plain"}
    deck.problems = ["something"]
    assert folders(deck) == {home, home / "plain", home / "pictures", home / "pictures" / "old"}
    monkeypatch.setattr(watch, "MAX_FOLDERS", 1)
    assert len(folders(deck)) == 3
    shutil.rmtree(home)
    assert folders(deck) == {home.parent}
