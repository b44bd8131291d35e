"""The mark on every mail of ours, by which we know it when it comes back.

It carries the Message-ID that it was made for, since lists and providers give a mail another one.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

HEADER = "X-Tocsin"


def mark_for(message_id: str) -> str:
    """The value of our header on the mail with this Message-ID."""
    return f"{_seal(message_id)} {message_id}"


def is_ours(mark: str) -> bool:
    """Whether this mark was put on by us."""
    seal, _space, message_id = " ".join(mark.split()).partition(" ")
    return bool(message_id) and hmac.compare_digest(seal.encode(), _seal(message_id).encode())


def _seal(message_id: str) -> str:
    words = f"own-mail|{message_id}".encode("utf-8", "replace")
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:20]
