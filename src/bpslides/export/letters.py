"""Letters that a PDF takes from elsewhere: ``foreign(texts)`` warns of those that no font of ours has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bpslides import fonts
from bpslides.errors import Problem
from bpslides.text import Text

#: So many letters are named in a warning.
SHOWN = 12


def foreign(texts: Iterable[Text]) -> list[Problem]:
    """One warning for each text with letters that the browser has to look for among the fonts of the machine."""
    problems = []
    for text in texts:
        rare = [sign for sign in dict.fromkeys(text) if sign.isprintable() and sign not in fonts.ALWAYS]
        strange = [sign for sign in rare if ord(sign) not in _ours()]
        if strange:
            named = " ".join(strange[:SHOWN]) + (" …" if len(strange) > SHOWN else "")
            hint = "install a font that has them; where there is none, boxes are printed"
            problems.append(
                Problem(
                    f"our fonts do not have {named}, so this machine's are used",
                    text.place(text.index(strange[0])),
                    hint,
                    severity="warning",
                    check="fonts",
                )
            )
    return problems


@lru_cache(maxsize=1)
def _ours() -> frozenset[int]:
    """The characters that one of our fonts has. Those that are never drawn count, too."""
    import uharfbuzz as hb

    every = (value for value in vars(fonts).values() if isinstance(value, fonts.Font))
    found: set[int] = {0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F}
    for font in every:
        found |= set(hb.Face(fonts.whole(font)).unicodes)
    return frozenset(found)
