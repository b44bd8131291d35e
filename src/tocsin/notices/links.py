"""The signed one-click address that ends the mails about faults (RFC 8058, R-D11)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from tocsin.kernel.errors import NotFound
from tocsin.notices import reasons

_SALT = "tocsin.notices.unsubscribe"


def unsubscribe_url(customer_id: int) -> str:
    """What stands in List-Unsubscribe: POST acts, GET shows a page."""
    token = signing.Signer(salt=_SALT).sign(str(customer_id))
    return str(settings.TOCSIN_URL) + reverse("notices:unsubscribe", args=[token])


def customer_of(token: str) -> int:
    """Whose address it is. Raises NotFound for a forged or mangled one."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound(reasons.LINK_BROKEN()) from error
