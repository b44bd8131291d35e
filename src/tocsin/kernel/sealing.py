"""Passwords and other secrets, kept so that a copy of the database alone opens nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import KEY_CHANGED


def seal(plain: str) -> bytes:
    """The text, encrypted with a key made from TOCSIN_SECRET_KEY."""
    return _key().encrypt(plain.encode())


def unseal(sealed: bytes) -> str:
    """The text again. Raises BadSetting when the installation's key is another than when it was sealed."""
    try:
        return _key().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise BadSetting(KEY_CHANGED()) from None


def _key() -> Fernet:
    digest = hashlib.sha256(b"tocsin.kernel.sealing:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
