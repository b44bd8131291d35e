"""The signed reply address: `support+T-1234567.abcdef1234@host` (R-A14).

An answer sent to it belongs to the ticket without regard to subject and references; nobody can make one
up for another ticket. Mail servers may change the case, so the case means nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings

_SIGNATURE_LENGTH = 10
_SIGNED = re.compile(r"([^\s@+]+)\+([a-z0-9-]{1,40})\.([0-9a-f]{10})@([^\s@<>]+)", re.IGNORECASE)


def sign(token: str, address: str) -> str:
    """The address to answer to. `token` is letters, digits and dashes; `address` takes `+anything`.

    Raises ValueError when they are not.
    """
    local, at, host = address.rpartition("@")
    signed = f"{local}+{token}.{_signature(token, local, host)}@{host}"
    if not at or not _SIGNED.fullmatch(signed):
        raise ValueError(f"No signed address can be made of {token!r} and {address!r}.")
    return signed


def read(address: str) -> str | None:
    """The token in upper case when the signature is right, else None."""
    match = _SIGNED.fullmatch(address.strip().strip("<>"))
    if not match:
        return None
    local, token, signature, host = match.groups()
    if hmac.compare_digest(signature.lower(), _signature(token, local, host)):
        return token.upper()
    return None


def _signature(token: str, local: str, host: str) -> str:
    words = f"reply-address|{token}|{local}@{host}".lower()
    digest = hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256)
    return digest.hexdigest()[:_SIGNATURE_LENGTH]
