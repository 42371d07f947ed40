"""Deck file → :class:`~bpslides.model.Deck`: read, check, include, and give every slide its id.

:func:`load` reports all problems of a deck and of the decks that it includes in one run, each with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bpslides import paths
from bpslides.block_finder import BlockFinder
from bpslides.errors import Problems, UsageError, did_you_mean
from bpslides.includes import Moved, find_deck, give_ids, members, merge
from bpslides.model import BLOCKS, Chain, Deck, Head, Include, Model, Slide, Stack, Symbol, Tokens, Variable
from bpslides.model.blocks.figures import FIGURES
from bpslides.text import SourceFile, Text
from bpslides.yaml_text import MAX_BYTES, decode
from bpslides.yaml_tree import Tree, parse

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
    own: set[Path] = field(default_factory=set)
    """Those of them that are this deck's: its file, and parts of it that are no decks by themselves."""
    broken: set[str] = field(default_factory=set)
    """Names of models that could not be read, and have been reported."""
    moved: Moved = field(default_factory=dict)
    """For each file of which slides have got other ids: the old ones, which its links use, and the new ones."""
    incomplete: bool = False
    """Whether a whole file could not be read, so that nobody knows which models it has."""

    @property
    def slides(self) -> list[Slide]:
        """All slides in order, those of stacks included."""
        return [slide for item in self.deck.slides for slide in members(item)]

    @property
    def without_models(self) -> Source:
        """The same as if it had no models and slides, for a text that needs none of their numbers."""
        return replace(self, deck=empty_deck(self.deck.title))


def load(file: Path, problems: Problems) -> Source:
    """Read the deck in ``file`` with all that it includes. What is wrong goes to ``problems``, and reading goes on.

    Raises:
        UsageError: when ``file`` cannot be read at all.
    """
    empty = empty_deck(Text(file.stem))
    source = Source(empty, paths.deck_name(file), file.resolve().parent)
    source.deck = _read(file, source, problems, ()) or empty
    return source


def empty_deck(title: Text) -> Deck:
    """A deck with nothing in it."""
    return Deck.model_construct(title=title)


def _read(file: Path, source: Source, problems: Problems, above: tuple[Path, ...]) -> Deck | None:
    """The deck in ``file`` for ``source``, which notes what is read; ``above`` are the decks that include it.

    What is included may also be a part of a deck: a mapping without a title, or just a list of slides.
    """
    source.files.append(file.resolve())
    tree = read_tree(file, problems)
    if tree is None:
        source.incomplete = True
        return None
    problems.find_blocks(BlockFinder(tree))
    if tree.lost:
        source.incomplete = True
    is_part = bool(above)
    is_list = is_part and isinstance(tree.data, list)
    if not isinstance(tree.data, dict) and not is_list:
        if not tree.lost:
            problems.error(
                "a part of a deck is a list of slides, or a mapping with “slides”"
                if is_part
                else "a deck is a mapping with “title” and “slides”",
                tree.place(()),
                "begin with a line such as: " + ("- title: My slide" if is_part else "title: My talk"),
            )
        return None

    if not is_part or (above[-1] in source.own and (is_list or "title" not in tree.data)):
        source.own.add(file.resolve())
    parts = ("tokens", "notation", "variables", "models", "slides")
    head = {} if is_list else {key: value for key, value in tree.data.items() if key not in parts}
    if is_part:
        head.setdefault("title", Text(""))
    elif "title" in tree.lost:
        head.setdefault(Text("title"), Text(file.stem))
    # They and the head are checked one by one: a fault in one hides none in the others.
    checked = validate(Head, head, (), tree, problems) or source.deck
    deck = Deck.model_construct(**{**dict(checked), "notation": {}, "variables": {}, "models": {}, "slides": []})
    if not is_list and "tokens" in tree.data:
        deck.tokens = validate(Tokens, tree.data["tokens"], ("tokens",), tree, problems) or deck.tokens
    if not is_list:
        for name, data in _mapping(tree, "notation", problems).items():
            symbol = validate(Symbol, data, ("notation", name), tree, problems)
            # A broken entry has been told, and is still a declaration.
            deck.notation[name] = symbol or Symbol.model_construct(name=name, meaning=None, colour=None)
        _read_each(Variable, "variables", deck.variables, source, tree, problems)
        _read_each(Model, "models", deck.models, source, tree, problems)
    _read_slides(deck, file, source, tree, problems, above)
    return deck


def _read_each(kind: type[T], key: str, into: dict[Text, T], source: Source, tree: Tree, problems: Problems) -> None:
    """The models or variables of a deck, each by itself: a broken one is noted, and the others are there."""
    for name, data in _mapping(tree, key, problems).items():
        value = validate(kind, data, (key, name), tree, problems)
        if value is not None:
            into[name] = value
        else:
            source.broken.add(name)


