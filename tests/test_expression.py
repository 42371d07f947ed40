"""The expression language: values against Python's own, refusals with their hints, bounds, and recorded graphs."""

import doctest
import keyword
import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import bpslides.expression
from bpslides.autodiff import Tape, Var, backward
from bpslides.expression import (
    After,
    ExpressionError,
    Reference,
    Side,
    comparison_sides,
    evaluate,
    name_problem,
    parse,
    references,
    source_text,
    split_format,
    walk,
)

VALUES: dict[str, object] = {
    "a": 1.5, "b": -0.5, "n": 3, "v": [1.0, 2.0, 3.0], "w": [3.0, 2.0, 1.0], "M": [[1.0, 2.0, 3.0], [0.0, 1.0, 0.0]],
}  # fmt: skip


def lookup(reference: Reference) -> object:
    """Find a name among the test's values."""
    return VALUES[str(reference)]


def value(text: str) -> object:
    """Work a text out, arrays as lists."""
    result = evaluate(parse(text), lookup)
    return result.tolist() if isinstance(result, np.ndarray) else result


def test_the_docstring_example() -> None:
    """What the package's docstring shows is what happens."""
    assert doctest.testmod(bpslides.expression).attempted > 0
    assert doctest.testmod(bpslides.expression).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2**2", -4.0),
        ("2**-1", 0.5),
        ("2**3**2", 512.0),
        ("-a - -a", 0.0),
        ("10 - 4 - 3", 3.0),
        ("12 / 4 / 3", 1.0),
        ("2 * (3 + 4)", 14.0),
        ("1e-05", 1e-5),
        (".5 + 2.", 2.5),
        ("1E3", 1000.0),
        ("10 / 4", 2.5),
        ("v[0] + v[-1]", 4.0),
        ("M[1][1]", 1.0),
        ("[a, b][1]", -0.5),
        ("[[1, 2], [3, 4]] @ [1, 1]", [3.0, 7.0]),
        ("v @ w", 10.0),
        ("M @ v", [14.0, 2.0]),
        ("transpose(M)[2]", [3.0, 0.0]),
        ("reshape(M, [3, 2])[0]", [1.0, 2.0]),
        ("max(v)", 3.0),
        ("max(a, b)", 1.5),
        ("min(v, 2)", [1.0, 2.0, 2.0]),
        ("sum(M)", 7.0),
        ("sum(M, 0)", [1.0, 3.0, 3.0]),
        ("mean(M, 1)", [2.0, 1 / 3]),
        ("relu(b) + leaky_relu(b) + leaky_relu(b, 0.5)", -0.255),
        ("round(2.675, 2)", 2.67),
        ("round(0.5)", 0.0),
        ("round(v / 3, 1)", [0.3, 0.7, 1.0]),
        ("abs(b) + sqrt(4) + exp(0) + log(1)", 3.5),
        ("close(0.1 + 0.2, 0.3, 1e-9)", True),
        ("close(v, w, 1)", False),
        ("1 < 2 <= 2 != 3", True),
        ("1 < 2 > 3", False),
        ("1 == 1 and 2 < 1", False),
        ("v == v", True),
        ("v != w", True),
        ("v > 0", True),
        ("  (a)  ", 1.5),
        ("+a", 1.5),
        ("len(v)", 3.0),
        ("len(M) * len(M[0])", 6.0),
        ("sum(v) / len(v)", 2.0),
    ],
)
def test_values(text: str, expected: object) -> None:
    """Each text has this value."""
    assert value(text) == (pytest.approx(expected) if not isinstance(expected, bool) else expected)
    assert isinstance(value(text), bool) == isinstance(expected, bool)


T = TypeVar("T")


def attempt(work: Callable[[], T]) -> T | ExpressionError:
    """Return what the work returns, or the error that it ends in."""
    try:
        return work()
    except ExpressionError as error:
        return error


