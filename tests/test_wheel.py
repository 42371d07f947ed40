"""The wheel: built from the sdist without node, installed into an empty environment, and presented from."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(hatch_build.__file__).parent

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path, environment: dict[str, str]) -> str:
    """Run a command to its end; returns its standard output. All that it printed is shown where it fails."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def clean_environment(**changes: str) -> dict[str, str]:
    """Our environment without anything that leads back to the checkout."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}}
    return {**kept, "PYTHONUNBUFFERED": "1", **changes}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the unpacked sdist with nothing on PATH."""
    folder = tmp_path_factory.mktemp("wheel")
    hatch_build.build(ROOT)
    build = (sys.executable, "-m", "hatchling", "build", "-d", folder)
    run(*build, "-t", "sdist", folder=ROOT, environment=clean_environment())
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    unpacked = next(path for path in folder.iterdir() if path.is_dir())
    run(*build, "-t", "wheel", folder=unpacked, environment=clean_environment(PATH=str(folder / "nothing")))
    return next(folder.glob("*.whl"))


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel, and an empty folder to work in."""

    programs: Path
    folder: Path

    def bpslides(self, *arguments: str) -> str:
        """Run the command line tool; returns what it prints."""
        return run(self.programs / "bpslides", *arguments, folder=self.folder, environment=clean_environment())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment that holds the pinned requirements and the wheel, and nothing of the checkout."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    programs = home / "bin"
    folder = tmp_path_factory.mktemp("empty")
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    pinned = ("--require-hashes", "--only-binary", ":all:", "-r", ROOT / "requirements" / "run.txt")
    run(*pip, *pinned, folder=folder, environment=clean_environment())
    run(*pip, wheel, folder=folder, environment=clean_environment())
    run(programs / "python", "-m", "pip", "check", folder=folder, environment=clean_environment())
    return Installed(programs, folder)


def test_wheel_holds_what_a_presenter_needs(wheel: Path) -> None:
    """Assets, decks and themes are inside, and nothing that belongs to the checkout only."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for asset in (
        "deck.js",
        "speaker.js",
        "base.css",
        "shelf.css",
        "plotly.js",
        "icons.json",
        "licenses.txt",
        "fonts/InterVariable.ttf",
    ):
        assert f"bpslides/_static/{asset}" in names
    for kind, file in (("decks", "deck.yaml"), ("themes", "theme.css")):
        for path in (ROOT / kind).glob(f"*/{file}"):
            assert f"bpslides/{kind}/{path.parent.name}/{file}" in names
    assert "bpslides/decks/series/series.yaml" in names
    assert any(name.startswith("bpslides/themes/") for name in names)
    roots = {name.partition("/")[0] for name in names}
    assert all(root == "bpslides" or root.endswith(".dist-info") for root in roots)
    assert not [name for name in names if "__pycache__" in name or "node_modules" in name]


def test_installed_package_is_the_wheel(installed: Installed) -> None:
    """What follows does not run from the checkout by accident."""
    command = (installed.programs / "python", "-c", "import bpslides; print(bpslides.__file__)")
    where = run(*command, folder=installed.folder, environment=clean_environment())
    assert Path(where.strip()).is_relative_to(installed.programs.parent)


def test_decks_are_listed(installed: Installed) -> None:
    """`bpslides decks` names every shipped deck."""
    listed = installed.bpslides("decks")
    for path in (ROOT / "decks").glob("*/deck.yaml"):
        assert path.parent.name in listed


def test_single_file_is_built(installed: Installed) -> None:
    """A shipped deck becomes one file in an otherwise empty folder."""
    installed.bpslides("build", "visual-guide", "-o", "out", "--single-file")
    assert [path.name for path in (installed.folder / "out").iterdir() if path.suffix == ".html"] == [
        "visual-guide.html"
    ]
    html = (installed.folder / "out" / "visual-guide.html").read_text(encoding="utf-8")
    assert html.count("<section") > 5


@pytest.fixture
def server(installed: Installed, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A bare `bpslides serve` and the file that its output goes to; ended for certain."""
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [installed.programs / "bpslides", "serve", "--no-open", "--port", "0"],
            cwd=installed.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield process, log
    if process.poll() is None:
        process.kill()
        process.wait()


def test_bare_serve_presents(server: tuple[subprocess.Popen[bytes], Path]) -> None:
    """`bpslides serve` answers on loopback, and Ctrl-C ends it without a traceback."""
    process, log = server
    end = time.monotonic() + 20
    while (found := re.search(r"http://(127\.0\.0\.1|localhost):(\d+)", log.read_text())) is None:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, f"no address after 20 s:\n{log.read_text()}"
        time.sleep(0.05)
    for path in ("/", "/backprop/"):
        with urllib.request.urlopen(found[0] + path, timeout=10) as answer:
            assert answer.status == 200
            assert b"<html" in answer.read()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) in {0, 130}
    assert "Traceback" not in log.read_text()


def test_a_first_deck(installed: Installed, tmp_path: Path) -> None:
    """What an author begins with works without the checkout: a new deck, the schema, and help."""
    folder = tmp_path / "talk"
    assert f"bpslides serve {folder}" in installed.bpslides("new", str(folder))
    assert installed.bpslides("check", str(folder), "--strict") == f"{folder / 'deck.yaml'}: no problems\n"
    assert installed.bpslides("schema") == (folder / "deck.schema.json").read_text(encoding="utf-8")
    assert "| `tone` |" in installed.bpslides("help", "callout")
    assert "| `light` |" in installed.bpslides("help", "themes")
