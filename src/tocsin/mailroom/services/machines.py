"""Mail that only machines have to say: it marks what it is about and ends here, never at a person's desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Lower

from tocsin.channels.base import Bounce
from tocsin.channels.registry import fold
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import NOTHING, Kept, join, plain
from tocsin.mailroom import events, reasons, rules
from tocsin.mailroom.models import MAY_HAVE_COME_BACK, Delivery, DeliveryState
from tocsin.mailroom.queries import ParsedInbound
from tocsin.mailroom.services import outcomes
from tocsin.mailroom.services.addresses import believe_again, mark_dead
from tocsin.mailroom.services.upkeep import mark_unannounced

_REASONS = {
    "bounce": reasons.BOUNCE,
    "delay": reasons.DELAY,
    "report": reasons.REPORT,
    "receipt": reasons.RECEIPT,
    "own": reasons.OWN,
}
# What we write down after the other server's answer may be later than its report.
_CLOCKS_DIFFER = timedelta(minutes=2)
_WENT_ON = {"relayed", "expanded"}
# A bounce for a delivery that failed or bounced already says nothing new.
_BOUNCING = [
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.QUEUED,
    DeliveryState.DEFERRED,
]


def handle(parsed: ParsedInbound) -> None:
    """Do what such a mail asks for, and ignore it with the reason."""
    inbound = parsed.inbound
    said = [_REASONS[inbound.machine]()]
    for bounce, delivery in _deliveries_of(inbound.bounces):
        if inbound.machine == "receipt":
            _note_receipt(delivery, bounce)
        elif bounce.delayed or inbound.machine == "delay":
            _note_delay(delivery, bounce)
        else:
            _mark_bounced(delivery, bounce)
        said.append(reasons.ABOUT(delivery=str(delivery.pk), address=delivery.to_address))
    if inbound.machine == "bounce" and len(said) == 1:
        _find_by_recipient(parsed, said[0])
    else:
        outcomes.ignore(parsed.id, join(*said))


def _find_by_recipient(parsed: ParsedInbound, what: Kept) -> None:
    """A bounce that names no mail of ours is perhaps of the last to its recipient; where that can't be told,
    staff are shown why.

    Such a bounce is easily forged, since anybody may know an address: it marks its mail and brings an answer
    back to its agent, but it never condemns the address.
    """
    bounces = [one for one in parsed.inbound.bounces if not one.delayed]
    found, doubts = [], []
    for bounce in bounces:
        delivery, doubt = _likely(parsed, bounce)
        if delivery:
            _mark_perhaps_bounced(delivery, bounce)
            named = {"delivery": str(delivery.pk), "address": delivery.to_address}
            found.append(reasons.PERHAPS_ABOUT(**named))
        else:
            doubts.append(doubt)
    if found:
        outcomes.ignore(parsed.id, join(what, *found))
    else:
        outcomes.leave_unmatched(parsed.id, join(what, *(doubts or [reasons.NOBODY_NAMED()])))


def _likely(parsed: ParsedInbound, bounce: Bounce) -> tuple[Delivery | None, Kept]:
    """The mail that it is likely about, else why that can't be told."""
    if bounce.original_message_id:
        named = Delivery.objects.filter(message_id=bounce.original_message_id).first()
        if named is None:
            return None, reasons.NO_MAIL_OF_OURS()
        return None, reasons.OTHER_RECIPIENT(address=named.to_address, named=bounce.recipient)
    if not bounce.recipient:
        return None, reasons.NOBODY_NAMED()
    reported_at = parsed.received_at
    newest = _sent_to(parsed.inbound.channel, bounce.recipient, reported_at)
    which = rules.which_came_back([one.accepted_at for one in newest if one.accepted_at], reported_at)
    if which is not None:
        return newest[which], NOTHING
    why = reasons.SEVERAL_SENT if newest else reasons.NOTHING_SENT
    return None, why(address=bounce.recipient)


