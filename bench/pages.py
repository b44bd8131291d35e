"""Inbox page and ticket page at 10,000 and at 100,000 tickets, through the real web process."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from bench import archive
from bench.figures import Figure, percentile
from bench.site import Browser, Site, running_site
from tocsin.kernel.references import make_reference

SMALL, LARGE = 10_000, 100_000
REQUESTS = 150
_WARM = 15
_FLOOR = "one question to the database (/health/)"
_FIRST = {
    "requester": {"address": "first@customers.example", "name": "First"},
    "subject": "First",
    "text": "First.",
}


@dataclass(frozen=True)
class Asked:
    """A page asked for again and again: milliseconds by the clock, and of the CPU of web and database."""

    times: list[float]
    cpu: float


def measure() -> list[Figure]:
    """One agent's requests, one after the other: they must not grow with the archive."""
    with running_site() as site:
        site.post("/tickets", _FIRST)  # makes the default department, as the first ticket of all does
        archive.grow_to(site.database_url, SMALL)
        browser = site.browser()
        small = _pages(site, browser, SMALL)
        archive.grow_to(site.database_url, LARGE)
        large = _pages(site, browser, LARGE)
    floor = small.pop("floor")
    return [figure for name in small for figure in _figures(name, small[name], large[name], floor)]


def _pages(site: Site, browser: Browser, tickets: int) -> dict[str, Asked]:
    dice = random.Random(3)
    refs = [make_reference("T", dice.randrange(1, tickets)) for _ in range(REQUESTS)]
    paths = {
        "floor": ["/health/"] * REQUESTS,
        "inbox page": ["/inbox/"] * REQUESTS,
        "list of all tickets": ["/inbox/?view=all"] * REQUESTS,
        "ticket page": [f"/tickets/{ref}/" for ref in refs],
        "search": ["/search/?q=certificate+branch+21"] * (REQUESTS // 3),
    }
    return {name: _ask(site, browser, asked) for name, asked in paths.items()}


def _ask(site: Site, browser: Browser, paths: list[str]) -> Asked:
    for path in paths[:_WARM]:
        browser.get(path)
    times, worked = [], _cpu(site)
    for path in paths:
        began = time.perf_counter()
        browser.get(path)
        times.append(1000 * (time.perf_counter() - began))
    return Asked(times, 1000 * (_cpu(site) - worked) / len(paths))


def _cpu(site: Site) -> float:
    return site.cpu_seconds("web") + site.cpu_seconds("database")


def _figures(name: str, small: Asked, large: Asked, floor: Asked) -> list[Figure]:
    then, now = f"{name} at {SMALL:,}", f"{name} at {LARGE:,} tickets"
    return [
        _growth(f"{now}, p50", percentile(large.times, 0.5), then, percentile(small.times, 0.5), 3.0),
        _growth(f"{now}, p95", percentile(large.times, 0.95), then, percentile(small.times, 0.95), 5.0),
        Figure(f"{now}, CPU", large.cpu, "ms", then, small.cpu, at_most=1.7),
        Figure(f"{now}, CPU", large.cpu, "ms", _FLOOR, floor.cpu),
    ]


def _growth(what: str, value: float, then: str, before: float, bound: float) -> Figure:
    return Figure(what, value, "ms", then, before, at_most=bound)
