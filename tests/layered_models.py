"""Three small layered networks that several tests walk over: six weights, a dead unit, two outputs."""

MODELS = """\
models:
  six:
    network:
      inputs: {x1: 0.35, x2: 0.9}
      targets: {O5: 0.5}
      layers:
        - {units: [H3, H4], activation: sigmoid, weights: [[0.1, 0.8], [0.4, 0.6]], names: [[W13, W23], [W14, W24]]}
        - {units: [O5], activation: sigmoid, weights: [[0.3, 0.9]], names: [[W35, W45]]}
    learning_rate: 1.0
    symbols: {loss: E}
  credit:
    network:
      inputs: {x1: 0.8, x2: 0.2}
      targets: {y: 1}
      layers:
        - {units: [h1, h2, h3], activation: relu, weights: [[0.5, -0.3], [-0.8, 0.4], [0.7, 0.9]]}
        - {units: [y], activation: sigmoid, weights: [[0.6, -0.4, 0.8]]}
      loss: binary_cross_entropy
    learning_rate: 0.1
  two:
    network:
      inputs: {x1: 0.35, x2: 0.9}
      targets: {O5: 0.5, O6: 0.7}
      layers:
        - {units: [H3, H4], activation: sigmoid, weights: [[0.1, 0.8], [0.4, 0.6]], names: [[W13, W23], [W14, W24]]}
        - units: [O5, O6]
          activation: sigmoid
          weights: [[0.3, 0.9], [-0.5, 0.4]]
          names: [[W35, W45], [W36, W46]]
    learning_rate: 0.5
  wide:
    network:
      inputs: {x1: 0.35, x2: 0.9, x3: -0.4}
      targets: {O1: 1, O2: 0}
      layers:
        - {units: [A, B, C, D], activation: tanh, weights: {init: xavier, seed: 3}, biases: [0.1, 0.2, -0.1, 0]}
        - {units: [O1, O2], activation: softmax, weights: {init: xavier, seed: 5}}
      loss: cross_entropy
    optimizer: {name: adam}
"""
