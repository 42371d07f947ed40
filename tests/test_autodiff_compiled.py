"""The compiled loop: the same numbers as the tape, for every op and optimizer, and the same words when it diverges."""

import re
from collections.abc import Callable
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpslides.autodiff import OPS, AutodiffError, Diverged, Run, Schedule, Tape, optimizer, schedule, training
from bpslides.autodiff.compiled import Loop
from bpslides.autodiff.optimizers import DEFAULTS
from bpslides.autodiff.templates import HIDING, SCALAR
from tests.models import SIX, neuron, six_weights, softmax_layer
from tests.random_graphs import Recipe, play, recipes

SCHEDULES = [None, schedule("step", size=3, factor=0.5), schedule("cosine", steps=7, final=0.001)]


def recorded(recipe: Recipe) -> Tape:
    """Put a recipe on a tape."""
    tape = Tape()
    tape.name("L", play(recipe, tape.leaf, tape.apply))
    return tape


WALK, LEAP = 1_000_000, 1


def after(run: Run, n: int, leap: int) -> dict[str, np.ndarray] | tuple[int, str | None]:
    """Return the parameters after n updates, or step and node of a divergence.

    With WALK each update is made on the tape; with LEAP all but the first are compiled.
    """
    with mock.patch.object(training, "LEAP", leap):
        try:
            tape = run.at(n).tape
        except Diverged as error:
            return error.step, error.node
    return {name: tape.value(name) for name in run.parameters}


def assert_equal(runs: list[Run], n: int, relative: float) -> None:
    """Walk with the first run, leap with the second, and compare each parameter by its largest number."""
    walked, leapt = after(runs[0], n, WALK), after(runs[1], n, LEAP)
    if isinstance(walked, tuple) or isinstance(leapt, tuple):
        assert walked == leapt
        return
    for name, value in walked.items():
        assert np.abs(value - leapt[name]).max() <= relative * np.abs(value).max(), name


@settings(max_examples=150)
@given(recipe=recipes(arrays=False), name=st.sampled_from(list(DEFAULTS)), rates=st.sampled_from(SCHEDULES))
def test_single_numbers_are_the_same_to_the_last_bit(recipe: Recipe, name: str, rates: Schedule | None) -> None:
    """Random graphs of single numbers, every optimizer and schedule: 1e-15 relative after five updates."""
    tape, frozen = recorded(recipe), ["p2"]
    chosen = optimizer(name, 0.01, weight_decay=0.1)
    runs = [Run(tape, "L", ["p0", "p1", "p2"], chosen, frozen, schedule=rates) for _ in range(2)]
    assert_equal(runs, 5, 1e-15)


@settings(max_examples=100)
@given(recipe=recipes(arrays=True), name=st.sampled_from(list(DEFAULTS)))
def test_arrays_are_the_same(recipe: Recipe, name: str) -> None:
    """Random graphs with arrays and every optimizer: 1e-13 relative after five updates."""
    tape = recorded(recipe)
    runs = [Run(tape, "L", list(recipe.leaves), optimizer(name, 0.01, weight_decay=0.1)) for _ in range(2)]
    assert_equal(runs, 5, 1e-13)


GRID = [-1.3, -0.4, 0.0, 0.6, 2.1]
POSITIVE = [0.2, 0.6, 0.9, 1.4, 2.1]


@pytest.mark.parametrize("shape", [(), (5,)], ids=["single numbers", "arrays"])
@pytest.mark.parametrize("name", SCALAR)
def test_every_elementwise_op(name: str, shape: tuple[int, ...]) -> None:
    """On both sides of every kink and at it, each op gives the same number as the tape to the last bit."""
    grid = POSITIVE if name in ("log", "sqrt", "pow") else GRID
    for start in [grid] if shape else grid:
        tape = Tape()
        x, y = tape.leaf("x", start), tape.leaf("y", 0.6)
        out = tape.apply(name, *(x, y)[: OPS[name].arity])
        tape.name("L", tape.apply("mean", tape.apply("sin", out) * 1.3) + tape.apply("mean", x * y))
        assert_equal([Run(tape, "L", ["x", "y"], optimizer("sgd", 0.1)) for _ in range(2)], 2, 1e-15)


