"""Every error of the API as `{error, reasons, fields}`: what happened, the same as codes with values, and
which inputs are at fault."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tocsin.api import reasons
from tocsin.console.refusals import status_of
from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import UNSTORABLE, Kept, as_data, in_english, plain

log = logging.getLogger(__name__)

# Where pydantic says it looked; of no use to the reader.
_NOISE = {"body", "query", "path", "header"}


def install(api: NinjaAPI) -> None:
    """Teach an API to answer errors our way."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(api, request, error.reason, error.fields, status_of(error))

    @api.exception_handler(DataError)
    def unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
        log.warning("%s: %s", request.path, error)
        return answer(api, request, UNSTORABLE(), {}, 422)

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return answer(api, request, reasons.TOO_LARGE(), {}, 422)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {_name(item): str(item.get("msg", "not valid")) for item in error.errors}
        return answer(api, request, reasons.INVALID_FIELDS(), fields, 422)

    @api.exception_handler(AuthenticationError)
    def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(api, request, reasons.NO_TOKEN(), {}, 401)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(api, request, reasons.NOTHING_HERE(), {}, 404)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(api, request, plain(error), {}, 422 if error.status_code == 400 else error.status_code)


def in_our_shape(api: NinjaAPI) -> Any:
    """The API's addresses, whose answer to a method that they have not (405) is in our shape too."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        pattern.callback = _shaped(api, pattern.callback)
    return patterns, app_name, namespace


def _shaped(api: NinjaAPI, view: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        told = answer(api, request, reasons.NO_METHOD(method=request.method), {}, 405)
        told["Allow"] = response["Allow"]
        return told

    return shaped


def answer(
    api: NinjaAPI, request: HttpRequest, reason: Kept, fields: dict[str, str], status: int
) -> HttpResponse:
    """The one shape of an error."""
    return api.create_response(request, shape(reason, fields), status=status)


def shape(reason: Kept, fields: dict[str, str]) -> dict[str, Any]:
    """What an error says, in English."""
    return {"error": in_english(reason), "reasons": as_data(reason), "fields": fields}


def _name(item: dict[str, Any]) -> str:
    """`("body", "payload", "next_update_at")` → `next_update_at`."""
    path = [str(part) for part in item.get("loc", ()) if part not in _NOISE and part != "payload"]
    return ".".join(path) or "body"
