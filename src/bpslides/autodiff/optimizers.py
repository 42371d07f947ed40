"""Optimizers as data and one pure function: describe one with `optimizer("adam", 0.01)`, take a step with `step`.

θ is the parameter, g the gradient, η the learning rate, λ the weight decay and t the number of the step, from 1. Except
in adamw, weight decay adds λθ to the gradient; it is 0 unless given (0.01 in adamw). sgd stays bare, since the page in
the browser takes its steps too. All rules act elementwise.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bpslides.autodiff.errors import AutodiffError, did_you_mean
from bpslides.autodiff.ops import Array

State = Mapping[str, Array]
"""What an optimizer remembers of one parameter between steps; {} before the first."""

Result = tuple[Array, dict[str, Array]]

DEFAULTS: dict[str, dict[str, float]] = {
    "sgd": {},
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


def step(chosen: Optimizer, parameter: Array, gradient: Array, state: State, t: int) -> Result:
    """Return the parameter after step number `t` (from 1), and the new state; arrays of the parameter's shape."""
    if chosen.name != "adamw":
        gradient = gradient + chosen.parameters.get("weight_decay", 0.0) * parameter
    return _RULES[chosen.name](chosen, parameter, gradient, state, t)


def _sgd(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """θ ← θ − ηg (Robbins and Monro, 1951; Cauchy, 1847, for the method of steepest descent)."""
    return theta - chosen.learning_rate * g, {}


def _velocity(chosen: Optimizer, g: Array, state: State) -> Array:
    """V ← μv + g."""
    return np.asarray(chosen.parameters["momentum"] * state.get("velocity", 0.0) + g)


def _momentum(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """V ← μv + g; θ ← θ − ηv (Polyak, 1964, in the form of Sutskever et al., 2013, with η outside of v)."""
    v = _velocity(chosen, g, state)
    return theta - chosen.learning_rate * v, {"velocity": v}


def _nesterov(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """V ← μv + g; θ ← θ − η(g + μv) (Nesterov, 1983, rewritten as in Bengio et al., 2013)."""
    v = _velocity(chosen, g, state)
    return theta - chosen.learning_rate * (g + chosen.parameters["momentum"] * v), {"velocity": v}


def _rmsprop(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """S ← ρs + (1−ρ)g²; θ ← θ − ηg/(√s + ε) (Tieleman and Hinton, lecture 6.5, 2012)."""
    rho = chosen.parameters["rho"]
    s = np.asarray(rho * state.get("square", 0.0) + (1.0 - rho) * g * g)
    return theta - chosen.learning_rate * g / (np.sqrt(s) + chosen.parameters["epsilon"]), {"square": s}


def _adam(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """M ← β₁m + (1−β₁)g; s ← β₂s + (1−β₂)g²; θ ← θ − η m̂/(√ŝ + ε), hats: divided by 1−βᵗ (Kingma and Ba, 2015)."""
    beta1, beta2 = chosen.parameters["beta1"], chosen.parameters["beta2"]
    m = np.asarray(beta1 * state.get("mean", 0.0) + (1.0 - beta1) * g)
    s = np.asarray(beta2 * state.get("square", 0.0) + (1.0 - beta2) * g * g)
    move = (m / (1.0 - beta1**t)) / (np.sqrt(s / (1.0 - beta2**t)) + chosen.parameters["epsilon"])
    return theta - chosen.learning_rate * move, {"mean": m, "square": s}


def _adamw(chosen: Optimizer, theta: Array, g: Array, state: State, t: int) -> Result:
    """Adam after θ ← θ − ηλθ: weight decay decoupled from the gradient (Loshchilov and Hutter, 2019)."""
    shrunk = theta - chosen.learning_rate * chosen.parameters["weight_decay"] * theta
    return _adam(chosen, shrunk, g, state, t)


_RULES: dict[str, Callable[[Optimizer, Array, Array, State, int], Result]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adamw,
}
