"""A model worked out with a mistake in it: the same tape and the same rules, changed where the mistake is.

``Calculation(program, slip).found`` gives the numbers that somebody finds who makes this slip and no other.
"""

from __future__ import annotations

from functools import cached_property, partial

import numpy as np

from bpslides.autodiff import Array, Run, Sweep, Tape, rate, step
from bpslides.autodiff.sweep import sweep_back
from bpslides.practice.slip import Slip
from bpslides.program import Program


class NotFollowed(Exception):
    """A mistake is not followed as far as this number."""


class Calculation:
    """The numbers of a model after a slip. They are worked out as they are asked for."""

    def __init__(self, program: Program, slip: Slip) -> None:
        """Prepare the calculation of a program as it stands."""
        self.program, self.slip = program, slip

    def found(self, steps: int, kind: str, name: str) -> Array:
        """A value (``kind`` value), a gradient (grad) or a parameter after one more step (updated), after ``steps``.

        Raises:
            NotFollowed: for more than one step.
            AutodiffError: where a number on the way is not finite.
        """
        if steps:
            if steps > 1 or kind == "updated":
                raise NotFollowed
            return self.later.found(0, kind, name)
        match kind:
            case "grad":
                return self.sweep.gradient(name)
            case "updated":
                return self.updated(name)
            case _:
                return self.tape.value(name)

    @cached_property
    def tape(self) -> Tape:
        """The way forward."""
        swapped = self.slip.leaves or {}
        if not swapped and self.slip.alter is None:
            return self.program.tape
        leaves = {name: self.program.tape.value(other) for name, other in swapped.items()}
        return self.program.tape.replay(leaves, self.slip.alter)

    @cached_property
    def sweep(self) -> Sweep:
        """The way back."""
        if self.slip.sequential:
            return self._sequential.at(0).update_sweep
        pass_on = self.slip.pass_on
        return sweep_back(
            self.tape,
            self.tape.index(self.program.output),
            receive=self.slip.receive,
            pass_on=partial(pass_on, self.tape) if pass_on is not None else None,
        )

    @cached_property
    def _sequential(self) -> Run:
        run = self.program.run
        return Run(
            self.tape, run.loss, run.parameters, run.optimizer, run.frozen, "sequential", run.schedule, run.batching
        )

    def updated(self, name: str) -> Array:
        """A parameter after the first step; with batches the steps of an update are too many to follow."""
        run, slip = self.program.run, self.slip
        if run.batching is not None:
            raise NotFollowed
        if slip.sequential:
            return self._sequential.at(0).updated[name]
        old = self.program.tape.value(name)
        if name in run.frozen:
            return old
        eta = rate(run.schedule, run.optimizer.learning_rate, 1) if slip.eta is None else slip.eta
        with np.errstate(all="ignore"):
            new, _ = step(run.optimizer, old, self.sweep.gradient(name), {}, 1, eta)
        return new if slip.move is None else slip.move(old, new)

    @cached_property
    def later(self) -> Calculation:
        """The same, with the same slip, after one step."""
        parameters = {name: self.updated(name) for name in self.program.run.parameters}
        return Calculation(self.program.at(parameters), self.slip)
