"""The channels that there are, found by looking into this room; and the one door by which messages leave."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from tocsin.channels.accounts import Account, Text
from tocsin.channels.base import Inbound, Outbound, Receipt, Unreadable
from tocsin.channels.fitting import fitted
from tocsin.channels.protocol import BaseChannel, Channel

_ROOM = __name__.rpartition(".")[0]
LONGEST_ADDRESS = 320
"""Characters of an address, as written and as folded."""


class Rehearsed(Exception):
    """It was to be sent as a rehearsal, and so it was not."""


def send(account: Account, outbound: Outbound) -> Receipt:
    """Send one message by its account's channel, as that can send it: nothing leaves otherwise. Raises
    Rehearsed, Permanent, Retry."""
    if outbound.rehearsal:
        raise Rehearsed
    kind = channel(account.channel)
    return kind.send(account, fitted(kind.can, outbound))


@cache
def channels() -> dict[str, Channel]:
    """Every channel by its key, in alphabetical order."""
    room = importlib.import_module(_ROOM)
    found = (_channel_in(module.name) for module in pkgutil.iter_modules(room.__path__))
    return {one.key: one for one in sorted(filter(None, found), key=lambda one: one.key)}


def channel(key: str) -> Channel:
    """The channel with this key. Raises LookupError naming those that exist."""
    try:
        return channels()[key]
    except KeyError:
        known = ", ".join(sorted(channels()))
        raise LookupError(f"There is no channel “{key}”; there are: {known}.") from None


def label(key: str) -> Text:
    """A channel's name for people; its key where it is there no more."""
    return channels()[key].label if key in channels() else key


def icon(key: str) -> str:
    """A channel's icon; the one that most have where it is there no more."""
    return channels()[key].icon if key in channels() else BaseChannel.icon


def usual_channel() -> str:
    """The channel by whose addresses people are known where nobody names one: staff sign in with them, and
    customers come with them."""
    return next(one.key for one in channels().values() if one.is_usual)


def form_channel() -> str:
    """The channel by which what visitors of the contact page write comes in."""
    return next(one.key for one in channels().values() if one.takes_forms)


def fold(key: str, address: str) -> str:
    """What an address on a channel is found by. One of a channel that is there no more is folded like
    most."""
    found = channels().get(key)
    address = address[:LONGEST_ADDRESS]
    return (found.fold(address) if found else address.strip().casefold())[:LONGEST_ADDRESS]


def channel_of_address(address: str) -> str:
    """The channel whose address this is, by its looks; '' where none knows it."""
    return next((one.key for one in channels().values() if one.recognises(address)), "")


def likely_channel(address: str) -> str:
    """The channel whose address this is, by its looks; else the usual one."""
    return channel_of_address(address) or usual_channel()


def written(key: str, address: str) -> str:
    """An address as programs write it: of the usual channel as it is, of any other with the channel before it
    (`CHANNEL:ADDRESS`)."""
    return address if key == usual_channel() else f"{key}:{address}"


def as_written(text: str) -> tuple[str, str]:
    """The channel and the address of what `written` writes."""
    key, colon, address = text.strip().partition(":")
    return (key, address.strip()) if colon and key in channels() else (usual_channel(), text.strip())


def attached_types() -> frozenset[str]:
    """Content types of files in which a message may lie."""
    return frozenset().union(*(one.file_types for one in channels().values()))


def read_attached(content_type: str, raw: bytes) -> Inbound | None:
    """The message that a file holds; None when it holds none, or none that can be read. Never raises."""
    found = next((one for one in channels().values() if content_type in one.file_types), None)
    try:
        return found.parse_file(raw) if found else None
    except Unreadable:
        return None


def _channel_in(name: str) -> Channel | None:
    return getattr(importlib.import_module(f"{_ROOM}.{name}"), "CHANNEL", None)
