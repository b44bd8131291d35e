"""Tickets as rows of a list: values, not models, since a list shows fifty of them at every look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet

from tocsin.desk.models import Ticket, is_answered_by_record
from tocsin.kernel.filters import Filter
from tocsin.kernel.paging import Page, page, page_of_matching
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff


class TicketRow(NamedTuple):
    """What a list shows of a ticket; names are '' where there is nobody."""

    pk: int
    ref: str
    subject: str
    status: str
    priority: str
    channel: str
    excerpt: str
    unread: bool
    opened_at: datetime
    activity_at: datetime
    next_due_at: datetime | None
    linked_ref: str
    parked_by: str
    requester_address: str
    requester_name: str
    customer_name: str | None
    assignee_id: int | None
    assignee_name: str | None
    department_id: int

    @property
    def is_answered_by_record(self) -> bool:
        """As `Ticket.is_answered_by_record`."""
        return is_answered_by_record(self.linked_ref, self.parked_by, self.status)


_JOINED = {
    "requester_name": "requester__name",
    "customer_name": "customer__name",
    "assignee_name": "assignee__name",
}
_FIELDS = [_JOINED.get(name, name) for name in TicketRow._fields]


def row_of(ticket: Ticket) -> TicketRow:
    """Of a ticket whose `requester`, `customer` and `assignee` are at hand."""
    names = {
        "requester_name": ticket.requester.name,
        "customer_name": ticket.customer.name if ticket.customer else None,
        "assignee_name": ticket.assignee.name if ticket.assignee else None,
    }
    values: dict[str, Any] = {name: getattr(ticket, name) for name in TicketRow._fields if name not in names}
    return TicketRow(**values | names)


def rows_of(refs: Collection[str]) -> list[TicketRow]:
    """These tickets as rows, in no order."""
    rows = Ticket.objects.filter(ref__in=refs).values_list(*_FIELDS) if refs else ()
    return [TicketRow._make(one) for one in rows]


def rows_seen(refs: Collection[str], staff: Staff) -> list[TicketRow]:
    """Of these tickets those that `staff` sees, as rows, in no order."""
    visible = people.visible_departments(staff)
    return [row for row in rows_of(refs) if visible is None or row.department_id in visible]


def rows_page(
    tickets: QuerySet[Ticket],
    *,
    by: str,
    wanted: Filter | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[TicketRow]:
    """One page of tickets as rows, newest first by the column `by`; one query, with a filter that no index
    answers two."""
    if wanted is None or wanted.reach() == "few":
        asked = tickets if wanted is None else tickets.filter(wanted.q)
        found = page(asked.values_list(*_FIELDS, named=True), by=by, cursor=cursor, size=size)
    else:
        asked = tickets.filter(wanted.ordered_part()).values_list(*_FIELDS, named=True)
        found = page_of_matching(asked, wanted.q, by=by, cursor=cursor, size=size)
    return replace(found, items=[TicketRow._make(one) for one in found.items])
