"""All incidents, newest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tocsin.incidents import queries
from tocsin.people import queries as people
from tocsin.people.access import require


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
