"""OAuth2 for mailboxes of Microsoft 365 and Gmail: from a refresh token to short-lived access tokens, and
the SASL mechanism XOAUTH2 by which they are shown to IMAP, POP3 and SMTP servers.

By the providers' documentation: “Authenticate an IMAP, POP or SMTP connection using OAuth” (Microsoft),
“OAuth 2.0 Mechanism” (Gmail), and RFC 6749, section 6.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from tocsin.channels.base import Retry
from tocsin.channels.email import reasons
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept, join

_TIMEOUT_S = 20.0
_AFTER_S = 60.0
_AFTER_REFUSAL_S = 300.0
_BEFORE_IT_ENDS_S = 120.0
_SHORTEST_LIFE_S = 60.0
_LARGEST_ANSWER = 256 * 1024
_GOOGLE = "https://oauth2.googleapis.com/token"
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_MICROSOFT_SCOPE = "https://outlook.office.com/{permission} offline_access"
_ASK_AGAIN_AFTER_S = 30.0
_REMEDIES = {
    "invalid_client": reasons.CLIENT_UNKNOWN,
    "unauthorized_client": reasons.CLIENT_NOT_ALLOWED,
    "interaction_required": reasons.SIGN_IN_AGAIN,
}
_ABOUT_THE_PERMISSION = {"invalid_grant", "invalid_scope"}
_WANT_A_PERSON = {*_REMEDIES, *_ABOUT_THE_PERMISSION}


class Use(StrEnum):
    """What a token is for: Microsoft's name of the permission. It gives no token at all when one permission
    of several asked for was not given, so each use asks for its own."""

    IMAP = "IMAP.AccessAsUser.All"
    POP = "POP.AccessAsUser.All"
    SMTP = "SMTP.Send"


@dataclass(frozen=True)
class OAuth:
    """How a mailbox's access tokens are got. Its text shows no secret.

    `provider` is `microsoft`, `google`, or the address of another token endpoint; `tenant` is Microsoft's
    name for the organisation (`organizations` when empty).
    """

    provider: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    tenant: str = ""

    @property
    def token_url(self) -> str:
        """The provider's token endpoint. Raises BadSetting where it is not encrypted."""
        if self.provider == "google":
            return _GOOGLE
        if self.provider == "microsoft":
            return _MICROSOFT.format(tenant=self.tenant or "organizations")
        parts = urlsplit(self.provider)
        if parts.hostname and (parts.scheme == "https" or _is_loopback(parts.hostname)):
            return self.provider
        raise BadSetting(reasons.TOKEN_ENDPOINT())

    def request(self, use: Use) -> bytes:
        """What the provider is asked with. Google's one permission for mail covers every use."""
        values = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "scope": _MICROSOFT_SCOPE.format(permission=use.value) if self.provider == "microsoft" else "",
        }
        return urlencode({name: value for name, value in values.items() if value}).encode("ascii")


