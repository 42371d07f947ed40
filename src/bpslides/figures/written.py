"""A figure in Plotly's words, as an author or a Python function wrote it: filled in, made harmless, and checked.

:func:`filled` puts the numbers of the models in and turns deck data into JSON data. :func:`checked` asks plotly.py
about every property, so that each mistake is told at its own place.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bpslides import cache
from bpslides.errors import Place, Problems, did_you_mean
from bpslides.expression import split_format
from bpslides.model.blocks.figures import PlotlyFigure
from bpslides.text import Text, WrittenBool, WrittenFloat, WrittenInt

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: The trace types in the page's bundle of plotly.js.
TRACES = ("scatter", "bar", "heatmap", "contour")
#: What the slide and its theme decide.
_OURS = {
    "width": "the slide gives a figure its width",
    "height": "use the “height” of the block",
    "autosize": "the slide gives a figure its size",
    "template": "the theme gives a figure its colours and fonts",
}
#: Kinds of axes that only other trace types have.
_ELSEWHERE = re.compile(r"(geo|map|mapbox|scene|polar|ternary|smith)\d*\Z")
_NUMBERED = re.compile(r"(xaxis|yaxis|legend|coloraxis)\d+\Z")
_NUMBER = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
# Plotly draws some HTML in labels. What only changes the look of a word may stay.
_MARKUP = re.compile(r"<(?!/?(?:b|i|u|s|em|strong|sub|sup|br)\s*/?>)", re.IGNORECASE)
_RASTER = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_POLLUTING = ("__proto__", "constructor", "prototype")


def filled(value: Any, numbers: Numbers, problems: Problems) -> Any:
    """Deck data as JSON data: numbers of the models put in, spellings and places forgotten, labels made harmless.

    A text that is nothing but ``{{ expression }}`` becomes a number or an array; elsewhere, and with a format, the
    number is printed. What is wrong goes to ``problems``.
    """
    if isinstance(value, dict):
        return {str(key): filled(item, numbers, problems) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, numbers, problems) for item in value]
    if isinstance(value, Text):
        return _text(value, numbers, problems)
    if isinstance(value, WrittenBool):
        return bool(value)
    if isinstance(value, WrittenInt | WrittenFloat) and not abs(value) <= sys.float_info.max:
        problems.error("should be a finite number", value.written.place(), "an empty entry leaves a gap in a line")
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, float) else value


def _text(text: Text, numbers: Numbers, problems: Problems) -> Any:
    found = list(_NUMBER.finditer(text))
    if len(found) == 1 and found[0][0] == text.strip() and split_format(found[0][1]).format is None:
        return numbers.array(found[0][1], text, found[0].start(1))
    shown, end = [], 0
    for match in found:
        shown += [text[end : match.start()], numbers.formatted(match[1], text, match.start(1), "text")]
        end = match.end()
    return "".join([*shown, text[end:]])


def harmless(value: Any) -> Any:
    """JSON data whose texts hold no links, styles or pictures: other markup than bold and its kin is shown as text."""
    if isinstance(value, dict):
        return {key: harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [harmless(item) for item in value]
    return _MARKUP.sub("&lt;", value) if isinstance(value, str) else value


def checked(block: PlotlyFigure, numbers: Numbers, problems: Problems) -> dict[str, Any] | None:
    """The figure of a block, filled in and checked; None, with the reasons in ``problems``, if it is not sound."""
    before = len(problems.found)
    data, layout = filled(block.data, numbers, problems), filled(block.layout, numbers, problems)
    complete = len(problems.found) == before
    key = cache.key_of("written", data, layout)
    kept = cache.get(key) if complete else None
    if kept is not None:
        spec: dict[str, Any] = json.loads(kept)
        return spec
    where = next(iter(block.data[0]), None)
    found = Checker(problems, where.place() if where else None).checked(data, layout, (block.data, block.layout))
    if found is not None and len(problems.found) == before:
        cache.put(key, json.dumps(found))  # waking plotly.py takes longer than all the rest of a small deck
    return found if complete else None


class Checker:
    """Checks one figure by what plotly.py knows; every mistake goes to ``problems`` at its own place.

    ``place`` is where mistakes stand in data that has no places itself, such as the result of a function.
    """

    def __init__(self, problems: Problems, place: Place | None) -> None:
        self._problems, self._place = problems, place
        self._sound = True

    def checked(self, data: Any, layout: Any, written: tuple[Any, Any]) -> dict[str, Any] | None:
        """``data`` and ``layout`` (JSON data) as plotly.js takes them; None if something is wrong.

        ``written`` is the same as the author wrote it, whose keys and texts know their places.
        """
        import plotly.graph_objects as go  # slow to import, and few decks need it
        from plotly.basedatatypes import BasePlotlyType

        self._object_type = BasePlotlyType
        traces, places = [], written[0] if isinstance(written[0], list) else []
        if not (isinstance(data, list) and all(isinstance(t, dict) for t in data) and isinstance(layout, dict)):
            self._error("a figure has a list of traces as “data” and a mapping as “layout”", None)
            return None
        for index, trace in enumerate(data):
            where = places[index] if index < len(places) else {}
            kind = trace.get("type", "scatter")
            if kind not in TRACES:
                self._error(f"there is no trace “{kind}” here", where.get("type"), did_you_mean(str(kind), TRACES))
                continue
            model = {"scatter": go.Scatter, "bar": go.Bar, "heatmap": go.Heatmap, "contour": go.Contour}[kind]
            rest = {key: value for key, value in trace.items() if key != "type"}
            self._object(model(), rest, where, f"a {kind}")
            self._lengths(rest, where)
            traces.append((model, rest))
        kept = {key: value for key, value in layout.items() if not self._is_ours(key, written[1])}
        self._object(go.Layout(), kept, written[1], "the layout")
        for index, image in enumerate(kept.get("images") or []):
            source = image.get("source") if isinstance(image, dict) else None
            if source is not None and not _RASTER.match(str(source)):
                message = "a figure takes no pictures from elsewhere"
                self._error(message, _at(written[1], "images", index, "source"), "put the picture beside the figure")
        if not self._sound:
            return None
        # plotly.py writes the short forms out that plotly.js no longer takes, such as a title that is just a text.
        return {
            "data": [model(trace).to_plotly_json() for model, trace in traces],
            "layout": go.Layout(kept).to_plotly_json(),
        }

    def _error(self, message: str, where: Any, hint: str | None = None) -> None:
        text = where if isinstance(where, Text) else getattr(where, "written", None)
        self._problems.error(message, text.place() if text is not None else self._place, hint)
        self._sound = False

    def _is_ours(self, key: str, written: Any) -> bool:
        if key not in _OURS:
            return False
        where = _key(written, key)
        place = where.place() if isinstance(where, Text) else None
        if place is not None:  # what plotly.py adds by itself is passed over
            self._problems.warning(f"“{key}” of the layout has no effect here", place, _OURS[key])
        return True

    def _object(self, model: Any, values: dict[str, Any], written: Any, what: str) -> None:
        """Check the properties of one of plotly.py's objects."""
        known = set(model)
        for key, value in values.items():
            where = _key(written, key)
            name = _NUMBERED.sub(r"\1", key)
            if name not in known or (what == "the layout" and _ELSEWHERE.match(key)):
                elsewhere = what == "the layout" and _ELSEWHERE.match(key)
                self._error(f"{what} has no “{key}”", where, None if elsewhere else _suggestion(key, known))
                continue
            below = _at(written, key)
            element = _element(model, name) if _is_mappings(value) else None
            if isinstance(value, dict) and isinstance(model[name], self._object_type):
                self._object(type(model[name])(), value, below, f"“{key}”")
            elif element is not None:
                for index, item in enumerate(value):
                    self._object(element(), item, _at(below, index), f"an entry of “{key}”")
            else:
                self._value(model, name, value, where if isinstance(below, dict | list | None) else below, what)

    def _value(self, model: Any, key: str, value: Any, where: Any, what: str) -> None:
        polluting = next((name for name in _keys(value) if name in _POLLUTING), None)
        if polluting:
            self._error(f"“{polluting}” cannot be a key here", where)
            return
        try:
            model[key] = value
        except (ValueError, TypeError) as error:
            shown = f"“{value}”" if isinstance(value, str | int | float) else "this"
            self._error(f"“{key}” of {what} cannot be {shown}", where, _reason(str(error), value))

    def _lengths(self, trace: dict[str, Any], written: Any) -> None:
        """Whether what belongs together has the same number of entries."""
        x, y, z = (trace.get(name) for name in "xyz")
        if isinstance(z, list) and all(isinstance(row, list) for row in z):
            columns = {len(row) for row in z}
            if len(columns) > 1:
                self._error(
                    f"the rows of “z” have {' and '.join(map(str, sorted(columns)))} entries", _key(written, "z")
                )
            elif isinstance(y, list) and len(y) not in (len(z), len(z) + 1):
                self._error(f"“y” has {len(y)} entries, and “z” has {len(z)} rows", _key(written, "y"))
            elif isinstance(x, list) and columns and len(x) not in (max(columns), max(columns) + 1):
                self._error(f"“x” has {len(x)} entries, and a row of “z” has {max(columns)}", _key(written, "x"))
            return
        wanted = x if isinstance(x, list) else y
        for name in ("y", "text"):
            given = trace.get(name)
            if isinstance(wanted, list) and isinstance(given, list) and len(given) != len(wanted):
                first = "x" if wanted is x else "y"
                message = f"“{first}” has {len(wanted)} entries, and “{name}” has {len(given)}"
                self._error(message, _key(written, name), "give them the same number; an empty entry leaves a gap")


