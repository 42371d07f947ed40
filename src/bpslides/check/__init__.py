"""Look a deck over before the audience does: ``problems_of(file)``.

Each module looks for one kind of trouble and is named in what it finds: ``gradients``, ``literals``, ``links``,
``notes``, ``alt``, ``contrast``, ``duration``, ``accessibility``; what a build would say has the name ``deck`` or
``claims``. With a browser come more of ``accessibility``, and ``overflow``, ``drawing``, ``console``, ``requests``, and
``browser`` for a visit cut short.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bpslides.check import contrast, duration, gradients, headers, links, literals, notes
from bpslides.check.places import SlideMap
from bpslides.check.prose import pieces
from bpslides.errors import Problem, Problems
from bpslides.lookup import is_series
from bpslides.pipeline import compute, make_shelf
from bpslides.render import Output, render
from bpslides.series import load_series


def problems_of(file: Path, *, browser: bool = False) -> list[Problem]:
    """Everything that is wrong with the deck or the series in ``file``, computed and drawn, but not written.

    With ``browser`` every slide of a deck is also looked at in a real one, if the deck can be built.

    Raises:
        UsageError: when ``file`` cannot be read at all.
        BrowserMissing: when there is no browser.
    """
    if browser:
        from bpslides.browser import find

        find()  # to be told of a missing one at once
    problems = Problems()
    if is_series(file):
        make_shelf(load_series(file, problems), Output.FOLDER, problems)
        return problems.found
    source, numbers = compute(file, problems)
    site = render(source, numbers, problems, Output.FOLDER)
    prose = list(pieces(site.markdown, site.latex))
    sound = not problems.has_errors
    with problems.during("gradients"):
        gradients.check(source, numbers, problems)
    with problems.during("links"):
        links.check([section.id for section in site.sections], prose, problems)
    with problems.during("notes"):
        notes.check(source, problems)
    with problems.during("accessibility"):
        headers.check(source, site.markdown, problems)
    with problems.during("contrast"):
        contrast.check(source, problems)
    with problems.during("duration"):
        duration.check(source, problems)
    if sound:  # numbers of a broken deck would be compared with what it never shows
        with problems.during("literals"):
            literals.check(source, numbers, prose, [*site.markdown, *site.latex], problems)
    if browser and sound:
        from bpslides.check import looks

        looks.check(source, site, problems)
    elif browser:
        with problems.during("browser"):
            problems.note("no browser was started: mend the errors first")
    slides = SlideMap(source)
    return [replace(problem, slide=slides.at(problem.place)) for problem in problems.found]
