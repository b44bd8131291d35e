"""What becomes of a thing that came in: each outcome is given once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from tocsin.kernel import clock, notified
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import server_cursor
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom import events, reasons
from tocsin.mailroom.direct import SPOOL_CHANNEL
from tocsin.mailroom.models import InboundItem, InboundState, OpeningAttempt
from tocsin.people.permissions import MANAGE_SETTINGS

_MARK_OPENED = """
UPDATE mailroom_inbounditem AS item
SET state = 'opened', ticket_ref = opened.ticket_ref, opened_at = %b, reason = ''
FROM unnest(%b::bigint[], %b::text[]) AS opened (id, ticket_ref)
WHERE item.id = opened.id AND item.state = 'spooled'
"""


def mark_opened(tickets: Mapping[int, str]) -> None:
    """They became parts of tickets: inbound id → ticket. In the opener's transaction; raises Conflict when
    one is not waiting."""
    with server_cursor() as cursor:
        cursor.execute(_MARK_OPENED, [clock.now(), list(tickets), list(tickets.values())])
        if cursor.rowcount != len(tickets):
            raise Conflict(f"Not all of inbound {list(tickets)} are waiting to be opened.")


@transaction.atomic
def set_aside(inbound_id: int, reason: Kept) -> None:
    """It could not be opened: kept whole, shown to staff with the reason (rule 3). Raises Conflict."""
    _decide(inbound_id, state=InboundState.SET_ASIDE, reason=reason)
    emit(events.PostSetAside(inbound_id, reason))


def ignore(inbound_id: int, reason: Kept, ticket_ref: str = "", duplicate_of: int | None = None) -> None:
    """Nothing is to be done about it, and this is why. Raises Conflict when it is not waiting."""
    state = InboundState.IGNORED
    _decide(inbound_id, state=state, reason=reason, ticket_ref=ticket_ref, duplicate_of_id=duplicate_of)


def ignore_all(inbound_ids: Sequence[int], reason: Kept) -> None:
    """As `ignore` for a batch, in one statement. Raises Conflict when one is not waiting."""
    if not inbound_ids:
        return
    waiting = InboundItem.objects.filter(pk__in=inbound_ids, state=InboundState.SPOOLED)
    if waiting.update(state=InboundState.IGNORED, reason=reason) != len(inbound_ids):
        raise Conflict("Not all of these are waiting to be opened.")


def leave_unmatched(inbound_id: int, reason: Kept) -> None:
    """A bounce of a mail that we can't tell: shown to staff, and nobody's ticket. Raises Conflict."""
    _decide(inbound_id, state=InboundState.UNMATCHED, reason=reason)


@transaction.atomic
def read_again(inbound_id: int, actor: Actor = SYSTEM) -> None:
    """Put a thing set aside back into the spool, as after a mended reader.

    Raises Forbidden, NotFound when there is no such thing, Conflict when it is not set aside.
    """
    actor.check(MANAGE_SETTINGS)
    item = InboundItem.objects.select_for_update().filter(pk=inbound_id).first()
    if item is None:
        raise NotFound(reasons.NO_MESSAGE())
    if item.state != InboundState.SET_ASIDE:
        raise Conflict(reasons.NOT_SET_ASIDE())
    item.state, item.reason = InboundState.SPOOLED, NOTHING
    item.save(update_fields=["state", "reason"])
    OpeningAttempt.objects.filter(pk=inbound_id).delete()
    emit(events.PostReadAgain(inbound_id), actor=actor)
    notified.announce(SPOOL_CHANNEL)


def _decide(inbound_id: int, **values: object) -> None:
    waiting = InboundItem.objects.filter(pk=inbound_id, state=InboundState.SPOOLED)
    if not waiting.update(**values):
        raise Conflict(f"Inbound {inbound_id} is not waiting to be opened.")
