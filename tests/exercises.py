"""The three exercises about a small network, as models and as slides."""

SYMBOLS = (
    "{H3.z: a_3, H4.z: a_4, O5.z: a_5, O6.z: a_6, H3.a: y_3, H4.a: y_4, O5.a: y_5, O6.a: y_6, loss: E, W13: 'W_{13}', "
    "W23: 'W_{23}', W14: 'W_{14}', W24: 'W_{24}', W35: 'W_{35}', W45: 'W_{45}', W36: 'W_{36}', W46: 'W_{46}'}"
)
_HIDDEN = "{{units: [H3, H4], activation: sigmoid, weights: {weights}, names: [[W13, W23], [W14, W24]]}}"

MODELS = f"""\
models:
  first:
    network:
      inputs: {{x1: 0.35, x2: 0.9}}
      targets: {{O5: 0.5}}
      layers:
        - {_HIDDEN.format(weights="[[0.1, 0.8], [0.4, 0.6]]")}
        - {{units: [O5], activation: sigmoid, weights: [[0.3, 0.9]], names: [[W35, W45]]}}
    learning_rate: 1.0
    symbols: {SYMBOLS}
  second:
    network:
      inputs: {{x1: 0.6, x2: 0.2}}
      targets: {{O5: 0.8}}
      layers:
        - {_HIDDEN.format(weights="[[0.5, -0.3], [0.2, 0.7]]")}
        - {{units: [O5], activation: sigmoid, weights: [[0.4, -0.6]], names: [[W35, W45]]}}
    learning_rate: 0.5
    symbols: {SYMBOLS}
  third:
    network:
      inputs: {{x1: 0.35, x2: 0.9}}
      targets: {{O5: 0.5, O6: 0.7}}
      layers:
        - {_HIDDEN.format(weights="[[0.1, 0.8], [0.4, 0.6]]")}
        - units: [O5, O6]
          activation: sigmoid
          weights: [[0.3, 0.9], [-0.5, 0.4]]
          names: [[W35, W45], [W36, W46]]
    learning_rate: 0.5
    symbols: {SYMBOLS}
"""

EXERCISE = """\
- exercise:
    model: first
    ask:
      - {value: O5.a, label: '$y_5$'}
      - {value: grad.O5.z, label: '$\\delta_5$', sign: absorbed}
      - {value: grad.H3.z, sign: absorbed}
      - {value: updated.W13 - W13, label: '$\\Delta W_{13}$'}
      - updated.W35
      - {value: first.after(1).loss, label: loss after the step}
    hints:
      - Go forward first.
      - Then *back*, with the sign inside.
    variants: {vary: {x1: [0.1, 0.9], W13: [-0.9, 0.9]}, count: 3, seed: 7}
"""
