"""Text of a deck → HTML: Markdown, formulas as MathML, and the numbers of the models in both.

A number ``{{ expression | format }}`` is taken out before Markdown or LaTeX see the text and put back when they are
done, so neither can change it and nothing that a number prints is ever read again. Raw HTML in a deck is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

from bpslides.assets import Assets
from bpslides.errors import Problems
from bpslides.text import Text

if TYPE_CHECKING:
    from bpslides.compute import Numbers

_NUMBER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# The loader refuses private-use characters, so these two never stand in a deck.
_MARK = re.compile("\ue000(\\d+)\ue001")
MAX_FORMULA = 5_000


class MathError(ValueError):
    """A formula that cannot be read: ``message`` and the ``offset`` in the LaTeX."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


@cache
def _converter() -> LatexToMathML:
    macros = {"norm": r"\left\lVert #1\right\rVert", "abs": r"\left\lvert #1\right\rvert"}
    return LatexToMathML(fancy_error=False, macros=macros)


@lru_cache(maxsize=20_000)
def mathml(latex: str, *, display: bool = False) -> Markup:
    """LaTeX as a ``<math>`` element. Raises :class:`MathError`."""
    if len(latex) > MAX_FORMULA:
        raise MathError(f"a formula may have at most {MAX_FORMULA} characters", 0)
    try:
        return Markup(_converter().convert_with_local_state(latex, displaystyle=display))  # noqa: S704 - math-core escapes
    except LatexError as error:
        offset, _, message = str(error).partition(": ")
        known = offset.isdigit()
        raise MathError(message if known else str(error), int(offset) if known else 0) from None


class Writer:
    """Turns the texts of one deck into HTML. What is wrong with a text goes to ``problems``."""

    def __init__(self, numbers: Numbers, assets: Assets, problems: Problems) -> None:
        self._numbers = numbers
        self._assets = assets
        self._problems = problems
        self._markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}, renderer_cls=_Renderer)
        self._markdown.enable(["table", "strikethrough"])
        self._markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
        for rule in ("math_inline", "math_inline_double", "math_block"):  # the plugin brings renderers of its own
            self._markdown.renderer.rules[rule] = getattr(self._markdown.renderer, rule)

    def block(self, text: Text) -> Markup:
        """Paragraphs, lists and the like."""
        return self._render(text, self._markdown.render)

    def inline(self, text: Text) -> Markup:
        """One line, without a paragraph around it."""
        return self._render(text, self._markdown.renderInline)

    def plain(self, text: Text) -> str:
        """Text for places where no markup can stand, such as a window's title: numbers filled in, marks removed."""
        html = self.inline(text)
        return Markup(re.sub(r"<annotation.*?</annotation>", "", html)).striptags()  # noqa: S704 - is cleaned, not trusted

    def formula(self, text: Text, *, display: bool = True) -> Markup:
        """A text that is LaTeX as a whole. A broken formula is reported, and shown as its source."""
        filled, shifts = self._fill(text, 0)
        return self._math(filled, display, text, lambda offset: _source_offset(offset, shifts))

    def _render(self, text: Text, render: Callable[[str, dict[str, Any]], str]) -> Markup:
        found: list[tuple[str, int]] = []

        def take(match: re.Match[str]) -> str:
            found.append((match[0], match.start()))
            return f"\ue000{len(found) - 1}\ue001"

        marked = _NUMBER.sub(take, text) if "{{" in text else str(text)
        return Markup(render(marked, {"writer": self, "text": text, "numbers": found}))  # noqa: S704 - escaped by markdown-it

    # What the renderer below asks for, token by token.

    def put_numbers(self, escaped: str, env: dict[str, Any]) -> str:
        """Fill the numbers into a piece of escaped text."""

        def put(match: re.Match[str]) -> str:
            raw, offset = env["numbers"][int(match[1])]
            return f'<span class="num">{escape(self._number(raw, env["text"], offset, "text"))}</span>'

        return _MARK.sub(put, escaped)

    def put_formula(self, content: str, display: bool, env: dict[str, Any]) -> str:
        """A formula inside Markdown."""
        text: Text = env["text"]
        original = _MARK.sub(lambda match: str(env["numbers"][int(match[1])][0]), content)
        start = max(text.find(original), 0)
        filled, shifts = self._fill(Text(original), start, text)
        return self._math(filled, display, text, lambda offset: start + _source_offset(offset, shifts))

    def put_picture(self, address: str, alt: str, env: dict[str, Any]) -> str:
        """A picture inside Markdown."""
        text: Text = env["text"]
        offset = max(text.find(address), 0)
        link = self._assets.picture(Text(address, text.origin), self._problems, 0)
        if link is None:
            return f'<span class="missing">{escape(alt or address)}</span>'
        if not alt:
            self._problems.warning("this picture has no alternative text", text.place(offset), "write it between the brackets: ![text](address)")
        return f'<img src="{escape(link)}" alt="{escape(alt)}">'

    def _number(self, raw: str, text: Text, offset: int, style: str) -> str:
        return self._numbers.formatted(raw[2:-2], text, offset + 2, style)

    def _fill(self, latex: Text, start: int, text: Text | None = None) -> tuple[str, list[tuple[int, int]]]:
        """Numbers into LaTeX, where ``{{`` counts only before a space. Also the shifts from new offsets to old ones."""
        pieces: list[str] = []
        shifts = [(0, 0)]
        done = length = 0
        for match in _NUMBER.finditer(latex):
            if not match[1].startswith(" "):
                continue
            number = self._number(match[0], text or latex, start + match.start(), "latex")
            pieces += [latex[done : match.start()], number]
            length += match.start() - done + len(number)
            done = match.end()
            shifts.append((length, done))
        pieces.append(latex[done:])
        return "".join(pieces), shifts

    def _math(self, latex: str, display: bool, text: Text, source_offset: Callable[[int], int]) -> Markup:
        try:
            return mathml(latex, display=display)
        except MathError as error:
            self._problems.error(f"this formula cannot be read: {error.message}", text.place(source_offset(error.offset)), _math_hint(error.message))
            return Markup('<code class="broken">{}</code>').format(latex)


