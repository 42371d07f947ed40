"""Pictures in the size that slides show: what becomes smaller, what stays as it is, and what the command says."""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bpslides import cli
from bpslides.pictures import WIDEST, smaller

TALK = "title: T\nslides:\n  - {title: A, content: ['![A field](field.jpg)', '![A field again](field.jpg)']}\n"


def photograph(width: int, height: int, grain: float = 6, **settings: object) -> bytes:
    """A JPEG with soft shapes and some noise."""
    across, down = np.meshgrid(np.linspace(0, 9, width), np.linspace(0, 6, height))
    noise = np.random.default_rng(1).normal(0, grain, (height, width))
    shades = [127 + 90 * np.sin(across + k) * np.cos(down) + noise for k in range(3)]
    picture = Image.fromarray(np.stack(shades, axis=-1).clip(0, 255).astype(np.uint8))
    packed = BytesIO()
    picture.save(packed, "JPEG", quality=95, **settings)
    return packed.getvalue()


def opened(data: bytes | None) -> Image.Image:
    """The picture in some bytes."""
    assert data is not None
    return Image.open(BytesIO(data))


def test_a_photograph() -> None:
    """It keeps its shape and colours, is turned upright, and no longer tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "A camera"
    data = photograph(2700, 1800, exif=exif)
    found = opened(smaller(data))
    assert found.format == "WEBP"
    assert found.size == (round(WIDEST * 2 / 3), WIDEST)
    assert dict(found.getexif()) == {}
    before = np.asarray(opened(data).transpose(Image.Transpose.ROTATE_270).resize((40, 60)), dtype=float)
    after = np.asarray(found.convert("RGB").resize((40, 60)), dtype=float)
    assert np.abs(before - after).mean() < 3


def test_a_drawing() -> None:
    """It stays as it is, pixel by pixel, clear ones too, unless it is larger than a slide."""
    pixels = np.zeros((300, 400, 4), np.uint8)
    pixels[50:100, 60:200] = (200, 30, 30, 255)
    packed = BytesIO()
    Image.fromarray(pixels).save(packed, "PNG", compress_level=0)
    found = opened(smaller(packed.getvalue()))
    assert (np.asarray(found) == pixels).all()


@pytest.mark.parametrize("data", [b"", b"no picture", photograph(3000, 50)[:900], b"<svg/>"])
def test_what_is_no_picture(data: bytes) -> None:
    """It is left to the browser."""
    assert smaller(data) is None


def test_what_would_not_be_smaller() -> None:
    """Neither what is small already, nor what moves."""
    packed = BytesIO()
    opened(photograph(400, 300)).save(packed, "WEBP", quality=60)
    assert smaller(packed.getvalue()) is None
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    moving = BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    assert smaller(moving.getvalue()) is None


def run(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Without --shrink a large picture is a warning that names it; with it, the page shows the smaller one."""
    (tmp_path / "deck.yaml").write_text(TALK, encoding="utf-8")
    (tmp_path / "field.jpg").write_bytes(photograph(2700, 1600, grain=30))
    out = tmp_path / "out"
    assert run("build", str(tmp_path), "-o", str(out)) == 0
    assert "build with --shrink" in capfd.readouterr().err
    assert run("build", str(tmp_path), "-o", str(out), "--shrink") == 0
    assert "--shrink" not in capfd.readouterr().err
    (name,) = set(re.findall(r'<img src="(.*?)"', (out / "index.html").read_text("utf-8")))
    assert name.endswith(".webp")
    assert opened((out / name).read_bytes()).width == WIDEST
    assert not list(out.glob("assets/*.jpg"))  # the next build takes the others away


def test_without_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """A line says what to install, before anything is written."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    (tmp_path / "deck.yaml").write_text("title: T\nslides: [{title: A}]\n", encoding="utf-8")
    assert run("build", str(tmp_path), "-o", str(tmp_path / "out"), "--shrink") == 2
    assert "pip install 'bpslides[pictures]'" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
