"""Deck file → :class:`~bpslides.model.Deck`: read, check, include, and give every slide its id.

:func:`load` reports all problems of a deck and of the decks that it includes in one run, each with its place.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bpslides import paths
from bpslides.block_finder import BlockFinder
from bpslides.errors import Problems, UsageError, did_you_mean
from bpslides.model import BLOCKS, Deck, Head, Include, Model, Slide, Stack, Symbol
from bpslides.text import SourceFile, Text
from bpslides.yaml_tree import MAX_BYTES, Tree, parse

T = TypeVar("T", bound=BaseModel)

#: Decks that include decks that include decks grow fast.
MAX_FILES = 100


@dataclass
class Source:
    """A loaded deck: the checked ``deck``, its name in addresses, its folder, and every file that it was read from."""

    deck: Deck
    name: str
    folder: Path
    files: list[Path] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Names of models that could not be read, and have been reported."""
    incomplete: bool = False
    """Whether a whole file could not be read, so that nobody knows which models it has."""

    @property
    def slides(self) -> list[Slide]:
        """All slides in order, those of stacks included."""
        return [slide for item in self.deck.slides for slide in (item.stack if isinstance(item, Stack) else [item])]


def find(name: str) -> Path:
    """The deck file for what a user typed. Raises :class:`UsageError` with a suggestion when there is none."""
    file = paths.deck_file(name)
    if file is None:
        if paths.is_folder(Path(name)):
            raise UsageError(f"the folder “{name}” holds no deck.yaml")
        hint = did_you_mean(name, paths.shipped_decks())
        raise UsageError(f"there is no deck “{name}”" + (f" ({hint})" if hint else ""))
    return file


def load(file: Path, problems: Problems) -> Source:
    """Read the deck in ``file`` with all that it includes. What is wrong goes to ``problems``, and reading goes on.

    Raises:
        UsageError: when ``file`` cannot be read at all.
    """
    empty = Deck.model_construct(title=Text(file.stem), lang=Text("en"), theme=Text("dark"), models={}, slides=[])
    source = Source(empty, paths.deck_name(file), file.resolve().parent)
    source.deck = _read(file, source, problems, ()) or empty
    _give_ids(source, problems)
    return source


def _read(file: Path, source: Source, problems: Problems, above: tuple[Path, ...]) -> Deck | None:
    """The deck in ``file`` for ``source``, which notes what is read; ``above`` are the decks that include it."""
    source.files.append(file.resolve())
    text = _read_text(file, problems)
    tree = parse(text, problems) if text else None
    if tree is None or text is None:
        source.incomplete = True
        return None
    problems.find_blocks(BlockFinder(tree))
    if not isinstance(tree.data, dict):
        problems.error(
            "a deck is a mapping with “title” and “slides”",
            text.place(0, 0),
            "begin with a line such as: title: My talk",
        )
        return None

    head = {key: value for key, value in tree.data.items() if key not in ("notation", "models", "slides")}
    # Head, models and slides are checked one by one: a fault in one hides none in the others.
    checked = _validate(Head, head, (), tree, problems) or source.deck
    deck = Deck.model_construct(**{**dict(checked), "notation": {}, "models": {}, "slides": []})
    for name, data in _mapping(tree, "notation", problems).items():
        symbol = _validate(Symbol, data, ("notation", name), tree, problems)
        # A broken entry has been told, and is still a declaration.
        deck.notation[name] = symbol or Symbol.model_construct(name=name, meaning=None, colour=None)
    for name, data in _mapping(tree, "models", problems).items():
        model = _validate(Model, data, ("models", name), tree, problems)
        if model is not None:
            deck.models[name] = model
        else:
            source.broken.add(name)
    slides = tree.data.get("slides")
    if not isinstance(slides, list) or not slides:
        problems.error("“slides” should be a list with at least one slide", tree.place(("slides",)))
        slides = []
    for index, data in enumerate(slides):
        where = ("slides", index)
        if isinstance(data, dict) and set(data) == {"include"}:
            include = _validate(Include, _short_include(data["include"]), (*where, "include"), tree, problems)
            other = _included(include, file, source, problems, (*above, file.resolve())) if include else None
            if include is None or other is None:
                source.incomplete = True
            else:
                _merge(deck, include, other, problems)
        elif isinstance(data, dict) and "stack" in data:
            stack = _validate(Stack, data, where, tree, problems)
            deck.slides += [stack] if stack else []
        else:
            slide = _validate(Slide, data, where, tree, problems)
            deck.slides += [slide] if slide else []
    return deck


