"""Times as people read them: relative, with the exact time beside (interface.md, Staff console)."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from tocsin.kernel import clock

Stage = Literal["far", "near", "late"]
# A countdown turns yellow for the last quarter of what was promised, but for five minutes at least and an
# hour at most; red when the time is past.
_NEAR_PART = 4
_NEAR_LEAST_S = 5 * 60
_NEAR_MOST_S = 60 * 60
_DAY_S = 86_400
_KEPT_TIMES = 8192


def age(at: datetime) -> str:
    """How long ago, short: `now`, `5 min`, `3 h`, `2 d`, then the date."""
    seconds = max(0, int((clock.now() - at).total_seconds()))
    if seconds >= 7 * _DAY_S:
        return short_date(at)
    return span(seconds) if seconds >= 60 else _("now")


def lasted(since: datetime) -> str:
    """How long it lasts already, to stand behind *for*: `less than a minute`, `5 min`, `3 h`, `12 d`."""
    seconds = max(0, int((clock.now() - since).total_seconds()))
    return span(seconds) if seconds >= 60 else _("less than a minute")


def span(seconds: int) -> str:
    """A length of time in its largest unit; `seconds` is not negative."""
    if seconds >= _DAY_S:
        return _("%(count)s d") % {"count": seconds // _DAY_S}
    if seconds >= 3600:
        return _("%(count)s h") % {"count": seconds // 3600}
    return _("%(count)s min") % {"count": seconds // 60}


def clockwork(seconds: int) -> str:
    """A length of time to the second: `12:40`, `1:02:03`."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def short_date(at: datetime) -> str:
    """Day and month, and the year where it is not this one."""
    local = timezone.localtime(at)
    same_year = local.year == timezone.localtime(clock.now()).year
    return _short_date(local.date(), "MMMd" if same_year else "yMMMd", _locale())


@lru_cache(_KEPT_TIMES)
def _short_date(day: date, skeleton: str, locale: str) -> str:
    return str(format_skeleton(skeleton, datetime.combine(day, time()), locale=locale))


def exact(at: datetime, zone: str | None = None) -> str:
    """Date, time and zone, in the reader's zone or in the named one."""
    where = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return _exact(at.replace(second=0, microsecond=0), where, _locale())


@lru_cache(_KEPT_TIMES)
def _exact(minute: datetime, zone: tzinfo, locale: str) -> str:
    """Kept, since a page of fifty rows asks for the same fifty again and again."""
    local = minute.astimezone(zone)
    day = format_date(local, "medium", locale=locale)
    return f"{day}, {format_time(local, 'short', locale=locale)} {local:%Z}"


def near_seconds(due: datetime, promised_at: datetime | None) -> int:
    """How long before `due` the countdown turns yellow, by how long the promise is in all."""
    whole = (due - promised_at).total_seconds() if promised_at else 0
    return int(min(max(whole / _NEAR_PART, _NEAR_LEAST_S), _NEAR_MOST_S))


def stage(due: datetime, near_s: int) -> Stage:
    """How near a due time is."""
    left = (due - clock.now()).total_seconds()
    if left < 0:
        return "late"
    return "near" if left < near_s else "far"


def left(due: datetime, *, precise: bool) -> str:
    """What is left until `due`, or how late it is (with a plus)."""
    seconds = (due - clock.now()).total_seconds()
    amount = clockwork(int(abs(seconds))) if precise else span(int(abs(seconds)))
    return f"+{amount}" if seconds < 0 else amount


def _locale() -> str:
    return to_locale(get_language() or "en")
