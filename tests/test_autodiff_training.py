"""Sweeps, optimizers, runs and the gradient check, with the numbers of the decks."""

import dataclasses
import doctest
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

import bpslides.autodiff
from bpslides.autodiff import (
    OPS,
    Array,
    AutodiffError,
    Diverged,
    NotFinite,
    Run,
    Tape,
    backward,
    gradient_check,
    local_derivatives,
    optimizer,
    rate,
    schedule,
    step,
)
from tests.models import SIX, neuron, reused, six_weights, softmax_layer, ties, two_sigmoids


def test_the_docstring_example() -> None:
    """What the package's docstring shows is what happens."""
    assert doctest.testmod(bpslides.autodiff).attempted > 0
    assert doctest.testmod(bpslides.autodiff).failed == 0


def test_neuron() -> None:
    """The neuron of the visual guide: gradient −3.6 and −1.8, weight 0.536, and the losses after the step."""
    run = Run(neuron(), "L", ["w", "b"], optimizer("sgd", 0.01))
    state = run.at(0)
    assert state.sweep.gradient("w") == pytest.approx(-3.6)
    assert state.sweep.gradient("b") == pytest.approx(-1.8)
    assert state.updated["w"] == pytest.approx(0.536)
    assert run.at(1).tape.value("L") == pytest.approx(0.6561)
    frozen = Run(neuron(), "L", ["w", "b"], optimizer("sgd", 0.01), frozen=["b"])
    assert frozen.at(1).tape.value("L") == pytest.approx(0.685584)
    assert frozen.at(0).sweep.gradient("b") == pytest.approx(-1.8)
    assert frozen.at(0).updated["b"] == 0.1


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_resume(name: str) -> None:
    """A run that is taken up again with its parameters and memories goes on as if it had never stopped."""
    rates = schedule("step", size=4, factor=0.5)
    run = Run(six_weights(), "loss", list(SIX), optimizer(name, 0.05), schedule=rates)
    before, later = run.at(6), run.at(7)
    tape = before.tape.replay(before.updated)
    again = Run(tape, "loss", list(SIX), optimizer(name, 0.05), schedule=rates).resume(7, before.memories)
    assert again.updated == later.updated
    forgetful = Run(tape, "loss", list(SIX), optimizer(name, 0.05), schedule=rates).resume(7, {})
    assert (forgetful.updated == later.updated) == (name == "sgd")


def test_what_cannot_be_resumed() -> None:
    """Memories of another optimizer, parameter or shape are refused, and numbers of updates out of range."""
    run = Run(neuron(), "L", ["w", "b"], optimizer("momentum", 0.01))
    zero, two = np.array(0.0), np.zeros(2)
    for n, memories in (
        (-1, {}),
        (10**6, {}),
        (1, {"z": {}}),
        (1, {"w": {"mean": zero}}),
        (1, {"w": {"velocity": two}}),
    ):
        with pytest.raises(AutodiffError):
            run.resume(n, memories)
    with pytest.raises(AutodiffError, match="the velocity of w is not finite"):
        run.resume(1, {"w": {"velocity": np.array(math.nan)}})


def test_the_relu_dies() -> None:
    """With b frozen, η = 0.26 kills the ReLU at step 12 and 0.5 at step 2; 0.25 cycles and 0.125 lands."""

    def dead_at(rate: float) -> int | None:
        run = Run(neuron(), "L", ["w", "b"], optimizer("sgd", rate), frozen=["b"])
        return next((n for n in range(40) if run.at(n).tape.value("z") < 0), None)

    assert [dead_at(rate) for rate in (0.26, 0.5, 0.25, 0.125)] == [12, 2, None, None]


def test_chain_of_two_sigmoids() -> None:
    """The factors of the chain-rule deck, by sweeps that stop at named nodes, multiply to the gradient."""
    tape = two_sigmoids()
    sweep = backward(tape, "L")
    assert sweep.gradient("w1") == pytest.approx(0.0466377523, abs=1e-10)
    assert sweep.gradient("w2") == pytest.approx(-0.1119336351, abs=1e-10)
    chain = ["L", "a2", "z2", "a1", "z1", "w1"]
    factors = [float(local_derivatives(tape, y, {x})[x]) for y, x in itertools.pairwise(chain)]
    assert factors == pytest.approx([-0.7154962127, 0.2035613823, -1.2, 0.1778944406, 1.5], abs=1e-10)
    assert math.prod(factors) == pytest.approx(float(sweep.gradient("w1")), rel=1e-12)


