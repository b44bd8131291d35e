"""The addresses at which mail providers tell us what became of our mail, and post mail to us.

Nothing is understood here that can be understood later: it is written down, committed, and answered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.channels.email.providers.table import PROVIDERS, Account, Provider, account_of
from tocsin.mailroom import queries, services
from tocsin.mailroom.door import CHALLENGE, is_usable, may_enter
from tocsin.mailroom.services import Arrival

log = logging.getLogger(__name__)

_LARGEST_REPORTS = 8 * 2**20
_CONFIRM_TIMEOUT_S = 5.0
_OF_AMAZON = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?")

Act = Callable[[Provider, Any], None]


@csrf_exempt  # a provider has no cookie; the password is the permission
@never_cache
@require_http_methods(["POST", "HEAD", "GET"])
def tracking(request: HttpRequest, key: str) -> HttpResponse:
    """What became of our mails."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST_REPORTS:
        return HttpResponse(status=413)
    return _answer(request, key, _write_reports)


@csrf_exempt  # as above
@never_cache
@require_http_methods(["POST", "HEAD", "GET"])
def inbound(request: HttpRequest, key: str) -> HttpResponse:
    """Mail for us."""
    return _answer(request, key, _take_in)


def _answer(request: HttpRequest, key: str, act: Act) -> HttpResponse:
    provider = _provider(key)
    if not may_enter(request.headers.get("Authorization", ""), settings.TOCSIN_WEBHOOK_SECRET):
        return HttpResponse(status=401, headers={"WWW-Authenticate": CHALLENGE})
    if request.method != "POST":  # some providers try an address before they use it
        return HttpResponse()
    return _judged(provider, request, act)


def _judged(provider: Provider, request: HttpRequest, act: Act) -> HttpResponse:
    from tocsin.channels.email.providers.webhooks import Forged, NotNow, NotUnderstood

    try:
        received = _received(request)
        if not _confirmed(provider, received):
            act(provider, received)
    except Forged:
        log.warning("a request in the name of %s has no good signature", provider.label)
        return HttpResponse(status=403)
    except NotUnderstood as problem:
        log.warning("a request of %s was not understood: %s", provider.label, problem)
        return HttpResponse(status=400)
    except (NotNow, Error) as problem:
        log.warning("a request of %s has to come again: %s", provider.label, type(problem).__name__)
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse()


def _provider(key: str) -> Provider:
    provider = PROVIDERS.get(key)
    is_open = is_usable(settings.TOCSIN_WEBHOOK_SECRET)
    if provider is None or not is_open or (key == "mailgun" and not settings.TOCSIN_MAILGUN_SIGNING_KEY):
        raise Http404
    return provider


def _secrets() -> Any:
    from tocsin.channels.email.providers.webhooks import Secrets

    return Secrets(
        settings.TOCSIN_WEBHOOK_SECRET,
        settings.TOCSIN_MAILGUN_SIGNING_KEY,
        settings.TOCSIN_SENDGRID_VERIFICATION_KEY,
    )


def _received(request: HttpRequest) -> Any:
    """The request as it came; Django's own limits are for forms that people fill in."""
    from tocsin.channels.email.providers.webhooks import Request

    content_type = request.META.get("CONTENT_TYPE", "")
    return Request(request.read(), content_type, request.headers, request.META)


def _write_reports(provider: Provider, received: Any) -> None:
    from tocsin.channels.email.providers.reports import read_reports

    reports = read_reports(provider, received, _secrets())
    if reports:
        services.write_reports(reports)


def _take_in(provider: Provider, received: Any) -> None:
    from tocsin.channels.email.providers.posts import read_posts

    account = _account(provider)
    posts = read_posts(provider, received, _secrets(), account)
    services.take_in_many([_arrival(provider, post) for post in posts])


def _arrival(provider: Provider, post: Any) -> Arrival:
    mailbox = queries.mailbox_for(post.recipients)
    source_key = f"{provider.key}:{post.key}"
    return Arrival("email", source_key, post.raw, mailbox.pk if mailbox else None, post.envelope)


def _account(provider: Provider) -> Account | None:
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
    except requests.RequestException:
        raise NotNow from None
    log.info("Amazon's notifications of %s are confirmed", said.get("TopicArn"))
    return True
