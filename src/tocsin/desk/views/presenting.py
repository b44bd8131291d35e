"""How tickets look: the signs and words for what the tables hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tocsin.channels import registry
from tocsin.console import slots
from tocsin.console.components import Chip, Choice, ListRow, Text
from tocsin.desk import queries, rules
from tocsin.desk.models import MessageKind, Priority, Status, Ticket
from tocsin.desk.queries import TicketRow
from tocsin.desk.rules import WRITTEN_BY_STAFF
from tocsin.kernel.reasons import word
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people.access import staff
from tocsin.people.models import Staff

STATUS_ICONS = {
    Status.NEW: "circle",
    Status.OPEN: "circle-dot",
    Status.PENDING: "hourglass",
    Status.ON_HOLD: "circle-pause",
    Status.ANSWERED: "reply",
    Status.CLOSED: "circle-check",
}
# How else than by a channel something gets into a ticket.
_BY_NO_CHANNEL: dict[str, tuple[str, Text]] = {
    WRITTEN_BY_STAFF: ("headset", gettext_lazy("Written down by staff")),
    "phone": ("phone", gettext_lazy("Phone")),
    "api": ("plug", gettext_lazy("API")),
}


@dataclass(frozen=True)
class View:
    """One of the inbox's lists, with what to say when it is empty."""

    key: str
    label: Text
    empty_title: Text
    empty_text: Text


VIEWS = {
    view.key: view
    for view in (
        View(
            "open",
            gettext_lazy("Open"),
            gettext_lazy("Nothing is waiting"),
            gettext_lazy("New tickets announce themselves here, the most recent on top."),
        ),
        View(
            "mine",
            gettext_lazy("Mine"),
            gettext_lazy("Nothing is assigned to you"),
            gettext_lazy("What you take, or are given, is here until it is closed."),
        ),
        View(
            "unassigned",
            gettext_lazy("Unassigned"),
            gettext_lazy("Everything has somebody"),
            gettext_lazy("Open tickets that nobody has taken yet appear here."),
        ),
        View(
            "attached",
            gettext_lazy("In an alert"),
            gettext_lazy("No ticket belongs to an alert"),
            gettext_lazy("While a Red Alert is on, the tickets about it wait here, answered by its updates."),
        ),
        View(
            "answered",
            gettext_lazy("Answered"),
            gettext_lazy("Nobody is awaited"),
            gettext_lazy("Tickets that wait for their customer are here, and close after two quiet weeks."),
        ),
        View(
            "all",
            gettext_lazy("All"),
            gettext_lazy("No tickets yet"),
            gettext_lazy("Every mail to your mailboxes becomes a ticket. Write to one of them and watch."),
        ),
    )
}


def channel_sign(channel: str) -> tuple[str, Text]:
    """The icon and the word for how something came."""
    return _BY_NO_CHANNEL.get(channel) or (registry.icon(channel), registry.label(channel))


def channel_signs() -> dict[str, tuple[str, Text]]:
    """Those of every way in which a ticket can come."""
    return {key: channel_sign(key) for key in (*registry.channels(), *_BY_NO_CHANNEL)}


def requester_name(ticket: Ticket) -> str:
    """Who asks, by name where we know it, else by the customer's. `customer` must be there already."""
    whose = ticket.customer.name if ticket.customer else ""
    return _who(ticket.requester.name, whose, ticket.requester_address)


def _who(name: str, customer: str | None, address: str) -> str:
    return name or customer or address or _("Unknown sender")


def list_query(view: str, filter_text: str = "") -> str:
    """The part of an address that says which list one looks at."""
    return urlencode({"view": view} | ({"filter": filter_text} if filter_text else {}))


def ticket_url(ref: str, beside: str = "") -> str:
    """The ticket's page, beside the list that one came from, as `list_query` says it."""
    before, after = _around_ref()
    address = f"{before}{ref}{after}"
    return f"{address}?{beside}" if beside else address


@lru_cache(maxsize=1)
def _around_ref() -> tuple[str, str]:
    """The address of a ticket around its reference, which needs no quoting: a list asks for fifty."""
    before, _ref, after = reverse("desk:ticket", args=["T-0"]).partition("T-0")
    return before, after


def list_rows(
    request: HttpRequest, tickets: Iterable[TicketRow], beside: str = "view=all", current: str = ""
) -> list[ListRow]:
    """Tickets as rows of the list that `beside` names, with the chips that rooms give them; `current` is the
    one that is open."""
    shown = list(tickets)
    chips = slots.chips_of("ticket", request, [ticket.pk for ticket in shown])
    me = staff(request)
    return [
        _list_row(ticket, me, beside, ticket.ref == current, chips.get(ticket.pk, ())) for ticket in shown
    ]


