"""Texts that would run, load or break out elsewhere, and a deck that has one in every field."""

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "Look: <img src=x onerror=alert(1)>",
    "Look: <img src=x onerror=alert(1)",
    "[a](javascript:alert(1))",
    "[a](  JaVaScRiPt:alert(1))",
    "[a](java&#x0A;script:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html,<script>x</script>)",
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    '[a](x "onmouseover=alert(1)")',
    '[a](x" onclick="alert(1))',
    '![" onerror="alert(1)](deck.yaml)',
    "[a]: javascript:alert(1)\n\n[a]",
    "$\\href{javascript:alert(1)}{x}$",
    "$$a$$ (label)",
    "$\\text{<script>alert(1)</script>}$",
    '$\\color{red" onclick="alert(1)}x$',
    '$$a$$ ("><script>alert(1)</script>)',
    "</section></div></main><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>x</script>'>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0><link rel=stylesheet href=//x>",
    "`</code><script>alert(1)</script>`",
    '```x" onload="y\n</code></pre><script>alert(1)</script>\n```',
    "# <b onclick=x> {#id .class onclick=x}",
    "<!-- .element: onclick='x' data-background-iframe='//x' -->",
]

#: Ends of what a text stands in, each with something that would run behind it.
BREAKOUTS = [
    "</script><script>alert(1)</script>",
    "</title></head><body><img src=x onerror=alert(1)>",
    "</section></div></main><section id=more><h1>More</h1></section>",
    "<!-- .slide: data-background-iframe='//evil.example' --><!-- .element: onclick='alert(1)' -->",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "--> <svg/onload=alert(1)> <math><mtext><mglyph><style><img src=x onerror=alert(1)>",
    "</style><style>@import url(//evil.example/x.css); body {position: fixed}</style>",
    "{% raw %}{{ 7*7 }}{{ cycler.__init__.__globals__ }}",
    "]]><![CDATA[<script>alert(1)</script>",
]

_DECK = """\
title: @
subtitle: @
author: @
date: @
footer: @
models:
  m: {inputs: {x: 2.0}, parameters: {w: 0.5}, graph: {L: (w*x)**2}, loss: L, learning_rate: 0.1}
slides:
  - {layout: title, id: one, title: @, subtitle: @, kicker: @, notes: @}
  - {id: two, title: @, kicker: @, subtitle: @, notes: @, content: [@, {equation: {tex: x, note: @}}]}
  - stack:
      - id: three
        title: @
        content:
          - flow: [{label: @, value: @, note: @}, {label: a, value: b}]
          - cards: [{title: @, text: @}]
      - {id: four, title: @, content: [{callout: {title: @, text: @}}, {quote: {text: @, by: @}}]}
  - {id: five, title: @, content: [{steps: {steps: [{title: @, text: @}], repeat: @}}]}
  - {id: six, title: @, content: [{table: {header: [@, @], rows: [[@, @]], caption: @}}]}
  - {id: seven, title: @, content: [{network: {layers: [1, 2], labels: [@, @], alt: @, caption: @}}]}
  - id: eight
    title: @
    content:
      - figure:
          data: [{x: [1, 2], y: [1, 2], name: ~, text: [~, ~], hovertext: ~, mode: lines+markers+text}]
          layout: {title: {text: ~}, xaxis: {title: {text: ~}}, annotations: [{text: ~, x: 1, y: 1}]}
          alt: @
          caption: @
  - {id: nine, title: @, content: [{curve: {function: x**2, domain: [0, 1], at: 0.5, alt: @}}]}
  - id: ten
    title: @
    content:
      - demo:
          model: m
          sliders: [{name: w, min: 0, max: 1, label: @}]
          readouts: [{value: L, label: @}]
          plot: {variable: w, value: L, domain: [0, 1], x_label: @, y_label: @}
  - {id: eleven, title: @, content: [{columns: [@, [{fragment: [@]}]]}]}
"""
SLIDES = 11


def deck(text: str) -> str:
    """The YAML of a deck whose every field for words holds ``text``."""
    quoted = text.replace("'", "''").replace("\n", "\n\n" + " " * 12)
    # A label of Plotly's with a number that cannot be had is no label, and then there would be no plot to look at.
    label = quoted.replace("{{", "{ {")
    return _DECK.replace("@", f"'{quoted}'").replace("~", f"'{label}'")
