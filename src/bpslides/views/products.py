"""The view of a product of equal slopes: every partial product, and where it is gone or has run away."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING

from bpslides.errors import Problems
from bpslides.formatting import format_number
from bpslides.model import Product
from bpslides.program import points
from bpslides.text import Text
from bpslides.views.common import View, digits, slider_step

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: The format of a product.
SHOWN = ".3g"


def product(block: Product, numbers: Numbers, problems: Problems, key: str) -> View | None:
    """The products of 1 to ``count`` slopes, each from the core."""
    slope = numbers.number(block.slope)
    if slope is None:
        return None
    low, high = block.slopes
    place = block.place
    if not low <= slope <= high:
        message = f"the slope {slope:g} is not between the {low:g} and {high:g} of its slider"
        problems.error(message, place, "widen “slopes”")
        return None
    origin = block.symbol.origin
    program = numbers.function(key, Text("s**n", origin), ["s", "n"])
    if program is None:
        return None
    values = program.sweep("n", points((1, block.count), block.count), {"s": slope})
    step = slider_step(block.slopes)
    shown = digits(step)
    if format_number(slope, shown) != format_number(slope):
        shown = ".4g"
    # Powers of ten in strides of five, as the page takes them, so that the axis stands still during small moves.
    sizes = [log10(abs(value)) for value in values if value] + [log10(block.below or 1.0), 0.0]
    ends = [5 * floor(min(sizes) / 5) - 1, 5 * ceil(max(sizes) / 5) + 1]
    return {
        "form": "product",
        "beside": False,
        "data": {
            "model": key,
            "trace": program.trace(),
            "slope": slope,
            "slopes": list(block.slopes),
            "count": block.count,
            "below": block.below,
            "format": shown,
            "spec": {
                "data": [{"type": "scatter", "mode": "lines", "x": [1], "y": [1], "hoverinfo": "skip"}],
                "layout": {
                    "xaxis": {"range": [0, block.count + 1]},
                    "yaxis": {"type": "log", "exponentformat": "power", "range": ends},
                    "showlegend": False,
                },
            },
        },
        "slope": slope,
        "shown_slope": format_number(slope, shown),
        "step": step,
        "formula": f"{block.symbol}^n",
        "product": "none" if values[-1] is None else format_number(values[-1], SHOWN),
        "crossing": _crossing(values, slope, block.below),
        "words": words(slope, block.count, values, block.below),
        "checked": None,
        "table": [
            (str(n), "none" if value is None else format_number(value, SHOWN))
            for n, value in enumerate(values, 1)
            if n in _told(block.count)
        ],
        "alt": f"The product of 1 to {block.count} slopes of {format_number(slope, shown)}, on a logarithmic axis.",
    }


def _told(count: int) -> set[int]:
    """About ten of the numbers from 1 to ``count``."""
    return {1, count, *(round(1 + (count - 1) * k / 9) for k in range(10))}


def _crossing(values: list[float | None], slope: float, below: float | None) -> int | None:
    """The first n whose product is below the threshold, or above its inverse."""
    if below is None or abs(slope) == 1:
        return None
    for n, value in enumerate(values, 1):
        if value is None or (abs(value) < below if abs(slope) < 1 else abs(value) > 1 / below):
            return n
    return None


def words(slope: float, count: int, values: list[float | None], below: float | None) -> str:
    """What becomes of the product, as the page says it, too, in `product.ts`."""
    last, written = values[count - 1], format_number(slope, ".4g")
    if slope == 0:
        return "Zero: a single slope of 0 stops everything behind it."
    if abs(slope) == 1:
        return f"Steady: {count} factors of {written} make {format_number(last, SHOWN)}, neither more nor less."
    size = "no number that a computer can hold" if last is None else format_number(last, SHOWN)
    if last == 0:
        size = "less than a computer can tell from 0"
    said = "Vanishing" if abs(slope) < 1 else "Exploding"
    links = "factor" if count == 1 else "factors"
    text = f"{said}: {count} {links} of {written} {'leave' if abs(slope) < 1 else 'make'} {size}."
    first = _crossing(values, slope, below)
    if below is None:
        return text
    side, limit = ("below", below) if abs(slope) < 1 else ("above", 1 / below)
    limit_shown = format_number(limit, SHOWN)
    if first is None:
        return f"{text} It is not yet {side} {limit_shown}."
    return f"{text} From n = {first} on it is {side} {limit_shown}."