@pytest.mark.parametrize(("name", "attribute"), [("leaky_relu", {"slope": 0.3}), ("elu", {"alpha": 0.4})])
def test_attributes_reach_the_source(name: str, attribute: dict[str, float]) -> None:
    """An attribute that was given counts, not its usual value."""
    tape = Tape()
    tape.name("L", tape.apply(name, tape.leaf("x", -0.7), **attribute))
    assert_equal([Run(tape, "L", ["x"], optimizer("sgd", 0.1)) for _ in range(2)], 3, 1e-15)


def test_zero_to_the_power_of_zero() -> None:
    """Neither side of 0**0 gets a slope, although 0 has no logarithm."""
    tape = Tape()
    x, y = tape.leaf("x", 0.0), tape.leaf("y", 0.0)
    tape.name("L", x**y)
    run = Run(tape, "L", ["x", "y"], optimizer("sgd", 0.1))
    assert [float(run.at(20).tape.value(name)) for name in ("x", "y")] == [0.0, 0.0]


def test_the_six_weights_after_ten_thousand_updates() -> None:
    """Asked at once or in pieces, a long run gives the same numbers."""
    runs = [Run(six_weights(), "loss", list(SIX), optimizer("sgd", 1.0)) for _ in range(2)]
    pieces = [runs[0].at(n) for n in (3, 40, 41, 1000, 10_000)]
    end = runs[1].at(10_000)
    assert {name: float(end.tape.value(name)) for name in SIX} == {
        name: float(pieces[-1].tape.value(name)) for name in SIX
    }
    assert float(end.tape.value("loss")) < 1e-25


def test_a_state_after_a_leap_is_whole() -> None:
    """Sweep, next update and tape of a state are those of the tape, whichever way led there."""
    runs = [Run(softmax_layer(), "L", ["W", "V"], optimizer("adam", 0.01), ["V"]) for _ in range(2)]
    after(runs[0], 30, WALK)
    slow, fast = runs[0].at(30), runs[1].at(30)
    assert fast.updated["W"] == pytest.approx(slow.updated["W"], rel=1e-13)
    assert fast.sweep.gradient("V") == pytest.approx(slow.sweep.gradient("V"), rel=1e-13)
    assert fast.tape.value("V").tolist() == runs[1].tape.value("V").tolist()


def divergence(tape: Tape, rate: float, leap: int) -> Diverged:
    """Run until it fails, and return the error."""
    run = Run(tape, "L", ["w"], optimizer("sgd", rate))
    with mock.patch.object(training, "LEAP", leap), pytest.raises(Diverged) as caught:
        run.at(5000)
    return caught.value


def quartic() -> Tape:
    """A bowl so steep that large steps leave it."""
    tape = Tape()
    tape.name("L", tape.leaf("w", 1.0) ** 4)
    return tape


def hidden_infinity() -> Tape:
    """A product that overflows below a sigmoid, which makes an ordinary number of it."""
    tape = Tape()
    w = tape.leaf("w", 1.0)
    tape.name("L", tape.apply("sigmoid", w * 1e300) - w)
    return tape


def aside() -> Tape:
    """A value that overflows beside the loss, which does not use it."""
    tape = Tape()
    w = tape.leaf("w", 1.0)
    tape.name("aside", w * 1e300)
    tape.name("L", -w)
    return tape


def overflowing_array() -> Tape:
    """An array whose numbers grow without end."""
    tape = Tape()
    w = tape.leaf("w", [1.0, -2.0])
    tape.name("square", w * w)
    tape.name("L", tape.apply("sum", tape.apply("mul", w, w)))
    return tape


