"""Which examples a step of the optimizer sees: `Batches("online", 4)`, `Batches("mini", 150, size=32, seed=1)`.

An epoch goes once over all examples. Online an update is one epoch: a step per example, in order. With mini-batches an
update is one step, on the next `size` examples of an epoch that was shuffled; the last batch of an epoch is smaller
where `size` does not divide the number of examples.

The shuffle is that of Fisher and Yates in Durstenfeld's form (1964). Its random numbers hash seed, epoch and position
by the finaliser of MurmurHash3 (Appleby, 2011), so that an epoch can be asked for without those before it, and so that
the browser has the same in a few lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bpslides.autodiff.errors import AutodiffError
from bpslides.autodiff.functions import Array
from bpslides.autodiff.tape import Tape

Mode = Literal["online", "mini"]

_MASK = 0xFFFFFFFF


@dataclass(frozen=True)
class Batches:
    """The order of the examples.

    Attributes:
        mode: online or mini.
        examples: how many there are.
        size: how many a step sees; online 1.
        seed: of the shuffle, from 0 to 2⁵³.
    """

    mode: Mode
    examples: int
    size: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be.

        Raises:
            AutodiffError: when `size` is not between 1 and the number of examples, or not 1 online.
        """
        if self.mode == "online" and self.size != 1:
            raise AutodiffError(f"online takes one example a step, not {self.size}", "use mini-batches")
        if not 1 <= self.size <= self.examples:
            raise AutodiffError(f"a batch of {self.size} from {self.examples} examples is not possible")

    @property
    def steps_per_update(self) -> int:
        """How many steps the optimizer takes in one update."""
        return self.examples if self.mode == "online" else 1

    @property
    def lengths(self) -> list[int]:
        """The numbers of examples that a step may see."""
        rest = self.examples % self.size
        return [self.size, rest] if rest else [self.size]

    def rows(self, step: int) -> NDArray[np.int64]:
        """The examples of step number `step`, from 1: row numbers, of shape (size,)."""
        per_epoch = -(-self.examples // self.size)
        epoch, place = divmod(step - 1, per_epoch)
        begin = place * self.size
        end = min(begin + self.size, self.examples)
        if self.mode == "online":
            return np.arange(begin, end)
        return np.asarray(shuffled(self.examples, self.seed, epoch)[begin:end])


@dataclass(frozen=True, eq=False)
class Batching:
    """A computation recorded for the steps of a run in batches.

    Attributes:
        order: which examples each step sees.
        leaves: the leaves with one row per example.
        tapes: the computation for each of `order.lengths` examples; node by node the same as the run's own tape.
    """

    order: Batches
    leaves: tuple[str, ...]
    tapes: Mapping[int, Tape]

    def values(self, tape: Tape, step: int) -> dict[str, Array]:
        """The rows of the leaves of `tape` that step number `step` (from 1) sees, by the name of the leaf."""
        rows = self.order.rows(step)
        return {name: tape.value(name)[rows] for name in self.leaves}


@lru_cache(maxsize=4)  # the steps of one epoch ask for the same order one after the other
def shuffled(count: int, seed: int, epoch: int) -> tuple[int, ...]:
    """The numbers from 0 to `count` − 1 in the order of an epoch (from 0)."""
    order = list(range(count))
    start = _mix((_mix((seed & _MASK) ^ _mix(seed >> 32)) + epoch) & _MASK)
    for k in range(count - 1, 0, -1):
        j = _mix((start + k) & _MASK) * (k + 1) >> 32
        order[k], order[j] = order[j], order[k]
    return tuple(order)


def _mix(x: int) -> int:
    """Spread 32 bits over 32 bits, one to one."""
    x = (x ^ (x >> 16)) * 0x85EBCA6B & _MASK
    x = (x ^ (x >> 13)) * 0xC2B2AE35 & _MASK
    return x ^ (x >> 16)
