"""The base of all blocks: how a block is read from YAML."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from bpslides.model.parts import Part
from bpslides.text import describe


class Block(Part):
    """Base of the blocks.

    ``kind`` is the key that names the block. The docstrings of the class and of its fields, and ``example``, the block
    in YAML as an author writes it, make its page of the reference.
    """

    kind: ClassVar[str]
    example: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {cls.kind}:
            value = value[cls.kind]
        if isinstance(value, str | list) and cls.short:
            return {cls.short: value}
        if not isinstance(value, dict):
            raise PydanticCustomError(
                "block", "a “{kind}” should be a mapping, not {what}", {"kind": cls.kind, "what": describe(value)}
            )
        return value
