"""Dates and times in the company's zone, by the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal


@lru_cache
def locale_of(language: str) -> Locale:
    """Babel's locale; English as in Europe, with the day before the month and 24 hours."""
    return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))


def clock_time(at: datetime, today: date, language: str) -> str:
    """`03:10`, or `20 Nov, 03:10` on another day than today. `at` is in the zone to show."""
    hours = at.strftime("%H:%M")
    return hours if at.date() == today else f"{short_day(at, language)}, {hours}"


def full_time(at: datetime, language: str) -> str:
    """`20 Nov 2026, 03:10`."""
    return f"{format_skeleton('yMMMd', at, locale=locale_of(language))}, {at.strftime('%H:%M')}"


def short_day(day: date, language: str) -> str:
    """`20 Nov`."""
    return format_skeleton("MMMd", day, locale=locale_of(language))


def long_day(day: date, language: str) -> str:
    """`20 November 2026`."""
    return format_date(day, "long", locale=locale_of(language))


def month_name(month: date, language: str) -> str:
    """`November 2026`."""
    name = format_skeleton("yMMMM", month, locale=locale_of(language))
    return name[:1].upper() + name[1:]


def zone_name(at: datetime, language: str) -> str:
    """`Eastern European Standard Time (UTC+02:00)`. `at` is in the zone."""
    name = get_timezone_name(at, "long", locale=locale_of(language))
    offset = at.strftime("%z")
    return f"{name[:1].upper()}{name[1:]} (UTC{offset[:3]}:{offset[3:]})"


def percent(value: float, language: str) -> str:
    """`99.95 %`, with no digits where there are none to tell."""
    return f"{format_decimal(value, '0.##', locale=locale_of(language))} %"


def listed(names: list[str], language: str) -> str:
    """`Mail, Web and DNS`."""
    return format_list(names, locale=locale_of(language))
