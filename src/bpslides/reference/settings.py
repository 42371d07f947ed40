"""The settings of a part of the deck language as Markdown: a table of keys, and a section for each part within.

Both come from the JSON Schema, and so from the classes and their docstrings.
"""

from __future__ import annotations

import re
from typing import Any

from bpslides.schema import Schema

_AT = "#/definitions/"
#: What has a page of its own: definition → how it is called there, one and many.
_ELSEWHERE = {
    "block": ("a [block](README.md#blocks)", "[blocks](README.md#blocks)"),
    "blocks": ("a text, or a list of [blocks](README.md#blocks)", "texts or [blocks](README.md#blocks)"),
    "Model": ("a [model](models.md)", "[models](models.md)"),
    "Slide": ("a [slide](slides.md)", "[slides](slides.md)"),
    "Tokens": ("[tokens](themes.md#tokens)", "[tokens](themes.md#tokens)"),
    "Stack": ("a [stack](slides.md#stack)", "[stacks](slides.md#stack)"),
}


class Settings:
    """Writes about the definitions of one schema, each part at most once."""

    def __init__(self, schema: Schema) -> None:
        self._definitions: dict[str, Schema] = {**schema["definitions"], "Deck": schema}
        self._told: dict[str, str] = {}
        self._waiting: list[tuple[str, str]] = []

    def words(self, name: str) -> str:
        """What a part is for."""
        return words_of(self._definitions[name])

    def own_key(self, name: str, others: list[str]) -> str:
        """The key that a part needs and none of the others knows: what tells a form of a block from its other forms."""
        known = {key for other in others if other != name for key in self._keys(other)["properties"]}
        return str(next(key for key in self._keys(name)["required"] if key not in known))

    def _keys(self, name: str) -> Schema:
        settings = _settings(self._definitions[name])
        assert settings is not None
        return settings

    def page(self, name: str) -> str:
        """The keys of a part, and below them those of all parts within it."""
        return "\n\n".join([self._table(name), *self._sections()])

    def section(self, name: str, key: str) -> str:
        """The same below a heading of its own."""
        self._told[name] = key
        return "\n\n".join([f"## `{key}`", self.words(name), self.page(name)])

    def _sections(self) -> list[str]:
        found = []
        waiting, self._waiting = self._waiting, []
        for name, key in waiting:
            found += [f"## `{key}`", self.words(name), self._table(name), *self._sections()]
        return found

    def _table(self, name: str) -> str:
        rows = ["| key | what it is for | what it takes |", "|---|---|---|"]
        rows += [f"| `{key}` | {_cell(words)} | {_cell(takes)} |" for key, words, takes in self.entries(name)]
        return "\n".join(rows)

    def entries(self, name: str) -> list[tuple[str, str, str]]:
        """Each key of a part, what it is for, and what it takes; those that are needed come first."""
        settings = self._keys(name)
        needed = settings.get("required", [])
        found = []
        for key, field in sorted(settings["properties"].items(), key=lambda item: item[0] not in needed):
            takes = self._takes(field, key)[0]
            if key in needed:
                takes += "; needed"
            elif "default" in field:
                takes += f"; {_default(field['default'])} if left out"
            found.append((key, words_of(field), takes))
        return found

    def _takes(self, schema: Schema, key: str) -> tuple[str, str]:
        """What a schema allows, in words: one of it, and many of it."""
        if "$ref" in schema:
            return self._part(schema["$ref"].removeprefix(_AT), key)
        forms = schema.get("anyOf") or schema.get("oneOf")
        if forms:
            told = [
                self._takes(form, key) for form in forms if form.get("type") != "null" and "include" not in str(form)
            ]
            one, many = ([*dict.fromkeys(words)] for words in zip(*told, strict=True))
            return ", or ".join(one), " or ".join(many)
        if "enum" in schema:
            choices = [f"`{value}`" for value in schema["enum"] if value is not None]
            listed = " or ".join([", ".join(choices[:-1]), choices[-1]] if len(choices) > 1 else choices)
            return listed, f"words, each {listed}"
        types = schema.get("type", [])
        match sorted({types} if isinstance(types, str) else set(types) - {"null"}):
            case ["array"]:
                items = self._takes(schema.get("items", {}), key)[1]
                count = _count(schema)
                return (f"{count} {items}" if count.isalpha() else f"a list of {count} {items}".replace("  ", " ")), (
                    f"lists of {items}"
                )
            case ["array", "number"]:
                return "a number, or an array of numbers", "numbers or arrays"
            case ["boolean"]:
                return "`true` or `false`", "`true` or `false`"
            case ["integer"]:
                return f"a whole number{_bounds(schema)}", "whole numbers"
            case ["number"]:
                return f"a number{_bounds(schema)}", "numbers"
            case ["number", "string"]:
                return "a number or an expression", "numbers or expressions"
            case ["object"] if isinstance(schema.get("additionalProperties"), dict):
                return f"names with {self._takes(schema['additionalProperties'], key)[1]}", "mappings"
            case ["object"]:
                return "a mapping", "mappings"
            case ["string"] if schema.get("format") == "color":
                return "a colour", "colours"
            case ["string"] | ["boolean", "number", "string"]:
                return "a text", "texts"
        return "anything", "values"

    def _part(self, name: str, key: str) -> tuple[str, str]:
        if name in _ELSEWHERE:
            return _ELSEWHERE[name]
        definition = self._definitions[name]
        if _settings(definition) is None:
            return self._takes(definition, key)
        if name not in self._told:
            self._told[name] = key
            self._waiting.append((name, key))
        anchor = self._told[name]
        bare = [form for form in definition.get("anyOf", []) if form.get("type") != "object"]
        one, many = zip(*(self._takes(form, key) for form in bare), strict=True) if bare else ((), ())
        return ", or ".join([*one, f"[settings](#{anchor})"]), " or ".join([*many, f"[entries](#{anchor})"])


def words_of(schema: Schema) -> str:
    """The description of a schema as Markdown, without the example that editors show with it."""
    words = str(schema.get("markdownDescription", schema.get("description", "")))
    return words.partition("\n\n```")[0]


def _settings(schema: Schema) -> Schema | None:
    """The alternative of a schema that is a mapping with known keys."""
    return next((form for form in [schema, *schema.get("anyOf", [])] if "properties" in form), None)


def _count(schema: Schema) -> str:
    least, most = schema.get("minItems"), schema.get("maxItems")
    if least == most:
        return {2: "two", 3: "three"}.get(least or 0, str(least or ""))
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"at most {most}" if most is not None else ""


def _bounds(schema: Schema) -> str:
    low, high, above = (schema.get(key) for key in ("minimum", "maximum", "exclusiveMinimum"))
    if low is not None and high is not None:
        return f" from {low} to {high:,}" if high < 2**53 else f", {low} or more"
    said = [f" above {above}"] if above is not None else [f", {low} or more"] if low is not None else []
    return "".join([*said, f", at most {high}" if high is not None else ""])


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`".replace("'", "")


def _cell(text: str) -> str:
    """A text inside a table of Markdown."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
