"""Figures in Plotly's words: checked where they are written, filled from the models, and harmless."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bpslides import cache
from bpslides.figures.words import of_plotly
from bpslides.figures.written import harmless
from tests.decks import Deck, with_content


def spec(tmp_path: Path, block: str) -> Any:
    """What the page gets for the only figure of a deck."""
    page = Deck(tmp_path, with_content(f"- figure: {block}")).sound.page
    return json.loads(page.one("script.data").source)["spec"]


def test_as_written(tmp_path: Path) -> None:
    """A Plotly figure arrives as it was written, its texts as plotly.js takes them."""
    found = spec(tmp_path, "{data: [{type: bar, x: [a, 010], y: [1.50, null]}], layout: {barmode: group, title: A}}")
    assert found == {
        "data": [{"type": "bar", "x": ["a", 10], "y": [1.5, None]}],
        "layout": {"barmode": "group", "title": {"text": "A"}},
    }


def test_numbers_of_models(tmp_path: Path) -> None:
    """An expression by itself is a number or an array; with a format, and in a text, it is printed."""
    block = (
        "{data: [{y: '{{ [neuron.w, 2*neuron.w] }}', x: ['{{neuron.w}}', '{{ neuron.grad.w | .1f }}'], "
        "name: 'w is {{ neuron.w }}'}]}"
    )
    (trace,) = spec(tmp_path, block)["data"]
    assert trace["y"] == [0.5, 1.0]
    assert trace["x"] == [0.5, "−3.6"]
    assert trace["name"] == "w is 0.5"


def test_second_axes_and_annotations(tmp_path: Path) -> None:
    """Numbered axes and lists of objects are known, too."""
    block = "{data: [{y: [1], yaxis: y2}], layout: {yaxis2: {side: right}, annotations: [{text: hi, x: 0, y: 1}]}}"
    assert spec(tmp_path, block)["layout"]["yaxis2"] == {"side": "right"}


@pytest.mark.parametrize(
    ("block", "messages"),
    [
        ("{data: [{type: ▸scattr}]}", ["there is no trace “scattr” here (did you mean “scatter”?)"]),
        ("{data: [{type: ▸pie}]}", ["there is no trace “pie” here (known here: bar, contour, heatmap, scatter)"]),
        ("{data: [{x: [1]}], layout: {▸titel: a}}", ["the layout has no “titel” (did you mean “title”?)"]),
        ("{data: [{x: [1]}], layout: {xaxis: {▸rnge: a}}}", ["“xaxis” has no “rnge” (did you mean “range”?)"]),
        (
            "{data: [{x: [1]}], layout: {xaxis2: {title: {▸txt: a}}}}",
            ["“title” has no “txt” (did you mean “text”?)"],
        ),
        (
            "{data: [{x: [1]}], layout: {annotations: [{text: a, ▸fnt: 1}]}}",
            ["an entry of “annotations” has no “fnt” (did you mean “font”?)"],
        ),
        ("{data: [{▸line_color: red}]}", ["a scatter has no “line_color” (write it as line: {color: …})"]),
        ("{data: [{mode: ▸linez}]}", ["“mode” of a scatter cannot be “linez” (did you mean “lines”?)"]),
        (
            "{data: [{type: bar, opacity: ▸3}]}",
            ["“opacity” of a bar cannot be “3” (it can be an int or float in the interval [0, 1])"],
        ),
        (
            "{data: [{marker: {color: ▸redd}}]}",
            [
                (
                    "“color” of “marker” cannot be “redd” (a colour is written as 'teal', '#12a4d9' or "
                    "'rgb(18, 164, 217)'; without one it comes from the theme)"
                )
            ],
        ),
        ("{data: [{x: ▸3}]}", ["“x” of a scatter cannot be “3” (it can be a list)"]),
        ("{data: [{y: [1, ▸.nan]}]}", ["should be a finite number (an empty entry leaves a gap in a line)"]),
        ("{data: [{y: [1, ▸1e999]}]}", ["should be a finite number (an empty entry leaves a gap in a line)"]),
        (
            "{data: [{x: [1, 2], ▸y: [1]}]}",
            ["“x” has 2 entries, and “y” has 1 (give them the same number; an empty entry leaves a gap)"],
        ),
        (
            "{data: [{y: [1], ▸text: [a, b]}]}",
            ["“y” has 1 entries, and “text” has 2 (give them the same number; an empty entry leaves a gap)"],
        ),
        ("{data: [{type: heatmap, ▸z: [[1, 2], [3]]}]}", ["the rows of “z” have 1 and 2 entries"]),
        ("{data: [{type: heatmap, z: [[1, 2]], ▸x: [1]}]}", ["“x” has 1 entries, and a row of “z” has 2"]),
        ("{data: [{type: contour, z: [[1], [2]], ▸y: [1]}]}", ["“y” has 1 entries, and “z” has 2 rows"]),
        ("{data: [{y: ['{{ ▸neuron.v }}']}]}", ["“neuron” has no “v” (known here: L, b, w, x, y, y_hat, z)"]),
        ("{data: [{y: [1], ▸meta: {__proto__: 3}}]}", ["“__proto__” cannot be a key here"]),
        ("{data: [{y: [1], ▸__proto__: {a: 3}}]}", ["a scatter has no “__proto__”"]),
        ("{data: [{y: [1]}], layout: {▸mapbox: {style: a}}}", ["the layout has no “mapbox”"]),
        (
            "{data: [{y: [1]}], layout: {images: [{source: '▸https://example.org/a.png'}]}}",
            ["a figure takes no pictures from elsewhere (put the picture beside the figure)"],
        ),
    ],
)
def test_mistakes(tmp_path: Path, block: str, messages: list[str]) -> None:
    """A mistake is told where ▸ points, and the figure leaves a mark on the slide."""
    deck = Deck(tmp_path, with_content(f"- figure: {block.replace('▸', '')}"))
    assert deck.messages == [f"16:{17 + block.index('▸')}: {message}" for message in messages]
    assert deck.page.texts(".broken") == ["This figure could not be made."]


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """Several mistakes are told in one run, each at its own place."""
    block = "{data: [{mod: a}, {type: bar, marker: {colr: 3}}], layout: {barmode: gruop}}"
    deck = Deck(tmp_path, with_content(f"- figure: {block}"))
    assert [message.partition(" ")[2] for message in deck.messages] == [
        "a scatter has no “mod” (did you mean “mode”?)",
        "“marker” has no “colr” (did you mean “color”?)",
        "“barmode” of the layout cannot be “gruop” (did you mean “group”?)",
    ]


def test_sizes_are_the_slides(tmp_path: Path) -> None:
    """A size of the author's has no effect, which is told; the rest of the figure is drawn."""
    deck = Deck(tmp_path, with_content("- figure: {data: [{y: [1]}], layout: {width: 300, template: plotly_dark}}"))
    assert deck.messages == [
        "16:45: warning: “width” of the layout has no effect here (the slide gives a figure its width)",
        "16:57: warning: “template” of the layout has no effect here (the theme gives a figure its colours and fonts)",
    ]
    assert json.loads(deck.page.one("script.data").source)["spec"]["layout"] == {}


