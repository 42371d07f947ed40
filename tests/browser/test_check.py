"""`check --browser`: what is wrong on the screen, on a phone and in print is found, and a hanging page is ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from bpslides import paths
from bpslides.check import looks, problems_of
from bpslides.check.visit import Job, Sight
from bpslides.errors import Problem
from bpslides.pipeline import make_site
from bpslides.render import Output

FAULTY = """\
title: Faulty
slides:
  - title: Long
    notes: x
    content:
      - text
      - table:
          header: [a]
          rows: [[1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12], [13], [14]]
  - title: Wide
    notes: x
    content:
      - |
        ```
        a line of code that is so very long that not even half of it can be seen at once, and nobody scrolls in a talk
        ```
      - fragment:
          - "### A heading\\n\\n###### far below"
  - title: Sound
    notes: x
    content:
      - equation: >-
          y = a + bx + cx^2 + dx^3 + ex^4 + fx^5 + gx^6 + hx^7 + ix^8 + jx^9 + kx^{10} + lx^{11} + mx^{12} + nx^{13} +
          ox^{14} + px^{15}
      - figure: {function: x**2, domain: [-1, 1]}
  - title: Live
    notes: x
    content:
      - curve: {function: x**2, variable: x, domain: [-1, 1], at: 0.5}
  - title: Drawn
    notes: x
    content:
      - figure: {surface: x**2 - y**2, domain: [-1, 1]}
  - title: Formulas alone
    notes: x
    content:
      - quiz: {question: Which one?, choices: [{text: $x^2$, right: true}, $2x$]}
"""


WIDE = """\
title: Wide
slides:
  - title: Pushed
    notes: x
    content:
      - columns: [Left., Right.]
      - flow:
          - {label: a label that is long, value: unbreakablevalue}
          - {label: a label that is long, value: unbreakablevalue}
          - {label: a label that is long, value: unbreakablevalue}
          - {label: a label that is long, value: unbreakablevalue}
          - {label: a label that is long, value: unbreakablevalue}
  - title: Beside
    notes: x
    content:
      - columns:
          - Left.
          - table: {header: [Rumelhart, Linnainmaa, Schmidhuber, Werbos], rows: [[Rumelhart, Linnainmaa, Hinton, x]]}
          - Right.
  - title: Tall
    notes: x
    content:
      - columns:
          - callout: Stands in the middle of the height.
          - table: {header: [a], rows: [[1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12], [13], [14]]}
  - title: Boxes
    notes: x
    content:
      - flow: [{label: a, value: aVeryLongValueWithoutSpaces}, {label: b, value: another}, {label: c, value: x}]
  - title: Margin
    notes: x
    content:
      - flow:
          - {label: a label that is long, value: unbreakablevalu}
          - {label: a label that is long, value: unbreakablevalu}
          - {label: a label that is long, value: unbreakablevalu}
          - {label: a label that is long, value: unbreakablevalu}
  - title: Squeezed
    notes: x
    content:
      - columns:
          - curve: {function: x**2, domain: [-1, 1], at: 0.5}
          - ''
          - ''
          - ''
  - title: Low
    notes: x
    content:
      - equation: [a = b, b = c, c = d, d = e, e = f, f = g]
      - equation: ['g = \\frac{h^{2^2}}{i_{1_1}}']
"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What is found in a deck with too much side by side."""
    file = tmp_path_factory.mktemp("check") / "deck.yaml"
    file.write_text(WIDE, encoding="utf-8")
    return problems_of(file, browser=True)


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """What is found in a faulty deck."""
    file = tmp_path_factory.mktemp("check") / "deck.yaml"
    file.write_text(dedent(FAULTY), encoding="utf-8")
    return problems_of(file, browser=True)


def of(check: str, faults: list[Problem]) -> list[tuple[int, str, str | None, str]]:
    """Line, severity, slide and message of what a check has found."""
    return [
        (problem.place.line, problem.severity, problem.slide, problem.message)
        for problem in faults
        if problem.check == check and problem.place
    ]


def test_overflow(faults: list[Problem]) -> None:
    """The block, its line and the pixels in every view: over the edge is an error, to be scrolled a warning."""
    (line, severity, slide, long), wide = of("overflow", faults)
    assert (line, severity, slide) == (8, "error", "long")
    assert long.startswith("block 2, table on the slide “long” runs over the bottom edge by ")
    assert " px on 1280×720" in long
    assert " px in print" in long
    assert wide[:3] == (14, "warning", "wide")
    assert "block 1, markdown on the slide “wide” has to be scrolled by " in wide[3]
    assert " px on a phone" in wide[3]


def test_too_wide(wide: list[Problem]) -> None:
    """What is too wide is told at the block that is, not at those it pushes, with what helps against width."""
    told = {slide: (line, severity, message) for line, severity, slide, message in of("overflow", wide)}
    hints = {problem.slide: str(problem.hint) for problem in wide if problem.check == "overflow"}
    wanted = {
        "pushed": (8, "error", "block 4, flow on the slide “pushed” runs over the right edge by ", "shorter lines"),
        "beside": (18, "error", "block 3, table on the slide “beside” is wider than its column by ", "“widths”"),
        "tall": (25, "error", "block 3, table on the slide “tall” runs over the bottom edge by ", "split it"),
        "boxes": (29, "warning", "block 1, flow on the slide “boxes” holds words that are wider than their", "shorter"),
        "margin": (34, "warning", "block 1, flow on the slide “margin” runs into the right margin by ", "shorter"),
        "low": (50, "warning", "block 2, equation on the slide “low” runs into the bottom margin by ", "split it"),
    }
    for slide, (line, severity, message, hint) in wanted.items():
        assert told[slide][:2] == (line, severity)
        assert told[slide][2].startswith(message)
        assert hint in hints[slide]


