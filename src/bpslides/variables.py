"""The variables of a deck: values with a name, which expressions and texts use wherever they like.

``variables: {rate: 0.1, half: '{{ rate / 2 }}', course: Learning to see}`` declares a number, an expression over models
and other variables, and a text. Each is worked out when it is first asked for, so their order does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any

from bpslides.autodiff import AutodiffError, as_value
from bpslides.errors import Problems
from bpslides.expression import ExpressionError, Lookup, Reference, evaluate, name_problem, parse, references
from bpslides.model import Variable
from bpslides.program import BrokenModel, report
from bpslides.text import Text

#: How many variables may lean on one another in a row.
MOST_DEEP = 50

_IN_BRACES = re.compile(r"\s*\{\{\s*(.*)\}\}\s*\Z", re.DOTALL)


class Variables:
    """The variables of one deck. Problems with them are reported once, at their own place."""

    def __init__(
        self, declared: Mapping[Text, Variable], models: Container[str], lookup: Lookup, problems: Problems
    ) -> None:
        self._models, self._lookup, self._problems = models, lookup, problems
        self._values: dict[str, Any] = {}
        self._expressions: dict[str, tuple[Text, int]] = {}
        self._open: list[str] = []
        self.texts: dict[str, Text] = {}
        """Those that are texts."""
        self.broken: set[str] = set()
        """Those that have no value, for a reason that has been reported."""
        for name, variable in declared.items():
            fault = name_problem(name)
            if fault is None and name in models:
                fault = f"“{name}” is a model already; give the variable another name"
            if fault is not None:
                problems.error(fault, name.place())
                self.broken.add(str(name))
            else:
                self._declare(name, variable.root)

    def _declare(self, name: Text, value: Any) -> None:
        if not isinstance(value, Text):
            try:
                self._values[str(name)] = as_value(value, name)
            except AutodiffError as error:
                self._problems.error(error.message, name.place(), error.hint or None)
                self.broken.add(str(name))
        elif match := _IN_BRACES.match(value):
            self._expressions[str(name)] = (value, match.start(1))
        elif "{{" in value:
            self._problems.error(
                "a variable is a text or a number, not both",
                value.place(value.index("{{")),
                "name the number by itself, and put both into the text where it is shown",
            )
            self.broken.add(str(name))
        else:
            self.texts[str(name)] = value

    def __contains__(self, name: object) -> bool:
        """Whether there is a variable ``name``, be it broken."""
        return name in self.names

    @property
    def names(self) -> set[str]:
        """All names."""
        return {*self._values, *self._expressions, *self.texts, *self.broken}

    def check(self) -> None:
        """Work out every variable, so that what is wrong with one is told even if nobody asks for it."""
        for name in self._expressions:
            self._work_out(name)
        for name, text in self.texts.items():
            self._check_text(name, text)

    def value(self, reference: Reference) -> Any:
        """The number or array that ``reference`` names.

        Raises:
            ExpressionError: for a text, a name with a dot behind it, or a variable that leads back to itself.
            BrokenModel: for a variable without a value, for a reason that has been reported.
        """
        name, *rest = reference.parts
        if rest:
            raise ExpressionError(
                f"“{name}” is a variable, and has no “{rest[0]}”", reference.start, "leave out the dot"
            )
        if name in self.texts:
            raise ExpressionError(
                f"“{name}” is a text, and cannot be calculated with",
                reference.start,
                _hint(str(name), self.texts[str(name)]),
            )
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(str(name)) :], str(name)])
            raise ExpressionError(f"“{name}” needs itself to be worked out: {circle}", reference.start)
        if len(self._open) > MOST_DEEP:
            raise ExpressionError(f"more than {MOST_DEEP} variables lean on one another here", reference.start)
        self._work_out(str(name))
        if name in self.broken:
            raise BrokenModel(f"“{name}” has no value", reference.start)
        return self._values[str(name)]

    def _work_out(self, name: str) -> None:
        if name in self._values or name in self.broken:
            return
        text, start = self._expressions[name]
        self._open.append(name)
        try:
            value = evaluate(parse(text[start : text.rindex("}}")]), self._lookup)
            if isinstance(value, bool):
                raise ExpressionError("a comparison is no value for a variable", 0, "it may stand in “claims”")
            self._values[name] = value
        except (ExpressionError, AutodiffError) as error:
            report(error, text, start, self._problems)
            self.broken.add(name)
        finally:
            self._open.pop()

    def _check_text(self, name: str, text: Text) -> None:
        """Warn of a text that looks like an expression without its braces."""
        try:
            found = parse(str(text))
        except ExpressionError:
            return
        known = {str(reference.parts[0]) for reference in references(found)}
        is_word = isinstance(found, Reference) and len(found.parts) == 1
        if known and not is_word and all(word in self or word in self._models for word in known):
            self._problems.warning(
                f"“{name}” is the text “{text}”, not its value", text.place(), f"write it in braces: '{{{{ {text} }}}}'"
            )


_DATE = re.compile(r"\d{1,4}([-.])\d{1,2}\1\d{1,4}")


def _hint(name: str, text: Text) -> str:
    """What to do about a text that is calculated with: it may be an expression that lacks its braces."""
    try:
        parse(str(text))
    except ExpressionError:
        is_expression = False
    else:
        is_expression = not _DATE.fullmatch(text)
    if is_expression:
        return f"if it is to be an expression, write it in braces: '{{{{ {text} }}}}'"
    return f"it can only be shown as it is: write '{{{{ {name} }}}}' in quotes, with nothing else between the braces"
