"""Figures that an author's Python function makes: ``made(text, arguments, problems)``.

The function runs only if the user has trusted the file as it is, in a process of its own, and only when its result is
not known from before.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from bpslides import cache, paths, trust
from bpslides.errors import Problems
from bpslides.figures import process
from bpslides.figures.written import Checker
from bpslides.model.blocks.figures import PythonFigure
from bpslides.text import Text

#: A file with a figure is read whole; so many bytes at most.
MOST_BYTES = 1_000_000


def file_of(text: Text) -> tuple[Path, str] | None:
    """The file and the function in ``figures.py:name``; None if it does not say that, or leaves the deck's folder."""
    address, colon, function = text.rpartition(":")
    if not colon or not function.isidentifier() or not address.endswith(".py") or text.folder is None:
        return None
    file = paths.inside(text.folder, address)
    return (file, function) if file is not None else None


def made(text: Text, arguments: dict[str, Any], read: list[Path], problems: Problems) -> dict[str, Any] | None:
    """The figure of a function, as a checked Plotly spec; None, with the reason in ``problems``, if there is none.

    The files on which the outcome depends are added to ``read``.
    """
    found = file_of(text)
    if found is None:
        hint = "name a file below the deck's folder and a function in it: figures.py:name"
        problems.error("this names no function of a file", text.place(), hint)
        return None
    file, function = found
    read += [file, trust.state_file()]
    address = text.rpartition(":")[0]
    if not paths.is_file(file) or file.stat().st_size > MOST_BYTES:
        problems.error(f"there is no file “{address}” that could be read", text.place())
        return None
    content = file.read_bytes()
    if not trust.is_trusted(file, content):
        changed = (
            "has changed since you trusted it"
            if trust.was_trusted(file)
            else "is a program, and you have not trusted it"
        )
        problems.error(
            f"“{address}” {changed}", text.place(), "read it, then say --trust once, as in bpslides check DECK --trust"
        )
        return None
    key = cache.key_of("python", content.decode("utf-8", "replace"), function, arguments)
    kept = cache.get(key)
    if kept is not None:
        spec: dict[str, Any] = json.loads(kept)
        return spec
    try:
        result = process.call(address, content.decode("utf-8"), function, arguments)
    except UnicodeDecodeError:
        problems.error(f"“{address}” is not UTF-8 text", text.place())
        return None
    except process.Failed as error:
        where = f"{address}:{error.line}" if error.line else f"“{text}”"
        problems.error(f"{where}: {error.message}", text.place())
        return None
    if not isinstance(result, dict) or not isinstance(result.get("data"), list):
        problems.error(
            f"“{text}” returned no figure", text.place(), "return a plotly figure, or its “data” and “layout”"
        )
        return None
    try:
        result = _unpacked(result)
    except (ValueError, TypeError, RecursionError):
        problems.error(f"the arrays of “{text}” cannot be read", text.place())
        return None
    checked = Checker(problems, text.place()).checked(result["data"], result.get("layout") or {}, (None, None))
    if checked is not None:
        cache.put(key, json.dumps(checked))
    return checked


def _unpacked(value: Any) -> Any:
    """JSON data with the arrays that plotly.py packs as base64 written out, and gaps where numbers are not finite."""
    if isinstance(value, dict):
        if {"dtype", "bdata"} <= value.keys():
            array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
            shape = [int(size) for size in str(value.get("shape", array.size)).split(",")]
            return _unpacked(array.reshape(shape).tolist())
        return {key: _unpacked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unpacked(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def files_in(part: Any) -> list[Path]:
    """The files whose functions are asked for anywhere in a part of a deck, each once."""
    found = [file_of(block.python) for block in _python_figures(part)]
    return list(dict.fromkeys(pair[0] for pair in found if pair is not None and paths.is_file(pair[0])))


def _python_figures(part: Any) -> Iterator[PythonFigure]:
    if isinstance(part, PythonFigure):
        yield part
    elif isinstance(part, BaseModel):
        for _, value in part:
            yield from _python_figures(value)
    elif isinstance(part, list | tuple):
        for item in part:
            yield from _python_figures(item)