NUMBERS = st.floats(0.01, 100).map("{:.2f}".format)
ARITHMETIC = st.recursive(
    st.one_of(NUMBERS, st.sampled_from(["a", "b", "n"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " + ", "**"]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "+", "- "]), inner).map("".join),
        inner.map("({})".format),
        st.tuples(st.sampled_from(["abs", "exp", "max"]), inner, inner).map(
            lambda t: f"max({t[1]}, {t[2]})" if t[0] == "max" else f"{t[0]}({t[1]})"
        ),
        st.tuples(inner, st.sampled_from(["<", "<=", "==", "!="]), inner).map(lambda t: f"max({t[0]},{t[2]})"),
    ),
    max_leaves=12,
)


def in_python(text: str) -> object:
    """Work a text out by Python itself; None when it gives no finite real number."""
    names = {"a": 1.5, "b": -0.5, "n": 3.0, "abs": abs, "exp": math.exp, "max": max, "__builtins__": {}}
    try:
        result = eval(text, names)
    except (ArithmeticError, ValueError, TypeError):
        return None  # TypeError: a broken power of a negative number is complex in Python
    return float(result) if isinstance(result, int | float) and math.isfinite(result) else None


@given(text=ARITHMETIC)
def test_arithmetic_agrees_with_python(text: str) -> None:
    """On their common part our parser gives the value that Python's gives, and stops only at what is not finite."""
    expected, actual = in_python(text), attempt(lambda: value(text))
    if isinstance(actual, ExpressionError):
        # ours also stops where Python goes on from infinity, as in 1/(1e308*10)
        assert "finite" in actual.message, text
    elif expected is not None:
        assert actual == pytest.approx(expected, rel=1e-9, abs=1e-300), text


ARRAYS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(-9, 9), min_size=width, max_size=width), min_size=1, max_size=4)
)


@given(rows=ARRAYS, data=st.data())
def test_elements_and_lengths_agree_with_python(rows: list[list[int]], data: st.DataObject) -> None:
    """An index takes what Python's takes, from either end, and len counts what Python's does."""
    i = data.draw(st.integers(-len(rows), len(rows) - 1))
    j = data.draw(st.integers(-len(rows[0]), len(rows[0]) - 1))
    assert value(f"{rows}[{i}]") == rows[i]
    assert value(f"{rows}[{i}][{j}]") == rows[i][j]
    assert value(f"len({rows})") == len(rows)
    assert value(f"len({rows}[{i}])") == len(rows[i])
    beyond = attempt(lambda: value(f"{rows}[{len(rows)}]"))
    assert isinstance(beyond, ExpressionError)
    assert f"the last is {len(rows) - 1}" in beyond.hint


@given(left=ARITHMETIC, right=ARITHMETIC, operator=st.sampled_from(["<", "<=", "==", "!=", ">", ">="]))
def test_comparisons_agree_with_python(left: str, right: str, operator: str) -> None:
    """A comparison is true exactly when Python says so of the two values."""
    sides = {"x": attempt(lambda: value(left)), "y": attempt(lambda: value(right))}
    assume(not any(isinstance(side, ExpressionError) for side in sides.values()))
    assert value(f"{left} {operator} {right}") is eval(f"x {operator} y", sides)


@given(text=ARITHMETIC)
def test_source_text_reads_back(text: str) -> None:
    """Writing a tree as text and reading it again gives the same tree; so does the text of the text."""
    tree = parse(text)
    assert parse(source_text(tree)) == tree
    assert source_text(parse(source_text(tree))) == source_text(tree)


@given(text=st.text(max_size=40) | st.text("abn0123456789.+-*/@()[]<>=!,|^ \u2212\u0302eE_&%", max_size=40))
def test_any_text_parses_or_is_refused_at_a_place_in_it(text: str) -> None:
    """Whatever comes, the parser gives a tree with places inside the text, or an error with one."""
    tree = attempt(lambda: parse(text))
    if isinstance(tree, ExpressionError):
        assert 0 <= tree.offset <= len(text)
        assert tree.message
        assert tree.hint
    else:
        assert all(0 <= node.start < node.end <= len(text) for node in walk(tree))


