"""Who may use the API: the bearer of a token that was not revoked."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from tocsin.kernel.actors import Actor
from tocsin.people import queries, services


class TokenAuth(HttpBearer):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The program as it acts, or None, which becomes 401."""
        found = queries.token_by_secret(token)
        if found:
            services.note_token_use(found)
        return found.actor if found else None
