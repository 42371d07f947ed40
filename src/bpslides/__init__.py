"""Slide decks about backpropagation in which no number is typed: YAML in, a live reveal.js deck out."""

__version__ = "0.1.0"
