"""How long a talk takes, from the words in its notes and its live blocks, against the ``duration`` of the deck."""

from __future__ import annotations

from bpslides.errors import Place, Problems
from bpslides.model.blocks import LIVE_KINDS, PRACTICE_KINDS, blocks_in
from bpslides.source import Source

#: An unhurried speaker.
WORDS_A_MINUTE = 130
#: Beyond the words: to look, to click, to breathe.
PAUSE = 0.25
#: A slide without notes, in minutes; one with a title only takes just the pause.
WITHOUT_NOTES = 1.0
#: To play with a live block, in minutes.
LIVE = 0.5
#: To think about a question.
QUESTION = 1.0
#: From this share of ``duration`` to that, an estimate is as good as right.
FITTING = (0.55, 1.2)


#: What helps a talk that is shorter than its duration.
DEEPER = "go into more depth, or leave “duration” out"


def check(source: Source, problems: Problems) -> None:
    """Warn when the talk is far longer or shorter than it should be."""
    wanted = source.deck.duration
    if wanted is None:
        return
    words = sum(len(slide.notes.split()) for slide in source.slides if slide.notes)
    silent = sum(1 for slide in source.slides if not slide.notes and slide.content)
    kinds = [block.kind for slide in source.slides for block in blocks_in(slide.content)]
    live, questions = sum(kind in LIVE_KINDS for kind in kinds), sum(kind in PRACTICE_KINDS for kind in kinds)
    minutes = words / WORDS_A_MINUTE + PAUSE * (len(source.slides) - silent) + WITHOUT_NOTES * silent
    minutes += LIVE * live + QUESTION * questions
    if FITTING[0] * wanted <= minutes <= FITTING[1] * wanted:
        return
    counted = [f"{words:,} words of notes at {WORDS_A_MINUTE} a minute", f"{60 * PAUSE:.0f} s to look at each slide"]
    counted += [f"a minute for each of {silent} without notes"] if silent else []
    counted += [f"{60 * LIVE:.0f} s for each of {live} live blocks"] if live else []
    counted += [f"a minute for each of {questions} questions"] if questions else []
    told = max(1, round(minutes))
    problems.warning(
        f"this talk takes about {told} {'minute' if told == 1 else 'minutes'}, and its “duration” is {wanted:g}",
        _place(source),
        f"counted were {', '.join(counted)}; " + ("shorten it" if minutes > wanted else DEEPER),
    )


def _place(source: Source) -> Place | None:
    """The line that gives the duration. Numbers have lost their places by now, texts have not."""
    origin = source.deck.title.origin
    if origin is None:
        return None
    lines = origin.file.lines
    line = next((number for number, text in enumerate(lines) if text.startswith("duration:")), origin.line)
    return origin.file.place(line, 0)
