"""What an invitation says (RFC 5545, 5546): as a value, and in words for mails that are nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from tocsin.kernel.text import charsets

TYPES = ("text/calendar", "application/ics")
LONGEST = 200_000
"""Bytes of an invitation that are read."""

_FOLD = re.compile(r"\r?\n[ \t]")
_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION")
_DURATION = re.compile(r"P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?$")
_PARAMETER = re.compile(r';([A-Za-z-]+)=("[^"]*"|[^;:"]*)')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?")
# Years outside of which no meeting is, and where clocks of other zones run out of dates.
_EARLIEST, _LATEST = 1970, 2200
# What Outlook calls zones, for where our customers are (from the CLDR's table).
_OUTLOOK_ZONES = {
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "romance standard time": "Europe/Paris",
    "gtb standard time": "Europe/Athens",
    "e. europe standard time": "Europe/Chisinau",
    "fle standard time": "Europe/Kyiv",
    "russian standard time": "Europe/Moscow",
    "turkey standard time": "Europe/Istanbul",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "utc": "UTC",
}


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


@dataclass(frozen=True)
class _Field:
    value: str
    parameters: dict[str, str] = field(default_factory=dict)


def read_invitation(data: bytes) -> Invitation | None:
    """The first event of a calendar file; None when there is none. Never raises."""
    text = _unfolded(data)
    method = _fields(text.partition("BEGIN:VEVENT")[0]).get("METHOD", _Field("")).value.upper()
    fields = _event(text)
    if not fields:
        return None
    starts = _moment_of(fields.get("DTSTART"), text)
    attendee = fields.get("ATTENDEE", _Field(""))
    return Invitation(
        title=_plain(fields.get("SUMMARY"))[:300],
        kind=_kind(method, fields),
        starts=starts,
        ends=_end_of(fields, starts, text),
        place=_plain(fields.get("LOCATION"))[:300],
        organiser=_person(fields.get("ORGANIZER")),
        answer=attendee.parameters.get("PARTSTAT", "").upper() if method == "REPLY" else "",
        repeats="RRULE" in fields,
    )


def summary(data: bytes) -> str:
    """The first event's title, times, place and description, a line each; '' when there is no event."""
    fields = _event(_unfolded(data))
    return "\n".join(
        _said(name, fields[name].value) for name in _SHOWN if name in fields and fields[name].value
    )


def _unfolded(data: bytes) -> str:
    return _FOLD.sub("", charsets.decode(data[:LONGEST]))


def _event(text: str) -> dict[str, _Field]:
    return _fields(text.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0].partition("BEGIN:VALARM")[0])


def _fields(text: str) -> dict[str, _Field]:
    """Each property's first value."""
    return dict(_properties(reversed(text.splitlines())))


def _properties(lines: Iterator[str]) -> Iterator[tuple[str, _Field]]:
    for line in lines:
        name = re.match(r"\s*([A-Za-z-]{1,40})(?=[;:])", line)
        if not name:
            continue
        parameters = {}
        at = name.end()
        while found := _PARAMETER.match(line, at):
            parameters[found[1].upper()] = found[2].strip('"')
            at = found.end()
        yield name[1].upper(), _Field(line[at:].removeprefix(":").strip(), parameters)


def _kind(method: str, fields: dict[str, _Field]) -> str:
    if method == "CANCEL" or fields.get("STATUS", _Field("")).value.upper() == "CANCELLED":
        return "cancel"
    if method == "REPLY":
        return "reply"
    return "update" if fields.get("SEQUENCE", _Field("0")).value.strip("0") else "request"


def _plain(found: _Field | None) -> str:
    value = found.value if found else ""
    return " ".join(_unescaped(value).split())


def _unescaped(value: str) -> str:
    return value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")


def _person(found: _Field | None) -> str:
    if found is None:
        return ""
    address = re.sub(r"^mailto:", "", found.value, flags=re.IGNORECASE)
    name = found.parameters.get("CN", "")
    return f"{name} ({address})"[:300] if name and name != address else address[:300]


def _end_of(fields: dict[str, _Field], starts: datetime | date | None, text: str) -> datetime | date | None:
    ends = _moment_of(fields.get("DTEND"), text)
    if ends is None and starts is not None and "DURATION" in fields:
        ends = _added(starts, fields["DURATION"].value)
    if ends is not None and starts is not None and _kind_of_time(starts) != _kind_of_time(ends):
        return None  # a day and an hour, or hours of which one has no zone: nobody can say which is later
    if ends is not None and not isinstance(ends, datetime) and starts is not None and ends > _day(starts):
        return ends - timedelta(days=1)  # the file names the first day that is free again
    return ends


def _kind_of_time(moment: datetime | date) -> str:
    if not isinstance(moment, datetime):
        return "day"
    return "moment" if moment.tzinfo else "sender's time"


def _added(starts: datetime | date, duration: str) -> datetime | date | None:
    match = _DURATION.match(duration.strip())
    if not match:
        return None
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    try:
        return starts + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _moment_of(found: _Field | None, text: str) -> datetime | date | None:
    match = _MOMENT.match(found.value) if found else None
    if found is None or match is None or not _EARLIEST <= int(match[1]) <= _LATEST:
        return None
    try:
        if match[4] is None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        moment = datetime(*(int(part or 0) for part in match.groups()[:6]))  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC if match[7] else _zone(found.parameters.get("TZID", ""), text))


def _zone(name: str, text: str) -> tzinfo | None:
    """The zone of this name, by the names of the world, of Outlook, or the file's own words."""
    if not name:
        return None
    name = name.strip("/").rpartition("/freeassociation.sourceforge.net/")[2]
    try:
        return ZoneInfo(_OUTLOOK_ZONES.get(name.lower(), name))
    except (ValueError, OSError, KeyError):
        return _declared_zone(name, text)


def _declared_zone(name: str, text: str) -> tzinfo | None:
    """A zone that the file explains and that has one time all year; others would need its whole calendar."""
    _before, found, rest = text.partition(f"TZID:{name}")
    offsets = set(re.findall(r"TZOFFSETTO:([+-])(\d\d)(\d\d)", rest.partition("END:VTIMEZONE")[0]))
    if not found or len(offsets) != 1:
        return None
    sign, hours, minutes = offsets.pop()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(days=1) else None


def _said(name: str, value: str) -> str:
    value = _unescaped(value)
    if name in ("DTSTART", "DTEND"):
        value = re.sub(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d)?(Z?)", _in_words, value)
    return re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)


def _in_words(match: re.Match[str]) -> str:
    year, month, day, hour, minute, universal = match.groups()
    clock_time = f" {hour}:{minute}" if hour else ""
    return f"{year}-{month}-{day}{clock_time}{' UTC' if universal else ''}"
