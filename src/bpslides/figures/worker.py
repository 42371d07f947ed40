"""The other side of ``process``: runs one function of an author's file, in a process of its own.

Started as a script by ``python -I``, so it must not import anything of bpslides. A request comes in by standard input,
as JSON: ``name`` (of the file), ``source``, ``function``, ``arguments``, ``memory`` (bytes). The reply goes out by what
was standard output: ``result``, or ``error`` with the ``line`` of the file where it happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from typing import Any


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.read())
    reply = os.dup(1)
    # Whatever the function prints must not get between us and the parent, and it has nothing to read.
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    _limit(request["memory"])
    try:
        answer = json.dumps({"result": _call(request)}, default=_as_json)
    except BaseException as error:  # noqa: BLE001 - even SystemExit is an answer
        answer = json.dumps(_fault(error, request["name"]))
    with os.fdopen(reply, "w", encoding="utf-8") as stream:
        stream.write(answer)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for what is said at the very end
    os._exit(0)


def _limit(memory: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(request: dict[str, Any]) -> Any:
    space: dict[str, Any] = {"__name__": "figures"}
    exec(compile(request["source"], request["name"], "exec"), space)  # noqa: S102 - what the user trusted
    function = space.get(request["function"])
    if not callable(function):
        names = sorted(name for name, value in space.items() if callable(value) and name[0] != "_")
        raise LookupError(f"there is no function “{request['function']}” in it; it has: {', '.join(names) or 'none'}")
    return function(**request["arguments"])


def _as_json(value: Any) -> Any:
    """Figures, arrays and numpy's numbers as plain data."""
    for way in ("to_plotly_json", "tolist", "isoformat"):
        if hasattr(value, way):
            return getattr(value, way)()
    raise TypeError(f"a figure holds numbers, texts, lists and mappings, not {type(value).__name__}")


def _fault(error: BaseException, name: str) -> dict[str, Any]:
    if isinstance(error, SyntaxError) and error.filename == name:
        lines = [error.lineno]
    else:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"error": {"type": type(error).__name__, "message": message[:500], "line": lines[-1] if lines else None}}


if __name__ == "__main__":
    main()
