"""Writing: the old output or the new one, wherever it ends; and nothing that is not ours is touched."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpslides.errors import BpslidesError, UsageError
from bpslides.render import Output, Site
from bpslides.write import MANIFEST, check_target, filling, write_bytes, write_file, write_folder
from tests.decks import Deck

TALK = "title: T\nslides: [{title: A, content: 'Number {{ 1 }}'}]\n"
# The formula needs other glyphs, so that the fonts of the two differ.
OLD, NEW = TALK, TALK.replace("{{ 1 }}", "{{ 2 }} with $x$")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for the deck."""
    (tmp_path / "talk").mkdir()
    return tmp_path / "talk"


def site(home: Path, text: str = TALK, output: Output = Output.FOLDER) -> Site:
    """The site of a deck in `home`."""
    return Deck(home, text, output).sound.site


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_whole(folder: Path, whole: Site) -> bool:
    """Whether a browser that opens the folder gets this site: its page, and all that the page needs."""
    found = files(folder)
    return all(found.get(path) == data for path, data in whole.files.items())


def test_folder(home: Path, tmp_path: Path) -> None:
    """The files of the site and a manifest, readable by all, and nothing else."""
    made = site(home)
    assert write_folder(made, tmp_path / "a" / "out", made.read) == tmp_path / "a" / "out" / "index.html"
    assert set(files(tmp_path / "a")) == {f"out/{path}" for path in (*made.files, MANIFEST)}
    assert is_whole(tmp_path / "a" / "out", made)
    assert (tmp_path / "a" / "out" / "index.html").stat().st_mode & 0o444 == 0o444


def test_again(home: Path, tmp_path: Path) -> None:
    """A second build replaces the first: what is no longer needed goes, what is not ours stays."""
    old, new = site(home, OLD), site(home, NEW)
    out = tmp_path / "out"
    write_folder(old, out, old.read)
    (out / "CNAME").write_text("mine")
    (out / "assets" / "mine.txt").write_text("mine too")
    write_folder(new, out, new.read)
    assert set(files(out)) == {*new.files, MANIFEST, "CNAME", "assets/mine.txt"}
    assert set(old.files) - set(new.files)  # else nothing was shown


def test_a_manifest_cannot_name_other_files(home: Path, tmp_path: Path) -> None:
    """Only files of ours are removed, whatever the manifest says."""
    made, out = site(home), tmp_path / "out"
    write_folder(made, out, made.read)
    (tmp_path / "precious").write_text("x")
    (out / "own.txt").write_text("x")
    with (out / MANIFEST).open("a") as manifest:
        manifest.write("../precious\nown.txt\nassets/../own.txt\n/etc/hostname\nassets\n")
    write_folder(made, out, made.read)
    assert (tmp_path / "precious").exists()
    assert (out / "own.txt").exists()


def test_single_file(home: Path, tmp_path: Path) -> None:
    """A single page is called after the deck; other files in its folder stay."""
    made = site(home, output=Output.SINGLE_FILE)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "other.html").write_text("x")
    for _ in range(2):
        assert write_file(made, tmp_path / "out") == tmp_path / "out" / "talk.html"
    assert files(tmp_path / "out") == {"other.html": b"x", "talk.html": made.page}
    assert (tmp_path / "out" / "talk.html").stat().st_mode & 0o444 == 0o444


# ── folders that are refused ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["the deck's", "above the deck", "working", "home", "root"])
def test_folders_with_sources(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """No folder that holds the deck, the working directory or the home is built into, also by a link."""
    for name in ("work", "user"):
        (tmp_path / name / "inner").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "inner")
    monkeypatch.setenv("HOME", str(tmp_path / "user" / "inner"))
    made = site(home)
    target = {
        "the deck's": home,
        "above the deck": tmp_path,
        "working": tmp_path / "work",
        "home": tmp_path / "user",
        "root": Path("/"),
    }[where]
    before = files(tmp_path)
    (tmp_path / "link").symlink_to(target)
    for folder in (target, tmp_path / "link", target / "x" / ".."):
        with pytest.raises(UsageError, match="choose an output folder of its own"):
            write_folder(made, folder, made.read)
    (tmp_path / "link").unlink()
    assert files(tmp_path) == before


def test_folder_of_somebody_else(home: Path, tmp_path: Path) -> None:
    """A folder with files that we did not make is left alone; an empty one is fine."""
    made = site(home)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("years")
    with pytest.raises(UsageError, match="holds files that bpslides did not make"):
        write_folder(made, tmp_path / "full", made.read)
    assert files(tmp_path / "full") == {"thesis.tex": b"years"}
    (tmp_path / "empty").mkdir()
    write_folder(made, tmp_path / "empty", made.read)


