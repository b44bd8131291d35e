"""Lists of tickets: the queue's views, a customer's, those of a time; keyset-paged or bounded (rule 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from tocsin.desk import reasons
from tocsin.desk.models import ParkedBy, Ticket
from tocsin.desk.queries.rows import TicketRow, rows_page
from tocsin.kernel import filters
from tocsin.kernel.errors import NotFound, Refused
from tocsin.kernel.paging import Counting, Page, counted, page
from tocsin.kernel.references import parse_reference
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff

_IN_QUEUE = {"field": "parked", "is": "empty"}
_TO_ANSWER = {"field": "status", "is": "one_of", "value": ["new", "open"]}
_AT_WORK = {"field": "status", "is": "one_of", "value": ["new", "open", "pending", "on_hold"]}
MINE = "mine"
_VIEWS: dict[str, list[dict[str, Any]]] = {
    "open": [_IN_QUEUE, _TO_ANSWER],
    MINE: [{"field": "assignee", "is": "equals", "value": "me"}, _AT_WORK],
    "unassigned": [_IN_QUEUE, _TO_ANSWER, {"field": "assignee", "is": "empty"}],
    "answered": [{"field": "status", "is": "one_of", "value": ["answered", "pending"]}],
    "attached": [{"field": "parked", "is": "equals", "value": ParkedBy.LINKED.value}],
    "all": [],
}
_TREES = {view: filters.parse({"all": conditions}) for view, conditions in _VIEWS.items()}
VIEWS = tuple(_VIEWS)
"""The queue's views, as filters; each is answered by an index. *Open* are new and open tickets that no
linked record has taken out of the queue."""

COUNTED = tuple(view for view in VIEWS if view != "all")
"""Those that are shown with their number; the archive is not counted."""

COUNTED_TO = 1000
Visible = tuple[int, ...] | None
"""The departments whose tickets somebody sees; None for all."""

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
    rows = _view(view, staff.pk, _visible(staff))
    return rows_page(rows, by="activity_at", wanted=wanted, cursor=cursor, size=size)


def counts(staff: Staff, views: Iterable[str] = COUNTED) -> dict[str, BoundedCount]:
    """How many tickets each of these views holds, counted up to a thousand; one statement."""
    return counts_seen(_visible(staff), views, staff.pk)


def counts_seen(visible: Visible, views: Iterable[str], reader: int | None = None) -> dict[str, BoundedCount]:
    """As `counts`, for all who see the same departments; `reader` is whose tickets are *mine*."""
    asked = {view: _counting(view, visible, reader if view == MINE else None) for view in views}
    return {view: BoundedCount(count) for view, count in counted(asked).items()}


def counts_of_mine(staff_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """How many tickets each of these has at work, by them and the tickets' department."""
    at_work = Ticket.objects.filter(_at_work().q, assignee_id__in=staff_ids).order_by()
    rows = at_work.values_list("assignee_id", "department_id").annotate(Count("pk"))
    return {(pk, department): count for pk, department, count in rows}


def views_of(row: TicketRow, reader: int | None = None) -> tuple[str, ...]:
    """The views that hold this ticket, for a reader `mine` among them."""
    shared = [view for view in VIEWS if view != MINE and _shared(view).matches(row)]
    is_mine = reader is not None and row.assignee_id == reader and _at_work().matches(row)
    return (*shared, MINE) if is_mine else tuple(shared)


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
    rows = _seen(Ticket.objects.filter(whose), _visible(staff))
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
    rows = _seen(Ticket.objects.filter(whose), _visible(staff))
    return rows_page(rows, by="opened_at", cursor=cursor, size=size)


def _one(which: Q | None, visible: list[int] | None, said: str) -> Ticket:
    rows = Ticket.objects.select_related(*_ROW, "account")
    ticket = rows.filter(which).first() if which is not None else None
    if ticket is None or (visible is not None and ticket.department_id not in visible):
        raise NotFound(reasons.NO_TICKET(ref=said[:40]))
    return ticket


def _view(view: str, reader: int | None, visible: Visible) -> QuerySet[Ticket]:
    if view not in _TREES:
        raise Refused(reasons.NO_VIEW(view=view[:40]), ["view"])
    q = Q(assignee_id=reader) & _at_work().q if view == MINE else _shared(view).q
    return _seen(Ticket.objects.filter(q), visible)


@lru_cache
def _shared(view: str) -> filters.Filter:
    """A view that is the same for everybody."""
    return filters.compile("ticket", _TREES[view])


@lru_cache
def _at_work() -> filters.Filter:
    return filters.compile("ticket", {"all": [_AT_WORK]})


@lru_cache(maxsize=4096)
def _counting(view: str, visible: Visible, reader: int | None) -> Counting:
    """Every page shows some of these numbers; writing the statement takes longer than asking it."""
    return Counting.of(_view(view, reader, visible)[:COUNTED_TO])


def _visible(staff: Staff) -> Visible:
    visible = people.visible_departments(staff)
    return None if visible is None else tuple(visible)


def _seen(rows: QuerySet[Ticket], visible: Collection[int] | None) -> QuerySet[Ticket]:
    return rows if visible is None else rows.filter(department_id__in=visible)