def test_local_derivatives_treat_the_named_nodes_as_independent() -> None:
    """Stopping at u keeps the path through x alone in ∂f/∂x, and gives 0 for what is not reached."""
    tape = reused()
    u, x = float(tape.value("u")), float(tape.value("x"))
    found = local_derivatives(tape, "f", ["u", "x"])
    assert found["u"] == pytest.approx(2 * u + math.exp(u) / x)
    assert found["x"] == pytest.approx(-math.exp(u) / x**2)
    assert local_derivatives(tape, "u", ["f"])["f"] == 0.0


NEW = {
    "W13": 0.09907092884, "W23": 0.7976109599, "W14": 0.3971399242,
    "W24": 0.5926455194, "W35": 0.2723259651, "W45": 0.8729983630,
}  # fmt: skip


def test_six_weights() -> None:
    """The worked example of backprop-slowly: forward, deltas, new weights, and the loss after 1, 10, 100 updates."""
    run = Run(six_weights(), "loss", list(SIX), optimizer("sgd", 1.0))
    start = run.at(0)
    assert start.tape.value("O5.a") == pytest.approx(0.6902834929, abs=1e-10)
    deltas = [float(start.sweep.gradient(f"{unit}.z")) for unit in ("O5", "H3", "H4")]
    assert deltas == pytest.approx([0.04068112511, 0.002654489031, 0.008171645064], abs=1e-11)
    assert {name: float(value) for name, value in start.updated.items()} == pytest.approx(NEW, abs=1e-10)
    losses = [float(run.at(n).tape.value("loss")) for n in (1, 10, 100)]
    assert losses == pytest.approx([0.01656538233, 0.006899893372, 2.918213772e-7], rel=1e-9)
    assert float(run.at(1).tape.value("O5.a")) == pytest.approx(0.6820185833, abs=1e-10)


def test_sequential_update_uses_new_output_weights() -> None:
    """In a sequential run the hidden deltas use the updated output weights; the true derivatives stay to be seen."""
    run = Run(six_weights(), "loss", list(SIX), optimizer("sgd", 1.0), update="sequential")
    state = run.at(0)
    y3 = float(state.tape.value("H3.a"))
    delta = 0.04068112511 * float(state.updated["W35"]) * y3 * (1 - y3)
    assert float(state.updated["W35"]) == pytest.approx(NEW["W35"], abs=1e-10)
    assert float(state.update_sweep.gradient("H3.z")) == pytest.approx(delta, rel=1e-8)
    assert float(state.updated["W13"]) == pytest.approx(0.1 - delta * 0.35, rel=1e-9)
    assert float(state.sweep.gradient("H3.z")) == pytest.approx(0.002654489031, abs=1e-11)


def test_sequential_update_waits_until_the_adjoint_is_complete() -> None:
    """A parameter that is used twice changes only after its last use."""
    tape = Tape()
    w, v = tape.leaf("w", 2.0), tape.leaf("v", 3.0)
    inner = w * v
    tape.name("f", w * inner)
    state = Run(tape, "f", ["w", "v"], optimizer("sgd", 0.1), update="sequential").at(0)
    assert state.updated["w"] == pytest.approx(2.0 - 0.1 * 12.0)
    assert state.updated["v"] == pytest.approx(3.0 - 0.1 * 2.0 * float(state.updated["w"]))


def test_runs_go_back_and_forth() -> None:
    """Asking for an earlier state gives the same numbers as a fresh run, for an optimizer with a memory."""
    run = Run(six_weights(), "loss", list(SIX), optimizer("adam", 0.1))
    later, earlier = run.at(7).tape.value("loss"), run.at(3).tape.value("loss")
    fresh = Run(six_weights(), "loss", list(SIX), optimizer("adam", 0.1))
    assert (fresh.at(3).tape.value("loss"), fresh.at(7).tape.value("loss")) == (earlier, later)


def test_divergence_names_the_step() -> None:
    """A run that leaves the finite numbers says at which update, however far ahead was asked."""
    tape = Tape()
    tape.name("f", tape.leaf("w", 1.0) ** 4)
    run = Run(tape, "f", ["w"], optimizer("sgd", 10.0))
    with pytest.raises(Diverged, match="diverged at update") as caught:
        run.at(50)
    assert caught.value.step < 10
    assert run.at(caught.value.step - 2).tape.value("f") > 0
    with pytest.raises(Diverged):
        run.at(caught.value.step)


