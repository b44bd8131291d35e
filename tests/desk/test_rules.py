"""The desk's thinking, by example and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.desk import rules
from tocsin.kernel.text import (
    EXCERPT_LENGTH,
    LONGEST_SUBJECT,
    clean_subject,
    make_excerpt,
    storable,
    tagged_subject,
)


@pytest.mark.parametrize(
    ("subject", "cleaned"),
    [
        ("Re: Mail is down", "Mail is down"),
        ("RE: FW: re[2]: [T-0000427] Re: Mail", "Mail"),
        ("ΑΠ: ΣΧΕΤ: Πρόβλημα", "Πρόβλημα"),
        ("Απ: Πρόβλημα", "Πρόβλημα"),
        ("Отв: Не работает", "Не работает"),
        ("RV: Problema", "Problema"),
        ("Odg: Ne radi", "Ne radi"),
        ("AW: WG: Problem", "Problem"),
        ("Mail [T-0000427] is down", "Mail is down"),
        ("Re [T-0000427]: Mail", "Mail"),
        ("Regarding: the invoice", "Regarding: the invoice"),
        ("HA: failover", "HA: failover"),
        ("Re:", ""),
    ],
)
def test_subjects_lose_their_marks(subject: str, cleaned: str) -> None:
    assert clean_subject(subject) == cleaned


@given(
    st.text()
    | st.lists(st.sampled_from(["Re: ", "ΑΠ:", "[T-0000427]", "Fw[3]:", " ", "x", "re"])).map("".join)
)
def test_cleaning_twice_changes_nothing(subject: str) -> None:
    once = clean_subject(subject)
    assert clean_subject(once) == once
    assert len(once) <= LONGEST_SUBJECT


@given(st.text())
def test_a_tagged_subject_carries_the_tag_once(subject: str) -> None:
    tagged = tagged_subject("T-0000427", subject)
    assert tagged.startswith("[T-0000427]")
    assert tagged_subject("T-0000427", tagged) == tagged


@given(st.text(), st.integers(0, 3000))
def test_excerpts_fit_their_column(text: str, times: int) -> None:
    excerpt = make_excerpt(text * min(times, 1 + 3000 // max(1, len(text))))
    assert len(excerpt) <= EXCERPT_LENGTH
    assert "\n" not in excerpt


STATUS = st.sampled_from(rules.STATUSES)


@given(STATUS, st.sampled_from(["", "auto-reply", "list"]))
def test_only_people_open_tickets_again(status: str, machine: str) -> None:
    after = rules.after_customer_wrote(status, machine)
    assert after == status if machine == "auto-reply" else after in {"new", "open"}


@given(STATUS, STATUS)
def test_nothing_becomes_new_again_and_no_step_leads_nowhere(old: str, new: str) -> None:
    if rules.may_become(old, new):
        assert new != "new"
        assert new != old
        assert old != "closed" or new == "open"


@given(st.text(st.characters() | st.just("\x00") | st.just("\ud800")))
def test_storable_text_is_what_a_database_takes(text: str) -> None:
    stored = storable(text, 100)
    assert len(stored) <= 100
    assert "\x00" not in stored
    stored.encode()
