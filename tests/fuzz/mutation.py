"""Inputs for fuzzing: known ones, cut, joined, and sprinkled with words that mean something."""

from __future__ import annotations

import random
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
_ROOT = Path(__file__).parents[2]
#: What earlier runs on this machine have found.
FOUND = _ROOT / "build" / "fuzz"


def words(name: str) -> list[str]:
    """What means something to a target: the lines of its list, and the ends of lines themselves."""
    lines = (Path(__file__).parent / "words" / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1]
    return [*lines, "\n", "\n\n", "\n  - "]


LONGEST_INPUT = 4_000


def corpus(name: str) -> dict[str, bytes]:
    """The kept inputs of a target by name."""
    return {file.name: file.read_bytes() for file in sorted((CORPUS / name).iterdir())}


def seeds(name: str) -> list[bytes]:
    """What mutation begins with: the corpus, and for whole decks the slides of the shipped ones."""
    kept = list(corpus(name).values())
    if name == "loader":
        for file in sorted(_ROOT.glob("decks/*/deck.yaml")) + sorted(_ROOT.glob("tests/golden/*.yaml")):
            head, _, slides = file.read_text(encoding="utf-8").partition("\nslides:\n")
            kept += [f"{head[:1500]}\nslides:\n  - {slide}".encode() for slide in slides.split("\n  - ")[:20]]
    return kept


def mutated(data: bytes, others: list[bytes], words: list[str], draw: random.Random) -> bytes:
    """One more input: ``data`` with a few changes."""
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        here = draw.randrange(len(data) + 1)
        match draw.randrange(8):
            case 0:
                data = data[:here] + data[draw.randrange(here, len(data) + 1) :]
            case 1:
                other = draw.choice(others)
                there = draw.randrange(len(other) + 1)
                data = data[:here] + other[there : there + draw.randrange(1, 80)] + data[here:]
            case 2:
                data = data[:here] + bytes([draw.randrange(256)]) + data[here + draw.randrange(2) :]
            case 3:
                piece = data[here : here + draw.randrange(1, 12)]
                data = data[:here] + piece * draw.choice((2, 3, 40)) + data[here:]
            case 4:
                lines = data.split(b"\n")
                a, b = draw.randrange(len(lines)), draw.randrange(len(lines))
                lines[a], lines[b] = lines[b], lines[a]
                data = b"\n".join(lines)
            case _:
                word = draw.choice(words).encode()
                data = data[:here] + word + data[here + draw.choice((0, 0, len(word))) :]
    return data[:LONGEST_INPUT]