def _element(model: Any, key: str) -> Any:
    """The class of the entries of a property that is a list of objects, such as annotations; else None."""
    try:
        model[key] = [{}]
    except (ValueError, TypeError):
        return None
    entries = model[key]
    model[key] = None
    return type(entries[0]) if isinstance(entries, tuple) and entries and not isinstance(entries[0], dict) else None


def _is_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _suggestion(key: str, known: set[str]) -> str | None:
    first, _, rest = key.partition("_")
    if first in known and rest:  # plotly.py's own shorthand, which plotly.js does not know
        return f"write it as {first}: {{{rest}: …}}"
    hint = did_you_mean(key, known)
    return hint if hint and hint.startswith("did") else None


def _reason(message: str, value: Any) -> str | None:
    """What plotly.py says is possible, in a line."""
    if "is a color" in message:
        return "a colour is written as 'teal', '#12a4d9' or 'rgb(18, 164, 217)'; without one it comes from the theme"
    _, _, rest = message.partition("specified")
    listed = re.findall(r"'([^'\s]+)'", rest) if "enumeration values" in rest or "flaglist" in message else []
    if listed and isinstance(value, str):
        return did_you_mean(value, listed)
    possible = [line.strip()[2:] for line in rest.splitlines() if line.strip().startswith("- ")]
    possible = [text for text in possible if "numpy" not in text and "instance" not in text]
    if possible:
        return "it can be " + ", or ".join(f"{text[0].lower()}{text[1:]}".rstrip(".") for text in possible[:2])
    return "it can be a list" if "an array" in message else None


def _key(written: Any, name: str) -> Any:
    """A key as the author wrote it, which knows its place."""
    return next((key for key in written if key == name), None) if isinstance(written, dict) else None


def _at(written: Any, *path: int | str) -> Any:
    """What the author wrote at the end of ``path``; None if nothing."""
    for part in path:
        if isinstance(written, dict) and isinstance(part, str):
            written = written.get(part)
        elif isinstance(written, list) and isinstance(part, int) and part < len(written):
            written = written[part]
        else:
            return None
    return written


def _keys(value: Any) -> Iterator[str]:
    """Every key inside of JSON data."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _keys(item)
    for item in value if isinstance(value, list) else ():
        yield from _keys(item)
