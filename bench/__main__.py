"""`python -m bench [name …]`: measure, print, and exit with 1 when a bound is broken."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib import import_module

from bench.figures import Figure, table
from tocsin.command.installation import SETTINGS

NAMES = ("intake", "pipe", "imap", "growth", "memory", "pages", "news", "notice")


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)  # words of refusals are marked where they stand
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}.")
        return 2
    figures = [figure for name in names or NAMES for figure in _run(name)]
    print(f"\n{_machine()}\n\n{table(figures)}")
    broken = [figure.what for figure in figures if not figure.holds]
    if broken:
        print(f"\nToo slow for their floors: {'; '.join(broken)}.")
    return 1 if broken else 0


def _run(name: str) -> list[Figure]:
    print(f"{name} …", flush=True)
    began = time.monotonic()
    figures: list[Figure] = import_module(f"bench.{name}").measure()
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    return figures


def _machine() -> str:
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} at the end"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
