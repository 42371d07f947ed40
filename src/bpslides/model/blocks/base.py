"""The base of all blocks: how a block is read from YAML, and how one of several is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, model_validator
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_plain_validator_function, tagged_union_schema

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


class OneOf:
    """As an annotation: what stands here is one of ``kinds``, namely the one whose key ``choose`` gives for it.

    Each kind is made ready when the first of it is read: a deck has few of all kinds, and making ready the others
    would take a tenth of the time that a small deck takes. In a JSON Schema it is ``{"oneOf": [keys]}``.
    """

    def __init__(self, kinds: Mapping[str, Any], choose: Callable[[Any], str | None]) -> None:
        self._kinds, self._choose = kinds, choose

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices: dict[Any, Any] = {
            key: no_info_plain_validator_function(_reader(kind)) for key, kind in self._kinds.items()
        }
        return tagged_union_schema(choices, self._choose)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"oneOf": list(self._kinds)}


def _reader(kind: Any) -> Callable[[Any], Any]:
    return lambda value: _adapter(kind).validate_python(value)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
