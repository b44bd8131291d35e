"""SendGrid, in the shape of anymail's parts for the others: anymail dropped its own.

Its interface names a mail only in a header of its answer, and reports by another name. So each mail carries
an id of ours among its custom arguments, which SendGrid repeats in every report.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from datetime import UTC, datetime
from email.parser import BytesParser
from typing import Any

from anymail.backends.base_requests import AnymailRequestsBackend, RequestsPayload
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.message import AnymailRecipientStatus
from anymail.signals import (
    AnymailInboundEvent,
    AnymailTrackingEvent,
    EventType,
    RejectReason,
    inbound,
    tracking,
)
from anymail.webhooks.base import AnymailBaseWebhookView
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OUR_ID = "tocsin_id"

_KINDS = {
    "bounce": EventType.BOUNCED,
    "deferred": EventType.DEFERRED,
    "delivered": EventType.DELIVERED,
    "dropped": EventType.REJECTED,
    "spamreport": EventType.COMPLAINED,
    "unsubscribe": EventType.UNSUBSCRIBED,
    "group_unsubscribe": EventType.UNSUBSCRIBED,
}
_WHY_DROPPED = {
    "invalid": RejectReason.INVALID,
    "bounced address": RejectReason.BOUNCED,
    "unsubscribed address": RejectReason.UNSUBSCRIBED,
    "spam reporting address": RejectReason.SPAM,
}


class EmailBackend(AnymailRequestsBackend):  # type: ignore[misc]  # the library is untyped
    """Sends by `mail/send` of its interface, version 3."""

    esp_name = "SendGrid"

    def __init__(self, *, api_key: str, api_url: str, **options: Any) -> None:
        self.api_key = api_key
        super().__init__(api_url, **options)

    def build_message_payload(self, message: Any, defaults: Any) -> Payload:
        """anymail asks for it."""
        return Payload(message, defaults, self)

    def parse_recipient_status(
        self, response: Any, payload: Payload, message: Any
    ) -> dict[str, AnymailRecipientStatus]:
        """It says yes or no, and nothing of single recipients."""
        status = AnymailRecipientStatus(message_id=payload.our_id, status="queued")
        return {one.addr_spec: status for one in payload.recipients}


class Payload(RequestsPayload):  # type: ignore[misc]  # the library is untyped
    """One mail as JSON. What anymail finds in a message, it hands to the method of that name."""

    def __init__(self, message: Any, defaults: Any, backend: EmailBackend) -> None:
        self.our_id = str(uuid.uuid4())
        self.recipients: list[Any] = []
        headers = {"Authorization": f"Bearer {backend.api_key}", "Content-Type": "application/json"}
        super().__init__(message, defaults, backend, headers=headers)

    def get_api_endpoint(self) -> str:
        """Below the interface's address."""
        return "mail/send"

    def init_payload(self) -> None:
        """The ids come as custom arguments of the mail."""
        self.data: dict[str, Any] = {
            "personalizations": [{}],
            "headers": {},
            "content": [],
            "custom_args": {OUR_ID: self.our_id},
            "tracking_settings": {},
        }

    def serialize_data(self) -> Any:
        """Without what is empty, which it refuses."""
        return self.serialize_json({name: value for name, value in self.data.items() if value})

    def set_from_email(self, email: Any) -> None:
        self.data["from"] = self._address(email)

    def set_recipients(self, recipient_type: str, emails: list[Any]) -> None:
        if emails:
            self.data["personalizations"][0][recipient_type] = [self._address(one) for one in emails]
            self.recipients += emails

    def set_subject(self, subject: str) -> None:
        self.data["subject"] = subject

    def set_reply_to(self, emails: list[Any]) -> None:
        if emails:
            self.data["reply_to_list"] = [self._address(one) for one in emails]

    def set_extra_headers(self, headers: Any) -> None:
        self.data["headers"].update({name: str(value) for name, value in headers.items()})

    def set_text_body(self, body: str) -> None:
        self._add_words("text/plain", body)

    def set_html_body(self, body: str) -> None:
        self._add_words("text/html", body)

    def add_attachment(self, attachment: Any) -> None:
        """It forgets the charset of a text, so all are in UTF-8."""
        file = {
            "content": attachment.b64content_utf8,
            "type": attachment.mimetype,
            "filename": attachment.name or "",
        }
        if attachment.inline:
            file |= {"disposition": "inline", "content_id": attachment.cid}
        self.data.setdefault("attachments", []).append(file)

    def set_metadata(self, metadata: dict[str, Any]) -> None:
        self.data["custom_args"].update({name: str(value) for name, value in metadata.items()})

    def set_track_clicks(self, track_clicks: bool) -> None:
        self.data["tracking_settings"]["click_tracking"] = {"enable": track_clicks}

    def set_track_opens(self, track_opens: bool) -> None:
        self.data["tracking_settings"]["open_tracking"] = {"enable": track_opens}

    def _add_words(self, kind: str, body: str) -> None:
        if body:
            self.data["content"].append({"type": kind, "value": body})

    def _address(self, email: Any) -> dict[str, str]:
        address: dict[str, str] = email.as_dict(idna_encode=self.backend.idna_encode)
        return address


