"""The published examples worked out a second way: plain floats, written out by hand, nothing of bpslides.

`RIGHT[name][expression]` is the full-precision value behind a number that was rounded for print; an expression that is
missing was printed exactly. `MISTAKEN[name][expression]` retraces how a number that is off came about.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Values = dict[str, float]


def sigmoid(z: float) -> float:
    """1 / (1 + e⁻ᶻ)."""
    return 1.0 / (1.0 + math.exp(-z))


def slope(a: float) -> float:
    """The slope of the sigmoid where its value is `a`."""
    return a * (1.0 - a)


# ── networks ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Mazur:
    """The 2-2-2 network of Mazur with biases that stay; `step` changes w1 to w8 (`w[1]` to `w[8]`)."""

    def __init__(self) -> None:
        """Before the first step."""
        self.w = [0.0, 0.15, 0.2, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55]
        self.forward()

    def forward(self) -> None:
        """Outputs of the four units, and the error."""
        w = self.w
        self.h1 = sigmoid(w[1] * 0.05 + w[2] * 0.1 + 0.35)
        self.h2 = sigmoid(w[3] * 0.05 + w[4] * 0.1 + 0.35)
        self.net = w[5] * self.h1 + w[6] * self.h2 + 0.6
        self.o1 = sigmoid(self.net)
        self.o2 = sigmoid(w[7] * self.h1 + w[8] * self.h2 + 0.6)
        self.error = ((0.01 - self.o1) ** 2 + (0.99 - self.o2) ** 2) / 2

    def step(self, *, sequential: bool) -> None:
        """One step of η = 0.5; a sequential one takes the hidden errors through the new output weights."""
        old = list(self.w)
        self.d1, self.d2 = (self.o1 - 0.01) * slope(self.o1), (self.o2 - 0.99) * slope(self.o2)
        for first, delta in ((5, self.d1), (7, self.d2)):
            self.w[first] -= 0.5 * delta * self.h1
            self.w[first + 1] -= 0.5 * delta * self.h2
        through = self.w if sequential else old
        self.to_h1 = self.d1 * through[5] + self.d2 * through[7]
        e1 = self.to_h1 * slope(self.h1)
        e2 = (self.d1 * through[6] + self.d2 * through[8]) * slope(self.h2)
        for first, delta in ((1, e1), (3, e2)):
            self.w[first] -= 0.5 * delta * 0.05
            self.w[first + 1] -= 0.5 * delta * 0.1
        self.gradient_w1 = e1 * 0.05
        self.forward()


def mazur() -> tuple[Values, Values]:
    """One step of both kinds; the misprint is the sequential one's."""
    plain, sequential = Mazur(), Mazur()
    h1 = plain.h1
    right = {"m.h1.a": h1, "m.h2.a": plain.h2, "m.o1.z": plain.net, "m.o1.a": plain.o1, "m.o2.a": plain.o2}
    right |= {"m.loss": plain.error, "m.grad.o1.a": plain.o1 - 0.01}
    plain.step(sequential=False)
    sequential.step(sequential=True)
    right |= {"m.grad.o1.z": plain.d1, "m.grad.w5": plain.d1 * h1}
    right |= {"m.grad.h1.a": plain.to_h1, "m.grad.w1": plain.gradient_w1}
    right |= {f"m.updated.w{index}": plain.w[index] for index in range(1, 9)}
    right |= {"m.after(1).loss": plain.error, "sequential.after(1).loss": sequential.error}
    return right, {"m.after(1).loss": sequential.error}


def mazur_trained() -> tuple[Values, Values]:
    """Both runs; the misprints are the sequential one's, and a count that is off by one."""
    plain, sequential = Mazur(), Mazur()
    for _ in range(9_999):
        plain.step(sequential=False)
        sequential.step(sequential=True)
    before = plain.error
    plain.step(sequential=False)
    sequential.step(sequential=True)
    right = {"m.after(9999).loss": before, "m.after(10000).loss": plain.error}
    right |= {"m.after(10000).o1.a": plain.o1, "m.after(10000).o2.a": plain.o2}
    right |= {"sequential.after(10000).o1.a": sequential.o1, "sequential.after(10000).o2.a": sequential.o2}
    mistaken = {"m.after(10000).o1.a": sequential.o1, "m.after(10000).o2.a": sequential.o2}
    return right, mistaken | {"m.after(10000).loss": before}