class Tokens:
    """Access tokens for one mailbox and one use, each kept until shortly before it ends. Threads share it."""

    def __init__(
        self,
        oauth: OAuth,
        on_new_refresh_token: Callable[[OAuth, OAuth], None] | None = None,
        *,
        use: Use = Use.IMAP,
    ) -> None:
        self._oauth = oauth
        self._use = use
        self._on_new_refresh_token = on_new_refresh_token
        self._token = ""
        self._ends_at = 0.0
        self._refusal: Retry | None = None
        self._ask_again_at = self._forget_again_at = 0.0
        self._lock = threading.Lock()

    def access_token(self) -> str:
        """A token that holds for two minutes at least. Raises Retry with what to do."""
        with self._lock:
            if time.monotonic() >= self._ends_at:
                self._renew()
            return self._token

    def forget(self) -> None:
        """The server did not take it: the next is a new one. Where new ones are refused, too, it is not the
        token's fault, and the provider is not asked for one by each try."""
        with self._lock:
            now = time.monotonic()
            if now >= self._forget_again_at:
                self._ends_at, self._forget_again_at = 0.0, now + _ASK_AGAIN_AFTER_S

    def use_from_now(self, oauth: OAuth) -> None:
        """The sign-in as it is kept now. With another refresh token alone, the present access token stays
        good: somebody else who uses the same mailbox was given the new one."""
        with self._lock:
            if oauth == self._oauth:
                return
            if replace(oauth, refresh_token="") != replace(self._oauth, refresh_token=""):
                self._ends_at = 0.0
            self._oauth, self._refusal = oauth, None

    def _renew(self) -> None:
        """A refusal that wants a person is not asked for again by each of many connections at once."""
        if self._refusal and time.monotonic() < self._ask_again_at:
            raise Retry(self._refusal.after, self._refusal.reason, connection=True)
        try:
            self._refusal, answer = None, _ask(self._oauth, self._use)
        except Retry as refusal:
            if refusal.after >= _AFTER_REFUSAL_S:
                self._refusal, self._ask_again_at = refusal, time.monotonic() + _ASK_AGAIN_AFTER_S
            raise
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise Retry(_AFTER_S, reasons.NO_TOKEN_IN_ANSWER(), connection=True)
        self._token = token
        self._ends_at = time.monotonic() + _life(answer) - _BEFORE_IT_ENDS_S
        new = answer.get("refresh_token")
        if isinstance(new, str) and new and new != self._oauth.refresh_token:
            before, self._oauth = self._oauth, replace(self._oauth, refresh_token=new)
            if self._on_new_refresh_token:
                self._on_new_refresh_token(before, self._oauth)


def xoauth2(user: str, token: str) -> bytes:
    """The first answer of the mechanism XOAUTH2, before base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()


def _life(answer: dict[str, Any]) -> float:
    try:
        seconds = float(answer.get("expires_in", 3600))
    except (TypeError, ValueError):
        seconds = 3600.0
    return max(seconds, _SHORTEST_LIFE_S + _BEFORE_IT_ENDS_S)


def _ask(oauth: OAuth, use: Use) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310  https, or the loopback: see token_url
        oauth.token_url, oauth.request(use), {"Accept": "application/json"}
    )
    host = urlsplit(oauth.token_url).hostname
    try:
        with _opener.open(request, timeout=_TIMEOUT_S) as response:
            return _json(response.read(_LARGEST_ANSWER))
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise _refused(oauth, use, refusal.code, _json(refusal.read(_LARGEST_ANSWER))) from None
    except (OSError, ValueError) as problem:
        error = getattr(problem, "reason", problem)
        raise Retry(_AFTER_S, reasons.NO_TOKEN_GIVEN(host=host, error=error), connection=True) from None


def _refused(oauth: OAuth, use: Use, status: int, answer: dict[str, Any]) -> Retry:
    """With the provider's words and the remedy, and without our secrets, should it repeat them."""
    code = str(answer.get("error", ""))
    said = " ".join(str(answer.get("error_description", "")).split())[:300]
    for secret in (oauth.refresh_token, oauth.client_secret):
        said = said.replace(secret, "…") if secret else said
    words = " ".join(f"{status} {code[:60]} {said}".split())
    after = _AFTER_REFUSAL_S if code in _WANT_A_PERSON else _AFTER_S
    return Retry(after, join(_remedy(code, use), reasons.PROVIDER_SAID(words=words)), connection=True)


def _remedy(code: str, use: Use) -> Kept:
    if code not in _ABOUT_THE_PERMISSION:
        return _REMEDIES.get(code, reasons.TOKEN_TROUBLE)()
    if use is Use.SMTP:
        return reasons.NOT_PERMITTED_TO_SEND(permission=use.value)
    return reasons.NOT_PERMITTED_TO_FETCH(permission=use.value)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token endpoint does not move, and our secrets go nowhere else."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        """Never."""


_opener = urllib.request.build_opener(_NoRedirect)


def _json(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
