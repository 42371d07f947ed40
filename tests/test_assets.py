"""Pictures: found next to the deck, under names of our own, and nothing from anywhere else."""

import base64
import os
from pathlib import Path

import pytest

from bpslides.render import Output
from tests.decks import Deck, with_content

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


MISSING = "(addresses are relative to the deck's folder)"
OUTSIDE = "leads out of the deck's folder (put the picture below the deck's folder)"
ELSEWHERE = "is on another host; a deck fetches nothing (save the picture next to the deck)"


def picture(tmp_path: Path, address: str, output: Output = Output.SERVE) -> Deck:
    """A deck with one picture."""
    return Deck(tmp_path, with_content(f"- '![a dot]({address})'"), output)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("dot.png", "dot.png"),
        ("dot.png", "./sub/../dot.png"),
        ("my dot.png", "<my dot.png>"),
        ("my dot.png", "my%20dot.png"),
        ("größe.png", "größe.png"),
        ("50%.png", "50%25.png"),
        ("a#b.PNG", "a%23b.PNG"),
        ("x&y.png", "x&y.png"),
    ],
)
def test_found(tmp_path: Path, name: str, address: str) -> None:
    """A picture is found by its name in any spelling, and its address in the page needs no encoding."""
    (tmp_path / name).write_bytes(PIXEL)
    deck = picture(tmp_path, address).sound
    source = deck.page.one("img").attributes["src"]
    assert deck.site.files[source] == PIXEL
    assert source.startswith("assets/")
    assert not set(source) & set(" #%&?")
    assert tmp_path.resolve() / name in deck.site.read


def test_in_a_single_file(tmp_path: Path) -> None:
    """In a single file, the picture is in the page."""
    (tmp_path / "dot.png").write_bytes(PIXEL)
    source = picture(tmp_path, "dot.png", Output.SINGLE_FILE).sound.page.one("img").attributes["src"]
    assert base64.b64decode(source.removeprefix("data:image/png;base64,")) == PIXEL


def test_same_names_are_both_kept(tmp_path: Path) -> None:
    """Two pictures of one name in two folders stay two; one that is used twice is one."""
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "dot.png").write_bytes(PIXEL + folder.encode())
    deck = Deck(tmp_path, with_content("- '![x](a/dot.png) ![y](b/dot.png) ![z](a/dot.png)'")).sound
    first, second, third = (deck.site.files[node.attributes["src"]] for node in deck.page.all("img"))
    assert (first, second, third) == (PIXEL + b"a", PIXEL + b"b", PIXEL + b"a")
    assert len([path for path in deck.site.files if path.endswith(".png")]) == 2


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nowhere.png", MISSING),
        (f"{'x' * 300}.png", MISSING),
        ("folder.png", MISSING),
        ("pipe.png", MISSING),
        ("loop.png", MISSING),
        ("deck.yaml", "is not a picture (use one of: .avif, .gif, .jpeg, .jpg, .png, .svg, .webp)"),
        ("../secret.png", OUTSIDE),
        ("%2e%2e/secret.png", OUTSIDE),
        ("link.png", OUTSIDE),
        ("/etc/x.png", OUTSIDE),
        ("~/x.png", OUTSIDE),
        (".hidden.png", OUTSIDE),
        ("https://example.org/x.png", ELSEWHERE),
        ("HTTPS://example.org/x.png", ELSEWHERE),
        ("//example.org/x.png", ELSEWHERE),
    ],
)
def test_refused(tmp_path: Path, address: str, message: str) -> None:
    """What cannot be shown is told where its address stands, and its words stand in its place."""
    home = tmp_path / "home"
    (home / "folder.png").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PIXEL)
    (home / ".hidden.png").write_bytes(PIXEL)
    (home / "link.png").symlink_to(tmp_path / "secret.png")
    (home / "loop.png").symlink_to(home / "loop.png")
    os.mkfifo(home / "pipe.png")
    deck = picture(home, address)
    (found,) = deck.messages
    shown = address.replace("%2e", ".")
    place = "16:10" if "%" in address else "16:19"  # encoded addresses are not found again in the text
    subject = f"there is no file “{shown}”" if message == MISSING else f"“{shown}”"
    assert found == f"{place}: {subject} {message}"
    assert deck.page.one(".missing").text == "a dot"
    assert PIXEL not in deck.site.files.values()


def test_picture_without_words(tmp_path: Path) -> None:
    """A picture that says nothing to those who cannot see it is a warning."""
    (tmp_path / "dot.png").write_bytes(PIXEL)
    deck = Deck(tmp_path, with_content("- 'Here: ![](dot.png)'"))
    assert deck.messages == [
        "16:20: warning: this picture has no alternative text (write it between the brackets: ![text](address))"
    ]