def _read_text(file: Path, problems: Problems) -> SourceFile | None:
    shown = _shown(file)
    try:
        raw = file.read_bytes() if file.is_file() and file.stat().st_size <= 4 * MAX_BYTES else None
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror}") from None
    if raw is None:
        if paths.is_file(file):
            why = "it is larger than 5 MB"
        else:
            why = "it is not an ordinary file" if file.exists() else "there is no such file (any more)"
        raise UsageError(f"cannot read {shown}: {why}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n")
        problems.error("the deck is not UTF-8 text", SourceFile(shown, "").place(line, 0), "save it as UTF-8")
        return None
    return SourceFile(shown, text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(file: Path) -> Path:
    """The path as a user would type it: relative to the current folder where that is shorter."""
    try:
        return file.resolve().relative_to(Path.cwd())
    except (ValueError, OSError):
        return file


def _mapping(tree: Tree, key: str, problems: Problems) -> dict[Text, Any]:
    value = tree.data.get(key)
    if value is not None and not isinstance(value, dict):
        problems.error(f"“{key}” should be a mapping of names", tree.place((key,)))
        return {}
    return value or {}


# ── include ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _short_include(data: Any) -> Any:
    return {"deck": data} if isinstance(data, str) else data


def _included(include: Include, file: Path, source: Source, problems: Problems, above: tuple[Path, ...]) -> Deck | None:
    """The deck that ``file`` includes."""
    place = include.deck.place()
    found = paths.inside(file.parent, include.deck)
    target = paths.deck_file(str(found)) if found else None
    target = target or paths.deck_file(include.deck, shipped_only=True)
    if target is None:
        hint = did_you_mean(include.deck, paths.shipped_decks())
        problems.error(
            f"there is no deck “{include.deck}” here", place, hint or "name a shipped deck, or one below this folder"
        )
        return None
    if target.resolve() in above:
        problems.error(f"“{include.deck}” includes itself", place)
        return None
    if len(source.files) >= MAX_FILES:
        problems.error(f"a deck may be put together from at most {MAX_FILES} files", place)
        return None
    return _read(target, source, problems, above)


def _merge(deck: Deck, include: Include, other: Deck, problems: Problems) -> None:
    """Put the slides (and models) that ``include`` names into ``deck``."""
    for name, model in other.models.items() if include.models else ():
        if name in deck.models and deck.models[name] != model:
            problems.error(
                f"both this deck and “{include.deck}” have a model “{name}”, and they differ",
                include.deck.place(),
                "rename one",
            )
        else:
            deck.models[name] = model
    deck.notation = {**other.notation, **deck.notation}  # the deck that includes has the last word
    deck.slides += _range(other, include, problems)


def _range(other: Deck, include: Include, problems: Problems) -> list[Slide | Stack]:
    if include.slides is None:
        return other.slides
    _give_default_ids(other.slides)
    ids = [{slide.id for slide in _members(item)} for item in other.slides]
    ends = []
    for wanted in include.slides:
        position = next((i for i, group in enumerate(ids) if wanted in group), None)
        if position is None:
            known = [str(i) for group in ids for i in group]
            problems.error(f"“{include.deck}” has no slide “{wanted}”", wanted.place(), did_you_mean(wanted, known))
            return []
        ends.append(position)
    return other.slides[ends[0] : ends[1] + 1]


def _members(item: Slide | Stack) -> list[Slide]:
    return item.stack if isinstance(item, Stack) else [item]


# ── ids ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def slug(title: str) -> str:
    """A readable id from a title: ``Step 1: the forward pass`` becomes ``step-1-the-forward-pass``."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\{\{.*?\}\}|\$.*?\$|[*`_]", "", title))
    words = "".join(c for c in plain.lower() if c.isascii() and (c.isalnum() or c in " -"))
    joined = "-".join(words.replace("-", " ").split())[:60].strip("-")
    return joined if joined[:1].isalpha() else f"slide-{joined}".rstrip("-")


def _give_default_ids(slides: list[Slide | Stack]) -> None:
    taken = {slide.id for item in slides for slide in _members(item) if slide.id}
    for item in slides:
        for slide in _members(item):
            if slide.id is None:
                base = name = slug(slide.title)
                number = 2
                while name in taken:
                    name, number = f"{base}-{number}", number + 1
                slide.id = Text(name)
                taken.add(slide.id)


def _give_ids(source: Source, problems: Problems) -> None:
    first: dict[str, Text] = {}
    for slide in source.slides:
        if slide.id and slide.id in first:
            place, earlier = slide.id.place(), first[slide.id].place()
            where = f" (first at {earlier.file}:{earlier.line})" if earlier else ""
            problems.error(
                f"two slides have the id “{slide.id}”{where}", place, "ids are addresses: give each slide its own"
            )
        elif slide.id:
            first[slide.id] = slide.id
    _give_default_ids(source.deck.slides)


# ── pydantic's findings, in plain words ───────────────────────────────────────────────────────────────────────────


def _validate(kind: type[T], data: Any, where: tuple[int | str, ...], tree: Tree, problems: Problems) -> T | None:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        for detail in details:
            _report(kind, detail, where, tree, problems)
        # A model with a part missing would have other numbers, and each of these another message.
        return None if kind is Model else _salvage(kind, data, details)


def _salvage(kind: type[T], data: Any, details: list[ErrorDetails]) -> T | None:
    """``data`` without the keys and blocks at fault, so that the rest of a slide is looked at in the same run."""
    gone: set[tuple[int, int | str]] = set()
    for detail in details:
        node, above, chosen = data, "", None
        for part in detail["loc"]:
            if isinstance(node, dict):
                children: dict[int | str, Any] = node
            else:
                children = dict(enumerate(node)) if isinstance(node, list) else {}
            if part not in children:
                continue
            step, child = (id(node), part), children[part]
            is_block = isinstance(child, dict) and len(child) == 1 and next(iter(child)) in BLOCKS
            is_entry = isinstance(node, list) and (above in ("content", "stack") or is_block)
            if chosen is None or is_entry or detail["type"] == "extra_forbidden":
                chosen = step
            node, above = child, str(part)
        if chosen is None:
            return None
        gone.add(chosen)

    def rest(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rest(item) for key, item in value.items() if (id(value), key) not in gone}
        if isinstance(value, list):
            return [rest(item) for index, item in enumerate(value) if (id(value), index) not in gone]
        return value

    try:
        return kind.model_validate(rest(data))
    except ValidationError:
        return None


def _report(
    kind: type[BaseModel], detail: ErrorDetails, where: tuple[int | str, ...], tree: Tree, problems: Problems
) -> None:
    location = tuple(part for part in detail["loc"] if part != "[key]")
    path = (*where, *location)
    name = next((part for part in reversed(path) if isinstance(part, str)), "the deck")
    subject = "a slide" if path[:-1] == ("slides",) else f"“{name}”"
    if subject != "a slide" and path and isinstance(path[-1], int):
        subject = f"an entry of {subject}"
    place = tree.place(path)
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        known = _fields_at(Deck if kind is Head else kind, location[:-1])
        problems.error(f"unknown key “{name}”", place, did_you_mean(name, known))
    elif detail["type"] == "missing":
        problems.error(f"{subject} is missing", tree.place(path[:-1]))
    elif detail["type"] in ("model_type", "model_attributes_type"):
        problems.error(f"{subject} should be a mapping (key: value)", place)
    elif detail["type"] == "literal_error":
        known = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        given = tree.text((*where, *location))
        hint = did_you_mean(given, known) if given else None
        problems.error(
            f"{subject} should be one of: {', '.join(known)}", place, hint if hint and hint.startswith("did") else None
        )
    elif name.isdecimal() and context.get("what") == "empty":
        problems.error(
            f"“{name}” stands by itself here", place, "a decimal number is written with a point, such as 2.5"
        )
    else:
        plain = _PLAIN.get(detail["type"])
        message = plain.format(**context) if plain else detail["msg"]
        begins = message.startswith(("should", "needs", "has ", "plots"))
        problems.error(f"{subject} {message}" if begins else message, place, context.get("hint"))


_PLAIN = {
    "list_type": "should be a list",
    "dict_type": "should be a mapping (key: value)",
    "tuple_type": "should be a list",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "too_short": "needs {min_length} or more entries, not {actual_length}",
    "too_long": "should have {max_length} entries at most, not {actual_length}",
    "greater_than": "should be greater than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than_equal": "should be at most {le}",
}


def _fields_at(kind: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed where ``location`` leads, starting at the class ``kind``."""
    current: type[BaseModel] | None = kind
    for part in location:
        if not isinstance(part, str):
            continue
        if part in BLOCKS and (current is None or part not in current.model_fields):
            current = BLOCKS[part]
        elif current is not None and part in current.model_fields:
            current = _model_in(current.model_fields[part].annotation)
    return list(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The only model class inside an annotation such as ``list[Card] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
