"""The routes of the server. Everything is answered from memory: no path of a request ever becomes a path of a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from urllib.parse import quote

import click
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from bpslides import paths
from bpslides.mime import MIME
from bpslides.serve import pages
from bpslides.serve.decks import Deck, Library
from bpslides.serve.guard import Guard
from bpslides.serve.questions import answer
from bpslides.serve.ranges import ranged
from bpslides.serve.watch import Watchers

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
#: A picture opened by itself: an SVG file is a document then, and could hold scripts.
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


def application(library: Library, hosts: frozenset[str]) -> ASGIApp:
    """The server as an ASGI application that answers to ``hosts`` (see :func:`~bpslides.serve.guard.allowed_hosts`)."""
    return Guard(routes(library), hosts)


def routes(library: Library) -> Starlette:
    """The application without its guard."""
    watchers = Watchers()

    async def find(connection: HTTPConnection) -> Deck | None:
        """The deck that the address names, built. From now on its files are watched."""
        deck = library.decks.get(connection.path_params["deck"])
        if deck is not None:
            await deck.ready()
            watchers.follow(deck)
        return deck

    async def deck_of(request: Request) -> Deck:
        deck = await find(request)
        if deck is None:
            raise HTTPException(404)
        return deck

    async def home(request: Request) -> Response:
        if library.home:
            return RedirectResponse(f"/{quote(library.home)}/")
        shelf, found = await asyncio.to_thread(library.shelf)
        if shelf is None:
            return HTMLResponse(pages.problems("The series", found))
        return HTMLResponse(shelf.page, headers={"Content-Security-Policy": f"{shelf.policy}; frame-ancestors 'none'"})

    async def style(request: Request) -> Response:
        return Response(paths.static("shelf.css"), media_type=MIME[".css"])

    async def slash(request: Request) -> Response:
        name = request.path_params["deck"]
        if name not in library.decks:
            raise HTTPException(404)
        return RedirectResponse(f"/{quote(name)}/")

    async def page(request: Request) -> Response:
        deck = await deck_of(request)
        return HTMLResponse(deck.site.page if deck.site else pages.problems(deck.name, deck.problems))

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        data = (await deck_of(request)).asset(f"assets/{name}")
        kind = MIME.get(PurePosixPath(name).suffix.lower())
        if data is None or kind is None:
            raise HTTPException(404)
        if kind.startswith("video/"):
            return ranged(request.headers.get("range"), data, kind, FOR_EVER)
        return Response(data, media_type=kind, headers=FOR_EVER | (PICTURE if kind.startswith("image/") else {}))

    async def speaker(request: Request) -> Response:
        deck = await deck_of(request)
        if deck.site is None:
            return HTMLResponse(pages.problems(deck.name, deck.problems))
        return HTMLResponse(pages.speaker(deck.site, deck.language))

    async def speaker_script(request: Request) -> Response:
        await deck_of(request)
        return Response(paths.static("speaker.js"), media_type=MIME[".js"])

    async def socket(websocket: WebSocket) -> None:
        deck = await find(websocket)
        if deck is None:
            await websocket.close()
            return
        # The numbers of the newest site, whichever that is when the question comes.
        await deck.pages.attend(
            websocket, deck.state, lambda text: answer(text, deck.site.numbers if deck.site else None)
        )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        if library.home:
            watchers.follow(library.decks[library.home])
        yield
        await watchers.stop()

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        text = "There is no page at this address.\n" if error.status_code == 404 else f"{error.detail}\n"
        return PlainTextResponse(text, error.status_code, error.headers)

    async def failed(request: Request, error: Exception) -> Response:
        what = f"{type(error).__name__}: {error}"
        click.echo(f"bpslides itself failed on {request.url.path!r} ({what}); please report it", err=True)
        return PlainTextResponse("The server failed on this request; its terminal says more.\n", 500)

    app = Starlette(
        routes=[
            Route("/", home),
            Route("/style.css", style),
            Route("/{deck}", slash),
            Route("/{deck}/", page),
            Route("/{deck}/assets/{name}", asset),
            Route("/{deck}/speaker", speaker),
            Route("/{deck}/speaker.js", speaker_script),
            WebSocketRoute("/{deck}/ws", socket),
        ],
        exception_handlers={HTTPException: refused, Exception: failed},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
