"""What one can do to a ticket: each act is one POST, says what it did, and can mostly be undone."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.console.toasts import Undo, toast
from tocsin.desk import queries, reasons, rules, services
from tocsin.desk.forms import WriteForm
from tocsin.desk.models import Priority, Status, Ticket
from tocsin.desk.views import tickets
from tocsin.kernel.errors import Conflict, Forbidden, NotFound, Refused
from tocsin.people.access import actor, require, staff


@require_POST
@require("work_tickets")
def reply(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer the customer."""
    return _write(request, ref, "reply_form", _send_reply)


@require_POST
@require("work_tickets")
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Leave an internal note."""
    return _write(request, ref, "note_form", _leave_note)


def _send_reply(request: HttpRequest, ticket: Ticket, form: WriteForm) -> None:
    services.reply(
        ticket.ref,
        form.cleaned_data["text"],
        actor=actor(request),
        attachments=form.enclosures(),
        once_key=form.cleaned_data["once"] or None,
        seen=form.cleaned_data["seen"],
    )
    toast(request, _("Your answer is on its way to %(address)s.") % {"address": ticket.requester_address})


def _leave_note(request: HttpRequest, ticket: Ticket, form: WriteForm) -> None:
    services.add_note(
        ticket.ref,
        form.cleaned_data["text"],
        actor=actor(request),
        attachments=form.enclosures(),
        once_key=form.cleaned_data["once"] or None,
    )
    toast(request, _("Note added."))


def _write(
    request: HttpRequest, ref: str, name: str, act: Callable[[HttpRequest, Ticket, WriteForm], None]
) -> HttpResponse:
    """Do it, or show the page again with the text still in it and what was wrong."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    form = WriteForm(request.POST, request.FILES)
    seen = request.POST.get("seen", "")  # what they read before they wrote, whatever the page shows them now
    try:
        if form.is_valid():
            act(request, ticket, form)
            return _written(request, ticket.ref)
    except services.SaidAlready as said:
        if not said.differs:
            toast(request, said.message)
            return _written(request, ticket.ref)
        form.add_error(None, said.message)
    except services.AnsweredMeanwhile as theirs:
        seen = ""
        form.add_error(None, theirs.message)
    except (NotFound, Forbidden):
        raise
    except Conflict as refused:
        toast(request, refused.message)
        return _written(request, ticket.ref)
    except Refused as refused:
        form.add_error(None, refused.message)
    return tickets.page(request, ticket, status=422, seen=seen, **{name: form})


@require_POST
@require("work_tickets")
def status(request: HttpRequest, ref: str) -> HttpResponse:
    """Change where it stands."""
    before = queries.ticket_by_ref(ref, staff(request)).status
    wanted = request.POST.get("status", "")
    words = _("Status: %(status)s") % {"status": dict(Status.choices).get(wanted, wanted)}
    # Nothing becomes new again: a new ticket closed by mistake comes back as open.
    undone = "open" if before == "new" else before
    return _change(
        request,
        ref,
        lambda: _set_status(request, ref, _steps(before, wanted, undoing="undo" in request.POST)),
        words,
        {"status": undone, "undo": "1"} if undone != wanted else None,
    )


def _steps(before: str, wanted: str, *, undoing: bool) -> list[str]:
    """What is closed is opened first; undoing a closing goes both steps at once."""
    return ["open", wanted] if undoing and before == "closed" and wanted != "open" else [wanted]


@transaction.atomic
def _set_status(request: HttpRequest, ref: str, steps: list[str]) -> None:
    for step in steps:
        services.set_status(ref, step, actor=actor(request))


@require_POST
@require("work_tickets")
def priority(request: HttpRequest, ref: str) -> HttpResponse:
    """Change how much it presses."""
    before = queries.ticket_by_ref(ref, staff(request)).priority
    wanted = request.POST.get("priority", "")
    words = _("Priority: %(priority)s") % {"priority": dict(Priority.choices).get(wanted, wanted)}
    return _change(
        request,
        ref,
        lambda: services.set_priority(ref, wanted, actor=actor(request)),
        words,
        {"priority": before},
    )


@require_POST
@require("work_tickets")
def assignee(request: HttpRequest, ref: str) -> HttpResponse:
    """Give it to somebody, or to nobody."""
    before = queries.ticket_by_ref(ref, staff(request)).assignee_id
    value = request.POST.get("assignee", "")
    wanted = rules.number(value)
    if value and wanted is None:
        raise Refused(reasons.NO_STAFF())
    words = (
        _("Assigned to you.")
        if wanted == staff(request).pk
        else _("Assigned.")
        if wanted
        else _("Nobody has it now.")
    )
    return _change(
        request,
        ref,
        lambda: services.assign(ref, wanted, actor=actor(request)),
        words,
        {"assignee": str(before or "")},
    )


@require_POST
@require("work_tickets")
def department(request: HttpRequest, ref: str) -> HttpResponse:
    """Pass it on; the customer is told, so this has no undo."""
    wanted = request.POST.get("department", "")
    return _change(
        request,
        ref,
        lambda: services.forward(ref, wanted, actor=actor(request)),
        _("Passed on. The customer is told."),
        None,
    )


@require_POST
@require("work_tickets")
def requester(request: HttpRequest, ref: str) -> HttpResponse:
    """Make it somebody else's ticket, such as the customer's whose mail was forwarded to us."""
    before = queries.ticket_by_ref(ref, staff(request)).requester_address
    wanted = request.POST.get("address", "").strip()
    name = request.POST.get("name", "")[:200]
    return _change(
        request,
        ref,
        lambda: services.change_requester(ref, wanted, name=name, actor=actor(request)),
        _("It is the ticket of %(address)s now.") % {"address": wanted},
        {"address": before} if before else None,
    )


@require_POST
@require("work_tickets")
def believe(request: HttpRequest, ref: str) -> HttpResponse:
    """Write again to an address of this ticket that a server called dead."""
    address = request.POST.get("address", "")
    services.believe_again(ref, address, actor=actor(request))
    toast(request, _("The next mail to %(address)s is tried again.") % {"address": address})
    return _back(request, ref)


@require_POST
@require("work_tickets")
def send_again(request: HttpRequest, ref: str, delivery_id: int) -> HttpResponse:
    """Bring an answer that did not arrive on its way once more."""
    return _change(
        request,
        ref,
        lambda: services.send_again(ref, delivery_id, actor=actor(request)),
        _("It is on its way again."),
        None,
    )


def _change(
    request: HttpRequest, ref: str, act: Callable[[], object], words: str, undo: dict[str, str] | None
) -> HttpResponse:
    """Do it and say so; somebody quicker is told of, not shouted at."""
    try:
        act()
    except (NotFound, Forbidden):
        raise
    except Refused as refused:
        toast(request, refused.message, tone="bad")
    else:
        toast(request, words, undo=Undo(request.path, undo) if undo else None)
    return _back(request, ref)


def _written(request: HttpRequest, ref: str) -> HttpResponse:
    """Back to the ticket; a page that shows how far its files are goes there by itself."""
    back = _back(request, ref)
    if request.headers.get("X-Requested-With") == "upload":
        return HttpResponse(status=204, headers={"Location-Next": back["Location"]})
    return back


def _back(request: HttpRequest, ref: str) -> HttpResponse:
    """The ticket's page beside the same list as before."""
    beside = {name: request.GET.get(name) or request.POST.get(name) for name in ("view", "filter")}
    kept = {name: value for name, value in beside.items() if value}
    address = reverse("desk:ticket", args=[ref])
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)
