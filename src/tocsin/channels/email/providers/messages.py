"""From a composed mail to the message object that anymail takes, with nothing lost on the way."""

from __future__ import annotations

import mimetypes
from email import encoders, message_from_bytes
from email.mime.base import MIMEBase

from django.core.mail import EmailMultiAlternatives

from tocsin.channels.base import Outbound
from tocsin.channels.email.compose import clean_address, compose
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.parameters import read_value
from tocsin.channels.email.providers.table import Provider
from tocsin.channels.email.structure import Part, read_structure
from tocsin.channels.email.words import decode_words, one_line

OUR_NAME = "tocsin"
"""Under this name a provider keeps beside the mail what names our delivery, and tells it with each report."""

# What the provider is told in fields of its own, or makes itself.
_NO_EXTRA_HEADERS = {"from", "to", "subject", "reply-to", "date", "mime-version"}
_ANY_BYTES = "application/octet-stream"


def for_anymail(outbound: Outbound, provider: Provider) -> EmailMultiAlternatives:
    """What `compose` makes of it, taken apart again: so SMTP and providers send the same mail.

    Raises Permanent when an address in it is none.
    """
    whole = compose(outbound)
    headers = _headers(whole)
    message = EmailMultiAlternatives(
        subject=decode_words(headers["Subject"]),
        from_email=_mailbox(outbound),
        to=[clean_address(outbound.to)],
        reply_to=[clean_address(outbound.reply_to)] if outbound.reply_to else None,
        headers=_extra_headers(headers, provider),
    )
    _fill(message, read_structure(whole, Budget()), provider)
    message.metadata = {OUR_NAME: delivery_name(headers["Message-ID"])}  # type: ignore[attr-defined]
    if provider.switches_tracking:  # our links are signed, and nobody is watched
        message.track_opens = message.track_clicks = False  # type: ignore[attr-defined]
    return message


def delivery_name(message_id: str) -> str:
    """The part of our Message-ID that names the delivery, short enough for every provider's own data."""
    return message_id.strip("<> ").partition("@")[0][:64]


def _headers(whole: bytes) -> dict[str, str]:
    """The header fields, each on one line, as `compose` encoded them."""
    head = message_from_bytes(whole.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    return {name: one_line(str(value)) for name, value in head.items()}


def _extra_headers(headers: dict[str, str], provider: Provider) -> dict[str, str]:
    extra = {
        name: value
        for name, value in headers.items()
        if name.lower() not in _NO_EXTRA_HEADERS and not name.lower().startswith("content-t")
    }
    if provider.key == "postmark":
        extra["X-PM-KeepID"] = "true"
    if not provider.keeps_message_id:
        _name_in_references(extra)
    return extra


def _name_in_references(extra: dict[str, str]) -> None:
    """The recipient will see another Message-ID. Answers repeat the References, and so come home by ours."""
    message_id = extra["Message-ID"]
    references = extra.get("References", "").split()
    extra["References"] = " ".join([*references, message_id])


def _mailbox(outbound: Outbound) -> str:
    address = clean_address(outbound.from_address)
    name = one_line(outbound.from_name)[:200].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{address}>' if name else address


def _fill(message: EmailMultiAlternatives, root: Part, provider: Provider) -> None:
    """Text, page, files and pictures."""
    for part in root.walk():
        if part.children:
            continue
        if "content-disposition" in part.fields:
            _attach(message, part, provider)
        elif part.content_type == "text/html":
            message.attach_alternative(_text(part), "text/html")
        else:
            message.body = _text(part)


def _text(part: Part) -> str:
    return part.content().decode("utf-8", "replace").replace("\r\n", "\n")


def _attach(message: EmailMultiAlternatives, part: Part, provider: Provider) -> None:
    disposition = read_value(part.fields.first("content-disposition"))
    name = disposition.text("filename") or "file"
    kind = _type(part.content_type, name, provider)
    content_id = part.fields.first("content-id").decode("ascii", "replace").strip()
    content = part.content()
    if disposition.value == "inline" and content_id and provider.takes_pictures:
        message.attach(_part("inline", name, kind, content, content_id))
    elif provider.wants_usual_types and kind.startswith("text/"):
        message.attach(_part("attachment", name, kind, content))
    else:
        message.attach(name, content, kind)


def _type(kind: str, name: str, provider: Provider) -> str:
    if provider.wants_usual_types:
        return mimetypes.guess_type(name)[0] or _ANY_BYTES
    return kind


def _part(disposition: str, name: str, kind: str, content: bytes, content_id: str = "") -> MIMEBase:
    """A file as a part; a text's charset is one that any bytes can be in, so that they stay as they are."""
    part = MIMEBase(*kind.split("/", 1))
    if kind.startswith("text/") and not _is_utf8(content):
        part.set_param("charset", "iso-8859-1")
    part.set_payload(content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", disposition, filename=name)
    if content_id:
        part.add_header("Content-ID", content_id)
    return part


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
