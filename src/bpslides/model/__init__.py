"""The deck as data: what an author may write, checked by pydantic.

``parts`` holds numbers and the common base, ``models`` graphs and networks, ``blocks`` what stands on a slide, ``deck``
the slides and the deck itself.
"""

from bpslides.model.blocks import (
    BLOCKS,
    Block,
    Curve,
    Demo,
    Equation,
    Figure,
    NetworkDrawing,
    Surface,
    Table,
    Walk,
)
from bpslides.model.deck import Deck, Head, Include, Slide, Stack, Symbol, Variable
from bpslides.model.models import Initialiser, Layer, MiniBatch, Model, Network, Schedule
from bpslides.model.series import Series, SeriesDeck, SeriesPart
from bpslides.model.tokens import Tokens

__all__ = [
    "BLOCKS",
    "Block",
    "Curve",
    "Deck",
    "Demo",
    "Equation",
    "Figure",
    "Head",
    "Include",
    "Initialiser",
    "Layer",
    "MiniBatch",
    "Model",
    "Network",
    "NetworkDrawing",
    "Schedule",
    "Series",
    "SeriesDeck",
    "SeriesPart",
    "Slide",
    "Stack",
    "Surface",
    "Symbol",
    "Table",
    "Tokens",
    "Variable",
    "Walk",
]
