"""Who may talk to the server: a page of this server in a browser of this machine, and nobody else.

:class:`Guard` stands in front of the whole application, HTTP and WebSocket alike. It refuses a foreign ``Host`` (a
name that an attacker points at this machine) and a foreign ``Origin`` (a page of another site), and puts the headers
that keep a deck to itself on every answer.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bpslides.policy import content_policy

#: The frames are those of the speaker view.
CONTENT_POLICY = "; ".join(
    [content_policy("'self'", "'self'", "'self'", "'self' data:"), "frame-src 'self'", "frame-ancestors 'self'"]
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def allowed_hosts(host: str, port: int) -> frozenset[str]:
    """The values of ``Host`` that mean us, when we listen on ``host`` and ``port``."""
    names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
    addresses = {f"{name}:{port}" for name in names}
    # Browsers leave out the port that http has by itself.
    return frozenset(addresses | names) if port == 80 else frozenset(addresses)


class Guard:
    """ASGI middleware around ``app`` that lets in only requests for one of ``hosts``."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on what may pass."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send_with_headers)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        hosts = _values(scope, b"host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return PlainTextResponse("This server answers only to its own address on this machine.\n", 421)
        origins = _values(scope, b"origin")
        required = 1 if scope["type"] == "websocket" else len(origins)
        if len(origins) != required or any(origin != f"http://{hosts[0]}" for origin in origins):
            return PlainTextResponse("This server answers only to its own pages.\n", 403)
        return None


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == wanted]
