"""What an invitation says, whoever wrote the file."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.desk.queries import AttachmentView
from tocsin.desk.views.cards import MeetingCard
from tocsin.kernel.text.invitations import LONGEST, Invitation, read_invitation

_ATHENS = ZoneInfo("Europe/Athens")


_TIMES = (";VALUE=DATE:20261124", ":20261124T090000Z", ":20261124T090000")


def event(*lines: str, method: str = "REQUEST", before: str = "") -> bytes:
    inside = ["BEGIN:VEVENT", "SUMMARY:Visit", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", f"METHOD:{method}", before, *inside, "END:VCALENDAR", ""]).encode()


def invitation(*lines: str, method: str = "REQUEST", before: str = "") -> Invitation:
    found = read_invitation(event(*lines, method=method, before=before))
    assert found
    return found


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("DTSTART:20261124T090000Z", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Athens:20261124T090000", datetime(2026, 11, 24, 9, tzinfo=_ATHENS)),
        ('DTSTART;TZID="GTB Standard Time":20261124T090000', datetime(2026, 11, 24, 9, tzinfo=_ATHENS)),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Athens:20260724T090000",
            datetime(2026, 7, 24, 9, tzinfo=_ATHENS),
        ),
        ("DTSTART:20261124T090000", datetime(2026, 11, 24, 9)),
        ("DTSTART;TZID=Nowhere:20261124T090000", datetime(2026, 11, 24, 9)),
        ("DTSTART;VALUE=DATE:20261124", date(2026, 11, 24)),
        ("DTSTART:20269924T090000Z", None),
        ("DTSTART:00010101T000000Z", None),
        ("DTSTART:soon", None),
        ("LOCATION:Here", None),
    ],
)
def test_when_it_begins(line: str, starts: datetime | date | None) -> None:
    found = invitation(line).starts
    assert found == starts
    if isinstance(starts, datetime) and isinstance(found, datetime):
        assert found.utcoffset() == starts.utcoffset()


def zone(*rules: str, name: str = "Office") -> str:
    """As programs explain one: standard time, and summer time where `rules` say when each begins."""
    winter, summer = rules or ("", "")
    lines = [
        *("BEGIN:VTIMEZONE", f"TZID:{name}", "X-LIC-LOCATION:Nowhere", "BEGIN:STANDARD"),
        *("DTSTART:16010101T040000", "TZOFFSETFROM:+0430", "TZOFFSETTO:+0330", winter, "END:STANDARD"),
    ]
    if summer:
        lines += ["BEGIN:DAYLIGHT", "DTSTART:16010101T030000", "TZOFFSETFROM:+0330", "TZOFFSETTO:+0430"]
        lines += [summer, "END:DAYLIGHT"]
    return "\r\n".join([*filter(None, lines), "END:VTIMEZONE"])


LAST_SUNDAYS = (
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
)


@pytest.mark.parametrize(
    ("rules", "day", "offset"),
    [
        ((), "20260724", timedelta(hours=3, minutes=30)),
        (LAST_SUNDAYS, "20260724", timedelta(hours=4, minutes=30)),
        (LAST_SUNDAYS, "20261024", timedelta(hours=4, minutes=30)),
        (LAST_SUNDAYS, "20261026", timedelta(hours=3, minutes=30)),
    ],
)
def test_a_zone_that_the_file_explains(rules: tuple[str, ...], day: str, offset: timedelta) -> None:
    found = invitation(f"DTSTART;TZID=Office:{day}T090000", before=zone(*rules)).starts
    assert isinstance(found, datetime)
    assert (found.utcoffset(), found.hour) == (offset, 9)


def test_a_zone_of_one_file_is_none_of_the_next() -> None:
    line = "DTSTART;TZID=Office:20261124T090000"
    invitation(line, before=zone())
    assert invitation(line).starts == datetime(2026, 11, 24, 9)


def test_a_zone_that_bears_a_name_of_the_worlds_is_that() -> None:
    found = invitation("DTSTART;TZID=Europe/Athens:20261124T090000", before=zone(name="Europe/Athens"))
    assert found.starts == datetime(2026, 11, 24, 9, tzinfo=_ATHENS)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;INTERVAL=0",
        "RRULE:FREQ=YEARLY;BYHOUR=1;BYMINUTE=1;BYSECOND=1",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
    ],
)
def test_a_rule_that_never_ends_is_not_followed(rule: str) -> None:
    found = invitation("DTSTART;TZID=Office:20261124T090000", before=zone(rule, rule)).starts
    assert isinstance(found, datetime)


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        (
            ("DTSTART:20261124T090000Z", "DTEND:20261124T103000Z"),
            datetime(2026, 11, 24, 10, 30, tzinfo=UTC),
        ),
        (("DTSTART:20261124T090000Z", "DURATION:PT45M"), datetime(2026, 11, 24, 9, 45, tzinfo=UTC)),
        (("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126"), date(2026, 11, 25)),
        (("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261124"), date(2026, 11, 24)),
        (("DTSTART:20261124T090000Z", "DURATION:P9999999W"), None),
        (("DTSTART:20261124T090000Z",), None),
    ],
)
def test_when_it_ends(lines: tuple[str, ...], ends: datetime | date | None) -> None:
    assert invitation(*lines).ends == ends


def test_who_where_and_what() -> None:
    found = invitation(
        "DTSTART:20261124T090000Z",
        "LOCATION:Πειραιάς\\, προβλήτα 4",
        'ORGANIZER;CN="Maria; Papa":MAILTO:maria@customer.test',
        "RRULE:FREQ=WEEKLY",
        "DESCRIPTION:A long text that the program breaks",
        " in the middle: DTSTART:19700101T000000Z",
    )
    assert found.title == "Visit"
    assert found.place == "Πειραιάς, προβλήτα 4"
    assert found.organiser == "Maria; Papa (maria@customer.test)"
    assert found.repeats
    assert found.starts == datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "lines", "kind"),
    [
        ("REQUEST", (), "request"),
        ("REQUEST", ("SEQUENCE:0",), "request"),
        ("REQUEST", ("SEQUENCE:2",), "update"),
        ("CANCEL", ("SEQUENCE:2",), "cancel"),
        ("REQUEST", ("STATUS:CANCELLED",), "cancel"),
        ("REPLY", ("ATTENDEE;PARTSTAT=DECLINED:mailto:a@x.test",), "reply"),
    ],
)
def test_what_becomes_of_it(method: str, lines: tuple[str, ...], kind: str) -> None:
    found = invitation(*lines, method=method)
    assert found.kind == kind
    assert found.answer == ("DECLINED" if kind == "reply" else "")


@pytest.mark.parametrize(
    "evil",
    [
        b"A:b\r\n",
        b"BEGIN:VALARM\r\n",
        b"BEGIN:VALARM\r\nA:1\r\nEND:VALARM\r\n",
        b"BEGIN:VTIMEZONE\r\n",
        b"RDATE;TZID=/a/b/c/d:20261124T090000\r\n",
        b"\r\n ",
        b";A=b",
        b"\\",
        b'"',
    ],
)
def test_a_hostile_file_takes_little_time(evil: bytes) -> None:
    began = time.process_time()
    read_invitation(event("ATTENDEE" + (evil * (LONGEST // len(evil))).decode()))
    assert time.process_time() - began < 20  # a second or less; what is quadratic takes minutes


@pytest.mark.parametrize("data", [b"", b"BEGIN:VCALENDAR", b"\xff\xfe\x00", b"BEGIN:VEVENT\nEND:VEVENT"])
def test_what_is_no_invitation(data: bytes) -> None:
    assert read_invitation(data) is None


@given(st.lists(st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "DTSTART;TZID=../x:20261124T090000", "DTSTART:20260229T250000", "DTEND:x",
    'ORGANIZER;CN="a', "DURATION:P1D", "DTSTART;VALUE=DATE:20261124", "DTEND:20261124T000000Z", "TZID:",
    ";;;:", "SUMMARY;LANGUAGE=el:x", " folded", "METHOD:REPLY", "SEQUENCE:x", "ATTENDEE;PARTSTAT=",
])), st.text(max_size=30))  # fmt: skip
def test_nonsense_never_raises(lines: list[str], more: str) -> None:
    read_invitation("\r\n".join(["BEGIN:VEVENT", *lines, more]).encode("utf-8", "replace"))


@pytest.mark.parametrize("begins", _TIMES)
@pytest.mark.parametrize("ends", _TIMES)
def test_ends_of_another_kind_are_left_out(begins: str, ends: str) -> None:
    found = invitation(f"DTSTART{begins}", f"DTEND{ends}")
    assert (found.ends is None) == (begins != ends)
    file = AttachmentView(1, 1, "x.ics", "text/calendar", "", False, 1, "")
    assert MeetingCard(file, found).when
