"""The tape: recording, names, replay, and the errors with the nodes they name."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from bpslides.autodiff import AutodiffError, NotFinite, Tape, apply
from bpslides.autodiff import tape as tape_module
from bpslides.autodiff.sweep import sweep_back


def test_recording_keeps_data_in_execution_order() -> None:
    """Operators record nodes with their parents and values; names point at them and may be aliases."""
    tape = Tape()
    w, x = tape.leaf("w", 0.5), tape.leaf("x", 2.0)
    z = 1.0 - w * x / 4 + (-w) ** 2
    tape.name("z", z)
    tape.name("also_z", z)
    assert [node.op for node in tape] == [
        "leaf", "leaf", "mul", "const", "div", "const", "sub", "neg", "const", "pow", "add",
    ]  # fmt: skip
    assert tape.nodes[2].parents == (0, 1)
    assert tape.value("z") == 1.0
    assert tape.names["z"] == tape.names["also_z"] == len(tape) - 1


def test_reflected_operators_and_arrays() -> None:
    """Plain numbers, lists and numpy arrays work on either side; a Var is indexed like an array."""
    tape = Tape()
    v, s = tape.leaf("v", [1.0, 2.0]), tape.leaf("s", 2.0)
    row = np.array([3.0, 5.0])
    assert (row - v).value.tolist() == [2.0, 3.0]
    assert (row @ v).value == 13.0
    assert (v @ row).value == 13.0
    assert (8.0 / s).value == 4.0
    assert (3.0**s).value == 9.0
    assert (v + [1.0, 1.0])[1].value == 3.0  # noqa: RUF005 - v is no list
    assert v.shape == (2,)


def test_replay_recomputes_and_leaves_the_tape_alone() -> None:
    """A replay has the same structure and names with everything recomputed."""
    tape = Tape()
    tape.name("z", tape.leaf("w", 0.5) * tape.leaf("x", 2.0) + 0.1)
    again = tape.replay({"w": 3.0})
    assert again.value("z") == pytest.approx(6.1)
    assert tape.value("z") == pytest.approx(1.1)
    assert again.names == tape.names
    assert [node.op for node in again] == [node.op for node in tape]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"ww": 1.0}, 'did you mean "w"'),
        ({"z": 1.0}, "z is computed"),
        ({"w": [1.0, 2.0]}, r"shape \(\), not \(2,\)"),
        ({"w": "1"}, "w must be a number or an array of numbers, not text"),
    ],
)
def test_replay_refuses_what_does_not_fit(values: dict[str, object], message: str) -> None:
    """A replay takes only leaves, in the shape that they have."""
    tape = Tape()
    tape.name("z", tape.leaf("w", 0.5) * 2.0)
    with pytest.raises(AutodiffError, match=message):
        tape.replay(values)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1", "not text"),
        (True, "not true or false"),
        (None, "not nothing"),
        ([1.0, None], "not nothing"),
        ([[1.0], [1.0, 2.0]], "differ in length"),
        ([1.0, [2.0]], "differ in length"),
        ([], "is empty"),
        ([[]], "is empty"),
        (1j, "not complex"),
        (Fraction(1, 2), "not Fraction"),
        (np.array([True]), "not bool"),
        (np.array(["a"]), "must be a number"),
        (10**400, "too large"),
        (float("nan"), "not finite"),
        ([1.0, float("inf")], "not finite"),
        (np.zeros(1_000_001), "the limit is 1,000,000"),
        ([[0.0] * 1000] * 1001, "more than 1,000,000"),
    ],
)
def test_odd_values_are_refused(value: object, message: str) -> None:
    """Whatever is not a finite number or a regular array of them is refused, with the leaf's name."""
    with pytest.raises(AutodiffError, match=message) as caught:
        Tape().leaf("the_leaf", value)
    assert "the_leaf" in caught.value.message


def test_deep_nesting_is_refused() -> None:
    """A list nested beyond what numpy takes is refused in words."""
    value: object = 1.0
    for _ in range(100):
        value = [value]
    with pytest.raises(AutodiffError, match="32 deep"):
        Tape().leaf("x", value)


def test_shape_mismatch_names_shapes_and_nodes() -> None:
    """The message has both shapes and both names."""
    tape = Tape()
    weights, x = tape.leaf("weights", [[1.0, 2.0]]), tape.leaf("x", [1.0, 2.0, 3.0])
    with pytest.raises(AutodiffError, match=r"\(1, 2\) and \(3,\) \(weights and x\)") as caught:
        tape.apply("matmul", weights, x)
    assert caught.value.node == "weights"


def test_not_finite_names_op_and_node_while_recording() -> None:
    """A NaN while recording names the operation and the named node that it came from."""
    tape = Tape()
    z = tape.leaf("z", -1.0)
    with pytest.raises(NotFinite, match="sqrt of z") as caught:
        tape.apply("sqrt", z)
    assert (caught.value.op, caught.value.node) == ("sqrt", "z")
    with pytest.raises(NotFinite, match="log of z"):
        tape.apply("log", z - z)


