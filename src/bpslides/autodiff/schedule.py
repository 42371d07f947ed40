"""Learning-rate schedules as data and one pure function: `rate(schedule("cosine", steps=100), 0.1, t)`.

η is the base rate, t the number of the update, from 1.

- constant: η.
- step: η · factor^⌊(t−1)/size⌋, that is, times `factor` after every `size` updates.
- cosine: η_min + ½(η − η_min)(1 + cos(π · min(t−1, T)/T)) with T = `steps` and η_min = `final`; from update T + 1 on
  it stays at η_min (Loshchilov and Hutter, "SGDR", 2017, equation 5, without restarts).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bpslides.autodiff.errors import AutodiffError, did_you_mean

DEFAULTS: dict[str, dict[str, float | None]] = {
    "constant": {},
    "step": {"size": None, "factor": 0.1},
    "cosine": {"steps": None, "final": 0.0},
}
"""Each schedule's parameters with their usual values; None where one must be given."""


@dataclass(frozen=True)
class Schedule:
    """A schedule described; make one with `schedule`, which checks it.

    Attributes:
        name: a key of `DEFAULTS`.
        parameters: all of its parameters.
    """

    name: str
    parameters: Mapping[str, float]


def schedule(name: str = "constant", **parameters: float) -> Schedule:
    """Describe a schedule; parameters that are not given take their usual values.

    Raises:
        AutodiffError: for an unknown name or parameter, a missing parameter, or a value out of range.
    """
    if name not in DEFAULTS:
        raise AutodiffError(f"there is no schedule {name!r}", did_you_mean(name, DEFAULTS))
    for key, value in parameters.items():
        if key not in DEFAULTS[name]:
            raise AutodiffError(f"the schedule {name} has no parameter {key!r}", did_you_mean(key, DEFAULTS[name]))
        _check(key, value)
    complete: dict[str, float] = {}
    for key, usual in DEFAULTS[name].items():
        given = parameters.get(key, usual)
        if given is None:
            raise AutodiffError(f"the schedule {name} needs {key}", f"for instance {key}: 100")
        complete[key] = given
    return Schedule(name, complete)


def _check(key: str, value: object) -> None:
    if key in ("size", "steps"):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise AutodiffError(f"{key} must be a whole number of updates, at least 1, not {value!r}")
    elif not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value) or value < 0:
        raise AutodiffError(f"{key} must be a finite number that is not negative, not {value!r}")


def rate(chosen: Schedule | None, base: float, t: int) -> float:
    """Return the learning rate of update number `t` (from 1); without a schedule it is the base rate."""
    match chosen:
        case Schedule("step", {"size": size, "factor": factor}):
            return float(base * factor ** ((t - 1) // size))
        case Schedule("cosine", {"steps": steps, "final": final}):
            return final + 0.5 * (base - final) * (1.0 + math.cos(math.pi * (min(t - 1, steps) / steps)))
        case _:
            return base
