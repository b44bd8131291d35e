"""A ticket written down by hand, mostly with the telephone at the ear (R-A04)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tocsin.channels.registry import channel_of_address
from tocsin.console.toasts import toast
from tocsin.desk import queries
from tocsin.intake import services
from tocsin.intake.forms import CallForm
from tocsin.kernel.errors import Refused
from tocsin.kernel.text import is_address
from tocsin.people import queries as people
from tocsin.people.access import actor, require, staff


@require_http_methods(["GET", "HEAD", "POST"])
@require("work_tickets")
def new(request: HttpRequest) -> HttpResponse:
    """The form, and the ticket made from it; `address` in the address fills it in."""
    form = CallForm(request.POST or None, initial={"address": request.GET.get("address", "")})
    if request.method == "POST" and form.is_valid():
        try:
            ticket = services.open_ticket(form.ticket(), actor=actor(request))
        except Refused as refused:
            form.add_error("address", refused.fields.get("requester", refused.message))
        else:
            toast(request, _("%(ref)s is written down.") % {"ref": ticket.ref})
            sees_it = people.sees_department(staff(request), ticket.department_id)
            return redirect("desk:ticket", ticket.ref) if sees_it else redirect("desk:inbox")
    address = str(form["address"].value() or "")
    context = {"form": form, **_known(request, address)}
    return render(request, "intake/new.html", context, status=422 if form.errors else 200)


@require_GET
@require("work_tickets")
def known(request: HttpRequest) -> HttpResponse:
    """Who has this address, and what they asked before, while the form is being filled in."""
    return render(request, "intake/parts/caller.html", _known(request, request.GET.get("address", "")))


def _known(request: HttpRequest, address: str) -> dict[str, Any]:
    if not is_address(address):
        return {"caller": None, "asked": False}
    caller = people.contact_by_address(channel_of_address(address), address)
    before = (
        queries.recent_tickets_of(
            staff(request), customer_id=caller.customer_id, contact_id=caller.pk, limit=6
        )
        if caller
        else []
    )
    return {"caller": caller, "before": before, "address": address.strip(), "asked": True}
