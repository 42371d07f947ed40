"""Series: decks with an index page that counts them and says what needs what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bpslides import cli
from bpslides.errors import Problems
from bpslides.pipeline import make_shelf
from bpslides.render import Output
from bpslides.series import Collection, load_series
from tests.decks import Deck
from tests.pages import Node, read
from tests.serving import serving

BASICS = """\
title: 'Basics of {{ n }} *things*'
subtitle: What to know
variables: {n: 3}
slides:
  - title: One
    content:
      - columns:
          - [{figure: {function: x**2, domain: [-1, 1]}}, {network: {layers: [2, 1]}}]
          - fragment: [{curve: {function: x**2, domain: [-1, 1], at: 0}}]
      - related: both
  - stack: [{title: Two}, {title: Three}]
"""
NEXT = "title: The next step\nduration: 12.5\nrequires: [basics]\nslides: [{title: One, content: {related: both}}]\n"
SERIES = """\
series:
  title: A *course*
  subtitle: In two parts
  text: Begin [here](basics), or [elsewhere](https://example.org/).
  parts:
    - title: In order
      text: Both are short.
      decks: [basics, {deck: later/next.yaml, text: Goes *further*.}]
    - title: How to read
      text: Slowly.
"""


def write(folder: Path, series: str = SERIES) -> Path:
    """A series of two decks; returns its file."""
    for name, text in (("basics/deck.yaml", BASICS), ("later/next.yaml", NEXT), ("series.yaml", series)):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "series.yaml"


def shelf(file: Path, output: Output = Output.FOLDER) -> tuple[Node, list[str]]:
    """The index page of a series, and what was found wrong with it."""
    problems = Problems()
    page = make_shelf(load_series(file, problems), output, problems).page
    shown = []
    for problem in problems.found:
        where = f"{problem.place.line}:{problem.place.column}: " if problem.place else ""
        kind = "warning: " if problem.severity == "warning" else ""
        shown.append(f"{where}{kind}{problem.message}" + (f" ({problem.hint})" if problem.hint else ""))
    return read(page), shown


Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in a folder that holds the series as `course`; gives its exit code."""
    write(tmp_path / "course")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_counted(tmp_path: Path) -> None:
    """Slides in stacks, figures within other blocks, what can be played with; minutes as given, or from the words."""
    page, found = shelf(write(tmp_path))
    assert found == []
    assert page.one("main h1").text == "A course"
    assert [node.text for node in page.all("section h2")] == ["In order", "How to read"]
    basics, later = page.all("section li")
    assert basics.one("h3").text == "Basics of 3 things"
    assert basics.one(".about").text == "What to know"
    assert basics.texts(".facts span") == ["3 slides", "3 figures, 1 to play with", "2 min"]
    assert later.one(".about").text == "Goes further."
    assert later.texts(".facts span") == ["1 slide", "13 min"]
    assert page.texts(".total span") == ["2 decks", "4 slides", "3 figures, 1 to play with", "15 min"]


def test_the_order_is_computed(tmp_path: Path) -> None:
    """What a deck requires, and what requires it, is told and linked; a part that is a sequence is numbered."""
    page, _ = shelf(write(tmp_path))
    assert page.texts(".order") == ["Then: The next step", "Know first: Basics of 3 things"]
    assert page.texts(".number") == ["01", "02"]
    loose, _ = shelf(
        write(tmp_path, SERIES.replace("[basics, {deck: later/next.yaml, text: Goes *further*.}]", "[basics]"))
    )
    assert loose.texts(".number") == []
    assert loose.texts(".order") == []


def test_related_decks_of_a_part_and_of_another_deck(tmp_path: Path) -> None:
    """A part of a deck tells what comes next for the deck; a slide of another deck tells nothing here."""
    (tmp_path / "part.yaml").write_text("- {title: Part, content: {related: both}}\n", encoding="utf-8")
    other = "title: O\nrequires: [else]\nslides: [{title: Other, content: {related: both}}]\n"
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    slides = "slides: [{include: part.yaml}, {include: other.yaml}]\n"
    page = Deck(tmp_path, f"title: T\nrequires: [something]\n{slides}").sound.page
    assert page.texts("#part .related") == ["Know this first something"]
    assert page.texts("#other .related") == []


@pytest.mark.parametrize(
    ("output", "links"),
    [
        (Output.FOLDER, ["basics/index.html", "next/index.html"]),
        (Output.SERVE, ["basics/", "next/"]),
        (Output.SINGLE_FILE, ["basics.html", "next.html"]),
    ],
)
def test_links(tmp_path: Path, output: Output, links: list[str]) -> None:
    """Decks are linked by relative addresses, also from texts, which name them as decks; other links stay."""
    page, _ = shelf(write(tmp_path), output)
    assert [link.attributes["href"] for link in page.all("h3 a")] == links
    assert [link.attributes["href"] for link in page.all("header a")] == [links[0], "https://example.org/"]


def test_the_frame_of_the_page(tmp_path: Path) -> None:
    """A language, a main landmark, both schemes or the theme's own, and a policy without scripts."""
    file = write(tmp_path, SERIES.replace("  subtitle", "  lang: de\n  subtitle"))
    page, _ = shelf(file)
    assert page.one("html").attributes["lang"] == "de"
    assert len(page.all("main")) == 1
    assert page.all("script") == []
    assert page.one("meta[name=color-scheme]").attributes["content"] == "dark light"
    assert "prefers-color-scheme: light" in page.one("style").source
    policy = page.one("meta[http-equiv]").attributes["content"]
    assert policy.startswith("default-src 'none'; style-src-elem 'sha256-")
    assert "script-src" not in policy
    light, _ = shelf(write(tmp_path, SERIES.replace("  subtitle", "  theme: light\n  subtitle")))
    assert light.one("meta[name=color-scheme]").attributes["content"] == "light"
    assert "prefers-color-scheme" not in light.one("style").source


def test_markup_of_others_is_shown_as_text(tmp_path: Path) -> None:
    """Nothing that a deck or a series says becomes an element."""
    file = write(tmp_path, SERIES.replace("A *course*", "'<script>1</script>'").replace("Slowly.", "'<img src=x>'"))
    (tmp_path / "basics" / "deck.yaml").write_text("title: <b>x\nslides: [{title: A}]\n", encoding="utf-8")
    page, _ = shelf(file)
    assert page.all("script") == page.all("img") == page.all("b") == []
    assert page.one("h1").text == "<script>1</script>"
    assert page.texts("h3")[0] == "<b>x"


# ── mistakes ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("series", "messages"),
    [
        ("series: {}\n", ["1:1: “title” is missing", "1:1: “parts” is missing"]),
        ("series: {title: T, parts: []}\n", ["1:20: “parts” needs 1 or more entries, not 0"]),
        (
            "series: {title: T, parts: [{text: x}]}\n",
            ["1:17: this series has no deck (name some in the “decks” of a part)"],
        ),
        (
            "series: {title: T, parts: [{decks: [basics]}]}\ntheme: dark\n",
            ["2:1: a file with a “series” holds nothing else (put everything below “series:”)"],
        ),
        (
            "series: {title: T, parts: [{decks: [basisc, later/nxt.yaml]}]}\n",
            [
                "1:37: there is no deck “basisc” here (did you mean “basics”?)",
                "1:45: there is no deck “later/nxt.yaml” here (did you mean “later/next.yaml”?)",
            ],
        ),
        ("series: {title: T, parts: [{deks: [basics]}]}\n", ["1:29: unknown key “deks” (did you mean “decks”?)"]),
        (
            "series: {title: T, parts: [{decks: [basics, basics]}]}\n",
            ["1:45: two decks of this series are called “basics” (rename one of them: the name is its address)"],
        ),
        (
            "series: {title: 'T {{ x.y }}', parts: [{decks: [basics]}]}\n",
            ["1:23: there is no model “x”"],
        ),
        (
            "series: {title: T, theme: drk, parts: [{decks: [basics]}]}\n",
            ["1:27: there is no theme “drk” (did you mean “dark”?)"],
        ),
    ],
)
def test_mistakes(tmp_path: Path, series: str, messages: list[str]) -> None:
    """Each has its place and what to do."""
    assert shelf(write(tmp_path, series))[1] == messages


