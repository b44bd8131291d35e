"""Where each recipient of a notice is told: their ways, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.channels.registry import fold
from tocsin.mailroom.services import channels_to_send_by
from tocsin.notices import rules
from tocsin.notices.models import Recipient, Unsubscribed
from tocsin.notices.queries import SENT
from tocsin.notices.rules import Plan
from tocsin.people import queries as people
from tocsin.people.rules import Way

if TYPE_CHECKING:
    from tocsin.notices.models import Notice


@dataclass(frozen=True)
class Addressee:
    """Somebody to be told: a customer at their addresses, or whoever asked in `ticket_id`, by a reply there
    to `address`, which is tried first. Who belongs to no customer has that one alone.

    `postscript` is what only this one gets, in the language that `queries.language_for` chooses.
    `told_by_delivery` has said it already: it is their notice, and nothing more is written.
    """

    customer_id: int | None
    language: str
    channel: str = ""
    address: str = ""
    ticket_id: int | None = None
    ticket_ref: str = ""
    postscript: str = ""
    told_by_delivery: int | None = None


def plans_for(notice: Notice, addressees: Sequence[Addressee]) -> list[Plan]:
    """How each is told, or why nobody can; a handful of queries whatever their number."""
    ids = [one.customer_id for one in addressees if one.customer_id]
    asked = [_asked_from(one) for one in addressees]
    dead = _dead_among([one for one in asked if one])
    known = people.ways_to(ids)
    worked = _worked(notice, ids) if notice.number > 1 else {}
    usable = channels_to_send_by(
        {way.channel for ways in known.values() for way in ways} | {one.channel for one in asked if one}
    )
    refusals = dict(Unsubscribed.objects.filter(customer_id__in=ids).values_list("customer_id", "how"))
    return [
        rules.plan(
            _in_order(own, known.get(one.customer_id or 0, ()), usable, dead),
            worked=worked.get(one.customer_id or 0),
            has_ticket=bool(one.ticket_id),
            refusal=refusals.get(one.customer_id or 0, ""),
        )
        for one, own in zip(addressees, asked, strict=True)
    ]


def _asked_from(one: Addressee) -> Way | None:
    return Way(one.channel, one.address) if one.address else None


def _in_order(
    asked_from: Way | None, known: Sequence[Way], usable: Set[str], dead: Set[tuple[str, str]]
) -> list[Way]:
    """Each once, those of channels by which we can write; where a ticket is answered, its address first."""
    found: dict[tuple[str, str], Way] = {}
    for way in ([asked_from] if asked_from else []) + list(known):
        key = (way.channel, fold(way.channel, way.value))
        if way.channel in usable:
            found.setdefault(key, Way(way.channel, way.value, way.is_dead or key in dead))
    return list(found.values())


def _dead_among(ways: Sequence[Way]) -> set[tuple[str, str]]:
    """Those of these addresses whose server said that there is nobody, folded."""
    found = set()
    for channel in {way.channel for way in ways}:
        values = [way.value for way in ways if way.channel == channel]
        rows = people.addresses_by_value(channel, values)
        found |= {(channel, folded) for folded, row in rows.items() if row.bounced_at}
    return found


def _worked(notice: Notice, customer_ids: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """Where each was reached by an earlier notice of the same record, after another way had failed."""
    rows = Recipient.objects.filter(
        notice__record_ref=notice.record_ref,
        customer_id__in=customer_ids,
        delivery__state__in=SENT,
        earlier__isnull=False,
    )
    last = rows.order_by("customer_id", "-notice__number").distinct("customer_id")
    values = last.values_list("customer_id", "delivery__channel", "delivery__to_address")
    return {customer: (channel, address) for customer, channel, address in values if customer}
