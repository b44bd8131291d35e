"""What an invitation says (RFC 5545, 5546): as a value, and in words for mails that are nothing else."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from io import StringIO
from typing import Any

from dateutil.tz import tzical
from icalendar import Event
from icalendar.error import GloballyUniqueTZIDGuessed
from icalendar.timezone import tzp

from tocsin.kernel.text import charsets

TYPES = ("text/calendar", "application/ics")
LONGEST = 200_000
"""Bytes of an invitation that are read."""

_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION")
_METHOD = re.compile(r"^METHOD: *([A-Za-z-]{1,20})", re.MULTILINE)
_NEXT = re.compile(r"^(?:BEGIN|END):", re.MULTILINE)
_MAILTO = re.compile(r"^mailto:", re.IGNORECASE)
# What of a zone is looked at. A rule with more in it can keep a machine busy for hours ("every second since
# 1601"); clocks change on some weekday of a month, or on a date.
_OF_A_ZONE = re.compile(
    r"(?:BEGIN|END):(?:VTIMEZONE|STANDARD|DAYLIGHT)"
    r"|TZID:.{1,200}"
    r"|DTSTART:\d{8}T\d{6}"
    r"|RDATE:\d{8}T\d{6}"
    r"|TZOFFSET(?:FROM|TO):[+-]\d{4}"
    r"|RRULE:(?=.*FREQ=YEARLY)(?:;?(?:FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|UNTIL=\d{8}T\d{6}Z?"
    r"|BYMONTH=\d{1,2}|BYDAY=-?[1-4][A-Z]{2}|BYMONTHDAY=(?:[12]\d|[1-9])))+"
)
_MOST_ZONE_LINES = 400
# Years outside of which no meeting is, and where clocks of other zones run out of dates.
_EARLIEST, _LATEST = 1970, 2200

warnings.filterwarnings("ignore", category=GloballyUniqueTZIDGuessed)  # Evolution's names are guessed well


@dataclass(frozen=True)
class Invitation:
    """A meeting as its organiser announced it.

    `starts` and `ends` are moments, days where it takes whole days (`ends` is then the last one), or None.
    A moment without a zone is in the sender's time. `kind` is `request`, `update`, `cancel` or `reply`.
    """

    title: str
    kind: str = "request"
    starts: datetime | date | None = None
    ends: datetime | date | None = None
    place: str = ""
    organiser: str = ""
    answer: str = ""
    repeats: bool = False

    @property
    def is_all_day(self) -> bool:
        """Whether it is about days and not about hours."""
        return self.starts is not None and not isinstance(self.starts, datetime)


def read_invitation(data: bytes) -> Invitation | None:
    """The first event of a calendar file; None when there is none. Never raises."""
    text = _unfolded(data)
    event = _first_event(text)
    if not event:
        return None
    method = _method(text)
    starts = _moment(event, "DTSTART", text)
    attendee = _first(event, "ATTENDEE")
    return Invitation(
        title=_line(event, "SUMMARY"),
        kind=_kind(method, event),
        starts=starts,
        ends=_end(event, starts, text),
        place=_line(event, "LOCATION"),
        organiser=_person(_first(event, "ORGANIZER")),
        answer=_parameter(attendee, "PARTSTAT").upper() if method == "REPLY" else "",
        repeats="RRULE" in event,
    )


def summary(data: bytes) -> str:
    """The first event's title, times, place and description, a line each; '' when there is no event."""
    event = _first_event(_unfolded(data))
    return "\n".join(said for name in _SHOWN if event and (said := _said(_first(event, name))))


def _unfolded(data: bytes) -> str:
    text = charsets.decode(data[:LONGEST]).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\n[ \t]", "", text)


def _first_event(text: str) -> Event | None:
    """None where there is none, or nothing can be made of it. What cannot be read of one is left out."""
    _before, found, rest = text.partition("BEGIN:VEVENT\n")
    if not found:
        return None
    for alarm in _blocks(rest, "VALARM"):
        rest = rest.replace(alarm, "", 1)
    lines = _NEXT.split(rest, maxsplit=1)[0].strip("\n")
    try:
        event = Event.from_ical(f"BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")
    except Exception:  # whatever a library makes of what strangers send
        return None
    finally:
        tzp.use_default()  # it remembers every name of a zone that it ever met
    return event if isinstance(event, Event) and event.keys() else None


