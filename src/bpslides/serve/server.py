"""The process around the application: its port, its signals, its limits, and the browser that it opens."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
import threading
import webbrowser
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from bpslides.errors import BpslidesError
from bpslides.serve.app import application
from bpslides.serve.decks import Library
from bpslides.serve.guard import allowed_hosts
from bpslides.serve.sockets import MAX_MESSAGE

DEFAULT_PORT = 8000
#: How many ports after a taken one are tried.
MORE_PORTS = 20
#: Seconds in which a request must have come in whole.
REQUEST_TIME = 5.0
#: Bytes of the head of a request.
MAX_HEAD = 16 * 1024


class Protocol(H11Protocol):
    """HTTP as uvicorn speaks it, but a connection without a whole request is closed after a while.

    Else anybody could hold sockets for ever by sending the first half of a request.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time begins with the connection."""
        super().connection_made(transport)
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        """It ends with a whole request, and begins anew with the first byte of the next one."""
        self._set_deadline()
        super().data_received(data)
        upgraded = self.transport.get_protocol() is not self
        if upgraded or self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._clear_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        self._clear_deadline()
        super().connection_lost(exc)

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_TIME, self._give_up)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self.transport.close()


class SocketProtocol(WebSocketsSansIOProtocol):
    """WebSocket as uvicorn speaks it, but a page that is told to go has only a second to agree."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.close_timeout = 1.0


class Server(uvicorn.Server):
    """uvicorn, which says goodbye to the open pages before it goes."""

    def __init__(self, config: uvicorn.Config, library: Library) -> None:
        super().__init__(config)
        self._library = library

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in an orderly way, within two seconds."""
        await self._library.close_pages()
        await super().shutdown(sockets)


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket: on ``port``, or if that is taken on one of the next; None means the default, 0 any.

    Raises:
        BpslidesError: when there is no free port, or this one needs rights that we do not have.
    """
    first = DEFAULT_PORT if port is None else port
    last = first if first == 0 else min(first + MORE_PORTS, 65535)
    for candidate in range(first, last + 1):
        try:
            return _listen_on(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BpslidesError(
                    f"cannot listen on {host}, port {candidate}: {error.strerror}; try another --port"
                ) from None
    raise BpslidesError(f"the ports {first} to {last} are all in use: name another --port, or let --port 0 find one")


def _listen_on(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            # A port just left may be taken again at once. (Elsewhere this would let two servers share one.)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1" if host == "localhost" else host, port))
        # At once: until then another server could still take the port, and the first request finds us here.
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


def make_server(library: Library, listener: socket.socket, host: str) -> Server:
    """The server of ``library`` for ``listener``, bound to ``host``; its ``run([listener])`` ends with a signal."""
    app = application(library, allowed_hosts(host, listener.getsockname()[1]))
    config = uvicorn.Config(
        app,
        http=Protocol,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        ws=SocketProtocol,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        # The application reports its own faults in a line; what is left are complaints about clients.
        log_config=None,
        log_level="critical",
    )
    return Server(config, library)


def show(address: str) -> None:
    """Open the page in the user's browser if there is a display. Never an error: the address has been printed."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    # Some browsers keep the caller waiting.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
