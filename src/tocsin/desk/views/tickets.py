"""A ticket's page: the conversation, what to do about it, and who asks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tocsin.catalog import queries as catalog
from tocsin.console import live
from tocsin.desk import queries, services
from tocsin.desk.forms import MOST_BYTES, WriteForm
from tocsin.desk.models import Priority, Status, Ticket
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.desk.queries import signatures
from tocsin.desk.settings import QUOTE_LAST_MESSAGE
from tocsin.desk.views import presenting
from tocsin.desk.views.entries import Changed, Said, conversation_of
from tocsin.desk.views.inbox import beside_context
from tocsin.kernel.text import Forwarded
from tocsin.people.access import actor, require, staff

if TYPE_CHECKING:
    from tocsin.people.models import Staff


@require_GET
@require("read")
def ticket(request: HttpRequest, ref: str) -> HttpResponse:
    """The page; opening it marks the ticket as read."""
    live.mark(request)
    found = queries.ticket_by_ref(ref, staff(request))
    if found.ref != ref:
        return redirect(presenting.ticket_url(found.ref))
    if found.unread and actor(request).may(WORK_TICKETS, found.department_id):
        found.unread = not services.mark_read(found.ref, actor=actor(request))
    return page(request, found)


def page(
    request: HttpRequest, found: Ticket, *, status: int = 200, seen: str = "", **forms: WriteForm
) -> HttpResponse:
    """The page as it stands, with forms that came back where something was wrong. `seen` is the newest
    message that its reader had read when they began to write; without it all that is there."""
    live.follow(request, f"ticket:{found.ref}")
    live.be_at(request, f"ticket:{found.ref}")
    said = conversation_of(found)
    recipients = presenting.named_recipients(found, said)
    context = {
        **beside_context(request),
        **state_context(request, found),
        **side_context(found, recipients[0][0], staff(request)),
        "entries": said,
        "recipients": recipients,
        "send_label": presenting.send_label(recipients),
        "reply_form": forms.get("reply_form") or WriteForm(),
        "note_form": forms.get("note_form") or WriteForm(),
        "writing_note": "note_form" in forms,
        **writing_context(request, found, recipients),
        "first_writer": first_writer(found, said),
        "once": secrets.token_urlsafe(18),
        "seen": seen or newest_message(said),
        "may_work": actor(request).may(WORK_TICKETS, found.department_id),
    }
    return render(request, "desk/ticket.html", context, status=status)


@require_GET
@require("read")
def entries(request: HttpRequest, ref: str) -> HttpResponse:
    """The conversation anew, for the live screen."""
    found = queries.ticket_by_ref(ref, staff(request))
    context = {
        "ticket": found,
        "entries": conversation_of(found),
        "may_work": actor(request).may(WORK_TICKETS, found.department_id),
    }
    return render(request, "desk/parts/entries.html", context)


@require_GET
@require("read")
def state(request: HttpRequest, ref: str) -> HttpResponse:
    """Status, priority, whose it is: anew, for the live screen."""
    return render(
        request, "desk/parts/state.html", state_context(request, queries.ticket_by_ref(ref, staff(request)))
    )


def state_context(request: HttpRequest, found: Ticket) -> dict[str, Any]:
    """What the row of quick menus shows."""
    return {
        "ticket": found,
        "status_label": Status(found.status).label,
        "status_icon": presenting.STATUS_ICONS[Status(found.status)],
        "priority_label": Priority(found.priority).label,
        "statuses": presenting.status_choices(found.status),
        "priorities": presenting.priority_choices(found.priority),
        "assignees": presenting.assignee_choices(staff(request), found.assignee_id),
        "departments": presenting.department_choices(found.department_id),
        "may_work": actor(request).may(WORK_TICKETS, found.department_id),
    }


def writing_context(request: HttpRequest, found: Ticket, recipients: list[tuple[str, str]]) -> dict[str, Any]:
    """What one should know before writing: who will not get it, and what will stand under it."""
    me = staff(request)
    if not me.actor.may(WORK_TICKETS, found.department_id):
        return {}
    return {
        "dead": presenting.dead_recipients(found, recipients),
        "signature": signatures.signature_for(found, me.name).text,
        "quoting": QUOTE_LAST_MESSAGE.get(),
        "most_bytes": MOST_BYTES,
    }


def newest_message(said: Sequence[Said | Changed]) -> int:
    """The id of the one written down last; 0 where nothing is said."""
    return max((one.message.id for one in said if isinstance(one, Said)), default=0)


def first_writer(found: Ticket, said: Sequence[Said | Changed]) -> Forwarded | None:
    """Whose ticket it rather is: of the first message's first writer, where a colleague forwarded it."""
    first = next((one.message for one in said if isinstance(one, Said) and one.kind == "customer"), None)
    if first is None or first.from_address != found.requester_address:
        return None
    return queries.first_writer(first.from_address, first.subject, first.text)


def side_context(found: Ticket, signed: str, me: Staff) -> dict[str, Any]:
    """Who asks, what they use, and what they asked before."""
    others = queries.recent_tickets_of(me, customer_id=found.customer_id, contact_id=found.requester_id)
    return {
        "who": signed or presenting.requester_name(found),
        "language_name": dict(settings.LANGUAGES).get(found.language, found.language),
        "uses": catalog.components_of(found.customer_id) if found.customer_id else [],
        "recent": [one for one in others if one.pk != found.pk][:6],
    }
