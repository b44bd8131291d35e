"""What the head of a mail that could not be read says of itself."""

from __future__ import annotations

import email
import email.header
import email.utils
import re

from tocsin.channels.base import Glance


def glance(head: bytes) -> Glance:
    """Sender and subject; never raises."""
    try:
        message = email.message_from_bytes(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])
        sender = email.utils.parseaddr(str(message.get("From", "")))[1]
        return Glance(sender, _decoded(str(message.get("Subject", ""))))
    except Exception:  # whatever it is: this mail is one that broke a reader already
        return Glance()


def _decoded(value: str) -> str:
    pieces = email.header.decode_header(value)
    return "".join(
        piece if isinstance(piece, str) else piece.decode(charset or "latin-1", "replace")
        for piece, charset in pieces
    )
