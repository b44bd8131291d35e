"""What we believe of an address: that there is somebody, until its server says that there is nobody."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from tocsin.channels.registry import fold
from tocsin.kernel import clock
from tocsin.kernel.reasons import Kept
from tocsin.mailroom.models import DeadAddress
from tocsin.people import services as people


def mark_dead(channel: str, address: str, reason: Kept) -> None:
    """Remember that there is nobody at an address; also for the people room, which shows it."""
    DeadAddress.objects.update_or_create(
        channel=channel,
        folded=fold(channel, address),
        defaults={"reason": reason, "since": clock.now()},
    )
    people.mark_bounced(channel, address, reason)


@transaction.atomic
def believe_again(channel: str, addresses: Iterable[str]) -> None:
    """Write to these again: staff say so, or somebody wrote from there. One statement where none was dead."""
    folded = {fold(channel, address) for address in addresses}
    revived, _models = DeadAddress.objects.filter(channel=channel, folded__in=folded).delete()
    if revived:
        people.forget_bounces(channel, folded)
