"""Plotly specs as plain data. Colours and fonts are left to the theme, which the page applies when it draws.

Sugar (functions, loss curves, heatmaps) is written down here without waking plotly.py; a spec that an author wrote is
checked by plotly.py, so that an unknown trace or property is told with the deck's position.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from bpslides.errors import Problems, did_you_mean
from bpslides.model import Figure
from bpslides.program import Program, points
from bpslides.text import Text, WrittenBool, WrittenFloat, WrittenInt

CURVE_POINTS = 181
GRID_POINTS = 41
#: The trace types in the page's bundle of plotly.js.
TRACES = ("scatter", "bar", "heatmap", "contour")


def line(
    program: Program, variable: str, domain: tuple[float, float], output_range: tuple[float, float] | None = None
) -> dict[str, Any]:
    """The program's output over a domain of one variable, as a spec with one line and a range that holds it."""
    xs = points(domain, CURVE_POINTS)
    ys = program.sweep(variable, xs)
    low, high = output_range or padded([y for y in ys if y is not None])
    return {
        "data": [{"type": "scatter", "mode": "lines", "x": _short(xs), "y": _short(ys), "hoverinfo": "skip"}],
        "layout": {"xaxis": {"range": list(domain)}, "yaxis": {"range": [low, high]}, "showlegend": False},
    }


def heatmap(
    program: Program, names: tuple[str, str], x_domain: tuple[float, float], y_domain: tuple[float, float]
) -> dict[str, Any]:
    """The program's output over a rectangle, as a spec with one heatmap and contour lines on it."""
    xs, ys = points(x_domain, GRID_POINTS), points(y_domain, GRID_POINTS)
    rows = [_short(program.sweep(names[0], xs, {names[1]: y})) for y in ys]
    values = [value for row in rows for value in row if value is not None]
    common = {
        "x": _short(xs),
        "y": _short(ys),
        "z": rows,
        "hoverinfo": "skip",
        "zmin": min(values, default=0.0),
        "zmax": max(values, default=1.0),
    }
    return {
        "data": [{"type": "contour", "contours": {"coloring": "heatmap"}, "ncontours": 12, **common}],
        "layout": {"xaxis": {"range": list(x_domain)}, "yaxis": {"range": list(y_domain)}, "showlegend": False},
        "range": padded(values),
    }


def written(figure: Figure, where: Text | None, problems: Problems) -> dict[str, Any] | None:
    """An author's own Plotly figure, checked; what plotly.py says against it goes to ``problems``."""
    from plotly.graph_objects import Figure as PlotlyFigure  # slow to import, and few decks need it

    wild = _not_finite([figure.data, figure.layout])
    if wild is not None:
        problems.error("should be a finite number", wild.place(), "an empty entry leaves a gap in a line")
        return None
    for trace in figure.data or []:
        kind = trace.get(Text("type"), "scatter")
        if kind not in TRACES:
            place = kind.place() if isinstance(kind, Text) else where.place() if where else None
            problems.error(f"there is no trace “{kind}” here", place, did_you_mean(str(kind), TRACES))
            return None
    data, layout = plain(figure.data), plain(figure.layout)
    try:
        PlotlyFigure(data=data, layout=layout)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        lines = [text.strip() for text in str(error).splitlines() if text.strip()] or ["unknown fault"]
        hint = next((text for text in lines if text.startswith("Did you mean")), None)
        message = re.sub(r"plotly\.graph_objs\.", "", lines[0])
        named = re.search(r"'(\w+)'$", message)
        where = (_key([figure.data, figure.layout], named[1]) if named else None) or where
        problems.error(f"Plotly refuses this figure: {message}", where.place() if where else None, hint)
        return None
    return {"data": data, "layout": layout}


def _key(value: Any, name: str) -> Text | None:
    """The first key with this name, which knows its place."""
    if isinstance(value, dict):
        keys = [key for key in value if key == name]
        return keys[0] if keys else _key(list(value.values()), name)
    items = value if isinstance(value, list) else ()
    return next((found for item in items if (found := _key(item, name)) is not None), None)


def _not_finite(value: Any) -> Text | None:
    """The first number that JSON, and so the page, cannot hold."""
    if isinstance(value, WrittenInt | WrittenFloat):
        return None if abs(value) <= sys.float_info.max else value.written
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for item in items if (found := _not_finite(item)) is not None), None)


def padded(values: list[float], share: float = 0.06) -> tuple[float, float]:
    """A range a little larger than the values, so that a curve never touches the frame."""
    if not values:
        return (-1.0, 1.0)
    low, high = min(values), max(values)
    # The smallest numbers that a double holds have no room around them at their own scale.
    margin = max((high - low or abs(high) or 1.0) * share, 1e-300)
    return (low - margin, high + margin)


def _short(values: list[Any]) -> list[Any]:
    """Six significant digits: what a plot can show; live numbers never come from here."""
    return [None if value is None else float(f"{value:.6g}") for value in values]


def plain(value: Any) -> Any:
    """Deck data as JSON data: spellings and places forgotten."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, WrittenBool):
        return bool(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, float) else value
