"""Optimizers as data and one pure function: describe one with `optimizer("adam", 0.01)`, take a step with `step`.

θ is the parameter, g the gradient, η the learning rate, λ the weight decay and t the number of the step, from 1. Except
in adamw, weight decay adds λθ to the gradient; it is 0 unless given (0.01 in adamw). All rules act elementwise.
A rule is a list of lines of one operation each, which `step` carries out, the compiled loop turns into source, and a
trace takes along to the browser.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpslides.autodiff.errors import AutodiffError, did_you_mean
from bpslides.autodiff.functions import Array

State = Mapping[str, Array]
"""What an optimizer remembers of one parameter between steps; {} before the first."""

Result = tuple[Array, dict[str, Array]]

DEFAULTS: dict[str, dict[str, float]] = {
    "sgd": {"weight_decay": 0.0},
    "momentum": {"momentum": 0.9, "weight_decay": 0.0},
    "nesterov": {"momentum": 0.9, "weight_decay": 0.0},
    "rmsprop": {"rho": 0.9, "epsilon": 1e-8, "weight_decay": 0.0},
    "adam": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0},
    "adamw": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
}
"""Each optimizer's parameters with their usual values."""


@dataclass(frozen=True)
class Optimizer:
    """An optimizer described; make one with `optimizer`, which checks it.

    Attributes:
        name: a key of `DEFAULTS`.
        learning_rate: η.
        parameters: all of its other parameters.
    """

    name: str
    learning_rate: float
    parameters: Mapping[str, float]


def optimizer(name: str = "sgd", learning_rate: float = 0.01, **parameters: float) -> Optimizer:
    """Describe an optimizer; parameters that are not given take their usual values.

    Raises:
        AutodiffError: for an unknown name or parameter, or a value out of range.
    """
    if name not in DEFAULTS:
        raise AutodiffError(f"there is no optimizer {name!r}", did_you_mean(name, DEFAULTS))
    _check("learning_rate", learning_rate)
    for key, value in parameters.items():
        if key not in DEFAULTS[name]:
            raise AutodiffError(f"the optimizer {name} has no parameter {key!r}", did_you_mean(key, DEFAULTS[name]))
        _check(key, value)
    given = {key: float(value) for key, value in parameters.items()}
    return Optimizer(name, float(learning_rate), DEFAULTS[name] | given)


