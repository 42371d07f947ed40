"""Who is let in: every route refuses foreign hosts and foreign origins, and every answer carries the headers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.routing import Route, WebSocketRoute

from bpslides.serve.app import application, routes
from bpslides.serve.decks import Library
from bpslides.serve.guard import HEADERS, Guard, allowed_hosts
from tests.serving import write_deck

PORT = 8000
OWN = f"127.0.0.1:{PORT}"
ADDRESSES = [
    "/",
    "/style.css",
    "/{deck}",
    "/{deck}/",
    "/{deck}/assets/{name}",
    "/{deck}/speaker",
    "/{deck}/speaker.js",
    "/{deck}/ws",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The small deck under the name “talk”, built."""
    library = Library(write_deck(tmp_path_factory.mktemp("decks") / "talk"))
    library.decks["talk"].build()
    return library


def ask(app: Any, path: str, headers: list[tuple[str, str]], kind: str = "http", method: str = "GET") -> Any:
    """Send one request through an ASGI application; returns the first message of its answer."""
    answers: list[Any] = []
    incoming = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Any:
        return incoming.pop(0) if kind == "websocket" else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "http_version": "1.1",
        "server": ("127.0.0.1", PORT),
        "client": ("127.0.0.1", 5000),
    }

    asyncio.run(app(scope, receive, send))
    return answers[0]


def every_route(library: Library) -> list[tuple[str, str]]:
    """Kind and address of each route of the application, filled in so that it would be answered."""
    asset = next(name for name in library.decks["talk"].site.files if name.endswith(".css")).removeprefix("assets/")  # type: ignore[union-attr]
    found = []
    for route in routes(library).routes:
        assert isinstance(route, Route | WebSocketRoute)
        kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
        found.append((kind, route.path.replace("{deck}", "talk").replace("{name}", asset)))
    return found


def accepted(message: Any) -> bool:
    """Whether an answer is one of the application, not of the guard."""
    if message["type"] == "http.response.start":
        return message["status"] in (200, 307)
    return bool(message["type"] == "websocket.accept")


def test_the_list_of_routes(library: Library) -> None:
    """A new route has to be thought about: it must be put down here."""
    assert [route.path for route in routes(library).routes] == ADDRESSES  # type: ignore[attr-defined]