def rgu() -> tuple[Values, Values]:
    """The six-weight network; δ absorbs the sign."""
    z1, z2 = 0.1 * 0.35 + 0.8 * 0.9, 0.4 * 0.35 + 0.6 * 0.9
    h1, h2 = sigmoid(z1), sigmoid(z2)
    z = 0.3 * h1 + 0.9 * h2
    o = sigmoid(z)
    delta = (0.5 - o) * slope(o)
    w5, w6 = 0.3 + delta * h1, 0.9 + delta * h2
    new: dict[str, Values] = {}
    for model, through1, through2 in (("m", 0.3, 0.9), ("sequential", w5, w6)):
        d1, d2 = delta * through1 * slope(h1), delta * through2 * slope(h2)
        new[model] = {"w1": 0.1 + d1 * 0.35, "w2": 0.8 + d1 * 0.9, "w3": 0.4 + d2 * 0.35}
    right = {"m.H1.a": h1, "m.H2.a": h2, "m.O.z": z, "m.O.a": o}
    right |= {"-m.grad.O.z": delta, "m.updated.w5": w5, "m.updated.w6": w6}
    right |= {f"{model}.updated.{name}": value for model, values in new.items() for name, value in values.items()}
    mistaken = {f"m.updated.{name}": value for name, value in new["sequential"].items()}
    mistaken |= {
        "m.O.z": 0.3 * 0.68 + 0.9 * 0.6637,
        "-m.grad.O.z": (0.5 - 0.69) * (1 - 0.69) * 0.69,
        "m.updated.w5": 0.3 - 0.0406 * 0.68,
        "m.updated.w6": 0.9 - 0.0406 * 0.6637,
    }
    return right, mistaken


def han() -> tuple[Values, Values]:
    """The 3-2-1 network; Err absorbs the sign."""
    o4, o5 = sigmoid(-0.7), sigmoid(0.1)
    z6 = -0.3 * o4 - 0.2 * o5 + 0.1
    o6 = sigmoid(z6)
    e6 = slope(o6) * (1 - o6)
    e5, e4 = slope(o5) * e6 * -0.2, slope(o4) * e6 * -0.3
    right = {"m.u6.z": z6, "m.u4.a": o4, "m.u5.a": o5, "m.u6.a": o6}
    right |= {"-m.grad.u6.z": e6, "-m.grad.u5.z": e5, "-m.grad.u4.z": e4}
    new = {"w46": -0.3 + 0.9 * e6 * o4, "w56": -0.2 + 0.9 * e6 * o5, "w14": 0.2 + 0.9 * e4, "w15": -0.3 + 0.9 * e5}
    new |= {"w34": -0.5 + 0.9 * e4, "w35": 0.2 + 0.9 * e5}
    new |= {"theta6": 0.1 + 0.9 * e6, "theta5": 0.2 + 0.9 * e5, "theta4": -0.4 + 0.9 * e4}
    right |= {f"m.updated.{name}": value for name, value in new.items()}
    return right, {"-m.grad.u6.z": 0.474 * (1 - 0.474) * (1 - 0.474)}


def negnevitsky() -> tuple[Values, Values]:
    """XOR with thresholds; the book's gradients absorb the sign."""
    y3, y4 = sigmoid(0.5 + 0.4 - 0.8), sigmoid(0.9 + 1.0 + 0.1)
    y5 = sigmoid(-1.2 * y3 + 1.1 * y4 - 0.3)
    d5 = slope(y5) * (0 - y5)
    d3, d4 = slope(y3) * d5 * -1.2, slope(y4) * d5 * 1.1
    right = {"m.y3": y3, "m.y4": y4, "m.y5": y5, "m.y - m.y5": -y5}
    right |= {"-m.grad.z5": d5, "-m.grad.z3": d3, "-m.grad.z4": d4}
    changes = {"w13": d3, "w23": d3, "t3": -d3, "w14": d4, "w24": d4, "t4": -d4}
    changes |= {"w35": y3 * d5, "w45": y4 * d5, "t5": -d5}
    old = {"w13": 0.5, "w14": 0.9, "w23": 0.4, "w24": 1.0, "w35": -1.2, "w45": 1.1, "t3": 0.8, "t4": -0.1, "t5": 0.3}
    right |= {f"-0.1*m.grad.{name}": 0.1 * change for name, change in changes.items() if name not in ("w23", "w24")}
    right |= {f"m.updated.{name}": old[name] + 0.1 * change for name, change in changes.items()}
    return right, {}