@pytest.mark.parametrize(
    "payload",
    [
        '<a href="javascript:alert(1)">x</a>',
        "<A HREF='https://example.org'>x</A>",
        '<span style="background: url(x)">x</span>',
        "<b onclick=alert(1)>x</b>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "</b style=x>",
    ],
)
def test_markup_is_inert(payload: str) -> None:
    """Markup in labels that could do something is shown as text, wherever it stands."""
    found = harmless({"title": {"text": payload}, "names": [payload]})
    assert "<" not in found["title"]["text"].replace("</b>", "")
    assert found["names"] == [found["title"]["text"]]


def test_plain_markup_stays() -> None:
    """What only changes the look of a word may stay."""
    assert harmless("<b>a</b><br>x<sub>1</sub> < <i>2</i>") == "<b>a</b><br>x<sub>1</sub> &lt; <i>2</i>"


def test_words(tmp_path: Path) -> None:
    """A Plotly figure is described by its title, its axes and its traces, with a table for each of these."""
    block = (
        "{data: [{x: [1, 2], y: [3, 5], name: up}, {type: bar, y: [7, null]}, {type: heatmap, z: [[1, 2], [3, 4]]}], "
        "layout: {title: 'Big <b>news</b>', xaxis: {title: time}, yaxis: {title: way}}}"
    )
    page = Deck(tmp_path, with_content(f"- figure: {block}")).sound.page
    assert page.one(".plot").attributes["aria-label"] == (
        "Big news, way over time. up: 2 points on a line, time from 1 to 2, way from 3 to 5; "
        "series 2: 2 bars, time from 0 to 1, way at 7; series 3: a heatmap of 2 by 2 values from 1 to 4."
    )
    assert page.texts("caption") == ["up", "series 2", "series 3"]
    assert page.all("table")[1].texts("td") == ["7", "–"]
    assert page.all("table")[2].texts("th") == ["way \\ time", "0", "1", "1", "0"]


@pytest.mark.parametrize(
    "trace",
    [
        {"type": "scatter"},
        {"type": "scatter", "x": [], "y": []},
        {"type": "bar", "orientation": "h", "x": [1], "y": ["a"]},
        {"type": "heatmap", "z": []},
        {"type": "heatmap", "z": [1, 2]},
        {"type": "scatter", "y": [True, None, "2024-02-30"]},
        {"type": "scatter", "x": [["a", "a"], [1, 2]], "y": [1, 2]},
    ],
)
def test_words_for_odd_traces(trace: dict[str, Any]) -> None:
    """Whatever plotly takes can be described."""
    words, _ = of_plotly({"data": [trace], "layout": {}})
    assert words.endswith(".")


def test_cached(tmp_path: Path) -> None:
    """A figure that was checked before does not wake plotly.py again."""
    (tmp_path / "deck.yaml").write_text("title: T\nslides: [{title: a, content: [{figure: {data: [{y: [4, 2]}]}}]}]\n")
    program = (
        "import sys; from bpslides.pipeline import make_site; from bpslides.render import Output; from pathlib import "
        "Path; make_site(Path(sys.argv[1]), Output.FOLDER); print('plotly.graph_objects' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "deck.yaml")]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() for _ in range(2)]
    assert runs == ["True", "False"]


def test_warnings_are_not_cached_away(tmp_path: Path) -> None:
    """What is to be said about a figure is said at every build."""
    block = "- figure: {data: [{y: [1]}], layout: {height: 300}}"
    for _ in range(2):
        assert len(Deck(tmp_path, with_content(block)).messages) == 1


def test_cache_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest results go when there are too many; a key depends on all of its parts."""
    monkeypatch.setattr(cache, "MOST_FILES", 6)
    keys = [cache.key_of("small", number) for number in range(12)]
    assert len(set(keys)) == 12
    for key in keys:
        cache.put(key, key)
    kept = [key for key in keys if cache.get(key) is not None]
    assert 0 < len(kept) <= 6
    assert cache.get(keys[-1]) == keys[-1]
