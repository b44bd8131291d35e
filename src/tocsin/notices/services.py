"""The verbs of the notices room: make a notice, write it to people, let people out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction

from tocsin.channels.registry import fold, likely_channel, usual_channel
from tocsin.desk.services import SystemMessage, write_system_messages
from tocsin.kernel import clock
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom.services import NewDelivery, write_deliveries
from tocsin.notices import events, reasons, rules
from tocsin.notices.links import unsubscribe_url
from tocsin.notices.models import Moment, Notice, Recipient, Refusal, Unsubscribed
from tocsin.notices.words import footer
from tocsin.people import queries as people

if TYPE_CHECKING:
    from tocsin.people.models import Address

# The start goes before updates, and both before everyday mail.
_URGENCY = {Moment.FAULT: 30, Moment.SCHEDULED: 10, Moment.UPDATE: 20, Moment.REPAIR: 20}


@dataclass(frozen=True)
class Addressee:
    """Somebody to be told: by a reply on `ticket_id` where there is one, else by a mail to `address`.

    `postscript` is what only this one gets, in the language that `queries.language_for` chooses.
    `told_by` is a delivery that has said it already: it is their notice, and nothing more is written.
    `instead_of` is the address that `address` replaces, since mail to that one came back; written here only.
    """

    customer_id: int | None
    address: str
    language: str
    ticket_id: int | None = None
    ticket_ref: str = ""
    postscript: str = ""
    told_by: int | None = None
    instead_of: str = ""


def make_notice(record_ref: str, moment: str, number: int, texts: Mapping[str, Mapping[str, str]]) -> Notice:
    """The notice number `number` of a record; made once, however often it is asked for.

    `texts` is `{language: {"subject": …, "text": …}}`. Raises ValueError when there is no text in it.
    """
    rules.choose_words(texts, "")
    values = {"moment": moment, "texts": texts, "created_at": clock.now()}
    return Notice.objects.get_or_create(record_ref=record_ref, number=number, defaults=values)[0]


@transaction.atomic
def write_to(notice_id: int, addressees: Sequence[Addressee], *, close_because: Kept = NOTHING) -> int:
    """One delivery for each addressee who has none yet, or the reason why not; returns how many were new.

    With a reason to `close_because` the tickets are closed by it. Safe to run twice and beside itself:
    batches of one notice wait for one another."""
    notice = Notice.objects.select_for_update(no_key=True).get(pk=notice_id)
    new = _by_living_addresses(_not_yet_told(notice, addressees))
    obstacles = _unreachable(new)
    reachable = [one for one, reason in zip(new, obstacles, strict=True) if not reason]
    deliveries = {one: one.told_by for one in reachable if one.told_by}
    untold = [one for one in reachable if not one.told_by]
    deliveries |= _write_mails(notice, [one for one in untold if not one.ticket_id])
    deliveries |= _write_replies(notice, [one for one in untold if one.ticket_id], close_because)
    rows = [_recipient(notice, one, reason, deliveries) for one, reason in zip(new, obstacles, strict=True)]
    Recipient.objects.bulk_create(rows)
    if rows:
        emit(events.NoticeProgress(notice.record_ref))
    return len(rows)


@transaction.atomic
def finish(notice_id: int) -> None:
    """Note that the last recipient's delivery is written."""
    Notice.objects.filter(pk=notice_id, written_at=None).update(written_at=clock.now())


@transaction.atomic
def unsubscribe(customer_id: int) -> None:
    """No more mails about faults to this customer; asking twice changes nothing."""
    _, created = Unsubscribed.objects.get_or_create(customer_id=customer_id, defaults={"at": clock.now()})
    if created:
        emit(
            events.SubscriptionChanged(customer_id, subscribed=False),
            actor=SYSTEM,
            reason=reasons.ONE_CLICK(),
        )


@transaction.atomic
def heed_objection(address: str, *, is_complaint: bool) -> None:
    """Who reads at this address called our mail spam, or unsubscribed at the provider: their customer gets no
    more mails about faults. Nothing happens where we know no customer, or know it already."""
    known = people.addresses_by_value(usual_channel(), [address])
    customers = {row.contact.customer_id for row in known.values() if row.contact.customer_id}
    how = Refusal.COMPLAINED if is_complaint else Refusal.ASKED
    for customer_id in sorted(customers):
        row, created = Unsubscribed.objects.get_or_create(
            customer_id=customer_id, defaults={"at": clock.now(), "how": how}
        )
        if created:
            event = events.SubscriptionChanged(customer_id, subscribed=False)
            why = reasons.COMPLAINED if is_complaint else reasons.UNSUBSCRIBED_AT_PROVIDER
            emit(event, actor=SYSTEM, reason=why(address=address))
        elif is_complaint and row.how != how:
            Unsubscribed.objects.filter(pk=row.pk).update(how=how, at=clock.now())