@pytest.mark.parametrize(
    ("make", "rate"),
    [(quartic, 10.0), (hidden_infinity, 1e7), (aside, 1e7), (overflowing_array, 3.0)],
    ids=["a power", "hidden by a sigmoid", "beside the loss", "an array"],
)
def test_divergence_is_told_in_the_same_words(make: Callable[[], Tape], rate: float) -> None:
    """Step, node and message are those of the tape, even where the loss itself stays finite."""
    slow, fast = divergence(make(), rate, WALK), divergence(make(), rate, LEAP)
    assert (fast.step, fast.node, fast.message) == (slow.step, slow.node, slow.message)
    assert slow.step > 2


def test_a_false_alarm_costs_time_and_nothing_else() -> None:
    """Finite numbers whose sum overflows stop the loop for one update, not the run."""
    tape = Tape()
    v, w = tape.leaf("v", 1e308), tape.leaf("w", 1e308)
    tape.name("L", v * 1e-308 + w * 1e-308)
    run = Run(tape, "L", ["v", "w"], optimizer("sgd", 0.1))
    assert run.at(60).tape.value("v") == 1e308


def test_every_elementwise_op_has_a_template() -> None:
    """The templates are complete, and each has a place for every parent; names of other ops are real."""
    assert set(SCALAR) == {name for name, op in OPS.items() if op.elementwise}
    assert all(len(template.slopes) == OPS[name].arity for name, template in SCALAR.items())
    assert set(OPS) >= HIDING


def test_no_name_of_a_user_gets_into_the_source() -> None:
    """The source is made of templates and numbered names."""
    tape = Tape()
    w = tape.leaf("__import__('os')", 0.5)
    tape.name("evil\nimport os", w * w)
    loop = Loop(tape, "evil\nimport os", ["__import__('os')"], optimizer("adamw", 0.1))
    assert "os" not in re.findall(r"\w+", loop.source)
    assert "import" not in loop.source


def test_what_a_run_starts_from_stays_as_it_is() -> None:
    """A leap writes into arrays of its own only: going back gives the first numbers again."""
    run = Run(softmax_layer(), "L", ["W", "V"], optimizer("momentum", 0.1))
    before = run.at(0).tape.value("W").copy()
    middle = run.at(50)
    kept = [middle.tape.value("W").copy(), middle.updated["W"].copy()]
    run.at(100)
    assert (middle.tape.value("W") == kept[0]).all()
    assert (middle.updated["W"] == kept[1]).all()
    assert (run.at(0).tape.value("W") == before).all()


def test_a_run_without_free_parameters() -> None:
    """When all parameters are frozen nothing moves, and nothing fails."""
    run = Run(neuron(), "L", ["w"], optimizer("sgd", 0.1), ["w"])
    assert run.at(1000).tape.value("w") == 0.5


def test_a_parameter_that_the_loss_does_not_use() -> None:
    """It keeps its value, but for its weight decay."""
    tape = Tape()
    unused, w = tape.leaf("unused", [1.0, 2.0]), tape.leaf("w", 1.0)
    tape.name("aside", unused * 2.0)
    tape.name("L", w * w)
    run = Run(tape, "L", ["unused", "w"], optimizer("sgd", 0.1, weight_decay=0.5))
    assert run.at(40).tape.value("unused") == pytest.approx(np.array([1.0, 2.0]) * 0.95**40)


def test_schedules_are_refused_with_words() -> None:
    """Unknown names get a suggestion, missing and bad parameters a reason."""
    for arguments, message in (
        ({"name": "cosin"}, 'did you mean "cosine"'),
        ({"name": "step"}, "needs size"),
        ({"name": "step", "size": 0}, "at least 1"),
        ({"name": "step", "size": 2.5}, "whole number"),
        ({"name": "cosine", "steps": 10, "final": -1.0}, "not negative"),
        ({"name": "cosine", "steps": 10, "factor": 1.0}, "no parameter 'factor'"),
    ):
        with pytest.raises(AutodiffError, match=message):
            schedule(**arguments)
