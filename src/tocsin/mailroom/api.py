"""API: what became of a thing that came in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from tocsin.kernel import reasons
from tocsin.kernel.errors import NotFound
from tocsin.kernel.rest import ReasonOut, reader
from tocsin.mailroom import queries
from tocsin.mailroom.models import InboundItem
from tocsin.mailroom.reasons import NO_MESSAGE
from tocsin.people.permissions import MANAGE_SETTINGS

router = Router(tags=["mailroom"])

_LARGEST_ID = 2**63 - 1


class InboundOut(Schema):
    """A thing that came in: `spooled`, `opened`, `set_aside`, `ignored` or `unmatched` (a bounce that fits no
    mail of ours), and why: `reason` in English, `reasons` as codes with values (docs/reference/codes.md).

    `message` is `{from, subject}` as they were read; empty as far as they could not be.
    """

    id: str
    state: str
    reason: str
    reasons: list[ReasonOut]
    ticket: str | None
    message: dict[str, str]


@router.get("/inbound/{inbound_id}", response=InboundOut)
def get_inbound(request: HttpRequest, inbound_id: int) -> dict[str, Any]:
    """One thing that came in, by the id that `tocsin mail-in` printed."""
    reader(request, MANAGE_SETTINGS)
    if not 0 < inbound_id <= _LARGEST_ID:
        raise NotFound(NO_MESSAGE())
    return inbound_shape(queries.inbound_by_id(inbound_id))


def inbound_shape(item: InboundItem) -> dict[str, Any]:
    """As `InboundOut`."""
    return {
        "id": str(item.pk),
        "state": item.state,
        "reason": reasons.in_english(item.reason),
        "reasons": reasons.as_data(item.reason),
        "ticket": queries.ticket_of(item) or None,
        "message": {"from": item.from_address, "subject": item.message_subject},
    }
