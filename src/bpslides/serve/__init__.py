"""Show decks in the browser and keep them current while they are written: the server behind ``bpslides serve``.

:func:`serve` runs until it is interrupted. Every request and every socket passes the :mod:`~bpslides.serve.guard`; a
saved deck is rebuilt by :mod:`~bpslides.serve.watch`, and open pages get only the slides that changed; live blocks put
their questions to numpy through :mod:`~bpslides.serve.sockets`.
"""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import quote

import click

from bpslides.errors import UsageError

#: The names by which a browser on this machine reaches us.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: The deck that opens when none is named.
FIRST_DECK = "backprop"


def serve(file: Path | None, host: str = "127.0.0.1", port: int | None = None, *, open_browser: bool = True) -> None:
    """Serve the deck or series in ``file``, or without one all shipped decks, until SIGTERM (exit code 0) or Ctrl-C.

    Args:
        file: the file of the deck or the series, or None.
        host: one of :data:`LOOPBACK`.
        port: where to listen; None for 8000, 0 for any free one. A taken one is passed over for the next that is free.
        open_browser: whether to open the page; quietly left out where there is no display.

    Raises:
        UsageError: for a host that other machines can reach.
        BpslidesError: when no port is free.
        KeyboardInterrupt: after an orderly end by Ctrl-C.
    """
    if host not in LOOPBACK:
        raise UsageError(
            f"cannot serve on {host}: opening a deck to other machines needs roles and tokens, not there yet; "
            f"use {' or '.join(LOOPBACK)}"
        )
    signal.signal(signal.SIGTERM, _end)
    # Slow to import, and of no use to somebody who mistyped the host.
    from bpslides.serve.decks import Library
    from bpslides.serve.server import listen, make_server, show

    library = Library(file)
    listener = listen(host, port)
    taken = listener.getsockname()[1]
    if port not in (None, 0, taken):
        click.echo(f"port {port} is in use, so this is port {taken}", err=True)
    shown = f"[{host}]" if ":" in host else host
    start = library.home if file is not None or FIRST_DECK not in library.decks else FIRST_DECK
    address = f"http://{shown}:{taken}/{quote(start)}/" if start else f"http://{shown}:{taken}/"
    if library.home:
        library.decks[library.home].build()
    click.echo(f"bpslides serves {address}")
    if open_browser:
        show(address)
    make_server(library, listener, host).run([listener])


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM is how we are told to stop, not a failure. uvicorn passes it on to us when it has ended."""
    raise SystemExit(0)