def _check(key: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or value < 0:  # type: ignore[operator]
        raise AutodiffError(f"{key} must be a finite number that is not negative, not {value!r}")
    if key in ("momentum", "rho", "beta1", "beta2") and value >= 1:  # type: ignore[operator]
        raise AutodiffError(f"{key} must be below 1, not {value!r}", "usual values are 0.9 to 0.999")
    if key == "epsilon" and value == 0:
        raise AutodiffError("epsilon must be above 0", "the usual value is 1e-8")


@dataclass(frozen=True)
class Line:
    """One operation of a rule: target = left operator right; a square root has no right.

    Attributes:
        target: the name that the result gets.
        operator: one of + - * / ** sqrt.
        operands: names, or the number 1.
    """

    target: str
    operator: str
    operands: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """How an optimizer changes one parameter.

    Attributes:
        memory: what it remembers between steps; each starts at zeros of the parameter's shape.
        once: lines that give one number a step, from t, eta (η) and the optimizer's parameters.
        lines: lines that read and set theta (θ), g and the memory, elementwise.
    """

    memory: tuple[str, ...]
    once: tuple[Line, ...]
    lines: tuple[Line, ...]


def _parsed(text: str) -> tuple[Line, ...]:
    """Read lines such as "v = momentum * velocity" and "root = sqrt square", separated by semicolons."""
    lines = []
    for part in text.split(";"):
        target, _, *words = part.split()
        lines.append(
            Line(target, "sqrt", (words[1],)) if words[0] == "sqrt" else Line(target, words[1], (words[0], words[2]))
        )
    return tuple(lines)


def _rule(memory: str, once: str, lines: str) -> Rule:
    return Rule(tuple(memory.split()), _parsed(once) if once else (), _parsed(lines))


_ADAM_ONCE = (
    "rest1 = 1 - beta1; rest2 = 1 - beta2; power1 = beta1 ** t; power2 = beta2 ** t;"
    "bias1 = 1 - power1; bias2 = 1 - power2"
)
_ADAM = (
    "kept = beta1 * mean; new = rest1 * g; mean = kept + new;"
    "kept = beta2 * square; new = rest2 * g; new = new * g; square = kept + new;"
    "m = mean / bias1; s = square / bias2; root = sqrt s; root = root + epsilon;"
    "move = m / root; move = eta * move; theta = theta - move"
)

RULES: dict[str, Rule] = {
    # θ ← θ − ηg (Cauchy, 1847; with noisy gradients Robbins and Monro, 1951)
    "sgd": _rule("", "", "move = eta * g; theta = theta - move"),
    # v ← μv + g; θ ← θ − ηv (Polyak, 1964, in the form of Sutskever et al., 2013, with η outside of v)
    "momentum": _rule(
        "velocity", "", "v = momentum * velocity; velocity = v + g; move = eta * velocity; theta = theta - move"
    ),
    # v ← μv + g; θ ← θ − η(g + μv) (Nesterov, 1983, rewritten as in Bengio et al., 2013)
    "nesterov": _rule(
        "velocity",
        "",
        "v = momentum * velocity; velocity = v + g; v = momentum * velocity; v = g + v;"
        "move = eta * v; theta = theta - move",
    ),
    # s ← ρs + (1−ρ)g²; θ ← θ − ηg/(√s + ε) (Tieleman and Hinton, lecture 6.5, 2012)
    "rmsprop": _rule(
        "square",
        "rest = 1 - rho",
        "kept = rho * square; new = rest * g; new = new * g; square = kept + new;"
        "root = sqrt square; root = root + epsilon; move = eta * g; move = move / root; theta = theta - move",
    ),
    # m ← β₁m + (1−β₁)g; s ← β₂s + (1−β₂)g²; θ ← θ − η m̂/(√ŝ + ε), hats: divided by 1−βᵗ (Kingma and Ba, 2015)
    "adam": _rule("mean square", _ADAM_ONCE, _ADAM),
    # adam after θ ← θ − ηλθ: weight decay decoupled from the gradient (Loshchilov and Hutter, 2019)
    "adamw": _rule(
        "mean square",
        f"shrink = eta * weight_decay; {_ADAM_ONCE}",
        f"decay = shrink * theta; theta = theta - decay; {_ADAM}",
    ),
}
"""The rule of each optimizer, without the weight decay that goes into the gradient."""

_INTO_THE_GRADIENT = _parsed("decay = weight_decay * theta; g = g + decay")


def rule(chosen: Optimizer) -> Rule:
    """Return the rule of an optimizer, weight decay included."""
    found = RULES[chosen.name]
    if chosen.name == "adamw" or not chosen.parameters["weight_decay"]:
        return found
    return Rule(found.memory, found.once, _INTO_THE_GRADIENT + found.lines)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "sqrt": np.sqrt,
}


def step(
    chosen: Optimizer, parameter: Array, gradient: Array, state: State, t: int, eta: float | None = None
) -> Result:
    """Return the parameter after step number `t` (from 1), and the new state; arrays of the parameter's shape.

    `eta` is the learning rate of this step where a schedule sets it; otherwise it is the optimizer's.
    """
    found = rule(chosen)
    names: dict[str, Any] = {
        **chosen.parameters,
        **{key: state.get(key, np.zeros(parameter.shape)) for key in found.memory},
        "eta": chosen.learning_rate if eta is None else eta,
        "t": t,
        "1": 1.0,
        "theta": parameter,
        "g": gradient,
    }
    for line in (*found.once, *found.lines):
        names[line.target] = _OPERATORS[line.operator](*(names[operand] for operand in line.operands))
    return np.asarray(names["theta"]), {key: np.asarray(names[key]) for key in found.memory}
