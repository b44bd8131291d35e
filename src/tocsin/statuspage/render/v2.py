"""The public JSON in exactly Statuspage's shape, so that existing clients read ours (R-D08).

Descriptions are Statuspage's English ones, because programs compare them; people's words are in the
company's language.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tocsin.kernel.translated import in_language
from tocsin.statuspage.render.words import message_in
from tocsin.statuspage.rules import (
    ComponentState,
    IncidentState,
    PageState,
    ServiceState,
    UpdateState,
    component_condition,
    last_changed,
    overall_condition,
    phase,
)
from tocsin.statuspage.rules.conditions import INDICATORS, MAINTENANCE, OPERATIONAL, condition_under

JSON = "application/json; charset=utf-8"
NEWEST = 50
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_OVER = {"resolved", "completed"}


def short_id(kind: str, key: object) -> str:
    """A stable id of twelve base36 characters, as Statuspage's are."""
    number = int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest()[:8], "big")
    digits = []
    for _ in range(12):
        number, digit = divmod(number, 36)
        digits.append(_BASE36[digit])
    return "".join(digits)


def json_documents(state: PageState) -> Iterator[tuple[str, bytes]]:
    """All answers with their paths, `/status/api/v2/….json`."""
    view = _View(state)
    faults = [view.incident(one) for one in view.newest(maintenance=False)]
    works = [view.incident(one) for one in view.newest(maintenance=True)]
    upcoming = [one for one in works if one["status"] == "scheduled"]
    active = [one for one in works if one["status"] in {"in_progress", "verifying"}]
    unresolved = [one for one in faults if one["status"] not in _OVER]
    components = view.components()
    status = view.status()
    answers: dict[str, dict[str, Any]] = {
        "summary": {
            "components": components,
            "incidents": unresolved,
            "scheduled_maintenances": [*active, *upcoming],
            "status": status,
        },
        "status": {"status": status},
        "components": {"components": components},
        "incidents": {"incidents": faults},
        "incidents/unresolved": {"incidents": unresolved},
        "scheduled-maintenances": {"scheduled_maintenances": works},
        "scheduled-maintenances/upcoming": {"scheduled_maintenances": upcoming},
        "scheduled-maintenances/active": {"scheduled_maintenances": active},
    }
    for name, answer in answers.items():
        yield f"/status/api/v2/{name}.json", as_json({"page": view.page(), **answer})


