"""The addresses to which the other sides of channels post: `/channels/CHANNEL/ACCOUNT/webhook/…`, where
ACCOUNT is a number or `default`.

Nothing is understood here that can be understood later: it is written down, committed, and answered. The
answers: 200 committed, 400 not understood, 401 not let in, 403 forged, 404 nothing is taken there, 503 to
come again.
"""

from __future__ import annotations

import logging

from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from tocsin.channels.accounts import Account
from tocsin.channels.base import Retry, Unreadable
from tocsin.channels.hosting import Request
from tocsin.channels.registry import channel
from tocsin.kernel.errors import NotFound
from tocsin.mailroom import models, queries, services
from tocsin.mailroom.door import CHALLENGE, may_knock

log = logging.getLogger(__name__)


@csrf_exempt  # the other side has no cookie; what its channel checks is the permission
@never_cache
def receive(request: HttpRequest, key: str, account: str, path: str) -> HttpResponse:
    """What came in, or what became of messages of ours."""
    received = _received(request, path)
    if not may_knock(key, received):
        return HttpResponse(status=401, headers={"WWW-Authenticate": CHALLENGE})
    ours = _account(key, account)
    try:
        if request.method == "POST" and not channel(key).verify(ours, received):
            return HttpResponse(status=403)
        return HttpResponse(_written_down(ours, received))
    except LookupError:
        raise Http404 from None
    except Unreadable:
        return HttpResponse(status=400)
    except (Retry, Error) as problem:
        log.warning("a request for %s has to come again: %s", key, type(problem).__name__)
        return HttpResponse(status=503, headers={"Retry-After": "60"})


def _written_down(account: Account, received: Request) -> str:
    unpacked = channel(account.channel).unpack(account, received)
    with transaction.atomic(durable=True):
        if unpacked.posts:
            services.take_in_posts(account.channel, unpacked.posts, account_id=account.id)
        if unpacked.reports:
            services.write_reports(unpacked.reports)
    return unpacked.answer


def _account(key: str, account: str) -> Account:
    try:
        row = _default(key) if account == "default" else queries.account_by_id(int(account))
    except NotFound:
        row = None
    if row is None or row.channel != key or not row.is_enabled:
        raise Http404
    return queries.account_value(row, lenient=True)


def _default(key: str) -> models.Account | None:
    """Made where the environment names one and nothing needed it yet."""
    found = queries.default_account(key)
    if found is None:
        services.ensure_accounts()
    return found or queries.default_account(key)


def _received(request: HttpRequest, path: str) -> Request:
    """As it came; Django's own limits are for forms that people fill in."""
    return Request(
        path=path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
        content_type=request.META.get("CONTENT_TYPE", ""),
        method=request.method or "",
        query={name: str(value) for name, value in request.GET.items()},
    )
