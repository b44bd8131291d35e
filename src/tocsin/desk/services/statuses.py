"""Where a ticket stands is changed here and nowhere else: its clocks go with it, and every change is
announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.desk import events, rules
from tocsin.desk.models import Ticket
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import update_rows
from tocsin.kernel.events import SYSTEM, emit_many

_COLUMNS = ("status", "waiting_since", "closed_at", "parked_by")


@dataclass(frozen=True)
class Step:
    """Where a locked ticket is to stand from now on, who brings it there, and by which message (0 for none).

    The same status as before changes nothing, unless a message says it again: then its clock starts anew.
    """

    ticket: Ticket
    status: str
    actor: Actor = SYSTEM
    message_id: int = 0


def customer_step(ticket: Ticket, *, actor: Actor, message_id: int) -> Step:
    """What a customer's message makes of where its ticket stands: it opens what was answered, waiting or
    closed (R-A12)."""
    return Step(ticket, rules.after_customer_wrote(ticket.status, machine=""), actor, message_id)


def take_steps(
    steps: Sequence[Step], *, reason: str = "", columns: Sequence[str] = (), at: datetime | None = None
) -> None:
    """Write where these tickets stand, and `columns` that the caller has set in them, in one statement;
    announce each of them whose status is another one now. Whether the step may be taken is the caller's to
    know."""
    at = at or clock.now()
    changed = []
    for step in steps:
        ticket, old = step.ticket, step.ticket.status
        if old != step.status or step.message_id:
            _enter(ticket, step.status, at)
        if old != step.status:
            event = events.StatusChanged.of(ticket, old=old, new=step.status, message_id=step.message_id)
            changed.append((event, step.actor))
    update_rows([step.ticket for step in steps], list(dict.fromkeys([*_COLUMNS, *columns])))
    if changed:
        emit_many([event for event, _ in changed], actors=[actor for _, actor in changed], reason=reason)


def change_status(
    ticket: Ticket,
    status: str,
    *,
    actor: Actor,
    reason: str = "",
    message_id: int = 0,
    at: datetime | None = None,
    **values: Any,
) -> None:
    """As `take_steps` for one ticket; `values` are written with it."""
    for name, value in values.items():
        setattr(ticket, name, value)
    take_steps([Step(ticket, status, actor, message_id)], reason=reason, columns=list(values), at=at)


def _enter(ticket: Ticket, status: str, at: datetime) -> None:
    """A linked record takes its tickets out of the queue while it lasts; one that is reopened afterwards is
    back."""
    if rules.CLOSED in (status, ticket.status):
        ticket.parked_by = ""
    ticket.status = status
    ticket.waiting_since = at if status in rules.WAITING else None
    ticket.closed_at = at if status == rules.CLOSED else None
