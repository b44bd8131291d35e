"""Ninety days of a component: which days had a fault, and how much of the time it worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tocsin.statuspage.rules.conditions import CONDITIONS, MAINTENANCE, OPERATIONAL, condition_under, worst
from tocsin.statuspage.rules.state import ComponentState, IncidentState, PageState

DAYS = 90
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Day:
    """A day on which not all was well: its place (89 = today), its worst condition, its minutes."""

    index: int
    date: date
    condition: str
    minutes: int


@dataclass(frozen=True)
class NinetyDays:
    """What the bar shows. `known_from` is the place of the first day the component existed."""

    days: tuple[Day, ...]
    known_from: int
    works_percent: float


def ninety_days(state: PageState, component: ComponentState) -> NinetyDays:
    """A component's last ninety days in the company's zone; any declared fault counts in full."""
    first = state.today - timedelta(days=DAYS - 1)
    spans = [(one, _span(one, state.now)) for one in state.incidents if component.key in one.components]
    begun = min([component.created_at, *(span[0] for _, span in spans)])
    days = tuple(day for index in range(DAYS) if (day := _day(state, first, index, spans)))
    known_from = max(0, (begun.astimezone(state.zone).date() - first).days)
    since = max(begun, _midnight(first, state))
    down = union_seconds([span for one, span in spans if not one.is_maintenance], (since, state.now))
    whole = (state.now - since).total_seconds()
    percent = 100 * (1 - down / whole) if whole > 0 else 100.0
    # cut, not rounded: 99.999 is not 100
    return NinetyDays(days, min(known_from, DAYS - 1), int(percent * 100) / 100)


def union_seconds(spans: list[Span], within: Span) -> float:
    """How long at least one of the spans lasted inside `within`, in seconds."""
    total, reached = 0.0, within[0]
    for start, end in sorted(spans):
        start, end = max(start, reached), min(end, within[1])
        if end > start:
            total += (end - start).total_seconds()
            reached = end
    return total


def worst_condition_ever(incident: IncidentState) -> str:
    """What the incident did at its worst."""
    return MAINTENANCE if incident.is_maintenance else condition_under(incident.impact, "investigating")


def _span(incident: IncidentState, now: datetime) -> Span:
    return incident.begins_at, min(incident.resolved_at or now, now)


def _midnight(day: date, state: PageState) -> datetime:
    return datetime.combine(day, time(), state.zone)


def _day(state: PageState, first: date, index: int, spans: list[tuple[IncidentState, Span]]) -> Day | None:
    day = first + timedelta(days=index)
    start, end = _midnight(day, state), _midnight(day + timedelta(days=1), state)
    touching = [(one, span) for one, span in spans if span[0] < end and span[1] > start]
    condition = worst(worst_condition_ever(one) for one, _ in touching)
    if condition == OPERATIONAL:
        return None
    causes = [span for one, span in touching if worst_condition_ever(one) == condition]
    minutes = max(1, round(union_seconds(causes, (start, end)) / 60))
    return Day(index, day, condition, minutes)


def fault_days(bar: NinetyDays) -> int:
    """How many days had a fault; maintenance does not count."""
    return sum(CONDITIONS.index(day.condition) > CONDITIONS.index(MAINTENANCE) for day in bar.days)
