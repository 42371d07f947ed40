"""The command line: what each command prints and writes, its exit codes, and that nothing ends in a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from bpslides import cli, paths, pipeline, render
from bpslides.model import BLOCKS
from tests.pages import read
from tests.serving import DECK, write_deck


@dataclass
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder that holds the small deck as “talk”."""
    write_deck(tmp_path / "talk")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert isinstance(ended.value.code, int)
        return Result(ended.value.code, *capsys.readouterr())

    return run


def write(text: str, name: str = "talk/deck.yaml") -> None:
    """Write a file below the current folder."""
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


BROKEN = DECK.replace("title: Two", "titel: Two").replace("y_hat | .2f", "y_hut | .2f")
CLAIM = DECK.replace("    notes: ", "    claims: ['neuron.L < 0.5']\n    notes: ")
WARNING = DECK.replace("title: Two", "title: Two #2")


# ── build ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_build_a_folder(run: Run) -> None:
    """One deck is built into the folder itself, and the page's path is printed."""
    result = run("build", "talk", "-o", "out")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{Path('out/index.html').resolve()}\n"
    assert "1.10" in Path("out/index.html").read_text(encoding="utf-8")
    assert list(Path("out/assets").iterdir())


def test_build_a_single_file(run: Run) -> None:
    """A single file has the deck's name, and stands alone in the folder."""
    result = run("build", "talk/deck.yaml", "-o", "out", "--single-file")
    assert result.code == 0
    assert [path.name for path in Path("out").iterdir()] == ["talk.html"]
    assert "Content-Security-Policy" in Path("out/talk.html").read_text(encoding="utf-8")


def test_build_several(run: Run) -> None:
    """Several decks get a folder each, and an index that leads to them by relative addresses."""
    write(DECK.replace("theme: plain", "theme: dark"), "other.yaml")
    result = run("build", "talk", "other.yaml", "-o", "out")
    assert result.code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        ".bpslides",
        "404.html",
        "index.html",
        "other",
        "talk",
    ]
    assert len(result.out.splitlines()) == 3
    links = [link.attributes["href"] for link in read(Path("out/index.html").read_bytes()).all("main a")]
    assert links == ["talk/index.html", "other/index.html"]


def test_build_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a deck all shipped decks are built, each into its folder, be it only one."""
    themes = paths.shipped("themes")
    monkeypatch.setattr("bpslides.paths.shipped", lambda kind: Path.cwd() if kind == "decks" else themes)
    assert run("build", "-o", "out").code == 0
    assert Path("out/talk/index.html").is_file()
    assert Path("out/index.html").is_file()


def test_build_two_of_one_name(run: Run) -> None:
    """Two decks of one name would overwrite each other."""
    write(DECK.replace("theme: plain", "theme: dark"), "talk.yaml")
    result = run("build", "talk", "talk.yaml", "-o", "out")
    assert result.code == 2
    assert "two of these decks are called “talk”" in result.err
    assert not Path("out").exists()


def test_a_failed_build_changes_nothing(run: Run) -> None:
    """With one broken deck among several, all problems are printed and nothing is written."""
    assert run("build", "talk", "-o", "out").code == 0
    before = Path("out/index.html").read_bytes()
    write(BROKEN)
    write(CLAIM.replace("theme: plain", "theme: dark"), "other.yaml")
    result = run("build", "talk", "other.yaml", "-o", "out")
    assert result.code == 1
    assert "talk/deck.yaml:20:9: unknown key “titel”" in result.err
    assert "problems in talk/deck.yaml" in result.err
    assert "other.yaml:18:15: this claim does not hold" in result.err
    assert "1 problem in other.yaml" in result.err
    assert Path("out/index.html").read_bytes() == before
    assert not Path("out/other").exists()


def test_build_prints_warnings(run: Run) -> None:
    """A warning is printed, and the deck is built."""
    write(WARNING)
    result = run("build", "talk", "-o", "out")
    assert result.code == 0
    assert "warning" in result.err


def test_build_where_it_must_not(run: Run) -> None:
    """The deck's own folder is not an output folder."""
    result = run("build", "talk", "-o", "talk")
    assert result.code == 2
    assert "choose an output folder" in result.err
    assert Path("talk/deck.yaml").is_file()


def test_build_onto_a_file(run: Run) -> None:
    """An output that is a file is refused in plain words."""
    write("x", "out")
    for more in ([], ["--single-file"]):
        result = run("build", "talk", "-o", "out", *more)
        assert result.code in (1, 2)
        assert "Traceback" not in result.err
    assert Path("out").read_text(encoding="utf-8") == "x"


