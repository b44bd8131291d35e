"""The rows that live screens are replayed from."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from tocsin.kernel import clock
from tocsin.kernel.models import LiveUpdate

# Longer than any screen's token holds.
KEPT = timedelta(days=2)
_FORGOTTEN_AT_ONCE = 5_000


@transaction.atomic
def forget_old() -> int:
    """Remove the oldest that no screen asks for any more, 5,000 at most; returns how many."""
    oldest = LiveUpdate.objects.order_by("id").values_list("id", "at")[:_FORGOTTEN_AT_ONCE]
    old = [pk for pk, at in oldest if at < clock.now() - KEPT]
    return LiveUpdate.objects.filter(pk__in=old).delete()[0]


def forget_all() -> None:
    """After a restore: the rows' transaction ids come from another server and mean nothing here."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kernel_liveupdate")
