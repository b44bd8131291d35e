"""The console: what is printed counts as received."""

from __future__ import annotations

import io
import json
import sys

from tests.channels.standins.base import NoOtherSide

from tocsin.channels import console_channel


class StandIn(NoOtherSide):
    """Catches what is printed, and gives it back as the JSON that the channel reads."""

    sends = True

    def start(self) -> dict[str, str]:
        """Catch standard error."""
        self._printed = io.StringIO()
        console_channel._stream = lambda: self._printed
        return {}

    def stop(self) -> None:
        """Let go."""
        console_channel._stream = lambda: sys.stderr

    def received(self) -> list[bytes]:
        """Each printed message as input."""
        pieces = self._printed.getvalue().split("--- ")[1:]
        texts = [piece.partition("\n")[2].removesuffix("\n---\n") for piece in pieces]
        return [json.dumps({"from": "console", "text": text}).encode() for text in texts]
