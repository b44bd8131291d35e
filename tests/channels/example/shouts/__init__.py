"""An example of a channel, in a folder of its own: `@names` that shout over a wire, which here is a list."""

from __future__ import annotations

import hmac
import json
from typing import Any

from tocsin.channels.accounts import Account, Field
from tocsin.channels.base import Envelope, Health, Inbound, Outbound, Receipt, Retry, Sample, Unreadable
from tocsin.channels.hosting import Request
from tocsin.channels.protocol import BaseChannel, Capabilities
from tocsin.kernel.reasons import plain
from tocsin.kernel.text import storable

WIRE: list[tuple[str, str, str]] = []
"""What was sent: our name, theirs, the text."""
BUSY: dict[str, float] = {}
"""Which of our names may not send now, and for how long."""


class Shouts(BaseChannel):
    """Two-way, plain text, signed by a secret that both sides know."""

    key = "shouts"
    label = "Shouts"
    fields = (
        Field("address", "Name", "address", required=True),
        Field("token", "Token", "secret", required=True),
        Field("tone", "Tone", "choice", choices=(("", "Calm"), ("loud", "Loud"))),
    )

    @property
    def can(self) -> Capabilities:
        """Short texts, one at a time."""
        return Capabilities(longest_text=500, webhook=True)

    def recognises(self, address: str) -> bool:
        """`@name`."""
        return address.startswith("@")

    def send(self, account: Account, outbound: Outbound) -> Receipt:
        """Raises Retry while the wire is busy."""
        account.secret("token")
        if account.address in BUSY:
            raise Retry(BUSY[account.address], plain("429 slow down"), throttled=True)
        text = outbound.text.upper() if account.settings["tone"] == "loud" else outbound.text
        WIRE.append((account.address, outbound.to, text))
        return Receipt(plain("heard"))

    def may_knock(self, request: Request) -> bool:
        """Whoever shows a signature at all."""
        return "x-signature" in request.headers

    def verify(self, account: Account, request: Request) -> bool:
        """HMAC of the body."""
        expected = hmac.new(account.secret("token").encode(), request.body, "sha256").hexdigest()
        return hmac.compare_digest(request.headers["x-signature"], expected)

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """`{from, text}`."""
        try:
            said: dict[str, Any] = json.loads(raw)
            name, text = storable(said["from"], 320), storable(said["text"])
            return Inbound(self.key, name, subject=text[:40], text=text)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise Unreadable(plain("This is no shout.")) from None

    def health(self, account: Account) -> Health:
        """The wire is there."""
        return Health(True, "The wire is there.")

    def samples(self) -> tuple[Sample, ...]:
        """One."""
        return (Sample("a greeting", b'{"from": "@maria", "text": "Hola"}', "Hola"),)


CHANNEL = Shouts()
