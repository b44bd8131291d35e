"""The mark on every mail of ours, by which we know it when it comes back."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

HEADER = "X-Tocsin"


def mark_for(message_id: str) -> str:
    """The value of our header on the mail with this Message-ID."""
    words = f"own-mail|{message_id}".encode("utf-8", "replace")
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:20]


def is_ours(mark: str, message_id: str) -> bool:
    """Whether this mark was put on by us, on this mail."""
    return bool(mark) and hmac.compare_digest(mark.encode(), mark_for(message_id).encode())
