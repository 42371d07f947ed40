"""The page: one section a slide, a policy that allows exactly what is there, and no address of another host."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from bpslides import paths
from bpslides.render import Output
from tests.decks import Deck, with_content
from tests.pages import Node

TALK = """\
title: A $x^2$ talk
subtitle: With {{ neuron.L | .2f }}
author: Ada
date: 2024-02-30
lang: de
footer: The *foot*
models:
  neuron: {inputs: {x: 2.0}, parameters: {w: 0.45}, graph: {L: (w*x)**2}}
slides:
  - {id: start, layout: title, title: Hello, subtitle: World, notes: 'Moin **hi**, {{ neuron.L | .2f }} times'}
  - stack: [{title: Down}, {title: Further}]
  - {title: Last, kicker: The end, content: '![](x.png)'}
"""


def policy(page: Node) -> dict[str, list[str]]:
    """The Content Security Policy of a page: directive → sources."""
    (meta,) = page.all('meta[http-equiv="Content-Security-Policy"]')
    return {name: sources for name, *sources in (part.split() for part in meta.attributes["content"].split(";"))}


def digest(text: str) -> str:
    """The source that allows this script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_sections(tmp_path: Path) -> None:
    """Each slide is a section with an id and a counter; those of a stack stand in a section of their own."""
    (tmp_path / "x.png").touch()
    deck = Deck(tmp_path, TALK)
    slides = deck.page.one("div.slides")
    assert [node.attributes.get("id") for node in slides.children if isinstance(node, Node)] == ["start", None, "last"]
    assert [node.attributes["id"] for node in slides.all("section section")] == ["down", "further"]
    assert slides.texts(".counter") == ["00 / 03", "01 / 03", "02 / 03", "03 / 03"]
    assert [section.stack for section in deck.site.sections] == [0, 1, 1, 2]


def test_head_and_foot(tmp_path: Path) -> None:
    """Title, description, language, byline, kicker and footer are where they belong, with numbers filled in."""
    (tmp_path / "x.png").touch()
    page = Deck(tmp_path, TALK).page
    assert page.one("title").text == "A x² talk"
    assert page.one('meta[name="description"]').attributes["content"] == "With 0.81"
    assert page.one("html").attributes["lang"] == "de"
    assert page.texts("h1") == ["Hello"]
    assert page.texts(".byline") == ["Ada · 2024-02-30"]
    assert page.texts(".kicker-text") == ["The end"]
    assert page.texts("footer") == ["The foot"] * 4


def test_notes_are_in_no_file(tmp_path: Path) -> None:
    """What the presenter says is for the speaker view only."""
    (tmp_path / "x.png").touch()
    site = Deck(tmp_path, TALK).site
    assert '<strong>hi</strong>, <span class="num">0.81</span> times' in site.notes[0]["notes"]
    assert not any(b"Moin" in data for data in site.files.values())


def test_folder(tmp_path: Path) -> None:
    """In a folder, every address leads to a file of the site, named after its content."""
    deck = Deck(tmp_path, with_content("- figure: {function: x, domain: [0, 1]}"), Output.FOLDER).sound
    linked = [node.attributes["href"] for node in deck.page.all('link[rel="stylesheet"]')]
    linked += [node.attributes["src"] for node in deck.page.all("script[src]")]
    linked += [json.loads(deck.page.one('[id=":settings"]').source)["plotly"]]
    style = deck.site.files[linked[0]].decode()
    linked += [f"assets/{address}" for address in re.findall(r'url\("([^"]+)"\)', style)]
    assert sorted(linked) == sorted(set(deck.site.files) - {"index.html"})
    for path, data in deck.site.files.items():
        assert path == "index.html" or hashlib.sha256(data).hexdigest()[:12] in path


def test_policy_of_a_folder(tmp_path: Path) -> None:
    """A folder allows its own files, and nothing inline that runs."""
    page = Deck(tmp_path, with_content("- x"), Output.FOLDER).sound.page
    found = policy(page)
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'"]
    assert found["base-uri"] == found["form-action"] == ["'none'"]
    assert "'unsafe-inline'" not in found["style-src-elem"]
    for script in page.all("script"):
        assert "src" in script.attributes or script.attributes["type"] in ("application/json", "text/plain")