def test_what_a_run_refuses() -> None:
    """Wrong names, roles and counts are refused in words."""
    sgd = optimizer("sgd", 0.1)
    for arguments, message in (
        (("LL", ["w"], sgd), 'did you mean "L"'),
        (("L", ["z"], sgd), "z is computed"),
        (("L", ["w"], sgd, ["b"]), "b is frozen but is no parameter"),
        (("L", ["w"], sgd, [], "later"), "there is no update"),
    ):
        with pytest.raises(AutodiffError, match=message):
            Run(neuron(), *arguments)
    for n in (-1, 100_001):
        with pytest.raises(AutodiffError, match="not possible"):
            Run(neuron(), "L", ["w"], sgd).at(n)


def two_steps(name: str, **parameters: float) -> list[float]:
    """Take two steps from θ = 1 on f = θ², so g = 2θ."""
    chosen = optimizer(name, 0.1, **parameters)
    theta, seen = np.array(1.0), []
    memory: dict[str, Array] = {}
    for t in (1, 2):
        theta, memory = step(chosen, theta, 2.0 * theta, memory, t)
        seen.append(float(theta))
    return seen


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("sgd", {}, [0.8, 0.64]),
        ("sgd", {"weight_decay": 0.5}, [0.75, 0.5625]),
        ("momentum", {"momentum": 0.5}, [0.8, 0.8 - 0.1 * (0.5 * 2.0 + 1.6)]),
        ("nesterov", {"momentum": 0.5}, [0.7, 0.7 - 0.1 * (1.4 + 0.5 * (0.5 * 2.0 + 1.4))]),
        ("momentum", {"momentum": 0.0, "weight_decay": 0.5}, [0.75, 0.5625]),
        ("rmsprop", {"rho": 0.75}, [0.8, 0.8 - 0.16 / math.sqrt(0.75 + 0.25 * 2.56)]),
        ("adam", {}, [0.9, 0.9 - 0.1 * ((0.9 * 0.2 + 0.1 * 1.8) / 0.19) / math.sqrt((0.999 * 4 + 3.24) / 1.999)]),
        ("adamw", {"weight_decay": 0.5}, [0.85]),
    ],
)
def test_optimizers_follow_their_formulas(name: str, parameters: dict[str, float], expected: list[float]) -> None:
    """Two steps by hand agree, for every optimizer (epsilon moves the last digits only)."""
    assert two_steps(name, **parameters)[: len(expected)] == pytest.approx(expected, rel=1e-7)


def test_schedules_follow_their_formulas() -> None:
    """Rates of chosen updates, by hand."""
    steps, cosine = schedule("step", size=2, factor=0.5), schedule("cosine", steps=4, final=0.02)
    assert [rate(steps, 0.8, t) for t in range(1, 6)] == [0.8, 0.8, 0.4, 0.4, 0.2]
    half = 0.5 * (0.1 - 0.02)
    expected = [0.1, 0.02 + half * (1 + math.sqrt(0.5)), 0.06, 0.02 + half * (1 - math.sqrt(0.5)), 0.02, 0.02]
    assert [rate(cosine, 0.1, t) for t in range(1, 7)] == pytest.approx(expected, rel=1e-14)
    assert [rate(chosen, 0.1, 9) for chosen in (None, schedule())] == [0.1, 0.1]


def test_a_run_follows_its_schedule() -> None:
    """Each update takes the rate of its own number, also when the way is compiled."""
    tape = Tape()
    tape.name("f", tape.leaf("w", 1.0) * 1.0)
    run = Run(tape, "f", ["w"], optimizer("sgd", 1.0), schedule=schedule("step", size=10, factor=0.1))
    assert [float(run.at(n).tape.value("w")) for n in (0, 10, 11, 40)] == pytest.approx([1.0, -9.0, -9.1, -10.11])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "adm"}, 'did you mean "adam'),
        ({"name": "adam", "beta": 0.9}, 'did you mean "beta'),
        ({"name": "sgd", "momentum": 0.9}, "no parameter 'momentum'"),
        ({"learning_rate": math.nan}, "finite number"),
        ({"learning_rate": -1.0}, "not negative"),
        ({"learning_rate": True}, "finite number"),
        ({"name": "momentum", "momentum": 1.0}, "below 1"),
        ({"name": "adam", "epsilon": 0.0}, "above 0"),
    ],
)
def test_optimizers_refuse_bad_parameters(arguments: dict[str, object], message: str) -> None:
    """Unknown names get a suggestion, values out of range a reason."""
    with pytest.raises(AutodiffError, match=message):
        optimizer(**arguments)  # type: ignore[arg-type]


def test_gradients_of_what_is_not_reached_are_zeros() -> None:
    """A leaf that the output does not use has a gradient of zeros in its own shape."""
    tape = Tape()
    tape.leaf("unused", [1.0, 2.0])
    tape.name("f", tape.leaf("x", 1.0) * 2.0)
    assert backward(tape, "f").gradient("unused").tolist() == [0.0, 0.0]


