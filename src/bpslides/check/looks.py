"""What a browser shows of a deck, as problems: overflow, accessibility, plots, complaints, requests.

The visit is an errand (:mod:`bpslides.check.visit`): where it falls silent, it is ended with all that it started.
"""

from __future__ import annotations

from collections.abc import Iterator

from bpslides.check.places import block_place
from bpslides.check.visit import Job, Sight
from bpslides.errand import PATIENCE, Errand
from bpslides.errors import Place, Problems
from bpslides.render import Section, Site
from bpslides.source import Source

VIEWS = {"screen": "on 1280×720", "phone": "on a phone", "print": "in print"}


def check(source: Source, site: Site, problems: Problems) -> None:
    """Visit every slide on the screen, on a phone and in print; what is wrong goes to ``problems``.

    Raises:
        BrowserMissing: when there is no browser, or nothing to drive it with.
    """
    sights: list[Sight] = []
    silent = True
    for sight in visit(Job(site.files, [section.id for section in site.sections])):
        silent = False
        sights.append(sight)
    report = _Report(source, site, problems)
    report.overflow([sight for sight in sights if sight.kind == "overflow"])
    report.others([sight for sight in sights if sight.kind in _SENTENCES])
    last = sights[-1] if sights else Sight("slide")
    total = len(VIEWS) * len(site.sections)
    if silent or last.kind == "failed" or sum(sight.kind == "slide" for sight in sights) < total:
        report.interrupted(last)


def visit(job: Job) -> Iterator[Sight]:
    """What is seen, as it is seen. Ends early when the visit fails, or is silent for longer than ``PATIENCE``.

    Raises:
        BrowserMissing: when there is no browser, or nothing to drive it with.
    """
    with Errand("bpslides.check.visit", PATIENCE) as errand:
        errand.send(job.dump())
        for report in errand.reports():
            yield Sight(**report)


#: Kind → name of the check, severity and sentence, with {text}, {where} and {views}.
_SENTENCES = {
    "plot": ("drawing", "error", "the plot is {text} {views}{where}"),
    "sliver": ("drawing", "warning", "the plot is {text} {views}{where}"),
    "accessibility": ("accessibility", "warning", "{text}{where}"),
    "console": ("console", "error", "the page complains {views}: {text}"),
    "request": ("requests", "error", "the page asks for what it must not or cannot have {views}: {text}"),
}


_HEIGHT = "shorten the slide, or split it into two"
_WIDTH = "write shorter lines or words, put fewer things side by side, or make a smaller table"
_COLUMN = "give this column more of the “widths”, use fewer columns, or write shorter lines or a smaller table"
_BOX = "write shorter words, or put fewer boxes side by side"
_SCROLL = "shorten it: nobody scrolls in a talk"

#: Edge → what is said of it, severity on screen and paper, and what helps.
_EDGES = {
    "top": ("runs over the top edge", "error", _HEIGHT),
    "bottom": ("runs over the bottom edge", "error", _HEIGHT),
    "bottom margin": ("runs into the bottom margin", "warning", _HEIGHT),
    "footer": ("runs into the footer", "error", _HEIGHT),
    "left": ("runs over the left edge", "error", _WIDTH),
    "right": ("runs over the right edge", "error", _WIDTH),
    "left margin": ("runs into the left margin", "warning", _WIDTH),
    "right margin": ("runs into the right margin", "warning", _WIDTH),
    "column": ("is wider than its column", "error", _COLUMN),
    "box": ("holds words that are wider than their box", "warning", _BOX),
    "scroll": ("has to be scrolled", "warning", _SCROLL),
}
_DOWNWARDS = ("top", "bottom", "bottom margin", "footer")


