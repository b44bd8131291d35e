"""Making a notice and writing it to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from tocsin.channels.registry import channel
from tocsin.desk.services import SystemMessage, write_system_messages
from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom.services import NewDelivery, write_deliveries
from tocsin.notices import events, rules
from tocsin.notices.links import unsubscribe_url
from tocsin.notices.models import Moment, Notice, Recipient
from tocsin.notices.rules import Plan
from tocsin.notices.services.ways import Addressee, plans_for
from tocsin.notices.words import footer
from tocsin.people.rules import Way

# The start goes before updates, and both before everyday mail.
_URGENCY = {Moment.FAULT: 30, Moment.SCHEDULED: 10, Moment.UPDATE: 20, Moment.REPAIR: 20}


@dataclass(frozen=True)
class _Part:
    """Who is told, and how."""

    who: Addressee
    plan: Plan

    @property
    def first(self) -> Way:
        """The way that is tried first, where there is any."""
        return self.plan.ways[0]


def make_notice(record_ref: str, moment: str, number: int, texts: Mapping[str, Mapping[str, str]]) -> Notice:
    """The notice number `number` of a record; made once, however often it is asked for.

    `texts` is `{language: {"subject": …, "text": …}}`. Raises ValueError when there is no text in it.
    """
    rules.choose_words(texts, "")
    values = {"moment": moment, "texts": texts, "created_at": clock.now()}
    return Notice.objects.get_or_create(record_ref=record_ref, number=number, defaults=values)[0]


@transaction.atomic
def write_to(notice_id: int, addressees: Sequence[Addressee], *, close_because: Kept = NOTHING) -> int:
    """One delivery for each addressee who has none yet, to the first of their addresses, or the reason why
    not; returns how many were new. Where it does not get there, `following` goes on.

    With a reason to `close_because` the tickets are closed by it. Safe to run twice and beside itself:
    batches of one notice wait for one another."""
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice_id)
    new = _not_yet_told(notice, addressees)
    planned = [_Part(one, plan) for one, plan in zip(new, plans_for(notice, new), strict=True)]
    to_write = [one for one in planned if one.plan.ways and not one.who.told_by_delivery]
    deliveries = {
        one.who: one.who.told_by_delivery for one in planned if one.plan.ways and one.who.told_by_delivery
    }
    deliveries |= _write_mails(notice, [one for one in to_write if not one.who.ticket_id])
    deliveries |= _write_replies(notice, [one for one in to_write if one.who.ticket_id], close_because)
    rows = [_recipient(notice, one, deliveries.get(one.who)) for one in planned]
    Recipient.objects.bulk_create(rows)
    if rows:
        emit(events.NoticeProgress(notice.record_ref))
    return len(rows)


@transaction.atomic
def finish(notice_id: int) -> None:
    """Note that the last recipient's delivery is written."""
    Notice.objects.filter(pk=notice_id, written_at=None).update(written_at=clock.now())


def _not_yet_told(notice: Notice, addressees: Sequence[Addressee]) -> list[Addressee]:
    """Who has no recipient row yet; each customer, and each stranger's address, once."""
    rows = Recipient.objects.filter(notice=notice)
    customers = rows.filter(customer_id__in=[one.customer_id for one in addressees if one.customer_id])
    strangers = rows.filter(
        customer=None, address__in=[one.address for one in addressees if not one.customer_id]
    )
    told: set[int | str] = {pk for pk in customers.values_list("customer_id", flat=True) if pk}
    told |= set(strangers.values_list("address", flat=True))
    fresh = {one.customer_id or one.address: one for one in reversed(addressees)}
    return [one for who, one in reversed(fresh.items()) if who not in told]


def _write_mails(notice: Notice, parts: Sequence[_Part]) -> dict[Addressee, int]:
    if not parts:
        return {}
    ids = write_deliveries([_mail(notice, one) for one in parts])
    return {one.who: pk for one, pk in zip(parts, ids, strict=True)}


def _mail(notice: Notice, one: _Part) -> NewDelivery:
    words = rules.choose_words(notice.texts, one.who.language)
    leave = unsubscribe_url(one.who.customer_id) if one.who.customer_id else ""
    return NewDelivery(
        channel=one.first.channel,
        to_address=one.first.value,
        subject=words.subject,
        text=_joined(words.text, one.who.postscript, footer(leave, words.language) if leave else ""),
        auto_submitted="auto-generated",
        origin_ref=f"notice:{notice.pk}",
        once_key=_once_key(notice, one.who),
        urgency=_URGENCY[Moment(notice.moment)],
        unsubscribe_url=leave,
        language=words.language,
    )


def _write_replies(notice: Notice, parts: Sequence[_Part], close_because: Kept) -> dict[Addressee, int]:
    if not parts:
        return {}
    by_ticket = write_system_messages([_reply(notice, one, close_because) for one in parts])
    return {one.who: by_ticket[one.who.ticket_id] for one in parts if one.who.ticket_id in by_ticket}


def _reply(notice: Notice, one: _Part, close_because: Kept) -> SystemMessage:
    assert one.who.ticket_id is not None
    is_elsewhere = (one.first.channel, one.first.value) != (one.who.channel, one.who.address)
    return SystemMessage(
        ticket_id=one.who.ticket_id,
        text=_joined(rules.choose_words(notice.texts, one.who.language).text, one.who.postscript),
        close_because=close_because,
        once_key=_once_key(notice, one.who),
        urgency=_URGENCY[Moment(notice.moment)],
        origin_ref=f"notice:{notice.pk}",
        to_channel=one.first.channel if is_elsewhere else "",
        to_address=one.first.value if is_elsewhere else "",
    )


def _once_key(notice: Notice, one: Addressee) -> str:
    who = f"customer:{one.customer_id}" if one.customer_id else f"ticket:{one.ticket_id}"
    return f"notice:{notice.pk}:{who}"


def _recipient(notice: Notice, one: _Part, delivery_id: int | None) -> Recipient:
    plan, now = one.plan, clock.now()
    others = [[way.channel, way.value] for way in plan.ways[1:]] if delivery_id else []
    return Recipient(
        notice=notice,
        customer_id=one.who.customer_id,
        address=plan.address,
        instead_of=plan.instead_of,
        language=rules.choose_words(notice.texts, one.who.language).language,
        ticket_ref=one.who.ticket_ref,
        delivery_id=delivery_id,
        others=others,
        go_on_at=now + channel(one.first.channel).can.window if others else None,
        unreachable=plan.unreachable,
        at=now,
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part)
