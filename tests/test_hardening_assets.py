"""Files that a stranger's deck names: nothing outside its folder, nothing that is no picture, nothing without end."""

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from bpslides import assets
from bpslides.render import Output
from tests.decks import Deck, with_content
from tests.test_assets import PIXEL

PLACEHOLDER = "the words of the picture"


def picture(folder: Path, address: str, output: Output = Output.FOLDER) -> Deck:
    """A deck with one picture."""
    return Deck(folder, with_content(f"- '![{PLACEHOLDER}](<{address}>)'"), output)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A deck's folder with links of all kinds, next to secrets and to a folder whose name begins alike."""
    home = tmp_path / "talk"
    for folder in (home / "sub", tmp_path / "talk-2", tmp_path / "other"):
        folder.mkdir(parents=True)
        (folder / "secret.png").write_bytes(PIXEL)
    (home / "sub" / "secret.png").unlink()
    (home / "deck.png").symlink_to("deck.yaml")
    (home / "out.png").symlink_to(tmp_path / "other" / "secret.png")
    (home / "folder").symlink_to(tmp_path / "other")
    (home / "root").symlink_to("/")
    (home / "up").symlink_to("..")
    (home / "null.png").symlink_to("/dev/zero")
    (home / "a.png").symlink_to("b.png")
    (home / "b.png").symlink_to("a.png")
    (home / "notes.py").write_text("secret = 1")
    (home / ".env.png").write_bytes(PIXEL)
    (home / ".git").mkdir()
    (home / ".git" / "x.png").write_bytes(PIXEL)
    os.mkfifo(home / "sub" / "pipe.png")
    return home


ELSEWHERE = [
    *("../other/secret.png", "sub/../../other/secret.png", "%2e%2e/other/secret.png", "..%2fother/secret.png"),
    *("%2e%2e%2fother%2fsecret.png", "....//other/secret.png", "..\\other\\secret.png", "..%5cother%5csecret.png"),
    *("%252e%252e/other/secret.png", "..%c0%afother/secret.png", "．．/other/secret.png", "..;/other/secret.png"),
    *("../talk-2/secret.png", "talk-2/secret.png", "/etc/passwd", "//etc/passwd", "~/secret.png", "~root/x.png"),
    *("$HOME/x.png", "${HOME}/x.png", "C:/x.png", "file:///etc/x.png", "file:x.png", "out.png", "folder/secret.png"),
    *("root/etc/hostname.png", "up/other/secret.png", "null.png", "a.png", "sub/pipe.png", "sub", ".", "", "deck.png"),
    *("deck.yaml", "notes.py", ".env.png", ".git/x.png", "x.png?y", "x.png#y", "x\u202egnp.png", "javascript:x.png"),
    *("data:text/html,x", "data:image/svg+xml,x", "http://127.0.0.1/x.png", "//evil.example/x.png"),
    *("\\\\evil.example\\x.png", "https:evil.example/x.png", "ftp://x/y.png", "x" * 300 + ".png", "a/" * 600 + "x.png"),
]


@pytest.mark.parametrize("address", ELSEWHERE, ids=[address[:40] for address in ELSEWHERE])
def test_what_is_no_picture_of_the_deck(home: Path, address: str) -> None:
    """However it is spelt: a message at the deck's line, the words in the picture's place, and no such file."""
    found = picture(home, address)
    (told,) = (problem for problem in found.problems if problem.severity == "error")
    assert told.place is not None
    assert told.place.line == 16
    assert PLACEHOLDER in found.page.one("#one").text or "![" in found.page.one("#one").text
    assert not found.page.all("img")
    assert not any(path.endswith((".png", ".py", ".yaml")) for path in found.site.files)
    assert not any(PIXEL in data for data in found.site.files.values())


def test_nothing_but_what_is_named(home: Path) -> None:
    """A site holds the page, our own files and the pictures that the deck shows; nothing else of its folder."""
    (home / "dot.png").write_bytes(PIXEL)
    kinds = {path.rpartition(".")[2] for path in picture(home, "dot.png").sound.site.files}
    assert kinds == {"html", "css", "js", "woff", "png"}


