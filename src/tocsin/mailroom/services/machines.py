"""Mail that only machines have to say: it marks what it is about and ends here, never at a person's desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models.functions import Lower
from django.utils.translation import gettext_noop

from tocsin.channels.base import Bounce
from tocsin.kernel import sentences
from tocsin.kernel.events import emit
from tocsin.mailroom import events, rules
from tocsin.mailroom.models import MAY_HAVE_COME_BACK, Delivery, DeliveryState
from tocsin.mailroom.queries import Parcel
from tocsin.mailroom.services import verdicts
from tocsin.mailroom.services.addresses import believe_again, mark_dead
from tocsin.mailroom.services.upkeep import mark_unannounced

_REASONS = {
    "bounce": gettext_noop("A mail server says that it could not deliver a mail."),
    "delay": gettext_noop("A mail server says that it is still trying to deliver a mail."),
    "report": gettext_noop("A report of a mail system."),
    "receipt": gettext_noop("A read receipt."),
    "own": gettext_noop("Our own mail coming back."),
}
_ABOUT = gettext_noop("It is about delivery %(delivery)s to %(address)s.")
_PERHAPS_ABOUT = gettext_noop("It names only %(address)s; it is perhaps about delivery %(delivery)s.")
_NO_MAIL_OF_OURS = gettext_noop("It is about a mail that we did not send.")
_OTHER_RECIPIENT = gettext_noop(
    "It is about our mail to %(address)s, but names %(named)s, to whom we did not write."
)
_NOBODY_NAMED = gettext_noop("It names neither the mail nor its recipient.")
_NOTHING_SENT = gettext_noop("It names only %(address)s, to whom we sent nothing lately.")
_SEVERAL_SENT = gettext_noop(
    "It names only %(address)s, to whom we sent several mails; which one it was can't be told."
)
_PERHAPS_BACK = gettext_noop(
    "Perhaps this came back: a server's report names its recipient, and no mail. %(words)s"
)
_DELAYED = gettext_noop("Delayed, and still tried: %(words)s")
_RECEIPT_SAYS = gettext_noop("A receipt says: %(words)s")
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


def handle(parcel: Parcel) -> None:
    """Do what such a mail asks for, and ignore it with the reason."""
    inbound = parcel.inbound
    reasons = [sentences.keep(_REASONS[inbound.machine])]
    for bounce, delivery in _deliveries_of(inbound.bounces):
        if inbound.machine == "receipt":
            _note_receipt(delivery, bounce)
        elif bounce.delayed or inbound.machine == "delay":
            _note_delay(delivery, bounce)
        else:
            _mark_bounced(delivery, bounce)
        reasons.append(sentences.keep(_ABOUT, delivery=delivery.pk, address=delivery.to_address))
    if inbound.machine == "bounce" and len(reasons) == 1:
        _find_by_recipient(parcel, reasons[0])
    else:
        verdicts.ignore(parcel.id, sentences.join(*reasons))


def _find_by_recipient(parcel: Parcel, what: str) -> None:
    """A bounce that names no mail of ours is perhaps of the last to its recipient; where that can't be told,
    staff are shown why.

    Such a bounce is easily forged, since anybody may know an address: it marks its mail and brings an answer
    back to its agent, but it never condemns the address.
    """
    bounces = [one for one in parcel.inbound.bounces if not one.delayed]
    found, doubts = [], []
    for bounce in bounces:
        delivery, doubt = _likely(parcel, bounce)
        if delivery:
            _mark_perhaps_bounced(delivery, bounce)
            found.append(sentences.keep(_PERHAPS_ABOUT, delivery=delivery.pk, address=delivery.to_address))
        else:
            doubts.append(doubt)
    if found:
        verdicts.ignore(parcel.id, sentences.join(what, *found))
    else:
        verdicts.leave_unmatched(
            parcel.id, sentences.join(what, *(doubts or [sentences.keep(_NOBODY_NAMED)]))
        )


def _likely(parcel: Parcel, bounce: Bounce) -> tuple[Delivery | None, str]:
    """The mail that it is likely about, else why that can't be told."""
    if bounce.original_message_id:
        named = Delivery.objects.filter(message_id=bounce.original_message_id).first()
        if named is None:
            return None, sentences.keep(_NO_MAIL_OF_OURS)
        return None, sentences.keep(_OTHER_RECIPIENT, address=named.to_address, named=bounce.recipient)
    if not bounce.recipient:
        return None, sentences.keep(_NOBODY_NAMED)
    reported_at = parcel.received_at
    newest = _sent_to(parcel.inbound.channel, bounce.recipient, reported_at)
    which = rules.which_came_back([one.accepted_at for one in newest if one.accepted_at], reported_at)
    if which is not None:
        return newest[which], ""
    return None, sentences.keep(_SEVERAL_SENT if newest else _NOTHING_SENT, address=bounce.recipient)


