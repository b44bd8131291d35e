"""What other rooms ask about notices and whether they arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from tocsin.channels.registry import label
from tocsin.kernel import reasons
from tocsin.kernel.paging import Page, page
from tocsin.notices import rules
from tocsin.notices.models import (
    EarlierDelivery,
    Moment,
    Notice,
    Recipient,
    Refusal,
    Unreachable,
    Unsubscribed,
)

if TYPE_CHECKING:
    from tocsin.mailroom.models import Delivery

__all__ = ["Moment", "NotReached", "NoticeView", "Progress", "SentNotice"]  # the words other rooms use

WAITING = ("queued", "deferred")
SENT = ("sent", "delivered", "complained")
LOST = ("failed", "bounced")
"""States of deliveries."""
_SHOWN_WITH = ("notice", "delivery", "customer")
_IS_LOST = Q(delivery__state__in=LOST) | ~Q(unreachable="")
_IS_WAITING = Q(delivery__state__in=WAITING)
GROUPS = {
    "lost": _IS_LOST,
    "waiting": _IS_WAITING,
    "sent": Q(delivery__isnull=False) & ~_IS_LOST & ~_IS_WAITING,
    "all": Q(),
}
"""Recipients by what became of their part, those first that somebody has to look at."""


@dataclass(frozen=True)
class Progress:
    """How far a notice's deliveries are; `written` counts everybody who was reached for or given up."""

    written: int = 0
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    unreachable: int = 0


@dataclass(frozen=True)
class NoticeView:
    """One notice of a record, with its progress."""

    id: int
    moment: str
    label: str
    number: int
    created_at: datetime
    written_at: datetime | None
    progress: Progress


@dataclass(frozen=True)
class EarlierTry:
    """Where somebody was not reached, so that another delivery counts; `words` are the server's own, or what
    became of it."""

    address: str
    channel_label: str
    words: str


@dataclass(frozen=True)
class SentNotice:
    """What one customer was told of, when, and whether it arrived (R-D10). `instead_of` is the address it
    would have gone to, could that one be reached; `earlier` is where it was tried before; `answer` is the
    server's own words."""

    notice_id: int
    record_ref: str
    moment: str
    moment_label: str
    customer_id: int | None
    customer_name: str
    instead_of: str
    answer: str
    subject: str
    language: str
    address: str
    ticket_ref: str
    channel: str
    channel_label: str
    state: str
    why: str
    written_at: datetime
    accepted_at: datetime | None
    earlier: tuple[EarlierTry, ...] = ()


@dataclass(frozen=True)
class NotReached:
    """A recipient that a notice did not get to, and why."""

    customer_id: int | None
    customer_name: str
    address: str
    why: str


def progress(notice_ids: Iterable[int]) -> dict[int, Progress]:
    """Counts by notice; one query, as large as the audiences of these notices and no larger."""
    rows = (
        Recipient.objects.filter(notice_id__in=list(notice_ids))
        .values("notice_id")
        .annotate(
            written=Count("id"),
            waiting=Count("id", filter=Q(delivery__state__in=WAITING)),
            sent=Count("id", filter=Q(delivery__state__in=SENT)),
            failed=Count("id", filter=Q(delivery__state__in=LOST)),
            unreachable=Count("id", filter=~Q(unreachable="")),
        )
    )
    return {
        row["notice_id"]: Progress(
            row["written"], row["waiting"], row["sent"], row["failed"], row["unreachable"]
        )
        for row in rows
    }


def notices_of(record_ref: str) -> list[NoticeView]:
    """All notices of a record, first one first; two queries."""
    notices = list(Notice.objects.filter(record_ref=record_ref).order_by("number"))
    counts = progress(notice.pk for notice in notices)
    return [
        NoticeView(
            notice.pk,
            notice.moment,
            str(Moment(notice.moment).label),
            notice.number,
            notice.created_at,
            notice.written_at,
            counts.get(notice.pk, Progress()),
        )
        for notice in notices
    ]


def totals(record_ref: str) -> tuple[int, int]:
    """How many messages of all moments were sent (a server has them), and how many failed or came back."""
    row = Recipient.objects.filter(notice__record_ref=record_ref).aggregate(
        sent=Count("id", filter=Q(delivery__state__in=SENT)),
        failed=Count("id", filter=Q(delivery__state__in=LOST)),
    )
    return row["sent"], row["failed"]


def informed(record_ref: str) -> QuerySet[Recipient]:
    """The recipients whose delivery of the record's first notice a server has accepted; not evaluated yet.

    What a later report says of it counts as failed and does not undo this.
    """
    return Recipient.objects.filter(
        notice__record_ref=record_ref, notice__number=1, delivery__accepted_at__isnull=False
    )


def first_accepted(record_ref: str) -> datetime | None:
    """When the first delivery of the first notice was accepted by a server."""
    found: datetime | None = informed(record_ref).aggregate(at=Min("delivery__accepted_at"))["at"]
    return found


def told(notice_id: int) -> QuerySet[Recipient]:
    """The recipients of a notice that are settled; not evaluated yet."""
    return Recipient.objects.filter(notice_id=notice_id)