def _read_slides(
    deck: Deck, file: Path, source: Source, tree: Tree, problems: Problems, above: tuple[Path, ...]
) -> None:
    """The slides of ``deck``, with those that it includes, and their ids."""
    where: tuple[str, ...] = () if isinstance(tree.data, list) else ("slides",)
    slides = tree.data.get("slides") if where else tree.data
    needed = not (above and where and "slides" not in tree.data and (deck.models or deck.variables or deck.notation))
    # What could not be read has been told.
    if (not isinstance(slides, list) or not slides) and needed and "slides" not in tree.lost:
        problems.error("“slides” should be a list with at least one slide", tree.place(("slides",)))
    own: list[Slide] = []
    included: list[list[Slide]] = []
    for index, data in enumerate(slides if isinstance(slides, list) else ()):
        here: tuple[int | str, ...] = (*where, index)
        if isinstance(data, dict) and set(data) == {"include"}:
            include = validate(Include, data["include"], (*here, "include"), tree, problems)
            other = _included(include, file, source, problems, (*above, file.resolve())) if include else None
            if include is None or other is None:
                source.incomplete = True
            else:
                items = merge(deck, include, other, problems)
                deck.slides += items
                included.append([slide for item in items for slide in members(item)])
        elif isinstance(data, dict) and "include" in data and "title" not in data:
            beside = next(key for key in data if key != "include")
            problems.error(
                f"an include stands by itself, and here is “{beside}” beside it",
                tree.place((*here, beside)),
                f"put it inside: include: {{deck: …, {beside}: …}}",
            )
            source.incomplete = True
        else:
            kind: type[Slide | Stack] = Stack if isinstance(data, dict) and "stack" in data else Slide
            item = validate(kind, data, here, tree, problems)
            if item is not None:
                deck.slides.append(item)
                own += members(item)
    give_ids(own, included, source.moved, problems)


def _included(include: Include, file: Path, source: Source, problems: Problems, above: tuple[Path, ...]) -> Deck | None:
    """The deck that ``file`` includes."""
    target, place = find_deck(include.deck, file, problems), include.deck.place()
    if target is None:
        return None
    if target.resolve() in above:
        problems.error(f"“{include.deck}” includes itself", place)
        return None
    if len(source.files) >= MAX_FILES:
        problems.error(f"a deck may be put together from at most {MAX_FILES} files", place)
        return None
    return _read(target, source, problems, above)


def read_tree(file: Path, problems: Problems) -> Tree | None:
    """The YAML in ``file`` as data with places; None, with the reason in ``problems``, when it cannot be read.

    Raises:
        UsageError: when it is no ordinary file, or too large.
    """
    text = _read_text(file, problems)
    return parse(text, problems) if text is not None else None


def _read_text(file: Path, problems: Problems) -> SourceFile | None:
    shown = paths.shown(file)
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
    return decode(raw, shown, problems)


def _mapping(tree: Tree, key: str, problems: Problems) -> dict[Text, Any]:
    value = tree.data.get(key)
    if value is not None and not isinstance(value, dict):
        problems.error(f"“{key}” should be a mapping of names", tree.place((key,)))
        return {}
    return value or {}


# ── pydantic's findings, in plain words ───────────────────────────────────────────────────────────────────────────


def validate(kind: type[T], data: Any, where: tuple[int | str, ...], tree: Tree, problems: Problems) -> T | None:
    """``data``, which stands at ``where`` in its file, as a ``kind``; what is wrong with it goes to ``problems``."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        for detail in details:
            if problems.is_full:
                problems.error(detail["msg"])  # is only counted: finding its place would take as long as ever
            else:
                _report(kind, detail, where, tree, problems)
        # A model with a part missing would have other numbers, and each of these another message.
        return None if kind is Model else _salvage(kind, data, details)


def _salvage(kind: type[T], data: Any, details: list[ErrorDetails]) -> T | None:
    """``data`` without the keys and blocks at fault, so that the rest of a slide is looked at in the same run."""
    gone: set[tuple[int, int | str]] = set()
    for detail in details:
        node: Any = data
        above, chosen = "", None
        for part in detail["loc"]:
            if isinstance(node, str):
                continue
            try:
                child = node[part]
            except (KeyError, IndexError, TypeError):
                continue
            step = (id(node), part)
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


#: The key that says which form a block has → its class.
_FORMS = {**FIGURES, **Chain.forms}


def _report(
    kind: type[BaseModel], detail: ErrorDetails, where: tuple[int | str, ...], tree: Tree, problems: Problems
) -> None:
    context = detail.get("ctx", {})
    # “[key]” and the forms of a block, such as “[bars]”, are pydantic's words, not the deck's. A check of a whole
    # block says itself where in it the fault is.
    location = (*(part for part in detail["loc"] if not str(part).startswith("[")), *context.get("at", ()))
    path = (*where, *location)
    name = next((part for part in reversed(path) if isinstance(part, str)), "the deck")
    subject = "a slide" if kind is Slide and not location else f"“{name}”"
    if subject != "a slide" and path and isinstance(path[-1], int):
        subject = f"an entry of {subject}"
    place = tree.place(path)
    if detail["type"] == "extra_forbidden":
        known = _fields_at(Deck if kind is Head else kind, detail["loc"][:-1])
        problems.error(f"unknown key “{name}”", place, did_you_mean(name, known))
    elif detail["type"] == "missing":
        problems.error(f"{subject} is missing", tree.place(path[:-1]), _MISSING.get(name))
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


#: What to do about a missing key where that is not plain.
_MISSING = {"alt": "say what it shows, for those who do not see it; for a mere decoration: alt: ''"}

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
        if form := _FORMS.get(part.strip("[]")) if part.startswith("[") else None:
            current = form
        elif part in BLOCKS and (current is None or part not in current.model_fields):
            current = BLOCKS[part]
        elif current is not None and part in current.model_fields:
            current = _model_in(current.model_fields[part].annotation)
    return list(current.model_fields) if current else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The only model class inside an annotation such as ``list[Card] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)
