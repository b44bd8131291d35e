"""Mail as a channel."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.channels.accounts import Account, Details, Entered, Text
from tocsin.channels.base import Envelope, Glance, Health, Inbound, Outbound, Receipt, Retry, Sample
from tocsin.channels.email import (
    checkups,
    details,
    form,
    imap_rounds,
    listener,
    message_ids,
    pop_rounds,
    recipients,
    reply_address,
    trying,
    webhook,
)
from tocsin.channels.email.glance import glance
from tocsin.channels.email.pop import is_pop
from tocsin.channels.email.read import read
from tocsin.channels.email.routes import Condition, KeptRoutes
from tocsin.channels.email.trouble import ADVICE, FetchFailed, Trouble
from tocsin.channels.hosting import Host, Request, Spool, Unpacked
from tocsin.channels.protocol import BaseChannel, Capabilities
from tocsin.kernel.checkups import Finding

_ADDRESS = re.compile(r"[^\s<>@,;]{1,64}@[^\s<>@,;]{1,255}")


class EmailChannel(BaseChannel):
    """SMTP or a provider out, IMAP, POP3 or a listener in. Connections to the servers that send are kept for
    whoever sends next."""

    key = "email"
    label = _("Mail")
    icon = "mail"
    is_usual = True
    fields = form.FIELDS
    serves = True
    file_types = frozenset({"message/rfc822", "message/global"})
    file_suffix = ".eml"

    def __init__(self) -> None:
        self._condition = Condition()
        self._kept = KeptRoutes(self._condition)

    @property
    def can(self) -> Capabilities:
        """Whatever a mail can hold, by so many connections as the installation says."""
        return Capabilities(
            subject=True,
            html=True,
            attachments=True,
            connections=settings.TOCSIN_SMTP_CONNECTIONS,
            webhook=webhook.is_usable(settings.TOCSIN_WEBHOOK_SECRET),
        )

    def recognises(self, address: str) -> bool:
        """`name@host`; a name alone behind an @ is somebody elsewhere."""
        return bool(_ADDRESS.fullmatch(address.strip()))

    def bare(self, address: str) -> str:
        """Without what stands behind a plus."""
        return recipients.bare_mailbox(address)

    def check(self, entered: Entered, before: Account | None) -> Entered:
        """Raises Refused."""
        return form.checked(entered, before)

    def seed(self, present: Account | None) -> Entered | None:
        """From TOCSIN_MAIL_FROM and TOCSIN_IMAP_URL."""
        return form.seeded(present)

    def details(self, account: Account) -> Details:
        """Where its mail comes from, and whether all of it is here."""
        return details.details(account)

    def advice(self, trouble: str) -> Text:
        """By kinds of trouble with fetching."""
        return ADVICE.get(trouble, "")

    def checkups(self, environment: Mapping[str, str]) -> Iterable[Finding]:
        """The servers and providers by which mail comes and goes, and what DNS says of our signature."""
        return checkups.checkups(environment)

    def send(self, account: Account, outbound: Outbound) -> Receipt:
        """By the server or provider of TOCSIN_SMTP_URL, or that of TOCSIN_SMTP_FALLBACK_URL while the first
        is broken. Raises Permanent or Retry."""
        with self._kept.taken(*_ways_out()) as routes:
            return routes.send(replace(outbound, reply_to=_reply_to(account, outbound)))

    def sends_by(self, account: Account) -> str:
        """All by the same servers."""
        return f"{self.key}:{hashlib.sha256(' '.join(_ways_out()).encode()).hexdigest()[:16]}"

    def new_message_id(self) -> str:
        """A Message-ID, as only we make them."""
        return message_ids.new_message_id()

    def runs(self, account: Account) -> bool:
        """Whether its mail is fetched."""
        return bool(account.settings.get("fetch_url"))

    def run(self, host: Host) -> None:
        """Fetch it by IMAP or POP3. Raises Retry, ValueError, Superseded."""
        try:
            (pop_rounds if is_pop(host.refresh().settings["fetch_url"]) else imap_rounds).run(host)
        except Retry as failed:
            if failed.trouble:
                raise
            raise FetchFailed(failed.after, failed.reason, Trouble.TOKEN) from None

    def serve(self, spool: Spool) -> None:
        """Take mail in by LMTP, and by SMTP where TOCSIN_SMTP_LISTEN is set."""
        listener.listen(spool)

    def may_knock(self, request: Request) -> bool:
        """Only a provider that knows TOCSIN_WEBHOOK_SECRET."""
        return webhook.may_knock(request)

    def verify(self, account: Account, request: Request) -> bool:
        """Whether a provider signed it, where it signs. Raises LookupError."""
        return webhook.verify(request)

    def unpack(self, account: Account, request: Request) -> Unpacked:
        """What a provider reports, or mail that it took in for us. Raises Unreadable, Retry."""
        return webhook.unpack(request)

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read a mail, by what the installation knows of itself. Raises Unreadable and nothing else."""
        return read(raw, {**_known(), **envelope})

    def glance(self, head: bytes) -> Glance:
        """By its header."""
        return glance(head)

    def parse_file(self, raw: bytes) -> Inbound:
        """Read a mail inside a mail. Raises Unreadable and nothing else."""
        return read(raw)

    def health(self, account: Account) -> Health:
        """Whether the mail servers take our connection; of those that send, one that does is enough."""
        return trying.health(account)

    def samples(self) -> tuple[Sample, ...]:
        """Example mails."""
        return _SAMPLES


def _ways_out() -> tuple[str, str]:
    return settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL


def _reply_to(account: Account, outbound: Outbound) -> str:
    """Where answers carry what they belong to, if the mail server takes such addresses."""
    if not (outbound.reply_token and account.settings.get("signed_replies")):
        return outbound.reply_to
    try:
        return reply_address.sign(outbound.reply_token, outbound.from_address)
    except ValueError:  # an address that takes no tag: answers are then threaded by their headers
        return outbound.reply_to


def _known() -> dict[str, Any]:
    """Whose Authentication-Results we believe, whose Message-IDs are ours, and the addresses and domains
    whose mail is written by others, who stand in Reply-To."""
    return {
        "trusted_authserv_ids": settings.TOCSIN_TRUSTED_AUTHSERV,
        "own_message_id_domains": [message_ids.message_id_domain()],
        "form_senders": settings.TOCSIN_FORM_SENDERS,
    }


_SAMPLES = (
    Sample(
        "a customer's question in Greek",
        b"From: =?iso-8859-7?B?zOHx3+E=?= <maria@example.com>\r\nTo: support@example.test\r\n"
        b"Subject: =?iso-8859-7?Q?=C4=E5=ED_=EB=E5=E9=F4=EF=F5=F1=E3=E5=DF?=\r\n"
        b"Message-ID: <1@example.com>\r\n"
        b"Content-Type: text/plain; charset=iso-8859-7\r\n\r\n\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1\r\n",
        "Καλημέρα",
    ),
)
