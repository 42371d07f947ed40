"""The deck as data: what an author may write, checked by pydantic.

``parts`` holds numbers and the common base, ``models`` graphs and networks, ``blocks`` what stands on a slide, ``deck``
the slides and the deck itself.
"""

from bpslides.model.blocks import (
    BLOCKS,
    Block,
    Chain,
    Code,
    Curve,
    Demo,
    Descent,
    Equation,
    Figure,
    Gears,
    Image,
    NetworkDrawing,
    Paths,
    Product,
    Stages,
    Surface,
    Table,
    Training,
    Video,
    Walk,
)
from bpslides.model.deck import Deck, Head, Include, Slide, Stack, Symbol, Variable
from bpslides.model.looks import Background, Logo
from bpslides.model.models import Initialiser, Layer, MiniBatch, Model, Network, Schedule
from bpslides.model.series import Series, SeriesDeck, SeriesPart
from bpslides.model.tokens import Tokens

__all__ = [
    "BLOCKS",
    "Background",
    "Block",
    "Chain",
    "Code",
    "Curve",
    "Deck",
    "Demo",
    "Descent",
    "Equation",
    "Figure",
    "Gears",
    "Head",
    "Image",
    "Include",
    "Initialiser",
    "Layer",
    "Logo",
    "MiniBatch",
    "Model",
    "Network",
    "NetworkDrawing",
    "Paths",
    "Product",
    "Schedule",
    "Series",
    "SeriesDeck",
    "SeriesPart",
    "Slide",
    "Stack",
    "Stages",
    "Surface",
    "Symbol",
    "Table",
    "Tokens",
    "Training",
    "Variable",
    "Video",
    "Walk",
]
