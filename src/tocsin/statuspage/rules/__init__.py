"""The room's thinking: pure Python, no Django, no I/O."""

from tocsin.statuspage.rules.conditions import (
    GREEN_FOR,
    component_condition,
    condition_of,
    faults,
    is_open,
    just_repaired,
    last_changed,
    lately_over,
    news_is_late,
    overall_condition,
    phase,
    planned_maintenances,
    running_maintenances,
    soon_planned,
)
from tocsin.statuspage.rules.fingerprint import fingerprint, frame_fingerprint
from tocsin.statuspage.rules.ninety import NinetyDays, fault_days, ninety_days
from tocsin.statuspage.rules.state import (
    ComponentState,
    IncidentState,
    PageState,
    ServiceState,
    Texts,
    UpdateState,
)

__all__ = [
    "GREEN_FOR",
    "ComponentState",
    "IncidentState",
    "NinetyDays",
    "PageState",
    "ServiceState",
    "Texts",
    "UpdateState",
    "component_condition",
    "condition_of",
    "fault_days",
    "faults",
    "fingerprint",
    "frame_fingerprint",
    "is_open",
    "just_repaired",
    "last_changed",
    "lately_over",
    "news_is_late",
    "ninety_days",
    "overall_condition",
    "phase",
    "planned_maintenances",
    "running_maintenances",
    "soon_planned",
]
