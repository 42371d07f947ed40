"""What live blocks ask: one JSON text → one reply, whatever the text holds.

    {"type": "run", "id": 1, "model": "neuron", "set": {"w": 0.6}, "learning_rate": null, "steps": 1,
     "memories": {"w": {"velocity": -3.6}}}
    {"type": "sweep", "id": 2, "model": "neuron", "variable": "w", "points": [0, 0.5, 1], "set": {}}
    {"type": "course", "id": 3, "model": "neuron", "learning_rate": 0.1, "first": 0, "last": 99, "names": ["L"]}

The reply is ``{"type": "reply", "id": …, "result": …}``, or holds an ``error`` that says what was wrong.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

import numpy as np

from bpslides.autodiff import Array, AutodiffError
from bpslides.compute import Numbers
from bpslides.errors import did_you_mean, visible
from bpslides.program import Program

MAX_POINTS = 500
#: The most updates of a course, and the most names that it follows.
MAX_COURSE = 10_000
MAX_NAMES = 100
#: A batch is a list of rows; nothing that can be set is nested more deeply.
MAX_DEPTH = 4


class QuestionError(ValueError):
    """A question that has no answer; the text says why."""


def answer(text: str, numbers: Numbers | None) -> str:
    """The reply to one message as JSON, which never holds NaN or Infinity."""
    reply: dict[str, Any] = {"type": "reply", "id": None}
    try:
        question = _read(text)
        reply["id"] = _number_of(question)
        return json.dumps(reply | {"result": _result(question, numbers)}, allow_nan=False)
    except (QuestionError, AutodiffError) as error:
        return json.dumps(reply | {"error": visible(str(error))})
    except ValueError:
        # Only from json.dumps: every number that came in was finite.
        return json.dumps(reply | {"error": "the answer is not a finite number"})


def _read(text: str) -> dict[str, Any]:
    try:
        question = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise QuestionError("this JSON is nested too deeply") from None
    except QuestionError:
        raise
    except ValueError:
        raise QuestionError("this is not JSON") from None
    if not isinstance(question, dict):
        raise QuestionError("a question is an object with a “type” and an “id”")
    return question


def _refuse_constant(name: str) -> NoReturn:
    raise QuestionError(f"{name} is not a number that JSON has")


def _number_of(question: dict[str, Any]) -> int:
    number = question.get("id")
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) > 2**53:
        raise QuestionError("“id” should be a whole number")
    return number


def _result(question: dict[str, Any], numbers: Numbers | None) -> dict[str, Any]:
    kind = question.get("type")
    if kind not in ("run", "sweep", "course"):
        raise QuestionError("“type” should be run, sweep or course")
    program = _program(question.get("model"), numbers)
    if kind == "course":
        return _course(question, program)
    settings = question.get("set", {})
    if not isinstance(settings, dict):
        raise QuestionError("“set” should be an object of names and numbers")
    assignments = {name: _value(value, f"the value of “{name[:40]}”") for name, value in settings.items()}
    if kind == "run":
        rate = question.get("learning_rate")
        return program.respond(
            assignments,
            None if rate is None else _finite(rate, "“learning_rate”"),
            _whole(question.get("steps", 0), "“steps”"),
            _memories(question.get("memories", {})),
        )
    variable, points = question.get("variable"), question.get("points")
    if not isinstance(variable, str):
        raise QuestionError("“variable” should be a name")
    if not isinstance(points, list) or len(points) > MAX_POINTS:
        raise QuestionError(f"“points” should be a list of at most {MAX_POINTS} numbers")
    return {"values": program.sweep(variable, [_finite(point, "a point") for point in points], assignments)}


def _course(question: dict[str, Any], program: Program) -> dict[str, Any]:
    rate, names = question.get("learning_rate"), question.get("names")
    first, last = (_whole(question.get(key), f"“{key}”") for key in ("first", "last"))
    if not 0 <= first <= last <= MAX_COURSE or last - first >= MAX_POINTS:
        raise QuestionError(f"a course goes on by at most {MAX_POINTS} updates, up to {MAX_COURSE:,}")
    if not isinstance(names, list) or len(names) > MAX_NAMES or not all(isinstance(name, str) for name in names):
        raise QuestionError(f"“names” should be a list of at most {MAX_NAMES} names")
    number = None if rate is None else _finite(rate, "“learning_rate”")
    values, diverged = program.course(number, first, last, names)
    return {"values": values, "diverged": diverged}


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise QuestionError(f"{what} should be a whole number")
    return value


def _program(name: Any, numbers: Numbers | None) -> Program:
    if not isinstance(name, str):
        raise QuestionError("“model” should be a name")
    known = {} if numbers is None else numbers.programs | numbers.live
    if name not in known:
        hint = did_you_mean(name[:40], known)
        raise QuestionError(f"there is no model “{name[:40]}”" + (f" ({hint})" if hint else ""))
    return known[name]


def _memories(value: Any) -> dict[str, dict[str, Array]]:
    """What the optimizer remembers: arrays by the name of the parameter and their own."""
    if not isinstance(value, dict) or not all(isinstance(memory, dict) for memory in value.values()):
        raise QuestionError("“memories” should be an object of objects")
    try:
        return {
            name: {
                key: np.asarray(_value(item, f"the {key[:40]} of “{name[:40]}”"), float) for key, item in memory.items()
            }
            for name, memory in value.items()
        }
    except ValueError as error:
        if isinstance(error, QuestionError):
            raise
        raise QuestionError("the rows of an array should be equally long") from None


def _value(value: Any, what: str, depth: int = 0) -> Any:
    if isinstance(value, list) and depth < MAX_DEPTH:
        return [_value(item, what, depth + 1) for item in value]
    return _finite(value, what)


def _finite(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise QuestionError(f"{what} should be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise QuestionError(f"{what} should be a finite number")
    return number
