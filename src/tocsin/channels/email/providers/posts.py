"""Mail that a provider took in for us and posts to us, as bytes of a mail again."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tocsin.channels.email.providers import fetching, webhooks
from tocsin.channels.email.providers.forms import Form, read_form
from tocsin.channels.email.providers.rebuilding import rebuilt
from tocsin.channels.email.providers.table import PROVIDERS, Account, Provider
from tocsin.channels.email.providers.webhooks import INBOUND, NotNow, NotUnderstood, Request, Secrets

log = logging.getLogger(__name__)

_FOLDING = re.compile(r"[\r\n]+[ \t]*")
# Others give a mail another name when they post it once more, or none.
_LASTING_NAMES = {"postmark", "brevo", "resend"}
_KEPT_AS_IT_CAME = """From: "{label}" <inbound@{key}.invalid>
Subject: Mail by {label} that could not be read
Auto-Submitted: auto-generated
Content-Type: multipart/mixed; boundary="{boundary}"

--{boundary}
Content-Type: text/plain

{label} posted a mail in a form that could not be read. The file holds it as it came.
--{boundary}
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="{key}.txt"
Content-Transfer-Encoding: base64

"""


@dataclass(frozen=True)
class Post:
    """One mail. `name` is the provider's own lasting name for it, '' when it has none; `is_original` when
    these are the sender's bytes and not a mail made again from fields."""

    raw: bytes = field(repr=False)
    recipients: tuple[str, ...] = ()
    mail_from: str | None = None
    name: str = ""
    is_original: bool = True

    @property
    def key(self) -> str:
        """The same whenever the provider posts it once more."""
        digest = hashlib.sha256("\x00".join(self.recipients).encode("utf-8", "replace"))
        digest.update(self.name.encode("utf-8", "replace") if self.name else self.raw)
        return digest.hexdigest()

    @property
    def envelope(self) -> dict[str, Any]:
        """What is known beside the bytes. What stands in them about the sender's trust, no server of ours
        wrote: our own DKIM check decides, where the bytes are the sender's."""
        known: dict[str, Any] = {"rcpt_tos": list(self.recipients), "trusted_authserv_ids": []}
        if self.is_original:
            known["first_server"] = True
        if self.mail_from is not None:
            known["mail_from"] = self.mail_from
        return known


def check_posts(provider: Provider, request: Request, secrets: Secrets) -> None:
    """Raises Forged when it is not the provider's; Mailgun signs among the fields of its form."""
    form = read_form(request.body, request.content_type) if provider.key == "mailgun" else None
    if form:
        request.POST, request.FILES = form.as_query(), form.files
    # The readers of those that fetch the rest want a key of ours; what they check is the same.
    purpose = webhooks.TRACKING if provider.key in fetching.READERS else INBOUND
    webhooks.check(webhooks.view(provider, purpose, secrets), request)


def read_posts(
    provider: Provider, request: Request, secrets: Secrets, account: Account | None = None
) -> list[Post]:
    """The mails in a checked request. What cannot be read is kept whole, as a file in a mail that says so.

    Raises NotUnderstood where this is no mail at all, and NotNow where a part of it could not be
    fetched by the provider's interface, for which some need our `account`.
    """
    form = read_form(request.body, request.content_type)
    request.POST, request.FILES = form.as_query(), form.files
    reader = _reader(provider, secrets, account)
    whole = _WHOLE.get(provider.key, _nothing)
    posts = _kept_on_failure(provider, request, lambda: whole(request, form))
    return posts or [
        post for piece in _pieces(provider, request) for post in _made_again(provider, reader, piece)
    ]


def _reader(provider: Provider, secrets: Secrets, account: Account | None) -> Any:
    fetches = fetching.READERS.get(provider.key)
    if not fetches:
        return webhooks.view(provider, INBOUND, secrets)
    if account is None:
        raise NotUnderstood(
            f"mail by {provider.label} can be taken in only where {provider.label} is a route"
        )
    values = {**account.settings, "api_url": account.api, "webhook_secret": secrets.name_and_password}
    return fetches()(**values)


def _pieces(provider: Provider, request: Request) -> list[Request]:
    """One mail at a time, where several may come together."""
    if provider.key != "brevo":
        return [request]
    said = webhooks.read_json(request.body)
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise NotUnderstood("this is not what Brevo posts for a mail")
    return [request.only(json.dumps({"items": [one]}).encode()) for one in items]


def _made_again(provider: Provider, reader: Any, request: Request) -> list[Post]:
    from anymail.exceptions import AnymailConfigurationError

    if not request.POST and request.body.lstrip()[:1] not in (b"{", b"["):
        raise NotUnderstood("this is neither JSON nor a form")

    def read() -> list[Post]:
        try:
            return [_from_event(provider, event) for event in reader.parse_events(_unfolded(request))]
        except AnymailConfigurationError as error:
            raise NotUnderstood(str(error)) from None

    return _kept_on_failure(provider, request, read)


def _unfolded(request: Request) -> Request:
    """With every header on one line: anymail refuses a mail for one that is still folded."""
    if "message-headers" in request.POST:
        pairs = json.loads(request.POST["message-headers"])
        request.POST["message-headers"] = json.dumps(_on_one_line(pairs))
    if request.POST:
        return request
    return request.only(json.dumps(_with_headers_unfolded(json.loads(request.body))).encode())


