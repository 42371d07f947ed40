"""The walk: forward in the order of the graph, back along its edges, and a product that is the gradient."""

import math
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpslides.program import Program
from bpslides.walks import plan
from tests.decks import NEURON, Deck, with_content

TWO = """\
models:
  two:
    inputs: {x: 1.5}
    targets: {y: 1.0}
    parameters: {w1: 0.8, w2: -1.2}
    graph:
      z1: w1*x
      a1: sigmoid(z1)
      z2: w2*a1
      a2: sigmoid(z2)
      L: 0.5*(a2 - y)**2
    loss: L
    learning_rate: 0.5
"""


def program(tmp_path: Path, graph: str, leaves: str = "parameters: {w: 0.7, v: -0.3}, inputs: {x: 1.5}") -> Program:
    """A model with this graph (flow YAML)."""
    deck = Deck(tmp_path, with_content("- x", f"models:\n  m: {{{leaves}, graph: {{{graph}}}}}\n"))
    return deck.sound.site.numbers.programs["m"]


def test_two_weights(tmp_path: Path) -> None:
    """Five values forward; five factors back, and their product is the gradient."""
    two = Deck(tmp_path, with_content("- x", TWO)).sound.site.numbers.programs["two"]
    walk = plan(two, "w1", {"z1": "a1", "z2": "a2"})
    (chain,) = walk.paths
    assert [(f.source, f.target) for f in chain] == [
        ("L", "a2"),
        ("a2", "z2"),
        ("z2", "a1"),
        ("a1", "z1"),
        ("z1", "w1"),
    ]
    factors = [-0.7154962127, 0.2035613823, -1.2, 0.1778944406, 1.5]
    assert [f.value for f in chain] == pytest.approx(factors, abs=1e-10)
    assert walk.gradient == pytest.approx(0.0466377523, abs=1e-10)
    assert [s.phase for s in walk.substeps] == ["forward"] * 5 + ["backward"] * 6 + ["result"]
    # The side branch to w2 comes before the walk goes on.
    assert [s.edges[0] for s in walk.substeps[5:11]] == [
        ("L", "a2"), ("a2", "z2"), ("z2", "w2"), ("z2", "a1"), ("a1", "z1"), ("z1", "w1"),
    ]  # fmt: skip
    values = {name: float(two.state().tape.value(name)) for name in two.names}
    assert walk.substeps[1].point == (values["z1"], values["a1"])
    assert walk.substeps[-1].point == (values["z1"], values["a1"])


def test_every_substep_lights_what_it_says(tmp_path: Path) -> None:
    """Chain boxes and table rows name the substep at which they become known, and it exists."""
    walk = plan(Deck(tmp_path, with_content("- x", TWO)).sound.site.numbers.programs["two"], "w1")
    for factor in walk.paths[0]:
        assert walk.substeps[factor.step - 1].edges == [(factor.source, factor.target)]
    for row in walk.rows:
        if row.value_step:
            assert all(target == row.name for _, target in walk.substeps[row.value_step - 1].edges)
        if row.gradient_step and row.name != "L":
            assert walk.substeps[row.gradient_step - 1].edges[0][1] == row.name


def test_formulas_hold_symbols_and_numbers(tmp_path: Path) -> None:
    """A substep says what it does in symbols, then in numbers."""
    walk = plan(Deck(tmp_path, with_content("- x", TWO)).sound.site.numbers.programs["two"], "w1")
    assert walk.substeps[0].formulas[0] == r"z_1 = w_1 \, x"
    assert walk.substeps[0].formulas[1].endswith(r"= 0.8 \cdot 1.5 = 1.2")
    assert r"a_2 \, (1 - a_2)" in walk.substeps[6].formulas[0]
    assert (
        walk.substeps[-1]
        .formulas[1]
        .endswith(r"-0.7155 \cdot 0.2036 \cdot (-1.2) \cdot 0.1779 \cdot 1.5 \approx 0.0466")
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0.1, 2),
    st.floats(-2, 2),
    st.sampled_from(["z: w*x, a: tanh(z), L: a**2 + v*a", "z: w + v*x, L: exp(z)*w"]),
)
def test_products_add_up_to_the_gradient(tmp_path: Path, w: float, v: float, graph: str) -> None:
    """Whatever the numbers are, the products over all paths add up to the gradient of the core."""
    m = program(tmp_path, graph, f"parameters: {{w: {w!r}, v: {v!r}}}, inputs: {{x: 1.5}}")
    walk = plan(m, "w")
    total = sum(math.prod(factor.value for factor in path) for path in walk.paths)
    assert total == pytest.approx(float(m.state().sweep.gradient("w")), rel=1e-12, abs=1e-12)


