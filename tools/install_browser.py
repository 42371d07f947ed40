"""Sees to it that there is a browser for the tests: `python tools/install_browser.py`.

It takes the system's Chrome, Edge or Chromium; if there is none, it installs Chromium with apt-get where it may (as
root or by passwordless sudo), else with Playwright. It prints what it does, and ends with one line that says what to do
if nothing works.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from bpslides.browser import BrowserMissing, find


def run(*command: str) -> bool:
    """Run a command, its name printed first; returns whether it went well."""
    print("browser: running", " ".join(command), flush=True)
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def as_root() -> list[str] | None:
    """What to put before a command that only root may run; None where we may not."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return ["env"]
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def with_apt() -> bool:
    """Install Debian's Chromium; returns whether that worked."""
    prefix = as_root()
    if prefix is None or shutil.which("apt-get") is None:
        return False
    quiet = [*prefix, "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return run(*quiet, "update") and run(*quiet, "install", "-y", "--no-install-recommends", "chromium")


def with_playwright() -> bool:
    """Install Playwright's own Chromium; returns whether that worked."""
    return run(sys.executable, "-m", "playwright", "install", "chromium")


def installed() -> bool:
    """Whether there is a browser now; says which."""
    try:
        print("browser:", find())
    except BrowserMissing:
        return False
    return True


def main() -> int:
    """The command line; returns the exit code."""
    if installed():
        return 0
    for install in (with_apt, with_playwright):
        if install() and installed():
            return 0
    print(
        "browser: none could be installed. Install Chrome, Edge or Chromium by hand, or name its executable in the "
        "environment variable BPSLIDES_BROWSER, then run this again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
