"""Where things are: what bpslides ships, and the one rule for addresses that a deck names.

:func:`inside` is the only way from an address in a deck to a file. Every reader goes through it.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

from bpslides.errors import BpslidesError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent

#: The built browser runtime, fonts and icons.
STATIC = _PACKAGE / "_static"


def shipped(kind: str) -> Path:
    """The folder of shipped ``decks`` or ``themes``: inside an installed package, else in the checkout."""
    packaged = _PACKAGE / kind
    return packaged if packaged.is_dir() else _CHECKOUT / kind


@lru_cache(maxsize=16)  # a few megabytes, asked for at every rebuild
def static(name: str) -> bytes:
    """A file of the browser runtime. Raises :class:`BpslidesError` when it was never built."""
    try:
        return (STATIC / name).read_bytes()
    except FileNotFoundError:
        raise BpslidesError(
            f"the browser part “{name}” is missing from this installation: run `make web` in a checkout, "
            "or install the wheel again"
        ) from None


def home() -> Path:
    """The user's own folder; for one without any, such as a service, a path at which nothing is and nothing can be."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull, "home")


def user_folder(kind: str) -> Path:
    """The user's own folder for our ``state`` or ``cache``, where the platform keeps such things. It may be missing."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home() / "AppData" / "Local")
        return base / "bpslides" / kind
    if sys.platform == "darwin":
        return home() / "Library" / {"state": "Application Support", "cache": "Caches"}[kind] / "bpslides"
    chosen = Path(os.environ.get({"state": "XDG_STATE_HOME", "cache": "XDG_CACHE_HOME"}[kind], ""))
    usual = {"state": Path(".local", "state"), "cache": Path(".cache")}[kind]
    return (chosen if chosen.is_absolute() else home() / usual) / "bpslides"


def inside(folder: Path, address: str) -> Path | None:
    """The file that the relative ``address`` names below ``folder``, links followed; None if it leaves the folder.

    Absolute addresses, ``~``, drive letters, other schemes, backslashes and hidden names are all refused. An accent is
    one character in some files' names and two in others': either finds the other.
    """
    if not address or "\\" in address or "\0" in address or ":" in address or address[0] in "/~$":
        return None
    if any(part.startswith(".") and part not in (".", "..") for part in address.split("/")):
        return None
    spellings = [address]
    if not address.isascii():
        spellings += [unicodedata.normalize(form, address) for form in ("NFC", "NFD")]
    try:
        root = Path(os.path.realpath(folder))
        targets = [Path(os.path.realpath(root / spelling)) for spelling in spellings]
    except ValueError:  # characters that no file name can have
        return None
    target = next((target for target in targets if is_file(target)), targets[0])
    # Where links go in circles, realpath gives up on all that comes after: what it left is no place to look.
    settled = os.path.realpath(target) == str(target)
    return target if settled and target.is_relative_to(root) else None


def shown(path: Path) -> Path:
    """The path as a user would type it: relative to the current folder where it lies below that."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except (ValueError, OSError):
        return path


def is_file(path: Path) -> bool:
    """Whether ``path`` is an ordinary file that could be read; False also for a name that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def spelt_alike(path: Path) -> str | None:
    """The name of a file in the folder of ``path`` that differs from its name only in capitals."""
    try:
        names = sorted(file.name for file in path.parent.iterdir())
    except (OSError, ValueError):
        return None
    alike = (name for name in names if name != path.name and name.casefold() == path.name.casefold())
    return next(alike, None)


def is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def deck_file(name: str, *, shipped_only: bool = False) -> Path | None:
    """The deck file that ``name`` stands for: a file, a folder with ``deck.yaml``, or the name of a shipped deck."""
    if not shipped_only:
        for path in (Path(name), Path(name) / "deck.yaml"):
            if is_file(path):
                return path
    if name.replace("-", "").replace("_", "").isalnum():
        candidate = shipped("decks") / name / "deck.yaml"
        if is_file(candidate):
            return candidate
    return None


def deck_near(folder: Path, address: str) -> Path | None:
    """The deck file that a file in ``folder`` means by ``address``: one below the folder, else a shipped deck."""
    found = inside(folder, address)
    return (found and deck_file(str(found))) or deck_file(address, shipped_only=True)


def shipped_decks() -> dict[str, Path]:
    """Name → deck file of every shipped deck, by name."""
    return {file.parent.name: file for file in sorted(shipped("decks").glob("*/deck.yaml"))}


def deck_name(file: Path) -> str:
    """What a deck is called in addresses and file names: its folder for ``deck.yaml``, else the file's own name."""
    file = file.resolve()
    return safe_name(file.parent.name if file.name == "deck.yaml" else file.stem)


def safe_name(name: str) -> str:
    """A name without what means something in an address or a path."""
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in name).strip("-")
    return kept or "deck"
