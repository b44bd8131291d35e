"""Going on and coming to the end (R-C10, R-C11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tocsin.incidents import events, locks, reasons
from tocsin.incidents.models import Incident, IncidentStatus, Update
from tocsin.incidents.permissions import UPDATE_INCIDENTS
from tocsin.incidents.refusals import refuse
from tocsin.incidents.rules import checks
from tocsin.incidents.services import notify
from tocsin.kernel import clock, search
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.events import emit
from tocsin.kernel.references import parse_reference
from tocsin.people import queries as people


@dataclass(frozen=True)
class NewUpdate:
    """What is said next. `after` is the newest update that the author had seen: when another came since,
    this one is refused, so that customers are not told the same twice."""

    status: str
    message: Mapping[str, str]
    next_update_at: datetime | None = None
    after: int | None = None


@transaction.atomic
def post_update(ref: str, new: NewUpdate, *, actor: Actor) -> Update:
    """Say it everywhere: news page, banner, every affected customer, every attached ticket.

    Raises Refused with `fields`, NotFound, and Conflict when the incident is resolved already or
    somebody else has just posted.
    """
    languages = ["en", people.company_language()]
    refuse(
        checks.update_problems(
            new.status, new.message, new.next_update_at, now=clock.now(), languages=languages
        )
    )
    locks.exclusive()
    incident = locked(ref, actor)
    _check_goes_on(incident)
    refuse(checks.step_problems(incident.status, new.status))
    _check_read(incident, new.after)
    update = _write(incident, new, actor)
    _announce(incident, actor)
    notify.tell_everybody(incident, update)
    return update


def locked(ref: str, actor: Actor) -> Incident:
    """The incident, held until the transaction ends. Raises NotFound, and Forbidden."""
    actor.check(UPDATE_INCIDENTS)
    reference = parse_reference(ref, "I")
    rows = Incident.objects.select_for_update(of=("self",))
    incident = rows.filter(ref=reference).first() if reference else None
    if incident is None:
        raise NotFound(reasons.NO_INCIDENT(ref=ref[:40]))
    return incident


def _check_goes_on(incident: Incident) -> None:
    if incident.resolved_at:
        raise Conflict(reasons.RESOLVED_NO_UPDATES())


def _check_read(incident: Incident, after: int | None) -> None:
    if after is None:
        return
    newer = incident.updates.filter(pk__gt=after).order_by("pk").first()
    if newer:
        who = people.actor_name(newer.author)
        raise Conflict(reasons.UPDATED_ALREADY(who=who))


def _write(incident: Incident, new: NewUpdate, actor: Actor) -> Update:
    now = clock.now()
    resolved = new.status == IncidentStatus.RESOLVED
    incident.status = new.status
    incident.next_update_at = None if resolved else new.next_update_at
    incident.resolved_at = now if resolved else None
    incident.save(update_fields=["status", "next_update_at", "resolved_at"])
    message = {language: text.strip() for language, text in new.message.items() if text.strip()}
    return Update.objects.create(
        incident=incident,
        status=new.status,
        message=message,
        next_update_at=incident.next_update_at,
        author=actor.ref,
        at=now,
    )


def _announce(incident: Incident, actor: Actor) -> None:
    search.index("incident", [incident.pk])
    if incident.resolved_at:
        emit(events.IncidentResolved(incident.pk, incident.ref), actor=actor)
    else:
        emit(events.IncidentUpdated(incident.pk, incident.ref, incident.status), actor=actor)
