"""What every channel is (design §4): one module or folder in this room with a `CHANNEL` in it.

Nothing else is edited to add one. Channels know no tables: they turn bytes into `Inbound`, an `Outbound` into
what is sent, and are handed a `Host` where they have to run for long.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.utils.translation import gettext_noop

from tocsin.channels.accounts import Account, Details, Entered, Field, Text
from tocsin.channels.base import (
    Envelope,
    Glance,
    Health,
    Inbound,
    Outbound,
    Receipt,
    Sample,
    Unreadable,
)
from tocsin.channels.hosting import Host, Post, Request, Spool, Unpacked
from tocsin.kernel.checkups import Finding
from tocsin.kernel.reasons import Reason

_NO_FILES = Reason("channels.no_files", gettext_noop("No file holds messages of this kind."))


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do. What it sends, as `fitting.fitted` holds it to: `subject`, `html`,
    `attachments`, and `longest_text` in characters, 0 where there is no end. How, as its lanes do:
    `connections` side by side (`Channel.sends_by`), and `per_minute` messages by one account, 0 where nobody
    counts. `sends`: people can be written to; `window`: for how long nobody may take a notice before its
    reader's next address is tried; `webhook`: the other side posts to us, and else nobody is let in."""

    sends: bool = True
    subject: bool = False
    html: bool = False
    attachments: bool = False
    longest_text: int = 0
    connections: int = 1
    per_minute: int = 0
    window: timedelta = timedelta(minutes=30)
    webhook: bool = False


class Channel(Protocol):
    """One protocol of the outside world."""

    @property
    def key(self) -> str:
        """The channel's name in the database and in addresses."""

    @property
    def label(self) -> Text:
        """Its name for people."""

    @property
    def icon(self) -> str:
        """One of the interface's icons."""

    @property
    def can(self) -> Capabilities:
        """What it can do."""

    @property
    def is_usual(self) -> bool:
        """Whether people are known by its addresses where nobody names a channel; one is."""

    @property
    def takes_forms(self) -> bool:
        """Whether what visitors of the contact page write comes in by it; one does."""

    # --- Addresses

    def fold(self, address: str) -> str:
        """What addresses are compared by and found under."""

    def recognises(self, address: str) -> bool:
        """Whether this is an address of this channel, as people write it."""

    def bare(self, address: str) -> str:
        """An address of ours, folded, without what an answer's address carries beside it."""

    # --- Accounts

    @property
    def fields(self) -> tuple[Field, ...]:
        """What an account's form asks for; one of the kind `address` where it has an address of its own."""

    def check(self, entered: Entered, before: Account | None) -> Entered:
        """What staff entered, made right, with the account's new state; `before` is how it was. Raises
        kernel.errors.Refused naming the fields at fault."""

    def seed(self, present: Account | None) -> Entered | None:
        """What the environment says of the channel's default account, where that is not so yet; `present` is
        the account that there is."""

    def details(self, account: Account) -> Details:
        """What the account's page shows of it; asks nobody."""

    def advice(self, trouble: str) -> Text:
        """What to do about this kind of trouble (`base.Retry`); '' when the error itself says it."""

    def health(self, account: Account) -> Health:
        """Try whether the account works, in few seconds, sending nothing. Its words hold no secret."""

    def checkups(self, environment: Mapping[str, str]) -> Iterable[Finding]:
        """What `tocsin doctor` looks at: what the environment sets, tried in few seconds. There is no
        database then, and nothing that is installed needs to work."""

    # --- Out

    def send(self, account: Account, outbound: Outbound) -> Receipt:
        """Send one message. Raises Permanent or Retry."""

    def sends_by(self, account: Account) -> str:
        """A name for whatever counts the connections of an account, such as its server and login; holds no
        secret. Accounts with the same name share `connections`."""

    def new_message_id(self) -> str:
        """A name for a message to be sent, different each time, by which answers and reports will name it."""

    # --- In

    def runs(self, account: Account) -> bool:
        """Whether `run` has anything to do for this account."""

    def run(self, host: Host) -> None:
        """Take in what comes to one account until `host.stop` is set; nobody else does so meanwhile. Raises
        Retry, BadSetting, Superseded."""

    @property
    def serves(self) -> bool:
        """Whether `serve` has anything to do."""

    def serve(self, spool: Spool) -> None:
        """Take in what is pushed to any account, until `spool.stop` is set."""

    def may_knock(self, request: Request) -> bool:
        """Whether a request to an account's address is worth being read, by its path and headers alone (its
        body is not there yet)."""

    def verify(self, account: Account, request: Request) -> bool:
        """Whether a request really comes from where it claims. Raises LookupError where nothing is taken at
        its path."""

    def unpack(self, account: Account, request: Request) -> Unpacked:
        """What is in a verified request. Raises Unreadable when it is nothing that belongs there, Retry when
        it shall come again."""

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read one thing that came in. Raises Unreadable and nothing else."""

    def glance(self, head: bytes) -> Glance:
        """Who and what, by the first bytes of something that can't be read. Never raises."""

    @property
    def file_types(self) -> frozenset[str]:
        """Content types of files that hold a message of this channel, such as a mail attached to a mail."""

    @property
    def file_suffix(self) -> str:
        """How the name of a file ends that holds what came in."""

    def parse_file(self, raw: bytes) -> Inbound:
        """Read a message that lies in a file of one of `file_types`; what it says of itself is believed by
        nobody. Raises Unreadable and nothing else."""

    def samples(self) -> tuple[Sample, ...]:
        """Example payloads."""


