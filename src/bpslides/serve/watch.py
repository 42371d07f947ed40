"""Saved files → rebuilt decks → open pages.

The system tells us that something happened in the folders of a deck; what is then believed is the state of the files.
A save in pieces (truncate, write, rename) becomes one rebuild of what is there in the end.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import aclosing
from itertools import islice
from pathlib import Path

from watchfiles import Change, awatch

from bpslides.serve.decks import Deck, Stamp, stamp
from bpslides.write import MANIFEST

#: Milliseconds: changes closer than STEP belong together, for at most DEBOUNCE.
STEP, DEBOUNCE = 5, 50
#: Seconds that a file must rest which has become shorter, or is gone: somebody may be about to write the rest.
REST = 0.1
#: Milliseconds after which we look whether the folders are still the same ones, whatever the system said.
LOOK_AROUND = 1000
#: At most so many folders of a deck are watched: a deck may lie in somebody's home.
MAX_FOLDERS = 100
#: Folders that hold no pictures of a deck, and may be large.
SKIPPED = frozenset({"node_modules", "__pycache__", "venv"})


class Watchers:
    """Follows the files of any number of decks, each in a task of its own."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()

    def follow(self, deck: Deck) -> None:
        """Keep ``deck`` and its pages current from now on; once is enough."""
        if deck.name not in self._tasks:
            self._tasks[deck.name] = asyncio.create_task(follow(deck, self._stop))

    async def stop(self) -> None:
        """End all watching."""
        self._stop.set()
        await asyncio.gather(*self._tasks.values())


async def follow(deck: Deck, stop: asyncio.Event) -> None:
    """Rebuild ``deck`` and tell its pages whenever its files change, until ``stop``."""
    while not stop.is_set():
        watched = _identities(deck)
        if _has_changed(deck):
            # Nobody was watching when it happened: between two watches, or in a folder that was not there.
            await _update(deck)
        changes = awatch(
            *watched,
            watch_filter=_matters(deck),
            step=STEP,
            debounce=DEBOUNCE,
            rust_timeout=LOOK_AROUND,
            yield_on_timeout=True,
            stop_event=stop,
            recursive=False,
            ignore_permission_denied=True,
        )
        try:
            async with aclosing(changes):
                async for change in changes:
                    # None of ours changed when it is just time to look around.
                    if change or _has_changed(deck):
                        await _update(deck)
                    if _identities(deck) != watched:
                        break
        except (OSError, RuntimeError):
            # A folder just went away, or the system watches no more of them: then the rounds themselves are the watch.
            await asyncio.sleep(REST)


async def _update(deck: Deck) -> None:
    await settled(deck)
    message = await deck.rebuild()
    if message is not None:
        await deck.pages.send(message)


async def settled(deck: Deck) -> None:
    """Return when no file of the deck looks half-written."""
    while True:
        before = {file: stamp(file) for file in deck.read}
        if not any(_may_be_half_written(deck.stamps.get(file), now) for file, now in before.items()):
            return
        await asyncio.sleep(REST)
        if {file: stamp(file) for file in deck.read} == before:
            return


def _may_be_half_written(then: Stamp, now: Stamp) -> bool:
    if now is None:
        return then is not None
    return now[1] == 0 or (then is not None and now[1] < then[1])


def folders(deck: Deck) -> set[Path]:
    """The existing folders in which something about ``deck`` can happen.

    Those of its files; and while it has problems those below it too, for a missing picture may turn up there.
    """
    found = {file.parent for file in deck.read} | {deck.file.absolute().parent}
    if deck.problems:
        found.update(islice(_below(deck.file.resolve().parent), MAX_FOLDERS))
    # A folder that is gone can only come back in the one above it.
    return {next(f for f in (folder, *folder.parents) if f.is_dir()) for folder in found}


def _below(folder: Path) -> Iterator[Path]:
    """The folders below, nearer ones first, without hidden ones and those that hold our output."""
    waiting = deque([folder])
    while waiting:
        try:
            children = [
                Path(entry.path) for entry in os.scandir(waiting.popleft()) if entry.is_dir(follow_symlinks=False)
            ]
        except OSError:
            continue
        for child in sorted(children):
            if child.name[0] != "." and child.name not in SKIPPED and not (child / MANIFEST).exists():
                waiting.append(child)
                yield child


def _identities(deck: Deck) -> dict[Path, tuple[int, int] | None]:
    """Each folder to watch, and which one it is: another of the same name has to be watched anew."""
    return {folder: (now[2], now[3]) if (now := stamp(folder)) else None for folder in folders(deck)}


def _has_changed(deck: Deck) -> bool:
    return any(stamp(file) != deck.stamps.get(file) for file in deck.read)


def _matters(deck: Deck) -> Callable[[Change, str], bool]:
    """Whether a change concerns ``deck``: one of its files, or, while it has problems, anything that may solve them."""

    def matters(change: Change, path: str) -> bool:
        file = Path(path)
        if file in deck.read or file == deck.file.absolute():
            return True
        return bool(deck.problems) and file.name[0] != "." and not file.name.endswith("~")

    return matters
