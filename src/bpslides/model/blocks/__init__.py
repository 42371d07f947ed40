"""Blocks: what stands on a slide. ``BLOCKS`` maps the key that names a block in YAML to its class.

``text`` holds blocks of words and formulas, ``story`` those that arrange them (lists, comparisons, dates), ``media``
code and what lies in files, ``figures`` plots and drawings, ``live`` what can be played with, ``chain`` one of these
that has several forms, ``practice`` what asks something, and ``content`` the blocks that hold others, with the union of
all. To add a block, add a class to one of these and enter it in ``content``, a macro of the same name in
``templates/blocks/`` and, when it moves, a module in ``web/src/blocks``.
"""

from bpslides.model.blocks.base import Block
from bpslides.model.blocks.chain import Chain, Gears, Paths, Product, Stages
from bpslides.model.blocks.content import BLOCKS, FIGURE_KINDS, LIVE_KINDS, PRACTICE_KINDS, Content, Predict, blocks_in
from bpslides.model.blocks.figures import Figure, NetworkDrawing
from bpslides.model.blocks.live import Curve, Demo, Descent, Surface, Training, Walk
from bpslides.model.blocks.media import Code, Image, Video
from bpslides.model.blocks.practice import Exercise, Question, Quiz, Variants
from bpslides.model.blocks.text import Equation, Table

__all__ = [
    "BLOCKS",
    "FIGURE_KINDS",
    "LIVE_KINDS",
    "PRACTICE_KINDS",
    "Block",
    "Chain",
    "Code",
    "Content",
    "Curve",
    "Demo",
    "Descent",
    "Equation",
    "Exercise",
    "Figure",
    "Gears",
    "Image",
    "NetworkDrawing",
    "Paths",
    "Predict",
    "Product",
    "Question",
    "Quiz",
    "Stages",
    "Surface",
    "Table",
    "Training",
    "Variants",
    "Video",
    "Walk",
    "blocks_in",
]