def _blocks(text: str, name: str) -> Iterator[str]:
    """All of this name, with their frames. (A pattern would go through the rest for each that has no end.)"""
    at = 0
    while (begin := text.find(f"BEGIN:{name}\n", at)) >= 0:
        end = text.find(f"END:{name}\n", begin)
        if end < 0:
            return
        at = end + len(f"END:{name}\n")
        yield text[begin:at]


def _method(text: str) -> str:
    found = _METHOD.search(text.partition("BEGIN:VEVENT\n")[0])
    return found[1].upper() if found else ""


def _kind(method: str, event: Event) -> str:
    if method == "CANCEL" or _line(event, "STATUS").upper() == "CANCELLED":
        return "cancel"
    if method == "REPLY":
        return "reply"
    return "update" if _line(event, "SEQUENCE").strip("0") else "request"


def _first(event: Event, name: str) -> Any:
    """A property that stands there twice counts as it stands first."""
    found = event.get(name)
    return found[0] if isinstance(found, list) and found else found


def _line(event: Event, name: str) -> str:
    found = _first(event, name)
    return " ".join(str(found).split())[:300] if found is not None else ""


def _parameter(found: Any, name: str) -> str:
    value = getattr(found, "params", {}).get(name, "")
    return str(value[0] if isinstance(value, list) and value else value)


def _person(found: Any) -> str:
    if found is None:
        return ""
    address, name = _MAILTO.sub("", str(found)), _parameter(found, "CN")
    return f"{name} ({address})"[:300] if name and name != address else address[:300]


def _end(event: Event, starts: datetime | date | None, text: str) -> datetime | date | None:
    ends = _moment(event, "DTEND", text)
    if ends is None and starts is not None:
        ends = _added(starts, _value(_first(event, "DURATION")))
    if ends is not None and starts is not None and _kind_of_time(starts) != _kind_of_time(ends):
        return None  # a day and an hour, or hours of which one has no zone: nobody can say which is later
    if ends is not None and not isinstance(ends, datetime) and starts is not None and ends > _day(starts):
        return ends - timedelta(days=1)  # the file names the first day that is free again
    return ends


def _added(starts: datetime | date, duration: object) -> datetime | date | None:
    if not isinstance(duration, timedelta):
        return None
    try:
        return starts + duration
    except OverflowError:
        return None


def _kind_of_time(moment: datetime | date) -> str:
    if not isinstance(moment, datetime):
        return "day"
    return "moment" if moment.tzinfo else "sender's time"


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _value(found: Any) -> object:
    """The Python value of a property; None where it has none."""
    with contextlib.suppress(Exception):  # broken properties answer with errors of several kinds
        return found.dt if found is not None else None
    return None


def _moment(event: Event, name: str, text: str) -> datetime | date | None:
    found = _first(event, name)
    moment = _value(found)
    if not isinstance(moment, date) or not _EARLIEST <= moment.year <= _LATEST:
        return None
    zone = _parameter(found, "TZID")
    if isinstance(moment, datetime) and moment.tzinfo is None and zone:
        return _in_declared_zone(moment, zone, text)
    return moment


def _in_declared_zone(moment: datetime, name: str, text: str) -> datetime:
    """In the zone that the file explains itself, with its summer time; without a zone where it does not."""
    for block in _blocks(text, "VTIMEZONE"):
        lines = [line for line in block.splitlines() if _OF_A_ZONE.fullmatch(line)]
        if f"TZID:{name}" not in lines or len(lines) > _MOST_ZONE_LINES:
            continue
        with contextlib.suppress(Exception):  # as above
            offset = moment.replace(tzinfo=tzical(StringIO("\n".join(lines))).get()).utcoffset()
            return moment.replace(tzinfo=timezone(offset)) if offset is not None else moment
    return moment


def _said(found: Any) -> str:
    if found is None:
        return ""
    moment = _value(found)
    if isinstance(moment, datetime):
        return f"{moment:%Y-%m-%d %H:%M}{' UTC' if moment.tzname() == 'UTC' else ''}"
    return str(moment) if isinstance(moment, date) else _MAILTO.sub("", str(found))
