"""Decks out of the browser: as PDF, and as handouts.

:mod:`~bpslides.export.pages` says what is printed, :mod:`~bpslides.export.press` is the process that drives the
browser, :mod:`~bpslides.export.order` sends a deck there, and :mod:`~bpslides.export.pdf` makes a file of what comes
back. Nothing is written before all of it is there.
"""
