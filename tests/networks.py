"""Networks that tests write: `numbers(folder, yaml)` gives what `bpslides values` says of one."""

from pathlib import Path
from typing import Any

from bpslides.compute import values
from tests.decks import Deck, with_content


def network(tmp_path: Path, yaml: str) -> Deck:
    """A deck with one network `m`, given as flow YAML."""
    return Deck(tmp_path, with_content("- x", f"models:\n  m:\n    network: {yaml}\n"))


def numbers(tmp_path: Path, yaml: str) -> dict[str, Any]:
    """The numbers of a sound network."""
    return values(network(tmp_path, yaml).sound.site.numbers.programs["m"])