def test_own_pages_are_let_in(library: Library) -> None:
    """With our own host, and for sockets our own origin, every route answers (or the tests below prove nothing)."""
    app = application(library, allowed_hosts("127.0.0.1", PORT))
    for kind, path in every_route(library):
        for host in (OWN, f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"):
            headers = [("host", host)] + ([("origin", f"http://{host}")] if kind == "websocket" else [])
            assert accepted(ask(app, path, headers, kind)), (path, host)
    assert accepted(ask(app, "/talk/", [("host", OWN), ("origin", f"http://{OWN}")]))


FOREIGN_HOSTS = [
    [],
    [("host", "")],
    [("host", "127.0.0.1")],
    [("host", "127.0.0.1:8001")],
    [("host", "evil.example")],
    [("host", f"evil.example:{PORT}")],
    [("host", f"127.0.0.1.evil.example:{PORT}")],
    [("host", f"evil.example@127.0.0.1:{PORT}")],
    [("host", f"127.0.0.1:{PORT}@evil.example")],
    [("host", f"127.0.0.1:{PORT}, evil.example")],
    [("host", f"127.0.0.1:0{PORT}")],
    [("host", f"localhost.:{PORT}")],
    [("host", f"0.0.0.0:{PORT}")],
    [("host", f"127.1:{PORT}")],
    [("host", f"\xe9:{PORT}")],
    [("host", OWN), ("host", OWN)],
    [("host", OWN), ("host", "evil.example")],
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS, ids=str)
def test_foreign_hosts(library: Library, host: list[tuple[str, str]]) -> None:
    """No route answers to another name, whatever origin is claimed."""
    app = application(library, allowed_hosts("127.0.0.1", PORT))
    for kind, path in every_route(library):
        origins = {f"http://{OWN}", *(f"http://{value}" for _, value in host)}
        for headers in [host, *([*host, ("origin", origin)] for origin in origins)]:
            message = ask(app, path, headers, kind)
            assert not accepted(message)
            assert message.get("status", 421) == 421


FOREIGN_ORIGINS = [
    "null",
    "",
    "http://evil.example",
    "https://127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:80001",
    "http://127.0.0.1:8000.evil.example",
    "http://127.0.0.1:8000/",
    "http://user@127.0.0.1:8000",
    "http://localhost:8000",
    "http://127.0.0.1:8000 http://evil.example",
    "file://",
]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_foreign_origins(library: Library, origin: str) -> None:
    """No route answers to a page of another site, not even if it sends our origin as well."""
    app = application(library, allowed_hosts("127.0.0.1", PORT))
    for kind, path in every_route(library):
        for more in ([], [("origin", f"http://{OWN}")]):
            message = ask(app, path, [("host", OWN), ("origin", origin), *more], kind)
            assert not accepted(message)
            assert message.get("status", 403) == 403


def test_a_socket_needs_an_origin(library: Library) -> None:
    """Browsers always send it with a WebSocket, exactly once."""
    app = application(library, allowed_hosts("127.0.0.1", PORT))
    own = ("origin", f"http://{OWN}")
    assert not accepted(ask(app, "/talk/ws", [("host", OWN)], "websocket"))
    assert not accepted(ask(app, "/talk/ws", [("host", OWN), own, own], "websocket"))


def test_unknown_sockets(library: Library) -> None:
    """Sockets elsewhere are refused."""
    app = application(library, allowed_hosts("127.0.0.1", PORT))
    for path in ("/nobody/ws", "/talk/ws/", "/talk/", "/"):
        assert not accepted(ask(app, path, [("host", OWN), ("origin", f"http://{OWN}")], "websocket"))


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/talk/", "GET", OWN, 200),
        ("/talk/", "HEAD", OWN, 200),
        ("/", "GET", OWN, 307),
        ("/nobody/", "GET", OWN, 404),
        ("/<script>", "GET", OWN, 404),
        ("/talk/assets/..%2f..%2fdeck.yaml", "GET", OWN, 404),
        ("/talk/assets/../index.html", "GET", OWN, 404),
        ("/talk/deck.yaml", "GET", OWN, 404),
        ("//evil.example/", "GET", OWN, 404),
        ("/talk/", "POST", OWN, 405),
        ("/talk/", "TRACE", OWN, 405),
        ("/talk/", "BREW", OWN, 405),
        ("/talk/", "GET", "evil.example", 421),
    ],
)
def test_headers_on_every_answer(library: Library, path: str, method: str, host: str, status: int) -> None:
    """Pages, redirects and refusals alike carry the headers, and nothing allows other origins in."""
    message = ask(application(library, allowed_hosts("127.0.0.1", PORT)), path, [("host", host)], method=method)
    headers = {name.decode().title(): value.decode() for name, value in message["headers"]}
    assert message["status"] == status
    assert headers.items() >= HEADERS.items()
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert not [name for name in headers if name.startswith("Access-Control")]


def test_headers_on_a_failure(
    library: Library, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault of our own is a short answer with the headers; the terminal says more, in one line."""
    monkeypatch.setattr("bpslides.serve.pages.speaker", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(application(library, allowed_hosts("127.0.0.1", PORT)), "/talk/speaker", [("host", OWN)])
    assert capsys.readouterr().err.startswith("bpslides itself failed on '/talk/speaker' (ZeroDivisionError:")


def test_the_usual_port_may_be_left_out() -> None:
    """Browsers send no port when it is 80."""
    assert {"localhost", "localhost:80", "[::1]", "[::1]:80"} <= allowed_hosts("localhost", 80)
    assert "localhost" not in allowed_hosts("localhost", 8000)


def test_lifespan_passes() -> None:
    """What is neither HTTP nor WebSocket concerns the application alone."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    asyncio.run(Guard(app, frozenset())({"type": "lifespan"}, None, None))  # type: ignore[arg-type]
    assert seen == ["lifespan"]
