"""YAML texts for tests: `load(text)` gives the tree, and each problem as one line."""

from pathlib import Path

from bpslides.errors import Problems
from bpslides.text import SourceFile
from bpslides.yaml_tree import Tree, parse


def load(yaml: str) -> tuple[Tree | None, list[str]]:
    """The tree, and each problem as `line:column: message (hint)`."""
    problems = Problems()
    tree = parse(SourceFile(Path("deck.yaml"), yaml), problems)
    return tree, [
        (f"{p.place.line}:{p.place.column}: " if p.place else "")
        + f"{'warning: ' * (p.severity == 'warning')}{p.message}"
        + (f" ({p.hint})" if p.hint else "")
        for p in problems.found
    ]
