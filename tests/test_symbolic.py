"""Derivatives in symbols against the sweep, LaTeX case by case, substitution, and symbols of names."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bpslides.symbolic
from bpslides.autodiff import AutodiffError, Tape, Var, backward
from bpslides.expression import ExpressionError, Reference, evaluate, parse, source_text
from bpslides.symbolic import default_symbol, derivative, latex, replace, substitute


def test_the_docstring_example() -> None:
    """What the package's docstring shows is what happens."""
    assert doctest.testmod(bpslides.symbolic).attempted > 0
    assert doctest.testmod(bpslides.symbolic).failed == 0


FUNCTIONS = (
    "exp", "log", "sqrt", "abs", "sin", "cos", "tanh", "sigmoid", "relu", "softplus", "leaky_relu", "elu",
)  # fmt: skip
NAMES = ("x", "y", "w1")
FORMULAS = st.recursive(
    st.one_of(st.sampled_from(NAMES), st.integers(1, 30).map(lambda n: f"{n / 10:g}")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.integers(-2, 3)).map(lambda t: f"({t[0]})**{t[1]}"),
        st.tuples(st.floats(0.5, 2).map("{:.2f}".format), inner).map(lambda t: f"{t[0]}**({t[1]})"),
        inner.map("-({})".format),
        st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda t: f"{t[0]}({t[1]})"),
        inner.map("leaky_relu({}, 0.2)".format),
        inner.map("elu({}, 0.3)".format),
    ),
    max_leaves=8,
)


@given(text=FORMULAS, point=st.tuples(*[st.floats(0.2, 2.0).map(lambda x: round(x, 3))] * 3))
def test_derivatives_agree_with_the_sweep(text: str, point: tuple[float, float, float]) -> None:
    """The derivative in symbols has the value that the backward sweep finds, to 1e-9."""
    tree, values = parse(text), dict(zip(NAMES, point, strict=True))
    tape = Tape()
    leaves = {name: tape.leaf(name, x) for name, x in values.items()}
    try:
        result = evaluate(tree, lambda reference: leaves[str(reference)])
        if not isinstance(result, Var):
            return
        sweep = backward(tape, result)
        if max(abs(float(node.value)) for node in tape) > 1e6:
            return
        slopes = {name: evaluate(derivative(tree, name), lambda r: values[str(r)]) for name in NAMES}
    except (ExpressionError, AutodiffError) as error:
        if "finite" in error.message:
            return  # such as 0**-1 at this point
        raise
    for name in NAMES:
        assert slopes[name] == pytest.approx(float(sweep.gradient(name)), rel=1e-9, abs=1e-9), (text, name)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("0.5*(y - w*x)**2", "w", "-((y - w*x)*x)"),
        ("(3*x + 1)**2", "x", "6*(3*x + 1)"),
        ("x**2 + 2*y**2", "y", "4*y"),
        ("x**2 + 2*y**2", "x", "2*x"),
        ("w*x + b", "b", "1"),
        ("w*x + b", "q", "0"),
        ("sigmoid(z)", "z", "sigmoid(z)*(1 - sigmoid(z))"),
        ("relu(w*x)", "w", "step(w*x)*x"),
        ("abs(x)", "x", "sign(x)"),
        ("elu(x)", "x", "step(x) + (1 - step(x))*(elu(x) + 1)"),
        ("log(1 + x)", "x", "1/(1 + x)"),
        ("sqrt(x**2 + 1)", "x", "x/sqrt(x**2 + 1)"),
        ("exp(-x)", "x", "-exp(-x)"),
        ("x/2", "x", "1/2"),
        ("1/x", "x", "-(1/x**2)"),
        ("--x", "x", "1"),
        ("0*x + x*1", "x", "1"),
        ("2**x", "x", "2**x*log(2)"),
        ("x**1", "x", "1"),
        ("0.5*(O5.target - O5.a)**2", "O5.a", "-(O5.target - O5.a)"),
        ("max(y, 1) + x", "x", "1"),
        ("v[0]*x", "x", "v[0]"),
        ("len(x)*x", "x", "len(x)"),
    ],
)
def test_derivatives_are_simple(text: str, name: str, expected: str) -> None:
    """What falls away falls away, constants are folded, and the rest stays as it was written."""
    assert source_text(derivative(parse(text), name)) == expected


@pytest.mark.parametrize("text", ["max(x, 1)", "sum(x)", "[x, 1]", "x < 1", "v @ x", "round(x, 1)", "x[0]"])
def test_no_derivative_in_symbols(text: str) -> None:
    """What has no formula here says so, instead of a wrong one."""
    with pytest.raises(ExpressionError, match="no derivative in symbols"):
        derivative(parse(text), "x")


