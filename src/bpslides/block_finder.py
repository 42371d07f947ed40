"""Which block a place in a deck lies in: ``BlockFinder(tree)(place)`` is its kind, such as ``callout``, or None.

A message can so point at the page of the reference, wherever on the way from source to page its problem was found.
"""

from __future__ import annotations

from functools import cached_property

import yaml

from bpslides.errors import Place
from bpslides.model import BLOCKS
from bpslides.yaml_tree import Tree

Position = tuple[int, int]


class BlockFinder:
    """Finds the innermost block around a place. Blocks are looked for when the first place is asked about."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __call__(self, place: Place) -> str | None:
        """The kind of the block at ``place``; None outside of blocks, in bare text, and in other files."""
        if place.file != str(self._tree.file.path):
            return None
        at = (place.line - 1, place.column - 1)
        around = [(start, kind) for start, end, kind in self._blocks if start <= at <= end]
        return max(around, default=(at, None))[1]

    @cached_property
    def _blocks(self) -> list[tuple[Position, Position, str]]:
        """First and last position of every block on the slides, and its kind."""
        found = []
        seen: set[int] = set()  # what aliases repeat is written once
        waiting = self._slides()
        while waiting:
            node = waiting.pop()
            if id(node) in seen or isinstance(node, yaml.ScalarNode):
                continue
            seen.add(id(node))
            if isinstance(node, yaml.SequenceNode):
                waiting += node.value
                continue
            for key, value in node.value:
                waiting.append(value)
                if len(node.value) == 1 and isinstance(key, yaml.ScalarNode) and key.value in BLOCKS:
                    start, end = key.start_mark, value.end_mark
                    found.append(((start.line, start.column), (end.line, end.column), str(key.value)))
        return found

    def _slides(self) -> list[yaml.Node]:
        """Models have keys that are called like blocks, so only the slides are looked at."""
        root = self._tree.root
        if isinstance(root, yaml.MappingNode):
            return [value for key, value in root.value if key.value == "slides"]
        return [] if root is None else [root]
