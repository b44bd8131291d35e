"""Whom we answer by ourselves, and when it looks like a machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake import rules
from tocsin.intake.rules import Exchange, bare_words, paced_domain, pause_for_domain, pause_for_sender

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = "thank you for your message number"
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def exchanges(
    count: int, apart: timedelta, answered_after: timedelta = SECOND, words: str = WORDS
) -> list[Exchange]:
    """So many, the last of them `apart` before noon."""
    came = [NOON - apart * (count - number) for number in range(count)]
    return [Exchange(one, one + answered_after, words) for one in came]


@pytest.mark.parametrize(
    ("earlier", "with_news", "paused"),
    [
        ([], False, 0),
        (exchanges(4, 10 * MINUTE), False, 0),
        (exchanges(5, 10 * MINUTE), False, 5),
        (exchanges(5, 10 * MINUTE), True, 0),
        (exchanges(30, MINUTE + 30 * SECOND), True, 30),
        (exchanges(19, HOUR), False, 0),
        (exchanges(20, HOUR), False, 20),
        (exchanges(20, 2 * HOUR), False, 0),
        (exchanges(2, 10 * SECOND), True, 0),
        (exchanges(3, 10 * SECOND), False, 3),
        (exchanges(9, 10 * SECOND), True, 0),
        (exchanges(10, 10 * SECOND), True, 10),
        (exchanges(3, 2 * MINUTE), True, 0),
        (exchanges(4, 10 * SECOND, answered_after=MINUTE), True, 0),
    ],
    ids=[
        "nothing yet", "four", "five in an hour", "five states", "thirty states", "nineteen in a day",
        "twenty in a day", "slower than that", "twice at once", "three times at once",
        "nine states at once", "ten states at once", "a person's pace",
        "before we had answered",
    ],
)  # fmt: skip
def test_a_sender(earlier: list[Exchange], with_news: bool, paused: int) -> None:
    assert pause_for_sender(earlier, NOON, with_news=with_news) == paused


@pytest.mark.parametrize(
    ("earlier", "words", "paused"),
    [
        (exchanges(4, 10 * MINUTE), WORDS, 0),
        (exchanges(5, 10 * MINUTE), WORDS, 5),
        (exchanges(5, 10 * MINUTE), "my invoice is wrong, please mend it", 0),
        (exchanges(5, 10 * MINUTE, words="help"), "help", 0),
        (exchanges(9, 10 * SECOND, answered_after=MINUTE), WORDS, 0),
        (exchanges(19, 30 * SECOND), "another", 0),
        (exchanges(20, 30 * SECOND), "another", 20),
        (exchanges(40, 2 * MINUTE), "another", 0),
    ],
    ids=[
        "four", "five in the same words", "in other words", "in too few words to tell", "all at once",
        "nineteen", "twenty in turn", "a large company",
    ],
)  # fmt: skip
def test_the_strangers_of_a_domain(earlier: list[Exchange], words: str, paused: int) -> None:
    assert pause_for_domain(earlier, NOON, words) == paused


@given(st.lists(st.integers(0, 24 * 60), max_size=200))
def test_no_more_than_its_bound_whatever_its_pace(minutes: list[int]) -> None:
    """However often somebody writes within a day, they get no more than the day's bound."""
    answered: list[Exchange] = []
    for minute in sorted(minutes):
        came = NOON + minute * MINUTE
        if not pause_for_sender(answered, came, with_news=False):
            answered.append(Exchange(came, came + SECOND))
    assert len(answered) <= rules.ANSWERS_A_SENDER[rules.DAY] + 1


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("Robot-17@Elsewhere.TEST", "elsewhere.test"),
        ("maria@gmail.com", ""),
        ("maria@yahoo.gr", ""),
        ("maria@t-online.de", ""),
        ("maria@mail.company.test", "mail.company.test"),
        ("nobody", "nobody"),
    ],
)
def test_where_everybody_may_have_an_address_nobody_is_counted_with_others(address: str, domain: str) -> None:
    assert paced_domain(address) == domain


def test_what_changes_each_time_is_no_word() -> None:
    assert bare_words("Case 17: thank  you (T-0000013)") == "case thank you"
