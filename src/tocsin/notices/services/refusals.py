"""Who wants no more mails about faults."""

from __future__ import annotations

from django.db import transaction

from tocsin.channels.registry import usual_channel
from tocsin.kernel import clock
from tocsin.kernel.events import SYSTEM, emit
from tocsin.notices import events, reasons
from tocsin.notices.models import Refusal, Unsubscribed
from tocsin.people import queries as people


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
