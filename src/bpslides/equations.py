r"""Equations that write themselves: from one number of a model to its formula in symbols, in numbers, and its value.

With z = w·x + b and ŷ = relu(z), the `derivation` of ŷ is ŷ = relu(w x + b) = relu(0.5 · 2 + 0.1) = 1.1; that of a
gradient is its chain, ∂L/∂w = ∂L/∂ŷ · ∂ŷ/∂z · ∂z/∂w = (−1.8) · 1 · 2 = −3.6; that of an updated parameter is a step of
gradient descent, w ← w − η · ∂L/∂w = 0.5 − 0.01 · (−3.6) = 0.536. Where a printed number is rounded, ≈ says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bpslides import chains
from bpslides.autodiff import Array, AutodiffError, State
from bpslides.compute import Wanted
from bpslides.diagrams import operands
from bpslides.expression import Call, Expression, ExpressionError, Number, Reference, references, walk
from bpslides.formatting import latex_number, shows_exactly
from bpslides.program import Program
from bpslides.symbolic import latex, shorten, substitute

#: About so many characters of a formula fit into one line of a slide.
LINE = 46
#: An expression with more parts than this fits on no slide.
MAX_PARTS = 300


@dataclass(frozen=True)
class Step:
    """One side of an equation, in ``pieces`` of LaTeX between which a line may break."""

    pieces: list[str]
    exact: bool = True
    """Whether every number in it is printed as it is, and not rounded."""


@dataclass(frozen=True)
class Derivation:
    """A formula: its left side, and the steps behind it."""

    left: str
    steps: list[Step]
    first: str = "="
    """The sign before the first step."""

    @property
    def formula(self) -> str:
        """Everything in one line, as LaTeX."""
        return " ".join([self.left, *(f"{sign} {' '.join(step.pieces)}" for sign, step in self._signed)])

    @property
    def rows(self) -> list[list[str]]:
        """What stands right of the left side, a row for each step, in pieces between which a narrow page may break."""
        return [[f"{sign} {step.pieces[0]}", *step.pieces[1:]] for sign, step in self._signed]

    @property
    def fits_one_line(self) -> bool:
        """Whether a slide is wide enough for :attr:`formula`; that depends on the glyphs, and so is an estimate."""
        return _width(self.formula) <= LINE or sum(map(len, self.rows)) == 1

    @property
    def _signed(self) -> list[tuple[str, Step]]:
        """The steps with their signs: ≈ wherever one of the two sides is rounded, but for what comes to 0."""
        signs, exact = [], True
        for step in self.steps:
            signs.append("=" if (exact and step.exact) or step.pieces == ["0"] else r"\approx")
            exact = step.exact
        if signs and self.first != "=":
            signs[0] = self.first
        return list(zip(signs, self.steps, strict=True))


def derivation(
    wanted: Wanted, show: Sequence[str], spec: str | None = None, expand: Sequence[str] | None = None
) -> Derivation:
    """The formula of a number, in the steps ``show`` (``symbols``, ``numbers``, ``value``).

    ``spec`` is the format of the model's numbers in it, and ``expand`` names the lines that are written out in the
    formula of a value.

    Raises:
        ExpressionError: when there is no such formula, or one that is too long.
    """
    try:
        program = wanted.program.form(wanted.steps)
        state = program.state(wanted.steps)
    except AutodiffError as error:
        raise ExpressionError(error.message, 0, error.hint) from None
    writer = _Writer(program, state, wanted.steps, spec, needs_chain=set(show) != {"value"})
    match wanted.kind:
        case "grad":
            left, first, sides = chains.partial(program, program.output, wanted.name), "=", writer.gradient(wanted.name)
        case "updated":
            left, first, sides = program.symbol(wanted.name), r"\leftarrow", writer.update(wanted.name)
        case _:
            left, first, sides = program.symbol(wanted.name), "=", writer.value(wanted.name, expand)
    steps: list[Step] = []
    for side in show:
        step = sides[side]() if side in sides else None
        if step is not None and step.pieces not in ([left], *(before.pieces for before in steps[-1:])):
            steps.append(step)
    return Derivation(left, steps, first)


class _Measured(float):
    """A value of the model, set by the author's format; other numbers of a formula, such as an exponent, are not."""


Sides = dict[str, Callable[[], Step | None]]


