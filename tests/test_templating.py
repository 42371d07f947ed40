"""The templates: jinja2's own errors are told by every other test; here what holds between them."""

from collections import Counter

from bpslides.templating import BLOCK_TEMPLATES, block_macros, environment


def test_each_kind_of_block_is_drawn_in_one_place() -> None:
    """The macros of all files share one table of names: a second one of a name would hide the first."""
    names = [
        name
        for file in BLOCK_TEMPLATES
        for name in vars(environment().get_template(f"blocks/{file}.html").module)
        if not name.startswith("_")
    ]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert set(names) == set(block_macros())
