"""Originals, HTML and attachments: nothing of a customer's runs in our page (rule 8, R-A16)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tocsin.desk import queries
from tocsin.desk.models import Message, Ticket
from tocsin.kernel.errors import NotFound
from tocsin.mailroom import queries as mailroom
from tocsin.people.access import require, staff

# What a browser may show inside a page; everything else is a download.
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; font-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_CID = re.compile(r'src="cid:([^"]*)"')


@require_GET
@require("read")
def html(request: HttpRequest, ref: str, message_id: int) -> HttpResponse:
    """A message's HTML as a document for a sandboxed frame; remote pictures only with `?pictures=1`."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    message = _message(ticket, message_id)
    pictures = request.GET.get("pictures") == "1"
    body = _with_inline_pictures(message.html, ticket, message)
    if pictures:
        body = body.replace(' data-blocked-src="', ' referrerpolicy="no-referrer" src="')
    response = render(request, "desk/message_frame.html", {"body": SafeString(body)})
    response["Content-Security-Policy"] = _POLICY.format(
        images="'self' data: https: http:" if pictures else "'self' data:"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


def _with_inline_pictures(body: str, ticket: Ticket, message: Message) -> str:
    """`cid:` pictures become addresses of the message's own attachments."""
    by_id = {one.content_id.strip("<>"): one for one in message.attachments.all() if one.content_id}

    def address(match: re.Match[str]) -> str:
        found = by_id.get(match[1])
        if found is None:
            return 'alt=""'
        return f'src="{escape(reverse("desk:attachment", args=[ticket.ref, found.pk]))}?inline=1"'

    return _CID.sub(address, body)


@require_GET
@require("read")
def original(request: HttpRequest, ref: str, message_id: int) -> StreamingHttpResponse:
    """What came in, byte for byte (rule 2)."""
    message = _message(queries.ticket_by_ref(ref, staff(request)), message_id)
    if message.inbound is None:
        raise NotFound(_("This message was written here; there is no other original."))
    return _download(mailroom.read_blob(message.inbound.blob_id), f"{ref}-{message_id}.eml", "message/rfc822")


@require_GET
@require("read")
def attachment(request: HttpRequest, ref: str, attachment_id: int) -> StreamingHttpResponse:
    """A file of the conversation; pictures may be shown, everything else is a download."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    found = queries.attachment_by_id(attachment_id, ticket)
    inline = request.GET.get("inline") == "1" and found.content_type in SHOWN_INLINE
    kind = found.content_type if inline else "application/octet-stream"
    response = _download(mailroom.read_blob(found.sha256), found.name, kind, inline=inline)
    response["Content-Length"] = str(found.size)
    return response


def _message(ticket: Ticket, message_id: int) -> Message:
    rows = Message.objects.select_related("inbound").prefetch_related("attachments").defer("search")
    found = rows.filter(ticket=ticket, pk=message_id).first()
    if found is None:
        raise NotFound(_("There is no such message in this ticket."))
    return found


def _download(
    pieces: Iterator[bytes], name: str, content_type: str, *, inline: bool = False
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=content_type)
    disposition = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name, safe='')}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
