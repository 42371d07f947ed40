"""What is fuzzed: each target takes any bytes, and fails if they do what no bytes may do.

For any input, there is a page or there are problems with places in the deck; nothing else is raised, nothing in the
page runs, and it takes less than two seconds.
"""

from __future__ import annotations

import re
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from bpslides.assets import Assets
from bpslides.autodiff import AutodiffError
from bpslides.compute import Numbers
from bpslides.errors import BpslidesError, Problem, Problems
from bpslides.expression import ExpressionError, Reference, evaluate, parse, source_text, split_format
from bpslides.formatting import format_number
from bpslides.markup import Writer
from bpslides.mathml import mathml
from bpslides.notation import Ledger
from bpslides.pipeline import compute
from bpslides.render import Output, render
from bpslides.source import Source, load
from bpslides.text import Text
from tests.harmless import assert_harmless, assert_sound
from tests.pages import read

#: Seconds of the processor that any input may take.
LONGEST = 2.0
#: What an input led to: messages without their names and numbers. An input with a new one is worth to be kept.
Features = Iterable[str]


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bpslides-fuzz-"))
    (folder / "part").mkdir()
    (folder / "part" / "deck.yaml").write_text("title: P\nslides: [{title: In}]\n")
    (folder / "dot.png").write_bytes(b"not looked into")
    return folder


def _kind(message: str) -> str:
    """The first words of a message, without what is the author's in it."""
    return " ".join(re.findall(r"(?<!\w)[a-z]+(?!\w)", re.sub("“[^”]*”", "", message))[:4])


def _features(problems: list[Problem]) -> Features:
    for problem in problems:
        yield _kind(problem.message)


def loader(data: bytes) -> Features:
    """A whole deck, from its bytes to its page."""
    file, problems = _folder() / "deck.yaml", Problems()
    file.write_bytes(data)
    try:
        source, numbers = compute(file, problems)
        site = render(source, numbers, problems, Output.FOLDER)
    except BpslidesError:
        return ["refused"]
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    for problem in problems.found:
        shown = str(problem)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown), "a message deceives"
        if problem.place and problem.place.file.endswith("fuzz/deck.yaml"):
            assert 1 <= problem.place.line <= lines
    assert_sound(read(site.page), len(source.slides))
    for notes in site.notes:
        assert_harmless(read(notes["notes"]))
    return _features(problems.found)


def expressions(data: bytes) -> Features:
    """An expression with its format, as it stands between double braces."""
    text = data.decode(errors="replace")
    values: dict[str, object] = {"m.w": 0.5, "m.x": [1.0, -2.0], "m.M": [[1.0, 2.0], [3.0, 0.0]]}

    def look_up(reference: Reference) -> object:
        if str(reference) not in values:
            raise ExpressionError("unknown", reference.start)
        return values[str(reference)]

    split = split_format(text)
    try:
        tree = parse(split.expression)
        assert parse(source_text(tree)) == tree
        value = evaluate(tree, look_up)
    except (ExpressionError, AutodiffError) as error:
        offset = getattr(error, "offset", 0)
        assert 0 <= offset <= len(split.expression)
        return [str(frame.lineno) for frame in traceback.extract_tb(error.__traceback__)[-2:]]
    with suppress(ValueError):
        return [type(value).__name__, re.sub(r"[^a-z%.]", "", format_number(value, split.format))[:6]]
    return ["no format"]


@cache
def _source() -> Source:
    file = _folder() / "numbers.yaml"
    file.write_text("title: T\nmodels: {m: {parameters: {w: 0.5}, graph: {L: w**2}}}\nslides: [{title: A}]\n")
    return load(file, Problems())


def markdown(data: bytes) -> Features:
    """A text with Markdown, formulas and numbers: as a block, as a line, and as plain words."""
    problems = Problems()
    text = Text(re.sub("[\ue000-\uf8ff\r]", "", data.decode(errors="replace")))
    ledger = Ledger({}, {}, mathml, problems)
    writer = Writer(Numbers(_source(), problems), Assets(single_file=False), ledger, problems)
    body = read(str(writer.block(text)))
    assert_harmless(body)
    assert_harmless(read(str(writer.inline(text))))
    assert "\ue000" not in writer.plain(text)
    return [*_features(problems.found), *{node.tag for node in body.below()}]


TARGETS: dict[str, Callable[[bytes], Features]] = {"loader": loader, "expressions": expressions, "markdown": markdown}


def check(target: Callable[[bytes], Features], data: bytes) -> set[str]:
    """Run a target on an input. Returns what was new about it; raises whatever it must not raise."""
    start = time.process_time()
    features = set(target(data))
    taken = time.process_time() - start
    assert taken < LONGEST, f"it took {taken:.1f} s"
    return features