def as_json(value: object) -> bytes:
    """Compact UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _View:
    """One state in Statuspage's words."""

    def __init__(self, state: PageState) -> None:
        self.state = state
        self.page_id = short_id("page", state.url)

    def page(self) -> dict[str, Any]:
        return {
            "id": self.page_id,
            "name": self.state.company,
            "url": f"{self.state.url}/status/",
            "time_zone": self.state.time_zone if self.state.time_zone != "UTC" else "Etc/UTC",
            "updated_at": self._time(last_changed(self.state)),
        }

    def status(self) -> dict[str, str]:
        indicator, description = INDICATORS[overall_condition(self.state)]
        return {"indicator": indicator, "description": description}

    def newest(self, *, maintenance: bool) -> list[IncidentState]:
        """The newest fifty, and what is open however old, newest first."""
        rows = [one for one in self.state.incidents if one.is_maintenance == maintenance]
        rows.sort(key=lambda one: one.declared_at, reverse=True)
        late = [one for one in rows[NEWEST:] if phase(one, self.state.now) not in _OVER]
        return rows[:NEWEST] + late

    def components(self) -> list[dict[str, Any]]:
        services = {one.key: one for one in self.state.services}
        used = {one.service for one in self.state.components}
        groups = [self._group(one) for key, one in services.items() if key in used]
        return groups + [self._component(one) for one in self.state.components]

    def incident(self, one: IncidentState) -> dict[str, Any]:
        stands = phase(one, self.state.now)
        parts = [part for key in one.components if (part := self.state.component(key))]
        oldest_first = sorted(one.updates, key=lambda update: (update.at, update.id))
        updates = [
            self._update(one, update, oldest_first[:number]) for number, update in enumerate(oldest_first)
        ]
        last = max([one.declared_at, *(update.at for update in one.updates)])
        answer = {
            "id": short_id("incident", one.ref),
            "name": one.title_in(self.state.language),
            "status": stands,
            "created_at": self._time(one.declared_at),
            "updated_at": self._time(last),
            "monitoring_at": self._time_or_none(
                next((update.at for update in oldest_first if update.status == "monitoring"), None)
            ),
            "resolved_at": self._time_or_none(one.resolved_at),
            "impact": "maintenance" if one.is_maintenance else one.impact,
            "shortlink": f"{self.state.url}/status/incidents/{one.ref}/",
            "started_at": self._time(one.begins_at),
            "page_id": self.page_id,
            "incident_updates": updates[::-1],
            "components": [self._component(part) for part in parts],
        }
        if one.is_maintenance:
            answer["scheduled_for"] = self._time_or_none(one.scheduled_for)
            answer["scheduled_until"] = self._time_or_none(one.scheduled_until)
        return answer

    def _update(self, one: IncidentState, update: UpdateState, before: list[UpdateState]) -> dict[str, Any]:
        old = before[-1] if before else None
        changes = [
            {
                "code": short_id("component", part.key),
                "name": self._name(part),
                "old_status": _condition_after(one, old),
                "new_status": _condition_after(one, update),
            }
            for key in one.components
            if (part := self.state.component(key))
        ]
        at = self._time(update.at)
        return {
            "id": short_id("update", update.id),
            "status": _status_after(one, update),
            "body": message_in(update.message, self.state.language, self.state.language)[0],
            "incident_id": short_id("incident", one.ref),
            "created_at": at,
            "updated_at": at,
            "display_at": at,
            "affected_components": changes or None,
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _component(self, one: ComponentState) -> dict[str, Any]:
        group = one.service if any(service.key == one.service for service in self.state.services) else ""
        touching = [each for each in self.state.incidents if one.key in each.components]
        changes = [update.at for each in touching for update in each.updates]
        return {
            "id": short_id("component", one.key),
            "name": self._name(one),
            "status": component_condition(self.state, one.key),
            "created_at": self._time(one.created_at),
            "updated_at": self._time(max([one.created_at, *changes])),
            "position": one.position,
            "description": None,
            "showcase": True,
            "start_date": one.created_at.astimezone(self.state.zone).date().isoformat(),
            "group_id": short_id("group", group) if group else None,
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _group(self, service: ServiceState) -> dict[str, Any]:
        parts = [self._component(one) for one in self.state.components if one.service == service.key]
        conditions = [
            component_condition(self.state, one.key)
            for one in self.state.components
            if one.service == service.key
        ]
        return {
            "id": short_id("group", service.key),
            "name": in_language(dict(service.name), self.state.language),
            "status": max(conditions, key=list(INDICATORS).index),
            "created_at": min(one["created_at"] for one in parts),
            "updated_at": max(one["updated_at"] for one in parts),
            "position": service.position,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self.page_id,
            "group": True,
            "only_show_if_degraded": False,
            "components": [one["id"] for one in parts],
        }

    def _name(self, one: ComponentState) -> str:
        return in_language(dict(one.name), self.state.language)

    def _time(self, at: datetime) -> str:
        return at.astimezone(self.state.zone).isoformat(timespec="milliseconds")

    def _time_or_none(self, at: datetime | None) -> str | None:
        return self._time(at) if at else None


def _status_after(one: IncidentState, update: UpdateState) -> str:
    if not one.is_maintenance:
        return update.status
    if update.status in {"resolved", "monitoring"}:
        return {"resolved": "completed", "monitoring": "verifying"}[update.status]
    return "scheduled" if update.at < one.begins_at else "in_progress"


def _condition_after(one: IncidentState, update: UpdateState | None) -> str:
    if update is None:
        return OPERATIONAL
    if one.is_maintenance:
        return MAINTENANCE if _status_after(one, update) in {"in_progress", "verifying"} else OPERATIONAL
    return condition_under(one.impact, update.status)
