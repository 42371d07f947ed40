"""Figures made by Python: only with trust, in a process that can do no lasting harm, and never twice in vain."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bpslides import trust
from bpslides.cli import commands
from bpslides.figures.process import Failed, call
from tests.decks import Deck, with_content

BLOCK = "- figure: {python: 'figures.py:draw'}"


def run(body: str, **arguments: Any) -> Any:
    """What a function with this body returns from its process."""
    return call("figures.py", f"def draw(**given):\n    {body}\n", "draw", arguments, timeout=30)


def deck(folder: Path, source: str, block: str = BLOCK, *, trusted: bool = True) -> Deck:
    """A deck with a figure by this file."""
    (folder / "figures.py").write_text(source)
    if trusted:
        trust.remember(folder / "figures.py")
    return Deck(folder, with_content(block))


# ── the process ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_result() -> None:
    """A function gets its arguments, and its numbers come back; what is not finite is a gap."""
    assert run("return {'a': given['n'] * 2, 'b': [float('nan'), float('-inf'), 1]}", n=4) == {
        "a": 8,
        "b": [None, None, 1],
    }


def test_arrays_and_figures() -> None:
    """Arrays of numpy and figures of plotly.py are understood."""
    assert run("import numpy; return {'y': numpy.arange(3), 'n': numpy.float64(2)}") == {"y": [0, 1, 2], "n": 2.0}
    found = run("import plotly.graph_objects as go; return go.Figure(go.Scatter(y=[1, 2]))")
    assert found["data"] == [{"y": [1, 2], "type": "scatter"}]


def test_noise_is_not_in_the_way() -> None:
    """What a function prints, by whatever way, does not mix with the result; there is nothing to read."""
    noise = "import os, sys; print('x' * 100_000); os.write(1, b'{'); os.write(2, b'}'); "
    assert run(f"{noise}return sys.stdin.read()") == ""


@pytest.mark.parametrize(
    ("body", "message", "line"),
    [
        ("raise ValueError('no data')", "ValueError: no data", 2),
        ("return 1 / 0", "ZeroDivisionError: division by zero", 2),
        ("return object()", "TypeError: a figure holds numbers, texts, lists and mappings, not object", None),
        ("import sys; sys.exit(3)", "SystemExit: 3", 2),
        ("import os; os._exit(3)", "its process ended with code 3 before it gave a figure", None),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "its process was ended by signal 11 before it gave a figure",
            None,
        ),
        ("return 'x' * 9_000_000", "its figure is larger than 8 MB", None),
        ("return bytearray(20_000_000_000)", "MemoryError: no message", 2),
        ("return given['missing'] +", "SyntaxError: invalid syntax", 2),
        ("import bpslides_secret", "ModuleNotFoundError: No module named 'bpslides_secret'", 2),
    ],
)
def test_failures(body: str, message: str, line: int | None) -> None:
    """Whatever goes wrong in a function is told in a sentence, with its line."""
    with pytest.raises(Failed) as failed:
        run(body)
    assert (failed.value.message, failed.value.line) == (message, line)


def test_missing_function() -> None:
    """A name that is not there is told with those that are."""
    with pytest.raises(Failed, match=r"there is no function “plot” in it; it has: draw"):
        call("figures.py", "def draw(): return 1", "plot", {})


def test_an_endless_loop_is_stopped() -> None:
    """A function that does not come back is stopped with everything that it has started."""
    forked = "import os, time\n    child = os.fork()\n    while True: time.sleep(1)"
    before = time.monotonic()
    with pytest.raises(Failed, match="it took longer than 1 seconds and was stopped"):
        call("figures.py", f"def draw():\n    {forked}\n", "draw", {}, timeout=1)
    assert time.monotonic() - before < 20


def test_nobody_is_left_behind(tmp_path: Path) -> None:
    """A process that a function starts ends with it."""
    note = tmp_path / "pid"
    body = f"import subprocess; p = subprocess.Popen(['sleep', '60']); open({str(note)!r}, 'w').write(str(p.pid))"
    run(body)
    pid = int(note.read_text())
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child of a figure is still running")


def test_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function sees neither our folder nor our environment."""
    monkeypatch.setenv("BPSLIDES_SECRET", "1")
    body = "import os; return [os.getcwd(), os.listdir('.'), sorted(os.environ)]"
    folder, files, names = run(body)
    assert folder != str(Path.cwd())
    assert files == []
    assert set(names) <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "HOME", "OPENBLAS_NUM_THREADS", "SYSTEMROOT"}


# ── the figure ────────────────────────────────────────────────────────────────────────────────────────────────────────

ARRAY = """\
import numpy as np
import plotly.graph_objects as go

def draw(scale=1.0, label="a"):
    return go.Figure(go.Scatter(x=np.array([1.0, np.nan]), y=np.array([[2, 3]]).ravel() * scale, name=label))
"""


def test_figure(tmp_path: Path) -> None:
    """A plotly figure arrives with plain numbers, without plotly's own look, with words and a table."""
    block = "- figure: {python: 'figures.py:draw', arguments: {scale: '{{ neuron.w }}', label: <a href=x>}}"
    page = deck(tmp_path, ARRAY, block).sound.page
    spec = json.loads(page.one("script.data").source)["spec"]
    assert spec == {"data": [{"type": "scatter", "x": [1, None], "y": [1, 1.5], "name": "&lt;a href=x>"}], "layout": {}}
    assert "2 points on a line" in page.one(".plot").attributes["aria-label"]
    assert page.texts("td") == ["1", "1.5"]