def test_huge_files(home: Path) -> None:
    """A picture of four gigabytes is refused without being read; so are many that are too much together."""
    with (home / "huge.png").open("wb") as file:
        file.truncate(4_000_000_000)
    (home / "deck.yaml").write_text(with_content(f"- '![{PLACEHOLDER}](huge.png)'"))
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2); "
        "from bpslides.cli import main; main(['check', 'deck.yaml'])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "“huge.png” is larger than 20 MB" in done.stderr + done.stdout


def test_too_much_together(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pictures of a deck may have a size together, too; one that is shown twice counts once."""
    monkeypatch.setattr(assets, "MAX_TOGETHER", 2 * len(PIXEL))
    for name in "xyz":
        (home / f"{name}.png").write_bytes(PIXEL)
    shown = "![x](x.png) ![y](y.png) ![x](x.png) ![z](z.png)"
    found = Deck(home, with_content(f"- '{shown}'"))
    assert [message.partition(": ")[0] for message in found.messages] == ["16:51"]
    assert "larger than" in found.messages[0]
    assert len(found.page.all("img")) == 3


def test_a_file_that_may_not_be_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told; as root nothing is forbidden, so the refusal is made here."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (home / "dot.png").write_bytes(PIXEL)
    monkeypatch.setattr(assets.Assets, "_content", refuse)
    found = picture(home, "dot.png")
    assert [message.partition(": ")[2] for message in found.messages] == ["“dot.png” cannot be read: Permission denied"]


@pytest.mark.parametrize(("disk", "deck"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_either_spelling_of_accents(home: Path, disk: str, deck: str) -> None:
    """An accent that is one character in the deck and two on the disk, or the other way round, is the same accent."""
    name = "größe-é.png"
    (home / unicodedata.normalize(disk, name)).write_bytes(PIXEL)  # type: ignore[arg-type]
    found = picture(home, unicodedata.normalize(deck, name)).sound  # type: ignore[arg-type]
    assert found.site.files[found.page.one("img").attributes["src"]] == PIXEL


def test_capitals(home: Path) -> None:
    """What another system would find by capitals is a message here, with the name as it is."""
    (home / "Dot.PNG").write_bytes(PIXEL)
    assert (
        picture(home, "dot.png")
        .messages[0]
        .endswith("there is no file “dot.png” (there is a “Dot.PNG”: capitals count)")
    )


def test_names_that_differ_only_in_capitals(home: Path) -> None:
    """Both are kept, also where the site is put on a disk that does not tell them apart."""
    for name, data in (("dot.png", b"1"), ("Dot.png", b"2"), ("DOT.PNG", b"1")):
        (home / name).write_bytes(PIXEL + data)
    found = Deck(home, with_content("- '![a](dot.png) ![b](Dot.png) ![c](DOT.PNG)'"), Output.FOLDER).sound
    shown = [found.site.files[node.attributes["src"]] for node in found.page.all("img")]
    assert shown == [PIXEL + b"1", PIXEL + b"2", PIXEL + b"1"]
    by_folded_name: dict[str, set[bytes]] = {}
    for path, data in found.site.files.items():
        by_folded_name.setdefault(path.casefold(), set()).add(data)
    assert all(len(contents) == 1 for contents in by_folded_name.values())


@pytest.mark.parametrize("name", ["é" * 120 + ".png", "x" * 250 + ".png", "a b#c%d&e.png", "-rf.png", "con.png"])
def test_names_of_ours(home: Path, name: str) -> None:
    """What a file is called in the site is short enough for any disk, and a base name."""
    (home / name).write_bytes(PIXEL)
    address = name.replace("%", "%25")
    (path,) = (path for path in picture(home, address).sound.site.files if path.endswith(".png"))
    assert path.startswith("assets/")
    assert path.count("/") == 1
    assert len(path.encode()) < 200


def test_vector_graphics_are_only_ever_pictures(home: Path) -> None:
    """An SVG file with a script stands in an <img>, where nothing of it runs; it is never part of the page."""
    (home / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    for output in Output:
        found = picture(home, "evil.svg", output).sound
        assert "alert(1)" not in found.site.page.decode()
        assert found.page.one("img").attributes["src"].startswith(("assets/evil.", "data:image/svg+xml;base64,"))
