"""README, CONTRIBUTING and CHANGELOG tell the truth: commands run, examples build, tables are those of the code."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from bpslides import cli
from bpslides.compute import Numbers
from bpslides.errors import Problems
from bpslides.expression import FUNCTIONS
from bpslides.lookup import find
from bpslides.model import BLOCKS
from bpslides.model.models import Activation, InitName, LossName, OptimizerName
from bpslides.pipeline import compute
from bpslides.text import Text

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


def fences(document: str, language: str) -> list[str]:
    """The blocks of code in one language, also those indented below a list item."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", document, re.MULTILINE | re.DOTALL)


def commands(document: str) -> list[str]:
    """Every line in a shell block."""
    return [line.strip() for block in fences(document, "sh") for line in block.splitlines()]


def section(title: str) -> str:
    """A section of the README, without those below it."""
    return README.partition(f"# {title}\n")[2].partition("\n#")[0]


EXAMPLE, MODELS = fences(README, "yaml")


def run(arguments: list[str]) -> int:
    """Run the program in this process; returns its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The deck of the README where the README says, in the current folder."""
    file = tmp_path / "my-talk" / "deck.yaml"
    file.parent.mkdir()
    file.write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return file


@pytest.mark.parametrize("command", [c for c in commands(README) if c.startswith("bpslides ")])
def test_readme_commands_run(command: str, example: Path) -> None:
    """Every command ends well on the deck of the README; for `serve`, which does not end, its arguments are read."""
    name, *arguments = shlex.split(command)[1:]
    if name == "serve":
        context = cli.serve.make_context("serve", list(arguments))
        assert find(context.params["deck"]).samefile(example)
    else:
        assert run([name, *arguments]) == 0
    if "-o" in arguments:
        built = Path(arguments[arguments.index("-o") + 1])
        assert built.is_file() or list(built.rglob("*.html")) or list(built.glob("*.png")), "nothing was built"


def test_readme_shows_every_command() -> None:
    """Each command of the program is in the table and has an example, and there are no others."""
    listed = re.findall(r"^\| `bpslides (\w+)` \|", README, re.MULTILINE)
    shown = {command.split()[1] for command in commands(README) if command.startswith("bpslides ")}
    assert sorted(listed) == sorted(cli.commands.commands)
    assert shown == set(cli.commands.commands)


@pytest.mark.parametrize(
    "command", sorted({c for c in commands(README) + commands(CONTRIBUTING) if not c.startswith("bpslides ")})
)
def test_other_commands_exist(command: str) -> None:
    """The targets of `make` and the files that other commands name are there."""
    words = [word for word in shlex.split(command) if "=" not in word]
    match words:
        case ["make", *targets]:
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            for target in targets:
                assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE), f"no target {target}"
        case ["pip", "install", "."]:
            assert 'bpslides = "bpslides.cli:script"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        case [".venv/bin/pytest", "-m", expression]:
            markers = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("markers = [")[2]
            for marker in set(re.findall(r"\w+", expression)) - {"not", "and"}:
                assert f'"{marker}:' in markers
        case [".venv/bin/pytest" | "node", file, *rest]:
            assert (ROOT / file).is_file()
            assert all(list((ROOT / "web" / "test").glob(f"*{name}*.test.ts")) for name in rest)
        case _:
            pytest.fail(f"nobody checks {command!r}")


