"""A small backpropagation core: record a computation, sweep back through it, train it, check it, send it as JSON.

It needs numpy and nothing else of bpslides. One neuron, its loss and the gradient of its weight:

>>> from bpslides.autodiff import Tape, apply, backward
>>> tape = Tape()
>>> x, y = tape.leaf("x", 2.0), tape.leaf("y", 2.0)
>>> w, b = tape.leaf("w", 0.5), tape.leaf("b", 0.1)
>>> y_hat = apply("relu", w * x + b)
>>> tape.name("L", (y - y_hat) ** 2)
>>> round(float(tape.value("L")), 6)
0.81
>>> round(float(backward(tape, "L").gradient("w")), 6)
-3.6
"""

from bpslides.autodiff.batches import Batches, Batching
from bpslides.autodiff.check import GradientCheck, gradient_check
from bpslides.autodiff.errors import AutodiffError, Diverged, NotFinite
from bpslides.autodiff.functions import Array
from bpslides.autodiff.ops import OPS, Op
from bpslides.autodiff.optimizers import Optimizer, optimizer, step
from bpslides.autodiff.schedule import Schedule, rate, schedule
from bpslides.autodiff.sweep import Contribution, Sweep, backward, local_derivatives
from bpslides.autodiff.tape import Node, Tape, Var, apply, as_value
from bpslides.autodiff.trace import from_trace, trace, trace_sweep
from bpslides.autodiff.training import Memories, Run, State

__all__ = [
    "OPS",
    "Array",
    "AutodiffError",
    "Batches",
    "Batching",
    "Contribution",
    "Diverged",
    "GradientCheck",
    "Memories",
    "Node",
    "NotFinite",
    "Op",
    "Optimizer",
    "Run",
    "Schedule",
    "State",
    "Sweep",
    "Tape",
    "Var",
    "apply",
    "as_value",
    "backward",
    "from_trace",
    "gradient_check",
    "local_derivatives",
    "optimizer",
    "rate",
    "schedule",
    "step",
    "trace",
    "trace_sweep",
]
