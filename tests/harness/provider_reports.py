"""What providers post to us of mails they took, by their documentation, signed as each does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SECRET = "tocsin:a-password-for-webhooks"
MAILGUN_KEY = "key-of-mailgun"
_SENDGRID = ec.generate_private_key(ec.SECP256R1())
SENDGRID_KEY = base64.b64encode(
    _SENDGRID.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
SETTINGS = {
    "TOCSIN_WEBHOOK_SECRET": SECRET,
    "TOCSIN_MAILGUN_SIGNING_KEY": MAILGUN_KEY,
    "TOCSIN_SENDGRID_VERIFICATION_KEY": SENDGRID_KEY,
}
AUTHORIZATION = "Basic " + base64.b64encode(SECRET.encode()).decode()


@dataclass(frozen=True)
class Posted:
    """The body and headers of a request to us."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mail:
    """What a report is about: how the provider and how we name it, its recipient; and when it happened."""

    provider_id: str
    name: str
    to: str
    at: int = 1_795_000_000


def post(provider: str, what: str, *mails: Mail) -> Posted:
    """`what` is delivered, hard, soft, delayed, complained or opened; of several mails where it can be."""
    events = [_EVENTS[provider](what, mail) for mail in mails]
    if provider in ("sendgrid", "sparkpost", "mailjet"):
        return signed(provider, events)
    return signed(provider, events[0])


def signed(provider: str, said: Any) -> Posted:
    """As this provider signs it."""
    if provider == "mailgun":
        return Posted(json.dumps({"signature": mailgun_signature(), "event-data": said}).encode())
    body = json.dumps(said).encode()
    if provider == "sendgrid":
        mark = _SENDGRID.sign(b"1795000000" + body, ec.ECDSA(hashes.SHA256()))
        names = ("X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp")
        values = (base64.b64encode(mark).decode(), "1795000000")
        return Posted(body, headers=dict(zip(names, values, strict=True)))
    if provider == "amazon-ses":
        return sns(said)
    return Posted(body)


def mailgun_signature() -> dict[str, str]:
    """Over a time and a token."""
    stamp, token = "1795000000", "a" * 50
    mark = hmac.new(MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": mark}


def sns(said: Any, kind: str = "Notification", **more: str) -> Posted:
    """In the envelope of Amazon's notification service."""
    whole = {"Type": kind, "MessageId": "m-1", "TopicArn": "arn:aws:sns:eu-west-1:1:ses", **more}
    whole["Message"] = said if isinstance(said, str) else json.dumps(said)
    headers = {"X-Amz-Sns-Message-Type": kind, "X-Amz-Sns-Message-Id": "m-1"}
    return Posted(json.dumps(whole).encode(), "text/plain; charset=UTF-8", headers)


_GONE = "550 5.1.1 The email account that you tried to reach does not exist"
_FULL = "452 4.2.2 Mailbox full"


def _postmark(what: str, mail: Mail) -> dict[str, Any]:
    types = {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": _iso(mail), "Details": "250 2.0.0 OK"},
        "hard": {"RecordType": "Bounce", "Type": "HardBounce", "BouncedAt": _iso(mail), "Details": _GONE},
        "soft": {"RecordType": "Bounce", "Type": "SoftBounce", "BouncedAt": _iso(mail), "Details": _FULL},
        "delayed": {"RecordType": "Bounce", "Type": "Transient", "BouncedAt": _iso(mail), "Details": _FULL},
        "complained": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "BouncedAt": _iso(mail)},
        "opened": {"RecordType": "Open", "ReceivedAt": _iso(mail)},
    }
    who = "Recipient" if what in ("delivered", "opened") else "Email"
    named = {
        "MessageID": mail.provider_id,
        who: mail.to,
        "Metadata": {"tocsin": mail.name} if mail.name else {},
    }
    return {**types[what], **named}


def _mailgun(what: str, mail: Mail) -> dict[str, Any]:
    types: dict[str, dict[str, Any]] = {
        "delivered": {"event": "delivered", "delivery-status": {"code": 250, "message": "OK"}},
        "hard": {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": _GONE},
        },
        "soft": {
            "event": "failed",
            "severity": "permanent",
            "reason": "generic",
            "delivery-status": {"code": 552, "message": "552 5.2.2 Over quota"},
        },
        "delayed": {
            "event": "failed",
            "severity": "temporary",
            "reason": "generic",
            "delivery-status": {"code": 452, "message": _FULL},
        },
        "complained": {"event": "complained"},
        "opened": {"event": "opened"},
    }
    message = {"headers": {"message-id": mail.provider_id.strip("<>"), "to": mail.to}}
    variables = {"tocsin": mail.name} if mail.name else {}
    return {
        **types[what],
        "recipient": mail.to,
        "timestamp": mail.at,
        "message": message,
        "user-variables": variables,
    }


