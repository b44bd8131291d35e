"""The wire of the example."""

from __future__ import annotations

import hmac
import json

from tests.channels.standins.base import NoOtherSide

from tocsin.channels.accounts import Account
from tocsin.channels.base import Outbound
from tocsin.channels.hosting import Request
from tocsin.channels.registry import channel


class StandIn(NoOtherSide):
    """Hears what is shouted, and shouts back, signed."""

    secret = "s3cret-of-the-wire"
    sends = True

    def start(self) -> dict[str, str]:
        """The wire is always there."""
        self._module = __import__(type(channel("shouts")).__module__, fromlist=["WIRE"])
        return {}

    def account(self, key: str) -> Account:
        """`@tocsin`."""
        return Account(1, key, "@tocsin", settings={"tone": ""}, secrets={"token": self.secret})

    def outbound(self, text: str) -> Outbound:
        """To `@maria`."""
        return Outbound(to="@maria", from_address="@tocsin", text=text)

    def received(self) -> list[bytes]:
        """What was heard, as it would be posted."""
        return [json.dumps({"from": name, "text": text}).encode() for name, _to, text in self._module.WIRE]

    def throttle(self, seconds: float) -> dict[str, str]:
        """Our name may not shout for a while."""
        self._module.BUSY["@tocsin"] = seconds
        return {}

    def posted(self, raw: bytes) -> Request:
        """With an HMAC of the body."""
        return self._request(raw, self.secret)

    def wrongly_signed(self, raw: bytes) -> Request:
        """With another secret."""
        return self._request(raw, "another")

    def requests(self) -> list[Request]:
        """One shout."""
        return [self.posted(b'{"from": "@maria", "text": "Hola"}')]

    def _request(self, raw: bytes, secret: str) -> Request:
        signature = hmac.new(secret.encode(), raw, "sha256").hexdigest()
        return Request("", {"x-signature": signature}, raw)