def test_length_of_what_has_none() -> None:
    """A single number is no array of one."""
    with pytest.raises(ExpressionError, match="a single number has no length"):
        value("len(a)")


def test_the_length_of_a_node_is_a_constant() -> None:
    """In a graph it counts the entries of the node, and no slope goes through it."""
    tape = Tape()
    x = tape.leaf("x", [1.0, 2.0, 4.0])
    mean = evaluate(parse("sum(x) / len(x)"), lambda reference: x)
    assert isinstance(mean, Var)
    assert float(mean.value) == pytest.approx(7 / 3)
    assert backward(tape, mean).gradient("x").tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("text", "offset", "hint"),
    [
        ("a ^ 2", 2, "**"),
        ("a // 2", 2, "division is written /"),
        ("a % 2", 2, "percentage is a format"),
        ("a | b", 2, "before the format"),
        ("a & b", 2, "joined by and"),
        ("!a", 0, "turn the comparison around"),
        ("not a", 0, "turn the comparison around"),
        ("a or b", 2, "two claims"),
        ("a if b else 1", 2, "max, min or relu"),
        ("lambda x", 0, "formula itself"),
        ("[a for a in v]", 3, "loops"),
        ("a = 1", 2, "written =="),
        ("(a := 1)", 3, "nothing can be assigned"),
        ("'a'", 0, "no text"),
        ('"a"', 0, "no text"),
        ("f'{a}'", 1, "no text"),
        ("a.tofile(1)", 2, "after(n)"),
        ("after(1) + a", 9, "after(10).name"),
        ("__import__(1)", 0, "functions are"),
        ("sigmoyd(a)", 0, 'did you mean "sigmoid"?'),
        ("a(1)", 0, "functions are"),
        ("count(v)", 0, 'did you mean "len"?'),
        ("average(v)", 0, 'did you mean "mean"?'),
        ("len()", 0, "write len(x)"),
        ("p.a.7", 3, "write a[7]"),
        ("p.a.7.5", 3, "write a[7]"),
        ("W₁₃ * 2", 1, "W13"),
        ("x²", 1, "x**2"),
        ("a − 1", 2, "minus of the keyboard"),
        ("a × 2", 2, "write *"),
        ("a ≤ 2", 2, "<="),
        ("x\u0302 + 1", 0, "x_hat"),
        ("2a", 1, "2*a"),
        ("1_000", 1, "without it"),
        ("a b", 2, "write *"),
        ("(a)(b)", 3, "write *"),
        ("(a", 0, "add )"),
        ("[a, b", 0, "add ]"),
        ("a)", 1, "take it out"),
        ("a +", 3, "missing"),
        ("* a", 0, "missing before"),
        ("a.", 2, "model.name"),
        ("a,b", 1, "brackets and commas"),
        ("", 0, "a name or a number"),
        ("[]", 0, "[0.5, 1]"),
        ("v[a]", 2, "x[0]"),
        ("v[1.5]", 2, "x[0]"),
        ("v[0, 1]", 3, "x[0][1]"),
        ("v[0:1]", 3, "slices"),
        ("v[99999999999]", 2, "x[0]"),
        ("m.after(a).b", 8, "after(10)"),
        ("m.after(-1).b", 8, "after(10)"),
        (f"m.after({'9' * 300}).b", 8, "after(10)"),
        ("max()", 0, "max(a, b)"),
        ("sin(a, b)", 0, "sin(x)"),
        ("round(a, b, 1)", 0, "round(x, 2)"),
        ("close(a, b)", 0, "close(a, b, 0.01)"),
        ("step(a)", 0, "functions are"),
        ("1e400", 0, "1.8e308"),
        ("\\frac{a}{b}", 0, "LaTeX"),
        ("{{ a }}", 0, "bare expression"),
        ("a\u200b", 1, "take it out"),
    ],
)
def test_refusals(text: str, offset: int, hint: str) -> None:
    """What is no expression is refused at its place with a hint that helps."""
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.offset == offset
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("2 + 1/0", 4, "1/0 has no finite value"),
        ("2 + (1/0)", 4, "1/0 has no finite value"),
        ("log(0)", 0, r"log\(0\) has no finite value"),
        ("0**-1", 0, "no finite value"),
        ("1e308*10", 0, "no finite value"),
        ("v + [1, 2]", 0, r"\(3,\) and \(2,\)"),
        ("a + [1, [2]]", 4, "both the shapes"),
        ("v == [1, 2]", 0, "cannot be compared"),
        ("1 + (a < b)", 4, "true or false"),
        ("(a < b) < 1", 0, "true or false"),
        ("a and b", 0, "joins comparisons"),
        ("sum(v, 0.5)", 7, "whole number"),
        ("sum(v, v)", 7, "single number"),
        ("round(a, v)", 9, "whole number"),
        ("v[7]", 0, "no element 7"),
        ("a[0]", 0, "single number"),
        ("a @ b", 0, "use \\* for single numbers"),
    ],
)
def test_errors_while_working_out(text: str, offset: int, message: str) -> None:
    """What has no value says why, at its place; never NaN, never a warning."""
    with pytest.raises(ExpressionError, match=message) as caught:
        value(text)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "1" + ")" * 1000,
        "-" * 3000 + "1",
        "2" + "**2" * 1000,
        "[" * 1000,
        "abs(" * 900,
        "v" + "[0]" * 1000,
        "+".join(["1"] * 2400),
        "1+" * 10_000 + "1",
        "9" * 4000 + "**" + "9" * 900,
        "a." * 2500 + "b.",
    ],
)
def test_bombs_are_refused_quickly(text: str) -> None:
    """Nesting, length and terms are bounded, as errors of ours."""
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "@"])
def test_long_chains_need_no_recursion(operator: str) -> None:
    """2,000 terms, the limit, are read, written and worked out."""
    tree = parse(operator.join(["n"] * 2000))
    assert len(references(tree)) == 2000
    assert len(source_text(tree)) >= 3999
    if operator in "+-":
        assert evaluate(tree, lookup) == (6000.0 if operator == "+" else -5994.0)


