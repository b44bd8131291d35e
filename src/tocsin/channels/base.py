"""The values that come in and go out by every channel, and how it says that something failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.kernel.reasons import Kept, in_english

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
    recipient or message alone. `throttled` is true when the other side wants nothing more from this account
    for `after` seconds (429). Of a loop that looks for what came, `trouble` is what is wrong, as in the
    channel's `advice`, and `needs_staff` says that it does not go away by itself.
    """

    def __init__(
        self,
        after: float,
        reason: Kept,
        *,
        connection: bool = False,
        throttled: bool = False,
        trouble: str = "",
        needs_staff: bool = False,
    ) -> None:
        super().__init__(in_english(reason))
        self.after = after
        self.reason = reason
        self.connection = connection
        self.throttled = throttled
        self.trouble = trouble
        self.needs_staff = needs_staff


@dataclass(frozen=True)
class Receipt:
    """The other side took it and said `answer`. `provider_ref` is `PROVIDER:ID` where it names the message
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
    `from_channel` is the channel of `from_address`, where that is another than the one it came by.
    Text never holds NUL or surrogates.
    """

    channel: str
    from_address: str
    from_channel: str = ""
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
    def sender_channel(self) -> str:
        """The channel on which whoever sent it is reached."""
        return self.from_channel or self.channel

    @property
    def bounce(self) -> Bounce | None:
        """The first of `bounces`: a report about several recipients names each."""
        return next(iter(self.bounces), None)


@dataclass(frozen=True)
class Outbound:
    """One thing to one recipient. `html` is what stands in the body of a page, safe already; where it is
    empty, a channel that shows HTML makes it from the text. `auto_submitted` is '' for a person's words,
    else `auto-replied` or `auto-generated` (RFC 3834); `unsubscribe_url` adds one-click unsubscribing
    (RFC 8058); `reply_token` is what an answer's address shall carry, where the account takes such. A
    `rehearsal` is let out by nobody (`registry.send`)."""

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
    reply_token: str = ""
    rehearsal: bool = False


@dataclass(frozen=True)
class Glance:
    """Who and what, as far as the first bytes of something unread say; '' where they do not."""

    from_address: str = ""
    subject: str = ""


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