def test_not_finite_names_the_line_while_replaying() -> None:
    """A NaN in a replay names the line that the operation belongs to."""
    tape = Tape()
    x = tape.leaf("x", 1.0)
    tape.name("ratio", 1.0 / (x - 3.0) + 1.0)
    tape.name("other", x * 2.0)
    with pytest.raises(NotFinite, match="div in ratio") as caught:
        tape.replay({"x": 3.0})
    assert caught.value.node == "ratio"


@pytest.mark.parametrize(
    ("op", "arguments"),
    [("div", (1.0, 0.0)), ("exp", (1e3,)), ("log", (0.0,)), ("pow", (0.0, -1.0)), ("mul", (1e300, 1e300))],
)
def test_no_numpy_warning_escapes(op: str, arguments: tuple[float, ...]) -> None:
    """Overflow, division by zero and log(0) are errors of ours, never warnings (which are errors here)."""
    with pytest.raises(NotFinite, match=op):
        apply(op, *arguments)


def test_names_are_unique() -> None:
    """A name stands for one node only."""
    tape = Tape()
    x = tape.leaf("x", 1.0)
    with pytest.raises(AutodiffError, match="already"):
        tape.leaf("x", 2.0)
    tape.name("x", x)
    with pytest.raises(AutodiffError, match="already"):
        tape.name("x", x + 1.0)


def test_tapes_do_not_mix() -> None:
    """Arguments from two tapes, and a name for a foreign node, are refused."""
    one, two = Tape().leaf("a", 1.0), Tape().leaf("b", 1.0)
    with pytest.raises(AutodiffError, match="different tapes"):
        one + two
    with pytest.raises(AutodiffError, match="another tape"):
        one.tape.name("b", two)


def test_the_tape_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tape that grows beyond the limit is refused."""
    monkeypatch.setattr(tape_module, "MAX_NODES", 3)
    x = Tape().leaf("x", 1.0)
    with pytest.raises(AutodiffError, match="at most 3 nodes"):
        x + 1.0 + 2.0


def test_values_cannot_be_changed_behind_the_tape() -> None:
    """The arrays on a tape are read-only copies."""
    given = np.array([1.0, 2.0])
    tape = Tape()
    leaf = tape.leaf("v", given)
    given[0] = 9.0
    assert leaf.value[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        leaf.value[0] = 9.0


def test_a_var_is_not_iterable() -> None:
    """Unpacking a Var is an error at once, not an endless search for an end."""
    with pytest.raises(TypeError):
        list(Tape().leaf("v", [1.0, 2.0]))  # type: ignore[call-overload]


def test_importing_the_core_loads_nothing_of_the_slide_tool() -> None:
    """The core needs numpy and its own modules only."""
    code = (
        "import sys, bpslides.autodiff\n"
        "print(sorted(m for m in sys.modules if m.startswith('bpslides') and 'autodiff' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['bpslides']"


def test_a_replay_follows_a_mistake() -> None:
    """A value that is made another one on the way is what everything after it is computed from; the tape stays."""
    tape = Tape()
    w, x = tape.leaf("w", 3.0), tape.leaf("x", 2.0)
    tape.name("z", w * x)
    tape.name("L", tape.apply("exp", -(w * x)))
    place = tape.index("z")
    wrong = tape.replay({}, lambda index, value, inputs: inputs[0] + inputs[1] if index == place else value)
    assert wrong.value("z") == 5.0
    assert wrong.value("L") == tape.value("L") == np.exp(-6.0)
    assert tape.value("z") == 6.0
    doubled = tape.replay({"x": 1.0}, lambda _, value, __: 2.0 * value)
    assert doubled.value("z") == 6.0
    with pytest.raises(NotFinite):
        tape.replay({}, lambda _, value, __: value * np.inf)


def test_a_sweep_follows_a_mistake() -> None:
    """Adjoints may be changed as they are complete, and what is passed on; None passes on what is right."""
    tape = Tape()
    w, x = tape.leaf("w", 3.0), tape.leaf("x", 2.0)
    tape.name("z", w * x)
    tape.name("L", tape.apply("sin", w * x) + w)
    output, z = tape.index("L"), tape.index("z")
    right = sweep_back(tape, output)
    assert sweep_back(tape, output, pass_on=lambda *_: None).gradient("w") == right.gradient("w") == 2 * np.cos(6.0) + 1
    # The slope of the sine is forgotten, then its whole path.
    sine = next(index for index, node in enumerate(tape) if node.op == "sin")
    assert sweep_back(tape, output, pass_on=lambda s, _, a: a if s == sine else None).gradient("w") == 3.0
    assert sweep_back(tape, output, pass_on=lambda s, _, a: 0 * a if s == sine else None).gradient("w") == 1.0
    halved = sweep_back(tape, output, receive=lambda index, adjoint: adjoint / 2 if index == sine else adjoint)
    assert halved.gradient("w") == np.cos(6.0) + 1
    assert halved.gradient("x") == 1.5 * np.cos(6.0)
    assert z not in [contribution.target for contribution in halved.contributions]