def test_references() -> None:
    """References are dotted paths in the order of the text; `after` is a part of its own."""
    tree = parse("six_weights.after(10).grad.O5.a + max(neuron.w, [b][0]) < c")
    assert [reference.parts for reference in references(tree)] == [
        ("six_weights", After(10), "grad", "O5", "a"),
        ("neuron", "w"),
        ("b",),
        ("c",),
    ]
    assert str(references(tree)[0]) == "six_weights.after(10).grad.O5.a"


def test_names_keep_their_letters() -> None:
    """ϕ and φ stay two names, accents join their letters, and lambda is a name like any other."""
    assert [str(found) for found in references(parse("ϕ + φ + lambda + y\u0302"))] == ["ϕ", "φ", "lambda", "ŷ"]


def test_places_include_parentheses() -> None:
    """The place of a part covers its own parentheses and nothing more."""
    text = " (a + b) * -c "
    tree = parse(text)
    assert [text[node.start : node.end] for node in walk(tree)] == ["(a + b) * -c", "(a + b)", "a", "b", "-c", "c"]


def test_expressions_record_on_a_tape() -> None:
    """With Vars from the lookup the same expression becomes nodes, and constants are folded before."""
    tape = Tape()
    leaves = {"w": tape.leaf("w", 0.5), "x": tape.leaf("x", 2.0)}
    result = evaluate(parse("relu(w*x + 0.1)**(6/3) - [w, x][1]"), lambda reference: leaves[str(reference)])
    assert isinstance(result, Var)
    assert [node.op for node in tape] == [
        "leaf", "leaf", "mul", "const", "add", "relu", "const", "pow", "stack", "index", "sub",
    ]  # fmt: skip
    tape.name("f", result)
    assert float(backward(tape, "f").gradient("w")) == pytest.approx(2 * 1.1 * 2)


