"""Silence is escalated: the promised time of the next update passed (R-C10)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tocsin.incidents import events, links
from tocsin.incidents.models import Incident
from tocsin.incidents.words import moment_words
from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.mailroom.services import StaffText, notify_staff
from tocsin.people import queries as people

_URGENCY = 40  # before the notices themselves


def warn_overdue() -> int:
    """Warn the coordinator of each incident whose time has passed, once per missed time; returns how many."""
    due = Incident.objects.filter(_unwarned()).order_by("next_update_at").values_list("pk", flat=True)
    return sum(_warn(pk) for pk in due[:100])


def _unwarned() -> Q:
    silent = Q(overdue_warned_at=None) | Q(overdue_warned_at__lt=F("next_update_at"))
    return Q(resolved_at=None, next_update_at__lte=clock.now()) & silent


@transaction.atomic
def _warn(pk: int) -> bool:
    """Whoever changes the row warns; the other finds it changed."""
    if not Incident.objects.filter(_unwarned(), pk=pk).update(overdue_warned_at=clock.now()):
        return False
    incident = Incident.objects.select_related("coordinator").get(pk=pk)
    _tell(incident)
    emit(events.UpdateOverdue(incident.pk, incident.ref))
    return True


def _tell(incident: Incident) -> None:
    """The coordinator; where there is none, the head of support of today."""
    who = incident.coordinator or people.first_lead()
    if who and incident.next_update_at:
        notify_staff(
            [who.pk],
            "incidents.overdue",
            lambda language: _warning(incident, language),
            once=f"{incident.pk}:{int(incident.next_update_at.timestamp())}",
            urgency=_URGENCY,
            origin_ref=f"incident:{incident.pk}",
        )


def _warning(incident: Incident, language: str) -> StaffText:
    assert incident.next_update_at
    values = {
        "title": incident.title_in(language),
        "time": moment_words(incident.next_update_at, language),
        "link": links.war_room_url(incident.ref),
    }
    text = _(
        "Customers were told to expect news about “%(title)s” by %(time)s. Nothing was posted since.\n\n"
        "One sentence is enough, also when there is nothing new. Post it here:\n%(link)s"
    )
    return StaffText(_("The next update is due: %(title)s") % values, text % values)
