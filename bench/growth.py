"""What a mail costs to open: in an empty archive, in one of a million tickets, where it must not grow, and
with incidents open, each of which every mail is held against."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import archive
from bench.figures import Figure
from bench.site import Site, running_site

SIZES = (0, 100_000, 1_000_000)
_UNIT = "ms CPU/mail"
_KINDS = {
    "new": "a new mail",
    "again": "another of the same people",
    "answers": "an answer",
}
_RUNS = itertools.count(1)
INCIDENTS = 6
_FIRST = {
    "requester": {"address": "first@customers.example", "name": "First"},
    "subject": "First",
    "text": "First.",
}


def measure() -> list[Figure]:
    """Mails of all kinds, by CPU of the opening process and of the database."""
    with running_site() as site:
        site.post("/tickets", _FIRST)  # makes the default department, as the first ticket of all does
        with site.worker_paused():
            costs = {f"{size:,} tickets": _at(site, size) for size in SIZES}
        _declare(site)
        with site.worker_paused():
            costs[f"{INCIDENTS} incidents"] = _opened(site)
    empty = costs.pop(f"{SIZES[0]:,} tickets")
    return [
        Figure(f"{what}, {who}, {where}", cost, _UNIT, f"{what}, no archive", empty[what, who], at_most=2.5)
        for where, there in costs.items()
        for (what, who), cost in there.items()
    ]


def _at(site: Site, size: int) -> dict[tuple[str, str], float]:
    if size:
        archive.grow_to(site.database_url, size)
    _open(site, "new", next(_RUNS))  # thrown away: the first after loading costs what later ones do not
    return _opened(site)


def _opened(site: Site) -> dict[tuple[str, str], float]:
    run = next(_RUNS)
    return {
        (what, who): cost for kind, what in _KINDS.items() for who, cost in _open(site, kind, run).items()
    }


def _open(site: Site, kind: str, run: int) -> dict[str, float]:
    env = {**site.installation.env, "DATABASE_URL": site.database_url}
    env["DJANGO_SETTINGS_MODULE"] = "tocsin.project.settings"
    command = [sys.executable, "-m", "bench.opening", kind, str(run)]
    before = site.cpu_seconds("database")
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    mails, cost = json.loads(done.stdout)
    return {"the opener": cost, "the database": 1000 * (site.cpu_seconds("database") - before) / mails}


def _declare(site: Site) -> None:
    """Of things that the mails do not speak of: nothing is attached, and every one is looked at."""
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for number in range(INCIDENTS):
        key = f"part-{number}"
        site.post("/components", {"key": key, "name": {"en": f"Part {number}"}, "words": [f"gadget{number}"]})
        said: dict[str, Any] = {"title": f"Part {number} is down", "impact": "major", "components": [key]}
        began = datetime.now(UTC).isoformat()
        site.post(
            "/incidents", {**said, "started_at": began, "message": {"en": "Down."}, "next_update_at": soon}
        )
