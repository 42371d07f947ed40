"""Variables: values with a name, wherever an expression or a text may stand."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.decks import NEURON, Deck

SLIDES = "slides:\n  - title: One\n    content:\n"


def deck(folder: Path, variables: str, content: str = "Nothing.", models: str = NEURON, more: str = "") -> Deck:
    """A deck of one slide with these variables (a flow mapping) and this content (a block)."""
    return Deck(folder, f"title: T\nvariables: {variables}\n{models}{SLIDES}      - {content}\n{more}")


@pytest.mark.parametrize(
    ("variables", "written", "shown"),
    [
        ("{rate: 0.1}", "{{ rate }}", "0.1"),
        ("{rate: 0.1}", "{{ rate * 2 | .2f }}", "0.20"),
        ("{half: '{{ rate / 2 }}', rate: 0.1}", "{{ half }}", "0.05"),
        ("{twice: '{{ 2 * neuron.L }}'}", "{{ twice | .2f }}", "1.62"),
        ("{list: [1, 2, 3]}", "{{ list[1] }} of {{ sum(list) }}", "2 of 6"),
        ("{course: 'Nets *101* <b>'}", "Welcome to {{ course }}!", "Welcome to Nets *101* <b>!"),
        ("{year: '2026'}", "In {{ year }}", "In 2026"),
    ],
)
def test_in_texts(tmp_path: Path, variables: str, written: str, shown: str) -> None:
    """Numbers, lists, expressions over models and other variables, and texts, which are never read again."""
    assert deck(tmp_path, variables, f"'{written}'").sound.page.one(".prose").text == shown


def test_everywhere_else(tmp_path: Path) -> None:
    """A variable stands in formulas, tables, titles, claims, functions, points and graphs."""
    built = Deck(
        tmp_path,
        """\
        title: 'About {{ a }}'
        variables: {a: 2.0, half: '{{ a / 2 }}', list: [1, 2]}
        models:
          m:
            parameters: {w: 3.0}
            graph: {L: 'w*a + list[1]'}
        slides:
          - title: A
            content:
              - equation: 'y = {{ a }} x'
              - table: {header: [a], rows: [['{{ half }}']]}
              - curve: {function: a*x**2, domain: [-3, 3], at: half}
              - surface: {function: a*x*y, domain: [-3, 3], at: [half, 1]}
            claims: [a > half, m.L == 8, m.grad.w == a]
          - title: B
            content:
              - walk: {model: m, gradient: w}
        """,
    ).sound
    assert built.site.title == "About 2"
    assert built.page.one("td .num").text == "1"
    values = [output.text for output in built.page.all("#a output")]
    assert "2.000" in values  # the curve at 1, and the surface at (1, 1)
    assert "4.000" in values  # the slope of the curve there


@pytest.mark.parametrize(
    ("variables", "messages"),
    [
        ("{grad: 1}", ["2:13: “grad” is reserved: it stands for something in model.grad; choose another name"]),
        ("{sum: 1}", ["2:13: “sum” is the name of a function; choose another one, for instance sum_1"]),
        ("{neuron: 1}", ["2:13: “neuron” is a model already; give the variable another name"]),
        ("{a: true}", ["2:13: “a” should be a number, a list of numbers or a text, not true or false"]),
        ("{a: {b: 1}}", ["2:13: “a” should be a number, a list of numbers or a text, not a mapping (key: value)"]),
        ("{a: }", ["2:13: “a” should be a number, a list of numbers or a text, not empty"]),
        ("{a: .inf}", ["2:13: “a” should be a finite number"]),
        ("{a: [1, x]}", ["2:13: “a” should be a number, not text"]),
        ("[a]", ["2:1: “variables” should be a mapping of names"]),
        ("{a: '{{ b }}', b: '{{ a }}'}", ["2:34: “a” needs itself to be worked out: a → b → a"]),
        ("{a: '{{ a }}'}", ["2:20: “a” needs itself to be worked out: a → a"]),
        ("{a: '{{ 1/0 }}'}", ["2:20: 1/0 has no finite value (a division by zero)"]),
        ("{a: '{{ rat }}', rate: 1}", ["2:20: there is no variable “rat” (did you mean “rate”?)"]),
        ("{a: '{{ nuron.L }}'}", ["2:20: there is no model “nuron” (did you mean “neuron”?)"]),
        ("{a: '{{ neuron.L < 1 }}'}", ["2:20: a comparison is no value for a variable (it may stand in “claims”)"]),
        (
            "{a: 'x is {{ 1 }}'}",
            [
                (
                    "2:22: a variable is a text or a number, not both "
                    "(name the number by itself, and put both into the text where it is shown)"
                )
            ],
        ),
        (
            "{a: 1, b: a / 2}",
            ["2:22: warning: “b” is the text “a / 2”, not its value (write it in braces: '{{ a / 2 }}')"],
        ),
        (
            "{b: neuron.L}",
            ["2:16: warning: “b” is the text “neuron.L”, not its value (write it in braces: '{{ neuron.L }}')"],
        ),
        ("{a: 1, b: a}", []),
        ("{b: and so on}", []),
    ],
)
def test_mistakes(tmp_path: Path, variables: str, messages: list[str]) -> None:
    """What is wrong with a variable is told once, at its place, be it used or not."""
    assert deck(tmp_path, variables, "'{{ 1 }}'").messages == messages


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("'{{ rat }}'", "there is no variable “rat” (did you mean “rate”?)"),
        ("'{{ w }}'", "there is no variable “w” (did you mean “neuron.w”?)"),
        ("'{{ rate.x }}'", "“rate” is a variable, and has no “x” (leave out the dot)"),
        ("'{{ course * 2 }}'", "“course” is a text, and cannot be calculated with"),
        ("'{{ course | .2f }}'", "“course” is a text, and has no format"),
        ("equation: {of: rate}", "“rate” is a variable, and this should be a number of a model"),
        ("equation: 'x = {{ course }}'", "“course” is a text, and cannot stand in a formula"),
        ("curve: {function: rate**2, domain: [0, 1], at: 0}", "this has no variable (such as x in x**2)"),
    ],
)
def test_mistakes_in_use(tmp_path: Path, content: str, message: str) -> None:
    """A wrong use is told where it stands."""
    (found,) = deck(tmp_path, "{rate: 0.1, course: Nets}", content).messages
    assert found.split(": ", 1)[1].startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2020-09-12", "it can only be shown as it is: write '{{ a }}' in quotes"),
        ("12.9.2020", "it can only be shown as it is"),
        ("Learning to see", "it can only be shown as it is"),
        ("2 + 2", "if it is to be an expression, write it in braces: '{{ 2 + 2 }}'"),
    ],
)
def test_hints_for_texts_that_are_calculated_with(tmp_path: Path, text: str, hint: str) -> None:
    """Only what may be an expression is sent into braces; a date is none."""
    (message,) = deck(tmp_path, f"{{a: {text}}}", "'{{ a + 1 }}'").messages
    assert f"“a” is a text, and cannot be calculated with ({hint}" in message


def test_a_broken_variable_is_told_once(tmp_path: Path) -> None:
    """Whoever uses it, be it a model, says nothing more."""
    models = "models: {m: {graph: {L: a * 2}}}\n"
    assert len(deck(tmp_path, "{a: '{{ 1/0 }}'}", "'{{ a }} {{ m.L }}'", models).messages) == 1


def test_a_circle_through_a_model(tmp_path: Path) -> None:
    """A model whose line needs a variable that needs the model is refused."""
    models = "models: {m: {graph: {L: a * 2}}}\n"
    assert deck(tmp_path, "{a: '{{ m.L }}'}", "'{{ a }}'", models).messages == [
        "2:20: the model “m” cannot be worked out without this value"
    ]


def test_names_of_a_model_come_first(tmp_path: Path) -> None:
    """Within a model and in a function with named variables, the nearer meaning of a name counts."""
    models = "models: {m: {parameters: {a: 5}, graph: {L: a * 2}}}\n"
    content = "'{{ m.L }} {{ a }}'\n      - curve: {function: a**2, variable: a, domain: [0, 3], at: 2}"
    built = deck(tmp_path, "{a: 1}", content, models).sound
    assert built.page.texts(".prose .num") == ["10", "1"]
    assert "4.000" in built.page.texts("output")


def test_a_long_row(tmp_path: Path) -> None:
    """Variables that lean on one another without end are refused, whatever their order."""
    row = ", ".join(f"v{n}: '{{{{ v{n + 1} + 1 }}}}'" for n in range(400))
    found = deck(tmp_path, f"{{{row}, v400: 0}}", "'{{ v0 }}'").messages
    assert found
    assert all("more than 50 variables lean on one another here" in message for message in found)
    row = ", ".join(f"v{n}: '{{{{ v{n - 1} + 1 }}}}'" for n in range(1, 400))
    assert deck(tmp_path, f"{{v0: 0, {row}}}", "'{{ v399 }}'").sound.page.one(".prose").text == "399"


def test_a_long_list_in_a_line(tmp_path: Path) -> None:
    """A line of a model is written out with its numbers, so there is a limit."""
    models = "models: {m: {graph: {L: sum(a)}}}\n"
    numbers = ", ".join(["1"] * 1500)
    (message,) = deck(tmp_path, f"{{a: [{numbers}]}}", "'{{ sum(a) }}'", models).messages
    assert "“a” has 1,500 numbers, and a line takes up to 1,000 (make it an input of the model)" in message


def test_variables_travel(tmp_path: Path) -> None:
    """An included deck brings its variables; two of one name may come together only when they are the same."""
    (tmp_path / "part.yaml").write_text(
        "title: P\nvariables: {rate: 0.5}\nslides: [{title: In, content: '{{ rate }}'}]\n", encoding="utf-8"
    )
    start = "slides:\n  - include: part.yaml\n"
    assert Deck(tmp_path, f"title: T\n{start}").sound.page.one("#in .num").text == "0.5"
    assert Deck(tmp_path, f"title: T\nvariables: {{rate: 0.5}}\n{start}").messages == []
    assert Deck(tmp_path, f"title: T\nvariables: {{rate: 0.1}}\n{start}").messages == [
        "4:14: both this deck and “part.yaml” have a variable “rate”, and they differ (rename one)"
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(5)), st.floats(-100, 100).map(lambda x: round(x, 3)))
def test_order_does_not_matter(tmp_path: Path, order: list[int], start: float) -> None:
    """Variables that lean on one another give the same in any order."""
    lines = [f"v0: {start!r}", *(f"v{n}: '{{{{ v{n - 1} * 2 + {n} }}}}'" for n in range(1, 5))]
    built = deck(tmp_path, "{" + ", ".join(lines[n] for n in order) + "}", "'{{ v4 | .3f }}'", models="").sound
    value = start
    for n in range(1, 5):
        value = value * 2 + n
    assert built.page.one(".prose").text == f"{value:.3f}".replace("-", "−")
