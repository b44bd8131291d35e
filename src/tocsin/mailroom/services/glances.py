"""Who sent a thing that can't be read, and what about, as far as its channel can tell."""

from __future__ import annotations

from tocsin.channels.base import Glance
from tocsin.channels.registry import channel
from tocsin.mailroom import rules

GLANCE_BYTES = 64 * 2**10
"""As much of it as is looked at."""


def glance(channel_key: str, head: bytes) -> Glance:
    """As it can be stored."""
    seen = channel(channel_key).glance(head[:GLANCE_BYTES])
    return Glance(rules.clean(seen.from_address, 320), rules.clean(seen.subject, 1000))
