"""The deck language as a JSON Schema, for editors: ``deck_schema()``.

It is made from the classes of :mod:`bpslides.model` and their docstrings, in draft 7, which every version of
yaml-language-server reads. It knows keys, types, choices and short forms; what needs the whole deck (names, claims,
expressions) is left to ``bpslides check``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from bpslides.errors import Problems
from bpslides.model import BLOCKS, Block, Deck, Include, Stack
from bpslides.model.parts import Part
from bpslides.schema import docstrings
from bpslides.text import SourceFile, WrittenBool
from bpslides.yaml_tree import parse

Schema = dict[str, Any]

_AT = "#/definitions/"
_BLOCK = {"$ref": f"{_AT}block"}
#: What pydantic writes where a bound stands behind a validator of ours.
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


def deck_schema(*more: type[Part]) -> Schema:
    """The schema of a deck file, as JSON data; with definitions of ``more`` parts, which no deck holds."""
    blocks = [form for block in BLOCKS.values() for form in forms_of(block)]
    roots = [(kind, "validation") for kind in (Deck, Stack, Include, *blocks, *more)]
    _, made = models_json_schema(roots, ref_template=_AT + "{model}")  # type: ignore[arg-type]
    definitions: dict[str, Schema] = made["$defs"]
    for kind in _parts(Part):
        if kind.__name__ in definitions:
            schema = definitions[kind.__name__]
            schema.pop("description", None)
            schema |= _documented(kind)
            below = docstrings.of_fields(kind)
            for name, field in schema.get("properties", {}).items():
                field.update(_described(below.get(name, "")))
    definitions = {name: _simple(schema) for name, schema in definitions.items()}
    for block in BLOCKS.values():
        if block.__name__ not in definitions:
            words = {key: value for key, value in _documented(block).items() if key in _WORDS}
            definitions[block.__name__] = words | {"anyOf": [{"$ref": _AT + form.__name__} for form in forms_of(block)]}
    definitions["block"] = {
        "description": "A block: one key that names its kind, with its settings below.",
        "type": "object",
        "properties": {kind: {"$ref": _AT + block.__name__} for kind, block in BLOCKS.items()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    definitions["blocks"] = {
        "description": "A text in Markdown, a block, or a list of texts and blocks.",
        "anyOf": [{"type": "string"}, _BLOCK, {"type": "array", "items": {"anyOf": [{"type": "string"}, _BLOCK]}}],
    }
    for kind in _parts(Part):
        if kind.short and kind.__name__ in definitions:
            definitions[kind.__name__] = _with_short_form(definitions[kind.__name__], kind.short, definitions)
    deck = definitions.pop("Deck")
    deck["required"] = ["title", "slides"]
    deck["properties"]["slides"] |= {"minItems": 1, "items": {"anyOf": [*_slide_or_stack(deck), _INCLUDE]}}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **deck,
        "definitions": dict(sorted(definitions.items())),
    }


def text() -> str:
    """The schema as a file: JSON in ASCII, which every terminal and every editor can take."""
    return json.dumps(deck_schema(), indent=2) + "\n"


def forms_of(block: type[Block]) -> list[type[Block]]:
    """The classes that stand for one kind of block: those made from it that have an example of their own, or itself."""
    return [form for form in _parts(block)[1:] if issubclass(form, Block) and "example" in vars(form)] or [block]


def example_of(block: type[Block]) -> Any:
    """The example of a block as plain data, without the key that names its kind."""
    problems = Problems()
    tree = parse(SourceFile(Path(f"{block.kind}.yaml"), block.example), problems)
    problems.raise_errors()
    assert tree is not None
    return plain(tree.data[block.kind])


def plain(value: Any) -> Any:
    """What the YAML of a deck holds, as JSON data."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return bool(value) if isinstance(value, WrittenBool) else value


