"""The mailroom's thinking: when to try again, and when to give up."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

# A thing that three times was begun and never finished is the reason for it (rule 3).
OPENING_ATTEMPTS = 3
# How long other servers try before they send a mail back (RFC 5321 §4.5.4.1), and within which time they do
# so when they need not try.
BOUNCES_WITHIN = timedelta(days=5)
BOUNCES_SOON = timedelta(hours=1)
STAFF_PATIENCE = timedelta(minutes=5)
"""How long a delivery to staff may wait before the next of their addresses is tried."""
GIVE_UP_AFTER = timedelta(hours=48)
# A claim of a process that can't be looked at, because it runs on another machine.
STALE_CLAIM_AFTER = timedelta(minutes=2)
# Opened together: fifty statements cost about the same for one mail as for a hundred.
BATCH = 100
# Together in memory while a batch is opened; one larger thing is opened alone.
BATCH_BYTES = 24 * 2**20
# What one place may send by the contact form in ten minutes.
FORM_WINDOW = timedelta(minutes=10)
FORMS_A_WINDOW = 6

_FIRST_WAIT_S = 20.0
_LONGEST_WAIT_S = 2 * 3600.0
_FIRST_WAIT_BROKEN_S = 2.0
_LONGEST_WAIT_BROKEN_S = 300.0


def retry_wait(attempts: int, chance: float, asked_s: float = 0.0, *, broken_way: bool = False) -> timedelta:
    """How long to wait after the given number of failed attempts (1 or more).

    Doubles from 20 seconds to two hours; `chance` (0–1) spreads it by a quarter, so that a thousand mails
    refused together do not come back together. A server's own wish `asked_s` is the least. Where the way
    itself is broken, five minutes are the most: when it is mended, everything goes at once.
    """
    longest = _LONGEST_WAIT_BROKEN_S if broken_way else _LONGEST_WAIT_S
    wait = min((_FIRST_WAIT_BROKEN_S if broken_way else _FIRST_WAIT_S) * 2 ** min(attempts - 1, 20), longest)
    wait *= 0.75 + chance / 2
    return timedelta(seconds=max(wait, 0.0 if broken_way else min(asked_s, _LONGEST_WAIT_S)))


def fetch_pause(failures: int, *, wants_a_person: bool) -> float:
    """Seconds until an account is tried again after so many failures in a row (1 or more).

    A line that broke is tried again soon. A password that is wrong stays wrong: many servers lock an account
    that is tried every minute.
    """
    first, longest = (60.0, 900.0) if wants_a_person else (2.0, 60.0)
    return float(min(first * 2 ** min(failures - 1, 20), longest))


def reopen_wait(attempts: int) -> timedelta:
    """How long an unfinished opening waits: the first repeat comes at once, on its own."""
    return timedelta(seconds=0 if attempts <= 1 else 5)


def which_came_back(taken_at: Sequence[datetime], reported_at: datetime) -> int | None:
    """Of mails to one address, newest first by when they were taken, the one that a bounce is about which
    names none: the only one of these days, else the only one of the last hour. None where that can't be told.
    """
    lately = [one for one in taken_at if one > reported_at - BOUNCES_WITHIN]
    just_now = [one for one in lately if one > reported_at - BOUNCES_SOON]
    return 0 if len(lately) == 1 or len(just_now) == 1 else None


def is_given_up(age: timedelta) -> bool:
    """Whether a delivery of this age is tried no more."""
    return age >= GIVE_UP_AFTER


def form_place(address: str) -> str:
    """Whom the contact form's limit counts as one: an IPv4 address, or a household's IPv6 network (/64)."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(known if known.version == 4 else ipaddress.ip_network((known, 64), strict=False))


def readable_source(head: bytes) -> str:
    """Bytes that nobody could read, as text to look at: UTF-8 where they are that, else a letter a byte;
    control characters as the pictures that Unicode has of them."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as broken:
        # A character cut in two at the very end is no reason to doubt all of it.
        text = head.decode("utf-8" if broken.start > len(head) - 4 else "latin-1", "ignore")
    return text.replace("\r\n", "\n").translate(_CONTROL_PICTURES)


_CONTROL_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}


def clean(text: str, longest: int) -> str:
    """A text as PostgreSQL takes it (no NUL, no half characters), on one line and cut."""
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    return " ".join(text.split())[:longest]
