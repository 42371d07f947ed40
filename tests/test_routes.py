"""Paths laid out: columns by the longest way, and no edge through a node."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from bpslides.routes import GAP, layout


def test_a_diamond_is_symmetrical() -> None:
    """Two ways of equal length lie above and below the middle."""
    nodes = layout([["x", "u", "L"], ["x", "v", "L"]]).nodes
    assert nodes["x"].y == nodes["L"].y == (nodes["u"].y + nodes["v"].y) / 2
    assert nodes["u"].x == nodes["v"].x


def test_a_direct_way_goes_around() -> None:
    """An edge that passes a node keeps clear of it."""
    routes = layout([["x", "u", "L"], ["x", "L"]])
    direct = next(edge for edge in routes.edges if (edge.source, edge.target) == ("x", "L"))
    assert abs(direct.label.y - routes.nodes["u"].y) == GAP


def test_slopes_at_a_crossing_keep_clear_of_one_another() -> None:
    """Two columns that are joined each to each: four labels in one gap, none over another."""
    routes = layout([["x", above, below, "z"] for above in "ab" for below in "cd"])
    labels = [edge.label for edge in routes.edges if edge.source in "ab"]
    assert len(labels) == 4
    for one, other in combinations(labels, 2):
        assert abs(one.y - other.y) > 24 or abs(one.x - other.x) > 90


@given(st.lists(st.sets(st.sampled_from("abcde")).map(sorted), min_size=1, max_size=6, unique_by=tuple))
def test_any_paths(between: list[list[str]]) -> None:
    """Edges lead to the right, nothing shares a place, and each edge knows its paths."""
    paths = [["x", *names, "z"] for names in between]
    routes = layout(paths)
    assert len(set(routes.nodes.values())) == len(routes.nodes)
    for edge in routes.edges:
        assert routes.nodes[edge.source].x < routes.nodes[edge.target].x
        for number, path in enumerate(paths):
            follows = any((edge.source, edge.target) == pair for pair in pairwise(path))
            assert (number in edge.paths) == follows
    for place in routes.nodes.values():
        assert 0 < place.x < routes.width
        assert 0 < place.y < routes.height
