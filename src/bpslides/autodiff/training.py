"""A training run: ask for the state after n updates with `Run(...).at(n)`.

A run keeps one state, the newest. Going forward is cheap; going back starts again from the recorded tape. Long ways are
gone by a compiled loop; the state that is looked at always comes from the tape itself. With update="sequential" every
update is made on the tape. With a `Batching` the state is that of all examples, and the steps see some of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bpslides.autodiff.batches import Batching
from bpslides.autodiff.compiled import MAX_COMPILED, Loop
from bpslides.autodiff.errors import AutodiffError, Diverged, NotFinite
from bpslides.autodiff.functions import Array
from bpslides.autodiff.optimizers import Optimizer, rule, step
from bpslides.autodiff.schedule import Schedule, rate
from bpslides.autodiff.sweep import Sweep, backward, sweep_back
from bpslides.autodiff.tape import Tape

MAX_UPDATES = 100_000
"""The most updates that one run does."""

MAX_STEPS = 1_000_000
"""The most steps of the optimizer in a run; where it cannot be compiled, as many as updates."""

LEAP = 10
"""From this many updates on the way is compiled; compiling takes about as long as three updates on the tape."""

Update = Literal["simultaneous", "sequential"]
Memories = Mapping[str, Mapping[str, Array]]


@dataclass(frozen=True, eq=False)
class State:
    """A run after some updates.

    Attributes:
        tape: the tape with the parameters of this moment.
        sweep: the true derivatives of the loss.
        update_sweep: the sweep that the next update uses: `sweep` itself, or in a sequential run the sweep in which
            parameters already changed on the way. In batches it is `sweep`; the steps have sweeps of their own.
        updated: each parameter after one more update (the old value where it is frozen).
        memories: what the optimizer remembers of each parameter after that update; {} where it remembers nothing.
    """

    tape: Tape
    sweep: Sweep
    update_sweep: Sweep
    updated: dict[str, Array]
    memories: Memories


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
        batching: Batching | None = None,
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
        self.batching = batching
        self._per_update = batching.order.steps_per_update if batching else 1
        self._free = tuple(name for name in self.parameters if name not in self.frozen)
        self._newest: _Moment | None = None
        self._loop: Loop | None = None

    def at(self, n: int) -> State:
        """Return the state after `n` updates.

        Raises:
            AutodiffError: when `n` is negative or above `MAX_UPDATES`, or has too many steps.
            Diverged: when an update up to number `n` + 1 leaves the finite numbers.
        """
        if not 0 <= n <= MAX_UPDATES:
            raise AutodiffError(f"{n} updates are not possible", f"ask for 0 to {MAX_UPDATES:,}")
        most = MAX_STEPS if self._can_leap else MAX_UPDATES
        if n * self._per_update > most:
            raise AutodiffError(
                f"{n} updates of {self._per_update} steps each are too many",
                f"ask for 0 to {most // self._per_update:,}",
            )
        moment = self._newest
        if moment is None or moment.n > n:
            moment = self._moment(0, self.tape, {})
        while moment.n < n:
            if n - moment.n >= LEAP and self._can_leap:
                moment = self._leap(moment, n)
            if moment.n < n:
                moment = self._next(moment)
        self._newest = moment
        return moment.state

    def resume(self, n: int, memories: Memories) -> State:
        """Return the state after `n` updates where the tape is that of this moment, not that of the start.

        Args:
            n: how many updates lie behind it.
            memories: what the optimizer remembers, as `State.memories` of the update before.

        Raises:
            AutodiffError: when `n` is out of range, or the memories do not fit the parameters or the optimizer.
            Diverged: when the next update leaves the finite numbers.
        """
        if not 0 <= n <= MAX_UPDATES:
            raise AutodiffError(f"{n} updates are not possible", f"ask for 0 to {MAX_UPDATES:,}")
        known = set(rule(self.optimizer).memory)
        for name, memory in memories.items():
            if name not in self.parameters or not known.issuperset(memory):
                raise AutodiffError(f"{self.optimizer.name} remembers nothing like this of {name}", "", name)
            for key, value in memory.items():
                if np.shape(value) != self.tape.value(name).shape or not np.isfinite(value).all():
                    raise AutodiffError(f"the {key} of {name} is not finite, or of another shape", "", name)
        self._newest = self._moment(n, self.tape, memories)
        return self._newest.state

    @property
    def _can_leap(self) -> bool:
        one_size = self.batching is None or len(self.batching.order.lengths) == 1
        return self.update == "simultaneous" and bool(self._free) and len(self.tape) <= MAX_COMPILED and one_size

    def _leap(self, moment: "_Moment", n: int) -> "_Moment":
        """Go as far as all numbers stay finite, at most to `n`; the next update then tells what is wrong."""
        if self._loop is None:
            self._loop = Loop(self.tape, self.loss, self._free, self.optimizer, self.schedule, self.batching)
        per_update = self._per_update
        values, memories, first = moment.state.updated, moment.state.memories, (moment.n + 1) * per_update + 1
        reached = self._loop.run(values, memories, first, n * per_update)
        if reached.done % per_update:  # back to the last whole update
            reached = self._loop.run(values, memories, first, reached.done - reached.done % per_update)
        if reached.done < first:
            return moment
        return self._arrive(moment, reached.done // per_update, reached.values, {**memories, **reached.memories})

    def _next(self, moment: "_Moment") -> "_Moment":
        return self._arrive(moment, moment.n + 1, moment.state.updated, moment.state.memories)

    def _arrive(self, moment: "_Moment", n: int, values: Mapping[str, Array], memories: Memories) -> "_Moment":
        try:
            tape = moment.state.tape.replay(values)
        except NotFinite as error:
            raise _diverged(n, error.node) from error
        return self._moment(n, tape, memories)

    def _moment(self, n: int, tape: Tape, memories: Memories) -> "_Moment":
        try:
            sweep = backward(tape, tape.index(self.loss))
        except NotFinite as error:
            if n == 0:
                raise
            raise _diverged(n, error.node) from error
        try:
            if self.batching is None:
                used, updated, memories = self._step(tape, sweep, memories, n + 1, n + 1)
            else:
                used, (updated, memories) = sweep, self._steps(self.batching, tape, memories, n + 1)
        except NotFinite as error:
            raise _diverged(n + 1, error.node) from error
        return _Moment(n, State(tape, sweep, used, updated, memories))

    def _step(
        self, tape: Tape, sweep: Sweep, memories: Memories, number: int, update: int
    ) -> tuple[Sweep, dict[str, Array], Memories]:
        """Take step number `number` of the optimizer, in an update; the sweep that it used, values and memories."""
        updated = {name: tape.value(name) for name in self.parameters}
        new_memories = dict(memories)
        free = list(self._free)
        eta = rate(self.schedule, self.optimizer.learning_rate, update)

        def take_step(name: str, gradient: Array) -> Array:
            with np.errstate(all="ignore"):
                new, memory = step(self.optimizer, tape.value(name), gradient, memories.get(name, {}), number, eta)
            if not np.isfinite(new).all():
                raise _diverged(update, name)
            updated[name], new_memories[name] = np.asarray(new), memory
            return updated[name]

        used = sweep
        if self.update == "sequential":
            by_index = {tape.index(name): name for name in free}
            used = sweep_back(
                tape,
                tape.index(self.loss),
                parameters=by_index,
                complete=lambda index, adjoint: take_step(by_index[index], adjoint),
            )
            free = [name for name in free if used.adjoints[tape.index(name)] is None]
        for name in free:
            take_step(name, sweep.gradient(name))
        return used, updated, new_memories

    def _steps(
        self, batching: Batching, tape: Tape, memories: Memories, update: int
    ) -> tuple[dict[str, Array], Memories]:
        """Take all steps of an update in batches; values and memories after the last."""
        updated = {name: tape.value(name) for name in self.parameters}
        for number in range((update - 1) * self._per_update + 1, update * self._per_update + 1):
            rows = batching.values(tape, number)
            seen = batching.tapes[len(batching.order.rows(number))].replay(updated | rows)
            sweep = backward(seen, seen.index(self.loss))
            _, updated, memories = self._step(seen, sweep, memories, number, update)
        return updated, memories


@dataclass(frozen=True, eq=False)
class _Moment:
    """A state with the number of updates behind it."""

    n: int
    state: State


def _diverged(number: int, node: str | None) -> Diverged:
    where = f": {node} is no longer finite" if node else ""
    return Diverged(f"training diverged at update {number}{where}", number, "choose a smaller learning rate", node)
