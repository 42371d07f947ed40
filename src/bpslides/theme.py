"""Themes: a folder with one ``theme.css`` that begins with a comment of metadata.

    /*
    name: Dark
    scheme: dark
    description: For a dim room.
    */

A theme sets the CSS variables of ``web/src/style/tokens.css`` and whatever rules it likes; what it leaves out is as in
the dark or the light theme, by its scheme. It is checked when it is loaded: it may not bring in other files.
:attr:`Theme.tokens` says what all variables come to in the end, with those that the deck itself sets.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from bpslides import colours, paths, stylesheets
from bpslides.errors import Place, Problems, did_you_mean
from bpslides.model import Tokens
from bpslides.text import SourceFile, Text

DEFAULT = "dark"
SCHEMES = ("dark", "light")
#: More is no theme.
MAX_BYTES = 500_000


@dataclass(frozen=True)
class Theme:
    """A checked theme, with the tokens of a deck on it."""

    name: str
    scheme: str
    """``dark`` or ``light``, for the browser's own controls."""
    description: str
    css: str
    """For a light theme what it does not set itself, the theme's rules, then one with what the deck sets.

    They come after those of ``base.css``."""
    file: Path
    tokens: dict[str, str] = field(default_factory=dict)
    """Token → value as it holds on the large canvas, ``var(…)`` replaced: ``{"bg": "#10141b", "text_muted": …}``.

    The names are those of the CSS variables, spelt as in a deck: ``--text-muted`` is ``text_muted``."""


def load(wanted: Text, folder: Path, problems: Problems, tokens: Tokens | None = None) -> Theme:
    """The theme that a deck names, with the deck's own ``tokens``: a shipped one, or a folder below the deck's own.

    What is wrong with it goes to ``problems``; an unknown one becomes the default, a broken one has no rules.
    """
    file = _find(wanted, folder)
    if file is None:
        problems.error(f"there is no theme “{wanted}”", wanted.place(), did_you_mean(wanted, shipped()))
        file = shipped()[DEFAULT]
    source = _read(file, wanted, problems)
    metadata = _metadata(source, problems)
    rules = source.text
    broken = stylesheets.faults(rules)
    for fault in broken:
        problems.error(fault.message, _place(source, fault.offset), fault.hint)
    if broken:
        rules = ""
    scheme = metadata["scheme"] if metadata.get("scheme") in SCHEMES else DEFAULT
    base = _base_variables()
    own = stylesheets.root_variables(rules)
    _warn_of_misspelt(source, own, set(base), problems)
    # A light theme that sets a few colours wants the others to be light, too.
    light = {name: value for name, value in _light_variables().items() if name not in own} if scheme == "light" else {}
    variables = base | light | {name: value for name, (value, _) in own.items()}
    given = {name.replace("_", "-"): value for name, value in tokens.variables().items()} if tokens else {}
    if given:
        given |= _kin(given, stylesheets.resolve(variables | given))
    return Theme(
        metadata.get("name", str(wanted)),
        scheme,
        metadata.get("description", ""),
        "\n".join(
            [
                *([_rule(light)] if light else []),
                _HEADER.sub("", rules, count=1).strip(),
                _rule(given, f"color-scheme:{scheme};"),  # nothing but checked values
            ]
        ),
        file,
        {name.replace("-", "_"): value for name, value in stylesheets.resolve(variables | given).items()},
    )


def _rule(variables: dict[str, str], first: str = "") -> str:
    return f":root{{{first}{''.join(f'--{name}:{value};' for name, value in sorted(variables.items()))}}}"


def shipped() -> dict[str, Path]:
    """Name → style sheet of every theme that comes with bpslides."""
    return {file.parent.name: file for file in sorted(paths.shipped("themes").glob("*/theme.css"))}


def _find(wanted: Text, folder: Path) -> Path | None:
    file = shipped().get(str(wanted))
    if file is not None:
        return file
    own = paths.inside(folder, str(wanted))
    if own is None:
        return None
    file = own if own.name == "theme.css" else own / "theme.css"
    return file if paths.is_file(file) else None


def _read(file: Path, wanted: Text, problems: Problems) -> SourceFile:
    shown = paths.shown(file)
    try:
        if file.stat().st_size > MAX_BYTES:
            problems.error(f"the theme “{wanted}” is larger than {MAX_BYTES // 1000} kB", wanted.place())
            return SourceFile(shown, _UNREADABLE)
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problems.error(f"the theme “{wanted}” is not UTF-8 text", wanted.place(), "save its theme.css as UTF-8")
        return SourceFile(shown, _UNREADABLE)
    return SourceFile(shown, text.replace("\r\n", "\n").replace("\r", "\n"))


