"""Program code in colours: ``highlighted(text, "python")`` gives its lines as HTML.

Pygments tells what each piece of the text is; of its many kinds, five get a colour of the theme.
"""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from bpslides.errors import did_you_mean

if TYPE_CHECKING:
    from pygments.lexer import Lexer

#: The beginning of a kind of token → the class of its piece. The first that fits counts; others have no colour.
_CLASSES = (
    ("Token.Comment", "comment"),
    ("Token.Literal.String", "string"),
    ("Token.Literal", "number"),
    ("Token.Keyword.Constant", "number"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Name.Function", "name"),
    ("Token.Name.Class", "name"),
    ("Token.Name.Tag", "keyword"),
    ("Token.Name.Attribute", "name"),
    ("Token.Name.Decorator", "name"),
    ("Token.Name.Builtin", "name"),
    ("Token.Generic.Prompt", "comment"),
)

_NAMES = """
    bash c c# c++ cmake console cpp csharp css cuda dart diff docker dockerfile elixir erlang fortran fsharp glsl go
    graphql haskell html ini java javascript js json jsx julia kotlin latex lisp lua make makefile markdown matlab nasm
    nix ocaml octave pascal perl php postgresql powershell prolog py pycon python r racket rb rs ruby rust scala scheme
    sh shell sql swift tex toml ts tsx typescript verilog vhdl xml yaml zig
"""
LANGUAGES = frozenset(_NAMES.split())
"""The languages that are coloured, by the names that Pygments has for them. It knows ten times as many, but some of its
lexers need hours for a few dozen backslashes, and a deck may come from anybody; these are tested."""

#: Some lexers take time that grows with the square of a text, or of its lines: longer ones have no colours.
MAX_TEXT, MAX_LINE = 4_000, 400


class UnknownLanguage(ValueError):
    """A language that is not among ``LANGUAGES``. ``hint`` says which one is meant, or some that there are."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.hint = did_you_mean(name, LANGUAGES) or "there are python, c++, javascript, yaml, bash, sql and 60 more"


def highlighted(text: str, language: str | None) -> list[Markup]:
    """The lines of ``text`` as HTML, without their ends; without a language, nothing is coloured.

    Neither are texts of more than ``MAX_TEXT`` characters or with lines of more than ``MAX_LINE``.

    Raises:
        UnknownLanguage: for one that is not among ``LANGUAGES``.
    """
    text = text.rstrip()
    lexer = _lexer(language) if language else None
    short = len(text) <= MAX_TEXT and max(map(len, text.split("\n"))) <= MAX_LINE
    pieces = _pieces(text, lexer) if lexer and short else [("", text)]
    lines = [""]
    for kind, piece in pieces:
        first, *others = (_marked(kind, part) for part in piece.split("\n"))
        lines[-1] += first
        lines += others
    return [Markup(line) for line in lines]  # noqa: S704 - escaped below


def _lexer(language: str) -> Lexer:
    if language.lower() not in LANGUAGES:
        raise UnknownLanguage(language)
    from pygments.lexers import get_lexer_by_name  # 40 ms, and few decks show code

    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def _pieces(text: str, lexer: Lexer) -> list[tuple[str, str]]:
    """The text cut into pieces, each with its class; in one piece should a lexer have changed the text."""
    tokens = ((_class(str(kind)), piece) for kind, piece in lexer.get_tokens(text))
    pieces = [(kind, "".join(piece for _, piece in run)) for kind, run in groupby(tokens, lambda token: token[0])]
    return pieces if "".join(piece for _, piece in pieces) == text else [("", text)]


def _class(kind: str) -> str:
    return next((name for start, name in _CLASSES if kind.startswith(start)), "")


def _marked(kind: str, piece: str) -> str:
    safe = escape(piece, quote=False)
    return f'<span class="code-{kind}">{safe}</span>' if kind and piece.strip() else safe
