"""Steps that see some of the examples: their order, the updates against a loop by hand, and what goes wrong."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpslides.autodiff import AutodiffError, Batches, Batching, Diverged, Run, Tape, optimizer
from bpslides.autodiff.batches import shuffled
from bpslides.autodiff.optimizers import DEFAULTS
from tests.test_autodiff_compiled import assert_equal

X = np.array([0.5, -1.0, 1.5, 2.0, -0.25])
Y = np.array([0.3, 1.2, 0.7, 0.4, -0.6])


def line(examples: int = 5) -> Tape:
    """A line through points, with the mean of half the squared errors."""
    tape = Tape()
    x, y = tape.leaf("x", X[:examples]), tape.leaf("y", Y[:examples])
    error = tape.leaf("w", 0.2) * x + tape.leaf("b", 0.1) - y
    tape.name("loss", tape.apply("mean", error * error) * 0.5)
    return tape


def in_batches(order: Batches, name: str = "sgd", rate: float = 0.1) -> Run:
    """A run of the line that sees the points in this order."""
    batching = Batching(order, ("x", "y"), {length: line(length) for length in order.lengths})
    return Run(line(order.examples), "loss", ["w", "b"], optimizer(name, rate), batching=batching)


def by_hand(steps: list[list[int]], rate: float = 0.1) -> tuple[float, float]:
    """Plain gradient descent on the line: w and b after steps that see these points."""
    w, b = 0.2, 0.1
    for rows in steps:
        error = w * X[rows] + b - Y[rows]
        w, b = w - rate * np.mean(error * X[rows]), b - rate * np.mean(error)
    return w, b


@given(count=st.integers(1, 60), seed=st.integers(0, 2**53), epoch=st.integers(0, 10**6))
def test_a_shuffle_keeps_every_example(count: int, seed: int, epoch: int) -> None:
    """Each order holds every number once."""
    assert sorted(shuffled(count, seed, epoch)) == list(range(count))


def test_shuffles_are_fair() -> None:
    """Over many epochs, and over many seeds, each of three examples stands in each place about equally often."""
    for orders in ([shuffled(3, 7, k) for k in range(3000)], [shuffled(3, k, 0) for k in range(3000)]):
        counts = [[sum(order[place] == k for order in orders) for k in range(3)] for place in range(3)]
        assert all(900 < count < 1100 for row in counts for count in row)
    assert shuffled(20, 1, 0) != shuffled(20, 1, 1) != shuffled(20, 2, 1)


@given(examples=st.integers(1, 30), size=st.integers(1, 30), seed=st.integers(0, 5))
def test_an_epoch_sees_every_example_once(examples: int, size: int, seed: int) -> None:
    """The batches of an epoch have the sizes that were promised, and no example twice."""
    if size > examples:
        with pytest.raises(AutodiffError, match=f"a batch of {size} from {examples} examples"):
            Batches("mini", examples, size, seed)
        return
    order = Batches("mini", examples, size, seed)
    per_epoch = -(-examples // size)
    for epoch in range(3):
        rows = [order.rows(epoch * per_epoch + k + 1) for k in range(per_epoch)]
        assert sorted(np.concatenate(rows)) == list(range(examples))
        assert {len(row) for row in rows} == set(order.lengths)


@pytest.mark.parametrize("n", [1, 2, 3, 40])
def test_online_is_an_epoch_in_order(n: int) -> None:
    """After n updates each point was seen n times, one after the other."""
    state = in_batches(Batches("online", 5)).at(n)
    w, b = by_hand([[k] for _ in range(n) for k in range(5)])
    assert [float(state.tape.value(name)) for name in "wb"] == pytest.approx([w, b], rel=1e-13)
    w, b = by_hand([[k] for _ in range(n + 1) for k in range(5)])
    assert [float(state.updated[name]) for name in "wb"] == pytest.approx([w, b], rel=1e-13)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("n", [1, 4, 31])
def test_a_mini_batch_is_a_step(size: int, n: int) -> None:
    """After n updates n batches were seen; the values shown are those of all points."""
    order = Batches("mini", 5, size, seed=3)
    state = in_batches(order).at(n)
    w, b = by_hand([list(order.rows(k)) for k in range(1, n + 1)])
    assert [float(state.tape.value(name)) for name in "wb"] == pytest.approx([w, b], rel=1e-13)
    assert float(state.tape.value("loss")) == pytest.approx(0.5 * np.mean((w * X + b - Y) ** 2), rel=1e-13)
    assert float(state.sweep.gradient("b")) == pytest.approx(np.mean(w * X + b - Y), rel=1e-12)


@settings(max_examples=40)
@given(
    name=st.sampled_from(list(DEFAULTS)),
    order=st.sampled_from([Batches("online", 4), Batches("mini", 4, 2, 9), Batches("mini", 5, 1)]),
    rate=st.sampled_from([0.05, 30.0]),
)
def test_compiled_is_the_same(name: str, order: Batches, rate: float) -> None:
    """The compiled loop makes the same steps as the tape, and stops before the same update."""
    assert_equal([in_batches(order, name, rate), in_batches(order, name, rate)], 25, 1e-11)


def test_forth_and_back() -> None:
    """An earlier state can be asked for after a later one."""
    run = in_batches(Batches("mini", 5, 2), "adam")
    forth = [float(run.at(n).tape.value("w")) for n in (0, 3, 20)]
    assert [float(run.at(n).tape.value("w")) for n in (20, 3, 0)] == forth[::-1]
    assert all(a != b for a, b in pairwise(forth))


def test_divergence_names_the_update() -> None:
    """A rate that is far too large: the update is told, and what is no longer finite."""
    run = in_batches(Batches("online", 5), "sgd", 1e4)
    with pytest.raises(Diverged, match=r"training diverged at update \d+: ") as error:
        run.at(1000)
    assert np.isfinite(run.at(error.value.step - 2).tape.value("loss"))


def test_too_many_steps() -> None:
    """An update of many steps counts as many."""
    examples = 1000
    tape = Tape()
    x = tape.leaf("x", np.linspace(0, 1, examples))
    tape.name("loss", tape.apply("mean", tape.leaf("w", 1.0) * x))
    small = Tape()
    small.name("loss", small.apply("mean", small.leaf("w", 1.0) * small.leaf("x", [0.0])))
    batching = Batching(Batches("online", examples), ("x",), {1: small})
    run = Run(tape, "loss", ["w"], optimizer("sgd", 0.1), batching=batching)
    with pytest.raises(AutodiffError, match="1001 updates of 1000 steps each are too many"):
        run.at(1001)


def test_online_takes_one() -> None:
    """Online and a size do not go together."""
    with pytest.raises(AutodiffError, match="online takes one example a step, not 2"):
        Batches("online", 4, 2)
