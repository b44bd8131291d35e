"""A mail inside a mail, for who looks at the outer one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.channels.base import Inbound, Unreadable
from tocsin.channels.email.read import read

TYPES = ("message/rfc822", "message/global")
HEAD = 64 * 1024
"""Bytes from which a mail's header is read."""


@dataclass(frozen=True)
class Heading:
    """Who sent it, what it is about, and when; '' and None where it does not say."""

    sender: str
    subject: str
    sent_at: datetime | None


def read_nested(data: bytes) -> Inbound | None:
    """The mail; None when it can't be read. Never raises."""
    try:
        return read(data)
    except Unreadable:
        return None


def read_heading(head: bytes) -> Heading:
    """What the first bytes of a mail say of it. Never raises."""
    inbound = read_nested(head[:HEAD])
    if inbound is None:
        return Heading("", "", None)
    return Heading(inbound.from_name or inbound.from_address, inbound.subject, inbound.sent_at)
