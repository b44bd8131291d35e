"""`Idempotency-Key`: a request that comes again is answered again, and acted on once.

The key, the act and the answer are one transaction. A crash leaves none of them, so the program's next
try acts; two at once wait for each other at the key's unique index, and the second gets the answer of
the first. Only answers of success are kept: a refused request changed nothing and may be mended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from tocsin.api import reasons
from tocsin.api.errors import shape
from tocsin.api.models import KeptAnswer
from tocsin.kernel import clock
from tocsin.kernel.reasons import Kept, in_english
from tocsin.people import queries
from tocsin.people.models import ApiToken

KEPT_FOR = timedelta(days=7)
_LONGEST_KEY = 200


class IdempotencyMiddleware:
    """Stands before the API's POST requests that carry a key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer once per token and key."""
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST" or not request.path.startswith("/api/"):
            return self.get_response(request)
        if len(key) > _LONGEST_KEY or "\x00" in key:
            return _error(reasons.KEY_TOO_LONG(), 422)
        token = _token(request)
        if token is None:
            return self.get_response(request)  # which answers 401
        return self._once(request, token, key)

    def _once(self, request: HttpRequest, token: ApiToken, key: str) -> HttpResponse:
        try:
            digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
        except RequestDataTooBig:
            return JsonResponse(shape(reasons.TOO_LARGE(), {}), status=422)
        with transaction.atomic():
            values = {"request_digest": digest, "created_at": clock.now()}
            kept, new = KeptAnswer.objects.get_or_create(token=token, key=key, defaults=values)
            if not new:
                return _again(kept, digest)
            response = self.get_response(request)
            if response.status_code >= 300:
                transaction.set_rollback(True)
            else:
                body = json.loads(response.content)
                KeptAnswer.objects.filter(pk=kept.pk).update(status=response.status_code, body=body)
            return response


def forget_old_answers() -> int:
    """Drop the answers that no program will ask for again."""
    return KeptAnswer.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _token(request: HttpRequest) -> ApiToken | None:
    """Whose request it is, read as `TokenAuth` reads it: the scheme's case says nothing."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return queries.token_by_secret(secret) if scheme.lower() == "bearer" else None


def _again(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.request_digest != digest:
        return _error(reasons.KEY_USED(), 409)
    return JsonResponse(kept.body, status=kept.status, safe=False)


def _error(reason: Kept, status: int) -> HttpResponse:
    return JsonResponse(shape(reason, {"Idempotency-Key": in_english(reason)}), status=status)
