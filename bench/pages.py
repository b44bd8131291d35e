"""Inbox page and ticket page at 10,000 and at 100,000 tickets, through the real web process."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

from bench import archive
from bench.figures import Figure, percentile
from bench.site import Browser, running_site
from tocsin.kernel.references import make_reference

SMALL, LARGE = 10_000, 100_000
REQUESTS = 150
_WARM = 15
_FLOOR = "a request that asks the database one question (/health/)"

Times = list[float]


def measure() -> list[Figure]:
    """Milliseconds of one agent's requests, one after the other; what is checked is that they do not grow."""
    with running_site() as site:
        archive.grow_to(site.database_url, SMALL)
        browser = site.browser()
        small = _pages(browser, SMALL)
        archive.grow_to(site.database_url, LARGE)
        large = _pages(browser, LARGE)
    return [figure for name in small for figure in _figures(name, small[name], large[name], small["floor"])]


def _pages(browser: Browser, tickets: int) -> dict[str, Times]:
    dice = random.Random(3)
    refs = [make_reference("T", dice.randrange(1, tickets)) for _ in range(REQUESTS)]
    return {
        "floor": _times(browser.get, ["/health/"] * REQUESTS),
        "inbox page": _times(browser.get, ["/inbox/"] * REQUESTS),
        "list of all tickets": _times(browser.get, ["/inbox/?view=all"] * REQUESTS),
        "ticket page": _times(browser.get, [f"/tickets/{ref}/" for ref in refs]),
        "search": _times(browser.get, ["/search/?q=certificate+branch+21"] * (REQUESTS // 5)),
    }


def _times(get: Callable[[str], bytes], paths: Iterable[str]) -> Times:
    """In milliseconds, the first few left out."""
    found = []
    for path in paths:
        began = time.perf_counter()
        get(path)
        found.append(1000 * (time.perf_counter() - began))
    return found[min(_WARM, len(found) // 3) :]


def _figures(name: str, small: Times, large: Times, floor: Times) -> list[Figure]:
    if name == "floor":
        return []
    before = f"at {SMALL:,} tickets"
    middle = Figure(
        f"{name} at {LARGE:,} tickets, p50",
        percentile(large, 0.5),
        "ms",
        before,
        percentile(small, 0.5),
        at_most=2.0,
    )
    slow = Figure(
        f"{name} at {LARGE:,} tickets, p95",
        percentile(large, 0.95),
        "ms",
        before,
        percentile(small, 0.95),
        at_most=3.0,
    )
    least = Figure(
        f"{name} at {SMALL:,} tickets, p50", percentile(small, 0.5), "ms", _FLOOR, percentile(floor, 0.5)
    )
    return [middle, slow, least]
