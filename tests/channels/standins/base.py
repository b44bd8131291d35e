"""What the shared suite asks of a stand-in."""

from __future__ import annotations

from tocsin.channels.base import Outbound


class NoOtherSide:
    """For a channel that nothing is sent through, or that has nothing to stand in for.

    `secret` is a word that must never be seen; `sends` whether messages go out; `fails` whether the other
    side can refuse; `signed` whether what arrives is signed.
    """

    secret = ""
    sends = False
    fails = False
    signed = False

    def start(self) -> dict[str, str]:
        """Begin; returns the settings under which the channel finds us."""
        return {}

    def stop(self) -> None:
        """End."""

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

    def wrongly_signed(self, raw: bytes) -> tuple[bytes, dict[str, str]]:
        """The same with a bad signature."""
        return raw, {}
