"""Telling staff something: on the first of their addresses, and on the next where that one does not take it.

Each person is one `StaffNotice`, with the delivery that counts and the addresses that are left. A delivery
that fails or comes back, or that nobody has taken after five minutes, is followed by one to the next address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.kernel import clock
from tocsin.mailroom import rules
from tocsin.mailroom.models import DeliveryState, StaffNotice
from tocsin.mailroom.queries import WAITING
from tocsin.mailroom.services.accounts import senders
from tocsin.mailroom.services.outbox import NewDelivery, again, write_deliveries
from tocsin.people import queries as people
from tocsin.people import services as people_services
from tocsin.people.queries import Reachable

_AT_ONCE = 200
_CODE_URGENCY = 60  # somebody sits before the page and waits
_LOST = (DeliveryState.FAILED, DeliveryState.BOUNCED)


@dataclass(frozen=True)
class StaffText:
    """What they are told; a channel without subjects shows it as the first line."""

    subject: str
    text: str


Writer = Callable[[str], StaffText]
"""Writes what is told in a language, which is on while it does."""


@transaction.atomic
def notify_staff(
    staff_ids: Iterable[int],
    kind: str,
    write: Writer,
    *,
    once: str = "",
    urgency: int = 0,
    origin_ref: str = "",
) -> list[int]:
    """Tell members of staff something, each in their language; those who left are told nothing. The ids of
    the deliveries, one for each who was not told before.

    `kind` names what it is about, such as `incidents.overdue`, and stays; with `once` nobody is told the same
    of the same twice. The larger the `urgency`, the earlier it is sent.
    """
    reached = _not_yet_told(_by_what_we_have(people.reachable_staff(staff_ids)), kind, once)
    said = _written({one.language for one in reached}, write)
    notices = [
        StaffNotice(staff_id=one.staff_id, kind=kind, once_key=_key(kind, once, one)) for one in reached
    ]
    deliveries = [
        _delivery(one, said[one.language], urgency=urgency, origin_ref=origin_ref) for one in reached
    ]
    ids = write_deliveries(deliveries)
    for notice, one, delivery_id in zip(notices, reached, ids, strict=True):
        notice.delivery_id = delivery_id
        notice.others = [list(address) for address in one.addresses[1:]]
        notice.go_on_at = clock.now() + rules.STAFF_PATIENCE if notice.others else None
        notice.written_at = clock.now()
    StaffNotice.objects.bulk_create(notices)
    return ids


@transaction.atomic
def follow_up(delivery_ids: Collection[int]) -> None:
    """Deliveries came to something: what staff were not told there, they are told at their next address."""
    rows = StaffNotice.objects.filter(delivery_id__in=delivery_ids, delivery__state__in=_LOST)
    _go_on(list(_locked(rows)))


@transaction.atomic
def follow_up_late() -> int:
    """What nobody has taken in time goes to the next address, too; to how many people."""
    late = StaffNotice.objects.filter(go_on_at__lte=clock.now())
    rows = list(_locked(late)[:_AT_ONCE])
    waiting = [one for one in rows if one.delivery.state in WAITING]
    StaffNotice.objects.filter(pk__in={one.pk for one in rows} - {one.pk for one in waiting}).update(
        go_on_at=None
    )
    _go_on(waiting)
    return len(waiting)


@transaction.atomic
def send_code(address_id: int) -> None:
    """The code by which somebody proves that they read at an address; nothing when that is gone."""
    row = people.staff_address(address_id)
    if row is None or row.verified_at:
        return
    code = people_services.new_code(address_id)
    with override(row.staff.language or people.company_language()):
        subject = _("%(code)s is your code") % {"code": code}
        text = _(
            "Enter this code on your page in Tocsin, and you are told things here: %(code)s\n\n"
            "It holds for an hour. If you did not ask for it, you need not do anything."
        ) % {"code": code}
    write_deliveries(
        [
            NewDelivery(
                row.channel,
                row.value,
                subject,
                text,
                auto_submitted="auto-generated",
                origin_ref=f"staff_address:{row.pk}",
                urgency=_CODE_URGENCY,
            )
        ]
    )


def _not_yet_told(reached: Sequence[Reachable], kind: str, once: str) -> list[Reachable]:
    if not once:
        return list(reached)
    keys = [_key(kind, once, one) for one in reached]
    told = set(StaffNotice.objects.filter(once_key__in=keys).values_list("once_key", flat=True))
    return [one for one, key in zip(reached, keys, strict=True) if key not in told]


def _by_what_we_have(reached: Sequence[Reachable]) -> list[Reachable]:
    """Without the addresses on channels where we have no account any more: a warning must not fail by one."""
    channels = {channel for one in reached for channel, _address in one.addresses}
    ours = senders(channels).defaults
    able = (replace(one, addresses=tuple(it for it in one.addresses if it[0] in ours)) for one in reached)
    return [one for one in able if one.addresses]


def _key(kind: str, once: str, one: Reachable) -> str | None:
    return f"{kind}:{once}:{one.staff_id}"[:120] if once else None


def _written(languages: Iterable[str], write: Writer) -> dict[str, StaffText]:
    said = {}
    for language in languages:
        with override(language):
            said[language] = write(language)
    return said


def _delivery(one: Reachable, said: StaffText, **more: Any) -> NewDelivery:
    channel, address = one.addresses[0]
    return NewDelivery(
        channel,
        address,
        said.subject,
        said.text,
        auto_submitted="auto-generated",
        language=one.language,
        **more,
    )


def _locked(rows: Any) -> Any:
    return rows.select_for_update(of=("self",)).select_related("delivery").order_by("pk")


def _go_on(notices: Sequence[StaffNotice]) -> None:
    """Each to the next address that is left; the delivery there counts from now on."""
    ours = senders({channel for one in notices for channel, _address in one.others}).defaults
    for one in notices:
        one.others = [it for it in one.others if it[0] in ours]
    left = [one for one in notices if one.others]
    ids = write_deliveries([again(one.delivery, *one.others[0]) for one in left])
    for notice, delivery_id in zip(left, ids, strict=True):
        notice.delivery_id, notice.others = delivery_id, notice.others[1:]
        notice.go_on_at = clock.now() + rules.STAFF_PATIENCE if notice.others else None
    StaffNotice.objects.bulk_update(left, ["delivery", "others", "go_on_at"])
