"""What providers' reports make of a delivery, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.mailroom.reporting import KINDS, Said, standing

_NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_REPORTS = st.builds(
    Said,
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 3).map(lambda minutes: _NOON + timedelta(minutes=minutes)),
    st.sampled_from(["", "250 OK", "550 no"]),
    st.booleans(),
)


def said(kind: str, minute: int = 0, words: str = "", *, final: bool = False) -> Said:
    return Said(kind, _NOON + timedelta(minutes=minute), words, final)


@pytest.mark.parametrize(
    ("state", "reports", "becomes"),
    [
        ("sent", [], ""),
        ("sent", [said("delivered")], "delivered"),
        ("sent", [said("deferred", words="later")], "sent"),
        ("sent", [said("deferred"), said("delivered", 1)], "delivered"),
        ("sent", [said("delivered"), said("deferred", 1)], "delivered"),
        ("sent", [said("bounced")], "bounced"),
        ("sent", [said("bounced"), said("delivered", 1)], "delivered"),  # the provider tried again
        ("sent", [said("delivered"), said("bounced", 1)], "bounced"),  # by a report that came later
        ("sent", [said("bounced"), said("delivered")], "bounced"),  # of the same second the worse
        ("sent", [said("bounced", final=True), said("delivered", 1)], "bounced"),
        ("sent", [said("rejected")], "failed"),
        ("sent", [said("complained"), said("delivered", 1)], "complained"),
        ("sent", [said("complained"), said("bounced", 1, final=True)], "complained"),
        ("sent", [said("unsubscribed")], ""),
        ("bounced", [said("delivered")], ""),  # it came back by a mail to us
        ("failed", [said("delivered")], "delivered"),  # given up, though the provider had taken it
        ("deferred", [said("delivered")], "delivered"),
        ("deferred", [said("deferred")], ""),
    ],
)
def test_what_becomes_of_it(state: str, reports: list[Said], becomes: str) -> None:
    assert standing(state, reports).state == becomes


def test_words_are_those_of_the_report_that_counts() -> None:
    both = [said("delivered", 1, "250 OK"), said("bounced", 0, "552 full")]
    assert standing("sent", both).words == "250 OK"
    assert standing("sent", [said("deferred", 1, "later"), said("deferred", 0, "now")]).words == "later"


@given(st.lists(_REPORTS, min_size=1, max_size=6), st.data())
def test_the_order_in_which_they_come_does_not_matter(reports: list[Said], data: st.DataObject) -> None:
    ends = set()
    for order in (reports, data.draw(st.permutations(reports))):
        state, words = "sent", ""
        for count in range(1, len(order) + 1):
            found = standing(state, order[:count])
            state, words = (found.state, found.words) if found.state else (state, words)
        ends.add((state, words))
    assert len(ends) == 1
