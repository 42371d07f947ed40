r"""Formulas of a layered network, by δ: what goes forward through a unit, what comes back to it, and one weight's way.

Books disagree about the sign of δ, and some have hidden layers look at output weights that are updated already.
:class:`Deltas` writes every formula once for each convention under which it differs; the numbers are the core's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from bpslides import chains
from bpslides.autodiff import Run, State, local_derivatives
from bpslides.autodiff.schedule import rate
from bpslides.expression import Binary, Expression, ExpressionError, Reference, Unary, references
from bpslides.layered import Wire, wires
from bpslides.model import Network
from bpslides.networks import unit_names
from bpslides.program import Program
from bpslides.spelling import Spelling, equation, in_two_rows, shared

Update = Literal["simultaneous", "sequential"]


#: A chain is written out in full for so many ways from a weight to the loss.
MAX_WAYS = 2
#: An update is written out weight by weight for so many of them.
MAX_WRITTEN = 6

Factor = tuple[str, float]
"""A factor of a product: its symbol and its number."""


@dataclass(frozen=True)
class Said:
    """Formulas as LaTeX, and the conventions under which they hold; "" is any.

    ``sign`` is plus for δ = ∂L/∂z and minus for δ = −∂L/∂z, ``update`` simultaneous or sequential, ``half`` half or
    whole, for a squared error.
    """

    lines: list[str]
    sign: str = ""
    update: str = ""
    half: str = ""

    @property
    def height(self) -> float:
        """What they take below each other, in lines without a fraction."""
        return sum(1.6 if r"\frac" in line else 1 for line in self.lines)


class Deltas:
    """The formulas of a network with named units and a single example.

    Attributes:
        states: the start of the model's run, for each kind of update that was asked for.
        layers: the names of the units, inputs first.
        into, out_of: the weights into and out of each unit.
        weight, pre_activation: the symbol of any weight and of any unit's z, as the model calls them.
        entangled: units of which ∂L/∂z is known at once only: those of a softmax, or of a loss that is written with z.
    """

    def __init__(self, program: Program, network: Network, updates: list[Update], signs: list[str]) -> None:
        """Work out the numbers of every kind of update; formulas are written for these ``signs`` of δ.

        Raises:
            AutodiffError: when the update diverges.
        """
        self.program, self.signs = program, signs
        self.states: dict[str, State] = {update: _state(program, update) for update in updates}
        self.first = next(iter(self.states.values()))
        self.spell = Spelling(program, self.first)
        self.value = self.spell.value
        self.layers = unit_names(network)
        self.wires = wires(network)
        self.into = {unit: [w for w in self.wires if w.unit == unit] for names in self.layers[1:] for unit in names}
        self.out_of = {unit: [w for w in self.wires if w.source == unit] for names in self.layers for unit in names}
        self.outputs = self.layers[-1]
        self.weight = shared((self.spell.symbols[wire.name] for wire in self.wires if wire.source), "w")
        self.pre_activation = shared((self.spell.symbols[f"{unit}.z"] for unit in self.into), "z")
        named = {str(ref) for ref in references(program.expressions[program.output])}
        layers = list(zip(network.layers, self.layers[1:], strict=True))
        self.softmax = {unit for layer, names in layers if layer.activation == "softmax" for unit in names}
        self.entangled = self.softmax | {unit for unit in self.outputs if f"{unit}.a" not in named}
        self._slopes: dict[str, float] = {}

    # Numbers.

    def delta(self, unit: str, update: str, sign: str = "plus") -> float:
        """δ of a unit that is no input."""
        delta = float(self.states[update].update_sweep.gradient(f"{unit}.z"))
        return -delta if sign == "minus" else delta

    def gradient(self, wire: Wire, update: str) -> float:
        """∂L/∂w as that update uses it."""
        return float(self.states[update].update_sweep.gradient(wire.name))

    def incoming(self, wire: Wire) -> float:
        """What a weight is multiplied by; 1 for a bias."""
        if not wire.source:
            return 1.0
        return self.value[wire.source if wire.source in self.layers[0] else f"{wire.source}.a"]

    def slope(self, unit: str) -> float:
        """∂a/∂z of one unit."""
        if unit not in self._slopes:
            z, a = f"{unit}.z", f"{unit}.a"
            tape = self.program.tape
            self._slopes[unit] = float(local_derivatives(tape, a, [z])[z]) if self.is_activated(unit) else 1.0
        return self._slopes[unit]

    def is_activated(self, unit: str) -> bool:
        """Whether a unit does more than to add up."""
        return str(self.program.graph.lines[f"{unit}.a"]) != f"{unit}.z"

    def _adjoint(self, name: str) -> float:
        return float(self.first.sweep.gradient(name))

    # Symbols.

    def activation_symbol(self, unit: str) -> str:
        """The symbol of what a unit gives: that of an input is its name."""
        return self.spell.symbols[unit if unit in self.layers[0] else f"{unit}.a"]

    def delta_symbol(self, unit: str) -> str:
        """The symbol of δ, which a model may declare as that of ``H3.delta``."""
        return self.program.symbols.get(f"{unit}.delta", rf"\delta_{{{unit}}}")

    # Forward.

    def computed(self, line: str) -> str:
        """A line of the graph: symbols, numbers, result."""
        expression = self.program.expressions[line]
        numeric, result = self.spell.numeric(expression), self.spell.number(self.value[line])
        middle = [numeric] if numeric != result else []
        return equation(self.spell.symbols[line], self.spell.symbolic(expression), *middle, result)

    def loss(self) -> list[str]:
        """The loss, in symbols and then in numbers."""
        loss = self.program.output
        expression, symbol = self.program.expressions[loss], self.spell.symbols[loss]
        numbers = self.spell.numeric(expression), self.spell.number(self.value[loss])
        return in_two_rows(symbol, self.spell.symbolic(expression), *numbers)

    # Backward.

    def output_delta(self, unit: str) -> list[Said]:
        """δ of an output unit: ∂L/∂a times the unit's own slope, or ∂L/∂z where the loss is not that simple."""

        def lines(sign: str, update: str) -> list[str]:
            spell, loss, minus = self.spell, self.program.output, sign == "minus"
            through = f"{unit}.z" if unit in self.entangled else f"{unit}.a"
            names = [spell.partial(loss, through)]
            numbers = [-self._adjoint(through) if minus else self._adjoint(through)]
            factors = self._slopes_of_loss(unit, through, minus=minus)
            if local := self._local(unit):
                names.append(local[0])
                numbers.append(local[1])
            symbols = [("-" if minus else "") + r" \cdot ".join(names)]
            symbols += [spell.symbolic(reduce(lambda a, b: Binary("*", a, b), factors))] if factors else []
            middle = [spell.product(numbers)] if len(numbers) > 1 else [spell.numeric(f) for f in factors]
            result = spell.small(self.delta(unit, update, sign))
            return in_two_rows(self.delta_symbol(unit), equation(*symbols), *middle, result)

        return self._for_each_convention(lines)

    def _slopes_of_loss(self, unit: str, through: str, *, minus: bool) -> list[Expression]:
        """The factors of an output's δ as formulas; [] where one of them has none."""
        if unit in self.softmax:
            both = [Reference((unit, "a")), Reference((unit, "target"))]
            return [Binary("-", *(reversed(both) if minus else both))] if self.is_difference(unit) else []
        loss, own = self._formula(self.program.output, through), self._formula(f"{unit}.a", f"{unit}.z")
        if loss is None:
            return []
        loss = _negative(loss) if minus else loss
        if self._local(unit) is None:
            return [loss]
        return [loss, own] if own is not None else []

    def hidden_delta(self, unit: str) -> list[Said]:
        """δ of a hidden unit: the sum of what comes back over its outgoing weights, times its own slope."""

        def lines(sign: str, update: str) -> list[str]:
            spell, outgoing = self.spell, self.out_of[unit]
            result = spell.small(self.delta(unit, update, sign))
            if unit in self.entangled:
                whole = spell.partial(self.program.output, f"{unit}.z")
                return [equation(self.delta_symbol(unit), f"{'-' if sign == 'minus' else ''}{whole}", result)]
            symbols: list[str] = []
            numbers: list[str] = []
            for wire in outgoing:
                symbol, weight = self._returning(wire, update)
                symbols.append(f"{symbol} \\, {self.delta_symbol(wire.unit)}")
                above = spell.small(self.delta(wire.unit, update, sign))
                numbers.append(chains.product([spell.number(weight), above], bare_first=not numbers))
            both = [" + ".join(symbols), " + ".join(numbers)]
            if self.is_activated(unit):
                both = [f"({side})" for side in both] if len(outgoing) > 1 else both
                slope = self._formula(f"{unit}.a", f"{unit}.z")
                own = spell.partial(f"{unit}.a", f"{unit}.z") if slope is None else _held(spell.symbolic(slope))
                both = [f"{both[0]} \\cdot {own}", f"{both[1]} \\cdot {_held(spell.number(self.slope(unit)))}"]
            return in_two_rows(self.delta_symbol(unit), *both, result)

        return self._for_each_convention(lines)

    def gradients(self, unit: str) -> list[Said]:
        """∂L/∂w of every weight into a unit."""
        return self._for_each_convention(lambda *how: [self._gradient_line(wire, *how) for wire in self.into[unit]])

    def _gradient_line(self, wire: Wire, sign: str, update: str) -> str:
        """∂L/∂w = δ times what comes in."""
        minus = "-" if sign == "minus" else ""
        whole = self.spell.partial(self.program.output, wire.name)
        result = self.spell.small(self.gradient(wire, update))
        if not wire.source:
            return equation(whole, f"{minus}{self.delta_symbol(wire.unit)}", result)
        symbols = f"{minus}{self.delta_symbol(wire.unit)} \\, {self.activation_symbol(wire.source)}"
        factors = [self.spell.small(self.delta(wire.unit, update, sign)), self.spell.number(self.incoming(wire))]
        return equation(whole, symbols, f"{minus}{chains.product(factors, bare_first=not minus)}", result)

    # One weight's way to the loss, written out.

    def written_out(self, wire: Wire) -> list[Said]:
        """∂L/∂w as one product from the loss down to the weight, in symbols, in numbers, and by δ."""

        def lines(sign: str, update: str) -> list[str]:
            ways = self._ways(wire.unit, update)
            by_delta = self._gradient_line(wire, sign, update)
            if not ways:
                return [by_delta]
            symbols = " + ".join(r" \cdot ".join(symbol for symbol, _ in way) for way in ways)
            numbers = " + ".join(
                self.spell.product([number for _, number in way], bare_first=index == 0)
                for index, way in enumerate(ways)
            )
            tail = [factor for factor in [self._local(wire.unit)] if factor]
            if wire.source:
                tail.append((self.activation_symbol(wire.source), self.incoming(wire)))
            if tail and len(ways) > 1:
                symbols, numbers = f"\\left({symbols}\\right)", f"({numbers})"
            symbols = r" \cdot ".join([symbols, *(symbol for symbol, _ in tail)])
            numbers = r" \cdot ".join([numbers, *(_held(self.spell.number(number)) for _, number in tail)])
            whole = self.spell.partial(self.program.output, wire.name)
            result = self.spell.small(self.gradient(wire, update))
            rows = equation(whole, symbols), equation("", numbers, result)
            return [*rows, by_delta.removeprefix(whole).strip()]

        return self._for_each_convention(lines)

    def _ways(self, unit: str, update: str) -> list[list[Factor]]:
        """The factors of each way from the loss back to a unit, without its own slope; [] where there are too many.

        Nor are there any through hidden units whose activations hang together.
        """
        found: list[list[Factor]] = []
        waiting: list[tuple[str, list[Factor]]] = [(unit, [])]
        while waiting:
            at, below = waiting.pop(0)
            if at in self.outputs:
                through = f"{at}.z" if at in self.entangled else f"{at}.a"
                found.append([(self.spell.partial(self.program.output, through), self._adjoint(through)), *below])
            elif at in self.entangled:
                return []
            for wire in self.out_of[at]:
                slope = self._local(wire.unit)
                waiting.append((wire.unit, [*([slope] if slope else []), self._returning(wire, update), *below]))
            if len(waiting) + len(found) > MAX_WAYS:
                return []
        return found

    # The update.

    def updates(self) -> list[Said]:
        """What one step makes of every weight, or just its rule where there are many."""
        run, spell = self.program.run, self.spell
        eta = spell.number(rate(run.schedule, run.optimizer.learning_rate, 1))

        def lines(_: str, update: str) -> list[str]:
            any_ = self.weight
            rule = rf"{any_} + \Delta {any_}"
            if self.is_plain:
                over = rf"\frac{{\partial {spell.symbols[self.program.output]}}}{{\partial {any_}}}"
                rule = rf"{any_} - \eta \, {over}, \quad " + equation(r"\eta", eta)
            found = [f"{any_}' = {rule}"]
            for wire in self.wires if len(self.wires) <= MAX_WRITTEN else []:
                symbol, old = spell.symbols[wire.name], spell.number(self.value[wire.name])
                new = spell.number(float(self.states[update].updated[wire.name]))
                step = f"{old} - {eta} \\cdot {_held(spell.small(self.gradient(wire, update)))}"
                how = [symbol] if wire.name in run.frozen else [step] if self.is_plain else []
                found.append(equation(f"{symbol}'", *how, new))
            return found

        return self._for_each_convention(lines)

    @property
    def is_plain(self) -> bool:
        """Whether a step is η times the gradient and nothing else."""
        optimizer = self.program.run.optimizer
        return optimizer.name == "sgd" and not any(optimizer.parameters.values())

    # Parts.

    def _for_each_convention(self, lines: Callable[[str, str], list[str]]) -> list[Said]:
        """The formulas under each convention; those that hold under several are said once."""
        said = [Said(lines(sign, update), sign, update) for sign in self.signs for update in self.states]
        said = _merged(
            said, lambda item: (item.sign, *item.lines), lambda item: replace(item, update=""), len(self.states)
        )
        return _merged(
            said, lambda item: (item.update, *item.lines), lambda item: replace(item, sign=""), len(self.signs)
        )

    def _formula(self, line: str, operand: str) -> Expression | None:
        """∂line/∂operand in symbols, if there is such a formula."""
        try:
            return self.spell.slope(line, operand)
        except ExpressionError:
            return None

    def _local(self, unit: str) -> Factor | None:
        """The unit's own slope ∂a/∂z; None where it is 1, or part of ∂L/∂z already."""
        if unit in self.entangled or not self.is_activated(unit):
            return None
        return self.spell.partial(f"{unit}.a", f"{unit}.z"), self.slope(unit)

    def _returning(self, wire: Wire, update: str) -> Factor:
        """A weight as the backward pass sees it: the updated one, if weights are updated on the way."""
        symbol = self.spell.symbols[wire.name]
        if update == "sequential" and wire.name not in self.program.run.frozen:
            return f"{symbol}'", float(self.states[update].updated[wire.name])
        return symbol, self.value[wire.name]

    def is_difference(self, unit: str) -> bool:
        """Whether ∂L/∂z is the activation minus the target, as behind a softmax with targets that add up to 1."""
        difference = self.value[f"{unit}.a"] - self.value[f"{unit}.target"]
        return abs(self._adjoint(f"{unit}.z") - difference) <= 1e-12


def _state(program: Program, update: Update) -> State:
    """The start of the model's run, or of one that updates the other way."""
    run = program.run
    if run.update == update:
        return run.at(0)
    return Run(run.tape, run.loss, run.parameters, run.optimizer, run.frozen, update, run.schedule).at(0)


def _merged(
    said: list[Said], key: Callable[[Said], tuple[str, ...]], freed: Callable[[Said], Said], kinds: int
) -> list[Said]:
    """What is the same under all kinds of one convention is said once, free of it."""
    groups: dict[tuple[str, ...], list[Said]] = {}
    for item in said:
        groups.setdefault(key(item), []).append(item)
    return [item for same in groups.values() for item in ([freed(same[0])] if len(same) == kinds else same)]


def _negative(expression: Expression) -> Expression:
    """−e, without a sign in front of a sign, and with a difference turned round."""
    if isinstance(expression, Unary) and expression.operator == "-":
        return expression.operand
    if isinstance(expression, Binary) and expression.operator == "-":
        return replace(expression, left=expression.right, right=expression.left)
    return Unary("-", expression)


def _held(latex: str) -> str:
    """A factor behind others; a difference or a signed number needs parentheses."""
    return f"({latex})" if latex.startswith(("1 -", "-")) else latex
