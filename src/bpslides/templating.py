"""The templates of all pages: ``environment()`` gives jinja2's, ``block_macros()`` what draws each kind of block."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from bpslides.formatting import format_number

BLOCK_TEMPLATES = ("text", "story", "media", "figures", "live", "training", "walk", "chain", "practice", "layout")
"""The files in ``templates/blocks`` that hold a macro per kind of block."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of all pages; what they show is escaped unless it is Markup."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=_compiled_templates(),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["json"] = _json
    made.filters["number"] = format_number
    return made


@lru_cache(maxsize=1)
def block_macros() -> dict[str, Callable[..., Markup]]:
    """Every macro of the blocks' templates by its name, which is the kind of block that it draws."""
    modules = [environment().get_template(f"blocks/{name}.html").module for name in BLOCK_TEMPLATES]
    return {name: macro for module in modules for name, macro in vars(module).items() if not name.startswith("_")}


def _json(value: Any) -> Markup:
    """JSON that can stand inside a script element: no end tag, no comment, no NaN."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(re.sub(r"[<>&\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text))  # noqa: S704 - escaped here


class _CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates, kept as Python keeps .pyc files: compiling takes longer than a small deck does."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it if the disk lets us; without it everything still works."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled_templates() -> _CompiledTemplates | None:
    try:
        return _CompiledTemplates()  # in a folder that only the user may write, which jinja2 checks
    except (OSError, RuntimeError):
        return None
