"""The command line as a process of its own: what it loads, narrow terminals, closed pipes, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import DECK, write_deck


def process(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """A command as a process of its own."""
    command = [sys.executable, "-m", "bpslides", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | variables, capture_output=True, timeout=30)


def loaded(code: str, folder: Path) -> set[str]:
    """The top-level modules that are loaded after running `code`."""
    listing = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", listing], cwd=folder, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_help_loads_little(tmp_path: Path) -> None:
    """`bpslides --help` answers at once: it loads neither numpy nor anything else that is slow."""
    modules = loaded("from bpslides.cli import main; main(['--help'])", tmp_path)
    assert modules.isdisjoint(
        {"numpy", "pydantic", "yaml", "jinja2", "plotly", "starlette", "uvicorn", "watchfiles", "rich"}
    )


def test_build_loads_no_server(tmp_path: Path) -> None:
    """A build needs no server, no browser, and no plotly where there is no figure of its own."""
    write_deck(tmp_path / "talk")
    modules = loaded("from bpslides.cli import main; main(['build', 'talk', '-o', 'out'])", tmp_path)
    assert "numpy" in modules
    assert modules.isdisjoint({"plotly", "starlette", "uvicorn", "watchfiles", "websockets", "playwright", "asyncio"})


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_narrow_terminals(tmp_path: Path, encoding: str) -> None:
    """A terminal without “, ” and Greek letters gets something, not an exception; JSON stays JSON."""
    file = write_deck(tmp_path / "talk")
    file.write_text(DECK.replace("z: w*x + b", "ζ: w*x + b").replace("relu(z)", "relu(ζ)"), encoding="utf-8")
    narrow = {"PYTHONIOENCODING": f"{encoding}:strict", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = process("values", "talk", folder=tmp_path, **narrow)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u03b6" in done.stdout or "ζ".encode() in done.stdout
    done = process("values", "talk", "--json", folder=tmp_path, **narrow)
    assert "ζ" in json.loads(done.stdout)["neuron"]["values"]
    done = process("check", "nobody", folder=tmp_path, **narrow)
    assert done.returncode == 2
    assert b"nobody" in done.stderr
    assert b"Traceback" not in done.stderr


def test_closed_pipe(tmp_path: Path) -> None:
    """A reader that goes away is no reason to complain."""
    write_deck(tmp_path / "talk")
    read, written = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "bpslides", "values", "talk", "--json"]
    done = subprocess.run(command, cwd=tmp_path, stdout=written, stderr=subprocess.PIPE, timeout=30)
    os.close(written)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_bad_deck_as_a_process(tmp_path: Path) -> None:
    """The exit code and the message come out of a real process as well."""
    write_deck(tmp_path / "talk").write_text(DECK.replace("title: Two", "titel: Two"), encoding="utf-8")
    done = process("check", "talk", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"talk/deck.yaml:")


def test_a_full_disk_behind_the_output(tmp_path: Path) -> None:
    """`bpslides decks > /dev/full` says so in one line."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bpslides", "decks"], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
    assert done.returncode == 1
    assert done.stderr == "Error: the output cannot be written: No space left on device\n"
