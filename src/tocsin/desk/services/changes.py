"""What changes about a ticket beside its words: status, priority, whose it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tocsin.desk import events, reasons, rules
from tocsin.desk.models import Priority, Status, Ticket
from tocsin.desk.services import letters, records
from tocsin.desk.services.statuses import Step, change_status, take_steps
from tocsin.desk.services.system_messages import SystemMessage, write_system_messages
from tocsin.desk.settings import CLOSE_AFTER_DAYS
from tocsin.kernel import clock, search
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.translated import in_language
from tocsin.people import queries as people

_CLOSED_AT_ONCE = 500


class Anyone:
    """The default of `assign(expected=…)`: whoever has it now."""


ANYONE = Anyone()


@transaction.atomic
def set_status(ref: str, status: str, *, actor: Actor, reason: str = "") -> Ticket:
    """Change where a ticket stands (R-A12).

    Raises Conflict when it stands there already (somebody else was quicker), Refused for a step that there
    is not, NotFound.
    """
    ticket = records.locked(ref, actor)
    if status not in Status.values:
        raise Refused(reasons.NO_STATUS(status=status), ["status"])
    if status == ticket.status:
        raise Conflict(reasons.STATUS_ALREADY(status=Status(status).label))
    if not rules.may_become(ticket.status, status):
        step = {"old": Status(ticket.status).label, "new": Status(status).label}
        raise Refused(reasons.NO_SUCH_STEP(**step), ["status"])
    change_status(ticket, status, actor=actor, reason=reason)
    return ticket


@transaction.atomic
def set_priority(ref: str, priority: str, *, actor: Actor, reason: str = "") -> Ticket:
    """Change how much it presses (R-A10). Raises Conflict when it is so already, Refused, NotFound."""
    ticket = records.locked(ref, actor)
    if priority not in Priority.values:
        raise Refused(reasons.NO_PRIORITY(priority=priority), ["priority"])
    if priority == ticket.priority:
        raise Conflict(reasons.PRIORITY_ALREADY(priority=Priority(priority).label))
    values = {"priority": priority, "priority_rank": rules.rank_of(priority)}
    return _change(ticket, "priority", values, actor=actor, reason=reason)


@transaction.atomic
def assign(ref: str, staff_id: int | None, *, actor: Actor, expected: int | Anyone | None = ANYONE) -> Ticket:
    """Give a ticket to somebody, or to nobody.

    With `expected` (whose it was when the button was shown; None for nobody) somebody who was quicker is
    not overruled: Conflict. It is also raised when it is theirs already. Raises NotFound for unknown staff.
    """
    ticket = records.locked(ref, actor)
    overtaken = not isinstance(expected, Anyone) and ticket.assignee_id != expected
    if ticket.assignee_id == staff_id or overtaken:
        raise Conflict(reasons.TAKEN(whose=_whose(ticket)))
    if staff_id is not None:
        people.staff_by_id(staff_id)
    return _change(ticket, "assignee_id", {"assignee_id": staff_id}, actor=actor)


@transaction.atomic
def forward(ref: str, department_key: str, *, actor: Actor, reason: str = "", tell: bool = True) -> Ticket:
    """Pass a ticket on to another department with its whole history, and tell the customer (R-A08).

    Nobody has it there yet. Raises Conflict when it is there already, NotFound.
    """
    ticket = records.locked(ref, actor)
    department = people.department_by_key(department_key)
    if ticket.department_id == department.pk:
        raise Conflict(reasons.DEPARTMENT_ALREADY(department=department))
    values = {"department_id": department.pk, "assignee_id": None}
    _change(ticket, "department_id", values, actor=actor, reason=reason)
    search.move("ticket", ticket.pk, department.pk)
    if tell and records.can_be_told(ticket):
        text = letters.forwarded(
            ref=ticket.ref,
            department=in_language(department.name, ticket.language),
            company=people.company_name(),
            language=ticket.language,
        )
        write_system_messages([SystemMessage(ticket.pk, text)])
    return ticket


@transaction.atomic
def close_silent() -> int:
    """Close tickets that wait for their customer in vain (R-A12); returns how many, 500 at most at once.

    After how many days says the setting `desk.close_after_days`; 0 never closes.
    """
    days = CLOSE_AFTER_DAYS.get()
    if not days:
        return 0
    silent = Ticket.objects.filter(
        waiting_since__lt=clock.now() - timedelta(days=days), status__in=rules.WAITING
    )
    tickets = list(
        silent.select_for_update(skip_locked=True, no_key=True).order_by("waiting_since")[:_CLOSED_AT_ONCE]
    )
    reason = reasons.SILENT(days=days)
    take_steps([Step(one, rules.CLOSED) for one in tickets], reason=reason)
    return len(tickets)


def _change(
    ticket: Ticket, what: str, values: dict[str, Any], *, actor: Actor = SYSTEM, reason: str = ""
) -> Ticket:
    old, new = getattr(ticket, what), values[what]
    records.update(ticket, **values)
    values_told = {"old": _told(old), "new": _told(new)}
    emit(
        events.TicketChanged.of(ticket, what=what.removesuffix("_id"), **values_told),
        actor=actor,
        reason=reason,
    )
    return ticket


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _whose(ticket: Ticket) -> str:
    return ticket.assignee.name if ticket.assignee else _("nobody's")