def test_a_plot_too_small_to_play_with(wide: list[Problem]) -> None:
    """A live plot that is squeezed is told with its size."""
    ((line, severity, slide, message),) = of("drawing", wide)
    assert (line, severity, slide) == (42, "warning", "squeezed")
    assert re.match(r"the plot is squeezed to 1\d\d × 1\d\d px on 1280×720", message)
    assert " px on 1280×720, in block 2, curve of the slide “squeezed”" in message


def test_accessibility(faults: list[Problem]) -> None:
    """What axe says is told once a block, with its rule; headings are looked at in their last step."""
    found = of("accessibility", faults)
    assert [(line, slide) for line, _, slide, _ in found] == [(14, "wide"), (18, "wide")]
    assert "(scrollable-region-focusable), in block 1, markdown of the slide “wide”" in found[0][3]
    assert "(heading-order), in block 3, markdown of the slide “wide”" in found[1][3]
    hints = [problem.hint for problem in faults if problem.check == "accessibility"]
    assert hints[1] == "write ## in place of ###"
    assert {severity for _, severity, _, _ in found} == {"warning"}


def test_contrast_as_it_is_seen(tmp_path: Path) -> None:
    """Text that can hardly be told from what is behind it is found on the slide itself."""
    (tmp_path / "faint").mkdir()
    theme = "/*\nname: Faint\nscheme: dark\n*/\n.prose { color: #303030 }\n"
    (tmp_path / "faint" / "theme.css").write_text(theme, encoding="utf-8")
    file = tmp_path / "deck.yaml"
    slide = "slides:\n  - {title: One, content: hardly seen, notes: x}\n"
    file.write_text(f"title: T\ntheme: faint\n{slide}", encoding="utf-8")
    (problem,) = problems_of(file, browser=True)
    assert (problem.check, problem.slide) == ("accessibility", "one")
    assert "(color-contrast), in block 1, markdown of the slide “one”" in problem.message
    assert "insufficient color contrast of 1." in str(problem.hint)


def test_nothing_else(faults: list[Problem]) -> None:
    """There is nothing to be said of a sound slide, of the page, or of the network."""
    assert {problem.slide for problem in faults} == {"long", "wide"}
    assert {problem.check for problem in faults} == {"overflow", "accessibility"}


@pytest.mark.parametrize("deck", [name for name in paths.shipped_decks() if name != "backprop"])
def test_shipped_decks_are_clean(deck: str) -> None:
    """Every slide of our own decks, in every view; `backprop` includes the others."""
    assert problems_of(paths.shipped_decks()[deck], browser=True) == []


@pytest.fixture
def small(tmp_path: Path) -> Job:
    """A visit to a deck of one slide."""
    file = tmp_path / "deck.yaml"
    file.write_text("title: T\nslides:\n  - {title: One, content: '[x](y.html)', notes: x}\n", encoding="utf-8")
    site, _ = make_site(file, Output.FOLDER)
    return Job(site.files, ["one"])


def with_script(job: Job, script: str) -> Job:
    """The visit with a script at the end of the page's own."""
    name = next(name for name in job.files if name.startswith("assets/deck.") and name.endswith(".js"))
    return Job({**job.files, name: job.files[name] + f"\n;{script}".encode()}, job.slides)


def seen(job: Job, kind: str) -> Iterator[Sight]:
    """What a visit sees of one kind."""
    return (sight for sight in looks.visit(job) if sight.kind == kind)


def test_complaints_and_requests(small: Job) -> None:
    """Errors of scripts, refused requests and missing files are seen; nothing reaches a network."""
    script = "console.error('oh'); for (const at of ['https://example.org/x.png', 'no.png']) new Image().src = at;"
    script += "throw Error('ah')"
    sights = list(looks.visit(with_script(small, script)))
    texts = {kind: {s.text for s in sights if s.kind == kind and s.view == "screen"} for kind in ("console", "request")}
    assert texts["console"] == {"oh", "ah"}
    assert len(texts["request"]) == 2
    assert "no.png" in texts["request"]
    assert any("https://example.org/x.png" in text for text in texts["request"])


def test_a_hanging_page_is_ended(small: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that never comes to rest is given up, and the author is told how far the visit came."""
    monkeypatch.setattr(looks, "PATIENCE", 5.0)
    assert [sight.view for sight in seen(with_script(small, "while (true);"), "slide")] == []


def test_an_early_end_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that dies on the way makes no deck sound."""
    file = tmp_path / "deck.yaml"
    file.write_text("title: T\nslides:\n  - {title: One, content: x, notes: x}\n", encoding="utf-8")
    sights = [Sight("slide", "screen", "one"), Sight("failed", "phone", text="gone")]
    monkeypatch.setattr(looks, "visit", lambda job: iter(sights))
    (problem,) = problems_of(file, browser=True)
    assert (problem.severity, problem.check) == ("error", "browser")
    assert problem.message == "the visit in the browser ended before the first slide: gone"
