"""Finding a browser: the order in which places are asked, and what is said when there is none."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from bpslides import browser
from bpslides.browser import BrowserMissing
from tools import install_browser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, empty; neither the variable nor Playwright's own browser is there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setattr(browser, "_from_playwright", lambda: None)
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    return tmp_path


def program(path: Path) -> Path:
    """Make an executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\nexit 7\n")
    path.chmod(0o755)
    return path


def test_order_on_path(folder: Path) -> None:
    """Chrome comes before Edge, and Edge before Chromium."""
    for name in reversed(browser.ON_PATH):
        expected = program(folder / name)
        assert browser.find() == expected


def test_variable_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BPSLIDES_BROWSER may be a path or a name on PATH."""
    program(folder / "google-chrome")
    brave = program(folder / "other" / "brave")
    monkeypatch.setenv(browser.VARIABLE, str(brave))
    assert browser.find() == brave
    mine = program(folder / "mine")
    monkeypatch.setenv(browser.VARIABLE, "mine")
    assert browser.find() == mine


def test_wrong_variable_is_not_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt BPSLIDES_BROWSER is an error, even where another browser could be used."""
    program(folder / "chromium")
    monkeypatch.setenv(browser.VARIABLE, "chrmoium")
    with pytest.raises(BrowserMissing, match="BPSLIDES_BROWSER is 'chrmoium'"):
        browser.find()


@pytest.mark.parametrize(
    ("system", "place"),
    [
        ("Darwin", "Applications/Chromium.app/Contents/MacOS/Chromium"),
        ("Windows", "Microsoft/Edge/Application/msedge.exe"),
    ],
)
def test_usual_places(system: str, place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS and Windows browsers are not on PATH."""
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(browser, "MACOS_FOLDERS", (str(folder / "none"), "~/Applications"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PROGRAMFILES", str(folder))
    expected = program(folder / place)
    assert browser.find() == expected


def test_own_browser_of_playwright_is_last(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's download is used only where the system has no browser."""
    own = program(folder / "own")
    monkeypatch.setattr(browser, "_from_playwright", lambda: own)
    assert browser.find() == own
    system = program(folder / "chromium")
    assert browser.find() == system


def test_nothing_found_says_what_to_install(folder: Path) -> None:
    """One line with the ways out, and the exit code of a failure."""
    with pytest.raises(BrowserMissing) as caught:
        browser.find()
    message = str(caught.value)
    assert "\n" not in message
    assert "apt-get install chromium" in message
    assert "BPSLIDES_BROWSER" in message
    assert caught.value.exit_code == 1


def test_missing_playwright_names_the_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional extra the message says how to get it."""
    program(folder / "chromium")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(BrowserMissing, match=r"pip install 'bpslides\[export\]'"), browser.launch():
        pass


@pytest.mark.browser
def test_broken_browser_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is no browser gives one line, not Playwright's screen of logs."""
    monkeypatch.setenv(browser.VARIABLE, str(program(folder / "broken")))
    with pytest.raises(BrowserMissing, match="does not start") as caught, browser.launch():
        pass
    assert "\n" not in str(caught.value)


@pytest.mark.browser
def test_launch_shows_a_page() -> None:
    """The browser found really runs scripts."""
    with browser.launch() as chromium:
        page = chromium.new_page()
        page.set_content("<p id=answer>0</p><script>answer.textContent = 6 * 7</script>")
        assert page.inner_text("#answer") == "42"
    assert not chromium.is_connected()


def test_installer_tries_apt_then_playwright(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing can be installed, both ways have been tried and one clear line comes last."""
    program(folder / "apt-get")
    commands: list[str] = []

    def run(*command: str) -> bool:
        commands.append(" ".join(command))
        return False

    monkeypatch.setattr(install_browser, "run", run)
    monkeypatch.setattr(install_browser, "as_root", lambda: ["sudo", "-n"])
    assert install_browser.main() == 1
    assert [next(word for word in ("apt-get", "playwright") if word in command) for command in commands] == [
        "apt-get",
        "playwright",
    ]
    last = capsys.readouterr().err.strip()
    assert "\n" not in last
    assert "BPSLIDES_BROWSER" in last


def test_installer_stops_at_the_first_browser(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A browser that is there is not installed again, and one that apt-get brings is enough."""
    program(folder / "apt-get")
    commands: list[str] = []

    def run(*command: str) -> bool:
        commands.append(" ".join(command))
        if "install" in command:
            program(folder / "chromium")
        return True

    monkeypatch.setattr(install_browser, "run", run)
    monkeypatch.setattr(install_browser, "as_root", lambda: ["env"])
    assert install_browser.main() == 0
    assert len(commands) == 2
    assert install_browser.main() == 0
    assert len(commands) == 2
    assert str(folder / "chromium") in capsys.readouterr().out
