"""`bpslides serve` as a process: its first line, its port, its browser, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from bpslides.errors import BpslidesError, UsageError
from bpslides.serve import serve
from bpslides.serve.server import MORE_PORTS, listen, show
from tests.serving import DECK, write_deck

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends the process by signals")


@contextmanager
def process(*arguments: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `bpslides serve`, and the address that it printed."""
    command = [sys.executable, "-m", "bpslides", "serve", "--no-open", *arguments]
    running = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line.startswith("bpslides serves http://"), running.communicate()
        yield running, line.split()[-1]
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_signals(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    """It is gone at once, with open pages, half a request and nothing in the terminal."""
    write_deck(tmp_path / "talk")
    with process("talk", "--port", "0", folder=tmp_path) as (running, address):
        assert address.endswith("/talk/")
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
        place = address.removeprefix("http://").split("/")[0]
        host, _, port = place.partition(":")
        with (
            connect(f"ws://{place}/talk/ws", origin=Origin(f"http://{place}"), proxy=None) as page,
            socket.create_connection((host, int(port))) as slow,
        ):
            slow.sendall(b"GET / HT")
            started = time.monotonic()
            running.send_signal(sent)
            assert "version" in page.recv(20)
            with pytest.raises(ConnectionClosed):
                page.recv(20)
            assert page.close_code == 1001
            assert running.wait(20) == code
            assert time.monotonic() - started < 4  # the half request had five seconds more
        assert running.stderr is not None
        assert running.stderr.read().strip() == ""


def test_problems_at_the_start(tmp_path: Path) -> None:
    """A broken deck is served all the same; its problems are in the terminal."""
    write_deck(tmp_path / "talk").write_text(DECK.replace("title: Two", "titel: Two"), encoding="utf-8")
    with process("talk", "--port", "0", folder=tmp_path) as (running, address):
        with urllib.request.urlopen(address) as answer:
            assert b"cannot be shown yet" in answer.read()
        running.terminate()
        assert running.wait(20) == 0
        assert running.stderr is not None
        assert "talk/deck.yaml:20:9: unknown key “titel”" in running.stderr.read()


def test_a_port_in_use(tmp_path: Path) -> None:
    """The next free one is taken, and that is said when the port was asked for."""
    write_deck(tmp_path / "talk")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with process("talk", "--port", str(taken), folder=tmp_path) as (running, address):
            assert f":{taken}/" not in address
            running.terminate()
            assert running.wait(20) == 0
            assert running.stderr is not None
            assert running.stderr.read().startswith(f"port {taken} is in use, so this is port ")


def test_no_port_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """After twenty more tries it is an error that says what to do."""
    tried = []

    def taken(self: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address[1])
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket.socket, "bind", taken)
    with pytest.raises(BpslidesError, match=r"8000 to 8020 are all in use.*--port 0"):
        listen("127.0.0.1", None)
    assert len(tried) == MORE_PORTS + 1
    with pytest.raises(BpslidesError, match="65530 to 65535"):
        listen("127.0.0.1", 65530)


def test_a_port_that_needs_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other refusals of the system are told as they are."""

    def refused(self: socket.socket, address: tuple[str, int]) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refused)
    with pytest.raises(BpslidesError, match="port 80: Permission denied"):
        listen("localhost", 80)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", ""])
def test_other_machines(host: str) -> None:
    """Only this machine is served for now."""
    with pytest.raises(UsageError, match="roles and tokens") as refused:
        serve(None, host)
    assert refused.value.exit_code == 2


def test_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is opened where there is a display, and left alone where there is none."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    show("http://127.0.0.1:8000/")
    time.sleep(0.05)
    assert opened == []
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    show("http://127.0.0.1:8000/")
    deadline = time.monotonic() + 2
    while not opened and time.monotonic() < deadline:
        time.sleep(0.01)
    assert opened == ["http://127.0.0.1:8000/"]