def test_no_path_and_too_many(tmp_path: Path) -> None:
    """A parameter that the loss does not need, or reaches by more ways than a slide can hold, has no walk."""
    with pytest.raises(ValueError, match="the loss does not depend on “v”"):
        plan(program(tmp_path, "L: w**2"), "v")
    with pytest.raises(ValueError, match="by more than 4 paths"):
        plan(program(tmp_path, "a: w, b: w + a, c: a + b + w, L: a*b*c*w"), "w")


@pytest.mark.parametrize("end", ["a30 + w", "a30"])
def test_graphs_with_a_billion_paths(tmp_path: Path, end: str) -> None:
    """Where paths double at every line, the search still ends at once."""
    lines = [f"a{i}: sin(a{i - 1} + b{i - 1}), b{i}: cos(a{i - 1} - b{i - 1})" for i in range(1, 31)]
    m = program(tmp_path, f"a0: v*x, b0: v, {', '.join(lines)}, L: {end}")
    start = time.process_time()
    if end.endswith("w"):
        assert len(plan(m, "w").paths) == 1
    else:
        with pytest.raises(ValueError, match="does not depend"):
            plan(m, "w")
    with pytest.raises(ValueError, match="by more than 4 paths"):
        plan(m, "v")
    assert time.process_time() - start < 2


def test_on_the_page(tmp_path: Path) -> None:
    """The page tells the walk by itself: the last substep is shown, the table is full, each substep is a fragment."""
    block = "walk: {model: neuron, gradient: w, plot: {function: relu(z), domain: [-2, 2], points: {z: y_hat}}}"
    walk = Deck(tmp_path, with_content(f"- {block}", NEURON)).sound.page.one(".walk")
    substeps = walk.all(".substep")
    assert ["hidden" in node.attributes for node in substeps] == [True] * (len(substeps) - 1) + [False]
    assert len(walk.all(".fragment")) == len(substeps)
    assert walk.texts(".factor-value") == ["−1.8000", "1.0000", "2.0000", "−3.6000"]
    titles = [node.attributes["title"] for node in walk.all("td.backward[title]")]
    assert "-3.5999999999999996" in titles  # full precision on demand
    assert "nan" not in walk.text.lower()


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("walk: {model: nueron, gradient: w}", "16:23: there is no model “nueron” (did you mean “neuron”?)"),
        ("walk: {model: neuron, gradient: v}", "16:41: “neuron” has no “v” here (known here: L, b, w, x, y, y_hat, z)"),
        ("walk: {model: neuron, gradient: L}", "16:41: the loss does not depend on “L”"),
        (
            "walk: {model: neuron, gradient: w, plot: {function: relu(z), domain: [-1, 1], points: {z: y_ht}}}",
            "16:99: “neuron” has no “y_ht” here (did you mean “y_hat”?)",
        ),
    ],
)
def test_mistakes(tmp_path: Path, block: str, message: str) -> None:
    """What cannot be walked is told at its name."""
    assert Deck(tmp_path, with_content(f"- {block}")).messages == [message]


def test_arrays_have_no_walk(tmp_path: Path) -> None:
    """A walk goes through single numbers."""
    models = "models:\n  m: {parameters: {w: [1, 2]}, graph: {L: sum(w)}}\n"
    deck = Deck(tmp_path, with_content("- walk: {model: m, gradient: w}", models))
    assert deck.messages == ["7:23: “m” holds arrays, and a walk goes through single numbers"]


def test_symbols(tmp_path: Path) -> None:
    """Names look as the model says, and a symbol that is no LaTeX is told once, with the block it spoils."""
    models = NEURON + "    symbols: {w: '\\omega', z: '\\foo'}\n"
    deck = Deck(tmp_path, with_content("- walk: {model: neuron, gradient: w}", models))
    assert len(deck.messages) == 1
    assert deck.messages[0].startswith('17:23: a formula of this block cannot be read: Unknown command "\\foo".')
    assert "𝜔" in deck.page.one(".walk").text or "ω" in deck.page.one(".walk").text
