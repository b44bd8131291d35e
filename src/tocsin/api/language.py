"""Programs are answered in English, whatever language their HTTP library asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override


class EnglishMiddleware:
    """Stands before the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """As usual, in English where it is for the API."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        with override("en"):
            return self.get_response(request)
