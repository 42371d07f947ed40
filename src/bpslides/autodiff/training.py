"""A training run: ask for the state after n updates with `Run(...).at(n)`.

A run keeps one state, the newest. Going forward is cheap; going back starts again from the recorded tape. Long ways are
gone by a compiled loop; the state that is looked at always comes from the tape itself. With update="sequential" every
update is made on the tape.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpslides.autodiff.compiled import MAX_COMPILED, Loop
from bpslides.autodiff.errors import AutodiffError, Diverged, NotFinite
from bpslides.autodiff.functions import Array
from bpslides.autodiff.optimizers import Optimizer, step
from bpslides.autodiff.schedule import Schedule, rate
from bpslides.autodiff.sweep import Sweep, backward, sweep_back
from bpslides.autodiff.tape import Tape

MAX_UPDATES = 100_000
"""The most updates that one run does."""

LEAP = 10
"""From this many updates on the way is compiled; compiling takes about as long as three updates on the tape."""

Update = Literal["simultaneous", "sequential"]


@dataclass(frozen=True, eq=False)
class State:
    """A run after some updates.

    Attributes:
        tape: the tape with the parameters of this moment.
        sweep: the true derivatives of the loss.
        update_sweep: the sweep that the next update uses: `sweep` itself, or in a sequential run the sweep in which
            parameters already changed on the way.
        updated: each parameter after one more update (the old value where it is frozen).
    """

    tape: Tape
    sweep: Sweep
    update_sweep: Sweep
    updated: dict[str, Array]


class Run:
    """Training a recorded loss.

    With update="simultaneous" all derivatives are taken before anything changes, which is gradient descent. With
    "sequential" a parameter changes as soon as its own adjoint is complete, and the rest of the sweep reads the new
    value: the mistake of textbooks in which the hidden layer uses output weights that were already updated. It shows
    where the parameter itself is the earlier operand, as in w * y or W @ y.
    """

    def __init__(
        self,
        tape: Tape,
        loss: str,
        parameters: Sequence[str],
        optimizer: Optimizer,
        frozen: Sequence[str] = (),
        update: Update = "simultaneous",
        schedule: Schedule | None = None,
    ) -> None:
        """Describe a run; nothing is computed yet.

        Raises:
            AutodiffError: for an unknown name, a parameter that is no leaf, or a frozen name that is no parameter.
        """
        tape.index(loss)
        for name in parameters:
            if tape.nodes[tape.index(name)].op != "leaf":
                raise AutodiffError(f"{name} is computed and cannot be a parameter", "name one of its inputs", name)
        for name in frozen:
            if name not in parameters:
                hint = f"parameters: {', '.join(parameters)}"
                raise AutodiffError(f"{name} is frozen but is no parameter", hint, name)
        if update not in ("simultaneous", "sequential"):
            raise AutodiffError(f"there is no update {update!r}", 'use "simultaneous" or "sequential"')
        self.tape = tape
        self.loss = loss
        self.parameters = tuple(parameters)
        self.optimizer = optimizer
        self.frozen = tuple(frozen)
        self.update: Update = update
        self.schedule = schedule
        self._free = tuple(name for name in self.parameters if name not in self.frozen)
        self._newest: _Moment | None = None
        self._loop: Loop | None = None

    def at(self, n: int) -> State:
        """Return the state after `n` updates.

        Raises:
            AutodiffError: when `n` is negative or above `MAX_UPDATES`.
            Diverged: when an update up to number `n` + 1 leaves the finite numbers.
        """
        if not 0 <= n <= MAX_UPDATES:
            raise AutodiffError(f"{n} updates are not possible", f"ask for 0 to {MAX_UPDATES:,}")
        moment = self._newest
        if moment is None or moment.n > n:
            moment = self._moment(0, self.tape, {name: {} for name in self.parameters})
        while moment.n < n:
            if n - moment.n >= LEAP and self._can_leap:
                moment = self._leap(moment, n)
            if moment.n < n:
                moment = self._next(moment)
        self._newest = moment
        return moment.state

    @property
    def _can_leap(self) -> bool:
        return self.update == "simultaneous" and bool(self._free) and len(self.tape) <= MAX_COMPILED

    def _leap(self, moment: "_Moment", n: int) -> "_Moment":
        """Go as far as all numbers stay finite, at most to `n`; the next update then tells what is wrong."""
        if self._loop is None:
            self._loop = Loop(self.tape, self.loss, self._free, self.optimizer, self.schedule)
        reached = self._loop.run(moment.state.updated, moment.memories, moment.n + 2, n)
        if reached.done == moment.n + 1:
            return moment
        return self._arrive(moment, reached.done, reached.values, moment.memories | reached.memories)

    def _next(self, moment: "_Moment") -> "_Moment":
        return self._arrive(moment, moment.n + 1, moment.state.updated, moment.memories)

    def _arrive(
        self, moment: "_Moment", n: int, values: Mapping[str, Array], memories: dict[str, dict[str, Array]]
    ) -> "_Moment":
        try:
            tape = moment.state.tape.replay(values)
        except NotFinite as error:
            raise _diverged(n, error.node) from error
        return self._moment(n, tape, memories)

    def _moment(self, n: int, tape: Tape, memories: dict[str, dict[str, Array]]) -> "_Moment":
        loss = tape.index(self.loss)
        updated = {name: tape.value(name) for name in self.parameters}
        new_memories = dict(memories)
        free = list(self._free)
        eta = rate(self.schedule, self.optimizer.learning_rate, n + 1)

        def take_step(name: str, gradient: Array) -> Array:
            with np.errstate(all="ignore"):
                new, memory = step(self.optimizer, tape.value(name), gradient, memories[name], n + 1, eta)
            if not np.isfinite(new).all():
                raise _diverged(n + 1, name)
            updated[name], new_memories[name] = np.asarray(new), memory
            return updated[name]

        try:
            sweep = backward(tape, loss)
            used = sweep
            if self.update == "sequential":
                by_index = {tape.index(name): name for name in free}
                used = sweep_back(
                    tape, loss, parameters=by_index, complete=lambda index, adjoint: take_step(by_index[index], adjoint)
                )
                free = [name for name in free if used.adjoints[tape.index(name)] is None]
        except NotFinite as error:
            if n == 0:
                raise
            raise _diverged(n, error.node) from error
        for name in free:
            take_step(name, sweep.gradient(name))
        return _Moment(n, State(tape, sweep, used, updated), new_memories)


@dataclass(frozen=True, eq=False)
class _Moment:
    """A state with the number of updates behind it and the optimizer's memory for the next one."""

    n: int
    state: State
    memories: dict[str, dict[str, Array]]


def _diverged(number: int, node: str | None) -> Diverged:
    where = f": {node} is no longer finite" if node else ""
    return Diverged(f"training diverged at update {number}{where}", number, "choose a smaller learning rate", node)