def test_contributions_of_a_node_used_twice() -> None:
    """u·u passes two contributions to u, in argument order, and they add up."""
    tape = Tape()
    u = tape.leaf("u", 3.0)
    tape.name("f", u * u)
    sweep = backward(tape, "f")
    assert [(item.source, item.target, float(item.amount)) for item in sweep.contributions] == [(1, 0, 3.0)] * 2
    assert sweep.gradient("u") == 6.0


def test_outputs_must_be_single_numbers() -> None:
    """Sweeping from an array is refused with its name and shape."""
    tape = Tape()
    tape.name("v2", tape.leaf("v", [1.0, 2.0]) * 2.0)
    with pytest.raises(AutodiffError, match=r"v2 has the shape \(2,\)"):
        backward(tape, "v2")
    with pytest.raises(AutodiffError, match="on the tape"):
        backward(tape, 99)


def test_infinite_slopes_are_named() -> None:
    """√x at 0 has no finite slope; the error says of what and with respect to what."""
    tape = Tape()
    tape.name("f", tape.apply("sqrt", tape.leaf("x", 0.0)))
    with pytest.raises(NotFinite, match="derivative of sqrt with respect to x"):
        backward(tape, "f")


def test_gradient_check_is_far_below_its_limit() -> None:
    """Smooth models agree to 1e-9 and name their worst place."""
    for tape, loss, names in (
        (two_sigmoids(), "L", ["w1", "w2"]),
        (six_weights(), "loss", list(SIX)),
        (softmax_layer(), "L", ["W", "V"]),
        (neuron(-0.6), "L", ["w", "b"]),
    ):
        check = gradient_check(tape, loss, names)
        assert check.worst < 1e-9
        assert check.at.split("[")[0] in names
        assert check.kinks == []


def test_gradient_check_recognises_kinks() -> None:
    """Where the sweep takes a one-sided slope at a kink, the place is listed; ties that share evenly agree anyway."""
    check = gradient_check(ties(), "f", ["x", "zero"])
    assert check.kinks == ["zero"]
    assert check.worst < 1e-9


def test_gradient_check_next_to_a_kink_or_a_pole() -> None:
    """Close to a kink or a pole smaller steps are used."""
    tape = Tape()
    x = tape.leaf("x", 2e-4)
    tape.name("f", tape.apply("relu", x) * 3.0 + tape.apply("log", x))
    assert gradient_check(tape, "f", ["x"]).worst < 1e-6


def test_gradient_check_refuses_computed_nodes() -> None:
    """Only leaves can be moved."""
    with pytest.raises(AutodiffError, match="z is computed"):
        gradient_check(neuron(), "L", ["z"])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sigmoid", (lambda g, out, x: g,)),
        ("sub", (OPS["sub"].vjps[0], OPS["sub"].vjps[0])),
        ("tanh", (lambda g, out, x: g * (1.0 - out),)),
        (
            "matmul",
            (lambda g, out, a, b: np.outer(b, g) if b.size == g.size else np.outer(g, b), OPS["matmul"].vjps[1]),
        ),
        ("mul", (OPS["mul"].vjps[1], OPS["mul"].vjps[0])),
    ],
    ids=["a dropped σ'", "a flipped sign", "a wrong slope", "a transposed W", "swapped factors"],
)
def test_gradient_check_finds_mutations(
    name: str, wrong: tuple[Callable[..., Array], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong rule anywhere in the model makes the check fail loudly."""
    monkeypatch.setitem(OPS, name, dataclasses.replace(OPS[name], vjps=wrong))
    tape = Tape()
    weights, x = tape.leaf("W", [[0.5, -0.3], [-0.8, 0.4]]), tape.leaf("x", [0.8, 0.2])
    h = tape.apply("tanh", weights @ x)
    out = tape.apply("sigmoid", tape.apply("sum", h * tape.leaf("v", [0.6, -0.4])))
    tape.name("L", (1.0 - out) ** 2)
    assert gradient_check(tape, "L", ["W", "v", "x"]).worst > 1e-3


def test_a_jump_of_the_curvature_is_no_fault() -> None:
    """relu(w)² at 0 has the slope 0 from both sides; only its second derivative jumps."""
    tape = Tape()
    w = tape.leaf("w", 0.0)
    tape.name("L", tape.apply("relu", w) ** 2)
    check = gradient_check(tape, "L", ["w"])
    assert check.worst < 1e-6
    assert check.kinks == []
