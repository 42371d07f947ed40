"""Addresses in decks: nothing that one can write leaves the deck's folder."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bpslides import paths
from bpslides.errors import BpslidesError

PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "a",
        "b",
        "link",
        "up",
        "abs",
        "loop",
        "~",
        "deck",
        "deck-evil",
        "%2e%2e",
        "..\\..",
        "C:",
        "\0",
        "\ud800",
        "é",
    ]
)
ADDRESSES = st.lists(PARTS, min_size=1, max_size=7).map("/".join) | st.text(max_size=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deck's folder with links inside and out, and a sibling whose name begins alike."""
    root = tmp_path_factory.mktemp("root")
    for name in ("deck/a/b", "deck-evil/a", "other"):
        (root / name).mkdir(parents=True)
    (root / "deck" / "link").symlink_to(root / "other")
    (root / "deck" / "up").symlink_to("..")
    (root / "deck" / "abs").symlink_to("/")
    (root / "deck" / "loop").symlink_to("loop")
    (root / "deck" / "a" / "in").symlink_to(root / "deck" / "a" / "b")
    return root / "deck"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ADDRESSES)
@example("../deck-evil/a")
@example("up/other")
@example("abs/etc/passwd")
@example("a/../../other")
@example("x" * 5000)
def test_nothing_leaves_the_folder(folder: Path, address: str) -> None:
    """Whatever the address is, the file is below the folder once all links are followed, or there is none."""
    found = paths.inside(folder, address)
    if found is not None:
        assert Path(os.path.realpath(found)).is_relative_to(os.path.realpath(folder))
        paths.is_file(found)  # asking for it raises nothing either


@pytest.mark.parametrize("address", ["a/b", "./a", "a/../a/b", "a/in", "not/there/yet.png", "ü.png"])
def test_inside(folder: Path, address: str) -> None:
    """Ordinary addresses lead to their files; so do links that stay inside."""
    assert paths.inside(folder, address) == Path(os.path.realpath(folder / address))


@pytest.mark.parametrize(
    "address", ["", "/a", "~", "~root/x", "$HOME/x", "C:/x", "file:x", "a\\b", ".git/config", "a/.env", "a\0b"]
)
def test_refused_by_their_look(folder: Path, address: str) -> None:
    """Absolute addresses, homes, drives, schemes, backslashes and hidden names lead nowhere."""
    assert paths.inside(folder, address) is None


def test_deck_file(tmp_path: Path) -> None:
    """A deck is a file, a folder with deck.yaml, or the name of a shipped deck; a folder of one's own comes first."""
    (tmp_path / "deck.yaml").touch()
    assert paths.deck_file(str(tmp_path)) == paths.deck_file(str(tmp_path / "deck.yaml")) == tmp_path / "deck.yaml"
    assert paths.deck_file("visual-guide") == paths.shipped("decks") / "visual-guide" / "deck.yaml"
    assert paths.deck_file(str(tmp_path), shipped_only=True) is None
    assert paths.deck_file("../decks/visual-guide", shipped_only=True) is None
    assert paths.deck_file("x" * 5000) is None
    assert paths.deck_file("a\0b") is None


@pytest.mark.parametrize(
    ("file", "name"),
    [("my talk/deck.yaml", "my-talk"), ("x/notes.yaml", "notes"), ("x/a<b>.yaml", "a-b"), ("x/---.yaml", "deck")],
)
def test_deck_name(tmp_path: Path, file: str, name: str) -> None:
    """A deck is called after its folder or file, in characters that any file system takes."""
    assert paths.deck_name(tmp_path / file) == name


def test_missing_browser_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the built browser part, the message says how to build it."""
    monkeypatch.setattr(paths, "STATIC", tmp_path)
    with pytest.raises(BpslidesError, match="make web"):
        paths.static("deck.js.never-built")


def test_a_circle_of_links_hides_no_way_out(tmp_path: Path) -> None:
    """A link that leads to itself, and past it one that leads out: the way is refused."""
    deck, other = tmp_path / "deck", tmp_path / "other"
    deck.mkdir()
    other.mkdir()
    (other / "s.txt").write_text("secret", encoding="utf-8")
    (deck / "loop").symlink_to("loop")
    (deck / "link").symlink_to("../other")
    assert paths.inside(deck, "loop/../link/s.txt") is None


def test_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a home, such as a service, has no folder for a cache either: nothing is found, nothing is kept."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    assert not paths.is_file(paths.user_folder("cache") / "x")
    with pytest.raises(NotADirectoryError):
        paths.user_folder("cache").mkdir(parents=True)
