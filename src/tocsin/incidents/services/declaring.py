"""Declaring a Red Alert: one act from which everything follows (R-C02, R-C04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction

from tocsin.catalog import queries as catalog
from tocsin.incidents import audience, events, locks, reasons
from tocsin.incidents.models import Incident, IncidentStatus, Kind, Update
from tocsin.incidents.permissions import DECLARE_INCIDENTS
from tocsin.incidents.refusals import refuse
from tocsin.incidents.rules import checks
from tocsin.incidents.services import matching, notify
from tocsin.kernel import clock, search
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import take_ids
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import emit
from tocsin.kernel.references import make_reference
from tocsin.people import queries as people


@dataclass(frozen=True)
class NewIncident:
    """What is declared; times are aware. `message` is by language, and `titles` too, as far as it goes.

    `known_through` is the newest incident that the declarer had seen: when another one about the same
    components came since, the declaration is refused once, so that two people make one alert.
    """

    title: str
    component_keys: Sequence[str]
    message: Mapping[str, str]
    next_update_at: datetime | None
    started_at: datetime | None = None
    kind: str = Kind.UNPLANNED
    impact: str = "major"
    words: Sequence[str] = ()
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None
    evidence: Sequence[str] = field(default=())
    known_through: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def declare(new: NewIncident, *, actor: Actor) -> Incident:
    """Declare it: coordinator named, audience frozen, tickets attached, notice made, everybody told.

    `evidence` are references of tickets that the declarer says belong to it; they are attached by hand.
    Raises Refused with `fields` when something is missing, Forbidden, Conflict when somebody was quicker.
    """
    actor.check(DECLARE_INCIDENTS)
    _check(new)
    locks.exclusive()
    components = catalog.components_by_key(list(new.component_keys))
    _check_nobody_was_quicker(new, [component.pk for component in components])
    incident = _make(new, actor)
    incident.components.set(components)
    audience.freeze(incident.pk, [component.pk for component in components])
    update = _first_update(incident, new, actor)
    matching.attach_existing(incident, update)
    matching.attach_evidence(incident, update, new.evidence, actor=actor)
    search.index("incident", [incident.pk])
    emit(events.IncidentDeclared(incident.pk, incident.ref), actor=actor, reason=incident.title)
    notify.tell_everybody(incident, update)
    return incident


def _check(new: NewIncident) -> None:
    fields = {name: value for name, value in asdict(new).items() if name not in ("evidence", "known_through")}
    languages = ["en", people.company_language()]
    refuse(checks.declaration_problems(checks.Declared(**fields), now=clock.now(), languages=languages))
    _check_components(new.component_keys)


def _check_components(keys: Sequence[str]) -> None:
    known = {component.key for component in catalog.components()}
    for key in keys:
        if key not in known:
            raise Refused(reasons.NO_COMPONENT(key=str(key)[:60]), ["components"])


def _check_nobody_was_quicker(new: NewIncident, component_ids: Sequence[int]) -> None:
    if new.known_through is None:
        return
    since = Incident.objects.filter(pk__gt=new.known_through, resolved_at=None, components__in=component_ids)
    quicker = since.order_by("pk").first()
    if quicker:
        who = people.actor_name(quicker.declared_by)
        raise Conflict(reasons.DECLARED_ALREADY(who=who, title=quicker.title_in(), ref=quicker.ref))


def _make(new: NewIncident, actor: Actor) -> Incident:
    now = clock.now()
    scheduled = new.kind == Kind.SCHEDULED
    started_at = new.scheduled_for if scheduled else new.started_at
    assert started_at is not None  # checked before
    (pk,) = take_ids(Incident, 1)
    return Incident.objects.create(
        pk=pk,
        ref=make_reference("I", pk),
        title=new.title.strip(),
        titles={language: title.strip() for language, title in new.titles.items() if title.strip()},
        kind=new.kind,
        impact=new.impact,
        status=IncidentStatus.SCHEDULED if scheduled else IncidentStatus.INVESTIGATING,
        words=[word.strip() for word in new.words if word.strip()],
        coordinator=people.first_lead(),
        started_at=started_at,
        declared_at=now,
        declared_by=actor.ref,
        scheduled_for=new.scheduled_for if scheduled else None,
        scheduled_until=new.scheduled_until if scheduled else None,
        next_update_at=new.next_update_at,
    )


def _first_update(incident: Incident, new: NewIncident, actor: Actor) -> Update:
    return Update.objects.create(
        incident=incident,
        status=incident.status,
        message={language: text.strip() for language, text in new.message.items() if text.strip()},
        next_update_at=new.next_update_at,
        author=actor.ref,
        at=incident.declared_at,
    )
