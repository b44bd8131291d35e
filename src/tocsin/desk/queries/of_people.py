"""Every ticket of one customer, or of one contact, for the page that shows the whole of them (R-A24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from tocsin.desk.models import Ticket
from tocsin.kernel.paging import Page, page
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Staff


def tickets_of_customer(customer_id: int, staff: Staff, cursor: str | None = None) -> Page[Ticket]:
    """A customer's tickets that `staff` sees, newest first."""
    return _tickets(Q(customer_id=customer_id), staff, cursor)


def tickets_of_contact(contact_id: int, staff: Staff, cursor: str | None = None) -> Page[Ticket]:
    """A contact's tickets that `staff` sees, newest first."""
    return _tickets(Q(requester_id=contact_id), staff, cursor)


def _tickets(whose: Q, staff: Staff, cursor: str | None) -> Page[Ticket]:
    visible = people.visible_departments(staff)
    rows = Ticket.objects.filter(whose).select_related("requester", "customer", "assignee")
    rows = rows if visible is None else rows.filter(department_id__in=visible)
    return page(rows, by="opened_at", cursor=cursor, size=25)
