"""A real server on the loopback: its pages, the sockets of open pages, and clients that misbehave."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from bpslides.serve import server, sockets
from bpslides.serve.sockets import Bucket
from tests.serving import DECK, Client, receive, serving, write_deck


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server for the small deck, called “talk”."""
    with serving(write_deck(tmp_path_factory.mktemp("decks") / "talk")) as running:
        yield running


def test_pages(client: Client) -> None:
    """/ leads to the deck, and the deck to its assets, each with its type and its time to live."""
    answer, _ = client.get("/")
    assert (answer.status, answer.headers["Location"]) == (307, "/talk/")
    answer, _ = client.get("/talk")
    assert (answer.status, answer.headers["Location"]) == (307, "/talk/")
    answer, page = client.get("/talk/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Server" not in answer.headers
    site = client.library.decks["talk"].site
    assert site is not None
    kinds = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".ttf": "font/ttf"}
    for name in site.files:
        if name.startswith("assets/"):
            answer, data = client.get(f"/talk/{name}")
            assert data == site.files[name]
            assert answer.headers["Content-Type"] == kinds[Path(name).suffix]
            assert "immutable" in answer.headers["Cache-Control"]
    assert b"Say one." not in page


def test_speaker(client: Client) -> None:
    """The speaker view frames the deck and loads its own script."""
    answer, page = client.get("/talk/speaker")
    assert b"Say one." in page
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    answer, script = client.get("/talk/speaker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert script


def test_picture(tmp_path: Path) -> None:
    """A picture of the deck is served; an SVG one, opened by itself, is shut into a sandbox."""
    file = write_deck(tmp_path / "talk")
    (file.parent / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    file.write_text(DECK.replace("notes: Say one.", 'notes: "![a drawing](drawing.svg)"'), encoding="utf-8")
    with serving(file) as client:
        site = client.library.decks["talk"].site
        assert site is not None
        name = next(name for name in site.files if name.endswith(".svg"))
        answer, data = client.get(f"/talk/{name}")
        assert data.startswith(b"<svg")
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert client.get("/talk/drawing.svg")[0].status == 404


def test_all_shipped_decks() -> None:
    """Without a deck there is an index, and a deck is built when it is first asked for."""
    with serving(None) as client:
        answer, page = client.get("/")
        assert answer.status == 200
        assert b'href="backprop/"' in page
        assert all(deck.site is None for deck in client.library.decks.values())
        answer, page = client.get("/visual-guide/")
        assert answer.status == 200
        assert b"<section" in page
        assert [name for name, deck in client.library.decks.items() if deck.site] == ["visual-guide"]


def test_broken_from_the_start(tmp_path: Path) -> None:
    """A deck that cannot be built shows its problems, escaped, and looks again; the fix shows the deck."""
    file = write_deck(tmp_path / "talk")
    file.write_text(DECK.replace("title: Two", "<script>: Two"), encoding="utf-8")
    with serving(file) as client:
        for path in ("/talk/", "/talk/speaker"):
            answer, page = client.get(path)
            assert answer.status == 200
            assert b"&lt;script&gt;" in page
            assert b"<script" not in page
            assert b'http-equiv="refresh"' in page
        with client.page("talk") as page_socket:
            assert receive(page_socket)["type"] == "problems"
            file.write_text(DECK, encoding="utf-8")
            assert receive(page_socket) == {"type": "reload"}
        assert b'id="one"' in client.get("/talk/")[1]


# ── sockets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_questions_and_answers(client: Client) -> None:
    """Questions are answered in order, and an error does not end the conversation."""
    with client.page("talk") as page:
        page.send("what?")
        page.send(json.dumps({"type": "run", "id": 5, "model": "neuron", "set": {"w": 0.6}}))
        assert "error" in receive(page)
        reply = receive(page)
        assert reply["id"] == 5
        assert reply["result"]["values"]["z"] == pytest.approx(1.3)


def closed_with(page: ClientConnection) -> int | None:
    """The code with which the server closes a page, after whatever else it sends."""
    with suppress(ConnectionClosed):
        while True:
            page.recv(5)
    return page.close_code


def test_close_codes(client: Client) -> None:
    """Binary, broken text and too much at once each end with the code that says so; the next page is served."""
    with client.page("talk") as page:
        page.send(b"\0")
        assert closed_with(page) == 1003
    with client.page("talk") as page:
        page.send("x" * (sockets.MAX_MESSAGE + 1))
        assert closed_with(page) == 1009
    with client.page("talk") as page:
        page.send(b"\xff\xfe", text=True)
        assert closed_with(page) == 1007
    with client.page("talk") as page:
        page.send("x" * sockets.MAX_MESSAGE)
        assert "error" in receive(page)


def test_flood(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that sends far too much is let go, while others are served."""
    monkeypatch.setattr(sockets, "MAX_RATE", 20)
    with client.page("talk") as page:
        with pytest.raises(ConnectionClosed):  # noqa: PT012 - whether sending or receiving notices first is chance
            for _ in range(2000):
                page.send("{}")
            while True:
                page.recv(5)
        assert page.close_code == 1008
        assert client.get("/talk/")[0].status == 200


def test_bucket() -> None:
    """A full bucket gives `rate` tokens at once, then as many a second, and never saves up more."""
    now = 0.0
    bucket = Bucket(10, lambda: now)
    assert sum(bucket.take() for _ in range(50)) == 10
    now = 0.5
    assert sum(bucket.take() for _ in range(50)) == 5
    now = 100.0
    assert sum(bucket.take() for _ in range(50)) == 10


def test_refused_sockets(client: Client) -> None:
    """A page of another site gets no socket, and nobody gets one of a deck that is not there."""
    address = f"ws://127.0.0.1:{client.port}"
    own, foreign = Origin(client.origin), Origin("http://evil.example")
    for path, origin in [("/talk/ws", foreign), ("/talk/ws", None), ("/nobody/ws", own)]:
        with pytest.raises(InvalidStatus) as refused, connect(address + path, origin=origin, proxy=None):
            pass
        assert refused.value.response.status_code == 403


def test_goodbye(tmp_path: Path) -> None:
    """A server that ends says so to fifty open pages (1001), and does not keep anybody waiting."""
    with serving(write_deck(tmp_path / "talk")) as client:
        open_pages = [client.page("talk") for _ in range(50)]
        deck = client.library.decks["talk"]
        assert len(deck.pages) == 50
        started = time.monotonic()
    assert time.monotonic() - started < 10
    for page in open_pages:
        assert closed_with(page) == 1001
    assert len(deck.pages) == 0


def test_pages_that_go_are_forgotten(client: Client) -> None:
    """A closed page gets no news any more."""
    pages = client.library.decks["talk"].pages
    with client.page("talk"):
        deadline = time.monotonic() + 2
        while len(pages) != 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(pages) == 1
    deadline = time.monotonic() + 2
    while len(pages) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(pages) == 0


# ── clients that misbehave ────────────────────────────────────────────────────────────────────────────────────────


def raw(client: Client, data: bytes, seconds: float = 10.0) -> bytes:
    """Everything that comes back for these bytes until the server closes."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=seconds) as connection:
        connection.sendall(data)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET /talk/ HTTP/1.1\r\nHost: ",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\nhalf",
    ],
)
def test_half_a_request(client: Client, monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    """Whoever does not finish a request is let go, with or without an answer."""
    monkeypatch.setattr(server, "REQUEST_TIME", 0.2)
    started = time.monotonic()
    raw(client, start)
    assert time.monotonic() - started < 4  # of the five seconds that there are else


def test_a_drop_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending a byte now and then does not win more time."""
    monkeypatch.setattr(server, "REQUEST_TIME", 0.3)
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        started = time.monotonic()
        with pytest.raises(OSError, match=r"Broken pipe|reset"):  # noqa: PT012 - any of the bytes may be the last
            for letter in b"GET /talk/ HTTP/1.1\r\nX-Slow: " + b"a" * 100:
                connection.sendall(bytes([letter]))
                time.sleep(0.05)
        assert time.monotonic() - started < 4


def test_open_pages_have_all_the_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is for requests: a socket that was granted stays open."""
    monkeypatch.setattr(server, "REQUEST_TIME", 0.1)
    with client.page("talk") as page:
        time.sleep(0.3)
        page.send("{}")
        assert "error" in receive(page)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP\r\n\r\n",
        b"\r\n\r\n\0\0\0",
    ],
    ids=["TLS", "giant header", "two hosts", "two lengths", "noise"],
)
def test_what_is_no_request(
    client: Client, data: bytes, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS, giant headers and noise are closed without a word in the terminal; the next request is answered."""
    monkeypatch.setattr(server, "REQUEST_TIME", 0.3)
    received = raw(client, data)
    assert received == b"" or received.startswith((b"HTTP/1.1 4", b"HTTP/1.1 431"))
    assert client.get("/talk/")[0].status == 200
    assert capfd.readouterr().err == ""
