"""What an invitation says, in words, for mails that are nothing but one (RFC 5545)."""

from __future__ import annotations

import re

from tocsin.channels.email import charsets

_FOLD = re.compile(r"\r?\n[ \t]")
_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "ORGANIZER", "DESCRIPTION")
_LONGEST = 200_000


def summary(data: bytes) -> str:
    """The first event's title, times, place and description, a line each; '' when there is no event."""
    text = _FOLD.sub("", charsets.decode(data[:_LONGEST]))
    event = text.partition("BEGIN:VEVENT")[2].partition("END:VEVENT")[0]
    found = dict(_line(line) for line in reversed(event.splitlines()) if ":" in line)
    return "\n".join(_said(name, found[name]) for name in _SHOWN if found.get(name))


def _line(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.partition(";")[0].strip().upper(), value.strip()


def _said(name: str, value: str) -> str:
    value = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    if name in ("DTSTART", "DTEND"):
        value = re.sub(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d)?(Z?)", _moment, value)
    return re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)


def _moment(match: re.Match[str]) -> str:
    year, month, day, hour, minute, universal = match.groups()
    clock_time = f" {hour}:{minute}" if hour else ""
    return f"{year}-{month}-{day}{clock_time}{' UTC' if universal else ''}"
