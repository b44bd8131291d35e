"""Acts by hand reach only tickets that the person could open in the desk; programs see them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.incidents import reasons, tickets
from tocsin.incidents.tickets import TicketText
from tocsin.kernel.errors import NotFound
from tocsin.people import queries as people


def ticket_for(actor: str, ticket_ref: str) -> TicketText:
    """The ticket, when they may work on it. Raises NotFound, whether it is missing or closed to them."""
    ticket = next(iter(tickets_for(actor, [ticket_ref])), None)
    if ticket is None:
        raise _not_found(ticket_ref)
    return ticket


def tickets_for(actor: str, refs: Sequence[str]) -> list[TicketText]:
    """Those of the tickets that exist. Raises NotFound when one of them is closed to the actor."""
    found = tickets.by_refs(refs)
    _check_open_to(actor, found)
    return found


def _check_open_to(actor: str, found: Iterable[TicketText]) -> None:
    kind, _colon, number = actor.partition(":")
    if kind != "staff":
        return
    staff = people.staff_by_id(int(number))
    visible = people.visible_departments(staff)
    works = people.may(staff, "work_tickets")
    for ticket in found:
        if not works or (visible is not None and ticket.department_id not in visible):
            raise _not_found(ticket.ref)


def _not_found(ticket_ref: str) -> NotFound:
    return NotFound(reasons.NO_TICKET(ref=ticket_ref[:40]))