def _is_told_otherwise(sight: Sight, sights: list[Sight]) -> bool:
    """Whether what was seen of an edge follows from what was seen of another one."""
    same_view = [other for other in sights if (other.view, other.slide) == (sight.view, sight.slide)]
    match sight.text:
        case "footer" | "bottom margin":
            worse = {"bottom"} if sight.text == "footer" else {"bottom", "footer"}
            return any(other.text in worse for other in same_view)
        case "left margin" | "right margin":
            return any(other.text == sight.text.removesuffix(" margin") for other in same_view)
        case "column" | "box":
            return any(other.block == sight.block and other.text in ("left", "right") for other in same_view)
    return False


#: What helps, where the page does not say so itself.
_HINTS = {"sliver": "give it more room: fewer columns, or less beside it on the slide"}


class _Report:
    """Turns what was seen into problems with places."""

    def __init__(self, source: Source, site: Site, problems: Problems) -> None:
        self._problems = problems
        self._sections: dict[str, Section] = {section.id: section for section in site.sections}
        self._titles = {str(slide.id): slide.title.place() for slide in source.slides}
        self._title = source.deck.title.place()

    def overflow(self, sights: list[Sight]) -> None:
        """One problem for each edge that a slide runs over, at the block that does it, with the worst of each view."""
        edges: dict[tuple[str, str], list[Sight]] = {}
        for sight in sights:
            if not _is_told_otherwise(sight, sights):
                edges.setdefault((sight.slide, sight.text), []).append(sight)
        for (slide, edge), found in edges.items():
            # Downwards, everything after the first is over the edge, too; sideways, the widest drags others along.
            rank = 0 if edge in _DOWNWARDS else -1
            first = min(found, key=lambda sight: (rank * sight.px, sight.block is None, sight.block or 0))
            name, place = self._where(slide, first.block)
            worst = {view: max((s.px for s in found if s.view == view), default=0) for view in VIEWS}
            amounts = ", ".join(f"{worst[view]} px {said}" for view, said in VIEWS.items() if worst[view])
            where = f"{name or 'its header or footer'} on the slide “{slide}”"
            sentence, severity, hint = _EDGES[edge]
            with self._problems.during("overflow"):
                is_error = severity == "error" and (worst["screen"] or worst["print"])
                tell = self._problems.error if is_error else self._problems.warning
                tell(f"{where} {sentence} by {amounts}", place, hint)

    def others(self, sights: list[Sight]) -> None:
        """One problem for each thing seen, however often and in however many views."""
        seen: dict[tuple[str, str, int | None, str], list[Sight]] = {}
        for sight in sights:
            slide = "" if sight.kind in ("console", "request") else sight.slide
            seen.setdefault((sight.kind, slide, sight.block, sight.text), []).append(sight)
        for (kind, _, block, text), alike in seen.items():
            check, severity, sentence = _SENTENCES[kind]
            first = alike[0]
            name, place = self._where(first.slide, block)
            views = " and ".join(VIEWS[view] for view in dict.fromkeys(sight.view for sight in alike))
            where = f", in {name} of the slide “{first.slide}”" if name else f", on the slide “{first.slide}”"
            where = where if first.slide else ", on the page around the slides"
            where += f" ({len(alike)} times)" if len(alike) > 1 and kind == "accessibility" else ""
            tell = self._problems.error if severity == "error" else self._problems.warning
            with self._problems.during(check):
                message = sentence.format(
                    text=text, where=where if first.slide else ", on the page itself", views=views
                )
                tell(message, place, first.hint or _HINTS.get(kind))

    def interrupted(self, last: Sight) -> None:
        """The visit did not come to its end."""
        reached = f"after the slide “{last.slide}” {VIEWS[last.view]}" if last.slide else "before the first slide"
        why = last.text if last.kind == "failed" else f"nothing was heard for {PATIENCE:g} s"
        with self._problems.during("browser"):
            self._problems.error(f"the visit in the browser ended {reached}: {why}", self._where(last.slide, None)[1])

    def _where(self, slide: str, block: int | None) -> tuple[str, Place | None]:
        """A block by its name, "" for none, and the best place for a message about it."""
        section = self._sections.get(slide)
        title = self._titles.get(slide) or self._title
        if section is None or block is None:
            return "", title
        name, place = block_place(section, block)
        return name, place or title
