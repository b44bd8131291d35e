"""Silence for longer than usual, over months of arrivals as real mailboxes have them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mailroom.arrivals import MONDAY, Rate, hours, office_hours, round_the_clock, steady

from tocsin.mailroom import silence
from tocsin.mailroom.silence import Hour

HOUR = timedelta(hours=1)
TUESDAY_TEN = 34


def alarms(rate: Rate, weeks: int, seed: int, together: int = 1, holiday: int = -1) -> list[datetime]:
    """When a mailbox that is looked at once an hour would have raised the alarm; `holiday` is a day."""
    known: list[Hour] = []
    raised: list[datetime] = []
    last, is_on = None, False
    for start, count, latest in hours(rate, weeks, seed, together):
        known.append((start, 0 if (start - MONDAY).days == holiday else count))
        if known[-1][1]:
            last, is_on = latest, False
        elif last and not is_on and is_silent(known, last, start + HOUR):
            raised.append(start + HOUR)
            is_on = True
    return raised


def is_silent(known: list[Hour], last: datetime, now: datetime) -> bool:
    until = last.replace(minute=0, second=0, microsecond=0)
    if now - last < HOUR:
        return False
    first_since = len(known) - round((now - until) / HOUR)
    habit = learned(tuple(known[max(first_since + 1 - round(silence.HISTORY / HOUR), 0) : first_since + 1]))
    return habit is not None and silence.is_unusual(habit, known[first_since:], last, now)


learned = lru_cache(maxsize=1)(silence.learn)


def hours_until_alarm(rate: Rate, seed: int, start: int = TUESDAY_TEN, together: int = 1) -> float:
    """How long a mailbox is dead before somebody is warned; it dies in the 13th week, at an hour of it."""
    known = [(at, count) for at, count, _ in hours(rate, 12 + start / 168, seed, together)]
    last = max(at for at, count in known if count) + timedelta(minutes=59)
    died = known[-1][0] + HOUR
    for number in range(168 * 8):
        known.append((died + number * HOUR, 0))
        if is_silent(known, last, known[-1][0] + HOUR):
            return number + 1
    return float("inf")


@pytest.mark.parametrize(
    ("rate", "together"),
    [
        (round_the_clock(40), 1),
        (round_the_clock(3), 1),
        (round_the_clock(3), 4),
        (office_hours(6), 1),
        (office_hours(6), 5),
        (steady(4), 1),
        (steady(30), 3),
    ],
    ids=["busy", "normal", "by fours", "office", "office, by fives", "sparse", "by threes"],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_half_a_year_of_ordinary_weeks(rate: Rate, together: int, seed: int) -> None:
    assert len(alarms(rate, 26, seed, together)) <= 1


@pytest.mark.parametrize(
    ("rate", "start", "within_h"),
    [
        (round_the_clock(40), TUESDAY_TEN, 1),
        (round_the_clock(3), TUESDAY_TEN, 6),
        (office_hours(6), TUESDAY_TEN, 4),
        (office_hours(6), 4 * 24 + 19, 13 + 48 + 6),  # Friday evening: Monday before noon
        (office_hours(0.6), TUESDAY_TEN, 4 * 24),
        (steady(4), TUESDAY_TEN, 21 * 24),
    ],
    ids=["busy", "normal", "office", "office before a weekend", "few by weekday", "sparse"],
)
def test_a_dead_mailbox_is_noticed(rate: Rate, start: int, within_h: float) -> None:
    assert 1 <= hours_until_alarm(rate, 7, start) <= within_h


def test_the_weekend_is_no_silence_and_a_dead_monday_is() -> None:
    friday_evening = hours_until_alarm(office_hours(6), 3, 4 * 24 + 19)
    assert friday_evening > 13 + 48


def test_a_holiday_is_a_silence_once_and_changes_little() -> None:
    raised = alarms(office_hours(6), 20, 5, holiday=14 * 7 + 2)
    assert [one.date() for one in raised] == [(MONDAY + timedelta(days=14 * 7 + 2)).date()]


@pytest.mark.parametrize(
    ("rate", "weeks"),
    [(round_the_clock(3), 1.9), (steady(2), 5), (steady(0), 20)],
    ids=["new", "few", "none"],
)
def test_too_little_is_known_for_an_alarm(rate: Rate, weeks: float) -> None:
    assert silence.learn([(at, count) for at, count, _ in hours(rate, weeks, 1)]) is None


def test_a_backlog_that_came_at_once_is_no_habit() -> None:
    ordinary = [(at, count) for at, count, _ in hours(office_hours(6), 8, 4)]
    night = 4 * 168 + 3  # a Monday at three
    flooded = [*ordinary[:night], (ordinary[night][0], 900), *ordinary[night + 1 :]]
    before, after = silence.learn(ordinary), silence.learn(flooded)
    assert before
    assert after
    assert after.rates[3] < 3
    assert after.patience == pytest.approx(before.patience, rel=0.3)


def test_hours_in_which_nobody_looked_weigh_nothing() -> None:
    """Three days off: what was not seen is no silence."""
    known = [(at, count) for at, count, _ in hours(round_the_clock(3), 10, 6)]
    habit = silence.learn(known)
    assert habit
    last = known[-1][0]
    back = last + timedelta(days=3)
    assert not silence.is_unusual(habit, [known[-1], (back, 0)], last, back + HOUR)
    seen = [(last + n * HOUR, 0) for n in range(74)]
    assert silence.is_unusual(habit, seen, last, back + HOUR)


counts = st.lists(st.integers(0, 50), min_size=400, max_size=500)


@given(counts, st.floats(0, 200), st.floats(0, 50))
def test_longer_is_never_less_unusual(came: list[int], silent_h: float, more_h: float) -> None:
    known = [(MONDAY + n * HOUR, count) for n, count in enumerate(came)]
    habit = silence.learn(known)
    last = known[-1][0]
    since = [(last + n * HOUR, 0) for n in range(300)]
    if habit:
        shorter = silence.missed(habit, since, last, last + silent_h * HOUR)
        longer = silence.missed(habit, since, last, last + (silent_h + more_h) * HOUR)
        assert 0 <= shorter <= longer + 1e-9
        assert habit.patience > 0
