"""Lists of tickets: the queue's views, a customer's, those of a time; keyset-paged or bounded (rule 7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from tocsin.desk import reasons
from tocsin.desk.models import ParkedBy, Ticket
from tocsin.desk.queries.rows import TicketRow, rows_page
from tocsin.kernel import filters
from tocsin.kernel.errors import NotFound, Refused
from tocsin.kernel.paging import Page, counted, page
from tocsin.kernel.references import parse_reference
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

_IN_QUEUE = {"field": "parked", "is": "empty"}
_TO_ANSWER = {"field": "status", "is": "one_of", "value": ["new", "open"]}
_VIEWS: dict[str, list[dict[str, Any]]] = {
    "open": [_IN_QUEUE, _TO_ANSWER],
    "mine": [
        {"field": "assignee", "is": "equals", "value": "me"},
        {"field": "status", "is": "one_of", "value": ["new", "open", "pending", "on_hold"]},
    ],
    "unassigned": [_IN_QUEUE, _TO_ANSWER, {"field": "assignee", "is": "empty"}],
    "answered": [{"field": "status", "is": "one_of", "value": ["answered", "pending"]}],
    "attached": [{"field": "parked", "is": "equals", "value": ParkedBy.LINKED.value}],
    "all": [],
}
_TREES = {view: filters.parse({"all": conditions}) for view, conditions in _VIEWS.items()}
VIEWS = tuple(_VIEWS)
"""The queue's views, as filters; each is answered by an index. *Open* are new and open tickets that no
linked record has taken out of the queue."""

COUNTED_TO = 1000
_ROW = ("requester", "customer", "assignee", "department")
_ALL = Q()


class BoundedCount(int):
    """A number of tickets, counted up to a thousand."""

    def __str__(self) -> str:
        return f"{COUNTED_TO - 1}+" if self >= COUNTED_TO else int.__repr__(self)


def queue(
    view: str,
    staff: Staff,
    cursor: str | None = None,
    *,
    wanted: filters.Filter | None = None,
    size: int = 50,
) -> Page[TicketRow]:
    """One page of a view, what moved last first; two queries, whatever the number of rows, with a filter that
    no index answers three.

    Raises Refused for a view that there is not or a cursor that is not ours.
    """
    rows = _view(view, staff, people.visible_departments(staff))
    return rows_page(rows, by="activity_at", wanted=wanted, cursor=cursor, size=size)


def counts(staff: Staff, views: Iterable[str] = VIEWS) -> dict[str, BoundedCount]:
    """How many tickets each of these views holds, counted up to a thousand; one statement. The archive is not
    counted."""
    visible = people.visible_departments(staff)
    wanted = {view: _view(view, staff, visible).order_by()[:COUNTED_TO] for view in views if view != "all"}
    return {view: BoundedCount(count) for view, count in counted(wanted).items()}


def ticket_by_ref(ref: str, staff: Staff | None = None, *, visible: list[int] | None = None) -> Ticket:
    """A ticket with its people. Raises NotFound, also where `staff` does not see its department, or it is not
    `visible` (None: all departments are)."""
    reference = parse_reference(ref, "T")
    seen = people.visible_departments(staff) if staff else visible
    return _one(Q(ref=reference) if reference else None, seen, ref)


def newest_tickets(
    cursor: str | None = None, wanted: Q = _ALL, *, visible: list[int] | None = None, size: int = 50
) -> Page[Ticket]:
    """The tickets that are `wanted`, newest first, of the departments `visible` (None: of all)."""
    rows = _seen(Ticket.objects.filter(wanted), visible).select_related(*_ROW, "account")
    return page(rows, by="opened_at", cursor=cursor, size=size)


def recent_tickets_of(
    staff: Staff, *, customer_id: int | None = None, contact_id: int | None = None, limit: int = 10
) -> list[Ticket]:
    """The newest tickets that `staff` sees of a customer, or else of one contact."""
    if customer_id is None and contact_id is None:
        return []
    whose = Q(customer_id=customer_id) if customer_id is not None else Q(requester_id=contact_id)
    rows = _seen(Ticket.objects.filter(whose), people.visible_departments(staff))
    return list(rows.select_related("department").order_by("-opened_at", "-pk")[:limit])


def tickets_of_customer(
    customer_id: int, staff: Staff, cursor: str | None = None, *, size: int = 25
) -> Page[TicketRow]:
    """A customer's tickets that `staff` sees, newest first."""
    return _newest_seen(Q(customer_id=customer_id), staff, cursor, size)


def tickets_of_contact(
    contact_id: int, staff: Staff, cursor: str | None = None, *, size: int = 25
) -> Page[TicketRow]:
    """A contact's tickets that `staff` sees, newest first."""
    return _newest_seen(Q(requester_id=contact_id), staff, cursor, size)


def _newest_seen(whose: Q, staff: Staff, cursor: str | None, size: int) -> Page[TicketRow]:
    rows = _seen(Ticket.objects.filter(whose), people.visible_departments(staff))
    return rows_page(rows, by="opened_at", cursor=cursor, size=size)


def _one(which: Q | None, visible: list[int] | None, said: str) -> Ticket:
    rows = Ticket.objects.select_related(*_ROW, "account")
    ticket = rows.filter(which).first() if which is not None else None
    if ticket is None or (visible is not None and ticket.department_id not in visible):
        raise NotFound(reasons.NO_TICKET(ref=said[:40]))
    return ticket


def _view(view: str, staff: Staff, visible: list[int] | None) -> QuerySet[Ticket]:
    if view not in _TREES:
        raise Refused(reasons.NO_VIEW(view=view[:40]), ["view"])
    wanted = filters.compile("ticket", _TREES[view], filters.Context(reader=staff))
    return _seen(Ticket.objects.filter(wanted.q), visible)


def _seen(rows: QuerySet[Ticket], visible: list[int] | None) -> QuerySet[Ticket]:
    return rows if visible is None else rows.filter(department_id__in=visible)