_UNREADABLE = "/*\nname: unreadable\nscheme: dark\n*/"


@lru_cache(maxsize=1)
def _base_variables() -> dict[str, str]:
    """What holds where a theme says nothing. The file is ours, and plain enough for an expression to read it."""
    return dict(re.findall(r"^  --([\w-]+): ([^;]+);$", paths.static("tokens.css").decode(), re.MULTILINE))


@lru_cache(maxsize=1)
def _light_variables() -> dict[str, str]:
    css = shipped()["light"].read_text(encoding="utf-8")
    return {name: value for name, (value, _) in stylesheets.root_variables(css).items()}


def _place(source: SourceFile, offset: int) -> Place:
    line = source.text.count("\n", 0, offset)
    return source.place(line, offset - (source.text.rfind("\n", 0, offset) + 1))


# ── metadata ──────────────────────────────────────────────────────────────────────────────────────────────────────

_KEYS = ("name", "scheme", "description")
_HEADER = re.compile(r"\s*/\*(.*?)\*/", re.DOTALL)


def _metadata(source: SourceFile, problems: Problems) -> dict[str, str]:
    """What the comment at the top says; each fault is told with its place."""
    header = _HEADER.match(source.text)
    if header is None:
        if not source.text.lstrip().startswith("/*"):  # else it is told that the comment is never closed
            message = "a theme begins with a comment that says its “name” and its “scheme”"
            problems.error(message, source.place(0, 0), "such as: /* name: Mine, and on the next line scheme: light */")
        return {}
    found: dict[str, str] = {}
    for line in re.finditer(r"[^\n]+", header[1]):
        key, colon, value = (part.strip() for part in line[0].partition(":"))
        place = _place(source, header.start(1) + line.start() + len(line[0]) - len(line[0].lstrip()))
        if not colon and key:
            problems.error(
                f"“{key}” is no key and value", place, "a line of a theme's comment is such as: scheme: light"
            )
        elif colon and key not in _KEYS:
            problems.error(f"unknown key “{key}” of a theme", place, did_you_mean(key, _KEYS))
        elif colon and key in found:
            problems.error(f"“{key}” is said twice", place, "keep one of them")
        elif colon:
            found[key] = value
            if key == "scheme" and value not in SCHEMES:
                problems.error("“scheme” should be dark or light", place, did_you_mean(value, SCHEMES))
            elif not value:
                problems.error(f"“{key}” is empty", place)
    for key in ("name", "scheme"):
        if key not in found:
            problems.error(f"the theme does not say its “{key}”", _place(source, header.start(1) - 2), _HEADER_HINT)
    return found


_HEADER_HINT = "in the comment at the top of theme.css"


def _warn_of_misspelt(source: SourceFile, own: dict[str, tuple[str, int]], known: set[str], problems: Problems) -> None:
    """A variable that nothing uses, and whose name is nearly one that is used, is a slip."""
    for name, (_, offset) in own.items():
        if name not in known and f"var(--{name}" not in source.text:
            hint = did_you_mean(f"--{name}", [f"--{other}" for other in known])
            if hint and hint.startswith("did"):
                problems.warning(f"nothing uses the variable “--{name}”", _place(source, offset), hint)


# ── the tokens of a deck ──────────────────────────────────────────────────────────────────────────────────────────


def _kin(given: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Colours that follow from those that a deck sets: what is written on its accent, and the twins of its tones.

    ``before`` holds the values of all variables without them. Colours of a theme that are no plain colours are left.
    """
    kin: dict[str, str] = {}
    with contextlib.suppress(ValueError):
        if "accent" in given:
            choices = [before["bg"], before["text"], "#000000", "#ffffff"]
            kin["on-accent"] = max(choices[:2], key=lambda colour: colours.contrast(colour, given["accent"]))
            if colours.contrast(kin["on-accent"], given["accent"]) < colours.READABLE:
                kin["on-accent"] = max(choices, key=lambda colour: colours.contrast(colour, given["accent"]))
        for tone in ("forward", "backward"):
            if tone in given:
                stroke, ground = colours.parse(given[tone]), colours.parse(before["bg"])
                soft = given.get(f"{tone}-soft", colours.mix(stroke, ground, 0.18).code)
                on = [before["bg"], before["surface"], soft]
                kin |= {f"{tone}-soft": soft, f"{tone}-text": colours.readable(given[tone], before["text"], on)}
    return {name: value for name, value in kin.items() if name not in given}
