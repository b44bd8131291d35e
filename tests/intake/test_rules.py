"""Intake's thinking, by example and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake import rules
from tocsin.intake.rules import Clues, Place, find_place, timeframe

TICKETS = st.integers(1, 5)
CLUES = st.builds(
    Clues,
    headers=st.lists(TICKETS, max_size=3),
    token=st.none() | TICKETS,
    subject=st.lists(TICKETS, max_size=3),
)


@given(CLUES, st.sets(TICKETS))
def test_nobody_enters_where_they_take_no_part(clues: Clues, theirs: set[int]) -> None:
    place = find_place(clues, theirs.__contains__)
    assert place.joins is None or place.joins in theirs
    assert (place.joins is None) == (not theirs & set(clues.in_order))
    assert place.near is None or place.near in clues.in_order


@pytest.mark.parametrize(
    ("clues", "place"),
    [
        (Clues(headers=[1], token=2, subject=[3]), Place(1)),
        (Clues(token=2, subject=[3]), Place(2)),
        (Clues(subject=[3]), Place(3)),
        (Clues(), Place()),
    ],
)
def test_the_order_of_trust(clues: Clues, place: Place) -> None:
    assert find_place(clues, lambda ticket: True) == place


OFFERED = ["en", "el", "hr", "es", "ru"]


@given(
    st.lists(st.text(max_size=6)), st.none() | st.sampled_from(["el", "de"]), st.lists(st.text(max_size=6))
)
def test_the_language_is_always_one_we_speak(
    declared: list[str], detected: str | None, hints: list[str]
) -> None:
    chosen = rules.choose_language(declared=declared, detected=detected, hints=hints, offered=OFFERED)
    assert chosen in OFFERED


def test_the_order_of_languages() -> None:
    def choose(declared: str, detected: str | None, hint: str) -> str:
        return rules.choose_language(
            declared=[declared], detected=detected, hints=[hint, "es"], offered=OFFERED
        )

    assert choose("ru", "el", "hr") == "ru"
    assert choose("", "el", "hr") == "el"
    assert choose("", None, "hr-HR") == "hr"
    assert choose("", "de", "") == "es"


@given(st.integers(-10, 100_000))
def test_a_timeframe_never_promises_less_time_than_it_is(minutes: int) -> None:
    unit, count = timeframe(minutes)
    length = {"minutes": 1, "hours": 60, "days": 24 * 60}[unit]
    assert count * length >= minutes
    assert count >= 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, ("minutes", 1)),
        (45, ("minutes", 45)),
        (60, ("hours", 1)),
        (90, ("minutes", 90)),
        (120, ("hours", 2)),
        (1440, ("hours", 24)),
        (2880, ("days", 2)),
        (4000, ("days", 3)),
    ],
)
def test_timeframes(minutes: int, said: tuple[str, int]) -> None:
    assert timeframe(minutes) == said
