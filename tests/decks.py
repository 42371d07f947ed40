"""Decks that tests write: `Deck(folder, slides)` gives the problems, the page and its numbers."""

from pathlib import Path
from textwrap import dedent

from bpslides.errors import DeckError, Problem, Problems
from bpslides.pipeline import compute
from bpslides.render import Output, Site, render
from bpslides.source import Source
from tests.pages import Node, read

NEURON = """\
models:
  neuron:
    inputs: {x: 2.0}
    targets: {y: 2.0}
    parameters: {w: 0.5, b: 0.1}
    graph:
      z: w*x + b
      y_hat: relu(z)
      L: (y - y_hat)**2
    loss: L
    learning_rate: 0.01
"""


class Deck:
    """A deck in a file of its own, rendered."""

    def __init__(self, folder: Path, yaml: str, output: Output = Output.SERVE) -> None:
        """Write ``yaml`` (indentation of the test taken off) to ``folder/deck.yaml`` and build it."""
        self.file = folder / "deck.yaml"
        self.file.write_bytes(dedent(yaml).encode("utf-8", "surrogatepass"))
        problems = Problems()
        source, numbers = compute(self.file, problems)
        self.source: Source = source
        self.site: Site = render(source, numbers, problems, output)
        self.problems: list[Problem] = problems.found
        self.page: Node = read(self.site.page)

    @property
    def messages(self) -> list[str]:
        """``line:column: message`` of every problem, warnings marked, hints in parentheses."""
        shown = []
        for problem in self.problems:
            where = f"{problem.place.line}:{problem.place.column}: " if problem.place else ""
            kind = "warning: " if problem.severity == "warning" else ""
            shown.append(f"{where}{kind}{problem.message}" + (f" ({problem.hint})" if problem.hint else ""))
        return shown

    @property
    def sound(self) -> "Deck":
        """The deck itself, which must have no problem."""
        if self.problems:
            raise DeckError(self.problems)
        return self


def with_content(content: str, models: str = NEURON) -> str:
    """A deck of one slide with this content (YAML, from column 0)."""
    indented = "\n".join(f"      {line}" if line else "" for line in dedent(content).strip("\n").split("\n"))
    return f"title: Test\n{models}slides:\n  - title: One\n    content:\n{indented}\n"
