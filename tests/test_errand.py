"""A browser in a process of its own: silence is borne for a while, and nothing of it outlives its errand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bpslides.browser import BrowserMissing
from bpslides.errand import Errand, packed, unpacked

MARK = "86399.7531"
"""How long the fake browser sleeps: by that it is found among the processes."""


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of the browser."""

    def use(script: str) -> None:
        fake = tmp_path / "fake"
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
        monkeypatch.setenv("BPSLIDES_BROWSER", str(fake))

    return use


def sleepers() -> list[str]:
    """The fake browsers that still run."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line == f"sleep {MARK}"]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon, however slow the machine is."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_files_come_back() -> None:
    """Bytes go through JSON and come back."""
    files = {"a.png": bytes(range(256)), "b": b""}
    assert unpacked(packed(files)) == files


def test_what_is_missing_is_raised(browser: Callable[[str], None]) -> None:
    """A browser that does not start is told by the one line that says so."""
    browser("exit 1")
    with Errand("bpslides.check.visit") as errand:
        errand.send({})
        with pytest.raises(BrowserMissing, match="does not start"):
            list(errand.reports())


def test_silence_is_the_end(browser: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that hangs is given up, and ended with all that it started; its folder goes, too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    browser(f"exec sleep {MARK}")
    with Errand("bpslides.check.visit") as errand:
        wait_until(lambda: bool(sleepers()))
        errand.patience = 0.2
        errand.send({})
        assert list(errand.reports()) == []
        assert errand.silent
    assert errand._process.returncode == 1  # it has taken leave of what it had started, and was not just killed
    wait_until(lambda: not sleepers())
    assert list(tmp_path.glob("bpslides-*")) == []


def test_done_is_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the work is done, nobody waits for what the process still does."""
    module = f'print(\'{{"kind": "file"}}\\n{{"kind": "done"}}\', flush=True)\nimport time\ntime.sleep({MARK})'
    (tmp_path / "dawdler.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Errand("dawdler") as errand:
        assert list(errand.reports()) == [{"kind": "file"}]
        assert errand._process.poll() is None
        assert not errand.silent


def test_nobody_works_for_nobody(browser: Callable[[str], None]) -> None:
    """When the one who sent it is killed, the errand ends by itself, and its browser with it."""
    browser(f"exec sleep {MARK}")
    script = "import time; from bpslides.errand import Errand; Errand('bpslides.check.visit'); time.sleep(1000)"
    sender = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: bool(sleepers()))
    os.kill(sender.pid, signal.SIGKILL)
    sender.wait()
    wait_until(lambda: not sleepers())
