"""What a page may hold, whatever the deck says: `assert_harmless(node)` for texts, `assert_sound(page)` for pages."""

import json
import re

from tests.pages import Node

PROSE = "p h3 h4 h5 h6 em strong s code pre ul ol li table thead tbody tr th td blockquote a img br hr span"
FORMULA = (
    "math mrow mi mo mn ms mtext mfrac msqrt mroot msup msub msubsup mover munder munderover mtable mtr mtd mspace "
    "mstyle mpadded mphantom menclose merror mmultiscripts mprescripts none semantics annotation"
)
#: Footnotes and icons.
OURS = "sup svg path circle rect line polyline polygon ellipse g"
TEXT = frozenset(f"{PROSE} {FORMULA} {OURS}".split())
#: What would let a deck reach out, take input, or bring in a document of its own.
NEVER = frozenset(
    {"iframe", "object", "embed", "applet", "form", "base", "frame", "textarea", "template", "slot", "portal"}
)


def _assert_attributes(node: Node) -> None:
    for name, value in node.attributes.items():
        assert not name.startswith("on"), f"<{node.tag} {name}>"
        assert name not in ("srcdoc", "action", "formaction", "ping", "xlink:href"), f"<{node.tag} {name}>"
        if name == "style":
            assert not re.search(r"url|position|expression|import|\\", value, re.IGNORECASE), value
        if name in ("href", "src", "srcset", "poster", "data"):
            address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
            assert not address.startswith(("javascript:", "vbscript:", "file:")), value
            assert not address.startswith("data:") or node.tag != "a", value
            if node.tag != "a":
                assert "//" not in address.partition(",")[0], f"<{node.tag}> loads {value[:80]}"


def assert_harmless(body: Node) -> None:
    """Nothing in the HTML of a text runs, loads or submits anything, or takes the name of something else."""
    for node in body.below():
        assert node.tag in TEXT, node.tag
        # Footnotes have ids with a dot, which no slide has.
        assert "." in node.attributes.get("id", "."), node.attributes
        assert "name" not in node.attributes, node.attributes
        _assert_attributes(node)


def assert_sound(page: Node, slides: int) -> None:
    """The page of a deck has as many slides as the deck, its own script and no other, and data that is JSON."""
    sections = page.all("div.slides section[id]")
    assert len(sections) == slides
    ids = [node.attributes["id"] for node in page.all("[id]")]
    assert len(set(ids)) == len(ids), "an id stands twice"
    running = [
        node for node in page.all("script") if node.attributes.get("type") not in ("application/json", "text/plain")
    ]
    assert len(running) == 1
    for node in page.all("script[type=application/json]"):
        json.loads(node.source, parse_constant=_refuse)
    for node in page.below():
        assert node.tag not in NEVER, node.tag
        _assert_attributes(node)
    own = {"data-slide"}
    for section in sections:
        foreign = {name for name in section.attributes if name.startswith("data-")} - own
        assert not foreign, foreign


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")