def hagan() -> tuple[Values, Values]:
    """The 1-2-1 network; s is the sensitivity, ∂loss/∂z."""
    a1, a2 = sigmoid(-0.27 - 0.48), sigmoid(-0.41 - 0.13)
    o = 0.09 * a1 - 0.17 * a2 + 0.48
    e = 1 + math.sin(math.pi / 4) - o
    s = -2 * e
    s1, s2 = slope(a1) * 0.09 * s, slope(a2) * -0.17 * s
    right = {"m.h1.a": a1, "m.h2.a": a2, "m.o.a": o, "m.o.target - m.o.a": e}
    right |= {"m.grad.o.z": s, "m.grad.h1.z": s1, "m.grad.h2.z": s2}
    new = {"v1": 0.09 - 0.1 * s * a1, "v2": -0.17 - 0.1 * s * a2, "c": 0.48 - 0.1 * s}
    new |= {"w1": -0.27 - 0.1 * s1, "w2": -0.41 - 0.1 * s2, "b1": -0.48 - 0.1 * s1, "b2": -0.13 - 0.1 * s2}
    return right | {f"m.updated.{name}": value for name, value in new.items()}, {}


def nielsen() -> tuple[Values, Values]:
    """A neuron whose weight and bias always change alike."""
    w, b = 0.6, 0.9
    for _ in range(300):
        a = sigmoid(w + b)
        w, b = w - 0.15 * a * slope(a), b - 0.15 * a * slope(a)
    return {"easy.a.a": sigmoid(1.5), "easy.after(300).a.a": sigmoid(w + b), "saturated.a.a": sigmoid(4.0)}, {}


def jurafsky_loss() -> tuple[Values, Values]:
    """One review of six features, judged positive and negative."""
    p = sigmoid(2.5 * 3 - 5.0 * 2 - 1.2 * 1 + 0.5 * 3 + 2.0 * 0 + 0.7 * 4.19 + 0.1)
    right = {"positive.o.a": p, "1 - positive.o.a": 1 - p}
    return right | {"positive.loss": -math.log(p), "negative.loss": -math.log(1 - p)}, {}


def softmax() -> tuple[Values, Values]:
    """Three scores."""
    cat, car, frog = math.exp(3.2), math.exp(5.1), math.exp(-1.7)
    total = cat + car + frog
    right = {"exp(m.cat.z)": cat, "exp(m.car.z)": car, "exp(m.frog.z)": frog}
    right |= {"m.cat.a": cat / total, "m.car.a": car / total, "m.frog.a": frog / total}
    right["m.loss"] = math.log(total) - 3.2
    return right, {"m.loss": -math.log10(0.13)}


# ── graphs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def cs231n_neuron() -> tuple[Values, Values]:
    """The circuit at dot = 1, where every derivative is ± the slope s of the sigmoid or a multiple of it."""
    e = math.exp(-1.0)
    s = e / (1 + e) ** 2
    right = {"m.e": e, "m.d": 1 + e, "m.f": 1 / (1 + e), "gate.f": 1 / (1 + e), "gate.grad.dot": s}
    right |= {"m.grad.d": -1 / (1 + e) ** 2, "m.grad.e": -1 / (1 + e) ** 2, "m.grad.minus": -s, "m.grad.dot": s}
    right |= {"m.grad.w0": -s, "m.grad.x0": 2 * s, "m.grad.w1": -2 * s, "m.grad.x1": -3 * s, "m.grad.w2": s}
    return right, {}