# ── check ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_clean(run: Run) -> None:
    """A good deck gets one line."""
    assert run("check", "talk") == Result(0, "talk/deck.yaml: no problems\n", "")


def test_check_prints_everything(run: Run) -> None:
    """All problems at once, with place, source line, caret, hint, and a count at the end; nothing on stdout."""
    write(BROKEN)
    result = run("check", "talk")
    assert (result.code, result.out) == (1, "")
    lines = result.err.splitlines()
    at = lines.index("talk/deck.yaml:20:9: unknown key “titel”")
    assert lines[at + 1 : at + 4] == ["        - titel: Two", "          ^", "  hint: did you mean “title”?"]
    assert any("y_hut" in line for line in lines)
    assert lines[-1].endswith(" problems in talk/deck.yaml")
    assert "\x1b" not in result.err


def test_check_warnings(run: Run) -> None:
    """Warnings alone are success, unless --strict."""
    write(WARNING)
    result = run("check", "talk")
    assert result.code == 0
    assert "1 problem in talk/deck.yaml" in result.err
    assert run("check", "talk", "--strict").code == 1


def test_check_several(run: Run) -> None:
    """One bad deck among several is enough for exit code 1, and all are looked at."""
    write(CLAIM.replace("theme: plain", "theme: dark"), "other.yaml")
    result = run("check", "other.yaml", "talk")
    assert result.code == 1
    assert result.out == "talk/deck.yaml: no problems\n"
    assert "this claim does not hold" in result.err


def test_check_json(run: Run) -> None:
    """JSON holds every field of every problem, and stands alone on stdout."""
    write(CLAIM)
    result = run("check", "talk", "--format", "json")
    assert (result.code, result.err) == (1, "")
    (problem,) = json.loads(result.out)
    message = problem.pop("message")
    assert "does not hold" in message
    assert problem == {
        "file": "talk/deck.yaml",
        "line": 18,
        "column": 15,
        "severity": "error",
        "hint": None,
        "more": None,
        "slide": "one",
        "check": "claims",
    }
    write(DECK)
    assert run("check", "talk", "--format", "json") == Result(0, "[]\n", "")


@pytest.mark.parametrize("worst", [1.1e-6, 0.5])
def test_check_gradients(run: Run, monkeypatch: pytest.MonkeyPatch, worst: float) -> None:
    """A model whose gradients are wrong is an error at the model's name."""
    numbers_of = "bpslides.check.gradients.numbers_of"
    monkeypatch.setattr(numbers_of, lambda program: {"gradient_check": worst, "kinks": ["w"]})
    result = run("check", "talk")
    assert result.code == 1
    assert result.err.startswith("talk/deck.yaml:4:3: the gradients of “neuron” differ")
    assert "there is one at w" in result.err
    monkeypatch.setattr(numbers_of, lambda program: {"gradient_check": 1e-6, "kinks": ["w"]})
    assert run("check", "talk").code == 0


def test_check_notes_do_not_count(run: Run) -> None:
    """What is only good to know is told, and changes neither the verdict nor the exit code."""
    write(DECK.replace("The network", "See [how](https://example.org/) the network"))
    result = run("check", "talk", "--strict")
    assert result.code == 0
    assert "note: 1 link leads out of the deck, to example.org; it was not tried" in result.err
    assert result.out == "talk/deck.yaml: no problems\n"
    (note,) = json.loads(run("check", "talk", "--strict", "--format", "json").out)
    assert (note["severity"], note["check"], note["slide"]) == ("note", "links", "one")