def test_readme_deck_has_no_problem(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The deck of the README builds without a warning."""
    assert run(["check", "my-talk", "--strict"]) == 0
    assert capsys.readouterr().err == ""


def test_readme_error_is_what_one_sees(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mistake that the README tells of gives the message that it shows."""
    example.write_text(EXAMPLE.replace("says {{ line.y_hat", "says {{ line.y_hut"), encoding="utf-8")
    assert run(["check", "my-talk"]) == 1
    assert fences(section("A deck of your own"), "text")[0] in capsys.readouterr().err


def numbers_of(deck: str, folder: Path) -> tuple[Numbers, Problems]:
    """The numbers of a deck, and what is wrong with it."""
    file = folder / "deck.yaml"
    file.write_text(deck, encoding="utf-8")
    problems = Problems()
    return compute(file, problems)[1], problems


ROWS = [line for line in fences(section("Expressions and formats"), "text")[0].splitlines() if line]


@pytest.mark.parametrize("row", ROWS)
def test_readme_numbers(row: str, tmp_path: Path) -> None:
    """Each expression of the README prints the number beside it."""
    expression, printed = re.fullmatch(r"\{\{(.*)\}\}\s+(\S+)", row).groups()  # type: ignore[union-attr]
    numbers, problems = numbers_of(EXAMPLE, tmp_path)
    assert numbers.formatted(expression, Text(expression), 0, "text") == printed
    assert problems.found == []


def test_readme_names_every_function() -> None:
    """The list of functions is that of the language."""
    lines = [line for line in section("Expressions and formats").splitlines() if re.fullmatch(r"(`\w+` ?)+", line)]
    assert re.findall(r"`(\w+)`", " ".join(lines)) == sorted(FUNCTIONS)


def test_readme_models_hold(tmp_path: Path) -> None:
    """The layered network of the README has the names that the text says, and every number of it is sound."""
    numbers, problems = numbers_of(f"title: T\n{MODELS}slides: [{{title: S}}]\n", tmp_path)
    assert problems.found == []
    names = set(numbers.programs["small"].names)
    assert {"H3.z", "H3.a", "O5.target", "b_O5", "loss"} <= names
    assert {"layer1.W", "layer1.b", "layer2.z", "layer2.a"} <= set(numbers.programs["large"].names)


@pytest.mark.parametrize(
    ("setting", "words"),
    [("activation", Activation), ("loss", LossName), ("init", InitName), ("optimizer", OptimizerName)],
)
def test_readme_names_every_setting(setting: str, words: object) -> None:
    """The table of settings has the words of the language, in its order."""
    row = re.search(rf"^\| `{setting}` \| (.*) \|$", section("Models"), re.MULTILINE)
    assert row
    assert re.findall(r"[a-z_]{2,}", re.sub(r"\(.*?\)", "", row[1]).partition("; with")[0]) == list(get_args(words))


BLOCK_ROWS = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", section("Slides"), re.MULTILINE)


def test_readme_lists_every_block() -> None:
    """The table of blocks is that of the code."""
    assert sorted(name for name, _ in BLOCK_ROWS) == sorted(BLOCKS)


@pytest.mark.parametrize(
    ("name", "short"), [row for row in BLOCK_ROWS if row[1] not in ("see above", "see the reference")]
)
def test_readme_blocks_build(name: str, short: str, example: Path) -> None:
    """Each block builds as written in the table, and is the block that the row is about."""
    written = short.strip("`")
    assert name == "markdown" or written.startswith(f"{name}: ")
    example.write_text(f"{EXAMPLE}  - title: The block\n    content:\n      - {written}\n", encoding="utf-8")
    assert run(["build", "my-talk", "-o", "out"]) == 0


@pytest.mark.parametrize("include", re.findall(r"`(- (?:include|stack): [^`]*)`", README))
def test_readme_include_and_stack_build(include: str, example: Path) -> None:
    """A stack and both ways to include are read as the text says."""
    line = " ".join(include.split()).replace("[...]", "[{title: A}, {title: B}]")
    example.write_text(f"{EXAMPLE}  {line}\n", encoding="utf-8")
    assert run(["build", "my-talk", "-o", "out"]) == 0


def test_readme_python() -> None:
    """The Python of the README gives what is printed there."""
    (example,) = fences(README, "python")
    parsed = doctest.DocTestParser().get_doctest(example, {}, "README.md", "README.md", 0)
    results = doctest.DocTestRunner().run(parsed)
    assert results.failed == 0
    assert results.attempted > 5


def test_contributing_theme_is_accepted(example: Path) -> None:
    """The theme of CONTRIBUTING works from the deck's own folder, as it says."""
    look = example.parent / "look"
    look.mkdir()
    (theme,) = fences(CONTRIBUTING, "css")
    (look / "theme.css").write_text("\n".join(line[3:] for line in theme.splitlines()), encoding="utf-8")
    example.write_text(EXAMPLE.replace("theme: light", "theme: look"), encoding="utf-8")
    assert run(["check", "my-talk", "--strict"]) == 0


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    """Every link and picture leads to a file of the project, and to a heading of it where it names one."""
    text = (ROOT / document).read_text(encoding="utf-8")
    text = re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        assert (ROOT / path).is_file(), f"{document} links to {link}"
        headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(encoding="utf-8") if anchor else "", re.MULTILINE)
        assert not anchor or anchor in [heading.lower().replace(" ", "-") for heading in headings]


def test_contributing_names_what_is_there() -> None:
    """Files in CONTRIBUTING exist, and what is said to be in a file is in it."""
    places = [ROOT, ROOT / "src" / "bpslides"]
    named = re.findall(r"`([\w./-]+(?:/|\.\w+))`", re.sub(r"^ *```.*?^ *```", "", CONTRIBUTING, flags=re.M | re.S))
    others = ("r.text.", "paths.inside", "theme.css")  # code, and a file of somebody's deck
    files = [name for name in named if "NAME" not in name and not name.startswith(others)]
    assert len(files) > 30
    for name in files:
        assert any((place / name).exists() for place in places), f"no file {name}"
    for what, file in re.findall(r"`(\w+)`\s+in\s+`([\w./]+\.\w+)`", CONTRIBUTING):
        assert re.search(rf"\b{what}\b", (ROOT / file).read_text(encoding="utf-8")), f"no {what} in {file}"