class _Writer:
    """Writes the sides of equations for one state of a model."""

    def __init__(self, program: Program, state: State, steps: int, spec: str | None, *, needs_chain: bool) -> None:
        self.program, self.state, self.steps, self.spec = program, state, steps, spec
        self.needs_chain = needs_chain

    # What the sides of each kind of equation are.

    def value(self, name: str, expand: Sequence[str] | None) -> Sides:
        sides: Sides = {"value": lambda: self.number(self.measured(name))}
        if name in self.program.expressions:
            expression = self.expanded(name, expand)
            sides |= self.written(expression)
        return sides

    def gradient(self, name: str) -> Sides:
        program, output = self.program, self.program.output
        if name == output:
            return {"value": lambda: Step(["1"])}
        paths = chains.paths(program, name)
        if not paths:
            raise self.no_chain(name)
        sides: Sides = {"value": lambda: self.number(self.single(name, self.state.sweep.gradient(name)))}
        if self.needs_chain:
            self.check_single_numbers()
        if paths == [[output, name]]:  # the chain would only repeat the left side; so the derivative itself
            try:
                slope = chains.slope_formula(program, output, name)
            except ExpressionError:
                return sides
            return sides | self.written(slope)
        if len(paths) > chains.MAX_PATHS:
            return sides | self.sum_over_users(name)
        edges = [list(pairwise(path)) for path in paths]
        return sides | {
            "symbols": lambda: Step(_sum([r" \cdot ".join(self.partial(s, t) for s, t in path) for path in edges])),
            "numbers": lambda: self.products([[self.slope(s, t) for s, t in path] for path in edges]),
        }

    def sum_over_users(self, name: str) -> Sides:
        """The chain in its local form: Σ ∂L/∂u · ∂u/∂name over the lines u that use the name."""
        program = self.program
        needed = _above(program)
        users = [line for line in program.graph.lines if line in needed and name in operands(program, line)]
        if len(users) > chains.MAX_PATHS:
            message = f"“{name}” is used by {len(users)} lines, and a formula shows {chains.MAX_PATHS} at most"
            raise ExpressionError(message, 0, "choose another gradient, or show its value alone: show: [value]")

        def term(user: str) -> str:
            own = self.partial(user, name)
            return own if user == program.output else rf"{chains.partial(program, program.output, user)} \cdot {own}"

        return {
            "symbols": lambda: Step(_sum([term(user) for user in users])),
            "numbers": lambda: self.products([[self.adjoint(user), self.slope(user, name)] for user in users]),
        }

    def update(self, name: str) -> Sides:
        run, state = self.program.run, self.state
        eta = self.program.rate(self.steps)
        if name in run.frozen:
            raise ExpressionError(f"“{name}” is frozen: no step changes it", 0, "take it out of “frozen”")
        plain_step = state.tape.value(name) - eta * state.sweep.gradient(name)
        if run.optimizer.name != "sgd" or not np.allclose(state.updated[name], plain_step, rtol=1e-9, atol=1e-15):
            why = f"a step of {run.optimizer.name} is" if run.optimizer.name != "sgd" else "the model's steps are"
            message = f"{why} not just w − η · ∂L/∂w, and so has no formula here"
            raise ExpressionError(message, 0, "show the value with {{ … }}, or choose the optimizer sgd")
        partial = chains.partial(self.program, self.program.output, name)

        def numbers() -> Step:
            value, slope = self.measured(name), self.adjoint(name)
            step = chains.product([self.text(eta), self.text(slope)])
            return Step([f"{self.text(value)} - {step}"], all(map(self.is_exact, (value, eta, slope))))

        return {
            "symbols": lambda: Step([rf"{self.program.symbol(name)} - \eta \cdot {partial}"]),
            "numbers": numbers,
            "value": lambda: self.number(self.single(name, state.updated[name])),
        }

    def written(self, expression: Expression) -> Sides:
        return {"symbols": lambda: self.symbols(expression), "numbers": lambda: self.numbers(expression)}

    # Sides.

    def symbols(self, expression: Expression) -> Step:
        return Step([latex(shorten(expression), self.program.symbol)])

    def numbers(self, expression: Expression) -> Step:
        short = shorten(expression)
        # What is left out need not be worked out, but has to be known to be a number.
        values = {str(ref): self.measured(str(ref)) for ref in references(expression)}
        filled = substitute(short, {name: Number(value) for name, value in values.items()})
        shown = [self.is_exact(part.value) for part in walk(filled) if isinstance(part, Number)]
        return Step([latex(filled, str, self.text)], all(shown))

    def number(self, value: float) -> Step:
        return Step([self.text(value)], self.is_exact(value))

    def products(self, terms: list[list[float]]) -> Step:
        texts = [chains.product([self.text(factor) for factor in factors]) for factors in terms]
        return Step(_sum(texts), all(self.is_exact(factor) for factors in terms for factor in factors))

    # Parts.

    def expanded(self, name: str, expand: Sequence[str] | None) -> Expression:
        """The expression of a line, with the lines that are to be written out in it."""
        expressions = self.program.expressions
        expression = expressions[name]
        if expand is None:
            match expression:
                case Call(arguments=(Reference() as only, *others)) if not any(map(references, others)):
                    return substitute(expression, {str(only): expressions.get(str(only), only)})
            return expression
        for line in reversed(list(expressions)):
            if line in expand and line != name:
                uses = sum(str(ref) == line for ref in references(expression))
                if uses and _size(expression) + uses * _size(expressions[line]) > MAX_PARTS:
                    message = f"the formula of “{name}” is too long with “{line}” written out in it"
                    raise ExpressionError(message, 0, "take the name out of “expand”")
                expression = substitute(expression, {line: expressions[line]})
        return expression

    def partial(self, of: str, by: str) -> str:
        """∂of/∂by of one edge; where ``by`` reaches ``of`` by other ways, too, it is said that these do not count."""
        others = chains.dependents(self.program, by) - {by}
        if others.isdisjoint(operands(self.program, of)):
            return chains.partial(self.program, of, by)
        return rf"\left.{chains.partial(self.program, of, by)}\right|_{{\mathrm{{direct}}}}"

    def slope(self, line: str, operand: str) -> float:
        return _Measured(chains.slopes(self.program, self.state.tape, line)[operand])

    def adjoint(self, name: str) -> float:
        return _Measured(self.state.sweep.gradient(name))

    def measured(self, name: str) -> float:
        return self.single(name, self.state.tape.value(name))

    def single(self, name: str, value: Array) -> float:
        if value.ndim:
            raise ExpressionError(f"“{name}” is an array, and a formula shows single numbers", 0, _ONLY_SYMBOLS)
        return _Measured(value)

    def check_single_numbers(self) -> None:
        if any(self.state.tape.value(name).ndim for name in self.program.names):
            # Over a batch the gradient is a sum of chains, one for each example: a single one would be wrong.
            message = f"“{self.program.name}” holds arrays, and a chain goes through single numbers"
            one = f"{{of: {self.program.name}, example: 0}}"
            hint = f"make one of its examples a model, such as one: {one}, or show its value alone: show: [value]"
            raise ExpressionError(message, 0, hint)

    def no_chain(self, name: str) -> ExpressionError:
        losses = self.program.graph.output_loss
        if losses is not None and name in losses.activations:
            return ExpressionError(
                f"the output “{name}” is saturated, and the loss is written through “{name[:-2]}.z”", 0,
                f"ask for {self.program.name}.grad.{name[:-2]}.z",
            )  # fmt: skip
        return ExpressionError(f"the loss does not depend on “{name}”", 0)

    def text(self, value: float) -> str:
        return latex_number(value, self.format_of(value))

    def is_exact(self, value: float) -> bool:
        return shows_exactly(value, self.format_of(value))

    def format_of(self, value: float) -> str | None:
        """The author's format for values of the model; without one, numbers that are short by nature stay short."""
        if isinstance(value, _Measured) and self.spec is not None:
            return self.spec
        digits = f"{value:.6g}"
        return None if len(digits.partition(".")[2]) <= 3 and "e" not in digits else ".4s"


_ONLY_SYMBOLS = "show its formula without numbers: show: [symbols]"


def _size(expression: Expression) -> int:
    return sum(1 for _ in walk(expression))


def _above(program: Program) -> set[str]:
    """The names that the loss depends on, itself among them."""
    found = {program.output}
    for line in reversed(list(program.graph.lines)):
        if line in found:
            found.update(operands(program, line))
    return found


def _sum(terms: list[str]) -> list[str]:
    """Terms with the signs between them, as pieces; a leading minus of a later term keeps its parentheses."""
    # The empty group keeps the space around a plus with which a line begins.
    rest = [rf"{{}} + ({term})" if term.startswith("-") else f"{{}} + {term}" for term in terms[1:]]
    return [terms[0], *rest]


_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_NO_WIDTH = re.compile(r"\\(?:left|right|hat|bar|tilde|dot|mathrm|mathbf|mathsf|,|;|!)(?![a-zA-Z])|[{}_^\s]")


def _width(formula: str) -> int:
    """About how many characters wide a formula is."""
    halves = _FRACTION.sub(lambda found: max(found[1], found[2], key=_width), formula)
    return len(re.sub(r"\\[a-zA-Z]+", "m", _NO_WIDTH.sub("", halves)))