def test_long_expressions_have_no_derivative_in_symbols() -> None:
    """A formula that would fit on no slide is refused before it grows."""
    with pytest.raises(ExpressionError, match="too long"):
        derivative(parse("*".join(["x"] * 2000)), "x")
    assert derivative(parse("+".join(["x"] * 150)), "x") == parse("150")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w1*x + b", r"w_1 \, x + b"),
        ("2*x", r"2 \, x"),
        ("x*2", r"x \cdot 2"),
        ("2*3", r"2 \cdot 3"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - (b + c)", "a - (b + c)"),
        ("a + (b + c)", "a + b + c"),
        ("a + -b", "a + (-b)"),
        ("a*(-b)", r"a \, (-b)"),
        ("-a*b", r"-a \, b"),
        ("-(a + b)", "-(a + b)"),
        ("--a", "-(-a)"),
        ("(a + b)*c", r"(a + b) \, c"),
        ("a*(b/c)", r"a \, \frac{b}{c}"),
        ("(a/b)**2", r"\left(\frac{a}{b}\right)^{2}"),
        ("(a + b)/(c - d)", r"\frac{a + b}{c - d}"),
        ("x**2**n", "x^{2^{n}}"),
        ("(x**2)**3", "(x^{2})^{3}"),
        ("(-x)**2", "(-x)^{2}"),
        ("-x**2", "-x^{2}"),
        ("relu(z)", r"\mathrm{ReLU}(z)"),
        ("sigmoid(x)*(1 - sigmoid(x))", r"\sigma(x) \, (1 - \sigma(x))"),
        ("tanh(x)**2", r"\tanh^{2}(x)"),
        ("exp(-x**2)", "e^{-x^{2}}"),
        ("exp(x)**2", "(e^{x})^{2}"),
        ("log(x) + sqrt(x) + abs(x)", r"\ln(x) + \sqrt{x} + \left|x\right|"),
        ("max(a, b)", r"\max(a, b)"),
        ("mean(x)", r"\mathrm{mean}(x)"),
        ("sum(x)/len(x)", r"\frac{\sum x}{\mathrm{len}(x)}"),
        ("sum(a*b)", r"\sum a \, b"),
        ("W @ x", r"W \, x"),
        ("v[0]", "v_{0}"),
        ("w1[0]", "(w_1)_{0}"),
        ("[a, 1]", "[a, 1]"),
        ("a <= b != c", r"a \le b \ne c"),
        ("a < 1 and close(a, 0, 1)", r"a < 1 \land a \approx 0"),
        ("1e-7*x", r"1 \times 10^{-7} \, x"),
        ("1e-7**2", r"(1 \times 10^{-7})^{2}"),
    ],
)
def test_latex(text: str, expected: str) -> None:
    """Each expression is written like this, with no more parentheses than it needs."""
    assert latex(parse(text), default_symbol) == expected


def test_latex_of_special_derivatives() -> None:
    """The slopes of relu and abs have their own signs."""
    assert latex(derivative(parse("relu(z)"), "z"), default_symbol) == r"\mathbf{1}[z > 0]"
    assert latex(derivative(parse("abs(z)"), "z"), default_symbol) == r"\mathrm{sign}(z)"


def test_latex_of_numbers() -> None:
    """With numbers for all names every product has its dot and negative factors their parentheses."""
    tree = substitute(parse("w2*a1 + b - c*(1 - c)"), {"w2": -1.2, "a1": 0.178, "b": -0.5, "c": 0.25})
    assert latex(tree, default_symbol) == r"(-1.2) \cdot 0.178 + (-0.5) - 0.25 \cdot (1 - 0.25)"
    assert latex(tree, default_symbol, "{:.1f}".format).startswith(r"(-1.2) \cdot 0.2 + (-0.5)")
    assert latex(substitute(parse("x**2"), {"x": -2.0}), default_symbol) == "(-2)^{2}"


def test_raised_symbols_are_not_raised_again() -> None:
    """A symbol with an exponent of its own gets parentheses before another one."""
    assert latex(parse("a**2"), lambda _: "a^{(1)}") == "(a^{(1)})^{2}"


def test_substitute_and_replace() -> None:
    """Names give way to numbers or expressions, equal parts to another part; nothing is worked out."""
    tree = parse("w*H3.a + max(w, [w][0])")
    assert source_text(substitute(tree, {"w": -1.5, "H3.a": parse("x + 1")})) == "-1.5*(x + 1) + max(-1.5, [-1.5][0])"
    slope = derivative(parse("sigmoid(w*x + b)"), "w")
    assert source_text(replace(slope, parse("sigmoid(w*x + b)"), Reference(("a",)))) == "a*(1 - a)*x"
    assert source_text(replace(parse("a + b + c"), parse("a + b"), parse("d"))) == "d + c"
    assert source_text(replace(parse("a < b and -c == a"), parse("a"), parse("d"))) == "d < b and -c == d"


def test_long_chains_need_no_recursion() -> None:
    """2,000 terms can be substituted and written."""
    tree = parse("+".join(["x"] * 2000))
    assert latex(substitute(tree, {"x": 1.0}), default_symbol) == " + ".join(["1"] * 2000)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x", "x"),
        ("w1", "w_1"),
        ("W13", "W_{13}"),
        ("y_hat", r"\hat{y}"),
        ("x1_hat", r"\hat{x}_1"),
        ("y_hat2", r"\hat{y}_2"),
        ("ŷ", r"\hat{y}"),
        ("eta", r"\eta"),
        ("δ", r"\delta"),
        ("Ω", r"\Omega"),
        ("λ", r"\lambda"),
        ("sigma2", r"\sigma_2"),
        ("H3.z", "z_{H3}"),
        ("O5.a", "a_{O5}"),
        ("net.O5.target", "t_{O5}"),
        ("loss", "L"),
        ("W_x1_H3", "W_{x1, H3}"),
        ("b_H3", "b_{H3}"),
        ("x_i", "x_i"),
        ("learning_rate", r"\mathrm{learning}_{\mathrm{rate}}"),
        ("E", "E"),
        ("_", r"\_"),
        ("é", "é"),
    ],
)
def test_default_symbols(name: str, expected: str) -> None:
    """Each name is set like this when the deck says nothing else."""
    assert default_symbol(name) == expected
