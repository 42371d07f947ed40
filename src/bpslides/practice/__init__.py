"""Exercises worked out: what is right, which wrong numbers common mistakes give, and other numbers to practise with.

``slips`` knows the mistakes, ``calculation`` makes them on purpose in a model's own computation, ``questions`` asks
both for the answer to a question, ``worked`` writes the solution, and ``variants`` draws other numbers.
"""
