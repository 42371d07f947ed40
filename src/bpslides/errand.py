"""A browser in a process of its own, which can be ended with all that it started: whatever a page does, we go on.

Here is the side that sends somebody off::

    with Errand("bpslides.check.visit") as errand:
        errand.send({"files": packed(site.files)})
        for report in errand.reports():
            ...

and the module named there ends with :func:`run`, which starts the browser, does the work and reports. The browser
starts while the job is still being made. Either side notices when the other is gone.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpslides import paths
from bpslides.browser import BrowserMissing, launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    Tell = Callable[[dict[str, Any]], None]
    Work = Callable[[Browser, dict[str, Any], Tell], None]

#: The most seconds that an errand may be silent: to start the browser, or between two reports.
PATIENCE = 30.0
#: The seconds that a browser is given to end.
GRACE = 3.0


class Errand:
    """A process that drives a browser. It ends with the ``with`` block, in whatever state it is."""

    def __init__(self, module: str, patience: float | None = None) -> None:
        self.patience = PATIENCE if patience is None else patience
        """How many seconds of silence are borne from now on."""
        self.silent = False
        """Whether the reports ended because nothing was heard for too long."""
        self._is_done = False
        self._lines: queue.Queue[str | None] = queue.Queue()
        # What the browser leaves behind when it is ended goes with this folder.
        self._scratch = tempfile.TemporaryDirectory(prefix="bpslides-", ignore_cleanup_errors=True)
        scratch = self._scratch.name
        # A session of its own, so that it can be ended with all that it started.
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            # Playwright's driver is compiled anew at every start, if node is not told where to keep that.
            env={"NODE_COMPILE_CACHE": str(paths.user_folder("cache") / "node"), **os.environ, "TMPDIR": scratch},
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def send(self, job: Mapping[str, Any]) -> None:
        """Tell what is to be done, in what JSON knows; bytes by :func:`packed`."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended already: its last report says why
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def reports(self) -> Iterator[dict[str, Any]]:
        """What is reported, as it comes, until the work is done; or until nothing was heard for ``patience`` seconds.

        Raises:
            BrowserMissing: there is no browser, or nothing to drive it with.
        """
        while True:
            try:
                line = self._lines.get(timeout=self.patience)
            except queue.Empty:
                self.silent = True
                return
            if line is None:
                return
            report: dict[str, Any] = json.loads(line)
            match report["kind"]:
                case "missing":
                    raise BrowserMissing(report["text"])
                case "done":  # nobody waits for the browser's farewell
                    self._is_done = True
                    return
            yield report

    def __enter__(self) -> Errand:
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(os, "killpg"):
            self._end_group()
        elif self._is_done:  # the browser is just closing, and would stay if its driver were killed
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):  # a job that nobody took is lost with it
                stream.close()
        self._clean_up()

    def _clean_up(self) -> None:
        """Take the browser's folder away; one that is just ending may still be writing there."""
        end = time.monotonic() + GRACE
        self._scratch.cleanup()
        while Path(self._scratch.name).exists() and time.monotonic() < end:
            time.sleep(0.05)
            shutil.rmtree(self._scratch.name, ignore_errors=True)

    def _end_group(self) -> None:
        """End the process and all that it started: first so that the driver can end the browser, then for certain."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            end = time.monotonic() + GRACE
            while time.monotonic() < end:
                self._process.poll()  # who has ended is in the group until somebody asks
                os.killpg(self._process.pid, 0)
                time.sleep(0.01)
            os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)


def packed(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files by their paths, for a job."""
    return {path: base64.b64encode(data).decode("ascii") for path, data in files.items()}


def unpacked(files: Mapping[str, str]) -> dict[str, bytes]:
    """What :func:`packed` made."""
    return {path: base64.b64decode(data) for path, data in files.items()}


def run(work: Work) -> None:
    """The other side: do ``work`` with a browser, the job and the function that reports.

    ``done`` is reported at its end, ``missing`` when there is no browser, ``failed`` when the work ended early.
    """
    signal.signal(signal.SIGTERM, _end)
    job: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read, args=(job,), daemon=True).start()
    try:
        with launch() as browser:
            work(browser, json.loads(job.get()), _tell)
            _tell({"kind": "done"})
    except BrowserMissing as error:
        _tell({"kind": "missing", "text": str(error)})
    except Exception as error:  # noqa: BLE001 - whatever ends the work, the author is told in one line
        _tell({"kind": "failed", "text": str(error).strip().partition("\n")[0]})


def _end(*_: object) -> None:
    """Told to end: let go of the driver, which ends the browser and itself, and wait for it.

    Left to the system it would stay until some init has asked for it, and keep who told us to end waiting.
    """
    os.closerange(3, 1024)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(1)


def _tell(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


def _read(job: queue.Queue[bytes]) -> None:
    """Read the job, then wait for the end of the one who gave it: nobody works for nobody."""
    # Not sys.stdin: Python would complain at its end of a thread that still reads from that.
    line = b""
    while part := os.read(0, 1 << 20):
        line += part
        if part.endswith(b"\n"):
            job.put(line)
            line = b""
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGTERM)  # the driver ends the browser with itself
    os._exit(1)
