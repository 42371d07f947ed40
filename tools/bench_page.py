"""What a page costs in the browser: opening it, an event of every live block, and the memory of forty figures.

`bench_page(scratch)` prints how long a title takes to be seen, from a file and from a host, the work of one input
event of every live block that has a slider, without what Plotly does itself, and how often Plotly draws in a frame
while five events come in each;
`bench_memory(scratch)` walks through a deck of forty figures and prints the JavaScript heap.
"""

from __future__ import annotations

import os
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page

from bpslides.browser import launch
from bpslides.hosting import Hosted
from bpslides.lookup import find
from bpslides.pipeline import make_site
from bpslides.render import Output
from bpslides.write import write_file, write_folder
from tools.reference import deck_of

#: Live blocks with a slider, as the reference shows them.
SLIDING = ("demo", "curve", "surface", "descent", "training", "chain")
#: What came over the network for the page and all that it asked for.
TRANSFERRED = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""
#: A deck of figures, the heavy ones among them: eight of each.
FIGURES = """\
  - figure: {{functions: [{{function: sin({0}*x)}}, {{function: cos(x)}}], domain: [-3, 3]}}
  - figure: {{heatmap: x**2 + {0}*y**2, domain: [-1, 1]}}
  - surface: {{function: x**2 + {0}*y**2, domain: [-1, 1], at: [0.5, 0.3]}}
  - training: {{model: neuron, steps: 60, rates: [0.005, 0.3], show: [y_hat], log: true}}
  - curve: {{function: x**3 - {0}*x, domain: [-2.2, 2.2], at: 1.5}}
"""
MODEL = """\
title: Forty figures
models:
  neuron:
    inputs: {x: 2.0}
    targets: {y: 2.0}
    parameters: {w: 0.5, b: 0.1}
    graph: {y_hat: relu(w*x + b), L: (y - y_hat)**2}
    loss: L
    learning_rate: 0.01
slides:
"""
# From here on Plotly's own time is kept apart, and its drawings are counted.
WATCH_PLOTLY = """() => {
  window.plotly = { time: 0, draws: 0 };
  for (const name of ['newPlot', 'restyle', 'relayout', 'react', 'update']) {
    const original = Plotly[name];
    Plotly[name] = function (...given) {
      const start = performance.now();
      try { return original.apply(this, given); }
      finally { window.plotly.time += performance.now() - start; window.plotly.draws += 1; }
    };
  }
}"""
# One input event: all that runs before the page answers, what the block does asynchronously included.
SLIDE = """async (id) => {
  const input = [...document.querySelectorAll(`#${id} .block input[type=range]`)].find(e => e.checkVisibility());
  const from = Number(input.min), to = Number(input.max), times = [], draws = [];
  const frame = () => new Promise(requestAnimationFrame);
  const move = share => {
    input.value = from + (to - from) * share;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  await frame();
  for (let i = 0; i < 200; i++) {
    const own = window.plotly.time, start = performance.now();
    move(0.2 + 0.6 * (i % 100) / 100);
    await new Promise(resolve => queueMicrotask(() => queueMicrotask(resolve)));
    times.push(performance.now() - start - (window.plotly.time - own));
    await frame();
  }
  for (let i = 0; i < 60; i++) {
    const before = window.plotly.draws;
    for (let event = 0; event < 5; event++) move(0.2 + 0.6 * (5 * i + event) / 300);
    await frame();
    await new Promise(resolve => setTimeout(resolve));
    draws.push(window.plotly.draws - before);
  }
  return [times, Math.max(...draws)];
}"""
# When the first words were painted.
PAINTED = """() => new Promise(resolve => new PerformanceObserver(list => {
  for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
}).observe({ type: 'paint', buffered: true }))"""
MIB = 1024 * 1024


def opened(page: Page, file: Path, text: str) -> Page:
    """The page with a deck of this text."""
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    site, _ = make_site(file, Output.SINGLE_FILE)
    page.goto(write_file(site, file.parent / "out").resolve().as_uri())
    page.wait_for_selector("html[data-ready]")
    return page


class _Gzip(SimpleHTTPRequestHandler):
    """Sends the ``.gz`` twin of a file."""

    def translate_path(self, path: str) -> str:
        """The twin of the file for an address, where there is one."""
        file = super().translate_path("/index.html" if path == "/" else path)
        self.is_packed = Path(file + ".gz").exists()
        return file + ".gz" if self.is_packed else file

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """The type of what is compressed."""
        return super().guess_type(str(path).removesuffix(".gz"))

    def end_headers(self) -> None:
        """Tell that it is compressed."""
        if self.is_packed:
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """The address at which a host on this machine sends a folder, compressed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Gzip, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def bench_page(scratch: Path) -> None:
    """Opening a page, and one input event of each live block."""
    guide = write_file(make_site(find("visual-guide"), Output.SINGLE_FILE)[0], scratch).as_uri()
    site, _ = make_site(find("visual-guide"), Output.FOLDER)
    write_folder(Hosted(site, {}, compress=True), scratch / "guide", site.read)
    with launch() as browser, hosted(scratch / "guide") as host:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        for kind, address in (("one file", guide), ("folder", host)):
            paints, sent = [], 0
            for _ in range(7):
                page.goto(address)
                paints.append(page.evaluate(PAINTED))
                sent = page.evaluate(TRANSFERRED)
                page.goto("about:blank")
                page.context.new_cdp_session(page).send("Network.clearBrowserCache")
            total = f"   {sent / 1000:.0f} kB sent, gzip (goal: at most 120)" if address == host else ""
            print(f"title visible, {kind:<13}{statistics.median(paints):8.0f} ms  (goal: under 100){total}")
        opened(page, scratch / "blocks" / "deck.yaml", deck_of(list(SLIDING)))
        for index, kind in enumerate(SLIDING):
            page.evaluate("index => Reveal.slide(index)", index)
            page.wait_for_selector(f"#block-{kind} .main-svg")
            if index == 0:
                page.evaluate(WATCH_PLOTLY)
            times, most = page.evaluate(SLIDE, f"block-{kind}")
            p95 = statistics.quantiles(times, n=20)[-1]
            print(
                f"one event of {kind:<15}{statistics.median(times):8.2f} ms  p95 {p95:.2f} ms  (goal: under 4)"
                f"   Plotly: at most {most} a frame"
            )


def bench_memory(scratch: Path) -> None:
    """Forty figures, gone through there and back."""
    slides = [line for n in range(1, 9) for line in FIGURES.format(n).splitlines()]
    text = MODEL + "".join(f"  - title: Figure {n}\n    content:\n    {line}\n" for n, line in enumerate(slides, 1))
    with launch() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        opened(page, scratch / "forty" / "deck.yaml", text)
        tools = page.context.new_cdp_session(page)
        heaps = []
        for index in [*range(len(slides)), *reversed(range(len(slides)))]:
            page.evaluate("index => Reveal.slide(index)", index)
            page.wait_for_selector("section.present .main-svg")
            heaps.append(tools.send("Runtime.getHeapUsage")["usedSize"] / MIB)
        tools.send("HeapProfiler.collectGarbage")
        left = tools.send("Runtime.getHeapUsage")["usedSize"] / MIB
        print(f"heap of 40 figures          {max(heaps):8.0f} MiB at most, {left:.0f} in the end  (goal: under 143)")
