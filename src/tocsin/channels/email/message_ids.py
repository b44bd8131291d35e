"""The Message-IDs of our mails: under a host of which only we make any."""

from __future__ import annotations

import uuid

from django.conf import settings


def new_message_id() -> str:
    """A Message-ID, different each time."""
    return full_message_id(uuid.uuid4().hex)


def full_message_id(name: str) -> str:
    """The Message-ID whose part before the @ is this."""
    return f"<{name}@{message_id_domain()}>"


def message_id_domain() -> str:
    """The host of which only we make Message-IDs."""
    return f"tocsin.{settings.TOCSIN_MAIL_FROM.rpartition('@')[2].strip('>') or 'localhost'}"
