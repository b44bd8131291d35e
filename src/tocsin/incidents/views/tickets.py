"""One click to correct which tickets belong to an incident (R-C11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.console.toasts import Undo, toast
from tocsin.incidents import services
from tocsin.kernel.errors import Refused
from tocsin.people.access import actor, require


@require_POST
@require("update_incidents")
@require("work_tickets")
def attach(request: HttpRequest, ref: str) -> HttpResponse:
    """Attach a ticket and tell its customer how things stand."""
    ticket = request.POST.get("ticket", "")
    try:
        services.attach(ref, ticket, actor=actor(request))
    except Refused as refused:
        toast(request, refused.message, tone="bad")
        return _back(request, ref)
    toast(request, _("Attached. The customer is told how things stand."), undo=_undo("detach", ref, ticket))
    return _back(request, ref)


@require_POST
@require("update_incidents")
@require("work_tickets")
def detach(request: HttpRequest, ref: str) -> HttpResponse:
    """Back into the queue."""
    ticket = request.POST.get("ticket", "")
    services.detach(ref, ticket, actor=actor(request))
    toast(request, _("Detached. The ticket is back in the queue."), undo=_undo("attach", ref, ticket))
    return _back(request, ref)


@require_POST
@require("update_incidents")
@require("work_tickets")
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """A suggested ticket is about something else."""
    ticket = request.POST.get("ticket", "")
    services.dismiss(ref, ticket, actor=actor(request))
    toast(request, _("Noted. The ticket stays in the queue."), undo=_undo("attach", ref, ticket))
    return _back(request, ref)


def _undo(act: str, ref: str, ticket: str) -> Undo:
    return Undo(reverse(f"incidents:{act}", args=[ref]), {"ticket": ticket})


def _back(request: HttpRequest, ref: str) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("incidents:room", ref=ref)
