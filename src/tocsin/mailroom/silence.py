"""When a mailbox has been silent for longer than usual: learned from its own hours, nights and weekends in.

Pure. An hour is `(its start in the company's zone, how many came)`; hours in which nobody looked are left
out. Silence is measured not by the clock but in *messages that usually come*: a night in which two are usual
weighs less than ten minutes of a Monday morning in which ten are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HISTORY = timedelta(weeks=8)
_HOURS_A_WEEK = 168
# With less there is no telling what is usual, and no alarm.
_LEAST_HOURS = 2 * _HOURS_A_WEEK
_LEAST_ARRIVALS = 12
SHORTEST = timedelta(hours=1)
# For mail that comes at random, an alarm for nothing is had once in so many years.
_YEARS_WITHOUT_FALSE_ALARM = 10
_WEEKS_A_YEAR = 52.2
# Mail does not come quite at random: so much longer than the longest usual silence is unusual.
_BEYOND_USUAL = 1.5
# Of the hours in which something came, so many may be a backlog that came at once.
_FLOODS = 0.03
# Of the silences known, the longest are perhaps failures themselves, or holidays.
_NOT_USUAL = 0.01

Hour = tuple[datetime, int]


@dataclass(frozen=True)
class Habit:
    """What is usual: messages in each hour of the week, and how many may fail to come before we worry."""

    rates: tuple[float, ...]
    patience: float

    @property
    def a_week(self) -> float:
        """Messages in a usual week."""
        return sum(self.rates)


def learn(hours: Sequence[Hour]) -> Habit | None:
    """The habit that these hours show; None when they are too few to tell."""
    arrivals = sum(count for _, count in hours)
    if len(hours) < _LEAST_HOURS or arrivals < _LEAST_ARRIVALS:
        return None
    hours = _without_floods(hours)
    rates = _rates(hours)
    together = _come_together(hours, rates)
    times_a_year = max(_WEEKS_A_YEAR * sum(rates) / together, 1.0)
    at_random = together * math.log(_YEARS_WITHOUT_FALSE_ALARM * times_a_year)
    return Habit(rates, max(at_random, _BEYOND_USUAL * _longest_usual(hours, rates)))


def missed(habit: Habit, hours: Sequence[Hour], last_arrival: datetime, now: datetime) -> float:
    """How many messages usually come in such a time: the hours since the last arrival in which we looked."""
    return sum(habit.rates[_hour_of_week(start)] * _share(start, last_arrival, now) for start, _ in hours)


def is_unusual(habit: Habit, hours: Sequence[Hour], last_arrival: datetime, now: datetime) -> bool:
    """Whether the silence since `last_arrival` is longer than usual."""
    if now - last_arrival < SHORTEST:
        return False
    return missed(habit, hours, last_arrival, now) >= habit.patience


def _without_floods(hours: Sequence[Hour]) -> list[Hour]:
    """The busiest hours made no busier than the others: a backlog that came at once is no habit."""
    counts = sorted(count for _, count in hours if count)
    most = counts[math.ceil(len(counts) * (1 - _FLOODS)) - 1]
    return [(start, min(count, most)) for start, count in hours]


def _come_together(hours: Sequence[Hour], rates: Sequence[float]) -> float:
    """How many messages come at once, as it were: 1 at random, 4 when they always come by fours.

    The variance of the counts over their mean, as for any process that comes in clusters.
    """
    weeks = max(len(hours) / _HOURS_A_WEEK, 2.0)
    scatter = sum((count - rates[_hour_of_week(start)]) ** 2 for start, count in hours)
    expected = sum(rates[_hour_of_week(start)] for start, _ in hours)
    return max(scatter / expected * weeks / (weeks - 1), 1.0)


def _rates(hours: Sequence[Hour]) -> tuple[float, ...]:
    """The mean of each hour of the week; one that was never seen gets the mean of all."""
    seen, came = [0] * _HOURS_A_WEEK, [0] * _HOURS_A_WEEK
    for start, count in hours:
        seen[_hour_of_week(start)] += 1
        came[_hour_of_week(start)] += count
    mean = sum(came) / len(hours)
    return tuple(came[n] / seen[n] if seen[n] else mean for n in range(_HOURS_A_WEEK))


def _longest_usual(hours: Sequence[Hour], rates: Sequence[float]) -> float:
    """The longest silence in the past, without those few that were longest of all."""
    silences, silence = [], 0.0
    for start, count in hours:
        if count:
            silences.append(silence)
            silence = 0.0
        else:
            silence += rates[_hour_of_week(start)]
    silences.sort()
    usual = silences[: len(silences) - math.ceil(len(silences) * _NOT_USUAL)]
    return usual[-1] if usual else 0.0


def _hour_of_week(at: datetime) -> int:
    return at.weekday() * 24 + at.hour


def _share(hour: datetime, since: datetime, until: datetime) -> float:
    """How much of the hour lies between the two."""
    inside = min(hour + timedelta(hours=1), until) - max(hour, since)
    return max(inside / timedelta(hours=1), 0.0)
