"""Where somebody is told things: shown on their own page and to administrators, who may change it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.console.toasts import toast
from tocsin.kernel.errors import Refused
from tocsin.people import access, queries, reasons, services
from tocsin.people.forms import AddressForm
from tocsin.people.models import StaffAddress
from tocsin.people.permissions import READ


@dataclass(frozen=True)
class Line:
    """An address as its line shows it."""

    row: StaffAddress
    channel: str
    is_first: bool
    is_last: bool


def card(staff_id: int) -> dict[str, Any]:
    """What the card about somebody's addresses shows."""
    rows = queries.addresses_of_staff(staff_id)
    labels = dict(queries.staff_channels())
    lines = [
        Line(row, labels.get(row.channel, row.channel), number == 0, number == len(rows) - 1)
        for number, row in enumerate(rows)
    ]
    return {"owner_id": staff_id, "addresses": lines, "address_form": AddressForm()}


@require_POST
@access.require(READ)
def add(request: HttpRequest, staff_id: int) -> HttpResponse:
    """One more; a code goes there."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        raise Refused(reasons.CHOOSE_CHANNEL())
    services.add_staff_address(staff_id, **form.cleaned_data, actor=access.actor(request))
    toast(request, _("A code was sent there. Enter it here, and the address is used."))
    return _back(request, staff_id)


@require_POST
@access.require(READ)
def change(request: HttpRequest, staff_id: int, address_id: int) -> HttpResponse:
    """Confirm it, have another code sent, try it earlier, or remove it, as the button says."""
    actor = access.actor(request)
    what = request.POST.get("what", "")
    if what == "confirm":
        services.confirm_staff_address(staff_id, address_id, request.POST.get("code", ""), actor=actor)
        toast(request, _("Confirmed. You are told things there from now on."))
    elif what == "code":
        services.prove_again(staff_id, address_id, actor=actor)
        toast(request, _("Another code was sent."))
    elif what == "earlier":
        services.order_staff_addresses(staff_id, _earlier(staff_id, address_id), actor=actor)
    elif what == "remove":
        services.remove_staff_address(staff_id, address_id, actor=actor)
        toast(request, _("Removed."))
    return _back(request, staff_id)


def _earlier(staff_id: int, address_id: int) -> list[int]:
    """The order with this one a place further up."""
    ids = [row.pk for row in queries.addresses_of_staff(staff_id)]
    at = ids.index(address_id) if address_id in ids else 0
    if at:
        ids[at - 1 : at + 1] = [ids[at], ids[at - 1]]
    return ids


def _back(request: HttpRequest, staff_id: int) -> HttpResponse:
    if staff_id == access.staff(request).pk and request.POST.get("from") != "staff":
        return redirect("people:profile")
    return redirect("people:staff-edit", staff_id)
