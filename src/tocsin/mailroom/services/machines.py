"""Mail that only machines have to say: it marks what it is about and ends here, never at a person's desk."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.channels.base import Bounce
from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.mailroom import events, rules
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState
from tocsin.mailroom.queries import Parcel
from tocsin.mailroom.services import verdicts
from tocsin.people import services as people

_REASONS = {
    "bounce": "A mail server says that it could not deliver a mail.",
    "delay": "A mail server says that it is still trying to deliver a mail.",
    "report": "A report of a mail system.",
    "receipt": "A read receipt.",
    "own": "Our own mail coming back.",
}
# A bounce for a delivery that failed or bounced already says nothing new.
_BOUNCING = [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.DEFERRED]


def handle(parcel: Parcel) -> None:
    """Do what such a mail asks for, and ignore it with the reason."""
    inbound = parcel.inbound
    delivery = _delivery_of(inbound.bounce) if inbound.bounce else None
    reason = _REASONS[inbound.machine]
    if inbound.bounce and delivery:
        if inbound.machine == "bounce":
            _mark_bounced(delivery, inbound.bounce)
        else:
            _note_delay(delivery, inbound.bounce)
        reason = f"{reason} It is about delivery {delivery.pk} to {delivery.to_address}."
    verdicts.ignore(parcel.id, reason)


def mark_dead(channel: str, address: str, reason: str) -> None:
    """Remember that there is nobody at an address; also for the people room, which shows it."""
    DeadAddress.objects.update_or_create(
        channel=channel,
        folded=rules.fold_address(address)[:320],
        defaults={"reason": reason[:1000], "since": clock.now()},
    )
    people.mark_bounced(channel, address, reason)


def revive(parcels: Iterable[Parcel]) -> None:
    """Who writes to us from an address is there."""
    by_channel: dict[str, set[str]] = {}
    for parcel in parcels:
        folded = rules.fold_address(parcel.inbound.from_address)
        by_channel.setdefault(parcel.inbound.channel, set()).add(folded)
    for channel, addresses in by_channel.items():
        DeadAddress.objects.filter(channel=channel, folded__in=addresses).delete()


def _delivery_of(bounce: Bounce) -> Delivery | None:
    """The delivery it is about. A report that names a Message-ID of ours, but another recipient than we
    wrote to, is either forged or of a forwarding that is not ours to mend."""
    if not bounce.original_message_id:
        return None
    delivery = Delivery.objects.filter(message_id=bounce.original_message_id).first()
    if delivery and bounce.recipient:
        same = rules.fold_address(bounce.recipient) == rules.fold_address(delivery.to_address)
        return delivery if same else None
    return delivery


def _mark_bounced(delivery: Delivery, bounce: Bounce) -> None:
    words = bounce.words.replace("\x00", "")
    changed = Delivery.objects.filter(pk=delivery.pk, state__in=_BOUNCING).update(
        state=DeliveryState.BOUNCED, answer=words, announced=False
    )
    if not changed:
        return
    if bounce.permanent:
        mark_dead(delivery.channel, delivery.to_address, words)
    emit(events.AddressBounced(delivery.to_address, words[:1000], delivery.pk, delivery.origin_ref))


def _note_delay(delivery: Delivery, bounce: Bounce) -> None:
    words = bounce.words.replace("\x00", "")
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENT).update(answer=words, announced=False)
