"""Plotly specs as plain data, written down without waking plotly.py. Colours and fonts are left to the theme.

The page gives each trace its colour when it draws: ``meta.tone`` names one of the theme, ``meta.tones`` one for each
bar. Every line also has a dash of its own, for eyes and printers that see no colours.
"""

from __future__ import annotations

import math
from typing import Any

from bpslides.program import Program, points

CURVE_POINTS = 181
GRID_POINTS = 41
#: A course is drawn with so many points at most.
MOST_POINTS = 401
#: Pixels that a number at the end of a bar needs.
_NUMBER_HEIGHT = 34
#: Tone and dash of the lines of a plot, in order.
LINES = (("forward", "solid"), ("backward", "dash"), ("accent", "dot"), ("muted", "longdash"), ("bad", "dashdot"))

Domain = tuple[float, float]
Values = list[float | None]


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


def lines(
    domain: Domain, courses: list[tuple[str, list[float], Values]], tones: list[str | None], output_range: Domain | None
) -> dict[str, Any]:
    """Several lines, ``(label, x, y)`` each, with a legend; ``tones`` has a tone or None for each."""
    seen = [y for _, _, ys in courses for y in ys if y is not None]
    return {
        "data": [_named(course, index, tones[index]) for index, course in enumerate(courses)],
        "layout": {
            "xaxis": {"range": list(domain)},
            "yaxis": {"range": list(output_range or padded(seen))},
            "showlegend": True,
        },
    }


def training(courses: list[tuple[str, list[float], Values]], *, log: bool) -> dict[str, Any]:
    """Values over steps, ``(label, steps, values)`` each, with a legend if there are several."""
    last = max(xs[-1] for _, xs, _ in courses)
    seen = [y for _, _, ys in courses for y in ys if y is not None]
    if log:
        decades = math.log10(max(seen) / min(seen))
        # Powers of ten where there are several; Plotly's own choice among the numbers between them for less.
        every = {"dtick": math.ceil(decades / 6)} if decades > 1.5 else {}
        yaxis: dict[str, Any] = {"type": "log", "exponentformat": "power", **every}
    else:
        yaxis = {"range": list(padded(seen))}
    return {
        "data": [_named(_thinned(course), index, None) for index, course in enumerate(courses)],
        "layout": {
            "xaxis": {"range": [0, last], "tickvals": step_ticks(int(last))},
            "yaxis": yaxis,
            "showlegend": len(courses) > 1,
        },
    }


def step_ticks(last: int) -> list[int]:
    """Marks for an axis of steps: about five round numbers, and always the first and the last step."""
    size = 10 ** math.floor(math.log10(max(1, last) / 5)) if last >= 5 else 1
    stride = max(1, next(size * factor for factor in (1, 2, 5, 10) if last <= 6 * size * factor))
    ticks = list(range(0, last, stride))
    if len(ticks) > 1 and last - ticks[-1] < 0.4 * stride:
        ticks.pop()
    return [*ticks, last]


def bars(labels: list[str], values: list[float], printed: list[str], height: int) -> dict[str, Any]:
    """Bars up and down from zero, each with its number printed at its end; ``height`` is the figure's in pixels."""
    low, high = padded([0.0, *values], _NUMBER_HEIGHT / max(60, min(height, 300) - 110))
    floor, ceiling = (0.0 if min(values) >= 0 else low), (0.0 if max(values) <= 0 else high)
    trace = {
        "type": "bar",
        "x": list(range(len(values))),
        "y": _short(values),
        "text": printed,
        "textposition": "outside",
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        "meta": {"tones": ["backward" if value < 0 else "forward" for value in values]},
    }
    xaxis = {"tickvals": trace["x"], "ticktext": labels, "autotickangles": [0, -40, -90], "showgrid": False}
    if floor == ceiling:  # only zeros
        ceiling = 1.0
    layout = {"xaxis": xaxis | {"zeroline": False}, "yaxis": {"range": [floor, ceiling]}, "showlegend": False}
    return {"data": [trace], "layout": layout | {"bargap": 0.5, "barcornerradius": 5}}


def areas(xs: list[float], ys: Values) -> list[dict[str, Any]]:
    """The area between a curve and the axis: above it in one trace, below it in another."""
    traces = []
    for tone, pick in (("forward", max), ("backward", min)):
        part = [None if y is None else pick(y, 0.0) for y in ys]
        if any(part):
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": _short(xs),
                    "y": _short(part),
                    "fill": "tozeroy",
                    "line": {"width": 0},
                    "meta": {"area": tone},
                    "showlegend": False,
                }
            )
    return traces


def _named(course: tuple[str, list[float], Values], index: int, tone: str | None) -> dict[str, Any]:
    label, xs, ys = course
    usual, dash = LINES[index]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": label,
        "x": _short(xs),
        "y": _short(ys),
        "line": {"dash": dash},
        "meta": {"tone": tone or usual},
    }


def _thinned(course: tuple[str, list[float], Values]) -> tuple[str, list[float], Values]:
    """Every so many steps, and the last one."""
    label, xs, ys = course
    stride = -(-len(xs) // MOST_POINTS)
    if stride == 1:
        return course
    kept = [*range(0, len(xs) - 1, stride), len(xs) - 1]
    return label, [xs[i] for i in kept], [ys[i] for i in kept]


def padded(values: list[float], share: float = 0.06) -> tuple[float, float]:
    """A range a little larger than the values, so that a curve never touches the frame."""
    if not values:
        return (-1.0, 1.0)
    low, high = min(values), max(values)
    # The smallest doubles, and neighbours far from zero, have no room around them at their own scale.
    margin = max((high - low or abs(high) or 1.0) * share, 1e-300, 4 * math.ulp(max(abs(low), abs(high))))
    return (low - margin, high + margin)


def _short(values: list[Any]) -> list[Any]:
    """Six significant digits: what a plot can show; live numbers never come from here."""
    return [None if value is None else float(f"{value:.6g}") for value in values]
