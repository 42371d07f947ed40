"""A small reader of HTML for tests: `read(html).all("section.layout-title h1")`, and the text that a reader sees."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "hr", "img", "input"}
_SIMPLE = re.compile(r"([.#]?)([\w-]+)|\[([\w-]+)(?:=\"?([^\]\"]*)\"?)?\]")


@dataclass(eq=False)
class Node:
    """An element: its tag, attributes, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What a reader sees of it, with spaces made single."""
        return " ".join(self._words().split())

    @property
    def source(self) -> str:
        """The text right inside of it, as it is: for scripts and styles."""
        return "".join(child for child in self.children if isinstance(child, str))

    def all(self, selector: str) -> list["Node"]:
        """Every element below this one for a selector of tags, classes, ids and attributes, with spaces between."""
        found = [self]
        for part in selector.split(" "):
            found = list(dict.fromkeys(node for above in found for node in above.below() if node._is(part)))
        return found

    def one(self, selector: str) -> "Node":
        """The only element for this selector."""
        found = self.all(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        return found[0]

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements for this selector."""
        return [node.text for node in self.all(selector)]

    def _words(self) -> str:
        if self.tag in ("script", "style", "annotation"):
            return ""
        words = "".join(child if isinstance(child, str) else child._words() for child in self.children)
        return (
            f" {words} " if self.tag in ("p", "li", "td", "th", "h1", "h2", "h3", "div", "section", "output") else words
        )

    def below(self) -> list["Node"]:
        """Every element inside of it."""
        below: list[Node] = []
        for child in self.children:
            if isinstance(child, Node):
                below += [child, *child.below()]
        return below

    def _is(self, part: str) -> bool:
        for kind, word, attribute, value in _SIMPLE.findall(part):
            if attribute:
                if attribute not in self.attributes or (value and self.attributes[attribute] != value):
                    return False
            elif kind == ".":
                if word not in self.attributes.get("class", "").split():
                    return False
            elif word != (self.attributes.get("id") if kind == "#" else self.tag):
                return False
        return True


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str | bytes) -> Node:
    """The tree of a page or of a piece of one. A tag that is closed wrongly fails the test."""
    reader = _Reader()
    reader.feed(html if isinstance(html, str) else html.decode())
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.root
