"""Docstrings of classes and of their fields, as an author may read them: ``of_fields(Slide)["title"]``.

Python keeps the docstring of a class and forgets the strings below its fields; those are read from the source, and only
when somebody asks.
"""

from __future__ import annotations

import ast
import inspect
from functools import lru_cache
from itertools import pairwise
from types import ModuleType


def of_class(kind: type) -> str:
    """The docstring of a class, as Markdown."""
    return _markdown(kind.__doc__ or "")


def of_fields(kind: type) -> dict[str, str]:
    """Name → docstring, as Markdown, of every field that has one, inherited ones included."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        module = inspect.getmodule(base)
        if module is not None and module.__name__.startswith("bpslides."):
            found |= _in_module(module).get(base.__qualname__, {})
    return found


@lru_cache(maxsize=64)
def _in_module(module: ModuleType) -> dict[str, dict[str, str]]:
    """Class → field → docstring: the string that follows each annotated name in the body of a class."""
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
    return {kind.name: dict(_below_fields(kind.body)) for kind in classes}


def _below_fields(body: list[ast.stmt]) -> list[tuple[str, str]]:
    found = []
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found.append((name, _markdown(text)))
    return found


def _markdown(docstring: str) -> str:
    """Paragraphs in one line each, code in single backticks."""
    paragraphs = inspect.cleandoc(docstring).replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