def _sent_to(channel: str, address: str, reported_at: datetime) -> list[Delivery]:
    """The newest two that another server took for this address in these days, and that may have come back.

    One that did counts, too: a second report is about it rather than about the one before it.
    """
    rows = Delivery.objects.alias(folded=Lower("to_address")).filter(
        folded=rules.fold_address(address),
        state__in=MAY_HAVE_COME_BACK,
        channel=channel,
        accepted_at__gt=reported_at - rules.BOUNCES_WITHIN,
        accepted_at__lte=reported_at + _CLOCKS_DIFFER,
    )
    return list(rows.order_by("-accepted_at").defer("payload")[:2])


def _mark_perhaps_bounced(delivery: Delivery, bounce: Bounce) -> None:
    words = sentences.keep(_PERHAPS_BACK, words=bounce.words)
    _settle(delivery, {DeliveryState.SENT}, DeliveryState.BOUNCED, words)


def revive(parcels: Iterable[Parcel]) -> None:
    """Who writes to us from an address is there, unless something contradicts that it was they: else anybody
    could have us write to the dead again, and lose the reputation that other mail needs.

    Proof is not asked for. Many servers say nothing of who sent a mail, and an answer that is not even tried
    costs more than one more bounce. Staff can always have an address tried again.
    """
    by_channel: dict[str, set[str]] = {}
    for parcel in parcels:
        if parcel.inbound.disowned:
            continue
        folded = rules.fold_address(parcel.inbound.from_address)
        by_channel.setdefault(parcel.inbound.channel, set()).add(folded)
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
    named = rules.fold_address(bounce.recipient)
    return not named or named == rules.fold_address(delivery.to_address)


def _mark_bounced(delivery: Delivery, bounce: Bounce) -> None:
    words = bounce.words.replace("\x00", "")
    if not _settle(delivery, _BOUNCING, DeliveryState.BOUNCED, words):
        return
    if bounce.nobody_there:
        mark_dead(delivery.channel, delivery.to_address, words)
        emit(events.AddressBounced(delivery.to_address, words[:1000], delivery.pk, delivery.origin_ref))


def _note_delay(delivery: Delivery, bounce: Bounce) -> None:
    """Another server still tries: no failure, and we send nothing again."""
    words = sentences.keep(_DELAYED, words=bounce.words)
    _settle(delivery, {DeliveryState.SENT}, DeliveryState.SENT, words)


def _note_receipt(delivery: Delivery, bounce: Bounce) -> None:
    """It got there (RFC 8098, 3464); `relayed` and `expanded` say only that it went on."""
    words = bounce.words.replace("\x00", "")
    state = DeliveryState.SENT if words in _WENT_ON else DeliveryState.DELIVERED
    answer = sentences.keep(_RECEIPT_SAYS, words=words)
    _settle(delivery, {DeliveryState.SENT, DeliveryState.DELIVERED}, state, answer)


def _settle(delivery: Delivery, among: Collection[str], state: DeliveryState, words: str) -> bool:
    """Change where it stands, if it stands at one `among` these; whether it did."""
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=among)
    if not rows.update(state=state, answer=words):
        return False
    mark_unannounced([delivery.pk])
    return True
