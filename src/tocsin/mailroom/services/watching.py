"""Watching accounts: how much comes by the hour, and the alarm when nothing comes for longer than usual."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tocsin.kernel import clock
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import word
from tocsin.mailroom import events, queries, silence
from tocsin.mailroom.models import Account, ArrivalHour
from tocsin.mailroom.services.staff import StaffText, notify_staff
from tocsin.people import queries as people
from tocsin.people.permissions import MANAGE_SETTINGS

_HOUR = timedelta(hours=1)
_KEPT = silence.HISTORY * 2
# The hour before is counted again as long as it is there, for what was committed late.
_COUNT = """
INSERT INTO mailroom_arrivalhour (account_id, hour, count)
SELECT box.id, %(hour)s, (
    SELECT count(*) FROM mailroom_inbounditem item
    WHERE item.account_id = box.id AND item.received_at >= %(hour)s
      AND item.received_at < %(hour)s + interval '1 hour'
) FROM mailroom_account box
WHERE %(always)s OR EXISTS (
    SELECT FROM mailroom_arrivalhour known WHERE known.account_id = box.id AND known.hour = %(hour)s
)
ON CONFLICT (account_id, hour) DO UPDATE SET count = excluded.count
WHERE mailroom_arrivalhour.count <> excluded.count
"""
_LAST = """
UPDATE mailroom_account box SET last_arrival_at = newest.at
FROM (
    SELECT one.id, (SELECT max(received_at) FROM mailroom_inbounditem WHERE account_id = one.id) AS at
    FROM mailroom_account one
) AS newest
WHERE newest.id = box.id AND newest.at IS DISTINCT FROM box.last_arrival_at AND newest.at IS NOT NULL
"""


def count_arrivals() -> None:
    """Count what came in this hour and the one before, and end the alarms of accounts that are heard again.

    An hour is written down even when nothing came: it is known that somebody looked.
    """
    hour = _hour_of(clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"hour": hour - _HOUR, "always": False})
        cursor.execute(_COUNT, {"hour": hour, "always": True})
        cursor.execute(_LAST)
    for account in queries.silent_accounts():
        _end_alarm(account)


def forget_old_hours() -> int:
    """Remove hours that nothing is learned from any more; how many."""
    return ArrivalHour.objects.filter(hour__lt=clock.now() - _KEPT).delete()[0]


def raise_silence_alarms() -> list[int]:
    """Raise the alarm for each account that has been silent for longer than usual; their ids."""
    watched = Account.objects.filter(watches_silence=True, silent_alarm_at=None)
    return [
        one.pk for one in watched.filter(last_arrival_at__isnull=False) if _is_silent(one) and _raise(one)
    ]


def habit_of(account: Account) -> silence.Habit | None:
    """What is usual for it, by the weeks before its last message; None when it is too early to say."""
    if account.last_arrival_at is None:
        return None
    until = _hour_of(account.last_arrival_at)
    hours = queries.arrival_hours(account.pk, until - silence.HISTORY)
    return silence.learn(_local([(hour, count) for hour, count in hours if hour <= until]))


def missed_since(account: Account, habit: silence.Habit) -> float:
    """How many messages usually come in a time such as that since its last message."""
    last, now = account.last_arrival_at or clock.now(), clock.now()
    return silence.missed(habit, _local(queries.arrival_hours(account.pk, _hour_of(last))), last, now)


def _is_silent(account: Account) -> bool:
    last, now = account.last_arrival_at, clock.now()
    if last is None or now - last < silence.SHORTEST:
        return False
    habit = habit_of(account)
    hours = queries.arrival_hours(account.pk, _hour_of(last))
    return habit is not None and silence.is_unusual(habit, _local(hours), last, now)


@transaction.atomic
def _raise(account: Account) -> bool:
    """Whether it was us: two workers raise one alarm."""
    mine = Account.objects.filter(
        pk=account.pk, silent_alarm_at=None, last_arrival_at=account.last_arrival_at
    )
    if not mine.update(silent_alarm_at=clock.now()):
        return False
    emit(events.AccountSilent(account.pk))
    heads = [one.pk for one in people.active_staff() if people.may(one, MANAGE_SETTINGS)]
    notify_staff(
        heads,
        "mailroom.silence",
        lambda language: _warning(account),
        once=f"{account.pk}:{account.last_arrival_at:%Y%m%d%H%M%S}",
        origin_ref=f"account:{account.pk}",
    )
    return True


@transaction.atomic
def _end_alarm(account: Account) -> None:
    heard = Account.objects.filter(pk=account.pk, silent_alarm_at__lt=account.last_arrival_at)
    if heard.update(silent_alarm_at=None):
        emit(events.AccountHeardAgain(account.pk))


def _warning(account: Account) -> StaffText:
    """What is known, and what to look at; in the language that is on."""
    last = timezone.localtime(account.last_arrival_at, ZoneInfo(settings.TIME_ZONE))
    habit = habit_of(account)
    lines = [
        _("No mail has come to %(account)s since %(moment)s.")
        % {"account": account, "moment": date_format(last, "SHORT_DATETIME_FORMAT")},
        _("In such a time about %(count)s messages usually come.")
        % {"count": round(missed_since(account, habit) if habit else 0)},
        _("Please send a message to it and see whether it arrives."),
    ]
    if account.last_error:
        lines.append(_("Fetching it fails: %(error)s") % {"error": word(account.last_error)})
    url = settings.TOCSIN_URL + reverse("mailroom:account", args=[account.pk])
    lines += [url, _("This warning ends by itself when mail comes, and is sent once.")]
    subject = _("%(account)s has been silent for longer than usual") % {"account": account}
    return StaffText(subject, "\n\n".join(lines))


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _local(hours: list[silence.Hour]) -> list[silence.Hour]:
    """By the company's clock: its people and customers sleep by that."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return [(hour.astimezone(zone), count) for hour, count in hours]
