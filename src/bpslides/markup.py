"""Text of a deck → HTML: Markdown, formulas as MathML, and the numbers of the models in both.

A number ``{{ expression | format }}`` is taken out before Markdown or LaTeX see the text and put back when they are
done, so neither can change it and nothing that a number prints is ever read again. Raw HTML in a deck is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import validateLink
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin

from bpslides import footnotes, highlighting, icons
from bpslides.assets import Assets
from bpslides.errors import Problems, did_you_mean
from bpslides.mathml import MathError, display_formula, in_a_line, mathml
from bpslides.notation import Ledger, missing, spot
from bpslides.text import SourceFile, Text

if TYPE_CHECKING:
    from bpslides.compute import Numbers

#: What markdown-it hands from call to call: here the text, its numbers, and the writer.
Env = MutableMapping[str, Any]

# A number never holds another “{{”: so LaTeX's own double braces do not swallow what follows them.
NUMBER = re.compile(r"\{\{((?:(?!\{\{).)*?)\}\}", re.DOTALL)
FORMULA_NUMBER = re.compile(r"\{\{( (?:(?!\{\{).)*?)\}\}", re.DOTALL)
# The loader refuses private-use characters, so these two never stand in a deck.
_MARK = re.compile("\ue000(\\d+)\ue001")
# Nor, spelt as entities, may they come up when Markdown is done.
_SPELT_MARK = re.compile("&#(?:x0*e00[01]|0*5734[45]);", re.IGNORECASE)
_ENCODED_MARK = re.compile("%EE%80%80(\\d+)%EE%80%81")
# A line of words and numbers of the models: nothing in it means anything to Markdown.
_WORDS = re.compile(r"(?:[^\W\d_]|\ue000)[^\x00-\x1f\\`*_{}\[\]<>&$~|]*(?<!\s)")
# What looks like the beginning of a formula, not like money or the name of a variable.
_LONE_DOLLAR = re.compile(
    r"(?<![\w$])\$(?:\$(?!\$)|\\[a-zA-Z]|[a-zA-Z](?![a-zA-Z])|\s[^$]{0,80}[\\^_=][^$]{0,80}\$)[^$\ue000]{0,20}"
)


class Writer:
    """Turns the texts of one deck into HTML. What is wrong with a text goes to ``problems``."""

    def __init__(self, numbers: Numbers, assets: Assets, ledger: Ledger, problems: Problems) -> None:
        self._numbers = numbers
        self._ledger = ledger
        self._assets = assets
        self._problems = problems
        self.moved: Mapping[SourceFile, Mapping[str, str]] = {}
        """Old id → new id of slides, for the links in the texts of a file."""
        self.links: Mapping[str, str] = {}
        """What links may name in place of an address: the decks of an index."""
        self.markdown: list[Text] = []
        """Every text that was read as Markdown, in order."""
        self.latex: list[Text] = []
        """Every text that was read as a formula as a whole, in order."""
        self._markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}, renderer_cls=_Renderer)
        self._markdown.enable(["table", "strikethrough"])
        self._markdown.use(
            dollarmath_plugin, allow_space=False, allow_digits=False, allow_labels=False, double_inline=True
        )
        self._refused: list[str] = []
        rules: Any = self._markdown  # whose methods are its rules
        rules.validateLink = self._is_allowed
        footnotes.plugin(self._markdown, self._define)
        self._markdown.inline.ruler.push("icon", _icon)
        self.footnotes: footnotes.Footnotes | None = None
        """Those of the slide whose texts are rendered; elsewhere there are none."""
        renderer: Any = self._markdown.renderer
        # The plugins bring renderers of their own.
        for rule in ("math_inline", "math_inline_double", "math_block", "footnote_ref"):
            renderer.rules[rule] = getattr(renderer, rule)

    def block(self, text: Text) -> Markup:
        """Paragraphs, lists and the like."""
        return self._render(text, self._markdown.render, "<p>{}</p>\n")

    def inline(self, text: Text) -> Markup:
        """One line, without a paragraph around it."""
        return self._render(text, self._markdown.renderInline, "{}")

    def plain(self, text: Text) -> str:
        """Text for places where no markup can stand, such as a window's title: numbers filled in, marks removed."""
        of_slide, self.footnotes = self.footnotes, None
        html = self.inline(text)
        self.footnotes = of_slide
        bare = re.sub(r'<annotation.*?</annotation>|<sup class="footnote-mark">.*?</sup>', "", html)
        return Markup(in_a_line(bare)).striptags()  # noqa: S704 - is cleaned, not trusted

    def notes(self) -> Markup:
        """The footnotes of the slide, once all of its texts are rendered."""
        renderer, options = self._markdown.renderer, self._markdown.options
        return (
            self.footnotes.html(lambda tokens, env: renderer.render(tokens, options, env))
            if self.footnotes
            else Markup()
        )

    def formula(self, text: Text, *, display: bool = True) -> Markup:
        """A text that is LaTeX as a whole. A broken formula is reported, and shown as its source."""
        self.latex.append(text)
        filled, shifts = self._fill(text, 0)
        return self._math(filled, display, text, lambda offset: _source_offset(offset, shifts))

    def _render(self, text: Text, render: Callable[[str, Env], str], of_words: str) -> Markup:
        found: list[tuple[str, int]] = []

        def take(match: re.Match[str]) -> str:
            found.append((match[0], match.start()))
            return f"\ue000{len(found) - 1}\ue001"

        self.markdown.append(text)
        marked = NUMBER.sub(take, text) if "{{" in text else str(text)
        env: Env = {"writer": self, "text": text, "numbers": found, "start": 0}
        if _WORDS.fullmatch(marked) and ":icon-" not in marked:
            # Most texts are such. Markdown would take far longer to find that out.
            return Markup(of_words.format(self.put_numbers(marked, env)))  # noqa: S704 - holds nothing to escape
        marked = _SPELT_MARK.sub("\N{REPLACEMENT CHARACTER}", marked)
        self._refused.clear()
        html = render(marked, env)
        for address in self._refused:
            scheme = address.partition(":")[0]
            place = text.place(max(text.lower().find(f"{scheme.lower()}:"), 0))
            hint = "link to https://…, to a slide by #/id, or name a file in the deck's folder"
            self._problems.error(f"“{scheme}:” begins no address that a deck may have", place, hint)
        return Markup(html)  # noqa: S704 - escaped by markdown-it

    def _is_allowed(self, address: str) -> bool:
        """What markdown-it asks of every address; one that would run something, or read a file, stays text."""
        allowed = validateLink(address)
        if not allowed:
            self._refused.append(address)
        return allowed

    def _define(self, label: str, tokens: list[Token], env: Env) -> None:
        text: Text = env["text"]
        place = text.place(max(text.find(f"[^{label}]:"), 0))
        if self.footnotes is None:
            self._problems.error("there are footnotes only on a slide", place, "say it in the text")
        else:
            self.footnotes.define(label, tokens, env, place)

    # What the renderer below asks for, token by token.

    def link(self, address: str, env: Env) -> str:
        """The address of what a text links to: the slide that its own deck means, where that has got another id."""
        address = self.links.get(address, address)
        origin = env["text"].origin
        if origin is None or not address.startswith("#/"):
            return address
        target, slash, rest = address[2:].partition("/")
        return f"#/{self.moved.get(origin.file, {}).get(target, target)}{slash}{rest}"

    def put_reference(self, label: str, env: Env) -> str:
        """The mark of a footnote."""
        place = env["text"].place(_find(f"[^{label}]", env))
        mark = self.footnotes.refer(label, place) if self.footnotes else escape(label)
        return f'<sup class="footnote-mark">{mark}</sup>'

    def put_icon(self, name: str, env: Env) -> str:
        """An icon within a text; it says nothing that the text does not."""
        shapes = icons.shapes(name)
        if shapes is None:
            place = env["text"].place(_find(f":icon-{name}:", env))
            self._problems.error(f"there is no icon “{name}”", place, did_you_mean(name, icons.names()))
        return f'<svg class="icon inline" viewBox="0 0 24 24" aria-hidden="true">{shapes or ""}</svg>'

    def put_numbers(self, text: str, env: Env, *, plain: bool = False) -> str:
        """Fill the numbers into a piece of escaped text, or of ``plain`` text where no markup can stand."""

        def put(match: re.Match[str]) -> str:
            raw, offset = env["numbers"][int(match[1])]
            number = self._number(raw, env["text"], offset, "text")
            return number if plain else f'<span class="num">{escape(number)}</span>'

        return _MARK.sub(put, text)

    def put_numbers_in_address(self, address: str, env: Env) -> str:
        """Fill the numbers into the address of a link."""

        def put(match: re.Match[str]) -> str:
            raw, offset = env["numbers"][int(match[1])]
            return quote(self._number(raw, env["text"], offset, "text").replace("−", "-"))

        return _MARK.sub(put, _ENCODED_MARK.sub("\ue000\\1\ue001", address))

    def warn_unclosed(self, env: Env) -> None:
        """A number begins here and never ends."""
        place = env["text"].place(_find("{{ ", env))
        self._problems.warning("this “{{” is never closed, so it is shown as text", place, "close it by “}}”")

    def warn_of_dollars(self, content: str, env: Env) -> None:
        """A formula may have been meant where a dollar sign is shown."""
        text: Text = env["text"]
        for match in _LONE_DOLLAR.finditer(content):
            found = text.find(match[0], env["start"])
            if found >= 0 and text[found - 1 : found] != "\\":
                self._problems.warning(
                    "this “$” begins no formula, so it is shown as text",
                    text.place(found),
                    "end the formula by a “$” with no space before it, or write \\$ for a dollar sign",
                )
                return

    def put_formula(self, content: str, display: bool, env: Env) -> str:
        """A formula inside Markdown."""
        text: Text = env["text"]
        original = _literal(content, env)
        start = _find(f"${original}", env) + 1
        filled, shifts = self._fill(Text(original), start, text)
        return self._math(filled, display, text, lambda offset: start + _source_offset(offset, shifts))

    def put_picture(self, address: str, alt: str, env: Env) -> str:
        """A picture inside Markdown."""
        text: Text = env["text"]
        offset = _find(address, env)
        link = self._assets.picture(address, text, offset, self._problems)
        if link is None:
            return f'<span class="missing">{escape(alt or address)}</span>'
        if not alt:
            with self._problems.during("alt"):
                self._problems.warning(
                    "this picture has no alternative text",
                    text.place(offset),
                    "write it between the brackets: ![text](address)",
                )
        return f'<img src="{escape(link)}" alt="{escape(alt)}">'

    def _number(self, raw: str, text: Text, offset: int, style: str) -> str:
        return self._numbers.formatted(raw[2:-2], text, offset + 2, style)

    def _fill(self, latex: Text, start: int, text: Text | None = None) -> tuple[str, list[tuple[int, int]]]:
        """Numbers into LaTeX, where ``{{`` counts only before a space. Also the shifts from new offsets to old ones."""
        pieces: list[str] = []
        shifts = [(0, 0)]
        done = length = 0
        for match in FORMULA_NUMBER.finditer(latex):
            number = self._number(match[0], text or latex, start + match.start(), "latex")
            pieces += [latex[done : match.start()], number]
            length += match.start() - done + len(number)
            done = match.end()
            shifts.append((length, done))
        pieces.append(latex[done:])
        return "".join(pieces), shifts

    def _math(self, latex: str, display: bool, text: Text, source_offset: Callable[[int], int]) -> Markup:
        def undeclared(symbol: str) -> None:
            # The numbers are no symbols, so the text as written holds the same ones.
            self._problems.warning(*missing(symbol, text.place(spot(text, symbol, source_offset(0)))))

        try:
            return self._ledger.mark(display_formula(latex) if display else mathml(latex), undeclared)
        except MathError as error:
            self._problems.error(
                f"this formula cannot be read: {error.message}",
                text.place(source_offset(error.offset)),
                error.hint,
            )
            return Markup('<code class="broken">{}</code>').format(latex)