def test_a_file_in_the_way(home: Path, tmp_path: Path) -> None:
    """A file is not a folder, and a folder is not a file."""
    made = site(home)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file, and a deck is built into a folder"):
        write_folder(made, tmp_path / "file", made.read)
    for folder in (tmp_path / "file" / "below", Path("/dev/null/below")):
        with pytest.raises(BpslidesError, match="cannot write"):
            write_folder(made, folder, made.read)
    with pytest.raises(BpslidesError, match="cannot write"):
        write_file(made, tmp_path / "file")
    (tmp_path / "talk.html").mkdir()
    with pytest.raises(BpslidesError, match="cannot write"):
        write_file(made, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(MANIFEST)] == []


def test_links(home: Path, tmp_path: Path) -> None:
    """An output folder that is a link stays one; a link to nowhere gets its folder; a loop is told."""
    made = site(home)
    (tmp_path / "real").mkdir()
    for link, target in (("there", "real"), ("nowhere", "new"), ("loop", "loop")):
        (tmp_path / link).symlink_to(tmp_path / target)
    for _ in range(2):
        write_folder(made, tmp_path / "there", made.read)
        write_folder(made, tmp_path / "nowhere", made.read)
    assert is_whole(tmp_path / "real", made)
    assert is_whole(tmp_path / "new", made)
    assert (tmp_path / "there").is_symlink()
    with pytest.raises(BpslidesError, match="loop"):
        write_folder(made, tmp_path / "loop", made.read)


