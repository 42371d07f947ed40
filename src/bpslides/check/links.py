"""Where links lead: to slides that are there, to files that a build has, to other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from bpslides import paths
from bpslides.check.prose import Piece
from bpslides.errors import Problems, did_you_mean

#: An address within the deck, as reveal reads it: the id of a slide, and the number of a fragment.
_IN_DECK = re.compile(r"#/?([^/]*)(/\d+)*/?\Z")


def check(ids: list[str], pieces: Iterable[Piece], problems: Problems) -> None:
    """Warn of links that lead nowhere. Addresses on other hosts are named, in one note, and never fetched."""
    remote: list[tuple[Piece, str]] = []
    for piece in pieces:
        if piece.kind == "link":
            scheme, host = _parts(piece.content)
            if host:
                remote.append((piece, host))
            elif piece.content.startswith("#"):
                _check_slide(piece, ids, problems)
            elif not scheme:  # mailto: and its like lead to no file
                _check_file(piece, problems)
    if remote:
        hosts = sorted({host for _, host in remote})
        links = "1 link leads" if len(remote) == 1 else f"{len(remote)} links lead"
        named = ", ".join(hosts[:5]) + (f" and {len(hosts) - 5} more" if len(hosts) > 5 else "")
        it_was = "it was" if len(remote) == 1 else "they were"
        first = remote[0][0]
        message = f"{links} out of the deck, to {named}; {it_was} not tried, since no other host is ever asked"
        problems.note(message, first.text.place(first.offset))


def _parts(address: str) -> tuple[str, str]:
    """Scheme and host of an address, both empty for one within the deck or its folder."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or ""
    except ValueError:  # such as https://[half
        return "unknown", address


def _check_slide(piece: Piece, ids: list[str], problems: Problems) -> None:
    match = _IN_DECK.match(piece.content)
    wanted = match[1] if match else piece.content.strip("#/")
    if wanted in ids or not wanted or (wanted.isdecimal() and int(wanted) < len(ids)):
        return
    problems.warning(f"there is no slide “{wanted}”", piece.text.place(piece.offset), did_you_mean(wanted, ids))


def _check_file(piece: Piece, problems: Problems) -> None:
    address = re.split(r"[?#]", piece.content)[0]
    folder = piece.text.folder
    file = paths.inside(folder, address) if folder is not None else None
    place = piece.text.place(piece.offset)
    if file is not None and paths.is_file(file):
        problems.warning(
            f"“{address}” is not part of a built deck, so this link leads nowhere there",
            place,
            "put the file on a host and link to it there, or show it on a slide",
        )
    else:
        hint = "a slide is linked to by its id, such as [text](#/id)"
        problems.warning(f"there is no file “{address}” below the deck's folder", place, hint)
