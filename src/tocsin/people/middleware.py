"""Each reader in their own language and time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from tocsin.people.models import Staff


class StaffLocaleMiddleware:
    """What a member of staff chose beats what the browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the reader's language and zone."""
        if isinstance(request.user, Staff):
            if request.user.language:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language() or "en"
            _activate_zone(request.user.time_zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def _activate_zone(name: str) -> None:
    try:
        timezone.activate(ZoneInfo(name)) if name else timezone.deactivate()
    except (ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()