# ── failures ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["write_bytes", "replace"])
def test_the_disk_refuses(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Whichever write or rename fails, the old output is whole, the message says why, and no rest is left."""
    old, new, out = site(home, OLD), site(home, NEW), tmp_path / "out"
    write_folder(old, out, old.read)
    real = getattr(Path, method)
    failures = 0
    for fails_at in range(1, 40):
        calls = 0

        def refuse(self: Path, *arguments: object, at: int = fails_at) -> object:
            nonlocal calls
            calls += 1
            if calls == at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(self, *arguments)

        with monkeypatch.context() as patch:
            patch.setattr(Path, method, refuse)
            try:
                write_folder(new, out, new.read)
            except BpslidesError as error:
                failures += 1
                assert str(error) == f"cannot write {out}: No space left on device"  # noqa: PT017 - some calls succeed
        if calls < fails_at:
            break
        assert is_whole(out, old) or is_whole(out, new)
        assert not [path for path in out.iterdir() if path.name.startswith(f"{MANIFEST}-")]
        write_folder(old, out, old.read)
        assert set(files(out)) == {*old.files, MANIFEST}
    assert failures >= 5


def test_the_first_build_fails(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first build that fails leaves no page, and the next one may have the folder."""
    made, out = site(home), tmp_path / "out"
    real = Path.write_bytes

    def refuse(self: Path, data: bytes) -> int:
        return real(Path("/dev/full"), data) if data == made.page else real(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", refuse)
        with pytest.raises(BpslidesError, match="No space left on device"):
            write_folder(made, out, made.read)
    assert files(out) == {}
    write_folder(made, out, made.read)
    assert is_whole(out, made)


def test_single_file_on_a_full_disk(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old page stays when there is no room for the new one."""
    old, new = (site(home, text, Output.SINGLE_FILE) for text in (OLD, NEW))
    write_file(old, tmp_path)
    real = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: real(Path("/dev/full"), data))
    with pytest.raises(BpslidesError, match=r"cannot write .*talk\.html: No space left on device"):
        write_file(new, tmp_path)
    assert (tmp_path / "talk.html").read_bytes() == old.page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["talk", "talk.html"]


KILLED = """
import os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from bpslides.write import write_folder

def dies_before(event, arguments, calls=[0]):
    if event in ("open", "os.rename", "os.mkdir", "os.remove") and str(arguments[0]).startswith(sys.argv[1]):
        calls[0] += 1
        if calls[0] == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

files = {"index.html": b"new page", "assets/new.css": b"new style", "assets/same.js": b"script"}
sys.addaudithook(dies_before)
site = SimpleNamespace(files=files, page=files["index.html"], name="t")
write_folder(site, Path(sys.argv[1]), [])
"""


def test_killed_anywhere(tmp_path: Path) -> None:
    """Killed before any of its calls to the file system, a build leaves the whole old output or the whole new one."""
    out = tmp_path / "out"
    old = {"index.html": b"old page", "assets/old.css": b"old style", "assets/same.js": b"script"}
    new = {"index.html": b"new page", "assets/new.css": b"new style", "assets/same.js": b"script"}
    (out / "assets").mkdir(parents=True)
    outcomes = []
    for number in range(1, 60):
        for path, data in old.items():
            (out / path).write_bytes(data)
        (out / MANIFEST).write_text("\n".join(sorted({*old, *new})) + "\n")
        ended = subprocess.run([sys.executable, "-c", KILLED, str(out), str(number)], check=False)
        found = files(out)
        wanted = old if found["index.html"] == b"old page" else new
        assert {path: found.get(path) for path in wanted} == wanted
        outcomes.append(wanted is new)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
    assert len(outcomes) > 10
    assert outcomes == sorted(outcomes)  # first the old one, from some call on the new one
    assert outcomes[-1]


TWENTY_TIMES = """
import sys
from pathlib import Path
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_folder

site, _ = make_site(Path(sys.argv[1]), Output.FOLDER)
for _ in range(20):
    write_folder(site, Path(sys.argv[2]), site.read)
"""


def test_two_builds_at_once(tmp_path: Path, home: Path) -> None:
    """Two processes that build into one folder for a while leave one whole site."""
    made, out = site(home), tmp_path / "out"
    both = [subprocess.Popen([sys.executable, "-c", TWENTY_TIMES, str(home / "deck.yaml"), str(out)]) for _ in range(2)]
    start = time.monotonic()
    assert [process.wait(timeout=30) for process in both] == [0, 0]
    assert time.monotonic() - start < 30
    assert is_whole(out, made)


def test_two_versions_at_once(tmp_path: Path, home: Path) -> None:
    """Also where they build different decks: neither takes away what the other's page needs."""
    (tmp_path / "other").mkdir()
    old, new, out = site(home, OLD), site(tmp_path / "other", NEW), tmp_path / "out"
    decks = [home / "deck.yaml", tmp_path / "other" / "deck.yaml"]
    both = [subprocess.Popen([sys.executable, "-c", TWENTY_TIMES, str(deck), str(out)]) for deck in decks]
    whole = 0
    while any(process.poll() is None for process in both):
        page = (out / "index.html").read_bytes() if (out / "index.html").exists() else None
        whole += page in (old.page, new.page)
    assert [process.wait(timeout=30) for process in both] == [0, 0]
    assert whole
    assert is_whole(out, old) or is_whole(out, new)


def test_a_single_file_of_any_kind(home: Path, tmp_path: Path) -> None:
    """It is whole or the one from before, also behind a link; nothing else is left."""
    target = tmp_path / "new" / "talk.pdf"
    for data in (b"one", b"two"):
        assert write_bytes(target, data, []) == target
        assert target.read_bytes() == data
    (tmp_path / "link.pdf").symlink_to(target)
    write_bytes(tmp_path / "link.pdf", b"three", [])
    assert target.read_bytes() == b"three"
    assert (tmp_path / "link.pdf").is_symlink()
    assert [path.name for path in target.parent.iterdir()] == ["talk.pdf"]


def test_a_single_file_does_no_harm(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a folder, nor a device, nor what the deck is made from, by whatever name, is written over."""
    source = home / "deck.yaml"
    source.write_text("title: T")
    (tmp_path / "other.yaml").hardlink_to(source)
    (tmp_path / "link.yaml").symlink_to(source)
    for target in (home, Path("/dev/null"), source, tmp_path / "other.yaml", tmp_path / "link.yaml"):
        with pytest.raises(UsageError):
            check_target(target, [source])
        with pytest.raises(UsageError):
            write_bytes(target, b"x", [source])
    assert source.read_text() == "title: T"


def full(self: Path, *_: object) -> int:
    """A disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_keeps_a_single_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says so, and the old file stays."""
    (tmp_path / "talk.pdf").write_bytes(b"old")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BpslidesError, match=r"cannot write .*talk\.pdf: No space left on device"):
        write_bytes(tmp_path / "talk.pdf", b"new", [])
    assert files(tmp_path) == {"talk.pdf": b"old"}


def test_a_folder_is_filled_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that come one by one appear together; when one of them cannot be had, or written, none does."""
    out = tmp_path / "out"
    with filling(out, []) as add:
        add("a.png", b"1")
        assert not (out / "a.png").exists()
        add("b.png", b"2")
    whole = files(out)
    assert {name: whole[name] for name in ("a.png", "b.png")} == {"a.png": b"1", "b.png": b"2"}

    def break_off() -> None:
        with filling(out, []) as add:
            add("a.png", b"3")
            raise BpslidesError("gone")

    def fill_up() -> None:
        with monkeypatch.context() as patch, filling(out, []) as add:
            patch.setattr(Path, "write_bytes", full)
            add("a.png", b"4")

    for way, said in ((break_off, "gone"), (fill_up, "No space left")):
        with pytest.raises(BpslidesError, match=said):
            way()
    assert files(out) == whole
    with filling(out, []) as add:
        add("a.png", b"5")
    assert set(files(out)) == {"a.png", MANIFEST}
