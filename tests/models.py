"""Models that several tests use: the decks' examples and some odd ones, each recorded anew by a function."""

from bpslides.autodiff import Tape, Var, apply


def op(name: str, *arguments: object, **attributes: object) -> Var:
    """Record one operation."""
    var = apply(name, *arguments, **attributes)
    assert isinstance(var, Var)
    return var


def neuron(w: float = 0.5, b: float = 0.1) -> Tape:
    """One ReLU neuron with a squared error."""
    tape = Tape()
    x, y = tape.leaf("x", 2.0), tape.leaf("y", 2.0)
    tape.name("z", tape.leaf("w", w) * x + tape.leaf("b", b))
    tape.name("y_hat", op("relu", Var(tape, tape.index("z"))))
    tape.name("L", (y - Var(tape, tape.index("y_hat"))) ** 2)
    return tape


def two_sigmoids() -> Tape:
    """The walk of the chain-rule deck: sigmoid twice, two weights."""
    tape = Tape()
    x, y = tape.leaf("x", 1.5), tape.leaf("y", 1.0)
    w1, w2 = tape.leaf("w1", 0.8), tape.leaf("w2", -1.2)
    z1 = w1 * x
    a1 = op("sigmoid", z1)
    z2 = w2 * a1
    a2 = op("sigmoid", z2)
    for name, var in (("z1", z1), ("a1", a1), ("z2", z2), ("a2", a2), ("L", 0.5 * (a2 - y) ** 2)):
        tape.name(name, var)
    return tape


SIX = {"W13": 0.1, "W23": 0.8, "W14": 0.4, "W24": 0.6, "W35": 0.3, "W45": 0.9}


def six_weights() -> Tape:
    """The 2-2-1 network with six weights."""
    tape = Tape()
    x1, x2, target = tape.leaf("x1", 0.35), tape.leaf("x2", 0.9), tape.leaf("O5.target", 0.5)
    w = {name: tape.leaf(name, value) for name, value in SIX.items()}

    def unit(name: str, z: Var) -> Var:
        a = op("sigmoid", z)
        tape.name(f"{name}.z", z)
        tape.name(f"{name}.a", a)
        return a

    h3 = unit("H3", w["W13"] * x1 + w["W23"] * x2)
    h4 = unit("H4", w["W14"] * x1 + w["W24"] * x2)
    o5 = unit("O5", w["W35"] * h3 + w["W45"] * h4)
    tape.name("loss", 0.5 * (target - o5) ** 2)
    return tape


def reused() -> Tape:
    """A node that is used three times, twice by one product."""
    tape = Tape()
    x = tape.leaf("x", 1.3)
    u = op("sin", x)
    tape.name("u", u)
    tape.name("f", u * u + op("exp", u) / x)
    return tape


def broadcast() -> Tape:
    """A batch of three rows, a bias that stretches over it, and a scale that stretches over both."""
    tape = Tape()
    rows = tape.leaf("X", [[0.5, -1.0], [1.5, 2.0], [-0.25, 0.75]])
    bias, scale = tape.leaf("b", [0.1, -0.3]), tape.leaf("s", 1.7)
    tape.name("Z", (rows + bias) * scale)
    h = op("leaky_relu", op("minimum", op("elu", Var(tape, tape.index("Z")), alpha=0.5), 2.0), slope=0.1)
    tape.name("f", op("mean", op("sum", h**2, axis=1) - op("max", rows, axis=1)))
    return tape


def softmax_layer() -> Tape:
    """Two layers by matrix product, softmax, and a cross-entropy by an index."""
    tape = Tape()
    x = tape.leaf("x", [0.8, 0.2])
    hidden = tape.leaf("W", [[0.5, -0.3], [-0.8, 0.4], [0.7, 0.9]])
    out = tape.leaf("V", [[0.6, -0.4, 0.8], [0.1, 0.3, -0.5]])
    h = op("tanh", hidden @ x)
    tape.name("h", h)
    p = op("softmax", out @ h)
    tape.name("p", p)
    both = op("stack", op("log", p[0]), op("log_softmax", out @ h)[0])
    tape.name("L", -op("mean", both) + 0.01 * op("sum", op("transpose", hidden) @ op("reshape", out[0], shape=[3, 1])))
    return tape


def activations() -> Tape:
    """The activations that need the error function or a sigmoid, on a few numbers of both signs."""
    tape = Tape()
    z = tape.leaf("w", [-2.5, -0.75, 0.0, 0.3, 4.0]) * 1.1
    tape.name("f", op("sum", op("gelu", z) * op("silu", z) + op("erf", z)))
    return tape


def ties() -> Tape:
    """Reductions and elementwise extremes with ties, and the kinks at 0."""
    tape = Tape()
    x, zero = tape.leaf("x", [2.0, 3.0, 3.0, 1.0, 1.0]), tape.leaf("zero", 0.0)
    extremes = op("max", x) * 2.0 - op("min", x) + op("sum", op("maximum", x, 3.0)) + op("sum", op("minimum", x, 1.0))
    kinks = op("relu", zero) + op("abs", zero) + op("leaky_relu", zero) + op("elu", zero) + op("softplus", zero)
    tape.name("f", extremes + kinks)
    return tape