class BaseChannel:
    """What most channels have in common."""

    icon = "message-square"
    is_usual = False
    takes_forms = False
    fields: tuple[Field, ...] = ()
    serves = False
    file_types: frozenset[str] = frozenset()
    file_suffix = ".json"

    @property
    def can(self) -> Capabilities:
        """It sends plain text, one at a time."""
        return Capabilities()

    def fold(self, address: str) -> str:
        """Case and surrounding space mean nothing."""
        return address.strip().casefold()

    def recognises(self, address: str) -> bool:
        """Nothing by its looks alone."""
        return False

    def bare(self, address: str) -> str:
        """The address, folded."""
        return self.fold(address)

    def check(self, entered: Entered, before: Account | None) -> Entered:
        """Everything is right."""
        return entered

    def seed(self, present: Account | None) -> Entered | None:
        """The environment says nothing."""
        return None

    def details(self, account: Account) -> Details:
        """Nothing more."""
        return Details()

    def advice(self, trouble: str) -> Text:
        """The error says it."""
        return ""

    def checkups(self, environment: Mapping[str, str]) -> Iterable[Finding]:
        """The environment says nothing."""
        return ()

    def sends_by(self, account: Account) -> str:
        """Each account by itself."""
        return f"{account.channel}:{account.id}"

    def new_message_id(self) -> str:
        """A random name."""
        return uuid.uuid4().hex

    def runs(self, account: Account) -> bool:
        """Nothing is fetched."""
        return False

    def run(self, host: Host) -> None:
        """Nothing is fetched."""

    def serve(self, spool: Spool) -> None:
        """Nothing listens."""

    def may_knock(self, request: Request) -> bool:
        """Nobody posts to it."""
        return False

    def verify(self, account: Account, request: Request) -> bool:
        """Nobody posts to it."""
        return False

    def unpack(self, account: Account, request: Request) -> Unpacked:
        """Each request is one thing, named by its bytes: the same twice is one."""
        name = hashlib.sha256(request.body).hexdigest()
        return Unpacked([Post(f"{account.channel}:{account.id}:{name}", request.body)])

    def glance(self, head: bytes) -> Glance:
        """Nothing can be told."""
        return Glance()

    def parse_file(self, raw: bytes) -> Inbound:
        """No file holds its messages. Raises Unreadable."""
        raise Unreadable(_NO_FILES())