def test_policy_of_a_single_file(tmp_path: Path) -> None:
    """In a single file, the policy holds the hashes of exactly its scripts and its style, and allows no connection."""
    deck = Deck(tmp_path, with_content("- figure: {function: x, domain: [0, 1]}"), Output.SINGLE_FILE).sound
    assert list(deck.site.files) == ["index.html"]
    found = policy(deck.page)
    (script,) = (node for node in deck.page.all("script") if "type" not in node.attributes)
    packed = {
        name: gzip.decompress(base64.b64decode(deck.page.one(f'[id=":{name}"]').source)).decode()
        for name in ("deck", "plotly")
    }
    assert packed == {name: paths.static(f"{name}.js").decode() for name in packed}
    assert set(found["script-src"]) == {digest(script.source), *map(digest, packed.values())}
    assert digest(deck.page.one("style").source) in found["style-src-elem"]
    assert found["connect-src"] == ["'none'"]
    assert found["img-src"] == found["font-src"] == ["data:"]


@pytest.mark.parametrize("output", [Output.FOLDER, Output.SINGLE_FILE])
def test_only_plots_need_plotly(tmp_path: Path, output: Output) -> None:
    """A deck without a plot carries no Plotly; a surface is drawn already and needs none."""
    content = "- figure: {surface: x*y, domain: [0, 1]}"
    deck = Deck(tmp_path, with_content(content), output).sound
    scripts = {script.attributes.get("id"): script for script in deck.page.all("script")}
    assert ":plotly" not in scripts
    assert json.loads(scripts[":settings"].source)["plotly"] == ""
    assert not any("plotly" in path for path in deck.site.files)
    if output is Output.SINGLE_FILE:
        assert len(policy(deck.page)["script-src"]) == 2  # the runtime, and what wakes it


def test_served_pages_get_their_policy_from_the_server(tmp_path: Path) -> None:
    """Under `serve` the policy is a header."""
    assert not Deck(tmp_path, with_content("- x")).sound.page.all("meta[http-equiv]")


@pytest.mark.parametrize("output", list(Output))
def test_nothing_comes_from_elsewhere(tmp_path: Path, output: Output) -> None:
    """No element and no style loads from another host; links may lead there."""
    deck = Deck(
        tmp_path, with_content("- '[away](https://example.org)'\n- figure: {function: x**2, domain: [0, 1]}"), output
    )
    for node in deck.sound.page.below():
        for name in ("src", "href", "srcset", "poster", "data", "action"):
            value = node.attributes.get(name, "")
            assert "//" not in value.partition(",")[0] or node.tag == "a", (node.tag, value[:80])
    style = deck.page.texts("style") + [
        data.decode() for path, data in deck.site.files.items() if path.endswith(".css")
    ]
    for address in re.findall(r"url\(([^)]*)\)", "".join(style)):
        assert "//" not in address.partition(",")[0]


@pytest.mark.parametrize("output", list(Output))
def test_the_same_deck_gives_the_same_bytes(tmp_path: Path, output: Output) -> None:
    """Building twice changes nothing."""
    text = with_content("- 'Text {{ neuron.L }}'\n- network: {layers: [2, 3]}\n- walk: {model: neuron, gradient: w}")
    assert Deck(tmp_path, text, output).site.files == Deck(tmp_path, text, output).site.files


def test_frame(tmp_path: Path) -> None:
    """The fingerprint of the frame changes with what stands around the slides, and not with a slide."""

    def frame(text: str) -> str:
        return Deck(tmp_path, text).sound.site.frame

    text = "title: T\nslides: [{title: A}]\n"
    assert frame(text) == frame(text.replace("A", "B"))
    assert (
        len(
            {frame(text), frame(text.replace("T\n", "U\n")), frame(text + "lang: de\n"), frame(text + "theme: light\n")}
        )
        == 4
    )


def test_json_in_the_page(tmp_path: Path) -> None:
    """Data for live blocks cannot end its element, and is read back as it was."""
    name = "</script><!--<script>&\\u2028"
    deck = Deck(tmp_path, with_content(f"- figure: {{data: [{{x: [1], y: [2], name: '{name}'}}]}}")).sound
    data = json.loads(deck.page.one("figure script.data").source)
    assert data["spec"]["data"][0]["name"] == name.replace("<", "&lt;")  # which Plotly shows as it was
