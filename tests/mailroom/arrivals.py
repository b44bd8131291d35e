"""Weeks of arrivals as real mailboxes have them, hour by hour, from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

MONDAY = datetime(2026, 1, 5)
Rate = Callable[[datetime], float]

_DAY = (0.2, 0.15, 0.1, 0.1, 0.1, 0.2, 0.4, 0.8, 1.4, 1.8, 1.8, 1.6, 1.3, 1.5, 1.7, 1.6, 1.4, 1.1, 0.9, 0.8)


def round_the_clock(an_hour: float) -> Rate:
    """More by day, less at night and on weekends, never nothing."""

    def rate(at: datetime) -> float:
        by_day = _DAY[at.hour] if at.hour < len(_DAY) else 0.5
        return an_hour * by_day * (0.35 if at.weekday() > 4 else 1)

    return rate


def office_hours(an_hour: float) -> Rate:
    """Monday to Friday from eight to six."""
    return lambda at: an_hour if at.weekday() < 5 and 8 <= at.hour < 18 else 0.0


def steady(a_week: float) -> Rate:
    """At any time."""
    return lambda at: a_week / 168


def hours(rate: Rate, weeks: float, seed: int, together: int = 1) -> Iterator[tuple[datetime, int, datetime]]:
    """Each hour from that Monday on: its start, how many came (always so many together), and when the last
    of them did (the hour's start when none)."""
    dice = random.Random(seed)
    for number in range(int(weeks * 168)):
        start = MONDAY + timedelta(hours=number)
        count = _poisson(dice, rate(start) / together) * together
        minutes = max((dice.uniform(0, 60) for _ in range(count // together)), default=0.0)
        yield start, count, start + timedelta(minutes=minutes)


def _poisson(dice: random.Random, mean: float) -> int:
    if mean > 30:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count
