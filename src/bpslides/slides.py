"""Slides and blocks as HTML, by the templates: a :class:`Renderer` draws them one after the other.

It is handed to every macro as ``r``, so what a macro may ask for is a public method of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bpslides import icons
from bpslides import theme as themes
from bpslides.assets import Assets
from bpslides.backdrops import backdrop, scheme_rule
from bpslides.compute import Numbers
from bpslides.diagrams import layered
from bpslides.errors import Place, Problems, did_you_mean
from bpslides.footnotes import Footnotes
from bpslides.markup import Writer
from bpslides.mathml import MathError, display_formula, mathml
from bpslides.model import Block, Logo, Slide, Table
from bpslides.notation import Entry, Ledger, missing
from bpslides.source import Source
from bpslides.symbolic import default_symbol
from bpslides.templating import block_macros, environment
from bpslides.text import Text
from bpslides.views import place_of, view_of

if TYPE_CHECKING:
    from bpslides.related import RelatedDeck

    Related = Callable[[Slide, str], list[tuple[str, list[RelatedDeck]]]]

#: A cell of a table that holds a number: of a model, or as typed.
_NUMERIC = re.compile(r"\s*(\{\{.*\}\}|[-+−]?[\d.,]+\s?%?)\s*\Z", re.DOTALL)


class Renderer:
    """Draws slides and blocks; ``related`` finds the decks that a slide tells of."""

    def __init__(
        self,
        numbers: Numbers,
        assets: Assets,
        theme: themes.Theme,
        ledger: Ledger,
        problems: Problems,
        related: Related,
    ) -> None:
        self.numbers, self.problems, self._related = numbers, problems, related
        self.text = Writer(numbers, assets, ledger, problems)
        self._ledger, self._assets, self._theme = ledger, assets, theme
        self._schemes: set[str] = set()
        self._macros = block_macros()
        self._slide_template = environment().get_template("slide.html")
        self._alignments: dict[tuple[int, int], str] = {}
        self._title: Text | None = None
        self._block: Block | None = None
        self.drawn: list[Block] = []
        """The blocks of the slide that is being drawn, each before those inside of it."""

    def slide(self, slide: Slide, source: Source, index: int, total: int) -> str:
        """One ``<section>``."""
        width = max(2, len(str(total)))
        deck = source.deck
        byline = " · ".join(self.text.plain(text) for text in (deck.author, deck.date) if text)
        self.drawn = []
        self._slide, self._slide_id = slide, str(slide.id)
        self._title, self._block = slide.title, None
        self.text.footnotes = Footnotes(self._slide_id, self.problems)
        behind = backdrop(slide, self._theme, self._assets, self.problems)
        self._schemes |= {name.removeprefix("on-") for name in behind.classes if name.startswith("on-")}
        counters = {"none": "", "number": f"{index:0{width}}", "total": f"{index:0{width}} / {total:0{width}}"}
        html = self._slide_template.render(
            slide=slide,
            number=index,
            counter=counters[deck.slide_numbers],
            heading="h1" if slide.layout == "title" else "h2",
            byline=byline,
            footer=deck.footer,
            logo=deck.logo,
            backdrop=behind,
            r=self,
        ).strip()
        self.text.footnotes = None
        return html

    def rules(self, logo: Logo | None) -> str:
        """The CSS that the slides need beyond the theme. The logo stands there once, and not on every slide."""
        rules = [scheme_rule(scheme) for scheme in sorted(self._schemes)]
        address = self.picture(logo.src) if logo else None
        if address:
            # The style sheet lies in the same folder as the pictures.
            rules.append(f'.logo{{background-image:url("{address.removeprefix("assets/")}")}}')
        return "\n".join(rules)

    def block(self, block: Block) -> Markup:
        """One block; a broken one leaves a mark, its fault is among the problems."""
        key = f"{self._slide_id}-{len(self.drawn)}"
        self.drawn.append(block)
        view = None
        self._block = block
        if function := view_of(block.kind):
            view = function(block, self.numbers, self.problems, key)
            if view is None:
                return Markup('<p class="block broken">This {} could not be made.</p>').format(block.kind)
        html: Markup = self._macros[block.kind](block, view, self)
        return html

    def alignment(self, table: Table, rows: Sequence[Sequence[Text]], column: int) -> str:
        """How a column of a table is set: as the author says, else numbers to the right so that they line up."""
        if table.align is not None:
            return table.align[column]
        key = (id(table), column)  # asked for once per cell
        if key not in self._alignments:
            numeric = all(_NUMERIC.match(row[column]) for row in rows)
            self._alignments[key] = "number" if numeric else ""
        return self._alignments[key]

    def related(self, show: str) -> list[tuple[str, list[RelatedDeck]]]:
        """Heading and decks: what to know before this deck, and what comes after it."""
        return self._related(self._slide, show)

    def picture(self, address: Text) -> str | None:
        """The address in the page of a picture; why there is none is reported."""
        return self._assets.picture(address, address, 0, self.problems)

    def video(self, address: Text) -> str | None:
        """The address in the page of a video; why there is none is reported."""
        return self._assets.video(address, self.problems)

    def list(self, value: Any) -> list[Any]:
        """A single value as a list of one."""
        return value if isinstance(value, list) else [value]

    def alt(self, value: str | Text) -> str:
        """What a figure shows, in words: the author's may hold numbers, ours is plain already."""
        return self.text.plain(value) if isinstance(value, Text) else value

    def layered(self, layers: Sequence[Sequence[str]], labels: Sequence[Text], alt: str | Text) -> Markup:
        """The drawing of a layered network; ``layers`` holds the LaTeX symbol of each unit."""
        return layered(
            layers,
            [self.text.plain(label) for label in labels],
            self.alt(alt),
            self.declared,
        )

    def declared(self, latex: str) -> Markup:
        """The attributes of an element of a drawing that shows this symbol: its number in the ledger, its colour."""
        entry = self._ledger.find(latex)
        pairs = entry.attributes.items() if entry else ()
        return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in pairs)

    def explanations(self) -> Markup:
        """What the page shows of each declared symbol on demand; nothing for a deck without a notation."""
        if not self._ledger.entries:
            return Markup()
        template = environment().get_template("notation.html")
        return Markup(template.render(entries=self._ledger.entries, r=self))  # noqa: S704 - a template of ours

    def notation(self, only: Sequence[Text] | None = None) -> Sequence[Entry]:
        """The entries of the notation, or ``only`` some of them; what is not declared is reported."""
        if only is None:
            if not self._ledger.entries:
                hint = "begin the deck with “notation”, such as: notation: {w: weight}"
                self.problems.error("this deck has no notation to show", self._place(), hint)
            return self._ledger.entries
        by_key = {str(entry.key): entry for entry in self._ledger.entries}
        for key in only:
            if key not in by_key:
                self.problems.error(f"“{key}” is not in the notation", key.place(), did_you_mean(key, by_key))
        return [by_key[key] for key in only if key in by_key]

    def math(self, latex: str) -> Markup:
        """A formula that we wrote ourselves, from symbols that may be the author's."""
        return self._own(mathml, latex)

    def formula(self, latex: str) -> Markup:
        """The same, displayed."""
        return self._own(display_formula, latex)

    def _place(self) -> Place | None:
        """Where the block is that is being drawn."""
        place = place_of(self._block) if self._block else None
        return place or (self._title.place() if self._title is not None else None)

    def _own(self, convert: Callable[[str], Markup], latex: str) -> Markup:
        ours = _default_symbols(self._block) if self._block else set[str]()
        try:
            return self._ledger.mark(
                convert(latex), lambda symbol: self.problems.warning(*missing(symbol, self._place())), ours
            )
        except MathError as error:
            message = f"a formula of this block cannot be read: {error.message}"
            self.problems.error(message, self._place(), "look at the “symbol” or the model's “symbols” in it")
            return Markup('<code class="broken">{}</code>').format(latex)

    def symbol(self, name: str) -> Markup:
        """A name of a model as a formula."""
        return self.math(r"\eta" if name == "learning_rate" else default_symbol(str(name)))

    def icon(self, name: str | Text) -> Markup:
        """The inside of an icon of 24 × 24 units; an unknown one is reported."""
        shapes = icons.shapes(str(name))
        if shapes is None:
            place = name.place() if isinstance(name, Text) else None
            self.problems.error(f"there is no icon “{name}”", place, did_you_mean(name, icons.names()))
        return shapes or Markup()


def _default_symbols(block: Block) -> set[str]:
    """The symbols in the formulas of a block that we chose: a function's name that was left out, the learning rate."""
    given = block.model_fields_set
    return {r"\eta", *(str(value) for name, value in block if name == "symbol" and name not in given)}
