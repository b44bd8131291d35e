"""Mail as a channel."""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from tocsin.channels.base import (
    BaseChannel,
    Envelope,
    Health,
    Inbound,
    Outbound,
    Receipt,
    Retry,
    Sample,
)
from tocsin.channels.email import message_ids
from tocsin.channels.email.read import read
from tocsin.channels.email.routes import Condition, Routes, Way, way_of_setting
from tocsin.kernel.reasons import word


class EmailChannel(BaseChannel):
    """SMTP or a provider out, IMAP or a listener in. Each thread keeps its own connections to the servers."""

    key = "email"
    file_types = frozenset({"message/rfc822", "message/global"})

    def __init__(self) -> None:
        self._own = threading.local()
        self._condition = Condition()

    @property
    def label(self) -> str:
        """Its name for people."""
        return gettext("Email")

    def send(self, outbound: Outbound) -> Receipt:
        """By the server or provider of TOCSIN_SMTP_URL, or that of TOCSIN_SMTP_FALLBACK_URL while the first
        is broken. Raises Permanent or Retry."""
        return self._routes().send(outbound)

    def new_message_id(self) -> str:
        """A Message-ID, as only we make them."""
        return message_ids.new_message_id()

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read a mail, by what the installation knows of itself. Raises Unreadable and nothing else."""
        return read(raw, {**_known(), **envelope})

    def parse_file(self, raw: bytes) -> Inbound:
        """Read a mail inside a mail. Raises Unreadable and nothing else."""
        return read(raw)

    def health(self) -> Health:
        """Whether the mail servers take our connection; one that does is enough."""
        routes = self._routes()
        both = [_health(one) for one in (routes.first, routes.second) if one]
        return Health(any(one.ok for one in both), " · ".join(one.words for one in both))

    def samples(self) -> tuple[Sample, ...]:
        """Example mails."""
        return _SAMPLES

    def _routes(self) -> Routes:
        urls = (settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL)
        if getattr(self._own, "urls", None) != urls:
            first = way_of_setting("TOCSIN_SMTP_URL", urls[0])
            second = way_of_setting("TOCSIN_SMTP_FALLBACK_URL", urls[1]) if urls[1] else None
            self._own.urls, self._own.routes = urls, Routes(first, second, self._condition)
        routes: Routes = self._own.routes
        return routes


def _known() -> dict[str, Any]:
    """Whose Authentication-Results we believe, whose Message-IDs are ours, and the addresses and domains
    whose mail is written by others, who stand in Reply-To."""
    return {
        "trusted_authserv_ids": settings.TOCSIN_TRUSTED_AUTHSERV,
        "own_message_id_domains": [message_ids.message_id_domain()],
        "form_senders": settings.TOCSIN_FORM_SENDERS,
    }


def _health(connection: Way) -> Health:
    try:
        return Health(True, f"{connection.server}: {connection.check()}")
    except Retry as problem:
        return Health(False, word(problem.reason))


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
