"""The plan of a walk over a layered network: forward unit by unit, back by δ layer by layer, then the update.

A :class:`Passes` is computed once from a program and its network. Each substep says what it does, which units and lines
light up, and its formulas; every number that comes with it names the substep from which on it is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bpslides.deltas import Deltas, Said, Update
from bpslides.layered import Wire
from bpslides.model import Network
from bpslides.program import Program


@dataclass(frozen=True)
class Substep:
    """One substep. ``phase``: forward, backward or update."""

    phase: str
    words: str
    said: list[Said]
    units: list[str] = field(default_factory=list)
    """Units that are worked on."""
    wires: list[str] = field(default_factory=list)
    """Lines that light up, in the direction of the phase."""
    joints: list[str] = field(default_factory=list)
    """Output units whose line to the loss lights up."""
    shows: str = "weight"
    """What stands on the lines meanwhile: weight, signal, gradient or update."""


@dataclass(frozen=True)
class UnitRow:
    """A unit, and the substeps at which its value and its δ become known; None where it has no δ."""

    name: str
    kind: str
    symbol: str
    delta: str
    value_step: int
    delta_step: int | None


@dataclass(frozen=True)
class WireRow:
    """A weight: the substeps at which its signal and its gradient become known, and its way to the loss."""

    wire: Wire
    symbol: str
    signal_step: int
    gradient_step: int
    way: list[str]
    """The lines behind it, up to the loss."""
    units: list[str]
    """The units that these go through."""
    said: list[Said]


@dataclass(frozen=True)
class Passes:
    """Everything that such a walk shows.

    ``numbers`` holds, for each kind of update that was asked for, the value of every cell: ``H3.z``, ``H3.a``,
    ``H3.delta`` (with δ = ∂L/∂z), and of each weight its name, ``signal W13``, ``gradient W13``, ``update W13`` and
    ``new W13``.
    """

    layers: list[list[str]]
    units: list[UnitRow]
    """The inputs, the other units, and last the loss."""
    wires: list[WireRow]
    targets: list[tuple[str, str, float]]
    """Output unit, symbol and value of each target."""
    substeps: list[Substep]
    phases: dict[str, int]
    """The last substep of each phase."""
    loss: str
    weight: str
    """The symbol of any weight."""
    pre_activation: str
    """The symbol of what any unit adds up."""
    numbers: dict[str, dict[str, float]]


def plan(program: Program, network: Network, updates: list[Update], signs: list[str]) -> Passes:
    """Plan the walk over a network with named units and a single example, for these conventions.

    Raises:
        AutodiffError: when the update diverges.
    """
    return _Planner(Deltas(program, network, updates, signs), network).plan()


def merged(walks: dict[str, Passes]) -> Passes:
    """Walks over one network whose squared error is halved or whole, by ``half``, as one; the numbers are the first's.

    Nothing but the numbers differs between them, so that what is done in each substep is the same.
    """
    first = next(iter(walks.values()))
    substeps = zip(*(walk.substeps for walk in walks.values()), strict=True)
    wires = zip(*(walk.wires for walk in walks.values()), strict=True)
    return replace(
        first,
        substeps=[replace(same[0], said=_by_half(walks, [step.said for step in same])) for same in substeps],
        wires=[replace(same[0], said=_by_half(walks, [row.said for row in same])) for same in wires],
    )


def _by_half(kinds: Iterable[str], said: list[list[Said]]) -> list[Said]:
    """What is said under each kind of the loss; what is the same under all of them is said once."""
    everywhere = [item for item in said[0] if all(item in other for other in said)]
    return everywhere + [
        replace(item, half=half)
        for half, items in zip(kinds, said, strict=True)
        for item in items
        if item not in everywhere
    ]


class _Planner:
    def __init__(self, deltas: Deltas, network: Network) -> None:
        self.deltas, self.network = deltas, network
        self.substeps: list[Substep] = []
        self.value_step = dict.fromkeys(deltas.layers[0], 0)
        self.delta_step: dict[str, int] = {}
        self.gradient_step: dict[str, int] = {}

    def plan(self) -> Passes:
        phases = {}
        for phase, walk in (("forward", self._forward), ("backward", self._backward), ("update", self._update)):
            walk()
            phases[phase] = len(self.substeps)
        deltas, symbols, loss = self.deltas, self.deltas.spell.symbols, self.deltas.program.output
        kinds = ["input", *["hidden"] * (len(deltas.layers) - 2), "output"]
        units = [
            UnitRow(
                name,
                kind,
                deltas.activation_symbol(name),
                deltas.delta_symbol(name),
                self.value_step[name],
                self.delta_step.get(name),
            )
            for kind, names in zip(kinds, deltas.layers, strict=True)
            for name in names
        ]
        units.append(UnitRow(loss, "end", symbols[loss], "", phases["forward"], None))
        return Passes(
            deltas.layers,
            units,
            [self._wire_row(wire) for wire in deltas.wires],
            [(unit, symbols[f"{unit}.target"], deltas.value[f"{unit}.target"]) for unit in deltas.outputs],
            self.substeps,
            phases,
            loss,
            deltas.weight,
            deltas.pre_activation,
            {update: self._numbers(update) for update in deltas.states},
        )

    def _numbers(self, update: str) -> dict[str, float]:
        deltas = self.deltas
        numbers = {name: value for name, value in deltas.value.items() if not name.endswith(".target")}
        numbers |= {f"{unit}.delta": deltas.delta(unit, update) for unit in deltas.into}
        for wire in deltas.wires:
            old, new = deltas.value[wire.name], float(deltas.states[update].updated[wire.name])
            numbers[f"signal {wire.name}"] = old * deltas.incoming(wire)
            numbers[f"gradient {wire.name}"] = deltas.gradient(wire, update)
            numbers[f"update {wire.name}"] = new - old
            numbers[f"new {wire.name}"] = new
        return numbers

    def _wire_row(self, wire: Wire) -> WireRow:
        behind: list[str] = []
        reached = [wire.unit]
        for unit in reached:  # grows while we go through it
            for after in self.deltas.out_of[unit]:
                behind.append(after.name)
                if after.unit not in reached:
                    reached.append(after.unit)
        return WireRow(
            wire,
            self.deltas.spell.symbols[wire.name],
            self.value_step[wire.unit],
            self.gradient_step[wire.name],
            behind,
            reached,
            self.deltas.written_out(wire),
        )

    def _forward(self) -> None:
        deltas = self.deltas
        groups = [
            # The units of a softmax need each other's z, and are worked on together.
            group
            for layer, names in zip(self.network.layers, deltas.layers[1:], strict=True)
            for group in ([names] if layer.activation == "softmax" else [[name] for name in names])
        ]
        total = len(groups) + 1
        for number, group in enumerate(groups, 1):
            self.value_step |= dict.fromkeys(group, number)
            activated = [unit for unit in group if deltas.is_activated(unit)]
            lines = [deltas.computed(f"{unit}.z") for unit in group]
            lines += [deltas.computed(f"{unit}.a") for unit in activated]
            does = "adds up what comes in" if len(group) == 1 else "add up what comes in"
            then = ", then activates it" if len(group) == 1 else ", then share out 1 among them"
            words = f"Forward {number} of {total}: {_listed(group)} {does}{then if activated else ''}."
            lit = [wire.name for unit in group for wire in deltas.into[unit]]
            self.substeps.append(Substep("forward", words, [Said(lines)], group, lit))
        words = f"Forward {total} of {total}: the loss says how far the output is from its target."
        self.substeps.append(
            Substep("forward", words, [Said(deltas.loss())], [deltas.program.output], joints=deltas.outputs)
        )

    def _backward(self) -> None:
        deltas = self.deltas
        total, number = 2 * len(deltas.into), 0
        for names in reversed(deltas.layers[1:]):
            for unit in names:
                number += 1
                self.delta_step[unit] = len(self.substeps) + 1
                is_output = unit in deltas.outputs
                words = f"Backward {number} of {total}: {self._why(unit, is_output=is_output)}"
                said = deltas.output_delta(unit) if is_output else deltas.hidden_delta(unit)
                lit = [wire.name for wire in deltas.out_of[unit]]
                self.substeps.append(Substep("backward", words, said, [unit], lit, [unit] if is_output else []))
            for unit in names:
                number += 1
                into = [wire.name for wire in deltas.into[unit]]
                self.gradient_step |= dict.fromkeys(into, len(self.substeps) + 1)
                words = f"Backward {number} of {total}: each weight into {unit} gets its δ, times what came in."
                self.substeps.append(Substep("backward", words, deltas.gradients(unit), [unit], into, shows="gradient"))

    def _why(self, unit: str, *, is_output: bool) -> str:
        if self.deltas.slope(unit) == 0:
            return f"{unit} is off. Its slope is 0, so its δ is 0, and nothing passes back through it."
        if not is_output:
            return f"δ of {unit} is what comes back, times its own slope."
        if unit in self.deltas.entangled:
            off = self.deltas.is_difference(unit)
            return f"δ of {unit} is " + ("how far it is off." if off else "the slope of the loss as its sum moves.")
        return f"δ of {unit} is the slope of the loss, times its own slope."

    def _update(self) -> None:
        run = self.deltas.program.run
        lit = [wire.name for wire in self.deltas.wires if wire.name not in run.frozen]
        how = "against its gradient" if self.deltas.is_plain else f"of {run.optimizer.name}"
        self.substeps.append(
            Substep(
                "update", f"Update: each weight takes one step {how}.", self.deltas.updates(), [], lit, shows="update"
            )
        )


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
