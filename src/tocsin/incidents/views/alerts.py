"""All incidents, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tocsin.incidents import queries
from tocsin.incidents.slots import SEEN_ENDS
from tocsin.people import queries as people
from tocsin.people.access import require

# Bars go by themselves after minutes; more ends than this do not fall into that time.
_ENDS_KEPT = 20


@require_safe
@require("read")
def index(request: HttpRequest) -> HttpResponse:
    """What is on, what is planned, what was; a page at a time."""
    cursor = request.GET.get("cursor") or None
    page = queries.recent(cursor)
    context = {
        "incidents": [queries.view_of(row) for row in page.items],
        "next": page.next,
        "first_page": cursor is None,
        "may_declare": people.may(request.user, "declare_incidents"),
    }
    template = "incidents/parts/incidents.html" if request.GET.get("part") else "incidents/alerts.html"
    return render(request, template, context)


@require_POST
@require("read")
def seen(request: HttpRequest, ref: str) -> HttpResponse:
    """Put the green bar of an ended alert away, for this person alone."""
    known = request.session.get(SEEN_ENDS, [])
    request.session[SEEN_ENDS] = [*known[1 - _ENDS_KEPT :], queries.incident_by_ref(ref).ref]
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/")
