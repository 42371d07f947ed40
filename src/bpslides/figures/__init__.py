"""Figures as data.

``specs`` writes Plotly specs down, ``mesh`` draws a surface, ``written`` checks what an author wrote, ``python`` asks
an author's function by way of ``process`` and ``worker``, and ``words`` tells all of it to readers who do not see them.
"""
