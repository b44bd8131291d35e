"""Two providers post only a part of a mail; the rest is fetched from them, with patience and limits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urljoin

from tocsin.channels.email.providers.webhooks import NotNow, read_json

_TIMEOUT_S = 15.0
_LARGEST = 60 * 2**20
_PIECE = 256 * 2**10
_GONE = {404, 410}


class Gone(Exception):
    """The provider has it no more."""


def fetched(url: str, headers: dict[str, str]) -> tuple[bytes, str]:
    """What lies there, and its type. Raises NotNow, or Gone."""
    import requests

    try:
        with requests.get(url, headers=headers, timeout=_TIMEOUT_S, stream=True) as response:
            if response.status_code in _GONE:
                raise Gone
            if response.status_code != 200:
                raise NotNow(f"the provider answered {response.status_code}")
            content = b""
            for piece in response.iter_content(_PIECE):
                content += piece
                if len(content) > _LARGEST:
                    raise NotNow("this is too large")
            return content, response.headers.get("Content-Type", "")
    except requests.RequestException as error:
        raise NotNow(type(error).__name__) from None


@functools.cache
def _brevo() -> type[Any]:
    from anymail.inbound import AnymailInboundMessage
    from anymail.webhooks.brevo import BrevoInboundWebhookView

    class Reader(BrevoInboundWebhookView):  # type: ignore[misc]  # anymail has no types
        """Brevo's, which keeps the files."""

        def _fetch_attachment(self, attachment: dict[str, Any]) -> Any:
            token = quote(attachment["DownloadToken"], safe="")
            name, kind = attachment.get("Name"), attachment.get("ContentType", "application/octet-stream")
            try:
                url = urljoin(self.api_url, f"inbound/attachments/{token}")
                content, told_kind = fetched(url, {"api-key": self.api_key})
                kind = told_kind or kind
            except Gone:
                content, kind, name = b"Brevo has this file no more.\n", "text/plain", f"{name}.txt"
            return AnymailInboundMessage.construct_attachment(
                kind, content, filename=name, content_id=attachment.get("ContentID")
            )

    return Reader


@functools.cache
def _resend() -> type[Any]:
    from anymail.inbound import AnymailInboundMessage
    from anymail.webhooks.resend import ResendInboundWebhookView

    class Reader(ResendInboundWebhookView):  # type: ignore[misc]  # as above
        """Resend's, which keeps the whole mail."""

        def _fetch_inbound_email(self, email_id: str) -> Any:
            headers = {"Authorization": f"Bearer {self.api_key}"}
            url = urljoin(self.api_url, f"emails/receiving/{quote(email_id, safe='')}")
            about = read_json(fetched(url, headers)[0])
            raw_url = (about.get("raw") or {}).get("download_url")
            if not raw_url:
                raise NotNow("the mail is not ready yet")
            message = AnymailInboundMessage()
            message.whole = fetched(raw_url, {})[0]
            message.envelope_recipient = next(iter(about.get("to") or []), None)
            return message

    return Reader


READERS: dict[str, Callable[[], type[Any]]] = {"brevo": _brevo, "resend": _resend}
