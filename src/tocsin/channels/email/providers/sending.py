"""Sending by a provider's interface, with every failure told apart as by SMTP."""

from __future__ import annotations

import importlib
import threading
import time
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from tocsin.channels.base import Outbound, Permanent, Receipt, Retry
from tocsin.channels.email import reasons
from tocsin.channels.email.providers import answers
from tocsin.channels.email.providers.messages import for_anymail
from tocsin.channels.email.providers.table import Account, Provider
from tocsin.channels.email.standing import is_nobody_there
from tocsin.kernel import clock
from tocsin.kernel.reasons import Kept, plain

if TYPE_CHECKING:
    import requests
    from anymail.backends.base_requests import AnymailRequestsBackend

_TIMEOUT_S = 30.0
_CHECK_TIMEOUT_S = 5.0
_IDLE_S = 20.0
_AFTER_CONNECTION_S = 30.0
_AFTER_KEY_S = 300.0
_LONGEST_WISH_S = 3600.0


class ProviderConnection:
    """A kept connection to a provider's interface. One thread at a time."""

    def __init__(self, url: str) -> None:
        self._account = Account.from_url(url)
        self._backend: AnymailRequestsBackend | None = None
        self._used_at = 0.0
        self._not_before = 0.0
        self._lock = threading.Lock()

    @property
    def server(self) -> Account:
        """Whom it sends by."""
        return self._account

    def send(self, outbound: Outbound) -> Receipt:
        """Send one message. Raises Permanent (never try again) or Retry (with `connection` true when the
        provider itself could not be used)."""
        message = for_anymail(outbound, self._account.provider)
        with self._lock:
            self._wait_for_its_leave()
            return self._send(message)

    def check(self) -> str:
        """Whether the provider knows us, without sending; what it says. Raises Retry."""
        import requests

        account = self._account
        try:
            with requests.Session() as session:
                response = session.get(
                    urljoin(account.api, account.provider.health),
                    timeout=_CHECK_TIMEOUT_S,
                    **_credentials(account),
                )
        except requests.RequestException as error:
            raise self._unreached(error) from None
        words = answers.words_of(response, account.secrets)
        if response.status_code == 401 and "restricted" not in words:
            raise _broken(reasons.KEY_REFUSED(server=account, words=words), _AFTER_KEY_S)
        if response.status_code >= 500:
            raise _broken(reasons.SERVER_SAYS(server=account, words=words))
        return "knows our key"

    def close(self) -> None:
        """The next `send` connects again."""
        with self._lock:
            self._drop()

    def _send(self, message: Any) -> Receipt:
        from anymail import exceptions

        backend = self._opened()
        try:
            backend.send_messages([message])
        except exceptions.AnymailConfigurationError:
            raise _broken(reasons.PROVIDER_INCOMPLETE(server=self._account), _AFTER_KEY_S) from None
        except exceptions.AnymailError as error:
            raise self._judged(error) from None
        finally:
            self._used_at = time.monotonic()
        return self._accepted(message.anymail_status)

    def _accepted(self, status: Any) -> Receipt:
        if status.status & {"failed", "invalid", "rejected"} or status.esp_response.status_code >= 400:
            raise self._refusal(status.esp_response)
        recipient = next(iter(status.recipients.values()))
        provider = self._account.provider
        words = answers.words_of(status.esp_response, self._account.secrets)
        return Receipt(
            plain(f"{provider.label}: {words} ({recipient.message_id})")
            if words
            else reasons.PROVIDER_TOOK(server=provider.label, id=recipient.message_id),
            provider_ref=f"{provider.key}:{recipient.message_id}" if recipient.message_id else "",
        )

    def _judged(self, error: Exception) -> Exception:
        """What anymail's error means for the delivery."""
        import requests

        response = getattr(error, "response", None)
        if response is not None:
            return self._refusal(response)
        if isinstance(error, requests.RequestException):
            self._drop()
            return self._unreached(error)
        said = str(error.args[0] if error.args else error)[:500]
        return Permanent(reasons.PROVIDER_CANNOT(server=self._account, error=said))

    def _refusal(self, response: requests.Response) -> Exception:
        words = answers.words_of(response, self._account.secrets)
        reason = reasons.SERVER_SAYS(server=self._account, words=words)
        verdict = answers.verdict(self._account.provider.key, response.status_code, words)
        if verdict is answers.Verdict.LATER:
            wish = min(_wish_s(response), _LONGEST_WISH_S)
            self._not_before = time.monotonic() + wish
            return _broken(reason, max(wish, _AFTER_CONNECTION_S), throttled=response.status_code == 429)
        if verdict is answers.Verdict.OUR_FAULT:
            return _broken(reason, _AFTER_KEY_S)
        return Permanent(reason, nobody_there=is_nobody_there(words))

    def _wait_for_its_leave(self) -> None:
        """A provider that asked for a pause is not asked again before it is over."""
        left = self._not_before - time.monotonic()
        if left > 0:
            raise _broken(reasons.PAUSE_ASKED(server=self._account), left, throttled=True)

    def _unreached(self, error: Exception) -> Retry:
        import requests

        if isinstance(error, requests.Timeout):
            return _broken(reasons.NO_ANSWER(server=self._account))
        if isinstance(error, requests.exceptions.SSLError):
            return _broken(reasons.UNSAFE(server=self._account, error="TLS"), _AFTER_KEY_S)
        name = type(error.__cause__ or error).__name__
        return _broken(reasons.UNREACHED(server=self._account, error=name))

    def _opened(self) -> AnymailRequestsBackend:
        """The open connection; one that was idle is opened anew, since the other side hangs up silently."""
        if self._backend and time.monotonic() - self._used_at > _IDLE_S:
            self._drop()
        if self._backend is None:
            account = self._account
            values = {**account.settings, "api_url": account.api, "timeout": _TIMEOUT_S}
            self._backend = backend_class(account.provider)(**values)
            self._backend.open()
        return self._backend

    def _drop(self) -> None:
        backend, self._backend = self._backend, None
        if backend:
            backend.close()


def _broken(reason: Kept, after: float = _AFTER_CONNECTION_S, *, throttled: bool = False) -> Retry:
    return Retry(after, reason, connection=True, throttled=throttled)


@cache
def backend_class(provider: Provider) -> type[Any]:
    """anymail's, or in its shape, loaded at first use."""
    module = importlib.import_module(provider.part("backends"))
    found: type[Any] = module.EmailBackend
    return found


def _credentials(account: Account) -> dict[str, Any]:
    """How each provider is told who asks."""
    secrets = account.secrets
    by_provider: dict[str, dict[str, Any]] = {
        "postmark": {"headers": {"X-Postmark-Server-Token": secrets[0], "Accept": "application/json"}},
        "mailgun": {"auth": ("api", secrets[0])},
        "brevo": {"headers": {"api-key": secrets[0]}},
        "mailjet": {"auth": tuple(secrets)},
        "sparkpost": {"headers": {"Authorization": secrets[0]}},
    }
    return by_provider.get(account.provider.key, {"headers": {"Authorization": f"Bearer {secrets[0]}"}})


def _wish_s(response: requests.Response) -> float:
    """`Retry-After`, in seconds or as a date; 0 when there is none."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdecimal() and len(asked) < 10:
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return 0.0
