"""The WebSockets of the open pages of a deck: their questions are answered, and news is sent to all of them.

A page that sends too much, or does not read what it is sent, is let go; it comes back by itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

#: Bytes of one message of a page.
MAX_MESSAGE = 64 * 1024
#: Messages a second; a page may save up as many.
MAX_RATE = 200
#: Seconds that a page has for taking in what it is sent.
PATIENCE = 2.0

GOING_AWAY, UNSUPPORTED, TOO_MANY = 1001, 1003, 1008


class Bucket:
    """A token bucket: ``rate`` tokens a second come in, and at most ``rate`` are kept."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._tokens, self._filled = rate, clock()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        now = self._clock()
        self._tokens = min(self._rate, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Pages:
    """The open pages of one deck."""

    def __init__(self) -> None:
        self._sockets: dict[WebSocket, asyncio.Task[Any] | None] = {}

    def __len__(self) -> int:
        return len(self._sockets)

    async def attend(
        self, socket: WebSocket, greeting: Callable[[], dict[str, Any] | None], answer: Callable[[str], str]
    ) -> None:
        """Serve one page until it goes. ``answer`` runs in a thread: what one page asks must not hold up the others.

        ``greeting`` is called once the page is among those that get news, so that none falls in between.
        """
        await socket.accept()
        self._sockets[socket] = asyncio.current_task()
        try:
            first = greeting()
            if first is not None:
                await socket.send_text(json.dumps(first))
            await self._converse(socket, answer)
        except (WebSocketDisconnect, WebSocketDisconnected):
            pass
        finally:
            self._sockets.pop(socket, None)

    async def _converse(self, socket: WebSocket, answer: Callable[[str], str]) -> None:
        bucket = Bucket(MAX_RATE)
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:
                await socket.close(UNSUPPORTED, "text only")
                return
            if not bucket.take():
                await socket.close(TOO_MANY, "too many messages")
                return
            await socket.send_text(await asyncio.to_thread(answer, text))

    async def send(self, message: dict[str, Any]) -> None:
        """Send news to every page. Returns when all have it or were let go."""
        text = json.dumps(message)
        sockets = tuple(self._sockets)
        await asyncio.gather(*(self._within(PATIENCE, socket, socket.send_text(text)) for socket in sockets))

    async def close(self) -> None:
        """Say goodbye to every page, quickly."""
        sockets = tuple(self._sockets)
        await asyncio.gather(*(self._within(0.5, socket, socket.close(GOING_AWAY)) for socket in sockets))

    async def _within(self, seconds: float, socket: WebSocket, sending: Awaitable[None]) -> None:
        try:
            await asyncio.wait_for(sending, seconds)
        except (RuntimeError, WebSocketDisconnect):
            pass  # gone, or on its way out
        except TimeoutError:
            # It does not read, so it would not read a goodbye either.
            task = self._sockets.pop(socket, None)
            if task is not None:
                task.cancel()
