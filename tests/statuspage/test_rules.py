"""How a matter stands, what it does to components, ninety days, and when a page reads differently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.statuspage.examples import NOW, busy, calm, fault, maintenance, minutes, outage, repaired

from tocsin.statuspage import rules
from tocsin.statuspage.rules.conditions import CONDITIONS, INDICATORS, OPERATIONAL
from tocsin.statuspage.rules.ninety import union_seconds


def test_a_calm_day() -> None:
    state = calm()
    assert rules.overall_condition(state) == "operational"
    assert not rules.faults(state)
    assert INDICATORS[OPERATIONAL] == ("none", "All Systems Operational")


def test_a_fault_touches_its_components_only() -> None:
    state = outage()
    assert rules.component_condition(state, "mail") == "partial_outage"
    assert rules.component_condition(state, "web") == "operational"


@pytest.mark.parametrize(
    ("impact", "status", "condition"),
    [
        ("minor", "investigating", "degraded_performance"),
        ("major", "identified", "partial_outage"),
        ("critical", "investigating", "major_outage"),
        ("critical", "monitoring", "degraded_performance"),
    ],
)
def test_impact_and_status_make_the_condition(impact: str, status: str, condition: str) -> None:
    assert rules.condition_of(fault(1, start=NOW, impact=impact, status=status), NOW) == condition


def test_the_worst_fault_comes_first() -> None:
    grave = fault(2, start=NOW - minutes(5), impact="critical", components=("web",))
    state = outage()
    assert rules.faults(replace(state, incidents=(*state.incidents, grave)))[0].ref == grave.ref


def test_a_maintenance_goes_by_the_clock() -> None:
    one = maintenance(1, start=NOW, lasts=minutes(60))
    at = {NOW - minutes(1): "scheduled", NOW: "in_progress", NOW + minutes(60): "verifying"}
    assert {moment: rules.phase(one, moment) for moment in at} == at
    assert rules.phase(replace(one, resolved_at=NOW + minutes(50)), NOW + minutes(55)) == "completed"


def test_green_for_two_hours_unless_broken_again() -> None:
    one = repaired(1, start=NOW - minutes(90), lasted=minutes(60))
    assert rules.just_repaired(calm(incidents=(one,))) == [one]
    assert rules.just_repaired(calm(incidents=(one,), now=NOW + minutes(91))) == []
    assert rules.just_repaired(calm(incidents=(fault(2, start=NOW), one))) == []


def test_ninety_days_count_faults_and_not_maintenance() -> None:
    state = calm(
        incidents=(
            repaired(1, start=NOW - timedelta(days=3), lasted=timedelta(hours=18)),
            replace(maintenance(2, start=NOW - timedelta(days=9), lasts=minutes(60), components=("mail",)),
                    resolved_at=NOW - timedelta(days=9) + minutes(60)),
        )
    )  # fmt: skip
    mail = state.component("mail")
    assert mail
    bar = rules.ninety_days(state, mail)
    assert rules.fault_days(bar) == 1
    assert [day.condition for day in bar.days] == ["under_maintenance", "partial_outage"]
    assert 99.1 < bar.works_percent < 99.2


def test_a_new_component_is_not_known_before_it_existed() -> None:
    state = calm(incidents=())
    new = replace(state.components[0], created_at=NOW - timedelta(days=9))
    assert rules.ninety_days(state, new).known_from == 80


def test_a_short_fault_is_never_a_hundred_percent() -> None:
    state = calm(incidents=(repaired(1, start=NOW - minutes(30), lasted=timedelta(seconds=20)),))
    mail = state.component("mail")
    assert mail and rules.ninety_days(state, mail).works_percent < 100


def test_the_same_minute_later_reads_the_same_and_a_change_does_not() -> None:
    state = outage()
    assert rules.fingerprint(state) == rules.fingerprint(replace(state, now=NOW + minutes(1)))
    late = replace(state, now=NOW + minutes(16))
    assert rules.fingerprint(state) != rules.fingerprint(late), "the promised news is late"
    tomorrow = replace(calm(), now=NOW + timedelta(days=1))
    assert rules.fingerprint(calm()) != rules.fingerprint(tomorrow)


def test_what_is_planned_soon_is_told_by_the_banner() -> None:
    assert [one.ref for one in rules.soon_planned(busy())] == ["I-0000106"]


_spans = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 300)), max_size=12)


@given(_spans)
def test_overlapping_spans_count_once(given_spans: list[tuple[int, int]]) -> None:
    spans = [(NOW + minutes(start), NOW + minutes(start + length)) for start, length in given_spans]
    covered = {
        minute for start, length in given_spans for minute in range(start, start + length) if minute < 1100
    }
    assert union_seconds(spans, (NOW, NOW + minutes(1100))) == 60 * len(covered)


def test_conditions_are_statuspages() -> None:
    assert set(CONDITIONS) == set(INDICATORS)
