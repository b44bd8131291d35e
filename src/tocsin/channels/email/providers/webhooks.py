"""A provider's request to us, and the parts of anymail that check and read it."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tocsin.channels.email.providers.table import Provider

TRACKING, INBOUND = "Tracking", "Inbound"


class Forged(Exception):
    """The signature is wrong or missing."""


class NotUnderstood(Exception):
    """This is nothing that the provider would send here; `str()` says what is wrong, for the log."""


class NotNow(Exception):
    """It could not be fetched from the provider; it shall tell us once more."""


@dataclass(frozen=True)
class Secrets:
    """By what a provider's requests are believed: `name_and_password` (Basic) always, a signature where the
    provider makes one and the key is known."""

    name_and_password: str
    mailgun_signing_key: str = ""
    sendgrid_verification_key: str = ""


@dataclass
class Request:
    """What came, in the shape that anymail's readers expect of Django's."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    META: Mapping[str, Any]
    POST: Any = None
    FILES: Any = None
    encoding: str | None = None

    def only(self, body: bytes) -> Request:
        """The same with a part of the body."""
        return replace(self, body=body)


def view(provider: Provider, purpose: str, secrets: Secrets, **values: Any) -> Any:
    """anymail's reader for one purpose, or one in its shape, with its secrets."""
    values["webhook_secret"] = secrets.name_and_password
    if provider.key == "mailgun":
        values["webhook_signing_key"] = secrets.mailgun_signing_key
    if provider.key == "sendgrid" and purpose == TRACKING:
        values["tracking_webhook_verification_key"] = secrets.sendgrid_verification_key
    if not provider.by_api:
        return _without_boto(provider, purpose)(webhook_secret=secrets.name_and_password)
    return _class(provider, purpose)(**values)


def check(checker: Any, request: Request) -> None:
    """Raises Forged when the signature is not the provider's."""
    from anymail.exceptions import AnymailAPIError, AnymailWebhookValidationFailure

    try:
        checker.run_validators(request)
    except (AnymailWebhookValidationFailure, AnymailAPIError):
        raise Forged from None
    except (ValueError, TypeError, AttributeError, LookupError):  # what a stranger's nonsense leads to
        raise Forged from None


def read_json(body: bytes) -> Any:
    """Raises NotUnderstood."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("this is not JSON") from None


@functools.cache
def _class(provider: Provider, purpose: str) -> type[Any]:
    module = importlib.import_module(provider.part("webhooks"))
    found: type[Any] = getattr(module, f"{provider.stem}{purpose}WebhookView")
    return found


@functools.cache
def _without_boto(provider: Provider, purpose: str) -> type[Any]:
    """Amazon's library is needed for files in S3 and for confirming only, neither of which we leave to it."""
    from anymail.webhooks.base import AnymailBaseWebhookView

    def begin(self: Any, **values: Any) -> None:
        self.auto_confirm_enabled = False
        AnymailBaseWebhookView.__init__(self, **values)

    return type(f"Own{provider.stem}{purpose}", (_class(provider, purpose),), {"__init__": begin})
