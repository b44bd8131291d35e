"""Every error of the API as `{error, fields}`: what happened, and which inputs are at fault."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tocsin.console.refusals import status_of
from tocsin.kernel.errors import Refused

log = logging.getLogger(__name__)

# Where pydantic says it looked; of no use to the reader.
_NOISE = {"body", "query", "path", "header"}


def install(api: NinjaAPI) -> None:
    """Teach an API to answer errors our way."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(api, request, error.message, error.fields, status_of(error))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {_name(item): str(item.get("msg", "not valid")) for item in error.errors}
        return answer(api, request, "Some fields are missing or not valid.", fields, 422)

    @api.exception_handler(AuthenticationError)
    def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(api, request, "Send a valid token: Authorization: Bearer TOKEN.", {}, 401)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(api, request, "There is nothing here.", {}, 404)

    @api.exception_handler(HttpError)
    def http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(api, request, str(error), {}, 422 if error.status_code == 400 else error.status_code)


def answer(
    api: NinjaAPI, request: HttpRequest, error: str, fields: dict[str, str], status: int
) -> HttpResponse:
    """The one shape of an error."""
    return api.create_response(request, {"error": error, "fields": fields}, status=status)


def _name(item: dict[str, Any]) -> str:
    """`("body", "payload", "next_update_at")` → `next_update_at`."""
    path = [str(part) for part in item.get("loc", ()) if part not in _NOISE and part != "payload"]
    return ".".join(path) or "body"
