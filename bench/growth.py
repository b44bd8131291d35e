"""What a mail costs to open in an empty archive, and in one of a million tickets: it must not grow."""

from __future__ import annotations

import json
import subprocess
import sys

from bench import archive
from bench.figures import Figure
from bench.site import Site, running_site

SIZES = (0, 100_000, 1_000_000)
_UNIT, _EMPTY = "ms CPU/mail", "a new mail in an empty archive"
_FIRST = {
    "requester": {"address": "first@customers.example", "name": "First"},
    "subject": "First",
    "text": "First.",
}


def measure() -> list[Figure]:
    """New mails and answers to old tickets, by CPU of the opening process and of the database."""
    with running_site() as site:
        site.post("/tickets", _FIRST)  # makes the default department, as the first ticket of all does
        with site.worker_paused():
            costs = {size: _at(site, size) for size in SIZES}
    empty = costs[SIZES[0]]
    return [
        Figure(f"{what}, {who}, {size:,} tickets", cost, _UNIT, _EMPTY, empty[name], at_most=2.5)
        for size in SIZES[1:]
        for name, cost in costs[size].items()
        for what, who in [name.split("|")]
    ]


def _at(site: Site, size: int) -> dict[str, float]:
    if size:
        archive.grow_to(site.database_url, size)
    _opened(site, "new", size + 1)  # thrown away: the first after loading costs what later ones do not
    return {
        f"{what}|{who}": cost
        for kind, what in (("new", "a new mail"), ("answers", "an answer"))
        for who, cost in _opened(site, kind, size).items()
    }


def _opened(site: Site, kind: str, size: int) -> dict[str, float]:
    env = {**site.installation.env, "DATABASE_URL": site.database_url}
    env["DJANGO_SETTINGS_MODULE"] = "tocsin.project.settings"
    command = [sys.executable, "-m", "bench.opening", kind, str(size)]
    before = site.cpu_seconds("database")
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    mails, cost = json.loads(done.stdout)
    return {"the opener": cost, "the database": 1000 * (site.cpu_seconds("database") - before) / mails}