def _sendgrid(what: str, mail: Mail) -> dict[str, Any]:
    types = {
        "delivered": {"event": "delivered", "response": "250 OK"},
        "hard": {"event": "bounce", "type": "bounce", "reason": _GONE, "status": "5.1.1"},
        "soft": {"event": "bounce", "type": "blocked", "reason": "552 5.2.2 Over quota"},
        "delayed": {"event": "deferred", "response": _FULL},
        "complained": {"event": "spamreport"},
        "opened": {"event": "open"},
    }
    named = {"tocsin_id": mail.provider_id, "email": mail.to, "timestamp": mail.at, "sg_event_id": what}
    return {**types[what], **named, **({"tocsin": mail.name} if mail.name else {})}


def _brevo(what: str, mail: Mail) -> dict[str, Any]:
    types = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "hard_bounce", "reason": _GONE},
        "soft": {"event": "soft_bounce", "reason": _FULL},
        "delayed": {"event": "deferred", "reason": _FULL},
        "complained": {"event": "spam"},
        "opened": {"event": "unique_opened"},
    }
    named = {"message-id": mail.provider_id, "email": mail.to, "ts_epoch": mail.at * 1000}
    custom = {"X-Mailin-custom": json.dumps({"tocsin": mail.name})} if mail.name else {}
    return {**types[what], **named, **custom}


def _mailjet(what: str, mail: Mail) -> dict[str, Any]:
    types: dict[str, dict[str, Any]] = {
        "delivered": {"event": "sent", "smtp_reply": "250 OK"},
        "hard": {"event": "bounce", "hard_bounce": True, "error": "user unknown", "comment": _GONE},
        "soft": {"event": "bounce", "hard_bounce": False, "error": "mailbox full"},
        "delayed": {"event": "bounce", "hard_bounce": False, "error": "greylisted"},
        "complained": {"event": "spam", "source": "JMRPP"},
        "opened": {"event": "open"},
    }
    payload = json.dumps({"tocsin": mail.name}) if mail.name else ""
    named = {"MessageID": int(mail.provider_id), "email": mail.to, "time": mail.at, "Payload": payload}
    return {**types[what], **named}


def _sparkpost(what: str, mail: Mail) -> dict[str, Any]:
    types = {
        "delivered": {"type": "delivery"},
        "hard": {"type": "bounce", "bounce_class": "10", "raw_reason": _GONE},
        "soft": {"type": "bounce", "bounce_class": "22", "raw_reason": "552 5.2.2 Over quota"},
        "delayed": {"type": "delay", "bounce_class": "20", "raw_reason": _FULL},
        "complained": {"type": "spam_complaint"},
        "opened": {"type": "open"},
    }
    named = {"transmission_id": mail.provider_id, "raw_rcpt_to": mail.to, "timestamp": str(mail.at)}
    meta = {"rcpt_meta": {"tocsin": mail.name} if mail.name else {}}
    return {"msys": {"message_event": {**types[what], **named, **meta}}}


def _resend(what: str, mail: Mail) -> dict[str, Any]:
    types = {
        "delivered": ("email.delivered", {}),
        "hard": ("email.bounced", {"bounce": {"message": _GONE, "type": "Permanent"}}),
        "soft": (
            "email.bounced",
            {"bounce": {"message": "The recipient's inbox was full", "type": "Transient"}},
        ),
        "delayed": ("email.delivery_delayed", {}),
        "complained": ("email.complained", {}),
        "opened": ("email.opened", {}),
    }
    kind, more = types[what]
    headers = [{"name": "X-Metadata", "value": json.dumps({"tocsin": mail.name})}] if mail.name else []
    data = {"email_id": mail.provider_id, "to": [mail.to], "headers": headers, **more}
    return {"type": kind, "created_at": _iso(mail), "data": data}


def _amazon_ses(what: str, mail: Mail) -> dict[str, Any]:
    gone = {"emailAddress": mail.to, "diagnosticCode": _GONE}
    full = {"emailAddress": mail.to, "diagnosticCode": "552 5.2.2 Over quota"}
    types: dict[str, dict[str, Any]] = {
        "delivered": {
            "eventType": "Delivery",
            "delivery": {"recipients": [mail.to], "smtpResponse": "250 OK"},
        },
        "hard": {
            "eventType": "Bounce",
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [gone]},
        },
        "soft": {
            "eventType": "Bounce",
            "bounce": {
                "bounceType": "Transient",
                "bounceSubType": "MailboxFull",
                "bouncedRecipients": [full],
            },
        },
        "complained": {
            "eventType": "Complaint",
            "complaint": {"complainedRecipients": [{"emailAddress": mail.to}]},
        },
        "opened": {"eventType": "Open", "open": {}},
        "delayed": {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}},
    }
    return {**types[what], "mail": {"messageId": mail.provider_id, "destination": [mail.to]}}


def _iso(mail: Mail) -> str:
    return datetime.fromtimestamp(mail.at, UTC).isoformat()


_EVENTS: dict[str, Callable[[str, Mail], dict[str, Any]]] = {
    "postmark": _postmark,
    "mailgun": _mailgun,
    "sendgrid": _sendgrid,
    "brevo": _brevo,
    "mailjet": _mailjet,
    "sparkpost": _sparkpost,
    "resend": _resend,
    "amazon-ses": _amazon_ses,
}
PROVIDERS = sorted(_EVENTS)