class SendGridTrackingWebhookView(AnymailBaseWebhookView):  # type: ignore[misc]  # the library is untyped
    """What became of mails; signed, where the key by which that is checked is given."""

    esp_name = "SendGrid"
    signal = tracking

    def __init__(self, *, tracking_webhook_verification_key: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._key = _public_key(tracking_webhook_verification_key)

    def validate_request(self, request: Any) -> None:
        """Raises AnymailWebhookValidationFailure."""
        if self._key is None:
            return
        signed = request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "").encode() + request.body
        try:
            signature = base64.b64decode(request.headers.get("X-Twilio-Email-Event-Webhook-Signature", ""))
            self._key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        except (binascii.Error, InvalidSignature):
            raise AnymailWebhookValidationFailure("This is not SendGrid's signature.") from None

    def parse_events(self, request: Any) -> list[AnymailTrackingEvent]:
        """One report each."""
        return [_tracking_event(one) for one in json.loads(request.body)]


class SendGridInboundWebhookView(AnymailBaseWebhookView):  # type: ignore[misc]  # the library is untyped
    """Mail taken apart into fields, where *POST the raw, full MIME message* is not chosen."""

    esp_name = "SendGrid"
    signal = inbound

    def parse_events(self, request: Any) -> list[AnymailInboundEvent]:
        """One mail."""
        words = _words(request)
        message = AnymailInboundMessage.construct(
            raw_headers=request.POST["headers"], attachments=_files(request), **words
        )
        envelope = _object(request.POST.get("envelope"))
        if envelope:
            message.envelope_sender, message.envelope_recipient = envelope["from"], envelope["to"][0]
        return [AnymailInboundEvent(event_type=EventType.INBOUND, esp_event=request, message=message)]


def _public_key(written: str) -> ec.EllipticCurvePublicKey | None:
    """Raises ValueError for what is no key of its kind."""
    if not written:
        return None
    pem = f"-----BEGIN PUBLIC KEY-----\n{written}\n-----END PUBLIC KEY-----"
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("SendGrid signs with an elliptic curve; this is another kind of key.")
    return key


def _tracking_event(said: dict[str, Any]) -> AnymailTrackingEvent:
    """As anymail's other readers make it. A dropped mail never reached a server, so none said anything."""
    kind = _KINDS.get(said["event"], EventType.UNKNOWN)
    dropped = kind == EventType.REJECTED
    why = str(said.get("type", said.get("reason", ""))).lower()
    return AnymailTrackingEvent(
        event_type=kind,
        timestamp=_moment(said.get("timestamp")),
        message_id=said.get(OUR_ID),
        event_id=said.get("sg_event_id"),
        recipient=said.get("email"),
        reject_reason=_WHY_DROPPED.get(why, RejectReason.OTHER) if dropped else None,
        mta_response=None if dropped else said.get("response", said.get("reason")),
        metadata=said,
        esp_event=said,
    )


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _words(request: Any) -> dict[str, str | None]:
    """Text and page. Each field is in a charset that another one names, so it is read from the bytes."""
    named = _object(request.POST.get("charsets"))
    form: Any = BytesParser().parsebytes(
        b"Content-Type: " + request.META["CONTENT_TYPE"].encode("ascii") + b"\r\n\r\n" + request.body
    )
    found: dict[str, str | None] = {name: request.POST.get(name) for name in ("text", "html")}
    for part in form.get_payload() if form.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if name in found:
            found[name] = part.get_payload(decode=True).decode(named.get(name, "utf-8"), "replace")
    return found


def _files(request: Any) -> list[Any]:
    said = _object(request.POST.get("attachment-info"))
    return [
        AnymailInboundMessage.construct_attachment_from_uploaded_file(
            request.FILES[name], content_id=said[name].get("content-id")
        )
        for name in sorted(said)
        if name in request.FILES
    ]


def _object(written: str | None) -> dict[str, Any]:
    try:
        found = json.loads(written or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
