"""Running an author's function where it can do no lasting harm to the build: ``call(...)``.

A process and a process group of its own, without our standard input, environment or folder, killed when it takes too
long or says too much. This bounds what goes wrong; it is no wall against a hostile file, which is why only files that
the user has trusted come here.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

#: Seconds, and bytes: of the reply, and of memory.
TIMEOUT = 10.0
MOST_OUTPUT = 8_000_000
MOST_MEMORY = 2_000_000_000
_WORKER = Path(__file__).with_name("worker.py")
_KEPT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")


class Failed(Exception):
    """The function gave nothing: why, and the line of the file where it happened, if it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def call(name: str, source: str, function: str, arguments: dict[str, Any], timeout: float = TIMEOUT) -> Any:
    """What ``function`` of the file called ``name``, with the text ``source``, returns, as JSON data.

    Numbers that are not finite come back as None.

    Raises:
        Failed: when it raises, crashes, takes longer than ``timeout`` seconds, or returns too much.
    """
    request = {"name": name, "source": source, "function": function, "arguments": arguments, "memory": MOST_MEMORY}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", str(_WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env={**environment, "HOME": folder, "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
        except OSError as error:
            raise Failed(f"no process can be started for it: {error.strerror}") from None
        try:
            reply = _answer(process, json.dumps(request).encode(), timeout)
        finally:
            _kill(process)
    return _read(process.returncode, reply)


def _answer(process: subprocess.Popen[bytes], request: bytes, timeout: float) -> bytes:
    """The reply of the process, read beside it so that neither waits for the other."""
    assert process.stdin is not None
    assert process.stdout is not None
    found: list[bytes] = []
    reader = threading.Thread(target=_collect, args=(process.stdout, found), daemon=True)
    reader.start()
    with contextlib.suppress(OSError):  # it has gone already: its end says why
        process.stdin.write(request)
        process.stdin.close()
    reader.join(timeout)
    if reader.is_alive():
        raise Failed(f"it took longer than {timeout:g} seconds and was stopped")
    reply = b"".join(found)
    if len(reply) > MOST_OUTPUT:
        raise Failed(f"its figure is larger than {MOST_OUTPUT // 1_000_000} MB")
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1)
    return reply


def _collect(stream: IO[bytes], found: list[bytes]) -> None:
    size = 0
    while size <= MOST_OUTPUT and (part := stream.read(65_536)):
        found.append(part)
        size += len(part)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _read(code: int, reply: bytes) -> Any:
    try:
        answer = json.loads(reply, parse_constant=lambda _: None)
        error, result = answer.get("error"), answer.get("result")
    except (ValueError, AttributeError, RecursionError):
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise Failed(f"its process {how} before it gave a figure") from None
    if error:
        message = error["message"] or "no message"
        raise Failed(f"{error['type']}: {message}" if error["type"] != "LookupError" else message, error["line"])
    return result