def micrograd() -> tuple[Values, Values]:
    """At a = −4, b = 2: c = −1, d = 6, and e = −7; the first ReLU is off, the second on."""
    e = -7.0
    by_e = e - 20 / e**3
    # c = 4a + 4b + 3 − a; d before the ReLUs is 12(ab + b³), and the second ReLU adds b − a.
    by_a = by_e * (3 - (12 * 2.0 - 1))
    by_b = by_e * (4 - (12 * (-4.0 + 3 * 4.0) + 1))
    return {"m.g": e**2 / 2 + 10 / e**2, "m.grad.a": by_a, "m.grad.b": by_b}, {}


def jax() -> tuple[Values, Values]:
    """The slope of the logistic function at 0 to 5."""
    return {f"m.grad.x[{x}]": slope(sigmoid(x)) for x in range(1, 6)}, {}


def theano() -> tuple[Values, Values]:
    """The same at 1, −1 and −2."""
    points = {"[0][1]": 1, "[1][0]": -1, "[1][1]": -2}
    return {f"logistic.grad.x{place}": slope(sigmoid(x)) for place, x in points.items()}, {}


def prince() -> tuple[Values, Values]:
    """The derivatives as the book lists them, from the loss down."""
    f0 = 1.0 + 0.1 * 2.3
    h1 = math.sin(f0)
    f1 = 2.0 - 0.4 * h1
    h2 = math.exp(f1)
    f2 = -3.0 + 2.0 * h2
    h3 = math.cos(f2)
    f3 = 0.4 + 3.0 * h3
    right = {"m.h1": h1, "m.f1": f1, "m.h2": h2, "m.f2": f2, "m.h3": h3, "m.f3": f3, "m.l": (f3 - 2) ** 2}
    by_f3 = 2 * (f3 - 2)
    by_f2 = 3.0 * by_f3 * -math.sin(f2)
    by_f1 = 2.0 * by_f2 * h2
    by_f0 = -0.4 * by_f1 * math.cos(f0)
    by = {"f3": by_f3, "h3": 3.0 * by_f3, "f2": by_f2, "h2": 2.0 * by_f2, "f1": by_f1, "h1": -0.4 * by_f1, "f0": by_f0}
    by |= {"b3": by_f3, "o3": h3 * by_f3, "b2": by_f2, "o2": h2 * by_f2}
    by |= {"b1": by_f1, "o1": h1 * by_f1, "b0": by_f0, "o0": 2.3 * by_f0}
    return right | {f"m.grad.{name}": value for name, value in by.items()}, {}


def baydin() -> tuple[Values, Values]:
    """The function ln x₁ + x₁x₂ − sin x₂ at (2, 5)."""
    v1, v3 = math.log(2), math.sin(5)
    return {"m.v1": v1, "m.v3": v3, "m.v4": v1 + 10, "m.v5": v1 + 10 - v3, "m.grad.x2": 2 - math.cos(5)}, {}


# ── training, losses, activations ─────────────────────────────────────────────────────────────────────────────────


def wikipedia() -> tuple[Values, Values]:
    """One step: the Jacobian at 0 is diag(3, 2, 20)."""
    g3 = 10 * math.pi / 3
    x1, x2, x3 = 0.0075, 0.002, -0.02 * g3
    h1 = 3 * x1 - math.cos(x2 * x3) - 1.5
    h2 = 4 * x1**2 - 625 * x2**2 + 2 * x2 - 1
    h3 = math.exp(-x1 * x2) + 20 * x3 + g3 - 1
    right = {"m.g3": g3, "m.F": (2.5**2 + 1 + g3**2) / 2, "m.grad.x3": 20 * g3, "m.updated.x3": x3}
    right |= {"m.after(1).g1": h1, "m.after(1).g2": h2, "m.after(1).g3": h3}
    return right | {"m.after(1).F": (h1**2 + h2**2 + h3**2) / 2}, {}


def d2l_descent() -> tuple[Values, Values]:
    """Each step multiplies x by 1 − 2η."""
    rates = {"good": 0.2, "small": 0.05, "large": 1.1}
    return {f"{name}.after(10).x": 10 * (1 - 2 * rate) ** 10 for name, rate in rates.items()}, {}