def test_check_without_a_browser(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no browser, one line says what to install; the exit code is not that of a bad deck."""
    monkeypatch.setenv("BPSLIDES_BROWSER", "nowhere")
    result = run("check", "talk", "--browser")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("Error: BPSLIDES_BROWSER is 'nowhere'")
    assert result.err.count("\n") == 1
    assert run("check", "talk").code == 0


def test_check_writes_nothing(run: Run) -> None:
    """Checking leaves no file behind."""
    before = sorted(Path().rglob("*"))
    run("check", "talk")
    assert sorted(Path().rglob("*")) == before


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_values_json(run: Run) -> None:
    """The numbers of a model by name, in full."""
    result = run("values", "talk", "--json")
    neuron = json.loads(result.out)["neuron"]
    assert list(neuron) == ["values", "gradients", "updated", "gradient_check", "kinks"]
    assert neuron["values"]["y_hat"] == pytest.approx(1.1)
    assert neuron["gradients"]["w"] == pytest.approx(-3.6)
    assert neuron["updated"] == pytest.approx({"w": 0.536, "b": 0.118})
    assert neuron["gradient_check"] < 1e-6


def test_values_after_steps(run: Run) -> None:
    """After one step the values are those that were to come."""
    neuron = json.loads(run("values", "talk", "--steps", "1", "--json").out)["neuron"]
    assert neuron["values"]["w"] == pytest.approx(0.536)


def test_values_as_a_table(run: Run) -> None:
    """For people: aligned columns, an updated value only for parameters."""
    lines = run("values", "talk", "--model", "neuron").out.splitlines()
    assert lines[0] == "neuron"
    assert lines[1].split() == ["value", "gradient", "after", "next", "update"]
    assert next(line.split() for line in lines if " w " in line) == ["w", "0.5", "-3.6", "0.536"]
    assert next(line.split() for line in lines if " z " in line) == ["z", "1.1", "-1.8"]


def test_values_of_a_batch(run: Run) -> None:
    """Arrays print as lists."""
    write(DECK.replace("x: 2.0", "x: [1, 2]").replace("(y - y_hat)**2", "mean((y - y_hat)**2)"))
    assert "[0.6, 1.1]" in run("values", "talk").out
    write(DECK.replace("x: 2.0", f"x: {list(range(7))}").replace("(y - y_hat)**2", "mean((y - y_hat)**2)"))
    assert next(line.split() for line in run("values", "talk").out.splitlines() if line.startswith("  x "))[:6] == [
        "x", "7", "from", "0", "to", "6"
    ]  # fmt: skip


def test_values_of_a_network(run: Run) -> None:
    """The gradients of pre-activations are marked, in figures of the precision that is asked for."""
    network = "{inputs: {x: 1}, targets: {p: 1}, layers: [{units: [p], activation: sigmoid, weights: [[0.5]]}]}"
    write(f"title: T\nmodels:\n  net: {{network: {network}}}\nslides: [{{title: A}}]\n", "net/deck.yaml")
    lines = run("values", "net", "--precision", "3").out.splitlines()
    rows = [line.split() for line in lines]
    assert ["p.z", "0.5", "δ", "-0.0887"] in rows
    assert ["p.a", "0.622", "-0.378"] in rows
    assert ["W_x_p", "0.5", "-0.0887", "0.509"] in rows
    assert "  δ is the gradient of a pre-activation z" in lines


def test_values_at_a_kink_and_beyond_numbers(run: Run) -> None:
    """A kink is told below the table, and a gradient that is no number is said to be too large."""
    saturated = "{units: [p], activation: sigmoid, weights: [[1000]]}"
    network = f"{{inputs: {{x: 1}}, targets: {{p: 0}}, loss: binary_cross_entropy, layers: [{saturated}]}}"
    models = f"{{kink: {{parameters: {{w: 0}}, graph: {{L: relu(w)}}}}, net: {{network: {network}}}}}"
    write(f"title: T\nmodels: {models}\nslides: [{{title: A}}]\n", "edge/deck.yaml")
    lines = run("values", "edge").out.splitlines()
    assert "  the loss has a kink at w: its gradient there is of one side" in lines
    assert ["p.a", "1", "too", "large"] in [line.split() for line in lines]
    assert json.loads(run("values", "edge", "--json").out)["net"]["gradients"]["p.a"] is None
    assert run("check", "edge").code == 0


def test_values_over_steps(run: Run) -> None:
    """One value after every update: as a table with a line a step, and in JSON beside the rest."""
    lines = run("values", "talk", "--over", "L", "--steps", "2", "--precision", "4").out.splitlines()
    assert lines[0] == "neuron"
    assert [line.split() for line in lines[1:5]] == [["step", "L"], ["0", "0.81"], ["1", "0.6561"], ["2", "0.5314"]]
    neuron = json.loads(run("values", "talk", "--over", "L", "--steps", "2", "--json").out)["neuron"]
    assert neuron["over"] == {"L": pytest.approx([0.81, 0.6561, 0.531441])}
    assert neuron["values"]["L"] == neuron["over"]["L"][2]
    assert run("values", "talk", "--over", "LL").err.endswith("has no value “LL” (did you mean “L”?)\n")


def test_values_of_several_over_steps(run: Run) -> None:
    """Several names are columns of one table, be they given one by one or with commas; elements and gradients, too."""
    write(DECK.replace("b: 0.1}", "b: 0.1, v: [1, 2]}").replace("relu(z)", "relu(z) + 0*sum(v)"))
    for arguments in (["--over", "L,grad.w", "--over", "v[1]"], ["--over", "L", "--over", "grad.w", "--over", "v[1]"]):
        lines = run("values", "talk", *arguments, "--steps", "1").out.splitlines()
        assert [line.split() for line in lines[1:4]] == [
            ["step", "L", "grad.w", "v[1]"],
            ["0", "0.81", "-3.6", "2"],
            ["1", "0.6561", "-3.24", "2"],
        ]
    over = json.loads(run("values", "talk", "--over", "L,v[0]", "--steps", "1", "--json").out)["neuron"]["over"]
    assert over == {"L": pytest.approx([0.81, 0.6561]), "v[0]": [1, 1]}
    for wrong, said in (("v[2]", "v has no element [2]"), ("L,K", "no value “K”"), ("L[0]x", "no value “L[0]x”")):
        result = run("values", "talk", "--over", wrong)
        assert result.code in (1, 2)
        assert (result.out, said in result.err) == ("", True)


def test_values_without_models(run: Run) -> None:
    """A deck that computes nothing says so; for programs it is an empty mapping."""
    write("title: T\nslides: [{title: A}]\n", "plain/deck.yaml")
    assert run("values", "plain").out.startswith("this deck has no models")
    assert json.loads(run("values", "plain", "--json").out) == {}


def test_values_of_no_model(run: Run) -> None:
    """A wrong name is wrong usage, with a suggestion."""
    result = run("values", "talk", "--model", "neurone", "--json")
    assert (result.code, result.out) == (2, "")
    assert "did you mean “neuron”?" in result.err


def test_values_that_diverge(run: Run) -> None:
    """Training that leaves the finite numbers is an error that names the model."""
    write(DECK.replace("learning_rate: 0.01", "learning_rate: 1000").replace("relu(z)", "z"))
    result = run("values", "talk", "--steps", "500")
    assert result.code == 1
    assert "“neuron”" in result.err


def test_values_of_a_broken_deck(run: Run) -> None:
    """A model that cannot be computed is told with its place."""
    write(DECK.replace("z: w*x + b", "z: w*x + c"))
    result = run("values", "talk", "--json")
    assert (result.code, result.out) == (1, "")
    assert "talk/deck.yaml:9:" in result.err
    assert result.err.endswith("1 problem in talk/deck.yaml\n")


# ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_decks(run: Run) -> None:
    """Every shipped deck has a line with name, title and number of slides."""
    result = run("decks")
    assert result.code == 0
    assert any(line.startswith("backprop ") and line.endswith("slides)") for line in result.out.splitlines())


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "--help"] for name in cli.commands.commands)])
def test_help(run: Run, arguments: list[str]) -> None:
    """Every command explains itself."""
    result = run(*arguments)
    assert result.code == 0
    assert result.out.startswith("Usage: bpslides")


def test_version(run: Run) -> None:
    """The version comes with the name."""
    assert run("--version").out.startswith("bpslides 0.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bulid"], "Did you mean 'build'?"),
        (["build", "talk", "--single-fil", "-o", "x"], "--single-file"),
        (["build", "talk"], "--output"),
        (["build", "tlak", "-o", "x"], "there is no deck “tlak”"),
        (["build", "visual-giude", "-o", "x"], "did you mean “visual-guide”?"),
        (["check"], "DECK"),
        (["check", "talk", "--format", "xml"], "'xml'"),
        (["check", "talk/plain"], "holds no deck.yaml"),
        (["check", "-talk"], "-t"),
        (["check", "--", "-talk"], "there is no deck “-talk”"),
        (["check", "a\u202eb\x1b[31m"], "\\u202e"),
        (["values", "talk", "--steps", "-1"], "--steps"),
        (["values", "talk", "--steps", "many"], "'many'"),
        (["values", "talk", "--precision", "0"], "--precision"),
        (["values", "talk", "--over", "y_hut"], "did you mean “y_hat”?"),
        (["serve", "talk", "--port", "99999"], "--port"),
        (["serve", "talk", "--host", "0.0.0.0"], "roles and tokens"),
        (["serve", "tlak"], "there is no deck “tlak”"),
    ],
)
def test_wrong_usage(run: Run, arguments: list[str], message: str) -> None:
    """Exit code 2, a message on standard error that helps, nothing on stdout."""
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err
    assert "\x1b" not in result.err


def test_unreadable_file(run: Run) -> None:
    """A file that is no text is told in one line."""
    Path("talk/deck.yaml").write_bytes(b"title: \xff\xfe\n")
    for command in (["check", "talk"], ["values", "talk"], ["build", "talk", "-o", "out"]):
        result = run(*command)
        assert result.code == 1
        assert "not UTF-8" in result.err


def test_names_with_spaces(run: Run) -> None:
    """Files may be called anything."""
    write(DECK.replace("theme: plain", "theme: dark"), "my talk/größe 1.yaml")
    assert run("build", "my talk/größe 1.yaml", "-o", "my out", "--single-file").code == 0
    assert [path.name for path in Path("my out").iterdir()] == ["größe-1.html"]


def test_interrupt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any time is exit code 130, without a traceback."""

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "compute", interrupted)
    result = run("values", "talk")
    assert (result.code, result.err.strip()) == (130, "")


