"""A refused act shown as a page that says what happened and what to do, never as a fault of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from tocsin.console.faults import page_above
from tocsin.kernel.errors import Conflict, Forbidden, NotFound, Refused
from tocsin.kernel.reasons import UNSTORABLE

log = logging.getLogger(__name__)


class RefusalMiddleware:
    """Turns `Refused` raised by a verb into an answer with the right status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as usual; an address that only takes forms leads to its page when somebody opens it."""
        response = self.get_response(request)
        bare = isinstance(response, HttpResponseNotAllowed) and not response.content  # the API says more
        return redirect(page_above(request.path)) if bare and request.method == "GET" else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refused → 422, Conflict → 409, Forbidden → 403, NotFound → 404, what the database can't take → 422.

        Anything else is not ours to explain.
        """
        if isinstance(exception, DataError):
            log.warning("%s: %s", request.path, exception)
            exception = Refused(UNSTORABLE())
        if not isinstance(exception, Refused):
            return None
        return render(request, "console/refused.html", {"refused": exception}, status=status_of(exception))


def status_of(refused: Refused) -> int:
    """The HTTP status that says the same."""
    statuses = {NotFound: 404, Forbidden: 403, Conflict: 409}
    return next((status for kind, status in statuses.items() if isinstance(refused, kind)), 422)