@pytest.mark.parametrize("text", ["w < 1", "round(w, 1)", "close(w, 1, 1)"])
def test_comparisons_are_no_part_of_a_graph(text: str) -> None:
    """What has no gradient is refused in a graph."""
    with pytest.raises(ExpressionError, match="part of a graph"):
        evaluate(parse(text), lambda _: Tape().leaf("w", 1.0))


@pytest.mark.parametrize("found", [None, "1", True, math.nan, [1.0, None]])
def test_what_a_lookup_finds_is_checked(found: object) -> None:
    """A value that is no finite number is refused at the reference."""
    with pytest.raises(ExpressionError, match="net") as caught:
        evaluate(parse("1 + net.x"), lambda _: found)
    assert caught.value.offset == 4


def test_errors_of_a_lookup_pass_through() -> None:
    """An unknown name is the caller's to explain."""
    with pytest.raises(KeyError):
        value("unknown")


def test_comparison_sides() -> None:
    """A claim that fails tells the sides that do not fit, with their values."""
    tree = parse("round(a, 1) == 1.5 and 0 < a < b and close(a * 2, 2.9, 0.01)")
    assert evaluate(tree, lookup) is False
    assert comparison_sides(tree, lookup) == [Side("a", 1.5, "<", "b", -0.5), Side("a*2", 3.0, "≈", "2.9", 2.9)]
    assert comparison_sides(parse("a == 1.5"), lookup) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", None, 0, 1)),
        (" a | .2f ", ("a", ".2f", 1, 5)),
        ("a|b|.1%", ("a|b", ".1%", 0, 4)),
        ("max([a | b]) ", ("max([a | b])", None, 0, 13)),
        ("a |", ("a", "", 0, 3)),
    ],
)
def test_split_format(text: str, expected: tuple[object, ...]) -> None:
    """The last bar outside of brackets starts the format; offsets point into the text."""
    assert split_format(text) == expected


@pytest.mark.parametrize("name", ["w", "δ", "ŷ", "_x", "W13", "H3", "lambda", "loss", "ϕ", "class", "été"])
def test_names_that_can_be_declared(name: str) -> None:
    """Letters of any script, digits behind them and _ are fine; so are Python's keywords that mean nothing here."""
    assert name_problem(name) is None
    assert keyword.iskeyword("lambda")
    assert [str(found) for found in references(parse(name))] == [name]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "empty"),
        ("grad", "reserved"),
        ("updated", "reserved"),
        ("after", "reserved"),
        ("target", "reserved"),
        ("sigmoid", "function"),
        ("max", "function"),
        ("and", "joins"),
        ("not", "no name"),
        ("W₁₃", "write W13"),
        ("2x", "begins with a digit"),
        ("y hat", "write y_hat"),
        ("y-hat", "write y_hat"),
        ("y\u0302", "write “ŷ”"),
        ("x\u0302", "x_hat"),
        ("a\u200bb", "U+200B"),
        ("a+b", "+ is neither"),
        ("x٣", "neither"),
        ("__proto__\n", "U+000A"),
    ],
)
def test_names_that_cannot_be_declared(name: str, told: str) -> None:
    """A refused name says why and what to write instead."""
    problem = name_problem(name)
    assert problem is not None
    assert told in problem


def test_no_function_of_python_can_be_reached() -> None:
    """Only the functions of the table can be called, whatever the lookup holds."""
    holder: dict[str, Callable[..., object]] = {"open": open}
    with pytest.raises(ExpressionError, match="no function “open”"):
        evaluate(parse("open(1)"), lambda reference: holder[str(reference)])