def test_serve_passes_on_what_was_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The options of `serve` reach the server; without a deck there is none."""
    calls: list[Any] = []
    monkeypatch.setattr("bpslides.serve.serve", lambda *arguments, **named: calls.append((*arguments, named)))
    run("serve", "talk", "--host", "localhost", "--port", "8123", "--no-open")
    run("serve")
    assert calls == [
        (Path("talk/deck.yaml"), "localhost", 8123, {"open_browser": False}),
        (None, "127.0.0.1", None, {"open_browser": True}),
    ]


def test_colour(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the place is bold and the severity coloured; NO_COLOR and dumb terminals get plain text."""
    write(BROKEN)
    plain = run("check", "talk").err
    monkeypatch.setattr(cli.sys.stderr, "isatty", lambda: True)  # type: ignore[attr-defined]
    monkeypatch.setattr("click._compat.should_strip_ansi", lambda *_: False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = run("check", "talk").err
    assert (
        click.style("talk/deck.yaml:20:9", bold=True) + ": " + click.style("error", fg="red") + ": unknown" in coloured
    )
    assert click.unstyle(coloured).replace(": error: ", ": ") == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert run("check", "talk").err == plain
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert run("check", "talk").err == plain


def test_render_is_asked_for_a_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check draws the deck as a build does."""
    asked: list[render.Output] = []
    real = render.render

    def recorded(source: Any, numbers: Any, problems: Any, output: render.Output) -> render.Site:
        asked.append(output)
        return real(source, numbers, problems, output)

    monkeypatch.setattr("bpslides.check.render", recorded)
    run("check", "talk")
    assert asked == [render.Output.FOLDER]


def test_new(run: Run) -> None:
    """A new deck says what to do with it, passes the strict check, and is made only where nothing is."""
    result = run("new", "my talk")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:2] == ["my talk/deck.schema.json", "my talk/deck.yaml"]
    assert result.out.splitlines()[-2:] == ["  bpslides serve 'my talk'", "  bpslides check 'my talk'"]
    assert run("check", "my talk", "--strict").code == 0
    again = run("new", "my talk")
    assert (again.code, again.err) == (2, "Error: “my talk” is not empty: name a new folder\n")


def test_new_with_a_leading_dash(run: Run) -> None:
    """A name that looks like an option is shown so that it can be typed."""
    assert "  bpslides serve ./-talk" in run("new", "--", "-talk").out


def test_schema(run: Run) -> None:
    """The schema is the one in the repository, in characters that every terminal has."""
    result = run("schema")
    assert (result.code, result.err) == (0, "")
    assert result.out == (paths.shipped("decks") / "deck.schema.json").read_text(encoding="utf-8")
    assert result.out.isascii()


def test_help_lists_every_page(run: Run) -> None:
    """Without a topic, help is a list of what there is help on: pages, then the other topics."""
    pages, _, others = run("help").out.partition("\n\n")
    listed = [line.split()[0] for line in pages.splitlines()]
    assert listed == ["deck", "slides", "series", "models", "expressions", "themes", *BLOCKS]
    assert "claims" in others
    assert "variables" in others


def test_help_on_a_block(run: Run) -> None:
    """The page of a block, with its example and its settings, in plain Markdown where there is no terminal."""
    result = run("help", "callout")
    assert result.code == 0
    assert result.out.startswith("# `callout`\n")
    assert "- callout: {" in result.out
    assert "| `tone` |" in result.out


def test_help_on_nothing(run: Run) -> None:
    """A misspelt topic gets a suggestion, and one in other words what it is called here; nothing far off is named."""
    result = run("help", "calout")
    assert (result.code, result.out) == (2, "")
    assert "did you mean “callout”?" in result.err
    for topic, hint in {
        "photo": "did you mean “image”?",
        "maths": "did you mean “equation”?",
        "bullets": "did you mean “list”?",
        "chart": "did you mean “figure”?",
        "zebra": "“bpslides help” lists all topics",
    }.items():
        result = run("help", topic)
        assert (result.code, result.out, result.err) == (2, "", f"Error: there is no help on “{topic}” ({hint})\n")
