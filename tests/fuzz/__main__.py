"""``python -m tests.fuzz [TARGET…] [--seconds N] [--seed N]``: fuzz for longer than the tests do.

An input that fails is kept in ``tests/fuzz/corpus``, where the tests find it from then on; those that led to something
new are kept in ``build/fuzz``, where the next run goes on from them.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

from tests.fuzz.mutation import CORPUS, FOUND
from tests.fuzz.run import Failure, fuzz
from tests.fuzz.targets import TARGETS


def _keep(folder: Path, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / hashlib.sha256(data).hexdigest()[:12]
    file.write_bytes(data)
    return file


def main() -> int:
    """Fuzz as the command line says. Returns 1 if something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - set(TARGETS):
        parser.error(f"there is no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    failed = 0
    for name in arguments.targets or TARGETS:
        print(f"{name}: {arguments.seconds:g} s with seed {arguments.seed}", flush=True)
        try:
            earlier = [file.read_bytes() for file in sorted((FOUND / name).glob("*"))]
            found = fuzz(name, arguments.seconds, arguments.seed, earlier)
        except Failure as failure:
            failed, found = 1, failure.found
            print(failure, f"kept as {_keep(CORPUS / name, failure.data)}", sep="\n")
        for data in found.kept:
            _keep(FOUND / name, data)
        print(f"{name}: {found.inputs:,} inputs, {len(found.features)} outcomes, {len(found.kept)} inputs new")
    return failed


sys.exit(main())
