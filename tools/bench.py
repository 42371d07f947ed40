"""Measure speed: `make bench`, or `python -m tools.bench build page`. Medians of one run, with ratios to floors.

build: wall time and peak memory of `bpslides build`, cold, in a process of its own, beside `python -c pass`.
page:  how long the title takes to be seen, and the work of one input event of each live block, Plotly aside.
memory: the JavaScript heap of a deck of forty figures.
live:  from saving a deck under `serve` until the browser shows it.
pdf:   `bpslides pdf` as a whole, and pages a second.
core:  the backprop core beside micrograd, autograd, PyTorch and JAX, where requirements/bench.in is installed.
"""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bpslides.browser import launch
from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output
from tools.bench_core import bench_core
from tools.bench_page import bench_memory, bench_page

SLIDE = """\
  - title: Slide {number}
    content:
      - "Some words about the {number}th idea, and the loss: {{{{ neuron.L | .2f }}}}."
      - equation: 'L_{{{number}}} = \\frac{{1}}{{2}} (y - \\hat y)^2'
    notes: Say it.
"""
HEAD = """\
title: Many slides
models:
  neuron: {inputs: {x: 2.0}, parameters: {w: 0.5}, graph: {L: (w*x - 2)**2}, loss: L}
slides:
"""
# Looks at every frame whether the first title has changed; `window.seen` then holds the time.
WAIT_FOR_TITLE = """want => {
  window.seen = new Promise(resolve => {
    const title = () => document.querySelector('.title').textContent;
    const look = () => title() === want ? resolve(Date.now()) : requestAnimationFrame(look);
    look();
  });
}"""


# Runs a command and prints its wall time and its peak memory. In a process of its own, because one that is started
# begins with the memory of who starts it.
RUN = """import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"""


def wall(command: list[str], repeats: int) -> tuple[float, float]:
    """The median of the wall times in seconds, and the peak memory in MiB."""
    # As users have it: the modules compiled when the command has been run before.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", RUN, *command], stdout=subprocess.PIPE, env=environment, check=True
        ).stdout
        for _ in range(repeats + 1)
    ]
    times, peaks = zip(*(map(float, run.split()) for run in runs), strict=True)
    return statistics.median(times[1:]), max(peaks)  # the first run fills the caches of the disk


def generated(folder: Path, slides: int) -> Path:
    """A deck of so many slides, each with a number and a formula."""
    file = folder / f"many{slides}" / "deck.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + "".join(SLIDE.format(number=n) for n in range(1, slides + 1)), encoding="utf-8")
    return file


def bench_build(scratch: Path) -> None:
    """Cold builds."""
    floor, _ = wall([sys.executable, "-c", "pass"], 9)
    print(f"{'python -c pass':<28}{floor * 1000:8.0f} ms")
    decks = ["visual-guide", "backprop", *(str(generated(scratch, n)) for n in (13, 100, 1000))]
    for deck in decks:
        out = scratch / "out"
        command = [sys.executable, "-m", "bpslides", "build", deck, "-o", str(out), "--single-file"]
        seconds, peak = wall(command, 7 if "1000" not in deck else 5)
        site, _ = make_site(find(deck), Output.SINGLE_FILE)
        size = len(site.page)
        packed = len(gzip.compress(site.page, 6))
        name = Path(deck).parent.name if "/" in deck else deck
        print(
            f"build {name:<22}{seconds * 1000:8.0f} ms  {seconds / floor:5.1f} × python   {peak:5.0f} MiB"
            f"   {size / 1024:6.0f} KiB ({packed / 1024:.0f} gz)"
        )


def bench_live(scratch: Path) -> None:
    """From a save to the changed slide, at 13 and 1,000 slides."""
    with launch() as browser:
        for count in (13, 1000):
            file = scratch / f"many{count}" / "deck.yaml"
            if not file.exists():
                generated(scratch, count)
            command = [sys.executable, "-m", "bpslides", "serve", str(file), "--no-open", "--port", "0"]
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split()[-1]
                page = browser.new_page()
                page.goto(address)
                page.wait_for_selector("html[data-ready]")
                text = file.read_text(encoding="utf-8")
                times = []
                for n in range(9):
                    changed = text.replace("title: Slide 1\n", f"title: Slide number {n}\n", 1)
                    page.evaluate(WAIT_FOR_TITLE, f"Slide number {n}")
                    start = time.time() * 1000
                    file.write_text(changed, encoding="utf-8")
                    times.append(page.evaluate("window.seen") - start)
                print(f"save → seen, {count:>4} slides    {statistics.median(times):8.0f} ms")
                page.close()
            finally:
                server.terminate()
                server.communicate(timeout=10)


def bench_pdf(scratch: Path) -> None:
    """Decks on paper, from the command to the file."""
    # The visual guide, then slides of which every one has a formula, and no plots.
    decks = [("visual-guide", 13, 7), *((str(generated(scratch / "pdf", n)), n, 3) for n in (13, 100, 200))]
    for deck, pages, repeats in decks:
        command = [sys.executable, "-m", "bpslides", "pdf", deck, "-o", str(scratch / "out.pdf")]
        seconds, peak = wall(command, repeats)
        name = Path(deck).parent.name if "/" in deck else deck
        print(f"pdf {name:<24}{seconds * 1000:8.0f} ms  {pages / seconds:5.1f} pages/s      {peak:5.0f} MiB")


BENCHES: dict[str, Callable[[Path], None]] = {
    "build": bench_build,
    "page": bench_page,
    "memory": bench_memory,
    "live": bench_live,
    "pdf": bench_pdf,
    "core": bench_core,
}


def main() -> None:
    """Run the named measurements, or all."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in sys.argv[1:] or BENCHES:
            BENCHES[name](Path(scratch))


if __name__ == "__main__":
    main()
