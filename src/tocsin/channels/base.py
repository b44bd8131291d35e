"""What every channel is: the values that come in and go out, and the small protocol behind them (design §4).

A channel is one module or folder in this room with a `CHANNEL` in it; nothing else is edited to add one.
Channels know no tables: they turn bytes into `Inbound` and `Outbound` into what is sent.
"""

from __future__ import annotations

import importlib
import pkgutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Kept, Reason, in_english

_NO_FILES = Reason("channels.no_files", gettext_noop("No file holds messages of this kind."))
_ROOM = __name__.rpartition(".")[0]

Envelope = Mapping[str, Any]
"""What the source knows beside the bytes; every key is optional:

`mail_from` (str, '' = null sender), `rcpt_tos` (list of str), `received_at` (ISO text), `client_ip`,
`first_server` (bool: no server of ours stood before us, so our own check of a signature decides); for mail
also what `channels.email.channel` adds of the installation's settings.
"""


class Unreadable(Exception):
    """These bytes cannot be understood; whoever holds them sets them aside, whole, with `reason`."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(in_english(reason))
        self.reason = reason


class Permanent(Exception):
    """This will never be sent, and why.

    `nobody_there` says that the address itself is at fault: nothing more is to be sent to it.
    """

    def __init__(self, reason: Kept, *, nobody_there: bool = False) -> None:
        super().__init__(in_english(reason))
        self.reason = reason
        self.nobody_there = nobody_there


class Retry(Exception):
    """Not now: try again in `after` seconds.

    `connection` is true when the way itself is broken (nobody can be sent to), false when it is this
    recipient or message alone.
    """

    def __init__(self, after: float, reason: Kept, *, connection: bool = False) -> None:
        super().__init__(in_english(reason))
        self.after = after
        self.reason = reason
        self.connection = connection


@dataclass(frozen=True)
class Receipt:
    """The other server took it and said `answer`. `provider_ref` is `PROVIDER:ID` where it names the message
    so in later reports."""

    answer: Kept
    provider_ref: str = ""


@dataclass(frozen=True)
class InboundAttachment:
    """One file that came along; `inline` when the text shows it by its `content_id`."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class OutboundAttachment:
    """One file to send; with a `content_id` and `inline`, a picture inside the HTML."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True)
class Bounce:
    """What a server says became of a message of ours, for one recipient; `words` are its own, `status` is
    such as `5.1.1`, `delayed` when it still tries, `nobody_there` when it says that of the address."""

    recipient: str
    original_message_id: str
    status: str
    permanent: bool
    words: str
    delayed: bool = False
    nobody_there: bool = False


@dataclass(frozen=True)
class Report:
    """One thing that the other side tells later of one message that it took.

    `kind` is `delivered`, `deferred` (still tried), `bounced`, `rejected`, `complained` or `unsubscribed`.
    `provider_ref` (as in `Receipt`) and `message_id` name the message, as the other side and as we do;
    either may be ''. `nobody_there` is as in `Bounce`. The same report twice has the same `digest`.
    """

    provider: str
    provider_ref: str
    message_id: str
    recipient: str
    kind: str
    nobody_there: bool
    words: str
    at: datetime | None
    digest: str


@dataclass(frozen=True)
class Inbound:
    """One thing that came in, as a person would read it.

    `machine` is '' for a person, else `auto-reply`, `list`, `bounce`, `delay`, `report`, `receipt` or `own`.
    `verified` says that the sender's domain vouched for it (R-A09), `disowned` that something contradicts its
    being the sender's; mostly neither is known. `reply_to` is where it asks for answers,
    other than at its sender; `by_form` that the sender is known to write for whoever stands there.
    `reply_token` is what our signed reply address carried. `language_chosen` says that the person chose
    `language`, and not a program for them. `defects` names, in plain words, what had to be
    repaired or cut. `fingerprint` is the same for the same mail by two ways, '' where that cannot be told.
    Text never holds NUL or surrogates.
    """

    channel: str
    from_address: str
    from_name: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[InboundAttachment, ...] = ()
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    language: str = ""
    language_chosen: bool = False
    machine: str = ""
    bounces: tuple[Bounce, ...] = ()
    verified: bool = False
    reply_token: str = ""
    defects: tuple[Kept, ...] = ()
    fingerprint: str = ""
    department: str = ""
    reply_to: tuple[str, ...] = ()
    reply_to_name: str = ""
    by_form: bool = False
    disowned: bool = False

    @property
    def bounce(self) -> Bounce | None:
        """The first of `bounces`: a report about several recipients names each."""
        return next(iter(self.bounces), None)


@dataclass(frozen=True)
class Outbound:
    """One thing to one recipient. `html` is what stands in the body of a page, safe already; where it is
    empty, a channel that shows HTML makes it from the text. `auto_submitted` is '' for a person's words,
    else `auto-replied` or `auto-generated` (RFC 3834); `unsubscribe_url` adds one-click unsubscribing
    (RFC 8058)."""

    to: str
    from_address: str
    from_name: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: str = ""
    unsubscribe_url: str = ""
    attachments: tuple[OutboundAttachment, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Health:
    """Whether the channel works now, and the words for it, in the language that is on."""

    ok: bool
    words: str


@dataclass(frozen=True)
class Sample:
    """A payload as it really comes, for tests and for showing what the channel understands."""

    name: str
    raw: bytes
    text: str


class Channel(Protocol):
    """One protocol of the outside world."""

    @property
    def key(self) -> str:
        """The channel's name in the database and in addresses."""

    @property
    def label(self) -> str:
        """Its name for people."""

    @property
    def file_types(self) -> frozenset[str]:
        """Content types of files that hold a message of this channel, such as a mail attached to a mail."""

    def send(self, outbound: Outbound) -> Receipt:
        """Send one message. Raises Permanent or Retry."""

    def new_message_id(self) -> str:
        """A name for a message to be sent, different each time, by which answers and reports will name it."""

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read what came in. Raises Unreadable and nothing else."""

    def parse_file(self, raw: bytes) -> Inbound:
        """Read a message that lies in a file of one of `file_types`; what it says of itself is believed by
        nobody. Raises Unreadable and nothing else."""

    def verify(self, raw: bytes, envelope: Envelope) -> bool:
        """Whether the bytes really come from where they claim (a webhook's signature; else true)."""

    def health(self) -> Health:
        """Try the way out without sending anything."""

    def samples(self) -> tuple[Sample, ...]:
        """Example payloads."""


class BaseChannel:
    """What most channels have in common."""

    file_types: frozenset[str] = frozenset()

    def new_message_id(self) -> str:
        """A random name."""
        return uuid.uuid4().hex

    def parse_file(self, raw: bytes) -> Inbound:
        """No file holds its messages. Raises Unreadable."""
        raise Unreadable(_NO_FILES())

    def verify(self, raw: bytes, envelope: Envelope) -> bool:
        """Nothing is signed."""
        return True


@cache
def channels() -> dict[str, Channel]:
    """Every channel by its key, found by looking into this room."""
    found = (
        _channel_in(module.name) for module in pkgutil.iter_modules(importlib.import_module(_ROOM).__path__)
    )
    return {one.key: one for one in found if one}


def channel(key: str) -> Channel:
    """The channel with this key. Raises LookupError naming those that exist."""
    try:
        return channels()[key]
    except KeyError:
        known = ", ".join(sorted(channels()))
        raise LookupError(f"There is no channel “{key}”; there are: {known}.") from None


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