@transaction.atomic
def subscribe_again(customer_id: int) -> None:
    """Take an unsubscription back."""
    gone, _ = Unsubscribed.objects.filter(customer_id=customer_id).delete()
    if gone:
        emit(
            events.SubscriptionChanged(customer_id, subscribed=True), actor=SYSTEM, reason=reasons.ONE_CLICK()
        )


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


def _by_living_addresses(addressees: Sequence[Addressee]) -> list[Addressee]:
    """Where mail to somebody's address came back, the customer's next address in its place, if there is one;
    two queries whatever their number."""
    known = people.addresses_by_value(usual_channel(), [one.address for one in addressees if one.address])
    dead = [one for one in addressees if _is_dead(one, known) and one.customer_id and not one.told_by]
    live = people.live_addresses_of([one.customer_id for one in dead if one.customer_id]) if dead else {}
    others = {one: live[one.customer_id][0] for one in dead if one.customer_id in live}
    return [
        replace(one, address=others[one], instead_of=one.address) if one in others else one
        for one in addressees
    ]


def _is_dead(one: Addressee, known: Mapping[str, Address]) -> bool:
    found = known.get(fold(usual_channel(), one.address))
    return found is not None and found.bounced_at is not None


def _unreachable(addressees: Sequence[Addressee]) -> list[str]:
    """For each the reason why no mail can go, or ''; two queries whatever their number."""
    mailed = [one for one in addressees if not one.ticket_id]
    known = people.addresses_by_value(usual_channel(), [one.address for one in mailed if one.address])
    bounced = {row.folded for row in known.values() if row.bounced_at}
    ids = [one.customer_id for one in mailed if one.customer_id]
    refusals = dict(Unsubscribed.objects.filter(customer_id__in=ids).values_list("customer_id", "how"))
    return [
        rules.why_unreachable(
            one.address,
            has_ticket=bool(one.ticket_id),
            refusal=refusals.get(one.customer_id or 0, ""),
            bounced=fold(usual_channel(), one.address) in bounced,
        )
        for one in addressees
    ]


def _write_mails(notice: Notice, addressees: Sequence[Addressee]) -> dict[Addressee, int]:
    if not addressees:
        return {}
    ids = write_deliveries([_mail(notice, one) for one in addressees])
    return dict(zip(addressees, ids, strict=True))


def _mail(notice: Notice, one: Addressee) -> NewDelivery:
    words = rules.choose_words(notice.texts, one.language)
    leave = unsubscribe_url(one.customer_id) if one.customer_id else ""
    return NewDelivery(
        channel=likely_channel(one.address),
        to_address=one.address,
        subject=words.subject,
        text=_joined(words.text, one.postscript, footer(leave, words.language) if leave else ""),
        auto_submitted="auto-generated",
        origin_ref=f"notice:{notice.pk}",
        once_key=_once_key(notice, one),
        urgency=_URGENCY[Moment(notice.moment)],
        unsubscribe_url=leave,
        language=words.language,
    )


def _write_replies(
    notice: Notice, addressees: Sequence[Addressee], close_because: Kept
) -> dict[Addressee, int]:
    if not addressees:
        return {}
    by_ticket = write_system_messages([_reply(notice, one, close_because) for one in addressees])
    return {one: by_ticket[one.ticket_id] for one in addressees if one.ticket_id in by_ticket}


def _reply(notice: Notice, one: Addressee, close_because: Kept) -> SystemMessage:
    assert one.ticket_id is not None
    return SystemMessage(
        ticket_id=one.ticket_id,
        text=_joined(rules.choose_words(notice.texts, one.language).text, one.postscript),
        close_because=close_because,
        once_key=_once_key(notice, one),
        urgency=_URGENCY[Moment(notice.moment)],
        origin_ref=f"notice:{notice.pk}",
        to_address=one.address if one.instead_of else "",
    )


def _once_key(notice: Notice, one: Addressee) -> str:
    who = f"customer:{one.customer_id}" if one.customer_id else f"ticket:{one.ticket_id}"
    return f"notice:{notice.pk}:{who}"


def _recipient(notice: Notice, one: Addressee, reason: str, deliveries: Mapping[Addressee, int]) -> Recipient:
    return Recipient(
        notice=notice,
        customer_id=one.customer_id,
        address=one.address,
        instead_of=one.instead_of,
        language=rules.choose_words(notice.texts, one.language).language,
        ticket_ref=one.ticket_ref,
        delivery_id=deliveries.get(one),
        unreachable=reason,
        at=clock.now(),
    )


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts if part)