def _sent_to(channel: str, address: str, reported_at: datetime) -> list[Delivery]:
    """The newest two that another server took for this address in these days, and that may have come back.

    One that did counts, too: a second report is about it rather than about the one before it.
    """
    rows = Delivery.objects.alias(folded=Lower("to_address")).filter(
        folded=fold(channel, address),
        state__in=MAY_HAVE_COME_BACK,
        channel=channel,
        accepted_at__gt=reported_at - rules.BOUNCES_WITHIN,
        accepted_at__lte=reported_at + _CLOCKS_DIFFER,
    )
    return list(rows.order_by("-accepted_at").defer("payload")[:2])


def _mark_perhaps_bounced(delivery: Delivery, bounce: Bounce) -> None:
    answer = reasons.PERHAPS_BACK(words=bounce.words)
    _settle(delivery, {DeliveryState.SENT}, DeliveryState.BOUNCED, answer)


def revive(several: Iterable[ParsedInbound]) -> None:
    """Who writes to us from an address is there, unless something contradicts that it was they: else anybody
    could have us write to the dead again, and lose the reputation that other mail needs.

    Proof is not asked for. Many servers say nothing of who sent a mail, and an answer that is not even tried
    costs more than one more bounce. Staff can always have an address tried again.
    """
    by_channel: dict[str, set[str]] = {}
    for parsed in several:
        if parsed.inbound.disowned:
            continue
        by_channel.setdefault(parsed.inbound.sender_channel, set()).add(parsed.inbound.from_address)
    for channel, addresses in by_channel.items():
        believe_again(channel, addresses)


def _deliveries_of(bounces: Sequence[Bounce]) -> list[tuple[Bounce, Delivery]]:
    """Each with the delivery it is about. A report that names a Message-ID of ours, but another recipient
    than we wrote to, is either forged or of a forwarding that is not ours to mend."""
    ids = {bounce.original_message_id for bounce in bounces if bounce.original_message_id}
    deliveries = {one.message_id: one for one in Delivery.objects.filter(message_id__in=ids)} if ids else {}
    pairs = ((bounce, deliveries.get(bounce.original_message_id)) for bounce in bounces)
    return [(bounce, delivery) for bounce, delivery in pairs if delivery and _is_to(delivery, bounce)]


def _is_to(delivery: Delivery, bounce: Bounce) -> bool:
    named = fold(delivery.channel, bounce.recipient)
    return not named or named == fold(delivery.channel, delivery.to_address)


def _mark_bounced(delivery: Delivery, bounce: Bounce) -> None:
    words = plain(bounce.words)
    if not _settle(delivery, _BOUNCING, DeliveryState.BOUNCED, words):
        return
    if bounce.nobody_there:
        mark_dead(delivery.channel, delivery.to_address, words)
        emit(events.AddressBounced(delivery.to_address, words, delivery.pk, delivery.origin_ref))


def _note_delay(delivery: Delivery, bounce: Bounce) -> None:
    """Another server still tries: no failure, and we send nothing again."""
    answer = reasons.DELAYED(words=bounce.words)
    _settle(delivery, {DeliveryState.SENT}, DeliveryState.SENT, answer)


def _note_receipt(delivery: Delivery, bounce: Bounce) -> None:
    """It got there (RFC 8098, 3464); `relayed` and `expanded` say only that it went on."""
    words = bounce.words.replace("\x00", "")
    state = DeliveryState.SENT if words in _WENT_ON else DeliveryState.DELIVERED
    answer = reasons.RECEIPT_SAYS(words=words)
    _settle(delivery, {DeliveryState.SENT, DeliveryState.DELIVERED}, state, answer)


def _settle(delivery: Delivery, among: Collection[str], state: DeliveryState, answer: Kept) -> bool:
    """Change where it stands, if it stands at one `among` these; whether it did."""
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=among)
    if not rows.update(state=state, answer=answer):
        return False
    mark_unannounced([delivery.pk])
    return True
