"""What kinds of files a site is made of, by how their names end: ``MIME[".css"]`` is ``text/css``."""

from __future__ import annotations

#: What may be used as a picture. SVG is only ever shown by ``<img>``, where no script of it runs.
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
}
#: What may be used as a video.
VIDEOS = {".mp4": "video/mp4", ".webm": "video/webm"}
#: All of them.
MIME = PICTURES | VIDEOS
MIME |= {
    ".css": "text/css",
    ".js": "text/javascript",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".html": "text/html",
    ".json": "application/json",
}
