"""Mistakes that people make when they work a model out by hand, each as a change of the model's own computation.

``slips_of(program, network)`` lists those that this model leaves room for. Nothing is worked out here: a
:class:`Slip` says which node has another value, or passes something else to its parent, and
:class:`~bpslides.practice.calculation.Calculation` follows it to its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise, product

import numpy as np

from bpslides.autodiff import OPS, Array, Tape
from bpslides.model import Network
from bpslides.networks import unit_names
from bpslides.practice.roundings import roundings
from bpslides.practice.slip import Latex, Said, Slip
from bpslides.program import Program

#: Computations with more nodes are not worked out by hand, and so not looked at node by node.
MOST_NODES = 400
#: Of each kind of mistake, at so many nodes.
MOST_PLACES = 24

ACTIVATIONS = frozenset({"sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu"})
#: Their slope is written with their own value: a(1 − a), 1 − a².
_BY_VALUE = frozenset({"sigmoid", "tanh"})


def slips_of(program: Program, network: Network | None) -> list[Slip]:
    """The mistakes that can be made in this model; ``network`` are its layers, if it has any."""
    return list(_Finder(program, network).all())


class _Finder:
    """Goes through the computation of one model, from the loss down."""

    def __init__(self, program: Program, network: Network | None) -> None:
        self.program, self.network, self.tape = program, network, program.tape
        self.output = self.tape.index(program.output)
        self.names: dict[int, str] = {}
        for name in program.names:
            self.names.setdefault(self.tape.index(name), name)
        self.needed = self._needed()
        self.activations = [
            index for index in self.needed if self.tape.nodes[index].op in ACTIVATIONS
        ][:MOST_PLACES]  # fmt: skip

    def all(self) -> Iterator[Slip]:
        if len(self.tape) <= MOST_NODES:
            yield from self.slopes_left_out()
            yield from self.slopes_of_z()
            yield from self.paths_left_out()
            yield from self.terms_left_out()
            yield from self.activations_left_out()
        yield from self.halves()
        yield from self.means()
        yield from self.indices_swapped()
        yield from self.updates()
        if len(self.tape) <= MOST_NODES:
            lines = {self.tape.index(name) for name in self.program.graph.lines}
            yield from roundings(self.tape, lines, {*self.activations})

    # What nodes are called.

    def symbol(self, index: int) -> Latex | None:
        """A node by its own name."""
        name = self.names.get(index)
        return None if name is None else Latex(self.program.symbol(name))

    def near(self, index: int) -> str:
        """A node by its own name, or that of the line that it is a part of."""
        return self.names.get(index) or self.tape.nearest_name(index) or self.program.output

    def _needed(self) -> list[int]:
        """The nodes that the loss depends on, and no constants; last ones first."""
        found = {self.output}
        for index in range(self.output, -1, -1):
            if index in found:
                found.update(self.tape.nodes[index].parents)
        return sorted((index for index in found if self.tape.nodes[index].op != "const"), reverse=True)

    # Backward.

    def slopes_left_out(self) -> Iterator[Slip]:
        """σ′ is forgotten: what arrives at an activation goes on as it is."""
        for index in self.activations:
            yield Slip(("The slope of the activation is missing: ", *self.slope(index), "."), pass_on=_as_is({index}))
        if len(self.activations) > 1:
            yield Slip(
                ("The slopes of the activations are missing, all of them.",), pass_on=_as_is({*self.activations})
            )

    def slopes_of_z(self) -> Iterator[Slip]:
        """z(1 − z) in place of a(1 − a)."""
        for index in self.activations:
            node = self.tape.nodes[index]
            if node.op not in _BY_VALUE:
                continue
            above, below = self.symbol(index) or "a", self.symbol(node.parents[0]) or "z"
            right, taken = (
                f"{of} \\, (1 - {of})" if node.op == "sigmoid" else f"1 - {{{of}}}^2" for of in (above, below)
            )
            said = ("The slope of the activation is ", Latex(right), ", not ", Latex(taken), ".")

            def pass_on(tape: Tape, source: int, place: int, adjoint: Array, here: int = index) -> Array | None:
                if source != here:
                    return None
                found = tape.nodes[source]
                inputs = [tape.nodes[parent].value for parent in found.parents]
                return OPS[found.op].contribution(place, adjoint, inputs[0], inputs, found.attributes)

            yield Slip(said, pass_on=pass_on)

    def slope(self, index: int) -> Said:
        """∂a/∂z of an activation."""
        above, below = self.symbol(index), self.symbol(self.tape.nodes[index].parents[0])
        if above and below:
            return (Latex(rf"\partial {above} / \partial {below}"),)
        return ("that in ", Latex(self.program.symbol(self.near(index))))

    def paths_left_out(self) -> Iterator[Slip]:
        """A name reaches the loss by several ways, and one of them is forgotten."""
        by_target: dict[int, dict[str, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
        for source in self.needed:
            for place, target in enumerate(self.tape.nodes[source].parents):
                if target in self.names:
                    by_target[target][self.near(source)].add((source, place))
        count = 0
        for target, ways in by_target.items():
            for way, edges in ways.items() if len(ways) > 1 else ():
                count += 1
                if count > MOST_PLACES:
                    return
                symbol = Latex(self.program.symbol(self.names[target]))
                through = Latex(self.program.symbol(way))
                said = ("A path is missing: ", symbol, " reaches the loss by way of ", through, ", too.")

                def pass_on(
                    tape: Tape, source: int, place: int, adjoint: Array, edges: set[tuple[int, int]] = edges
                ) -> Array | None:
                    if (source, place) not in edges:
                        return None
                    return np.zeros(tape.nodes[tape.nodes[source].parents[place]].value.shape)

                yield Slip(said, pass_on=pass_on)

    # Forward.

    def terms_left_out(self) -> Iterator[Slip]:
        """A term of a sum is forgotten, such as the bias."""
        count = 0
        for index in self.needed:
            if self.tape.nodes[index].op != "add":
                continue
            for place, term in enumerate(self.tape.nodes[index].parents):
                said = self.term(term)
                if said is None or count >= MOST_PLACES:
                    continue
                count += 1
                other = 1 - place
                where = Latex(self.program.symbol(self.near(index)))
                yield Slip(
                    ("A term is missing in ", where, ": ", said, "."),
                    alter=lambda at, value, inputs, here=index, other=other: (  # type: ignore[misc]
                        np.broadcast_to(inputs[other], value.shape) if at == here else value
                    ),
                )

    def term(self, index: int) -> Latex | None:
        """A term of a sum as a formula; None for one that has no short one."""
        node = self.tape.nodes[index]
        if node.op == "mul":
            factors = [self.symbol(parent) for parent in node.parents]
            return Latex(r" \, ".join(map(str, factors))) if all(factors) else None
        return self.symbol(index)

    def activations_left_out(self) -> Iterator[Slip]:
        """Z is taken for a."""
        for index in self.activations:
            at, of = self.symbol(index), self.symbol(self.tape.nodes[index].parents[0])
            what: Said = ("The activation is missing.",)
            if at and of:
                what = ("The activation is missing: ", at, " is not ", of, " itself.")
            yield Slip(
                what,
                alter=lambda place, value, inputs, here=index: inputs[0] if place == here else value,  # type: ignore[misc]
                pass_on=_as_is({index}),
            )

    # The loss.

    def halves(self) -> Iterator[Slip]:
        """The ½ of a squared error, and the 2 that its derivative brings."""
        pairs = []
        for index in self.needed:
            node = self.tape.nodes[index]
            pairs += [(node.op, place, self.tape.nodes[parent]) for place, parent in enumerate(node.parents)]
        constants = {(op, place, float(p.value)) for op, place, p in pairs if p.op == "const" and not p.value.ndim}
        if ("pow", 1, 2.0) not in constants:
            return
        half = Latex(r"\tfrac{1}{2}")
        if not {("mul", 0, 0.5), ("mul", 1, 0.5), ("div", 1, 2.0)}.isdisjoint(constants):
            less: Said = ("Half of what it should be: the ", half, " of the loss and the 2 of the square cancel.")
            more: Said = ("Twice as much as it should be: this loss has a ", half, ".")
        else:
            less = ("Half of what it should be: this loss has no ", half, ", so the 2 of the square stays.")
            more = ("Twice as much as it should be: the square brings a factor 2 once.",)
        yield self.scaled(0.5, less)
        yield self.scaled(2.0, more)

    def means(self) -> Iterator[Slip]:
        """A sum taken for a mean, or a mean for a sum."""
        for index in self.needed:
            node = self.tape.nodes[index]
            if node.op not in ("mean", "sum"):
                continue
            count = self.tape.nodes[node.parents[0]].value.size // node.value.size
            if count > 1:
                yield self.averaged(node.op == "mean", count)
                return
        if self.network is None:
            return
        count = sum(name.endswith(".target") for name in self.program.graph.targets)
        if count > 1:
            yield self.averaged(self.network.loss.startswith("mean_"), count)

    def averaged(self, mean: bool, count: int) -> Slip:
        if mean:
            return self.scaled(float(count), (f"The loss is a mean: its sum has to be divided by {count}.",))
        return self.scaled(1.0 / count, (f"The loss is a sum: do not divide it by {count}.",))

    def scaled(self, factor: float, said: Said) -> Slip:
        """The loss, and all that comes from it, times a factor."""
        output = self.output
        return Slip(
            said,
            alter=lambda index, value, _: value * factor if index == output else value,
            receive=lambda index, adjoint: adjoint * factor if index == output else adjoint,
        )

    # Weights and steps.

    def indices_swapped(self) -> Iterator[Slip]:
        """W₁₂ read as the weight from 2 to 1."""
        if self.network is None or not self.network.is_named:
            return
        for layer, (before, units) in zip(self.network.layers, pairwise(unit_names(self.network)), strict=True):
            if len(before) != len(units) or len(units) < 2:
                continue
            given = layer.names
            names = [
                [str(given[i][j]) if given else f"W_{source}_{unit}" for j, source in enumerate(before)]
                for i, unit in enumerate(units)
            ]
            swapped = {names[i][j]: names[j][i] for i, j in product(range(len(units)), repeat=2) if i != j}
            weight = Latex(self.program.symbol(names[0][1]))
            said = ("The indices are the other way round: ", weight, f" leads from {before[1]} to {units[0]}.")
            yield Slip(said, leaves=swapped)

    def updates(self) -> Iterator[Slip]:
        run = self.program.run
        if not run.parameters or run.batching is not None:
            return
        if run.update == "simultaneous":
            said = "This uses weights that were already updated. All slopes are taken with the old weights."
            yield Slip((said,), sequential=True)
        yield Slip(
            ("The step went uphill: the slope times ", Latex(r"\eta"), " is taken away, not added."),
            move=lambda old, new: 2.0 * old - new,
        )
        if run.optimizer.learning_rate not in (0.0, 1.0):
            yield Slip(("The learning rate ", Latex(r"\eta"), " is missing in the step."), eta=1.0)

    # Digits.


def _as_is(nodes: set[int]) -> Callable[[Tape, int, int, Array], Array | None]:
    return lambda tape, source, place, adjoint: adjoint if source in nodes else None
