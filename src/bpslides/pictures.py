"""Pictures in the size that slides show: :func:`smaller`, for ``bpslides build --shrink``. Needs Pillow.

A camera's picture has several times the pixels of a screen, and tells where it was taken. A smaller one is a WebP with
at most :data:`WIDEST` pixels a side, and nothing in it but the picture.
"""

from __future__ import annotations

from io import BytesIO

from bpslides.errors import UsageError

#: Twice the width of a slide: as much as a screen of high resolution shows of it.
WIDEST = 2560
#: A picture with more pixels is left as it is: unpacked it would take more than 400 MB.
MOST_PIXELS = 100_000_000
#: Of 100. Differences to the original are not seen at it, next to it on a slide.
QUALITY = 86


def need_pillow() -> None:
    """Say so before anything is done, if Pillow is missing.

    Raises:
        UsageError: it is.
    """
    try:
        import PIL  # noqa: F401 - only whether it is there
    except ImportError:
        raise UsageError("--shrink needs Pillow, which is not installed", "pip install 'bpslides[pictures]'") from None


def smaller(data: bytes) -> bytes | None:
    """A picture as a smaller WebP; None where it is no still picture, or would hardly become smaller."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as picture:
            if getattr(picture, "is_animated", False) or picture.width * picture.height > MOST_PIXELS:
                return None
            lossless = picture.format in ("PNG", "GIF")  # drawings have edges, which quality would blur
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            packed = BytesIO()
            upright.convert(mode).save(packed, "WEBP", lossless=lossless, quality=QUALITY, method=4)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # whatever it is, a browser may still show it
    return packed.getvalue() if packed.tell() < 0.9 * len(data) else None
