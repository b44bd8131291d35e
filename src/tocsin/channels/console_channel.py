"""The stand-in: what would be sent is printed, what comes in is JSON. For development and demonstrations."""

from __future__ import annotations

import json
import re
import sys
from typing import TextIO

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from tocsin.channels.accounts import Account, Details, Field
from tocsin.channels.base import (
    Envelope,
    Health,
    Inbound,
    Outbound,
    Receipt,
    Sample,
    Unreadable,
)
from tocsin.channels.protocol import BaseChannel, Capabilities
from tocsin.kernel.reasons import Reason

_PRINTED = Reason("console.printed", gettext_noop("Printed."))
_TOO_LARGE = Reason("console.too_large", gettext_noop("This is larger than 8 MiB."))
_NOT_JSON = Reason("console.not_json", gettext_noop("This is not JSON."))
_INCOMPLETE = Reason("console.incomplete", gettext_noop("There must be “from” and “text”."))
_CUT = Reason(
    "console.cut",
    gettext_noop("The text is longer than %(count)s characters; the original has the rest."),
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LARGEST = 8 * 2**20
_LONGEST = 100_000


class ConsoleChannel(BaseChannel):
    """Prints instead of sending."""

    key = "console"
    label = _("Console")
    icon = "square-terminal"
    fields = (
        Field(
            "address", _("Name"), "address", help=_("What it writes as; nobody else sees it."), required=True
        ),
    )

    @property
    def can(self) -> Capabilities:
        """Its text is printed below its subject."""
        return Capabilities(subject=True)

    def details(self, account: Account) -> Details:
        """Nobody asks a console for anything."""
        return Details(arrives=_("Nothing comes in"))

    def send(self, account: Account, outbound: Outbound) -> Receipt:
        """Print it on standard error, which is no program's input. Raises nothing."""
        head = f"--- {outbound.from_address} → {outbound.to}: {outbound.subject}"
        _stream().write(f"{_printable(head)}\n{_printable(outbound.text)}\n---\n")
        return Receipt(_PRINTED())

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read `{from, text, name?, subject?, id?}`. Raises Unreadable."""
        if len(raw) > _LARGEST:
            raise Unreadable(_TOO_LARGE())
        try:
            said = json.loads(raw)
        except (ValueError, RecursionError):
            raise Unreadable(_NOT_JSON()) from None
        if (
            not isinstance(said, dict)
            or not isinstance(said.get("text"), str)
            or not isinstance(said.get("from"), str)
        ):
            raise Unreadable(_INCOMPLETE())
        optional = {name: said[name] for name in ("name", "subject") if isinstance(said.get(name), str)}
        return Inbound(
            channel=self.key,
            from_address=_printable(said["from"])[:320],
            from_name=_printable(optional.get("name", ""))[:200],
            subject=_printable(optional.get("subject", ""))[:500],
            text=_printable(said["text"])[:_LONGEST],
            message_id=_printable(str(said.get("id") or ""))[:100],
            defects=(_CUT(count=_LONGEST),) if len(said["text"]) > _LONGEST else (),
        )

    def health(self, account: Account) -> Health:
        """Printing always works."""
        return Health(True, gettext("Messages are printed, not sent."))

    def samples(self) -> tuple[Sample, ...]:
        """Example input."""
        raw = json.dumps({"from": "maria", "text": "Hola"}).encode()
        return (Sample("a greeting", raw, "Hola"),)


def _stream() -> TextIO:
    """Where it is printed."""
    return sys.stderr


def _printable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


CHANNEL = ConsoleChannel()