def _source_offset(offset: int, shifts: list[tuple[int, int]]) -> int:
    new, old = max(pair for pair in shifts if pair[0] <= offset)
    return old + offset - new


def _math_hint(message: str) -> str | None:
    if "nknown command" in message:
        return r"check the spelling; commands are those of LaTeX, such as \frac or \partial"
    if "brace" in message or "group" in message or "end of" in message.lower():
        return "count the braces: every { needs its }"
    return None


class _Renderer(RendererHTML):
    """markdown-it's renderer with numbers put back, formulas as MathML, and addresses checked."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        writer: Writer = env["writer"]
        return writer.put_numbers(escape(tokens[idx].content, quote=False), env)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        return f"<code>{escape(_literal(tokens[idx].content, env), quote=False)}</code>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        return f"<pre><code>{escape(_literal(tokens[idx].content, env), quote=False)}</code></pre>"

    fence = code_block

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        writer: Writer = env["writer"]
        return str(writer.put_formula(tokens[idx].content, False, env))

    def math_inline_double(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        return self.math_block(tokens, idx, options, env)

    def math_block(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        writer: Writer = env["writer"]
        return str(writer.put_formula(tokens[idx].content.strip(), True, env))

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        writer: Writer = env["writer"]
        token = tokens[idx]
        alt = _literal(self.renderInlineAsText(token.children, options, env), env)
        return writer.put_picture(_literal(str(token.attrs.get("src", "")), env), alt, env)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        address = _literal(str(tokens[idx].attrs.get("href", "")), env)
        away = ' target="_blank" rel="noopener noreferrer"' if "://" in address else ""
        return f'<a href="{escape(address)}"{away}>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        return f"<{_heading(tokens[idx].tag)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: dict[str, Any]) -> str:
        return f"</{_heading(tokens[idx].tag)}>"


def _heading(tag: str) -> str:
    """The slide's title is its h2, so headings within text start at h3."""
    return f"h{min(6, max(3, int(tag[1]) + 1))}"


def _literal(content: str, env: dict[str, Any]) -> str:
    """The text as written, for places where ``{{`` has no meaning."""
    return _MARK.sub(lambda match: str(env["numbers"][int(match[1])][0]), content)