def _list_row(ticket: TicketRow, me: Staff, beside: str, current: bool, chips: tuple[Chip, ...]) -> ListRow:
    icon, label = channel_sign(ticket.channel)
    # Most of a queue is new or open: only what is not says so.
    status = Status(ticket.status) if ticket.status not in (Status.NEW, Status.OPEN) else None
    icon_name, words = (STATUS_ICONS[status], status.label) if status else ("", "")
    if ticket.is_answered_by_record:
        icon_name, words = "siren", _("The alert answers it")
    mine = ticket.assignee_id == me.pk
    return ListRow(
        key=ticket.ref,
        href=ticket_url(ticket.ref, beside),
        who=_who(ticket.requester_name, ticket.customer_name, ticket.requester_address),
        subject=ticket.subject or _("No subject"),
        excerpt=ticket.excerpt,
        at=ticket.activity_at,
        priority=ticket.priority,
        channel_icon=icon,
        channel_label=label,
        due_at=ticket.next_due_at,
        promised_at=ticket.activity_at,
        unread=ticket.unread,
        mine=mine,
        current=current,
        status=ticket.status,
        status_icon=icon_name,
        status_label=words,
        owner=ticket.assignee_name if ticket.assignee_name and not mine else "",
        chips=chips,
        version=queries.version_of(ticket),
    )


# --- Quick menus ----------------------------------------------------------------------------------


def status_choices(current: str) -> list[Choice]:
    """What a person may make of a ticket now."""
    return [
        Choice(status.value, status.label, icon=STATUS_ICONS[status], current=status == current)
        for status in Status
        if status == current or rules.may_become(current, status)
    ]


def priority_choices(current: str) -> list[Choice]:
    """The most urgent first."""
    return [
        Choice(one.value, one.label, priority=one.value, current=one == current) for one in reversed(Priority)
    ]


def assignee_choices(staff: Staff, current: int | None) -> list[Choice]:
    """Oneself first, then everybody by name, then nobody."""
    others = [one for one in people.active_staff() if one.pk != staff.pk]
    return [
        Choice(str(staff.pk), _("Me"), avatar=staff.name, current=staff.pk == current),
        *(Choice(str(one.pk), one.name, avatar=one.name, current=one.pk == current) for one in others),
        Choice("", _("Nobody"), icon="user-round-x", current=current is None),
    ]


def department_choices(current: int) -> list[Choice]:
    """All departments, in their order."""
    return [
        Choice(one.key, str(one), icon="building", current=one.pk == current) for one in people.departments()
    ]


# --- Recipients -----------------------------------------------------------------------------------


def named_recipients(ticket: Ticket, said: Sequence[Any]) -> list[tuple[str, str]]:
    """Who gets a reply, as (name, address); the requester by the name they last signed with."""
    own = [
        entry.message.from_name
        for entry in said
        if entry.kind == MessageKind.CUSTOMER and entry.message.from_address == ticket.requester_address
    ]
    first, *copied = queries.recipients_of(ticket)
    signed = next((name for name in reversed(own) if name), first[0])
    return [(signed, first[1]), *copied]


@dataclass(frozen=True)
class DeadRecipient:
    """Somebody who would get the answer, if their server had not said that there is nobody."""

    address: str
    words: str
    since: datetime | None
    others: tuple[str, ...] = ()


def dead_recipients(ticket: Ticket, recipients: list[tuple[str, str]]) -> list[DeadRecipient]:
    """Whom of these no mail reaches, and where else the requester's customer has one."""
    addresses = [address for _name, address in recipients]
    dead = mailroom.dead_reasons(ticket.requester_channel, addresses)
    if not dead:
        return []
    known = people.addresses_by_value(ticket.requester_channel, addresses)
    live = people.live_addresses(ticket.customer_id, ticket.requester_id)
    found = []
    for address in addresses:
        folded = registry.fold(ticket.requester_channel, address)
        if folded in dead:
            since = known[folded].bounced_at if folded in known else None
            others = tuple(live[:3]) if address == ticket.requester_address else ()
            found.append(DeadRecipient(address, word(dead[folded]), since, others))
    return found


def send_label(recipients: list[tuple[str, str]]) -> str:
    """`Send to Maria and 2 others`: nobody is written to by surprise."""
    name, address = recipients[0]
    first = (name or address).split(" ")[0]
    others = len(recipients) - 1
    if not others:
        return _("Send to %(name)s") % {"name": first}
    words = ngettext("Send to %(name)s and %(count)s other", "Send to %(name)s and %(count)s others", others)
    return words % {"name": first, "count": others}
