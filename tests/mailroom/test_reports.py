"""Reports about several recipients: each that is about a delivery of ours marks it."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.channels.corpus.machines import REPORT_OF_THREE
from tests.mailroom.stand_ins import Upstairs

from tocsin.mailroom import queries, services
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState

pytestmark = pytest.mark.django_db(transaction=True)
_IN_REPORT = b"<m1@tocsin.example.test>"


def sent(to: str) -> Delivery:
    """A delivery that the other server took."""
    with transaction.atomic():
        (pk,) = services.write_deliveries([services.NewDelivery("email", to, "Subject", "Text")])
    Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT)
    return Delivery.objects.get(pk=pk)


@pytest.mark.parametrize(
    ("to", "state", "dead"),
    [
        ("one@example.com", "bounced", True),
        ("two@example.com", "bounced", True),
        ("three@example.com", "sent", False),
        ("four@example.com", "sent", False),
    ],
)
def test_the_recipient_we_wrote_to_need_not_be_the_first(
    upstairs: Upstairs, to: str, state: str, dead: bool
) -> None:
    delivery = sent(to)
    raw = REPORT_OF_THREE.replace(_IN_REPORT, delivery.message_id.encode())
    item = services.take_in("email", "report:1", raw)
    services.drain()
    delivery.refresh_from_db()
    assert delivery.state == state
    assert DeadAddress.objects.filter(folded=to).exists() == dead
    assert queries.inbound_by_id(item).state == "ignored"
    assert [one.address for one in upstairs.bounced] == ([to] if dead else [])
