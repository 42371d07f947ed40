"""Losses of layered networks as formulas: what an :class:`OutputLoss` writes into the graph.

With t a target, a the output and z its pre-activation; k is the number of output units. All losses are sums over the
output units, but those called mean, which are divided by k.

- half_squared_error: ½(t − a)² (Rumelhart, Hinton and Williams, 1986, equation 3), squared_error: (t − a)²,
  mean_squared_error: (t − a)²/k, mean_absolute_error: |t − a|/k.
- huber: ½r² for |r| ≤ δ, else δ(|r| − ½δ), with r = t − a (Huber, 1964). It is written with m = min(|r|, δ), as
  ½m² + δ(|r| − m).
- binary_cross_entropy: −(t ln a + (1 − t) ln(1 − a)), cross_entropy: −t ln a (Bishop, 2006, equations 4.90 and 4.108).
- hinge: max(0, 1 − ta) for targets −1 and 1 (Cortes and Vapnik, 1995), with the slope 0 at its kink.

Both cross-entropies have a second form, from z: where a is 0 or 1 to the last digit its logarithm has no value although
the loss has one. With ς the softplus, these are t ς(−z) + (1 − t) ς(z), since −ln σ(z) = ς(−z), and −t ln softmax(z).
There ∂loss/∂a is worked out from z, too: 1/σ(z) = 1 + exp(−z).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bpslides import autodiff

Array = NDArray[np.float64]

#: Loss → its term of one output unit, and what the sum of these makes.
_TERMS = {
    "half_squared_error": ("({t} - {a})**2", "0.5*({all})"),
    "squared_error": ("({t} - {a})**2", "{all}"),
    "mean_squared_error": ("({t} - {a})**2", "({all})/{count}"),
    "mean_absolute_error": ("abs({t} - {a})", "({all})/{count}"),
    "huber": (
        "(0.5*min(abs({t} - {a}), {delta})**2 + {delta}*(abs({t} - {a}) - min(abs({t} - {a}), {delta})))",
        "{all}",
    ),
    "binary_cross_entropy": ("-({t}*log({a}) + (1 - {t})*log(1 - {a}))", "{all}"),
    "cross_entropy": ("{t}*log({a})", "-({all})"),
    "hinge": ("relu(1 - {t}*{a})", "{all}"),
}
#: The same from the pre-activations, by loss and activation.
_STABLE = {
    ("binary_cross_entropy", "sigmoid"): ("({t}*softplus(-{z}) + (1 - {t})*softplus({z}))", "{all}"),
    ("cross_entropy", "softmax"): ("{t}*{log_softmax}", "-({all})"),
}

RANGES = {"binary_cross_entropy": (0.0, 1.0), "cross_entropy": (0.0, 1.0), "hinge": (-1.0, 1.0)}
"""What targets must lie between; those of hinge are one of the two."""


@dataclass(frozen=True)
class OutputLoss:
    """A loss with the names that its graph has for targets, outputs and pre-activations.

    Attributes:
        loss: a key of the table above.
        activation: that of the output units.
        delta: δ of huber.
        reduction: mean or sum, over the examples of a batch.
        targets, activations, pre_activations: a name per output unit, or one for all as an array.
        count: the number of output units.
        is_named: whether each unit has names of its own. If so, values are single numbers, or with a batch of shape
            (examples,); otherwise they are of shape (units,) or (examples, units).
        batch: whether there are examples.
    """

    loss: str
    activation: str
    delta: float
    reduction: str
    targets: list[str]
    activations: list[str]
    pre_activations: list[str]
    count: int
    is_named: bool
    batch: bool

    def written(self) -> str:
        """The loss as an expression of targets and outputs."""
        return self._joined(*_TERMS[self.loss])

    def written_stable(self) -> str | None:
        """The same loss as an expression of targets and pre-activations; None where there is no such form."""
        form = _STABLE.get((self.loss, self.activation))
        if form is None:
            return None
        if self.is_named and self.activation == "softmax":
            # All units at once, for log_softmax needs them together.
            stacked = f"[{', '.join(self.pre_activations)}]"
            logs = f"transpose(log_softmax(transpose({stacked})))" if self.batch else f"log_softmax({stacked})"
            return self._reduced(f"-sum([{', '.join(self.targets)}]*{logs}{', 0' if self.batch else ''})")
        return self._joined(*form)

    def slope(self, activation: str, value: Callable[[str], Array]) -> Array | None:
        """∂loss/∂``activation`` from the pre-activations, of its shape, for a loss that has a stable form.

        None where it is too large for a number. ``value`` gives the value of a name.
        """
        target, z = (np.stack([value(name) for name in names], -1) for names in (self.targets, self.pre_activations))
        with np.errstate(over="ignore", invalid="ignore"):
            if self.activation == "softmax":
                rising, falling = np.zeros_like(z), np.exp(-np.asarray(self._log_softmax(z)))
            else:
                rising, falling = 1.0 + np.exp(z), 1.0 + np.exp(-z)
            slopes = np.where(target < 1, (1.0 - target) * rising, 0.0) - np.where(target > 0, target * falling, 0.0)
        slope = slopes[..., self.activations.index(activation)]
        if self.batch and self.reduction == "mean":
            slope = slope / len(slope)
        return np.asarray(slope) if np.isfinite(slope).all() else None

    def _log_softmax(self, stacked: Array) -> Array:
        # Units lie along the last axis when they have been stacked one by one, and before it when as one array.
        axis = -1 if self.is_named else -2
        return np.asarray(autodiff.apply("log_softmax", stacked, axis=axis))

    def _joined(self, term: str, whole: str) -> str:
        names = zip(self.targets, self.activations, self.pre_activations, strict=True)
        joined = " + ".join(
            term.format(t=t, a=a, z=z, log_softmax=f"log_softmax({z})", delta=self.delta) for t, a, z in names
        )
        if not self.is_named:
            joined = f"sum({joined}, 1)" if self.batch else f"sum({joined})"
        return self._reduced(whole.format(all=joined, count=self.count))

    def _reduced(self, each: str) -> str:
        return f"{self.reduction}({each})" if self.batch else each