def _find(piece: str, env: Env) -> int:
    """Where a piece of the text stands in it. Pieces are asked for in their order, so a repeated one is found again."""
    start: int = env["start"]
    found: int = env["text"].find(piece, start)
    if found < 0:
        return max(start - 1, 0)  # Markdown has changed its spelling: the piece before is near
    env["start"] = found + len(piece)
    return found


def _source_offset(offset: int, shifts: list[tuple[int, int]]) -> int:
    new, old = max(pair for pair in shifts if pair[0] <= offset)
    return old + offset - new


_MARKS = re.compile(r"[,.;:!?)\]’”»…]*")


def _behind_formula(tokens: Sequence[Token], idx: int) -> str:
    """The marks that a text begins with right after a formula, such as a comma; "" elsewhere."""
    if not 0 < idx < len(tokens) or tokens[idx].type != "text" or tokens[idx - 1].type != "math_inline":
        return ""
    found = _MARKS.match(tokens[idx].content)
    return found[0] if found else ""


class _Renderer(RendererHTML):
    """markdown-it's renderer with numbers put back, formulas as MathML, and addresses checked."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        content = tokens[idx].content[len(_behind_formula(tokens, idx)) :]
        if "{{ " in content:
            writer.warn_unclosed(env)
        if "$" in content:
            writer.warn_of_dollars(content, env)
        return writer.put_numbers(escape(content, quote=False), env)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        return f"<code>{escape(_literal(tokens[idx].content, env), quote=False)}</code>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        return f"<pre><code>{escape(_literal(tokens[idx].content, env), quote=False)}</code></pre>"

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        token = tokens[idx]
        text, language = _literal(token.content, env), next(iter(token.info.split()), None)
        try:
            lines = highlighting.highlighted(text, language)
        except highlighting.UnknownLanguage:  # the word behind the fence may mean something to others
            lines = highlighting.highlighted(text, None)
        joined = "\n".join(lines)
        return f"<pre><code>{joined}\n</code></pre>"

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        return writer.put_reference(str(tokens[idx].meta["label"]), env)

    def icon(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        return writer.put_icon(tokens[idx].content, env)

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        formula = writer.put_formula(tokens[idx].content, False, env)
        # Browsers would break a line between the two.
        mark = escape(_behind_formula(tokens, idx + 1), quote=False)
        return f'<span class="unbroken">{formula}{mark}</span>' if mark else str(formula)

    def math_inline_double(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        return self.math_block(tokens, idx, options, env)

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        return str(writer.put_formula(tokens[idx].content.strip(), True, env))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        token = tokens[idx]
        alt = writer.put_numbers(self.renderInlineAsText(token.children, options, env), env, plain=True)
        # markdown-it has encoded the address for a browser, and we look for a file.
        return writer.put_picture(_literal(unquote(str(token.attrs.get("src", ""))), env), alt, env)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        writer: Writer = env["writer"]
        written = writer.put_numbers_in_address(str(tokens[idx].attrs.get("href", "")), env)
        address = writer.link(written, env)
        away = ' target="_blank" rel="noopener noreferrer"' if "://" in address else ""
        return f'<a href="{escape(address)}"{away}>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        return f"<{_heading(tokens[idx].tag)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Env) -> str:
        return f"</{_heading(tokens[idx].tag)}>"


_ICON = re.compile(r":icon-([a-z0-9][a-z0-9-]*):")


def _icon(state: StateInline, silent: bool) -> bool:
    """markdown-it's rule for ``:icon-name:``."""
    match = _ICON.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("icon", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _heading(tag: str) -> str:
    """The slide's title is its h2, so headings within text start at h3."""
    return f"h{min(6, max(3, int(tag[1]) + 1))}"


def _literal(content: str, env: Env) -> str:
    """The text as written, for places where ``{{`` has no meaning."""
    return _MARK.sub(lambda match: str(env["numbers"][int(match[1])][0]), content)
