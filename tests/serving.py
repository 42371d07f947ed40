"""For the tests of `bpslides serve`: a small deck on disk, and a server in a thread that is asked over the loopback."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bpslides.serve.decks import Library
from bpslides.serve.server import listen, make_server

THEME = """/*
name: Plain
scheme: light
*/
body { color: black }
"""

DECK = """title: Demo
theme: plain
models:
  neuron:
    inputs: {x: 2.0}
    targets: {y: 2.0}
    parameters: {w: 0.5, b: 0.1}
    graph:
      z: w*x + b
      y_hat: relu(z)
      L: (y - y_hat)**2
    loss: L
    learning_rate: 0.01
slides:
  - title: One
    content:
      - The network predicts {{ neuron.y_hat | .2f }}.
    notes: Say one.
  - stack:
      - title: Two
      - title: Three
"""


def write_deck(folder: Path) -> Path:
    """The small deck with a theme of its own, in `folder`; returns the deck file."""
    (folder / "plain").mkdir(parents=True)
    (folder / "plain" / "theme.css").write_text(THEME, encoding="utf-8")
    file = folder / "deck.yaml"
    file.write_text(DECK, encoding="utf-8")
    return file


@dataclass
class Client:
    """Talks to a server on `port`."""

    port: int
    library: Library

    @property
    def origin(self) -> str:
        """What a page of the server sends as its origin."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """The answer to one request and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def page(self, deck: str) -> ClientConnection:
        """The WebSocket of an open page, to be used in a `with`."""
        address = f"ws://127.0.0.1:{self.port}/{deck}/ws"
        # Like a browser, it takes in what is sent whether or not anybody looks at it.
        opened = connect(address, origin=Origin(self.origin), proxy=None, max_queue=None, legacy=True)
        served = self.library.decks[deck]
        if not served.problems:
            assert receive(opened) == {"type": "version", "version": served.site.version if served.site else None}
        return opened


def receive(page: ClientConnection, seconds: float = 5.0) -> dict[str, Any]:
    """The next message that a page gets."""
    message: dict[str, Any] = json.loads(page.recv(seconds))
    return message


@contextmanager
def serving(file: Path | None) -> Iterator[Client]:
    """A running server for the deck or series in `file`, or for all shipped decks."""
    library = Library(file)
    if library.home:
        library.decks[library.home].build()
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = make_server(library, listener, "127.0.0.1")
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        deadline = time.monotonic() + 5
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield Client(port, library)
    finally:
        server.should_exit = True
        thread.join(10)
    assert not thread.is_alive()