def _parts(kind: type[Part]) -> list[type[Part]]:
    """``kind`` and all classes made from it."""
    return [kind, *(part for below in kind.__subclasses__() for part in _parts(below))]


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _documented(kind: type[Part]) -> Schema:
    """What a class says about itself: its docstring, and the example of a block."""
    words = docstrings.of_class(kind)
    if not issubclass(kind, Block):
        return _described(words)
    listed = kind.example.strip().replace("\n", "\n  ")
    more = f"\n\n```yaml\n- {listed}\n```\n\nMore: `bpslides help {kind.kind}`"
    return _described(words, more) | {"examples": [example_of(kind)]}


def _described(markdown: str, more: str = "") -> Schema:
    """The same words twice: as plain text, and for editors that can show it as Markdown."""
    plain = markdown.replace("`", "")
    if not markdown:
        return {}
    return {"description": plain} | ({"markdownDescription": markdown + more} if more or plain != markdown else {})


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _simple(schema: Any) -> Any:
    """What pydantic wrote, as draft 7 and as an author would say it."""
    if isinstance(schema, list):
        return [_simple(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    words = {key: schema[key] for key in _WORDS if key in schema}
    if _is_block(schema.get("items")):
        return words | {"$ref": f"{_AT}blocks"}
    kept = dict(words)
    for key, value in schema.items():
        match key:
            case "properties":
                kept[key] = {name: _simple(field) for name, field in value.items()}
            case "prefixItems":
                assert all(item == value[0] for item in value)
                kept["items"] = _simple(value[0])
            case "default":
                kept |= {} if value in (None, {}, []) or isinstance(value, dict) else {key: value}
            case "title" | "description" | "markdownDescription":
                pass  # pydantic's titles are the names once more
            case _:
                kept[str(_BOUNDS.get(key, key))] = value if key == "examples" else _simple(value)
    return _flat(kept)


_WORDS = ("description", "markdownDescription")


def _flat(schema: Schema) -> Schema:
    """``anyOf: [X, null]`` as X that may be left empty, where X is no reference."""
    forms = schema.get("anyOf", [])
    if len(forms) != 2 or forms[1] != {"type": "null"} or "type" not in forms[0]:
        return schema
    merged: Schema = {key: value for key, value in schema.items() if key != "anyOf"} | forms[0]
    types = merged["type"] if isinstance(merged["type"], list) else [merged["type"]]
    merged["type"] = [*types, "null"]
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    return merged


def _is_block(schema: Any) -> bool:
    """Whether this stands for a block of any kind."""
    return isinstance(schema, dict) and schema.get("oneOf") == list(BLOCKS)


def _with_short_form(schema: Schema, short: str, definitions: dict[str, Schema]) -> Schema:
    """The schema of what has a ``short`` field: its settings, or what an author may write in their place."""
    words = {key: schema.pop(key) for key in _WORDS if key in schema}
    forms = [*_bare(schema["properties"][short], definitions), schema]
    # An example stays with the form that it has: beside the alternatives, editors would paste it into the deck.
    for example in schema.pop("examples", []):
        fitting = "string" if isinstance(example, str) else "array" if isinstance(example, list) else "object"
        form = next((form for form in forms if form["type"] == fitting), schema)
        form["examples"] = [example]
    return words | {"anyOf": forms}


def _bare(schema: Schema, definitions: dict[str, Schema]) -> list[Schema]:
    """The alternatives of a field that are a text or a list: only these are told from a mapping of settings."""
    if schema.get("$ref") == f"{_AT}blocks":
        schema = definitions["blocks"]
    if forms := schema.get("anyOf"):
        return [bare for form in forms for bare in _bare(form, definitions)]
    types = schema.get("type", [])
    if "string" in types:
        return [{"type": "string"}]
    return [{key: value for key, value in schema.items() if key not in _WORDS}] if "array" in types else []


def _slide_or_stack(deck: Schema) -> list[Schema]:
    items: list[Schema] = deck["properties"]["slides"]["items"]["anyOf"]
    return items


_INCLUDE: Schema = {
    "type": "object",
    "properties": {"include": {"$ref": f"{_AT}Include"}},
    "required": ["include"],
    "additionalProperties": False,
}