def test_without_trust_nothing_runs(tmp_path: Path) -> None:
    """A file that nobody trusts leaves a mark and a message that says what to do; it does not run."""
    mark = tmp_path / "ran"
    found = deck(tmp_path, f"open({str(mark)!r}, 'w')\ndef draw(): return dict(data=[])", trusted=False)
    assert found.messages == [
        (
            "16:27: “figures.py” is a program, and you have not trusted it "
            "(read it, then say --trust once, as in bpslides check DECK --trust)"
        )
    ]
    assert found.page.texts(".broken") == ["This figure could not be made."]
    assert not mark.exists()


def test_a_change_revokes_trust(tmp_path: Path) -> None:
    """Trust is for the content: one more character, and the file does not run; the old content is trusted still."""
    source = "def draw(): return dict(data=[dict(y=[1])])\n"
    assert deck(tmp_path, source).messages == []
    (changed,) = deck(tmp_path, f"{source}#", trusted=False).messages
    assert "“figures.py” has changed since you trusted it" in changed
    assert deck(tmp_path, source, trusted=False).messages == []


def test_trust_is_for_one_path(tmp_path: Path) -> None:
    """The same content elsewhere is another file."""
    source = "def draw(): return dict(data=[dict(y=[1])])\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert deck(tmp_path / "a", source).messages == []
    assert len(deck(tmp_path / "b", source, trusted=False).messages) == 1


@pytest.mark.parametrize("content", ["{", "[]", '"x"', None, "{}"])
def test_a_broken_memory_trusts_nobody(tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sound file of trust there is none; giving it anew mends the file."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = tmp_path / "f.py"
    file.write_text("x")
    if content is not None:
        trust.state_file().parent.mkdir()
        trust.state_file().write_text(content)
    assert not trust.is_trusted(file, b"x")
    trust.remember(file)
    assert trust.is_trusted(file, b"x")
    assert trust.state_file().stat().st_mode & 0o077 == 0


def test_cached_until_something_changes(tmp_path: Path) -> None:
    """The function runs once for its content and its arguments."""
    count = tmp_path / "count"
    source = f"def draw(n=0):\n    open({str(count)!r}, 'a').write('x')\n    return dict(data=[dict(y=[n])])\n"
    for _ in range(2):
        assert deck(tmp_path, source).messages == []
    assert count.read_text() == "x"
    deck(tmp_path, source, "- figure: {python: 'figures.py:draw', arguments: {n: 2}}")
    assert count.read_text() == "xx"
    deck(tmp_path, f"{source}# new\n")
    assert count.read_text() == "xxx"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def draw():\n    raise ValueError('no data')", "figures.py:2: ValueError: no data"),
        (
            "def draw(): return 3",
            "“figures.py:draw” returned no figure (return a plotly figure, or its “data” and “layout”)",
        ),
        ("def draw(): return dict(data=[3])", "a figure has a list of traces as “data” and a mapping as “layout”"),
        ("def draw(): return dict(data=[dict(z=1)])", "a scatter has no “z”"),
        (
            "def draw(): return dict(data=[dict(type='pie')])",
            "there is no trace “pie” here (known here: bar, contour, heatmap, scatter)",
        ),
        (
            "def draw(): return dict(data=[dict(y=dict(dtype='O', bdata='AAAA'))])",
            "the arrays of “figures.py:draw” cannot be read",
        ),
        ("def draw(n): return 3", "“figures.py:draw”: TypeError: draw() missing 1 required positional argument: 'n'"),
    ],
)
def test_mistakes(tmp_path: Path, source: str, message: str) -> None:
    """What goes wrong in a function is told at its name in the deck."""
    assert deck(tmp_path, source).messages == [f"16:27: {message}"]


@pytest.mark.parametrize(
    "address", ["figures.py", "../figures.py:draw", "/etc/figures.py:draw", "figures.txt:draw", "figures.py:draw()"]
)
def test_addresses(tmp_path: Path, address: str) -> None:
    """A figure names a function of a file below the deck's folder, and nothing else."""
    (message,) = deck(tmp_path, "", f"- figure: {{python: '{address}'}}").messages
    assert "this names no function of a file" in message


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is told."""
    (message,) = Deck(tmp_path, with_content("- figure: {python: 'other.py:draw'}")).messages
    assert message == "16:27: there is no file “other.py” that could be read"


def test_the_server_watches_what_was_used(tmp_path: Path) -> None:
    """The file, and the file of trust: a change of either brings the figure back."""
    site = deck(tmp_path, "def draw(): return dict(data=[])", trusted=False).site
    assert {tmp_path / "figures.py", trust.state_file()} <= set(site.read)


def test_trust_option(tmp_path: Path) -> None:
    """--trust trusts the files of the deck, in columns and fragments too, and says which; it is remembered."""
    block = "- columns: [[{fragment: [{figure: {python: 'figures.py:draw'}}]}], x]"
    deck(tmp_path, "def draw(): return dict(data=[dict(y=[1])])", block, trusted=False)
    file = str(tmp_path / "deck.yaml")
    assert CliRunner().invoke(commands, ["check", file]).exit_code == 1
    first = CliRunner().invoke(commands, ["check", file, "--trust"])
    assert first.exit_code == 0
    assert f"trusted: {tmp_path / 'figures.py'} (sha256 " in first.stderr
    again = CliRunner().invoke(commands, ["build", file, "-o", str(tmp_path / "out")])
    assert again.exit_code == 0
    assert "trusted" not in again.stderr
    assert not list((tmp_path / "out").rglob("*.py"))
