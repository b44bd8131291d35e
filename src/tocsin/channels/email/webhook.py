"""What mail providers post: what became of our mail, and mail for us, each at its own path below an account's
address: `PROVIDER/tracking/` and `PROVIDER/inbound/`."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.datastructures import CaseInsensitiveMapping

from tocsin.channels.accounts import accounts
from tocsin.channels.base import Retry, Unreadable
from tocsin.channels.email import reasons
from tocsin.channels.email.providers.table import PROVIDERS, Provider, account_of
from tocsin.channels.email.recipients import account_for
from tocsin.channels.hosting import Post, Request, Unpacked

log = logging.getLogger(__name__)

LEAST_SECRET = 16
_AGAIN_AFTER_S = 60.0
_LARGEST_REPORTS = 8 * 2**20
_CONFIRM_TIMEOUT_S = 5.0
_OF_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?")
# Mailgun posts the mail as it came, and not its fields, to addresses that end so.
_INBOUND = {"inbound/", "inbound/mime"}
_TRACKING = {"tracking/"}


def is_usable(secret: str) -> bool:
    """Whether this is `name:password`, and nothing that is soon guessed."""
    name, _, password = secret.partition(":")
    return bool(name) and len(password) >= LEAST_SECRET


def may_knock(request: Request) -> bool:
    """Whether its header names the secret; never where there is none worth the name. Whoever does not know it
    is turned away unheard."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    secret = settings.TOCSIN_WEBHOOK_SECRET
    if not is_usable(secret) or kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, secret.encode())


def verify(request: Request) -> bool:
    """Whether the provider signed it, where it signs. Raises LookupError for a path at which nothing is
    taken."""
    from tocsin.channels.email.providers import posts, reports
    from tocsin.channels.email.providers.webhooks import Forged, NotUnderstood

    provider, is_mail = _place(request.path)
    checked = posts.check_posts if is_mail else reports.check_reports
    try:
        checked(provider, _as_djangos(request), _secrets())
    except (Forged, NotUnderstood):
        log.warning("a request in the name of %s has no good signature", provider.label)
        return False
    return True


def unpack(request: Request) -> Unpacked:
    """The reports or the mails in it. Raises Unreadable, Retry."""
    from tocsin.channels.email.providers.reports import read_reports
    from tocsin.channels.email.providers.webhooks import NotNow, NotUnderstood

    provider, is_mail = _place(request.path)
    received = _as_djangos(request)
    try:
        if request.method != "POST" or _confirmed(provider, received):
            return Unpacked()
        if not is_mail and len(request.body) > _LARGEST_REPORTS:
            raise NotUnderstood("these are more reports than anybody has")
        if is_mail:
            return Unpacked(posts=_posts(provider, received))
        return Unpacked(reports=read_reports(provider, received, _secrets()))
    except NotUnderstood as problem:
        log.warning("a request of %s was not understood: %s", provider.label, problem)
        raise Unreadable(reasons.NOT_POSTED_HERE()) from None
    except NotNow as problem:
        said = reasons.SERVER_SAYS(server=provider.label, words=str(problem))
        raise Retry(_AGAIN_AFTER_S, said) from None


def _place(path: str) -> tuple[Provider, bool]:
    """The provider, and whether it posts mail there. Raises LookupError."""
    key, _, purpose = path.partition("/")
    provider = PROVIDERS[key]
    if purpose not in _INBOUND | _TRACKING or (key == "mailgun" and not settings.TOCSIN_MAILGUN_SIGNING_KEY):
        raise LookupError(path)
    return provider, purpose in _INBOUND


def _secrets() -> Any:
    from tocsin.channels.email.providers.webhooks import Secrets

    return Secrets(
        settings.TOCSIN_WEBHOOK_SECRET,
        settings.TOCSIN_MAILGUN_SIGNING_KEY,
        settings.TOCSIN_SENDGRID_VERIFICATION_KEY,
    )


def _as_djangos(request: Request) -> Any:
    """As anymail's readers expect it."""
    from tocsin.channels.email.providers import webhooks

    meta = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    meta["CONTENT_TYPE"] = request.content_type
    headers = CaseInsensitiveMapping(request.headers)
    return webhooks.Request(request.body, request.content_type, headers, meta)


def _posts(provider: Provider, received: Any) -> list[Post]:
    from tocsin.channels.email.providers.posts import read_posts

    ours = accounts().of("email")
    found = read_posts(provider, received, _secrets(), _sending_account(provider))
    boxes = [account_for(ours, post.recipients) for post in found]
    return [
        Post(f"{provider.key}:{post.key}", post.raw, post.envelope, box.id if box else None)
        for post, box in zip(found, boxes, strict=True)
    ]


def _sending_account(provider: Provider) -> Any:
    """Ours with this provider, where mail goes out by it."""
    urls = (settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL)
    return next(filter(None, (account_of(provider, url) for url in urls)), None)


def _confirmed(provider: Provider, received: Any) -> bool:
    """Whether this was Amazon asking if we want its news; the password says that we asked for them."""
    if provider.key != "amazon-ses" or b"SubscriptionConfirmation" not in received.body[:500_000]:
        return False
    from tocsin.channels.email.providers.webhooks import NotNow, NotUnderstood, read_json

    said = read_json(received.body)
    if not isinstance(said, dict) or said.get("Type") != "SubscriptionConfirmation":
        return False
    url = str(said.get("SubscribeURL", ""))
    parts = urlsplit(url)
    if not _OF_AMAZON.fullmatch(f"{parts.scheme}://{parts.netloc}"):
        raise NotUnderstood("it wants to be confirmed elsewhere than at Amazon")
    import requests

    try:
        requests.get(url, timeout=_CONFIRM_TIMEOUT_S, allow_redirects=False).raise_for_status()
    except requests.RequestException as error:
        raise NotNow(type(error).__name__) from None
    log.info("Amazon's notifications of %s are confirmed", said.get("TopicArn"))
    return True