def _with_headers_unfolded(said: Any) -> Any:
    if isinstance(said, list):
        return [_with_headers_unfolded(one) for one in said]
    if not isinstance(said, dict):
        return said
    return {
        name: _on_one_line(value) if name == "Headers" else _with_headers_unfolded(value)
        for name, value in said.items()
    }


def _on_one_line(value: Any) -> Any:
    if isinstance(value, str):
        return _FOLDING.sub(" ", value)
    if isinstance(value, list):
        return [_on_one_line(one) for one in value]
    if isinstance(value, dict):
        return {_on_one_line(name): _on_one_line(one) for name, one in value.items()}
    return value


def _kept_on_failure(provider: Provider, request: Request, read: Callable[[], list[Post]]) -> list[Post]:
    """What `read` finds; where it breaks on what the provider surely sent, the request itself."""
    try:
        return read()
    except (NotUnderstood, NotNow):
        raise
    except Exception as error:
        log.warning("a mail by %s could not be read and is kept as it came: %r", provider.label, error)
        return [Post(_as_it_came(provider, request.body), is_original=False)]


def _from_event(provider: Provider, event: Any) -> Post:
    message = event.message
    whole = getattr(message, "whole", b"")
    recipient = message.envelope_recipient
    return Post(
        whole or rebuilt(message),
        (str(recipient),) if recipient else tuple(_addresses(message)),
        str(message.envelope_sender) if message.envelope_sender is not None else None,
        str(event.event_id or "") if provider.key in _LASTING_NAMES else "",
        bool(whole),
    )


def _addresses(message: Any) -> list[str]:
    return [one.addr_spec for one in [*message.to, *message.cc]]


def _as_it_came(provider: Provider, body: bytes) -> bytes:
    boundary = f"=_{hashlib.sha256(body).hexdigest()[:32]}"
    head = _KEPT_AS_IT_CAME.format(label=provider.label, key=provider.key, boundary=boundary)
    return head.encode() + base64.encodebytes(body) + f"--{boundary}--\n".encode()


# --- Where the sender's bytes are in it, they are taken as they are ------------------------------------


def _postmark(request: Request, form: Form) -> list[Post]:
    said = webhooks.read_json(request.body)
    raw = said.get("RawEmail") if isinstance(said, dict) else None
    if not isinstance(raw, str):
        return []
    headers = said.get("Headers") or [{}]
    sender = headers[0].get("Value", "").strip("<> ") if headers[0].get("Name") == "Return-Path" else None
    return [Post(_bytes(raw), _named(said.get("OriginalRecipient")), sender, str(said.get("MessageID", "")))]


def _mailgun(request: Request, form: Form) -> list[Post]:
    raw = form.fields.get("body-mime")
    if not raw:
        return []
    return [Post(raw, _named(form.text("recipient")), form.text("sender") or None)]


def _sendgrid(request: Request, form: Form) -> list[Post]:
    raw = form.fields.get("email")
    if not raw:
        return []
    try:
        envelope = json.loads(form.text("envelope"))
        return [Post(raw, tuple(map(str, envelope["to"])), str(envelope.get("from", "")))]
    except (ValueError, LookupError, TypeError, AttributeError):
        return [Post(raw)]


def _sparkpost(request: Request, form: Form) -> list[Post]:
    said = webhooks.read_json(request.body)
    items = said if isinstance(said, list) else []
    mails = [one for one in items if isinstance(one, dict) and one.get("msys")]  # else it only tries the line
    return [post for item in mails for post in _relayed(item)]


def _relayed(item: dict[str, Any]) -> list[Post]:
    relayed = item["msys"].get("relay_message")
    if relayed is None:
        raise NotUnderstood("these are reports and no mail: this is the other webhook's address")

    def read() -> list[Post]:
        content = relayed["content"]
        raw = _bytes(content["email_rfc822"])
        raw = base64.b64decode(raw) if content.get("email_rfc822_is_base64") else raw
        return [Post(raw, _named(relayed.get("rcpt_to")), relayed.get("msg_from"))]

    whole = Request(json.dumps(item).encode(), "application/json", {}, {})
    return _kept_on_failure(PROVIDERS["sparkpost"], whole, read)


def _amazon_ses(request: Request, form: Form) -> list[Post]:
    said = webhooks.read_json(request.body)
    event = webhooks.read_json(_bytes(str(said.get("Message", "{}")))) if isinstance(said, dict) else {}
    receipt, mail = event.get("receipt") or {}, event.get("mail") or {}
    content = event.get("content")
    if not isinstance(content, str):
        raise NotUnderstood("there is no mail in it; choose SNS, and not S3, as the receipt rule's action")
    is_base64 = (receipt.get("action") or {}).get("encoding") == "BASE64"
    raw = base64.b64decode(content) if is_base64 else _bytes(content)
    recipients = tuple(map(str, receipt.get("recipients") or ()))
    return [Post(raw, recipients, mail.get("source"), str(mail.get("messageId", "")))]


_WHOLE: dict[str, Callable[[Request, Form], list[Post]]] = {
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "sparkpost": _sparkpost,
    "amazon-ses": _amazon_ses,
}


def _nothing(request: Request, form: Form) -> list[Post]:
    return []


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _named(address: object) -> tuple[str, ...]:
    return (address,) if isinstance(address, str) and address else ()
