"""How a matter stands now, what that means for the components, and what it weighs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tocsin.statuspage.rules.state import IncidentState, PageState

GREEN_FOR = timedelta(hours=2)
"""How long the banner says once more that a repaired thing works (R-D03)."""

LATELY = timedelta(days=90)
"""How far back the first page looks."""

ANNOUNCED_BEFORE = timedelta(hours=24)
"""How long before its start the banner tells of a maintenance."""

OPERATIONAL = "operational"
MAINTENANCE = "under_maintenance"
DEGRADED = "degraded_performance"
PARTIAL = "partial_outage"
MAJOR = "major_outage"
# From harmless to worst; words of Statuspage's public JSON.
CONDITIONS = (OPERATIONAL, MAINTENANCE, DEGRADED, PARTIAL, MAJOR)
_BY_IMPACT = {"minor": DEGRADED, "major": PARTIAL, "critical": MAJOR}

INDICATORS = {
    OPERATIONAL: ("none", "All Systems Operational"),
    MAINTENANCE: ("maintenance", "Service Under Maintenance"),
    DEGRADED: ("minor", "Partially Degraded Service"),
    PARTIAL: ("major", "Partial System Outage"),
    MAJOR: ("critical", "Major Service Outage"),
}


def worst(conditions: Iterable[str]) -> str:
    """The worst of them; operational when there is none."""
    return max(conditions, key=CONDITIONS.index, default=OPERATIONAL)


def phase(incident: IncidentState, now: datetime) -> str:
    """Where it stands, in Statuspage's words.

    A fault's status is what people said last. A maintenance starts by the clock; when its planned end
    has passed and nobody has said that it is over, it is `verifying`, so that the page claims nothing.
    """
    if not incident.is_maintenance:
        return "resolved" if incident.resolved_at else incident.status
    if incident.resolved_at:
        return "completed"
    if now < incident.begins_at:
        return "scheduled"
    overrun = incident.scheduled_until is not None and now >= incident.scheduled_until
    return "verifying" if overrun or incident.status == "monitoring" else "in_progress"


def is_open(incident: IncidentState, now: datetime) -> bool:
    """Whether customers feel it now."""
    return phase(incident, now) not in {"resolved", "completed", "scheduled"}


def condition_of(incident: IncidentState, now: datetime) -> str:
    """What it does to its components now."""
    if not is_open(incident, now):
        return OPERATIONAL
    if incident.is_maintenance:
        return MAINTENANCE
    return condition_under(incident.impact, incident.status)


def condition_under(impact: str, status: str) -> str:
    """What a fault of this impact does while its status is this: mended but watched counts as degraded."""
    if status == "resolved":
        return OPERATIONAL
    return DEGRADED if status == "monitoring" else _BY_IMPACT[impact]


def component_condition(state: PageState, key: str) -> str:
    """How a component stands now."""
    return worst(condition_of(one, state.now) for one in state.incidents if key in one.components)


def overall_condition(state: PageState) -> str:
    """How all stands now, taken together."""
    return worst(condition_of(one, state.now) for one in state.incidents)


def faults(state: PageState) -> list[IncidentState]:
    """Open unplanned incidents, the worst first, among equals the newest."""
    found = [one for one in state.incidents if not one.is_maintenance and is_open(one, state.now)]
    return sorted(found, key=lambda one: CONDITIONS.index(condition_of(one, state.now)), reverse=True)


def running_maintenances(state: PageState) -> list[IncidentState]:
    """Maintenances that go on now."""
    return [one for one in state.incidents if one.is_maintenance and is_open(one, state.now)]


def planned_maintenances(state: PageState) -> list[IncidentState]:
    """Maintenances to come, the nearest first."""
    found = [one for one in state.incidents if phase(one, state.now) == "scheduled"]
    return sorted(found, key=lambda one: one.begins_at)


def just_repaired(state: PageState) -> list[IncidentState]:
    """Faults repaired so lately that the banner still says so, unless the same part is broken again."""
    broken = {key for one in faults(state) for key in one.components}
    return [
        one
        for one in state.incidents
        if not one.is_maintenance
        and one.resolved_at
        and state.now - GREEN_FOR < one.resolved_at
        and not broken & set(one.components)
    ]


def soon_planned(state: PageState) -> list[IncidentState]:
    """Maintenances that the banner already tells of."""
    return [one for one in planned_maintenances(state) if one.begins_at - state.now <= ANNOUNCED_BEFORE]


def lately_over(state: PageState) -> list[IncidentState]:
    """What ended within the last ninety days, what ended last first."""
    over = [(one.resolved_at, one) for one in state.incidents if one.resolved_at]
    recent = [(at, one) for at, one in over if at > state.now - LATELY]
    return [one for _, one in sorted(recent, key=lambda row: row[0], reverse=True)]


def news_is_late(incident: IncidentState, now: datetime) -> bool:
    """Whether the promised time of the next update has passed in silence."""
    return incident.next_update_at is not None and incident.next_update_at < now


def last_changed(state: PageState) -> datetime:
    """When the page last got something new to say, by people's word or by the clock."""
    moments = [one.created_at for one in state.components]
    for incident in state.incidents:
        moments += [incident.declared_at, *(update.at for update in incident.updates)]
        moments += [at for at in (incident.resolved_at,) if at]
        if incident.is_maintenance:
            moments += [at for at in (incident.begins_at, incident.scheduled_until) if at and at <= state.now]
    return max(moments, default=datetime.combine(state.today, datetime.min.time(), state.zone))