def notice_by_id(notice_id: int) -> Notice:
    """Raises Notice.DoesNotExist."""
    return Notice.objects.get(pk=notice_id)


def language_for(notice: Notice, wanted: str) -> str:
    """The language a reader of `wanted` gets this notice in."""
    return rules.choose_words(notice.texts, wanted).language


def records_of(origin_refs: Iterable[str]) -> dict[str, str]:
    """Of origins such as `notice:7` the record that each is about; others are left out. One query at most."""
    numbers = [ref.removeprefix("notice:") for ref in origin_refs if ref.startswith("notice:")]
    ids = [int(number) for number in numbers if number.isdecimal() and len(number) < 19]
    rows = Notice.objects.filter(pk__in=ids).values_list("pk", "record_ref") if ids else ()
    return {f"notice:{pk}": record_ref for pk, record_ref in rows}


def records_of_deliveries(delivery_ids: Sequence[int]) -> list[str]:
    """The records whose notices these deliveries carry; one query."""
    rows = Recipient.objects.filter(delivery_id__in=list(delivery_ids))
    return sorted(set(rows.values_list("notice__record_ref", flat=True)))


def notices_of_customer(customer_id: int, cursor: str | None = None, size: int = 20) -> Page[Recipient]:
    """A customer's notices, newest first, a page at a time; `as_sent` turns a row into words (R-D10)."""
    rows = _shown(Recipient.objects.filter(customer_id=customer_id))
    return page(rows, by="at", cursor=cursor, size=size)


def recipients(record_ref: str, group: str) -> QuerySet[Recipient]:
    """Everybody a record's notices were meant for, of one of the GROUPS; not evaluated yet, not in order."""
    rows = Recipient.objects.filter(notice__record_ref=record_ref).filter(GROUPS[group])
    return _shown(rows)


def group_counts(record_ref: str) -> dict[str, int]:
    """How many there are in each of the GROUPS; one query."""
    counts = {name: Count("id", filter=condition) for name, condition in GROUPS.items() if condition}
    rows = Recipient.objects.filter(notice__record_ref=record_ref)
    return dict(rows.aggregate(all=Count("id"), **counts))


def _shown(rows: QuerySet[Recipient]) -> QuerySet[Recipient]:
    earlier = Prefetch("earlier", EarlierDelivery.objects.select_related("delivery"))
    return rows.select_related(*_SHOWN_WITH).prefetch_related(earlier)


def as_sent(row: Recipient) -> SentNotice:
    """What was sent when by which channel and whether it arrived."""
    delivery = row.delivery
    return SentNotice(
        notice_id=row.notice_id,
        record_ref=row.notice.record_ref,
        moment=row.notice.moment,
        moment_label=str(Moment(row.notice.moment).label),
        customer_id=row.customer_id,
        customer_name=row.customer.name if row.customer else "",
        instead_of=row.instead_of,
        answer=reasons.word(delivery.answer) if delivery else "",
        subject=rules.choose_words(row.notice.texts, row.language).subject,
        language=row.language,
        address=delivery.to_address if delivery else row.address,
        ticket_ref=row.ticket_ref,
        channel=delivery.channel if delivery else "",
        channel_label=str(label(delivery.channel)) if delivery else "",
        state=delivery.state if delivery else "unreachable",
        why=(
            reasons.word(delivery.answer)
            if delivery and delivery.state in LOST
            else str(row.get_unreachable_display())
        ),
        written_at=row.at,
        accepted_at=delivery.accepted_at if delivery else None,
        earlier=tuple(_as_tried(one.delivery) for one in row.earlier.all()),
    )


def _as_tried(delivery: Delivery) -> EarlierTry:
    words = reasons.word(delivery.answer) or str(delivery.get_state_display())
    return EarlierTry(delivery.to_address, str(label(delivery.channel)), words)


def not_reached(record_ref: str, limit: int = 50) -> list[NotReached]:
    """Whom notices of a record did not get to, newest first, the first `limit` of them."""
    rows = Recipient.objects.filter(
        Q(delivery__state__in=LOST) | ~Q(unreachable=""), notice__record_ref=record_ref
    ).order_by("-id")
    values = rows.values_list("customer_id", "customer__name", "address", "unreachable", "delivery__answer")
    return [
        NotReached(customer, name or "", address, _why(unreachable, answer))
        for customer, name, address, unreachable, answer in values[:limit]
    ]


def is_unsubscribed(customer_id: int) -> bool:
    """Whether a customer asked for no more mails about faults."""
    return Unsubscribed.objects.filter(customer_id=customer_id).exists()


def refusal_of(customer_id: int) -> str:
    """How a customer said that they want no more mails about faults, in words; '' when they did not."""
    row = Unsubscribed.objects.filter(customer_id=customer_id).first()
    return str(Refusal(row.how).label) if row else ""


def _why(unreachable: str, answer: str | None) -> str:
    return str(Unreachable(unreachable).label) if unreachable else reasons.word(answer or "")
