"""What the classes of the deck language are made of: numbers, domains, and the base that refuses unknown keys."""

from __future__ import annotations

import contextlib
import re
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from bpslides.text import Text, WrittenBool, WrittenInt, describe

_NUMBER_OF_MODEL = re.compile(r"[A-Za-z_]\w*\.[\w.()]+")


def _number(value: Any) -> float:
    """A finite double; truth values, text and nothing are refused."""
    if isinstance(value, bool | WrittenBool) or not isinstance(value, int | float):
        raise PydanticCustomError(
            "number", "should be a number, not {what}", {"what": describe(value), "hint": _hint(value)}
        )
    if isinstance(value, WrittenInt):
        refuse_leading_zero(value)
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number - number != 0:  # infinite or not a number
        raise PydanticCustomError("finite", "should be a finite number")
    return number


def refuse_leading_zero(value: WrittenInt) -> None:
    """Refuse a whole number such as 010 where its value counts: some readers of YAML take it for eight."""
    digits = value.written.lstrip("+-")
    if digits[0] == "0" and digits.isdecimal() and len(digits) > 1:
        raise PydanticCustomError(
            "leading_zero",
            "should be a number without a leading zero: some programs read “{written}” as an octal number",
            {"written": str(value.written), "hint": f"write {int(value)}"},
        )


def _hint(value: Any) -> str | None:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            float(value)
            return "write it without “_”" if "_" in value else "remove the quotes"
        if "{{" in value or _NUMBER_OF_MODEL.fullmatch(value):
            return "write the number itself; variables may stand in graphs, texts and claims"
    return None


def number_or_array(value: Any) -> Any:
    """A number, or a list of numbers nested to any depth (an array)."""
    if isinstance(value, list):
        if not value:
            raise PydanticCustomError("empty_array", "should hold at least one number")
        return [number_or_array(item) for item in value]
    return _number(value)


Number = Annotated[float, BeforeValidator(_number)]
Numbers = Annotated[Any, BeforeValidator(number_or_array), WithJsonSchema({"type": ["number", "array"]})]


def _value(value: Any) -> Any:
    """A number, or the text of an expression over the models that gives one; braces around it may be left."""
    if isinstance(value, Text):
        bare = value.strip()
        if bare.startswith("{{") and bare.endswith("}}"):
            return Text(bare[2:-2].strip(), value.origin)
        return value
    return _number(value)


Value = Annotated[Any, BeforeValidator(_value), WithJsonSchema({"type": ["number", "string"]})]


def _ascending(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise PydanticCustomError("domain", "should be two numbers, [from, to]")
    low, high = _number(value[0]), _number(value[1])
    if not low < high:
        raise PydanticCustomError("domain", "should run from a smaller to a larger number")
    if not 1e-9 <= high - low <= 1e9:
        raise PydanticCustomError("domain", "should be between 1e-9 and 1e9 wide")
    return (low, high)


Domain = Annotated[tuple[Number, Number], BeforeValidator(_ascending)]


class Part(BaseModel):
    """Base of everything that an author writes: unknown keys are refused, and a truth value is true or false.

    ``short`` names the field that a bare text or list fills, where one may stand in place of the mapping.
    """

    short: ClassVar[str | None] = None

    model_config = ConfigDict(extra="forbid", defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _truth(cls, value: Any, info: ValidationInfo) -> Any:
        annotation = cls.model_fields[str(info.field_name)].annotation
        if annotation is not bool and bool not in get_args(annotation):
            return value
        if isinstance(value, WrittenBool):
            return bool(value)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            meant = _TRUTHS.get(str(value).lower())
            raise PydanticCustomError(
                "truth",
                "should be true or false, not {what}",
                {"what": describe(value), "hint": f"write {meant}, without quotes" if meant else None},
            )
        return value


#: What other languages, and YAML before version 1.2, take for a truth value.
_TRUTHS = dict.fromkeys(("yes", "y", "on", "true", "1"), "true") | dict.fromkeys(
    ("no", "n", "off", "false", "0"), "false"
)
