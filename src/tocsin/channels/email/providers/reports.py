"""What a provider reports of mails that it took: delivered, delayed, bounced, refused, complained of."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from typing import Any

from tocsin.channels.base import Report
from tocsin.channels.email.message_ids import full_message_id
from tocsin.channels.email.providers.messages import OUR_NAME
from tocsin.channels.email.providers.table import Provider
from tocsin.channels.email.providers.webhooks import (
    TRACKING,
    NotUnderstood,
    Request,
    Secrets,
    check,
    read_json,
    view,
)
from tocsin.channels.email.standing import is_nobody_there

log = logging.getLogger(__name__)

_LONGEST_WORDS = 1_000
_MOST_AT_ONCE = 10_000
# anymail's words for what happened, and ours; of what is not here (opened, clicked, queued) nothing is kept.
_KINDS = {
    "delivered": "delivered",
    "deferred": "deferred",
    "bounced": "bounced",
    "rejected": "rejected",
    "failed": "rejected",
    "complained": "complained",
    "unsubscribed": "unsubscribed",
}
# Where each provider says that there is nobody, and that it is only not now; else the words decide.
_JUDGEMENTS: dict[str, tuple[tuple[str, ...], set[str], set[str]]] = {
    "postmark": (("Type", "SuppressionReason"), {"HardBounce", "BadEmailAddress"}, {"SoftBounce", "Blocked"}),
    "mailgun": (("reason", "severity"), {"suppress-bounce"}, {"temporary"}),
    "sendgrid": (("type", "reason"), {"bounce", "Bounced Address", "Invalid"}, {"blocked", "expired"}),
    "brevo": (("event",), {"hard_bounce", "invalid_email"}, {"soft_bounce", "blocked"}),
    "mailjet": (("hard_bounce",), {"True"}, {"False"}),
    "sparkpost": (("bounce_class",), {"10", "30", "90"}, {"20", "21", "22", "23", "24", "40", "70", "100"}),
    "resend": (("type",), {"Permanent"}, {"Transient", "Undetermined"}),
    "amazon-ses": (("bounceType",), {"Permanent"}, {"Transient", "Undetermined"}),
}
_NOBODY, _NOT_NOW = "5.1.1", "4.0.0"


def check_reports(provider: Provider, request: Request, secrets: Secrets) -> None:
    """Raises Forged when it is not the provider's."""
    check(view(provider, TRACKING, secrets), request)


def read_reports(provider: Provider, request: Request, secrets: Secrets) -> list[Report]:
    """Every report in a checked request, each for itself: one that cannot be read is left out with a line in
    the log. Raises NotUnderstood when nothing of it can be read."""
    reader = view(provider, TRACKING, secrets)
    pieces = _pieces(provider, request)
    reports: list[Report] = []
    unread = 0
    for piece in pieces:
        try:
            reports.extend(_reports_in(provider, reader, request.only(piece)))
        except Exception as error:  # whatever is wrong with it: the others are read
            unread += 1
            log.warning("a report of %s could not be read: %s", provider.label, type(error).__name__)
    if unread and unread == len(pieces):
        raise NotUnderstood("none of its reports could be read")
    return reports


def _pieces(provider: Provider, request: Request) -> list[bytes]:
    """The request, one report at a time, so that none spoils another."""
    said = read_json(request.body)
    items = said[:_MOST_AT_ONCE] if isinstance(said, list) else [said]
    wrapped = ([one] if provider.reports_in_lists else one for one in items)
    return [json.dumps(one).encode() for one in wrapped]


def _reports_in(provider: Provider, reader: Any, request: Request) -> Iterator[Report]:
    for event in reader.parse_events(request):
        raw = _raw(event)
        for kind in _kinds(event, raw):
            yield _report(provider, event, raw, kind)


def _raw(event: Any) -> dict[str, Any]:
    """The provider's own fields, its wrapping taken off."""
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    for inner in ("msys", "event-data", "data", "bounce"):
        value = raw.get(inner)
        if isinstance(value, dict) and value:
            raw = {**raw, **value, **(next(iter(value.values())) if inner == "msys" else {})}
    return raw


def _kinds(event: Any, raw: dict[str, Any]) -> list[str]:
    # The receiving server took it for spam; no reader said so.
    if raw.get("Type") == "SpamNotification":
        return ["bounced"]
    if event.event_type == "rejected" and event.reject_reason in ("spam", "unsubscribed"):
        return ["rejected", "unsubscribed"]  # not sent, since the reader objected to an earlier one
    kind = _KINDS.get(event.event_type, "")
    return [kind] if kind else []


def _report(provider: Provider, event: Any, raw: dict[str, Any], kind: str) -> Report:
    name = event.metadata.get(OUR_NAME, "") if isinstance(event.metadata, dict) else ""
    words = _words(provider, event, raw)
    recipient = str(event.recipient or "")[:320]
    reference = _reference(provider, event.message_id)
    final = kind in ("bounced", "rejected") and is_nobody_there(words, _judgement(provider, raw))
    said = [provider.key, reference, str(name), recipient.lower(), kind, words, str(event.timestamp)]
    digest = hashlib.sha256("\x00".join(said).encode("utf-8", "replace")).hexdigest()
    return Report(
        provider.key,
        reference,
        full_message_id(str(name)[:64]) if name else "",
        _storable(recipient),
        kind,
        final,
        words,
        event.timestamp if event.timestamp and event.timestamp.tzinfo else None,
        digest,
    )


def _reference(provider: Provider, message_id: object) -> str:
    return _storable(f"{provider.key}:{message_id}")[:200] if message_id else ""


def _judgement(provider: Provider, raw: dict[str, Any]) -> str:
    """The provider's own as an enhanced status (RFC 3463), which the server's words may contradict."""
    fields, final, passing = _JUDGEMENTS[provider.key]
    said = {str(raw[name]) for name in fields if name in raw}
    if said & final:
        return _NOBODY
    return _NOT_NOW if said & passing else ""


def _words(provider: Provider, event: Any, raw: dict[str, Any]) -> str:
    """What the recipient's server said, else the provider, on one line."""
    own = (event.mta_response, event.description, raw.get("message"), raw.get("reason"), raw.get("Type"))
    said = next((one for one in own if isinstance(one, str) and one.strip()), "")
    if event.event_type == "complained":
        said = "the reader called it spam"
    return _storable(" ".join(f"{provider.label}: {said or event.event_type}".split()))[:_LONGEST_WORDS]


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")
