"""The war room: what is broken, for whom, what to do next (R-C10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from tocsin.console import live
from tocsin.console.toasts import toast
from tocsin.incidents import drafts, forms, queries, reasons, services
from tocsin.incidents.models import IncidentStatus
from tocsin.incidents.queries import IncidentView
from tocsin.incidents.views import presenting
from tocsin.incidents.views.texts import texts_of
from tocsin.kernel.errors import NotFound, Refused
from tocsin.people import queries as people
from tocsin.people.access import actor, require, staff

_PARTS = {
    "state": presenting.state,
    "timeline": presenting.timeline,
    "tickets": presenting.tickets,
    "deliveries": presenting.deliveries,
}


@require_safe
@require("read")
def room(request: HttpRequest, ref: str) -> HttpResponse:
    """The whole page."""
    live.mark(request)
    return _room(request, queries.incident_by_ref(ref))


@require_safe
@require("read")
def part(request: HttpRequest, ref: str, part: str) -> HttpResponse:
    """One part of the page anew, for the live screen."""
    if part not in _PARTS:
        raise NotFound(reasons.NO_PAGE_PART())
    incident = queries.incident_by_ref(ref)
    context = {"incident": incident, **_rights(request), **_PARTS[part](incident, staff(request))}
    return render(request, f"incidents/parts/{part}.html", context)


@require_POST
@require("update_incidents")
def post_update(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Say it everywhere; with `redraft` only renew the texts for the chosen status."""
    incident = queries.incident_by_ref(ref)
    if "redraft" in request.GET:
        context = {**_writing(incident, request.POST), "oob": True}
        return render(request, "incidents/parts/rewrite.html", context)
    form = forms.UpdateForm(request.POST, now=incident.status)
    try:
        if form.is_valid():
            services.post_update(incident.ref, form.update(), actor=actor(request))
            toast(request, _("Posted. Customers are being told."))
            return redirect("incidents:room", ref=incident.ref)
    except Refused as refused:
        form.show(refused)
    return _room(request, queries.incident_by_ref(ref), said=request.POST, form=form, status=422)


def _room(
    request: HttpRequest,
    incident: IncidentView,
    *,
    said: Any = None,
    form: forms.UpdateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    live.follow(request, f"incident:{incident.ref}", f"notice:{incident.ref}")
    live.be_at(request, f"incident:{incident.ref}")
    context: dict[str, Any] = {"incident": incident, **_rights(request)}
    for present in _PARTS.values():
        context |= present(incident, staff(request))
    context |= _writing(incident, said)
    context |= {
        "problems": forms.problems_of(form),
        "writing": form is not None or incident.is_overdue,
        "too_late": _too_late(incident) if form is not None and incident.is_over else "",
    }
    return render(request, "incidents/room.html", context, status=status)


def _too_late(incident: IncidentView) -> str:
    """Why an update did not go out that was written while somebody else ended it."""
    who = people.actor_name(incident.updates[0].author)
    return _("It was resolved a moment ago by %(who)s. If it is broken again, declare a new one.") % {
        "who": who
    }


def _rights(request: HttpRequest) -> dict[str, bool]:
    may_update = people.may(request.user, "update_incidents")
    return {
        "may_update": may_update,
        "may_sort": may_update and people.may(request.user, "work_tickets"),
    }


def _writing(incident: IncidentView, said: Any) -> dict[str, Any]:
    """The update form as it stands."""
    # It begins as it stands: a careless Enter tells customers no progress that nobody made.
    begun = {"status": incident.status, "next": "30"}
    said = said if said is not None else begun
    statuses = forms.statuses_from(incident.status)
    status = said.get("status") if said.get("status") in dict(statuses) else begun["status"]
    names = [component.name for component in incident.components]
    codes = [code for code, _name in forms.languages()]
    return {
        "said": said,
        "statuses": statuses,
        "next_choices": forms.NEXT,
        "after": incident.updates[0].id if incident.updates else "",
        "texts": texts_of(said, drafts.next_messages(names, status, incident.status, codes)),
        "tell_label": _tell_label(incident, status),
    }


def _tell_label(incident: IncidentView, status: str) -> str:
    count, _names = queries.audience_of(incident.id, 0)
    if status != IncidentStatus.RESOLVED:
        words = ngettext("Post and tell %(count)s customer", "Post and tell %(count)s customers", count)
        return words % {"count": count}
    closes = queries.unclosed_count(incident.id)
    told = ngettext("tell %(count)s customer", "tell %(count)s customers", count) % {"count": count}
    closed = ngettext("close %(count)s ticket", "close %(count)s tickets", closes) % {"count": closes}
    return _("Resolve: %(acts)s") % {"acts": f"{told}, {closed}" if closes else told}
