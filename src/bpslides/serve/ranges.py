"""Answers with a part of a file: players ask for the piece of a video that they are about to show.

One range is answered; who asks for several at once gets the whole, which a server may always send (RFC 9110, 14.2).
"""

from __future__ import annotations

import re

from starlette.responses import Response


def ranged(wanted: str | None, data: bytes, kind: str, headers: dict[str, str]) -> Response:
    """``data`` as far as the request's ``Range`` header wants it: 200, 206 with a part, or 416."""
    headers = headers | {"Accept-Ranges": "bytes"}
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", wanted or "", re.ASCII)
    if match is None or not any(match.groups()):
        return Response(data, media_type=kind, headers=headers)
    first, last = match.groups()
    size = len(data)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size or end < start:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    return Response(
        data[start : end + 1], 206, media_type=kind, headers=headers | {"Content-Range": f"bytes {start}-{end}/{size}"}
    )
