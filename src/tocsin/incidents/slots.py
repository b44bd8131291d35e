"""What the incidents room puts into the console's frame."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tocsin.console import searching, slots
from tocsin.console.components import Chip
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.incidents import queries
from tocsin.incidents.events import ALERT
from tocsin.incidents.permissions import UPDATE_INCIDENTS
from tocsin.incidents.queries import ALERTS_ON, IncidentView
from tocsin.kernel import clock, live
from tocsin.people import queries as people
from tocsin.people.access import staff

SEEN_ENDS = "ends_seen"
"""Where the session keeps the alerts whose green bar somebody put away."""

# How long the bar stays green after the end, so that everybody has seen it.
_GREEN_FOR = timedelta(minutes=10)


def _reads(request: HttpRequest) -> bool:
    return people.may(request.user, "read")


def _declares(request: HttpRequest) -> bool:
    return people.may(request.user, "declare_incidents")


def _shown(request: HttpRequest) -> list[IncidentView]:
    """What presses now or ended just now; asked once a page, since bar, rail and tickets all show it."""
    known: list[IncidentView] | None = getattr(request, "_alerts_shown", None)
    if known is None:
        known = queries.alerts_shown(clock.now() - _GREEN_FOR)
        request._alerts_shown = known  # type: ignore[attr-defined]  # a note on the request, as Django's own apps do
    return known


def _on(request: HttpRequest) -> list[IncidentView]:
    return [one for one in _shown(request) if one.is_on]


def _bar(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    alerts, ended = _on(request), [one for one in _shown(request) if one.is_over and not _knows(request, one)]
    return {"alerts": alerts, "ended": ended} if alerts or ended else None


def _knows(request: HttpRequest, ended: IncidentView) -> bool:
    """Whether they ended it themselves, or put the green bar away."""
    own = bool(ended.updates) and ended.updates[0].author == staff(request).actor.ref
    return own or ended.ref in request.session.get(SEEN_ENDS, [])


def _count(request: HttpRequest) -> int | str | None:
    return str(len(_on(request))) if _on(request) else None


def _ticket_side(request: HttpRequest, subject: Any) -> dict[str, Any] | None:
    """How a ticket stands to incidents; nothing where there is nothing to say or to do."""
    if not str(getattr(subject, "ref", "")).startswith("T-"):
        return None
    links = queries.links_of_ticket(subject.pk)
    attached = any(link.state == "attached" for link in links)
    linked = {link.incident_ref for link in links}
    me = staff(request).actor
    may_update = me.may(UPDATE_INCIDENTS) and me.may(WORK_TICKETS, subject.department_id)
    others = [] if attached or not may_update else [one for one in _on(request) if one.ref not in linked]
    if not links and not others:
        return None
    return {"links": links, "others": others, "attached": attached, "may_update": may_update}


def _incidents_found(request: HttpRequest, incident_ids: Sequence[int]) -> list[searching.Result]:
    headings = queries.headings_of(incident_ids)
    known = [headings[pk] for pk in incident_ids if pk in headings]
    return [searching.Result(reverse("incidents:room", args=[ref]), heading, ref) for ref, heading in known]


def _row_chips(request: HttpRequest, ids: Collection[int]) -> dict[int, list[Chip]]:
    return {pk: [Chip(ref, title)] for pk, (ref, title) in queries.alerts_of_tickets(ids).items()}


slots.add_navigation(
    slots.NavigationEntry(
        20,
        _("Alerts"),
        "siren",
        "incidents:alerts",
        keys="g a",
        badge=_count,
        loud=True,
        visible=_reads,
        number=ALERTS_ON,
        topics=(ALERT,),
    )
)
live.register(live.Digest(ALERT, queries.digest))
slots.add_command(
    slots.PaletteCommand(10, _("Declare a Red Alert"), "incidents:declare", "siren", visible=_declares)
)
slots.fill("red_alert", slots.Piece(10, "incidents/slots/red_alert.html", visible=_declares))
slots.fill("alert_bar", slots.Piece(10, "incidents/slots/alert_bar.html", _bar, _reads, topics=(ALERT,)))
slots.fill("bulk_action", slots.Piece(10, "incidents/slots/bulk_action.html", visible=_declares))
slots.fill("side_panel", slots.Piece(10, "incidents/slots/side_panel.html", _ticket_side, _reads))
slots.mark_rows(slots.RowMarks(10, "ticket", _row_chips, _reads))
searching.offer(
    searching.Kind("incident", 30, _("Alerts"), "siren", present=_incidents_found, visible=_reads)
)