@pytest.mark.parametrize("address", ["..", "../basics", "/etc", "~/deck", "%2e%2e/basics"])
def test_a_series_never_leaves_its_folder(tmp_path: Path, address: str) -> None:
    """Its decks lie below it, or are shipped."""
    write(tmp_path)
    file = write(tmp_path / "inner", f"series: {{title: T, parts: [{{decks: ['{address}']}}]}}\n")
    assert f"there is no deck “{address}” here" in shelf(file)[1][0]


def test_an_order_that_cannot_be(tmp_path: Path) -> None:
    """A deck before what it requires, and one that requires what is not there, are warnings at the deck's own place."""
    series = "series: {title: T, parts: [{decks: [later/next.yaml, basics]}]}\n"
    assert shelf(write(tmp_path, series))[1] == [
        "3:12: warning: “next” requires “basics”, which comes after it in this series (change the order of the decks)"
    ]
    file = write(tmp_path)
    (tmp_path / "later" / "next.yaml").write_text(NEXT.replace("[basics]", "[basisc]"), encoding="utf-8")
    assert shelf(file)[1] == [
        "3:12: warning: “next” requires “basisc”, which is not in this series (did you mean “basics”?)"
    ]


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["course", "course/series.yaml"])
def test_build(run: Run, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder per deck and the index, which lead to one another; a second build may have the folder again."""
    for _ in range(2):
        assert run("build", name, "-o", "out") == 0
    assert capsys.readouterr().err == ""
    assert sorted(path.name for path in Path("out").iterdir()) == [
        ".bpslides",
        "404.html",
        "basics",
        "index.html",
        "next",
    ]
    pages = [*Path("out").glob("*/index.html"), Path("out/index.html")]
    for page in pages:
        for link in read(page.read_bytes()).all("a"):
            address = link.attributes["href"]
            assert address.startswith("https://example.org") or (page.parent / address).is_file(), (page, address)
    related = read(Path("out/next/index.html").read_bytes()).texts(".related")
    assert related == ["Know this first Basics of 3 things 2 min", "Go on with All decks"]


def test_build_single_files(run: Run) -> None:
    """Each deck is a file, and so is the index, under the name of the series; all lead to one another."""
    assert run("build", "course", "-o", "out", "--single-file") == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["basics.html", "course.html", "next.html"]
    links = [link.attributes["href"] for link in read(Path("out/next.html").read_bytes()).all(".related a")]
    assert links == ["basics.html", "course.html"]


def test_decks_without_a_series(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Decks that are just named together are linked where they can be, in any order, without a complaint."""
    assert run("build", "course/later/next.yaml", "course/basics", "-o", "out") == 0
    assert capsys.readouterr().err == ""
    page = read(Path("out/index.html").read_bytes())
    assert page.one("h1").text == "Decks"
    assert page.texts(".order") == ["Know first: Basics of 3 things", "Then: The next step"]


def test_a_broken_deck_stops_the_build(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Problems of the series and of all its decks are printed in one run, and nothing is written."""
    Path("course/later/next.yaml").write_text(NEXT.replace("title: One", "titel: One"), encoding="utf-8")
    Path("course/series.yaml").write_text(SERIES.replace("subtitle", "subtitel"), encoding="utf-8")
    assert run("build", "course", "-o", "out") == 1
    told = capsys.readouterr().err
    assert "course/later/next.yaml:4:11: unknown key “titel”" in told
    assert "course/series.yaml:3:3: unknown key “subtitel”" in told
    assert not Path("out").exists()


def test_a_folder_of_somebody_else(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written into a folder that holds other files, not even a deck."""
    Path("out").mkdir()
    Path("out/thesis.tex").write_text("years", encoding="utf-8")
    assert run("build", "course", "-o", "out") == 2
    assert [path.name for path in Path("out").iterdir()] == ["thesis.tex"]
    assert "holds files that bpslides did not make" in capsys.readouterr().err


def test_check(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A check of a series looks at its file and at each of its decks."""
    assert run("check", "course") == 0
    told = capsys.readouterr()
    checked = [line.partition(":")[0] for line in told.out.splitlines()] + told.err.split()
    assert {"course/series.yaml", "course/basics/deck.yaml", "course/later/next.yaml"} <= set(checked)


@pytest.mark.parametrize(
    "command", [["values", "course"], ["build", "course", "visual-guide", "-o", "out"], ["values", "series"]]
)
def test_where_a_deck_is_wanted(run: Run, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A series is no deck, and that is said."""
    assert run(*command) == 2
    assert "is a series: name it by itself, or one of its decks" in capsys.readouterr().err


def test_a_folder_with_both(run: Run) -> None:
    """A folder's deck comes before its series."""
    Path("course/deck.yaml").write_text("title: T\nslides: [{title: A}]\n", encoding="utf-8")
    assert run("build", "course", "-o", "out") == 0
    assert not Path("out/basics").exists()


def test_serve(tmp_path: Path) -> None:
    """The index is at /, as the files are now; its decks below it lead to one another and back."""
    file = write(tmp_path)
    with serving(file) as client:
        answer, page = client.get("/")
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src-elem 'sha256-")
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert [link.attributes["href"] for link in read(page).all("h3 a")] == ["basics/", "next/"]
        _, deck = client.get("/next/")
        assert [link.attributes["href"] for link in read(deck).all(".related a")] == ["../basics/", "../"]
        (tmp_path / "third.yaml").write_text("title: Third\nslides: [{title: A}]\n", encoding="utf-8")
        file.write_text(SERIES.replace("[basics,", "[third.yaml, basics,"), encoding="utf-8")
        assert "Third" in read(client.get("/")[1]).one("main").text
        assert client.get("/third/")[0].status == 200
        file.write_text(SERIES.replace("subtitle", "subtitel"), encoding="utf-8")
        answer, page = client.get("/")
        assert answer.status == 200
        assert "unknown key “subtitel”" in page.decode()
        file.unlink()
        answer, page = client.get("/")
        assert answer.status == 200
        assert "there is no such file" in page.decode()


def test_the_same_bytes(tmp_path: Path) -> None:
    """An index is built alike each time."""
    file = write(tmp_path)

    def page() -> bytes:
        collection: Collection = load_series(file, Problems())
        return make_shelf(collection, Output.FOLDER, Problems()).page

    assert page() == page()