def _heavy_ball(x: float, curvature: float, rate: float, momentum: float) -> float:
    v = 0.0
    for _ in range(20):
        v = momentum * v + curvature * x
        x -= rate * v
    return x


def d2l_momentum() -> tuple[Values, Values]:
    """The two directions of the valley have nothing to do with each other."""
    right = {}
    settings = {"slow": (0.4, 0.0), "diverging": (0.6, 0.0), "half": (0.6, 0.5), "quarter": (0.6, 0.25)}
    for name, (rate, momentum) in settings.items():
        right[f"{name}.after(20).x1"] = _heavy_ball(-5.0, 0.2, rate, momentum)
        right[f"{name}.after(20).x2"] = _heavy_ball(-2.0, 4.0, rate, momentum)
    return right, {}


def d2l_rmsprop() -> tuple[Values, Values]:
    """The right values have ε = 10⁻⁸ beside the root, the book's 10⁻⁶ under it."""

    def run(x: float, curvature: float, inside: float, outside: float) -> float:
        s = 0.0
        for _ in range(20):
            g = curvature * x
            s = 0.9 * s + 0.1 * g * g
            x -= 0.4 * g / (math.sqrt(s + inside) + outside)
        return x

    right = {"m.after(20).x1": run(-5.0, 0.2, 0.0, 1e-8), "m.after(20).x2": run(-2.0, 4.0, 0.0, 1e-8)}
    return right, {"m.after(20).x1": run(-5.0, 0.2, 1e-6, 0.0)}


def keras_optimizers() -> tuple[Values, Values]:
    """A first step: RMSprop moves by η/√(1 − ρ) and Adam by η, but for ε."""
    return {
        "rmsprop.after(1).v": 10 - 0.1 * 10 / (math.sqrt(0.1 * 100) + 1e-7),
        "adam.after(1).v": 10 - 0.1 * 10 / (10 + 1e-7),
    }, {}


def keras_losses() -> tuple[Values, Values]:
    """Cross-entropies as logarithms of the probability of what is true."""
    logits = [math.log1p(math.exp(z)) for z in (-18.6, -0.51, 2.94, -12.8)]
    first, second = -math.log(0.4), -(math.log(0.6) + math.log(0.4)) / 2
    right = {"logits.L": sum(logits) / 4, "probabilities.each[0]": first, "probabilities.each[1]": second}
    right |= {"probabilities.L": (first + second) / 2, "categorical.first": -math.log(0.95)}
    return right | {"categorical.second": math.log(10), "categorical.L": (math.log(10) - math.log(0.95)) / 2}, {}


def keras_activations() -> tuple[Values, Values]:
    """The functions themselves."""
    right = {f"softplus.a[{i}]": math.log1p(math.exp(x)) for i, x in enumerate((-20, -1, 0, 1, 20))}
    right |= {f"tanh.a[{i}]": math.tanh(x) for i, x in enumerate((-3, -1, 0, 1, 3)) if x}
    right |= {f"sigmoid.a[{i}]": sigmoid(x) for i, x in enumerate((-20, -1, 0, 1)) if x}
    return right, {}


_EXAMPLES: dict[str, Callable[[], tuple[Values, Values]]] = {
    "mazur": mazur,
    "mazur-trained": mazur_trained,
    "rgu": rgu,
    "han": han,
    "negnevitsky": negnevitsky,
    "hagan": hagan,
    "nielsen": nielsen,
    "jurafsky-loss": jurafsky_loss,
    "softmax": softmax,
    "cs231n-neuron": cs231n_neuron,
    "micrograd": micrograd,
    "jax": jax,
    "theano": theano,
    "prince": prince,
    "baydin": baydin,
    "wikipedia": wikipedia,
    "d2l-descent": d2l_descent,
    "d2l-momentum": d2l_momentum,
    "d2l-rmsprop": d2l_rmsprop,
    "keras-optimizers": keras_optimizers,
    "keras-losses": keras_losses,
    "keras-activations": keras_activations,
}

RIGHT: dict[str, Values] = {}
MISTAKEN: dict[str, Values] = {}
for _name, _example in _EXAMPLES.items():
    RIGHT[_name], MISTAKEN[_name] = _example()
