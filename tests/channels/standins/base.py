"""What the shared suite asks of a stand-in."""

from __future__ import annotations

from tocsin.channels.accounts import Account
from tocsin.channels.base import Outbound
from tocsin.channels.hosting import Request


class NoOtherSide:
    """For a channel that nothing is sent through, or that has nothing to stand in for.

    `secret` is a word that must never be seen; `sends` whether messages go out; `fails` whether the other
    side can refuse.
    """

    secret = ""
    sends = False
    fails = False

    def start(self) -> dict[str, str]:
        """Begin; returns the settings under which the channel finds us."""
        return {}

    def stop(self) -> None:
        """End."""

    def account(self, key: str) -> Account:
        """An account of ours on the other side."""
        return Account(1, key, "support@example.test", "Support")

    def outbound(self, text: str) -> Outbound:
        """A message that this channel can send."""
        return Outbound(
            to="maria@example.com", from_address="support@example.test", subject="Hello", text=text
        )

    def received(self) -> list[bytes]:
        """What was sent to us, as it came over the line."""
        return []

    def refuse(self, how: str) -> None:
        """Answer from now on with: `busy`, `error`, `silence`, or `nothing wrong`."""

    def throttle(self, seconds: float) -> dict[str, str] | None:
        """Want nothing more for so long (429), under the settings returned; None where nobody does so."""
        return None

    def requests(self) -> list[Request]:
        """What the other side posts to us: one of each kind."""
        return []

    def posted(self, raw: bytes) -> Request:
        """What came in, as the other side posts it, signed."""
        return Request("", {}, raw)

    def wrongly_signed(self, raw: bytes) -> Request:
        """The same with a bad signature."""
        return Request("", {}, raw)
