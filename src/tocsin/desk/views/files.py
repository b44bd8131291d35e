"""Originals, HTML and attachments: nothing of a customer's runs in our page (rule 8, R-A16)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from tocsin.channels.base import Inbound
from tocsin.channels.registry import attached_types, read_attached
from tocsin.desk import queries, reasons
from tocsin.desk.models import Message, Ticket
from tocsin.desk.queries import AttachmentView
from tocsin.kernel.downloads import Download, kept_by_the_browser
from tocsin.kernel.errors import NotFound
from tocsin.kernel.text import (
    Pictures,
    fold_quotes,
    is_forward,
    is_only_signature,
    present_html,
    sanitise_html,
)
from tocsin.mailroom import queries as mailroom
from tocsin.people.access import require, staff

# What a browser may show inside a page; everything else is a download.
SHOWN_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# The largest mail in a mail that is opened here; a larger one is a download.
LARGEST_NESTED = 20 * 2**20
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; font-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@require_GET
@require("read")
def html(request: HttpRequest, ref: str, message_id: int) -> HttpResponse:
    """A message's HTML as a document for a sandboxed frame; remote pictures only with `?pictures=1`."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    message = _message(ticket, message_id)
    picture = _picture_addresses(ticket, message.pk)
    return _frame(request, message.html, picture, is_forward(message.subject))


@require_GET
@require("read")
def original(request: HttpRequest, ref: str, message_id: int) -> HttpResponseBase:
    """What came in, byte for byte (rule 2)."""
    message = _message(queries.ticket_by_ref(ref, staff(request)), message_id)
    if message.inbound is None:
        raise NotFound(reasons.NO_ORIGINAL())
    pieces = partial(mailroom.blob_piece, message.inbound.blob_id)
    return Download(pieces, f"{ref}-{message_id}.eml", "message/rfc822")


@require_GET
@require("read")
def attachment(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponseBase:
    """A file of the conversation; pictures may be shown, everything else is a download."""
    found = queries.attachment_by_id(attachment_id, queries.ticket_by_ref(ref, staff(request)))
    inline = request.GET.get("inline") == "1" and found.content_type in SHOWN_INLINE
    kind = found.content_type if inline else "application/octet-stream"
    pieces = partial(mailroom.blob_piece, found.sha256)
    answer = Download(pieces, found.name, kind, inline=inline, size=found.size)
    return kept_by_the_browser(answer, request, found.sha256)


# --- A mail inside the mail -----------------------------------------------------------------------


@require_GET
@require("read")
def nested(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """A mail that came inside a mail, as a part of the conversation's page."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    file = queries.attachment_by_id(attachment_id, ticket)
    mail = _nested_mail(file)
    context = {"ticket": ticket, "file": file, "mail": mail}
    if mail is not None:
        folded = fold_quotes(mail.text, forwarded=is_forward(mail.subject))
        context |= {
            "words": folded.visible,
            "quoted": folded.folded,
            "only_signature": is_only_signature(folded.folded),
            "files": _files_inside(file, mail),
        }
    return render(request, "desk/parts/nested.html", context)


@require_GET
@require("read")
def nested_html(request: HttpRequest, ref: str, attachment_id: int) -> HttpResponse:
    """The HTML of such a mail, for its frame."""
    ticket = queries.ticket_by_ref(ref, staff(request))
    file = queries.attachment_by_id(attachment_id, ticket)
    mail = _nested_mail(file)
    clean = sanitise_html(mail.html).html if mail else ""
    picture = _picture_addresses(ticket, file.message_id)
    return _frame(request, clean, picture, is_forward(mail.subject if mail else ""))


def _nested_mail(file: AttachmentView) -> Inbound | None:
    """The mail in this file; None when it is none, or too large to be opened for a look."""
    if file.content_type not in attached_types() or file.size > LARGEST_NESTED:
        return None
    return read_attached(file.content_type, b"".join(mailroom.read_blob(file.sha256)))


def _files_inside(file: AttachmentView, mail: Inbound) -> list[AttachmentView]:
    """The files of a nested mail, which lie beside it among the files of the outer one."""
    inside = {(one.name, len(one.content)) for one in mail.attachments}
    return [one for one in queries.files_of_message(file.message_id) if (one.name, one.size) in inside]


# --- What they share ------------------------------------------------------------------------------


def _frame(
    request: HttpRequest, clean: str, picture: Callable[[str], str | None], forwarded: bool
) -> HttpResponse:
    with_pictures = request.GET.get("pictures") == "1"
    own_host = request.get_host().rpartition(":")[0] or request.get_host()
    page = present_html(clean, Pictures(picture, with_pictures, own_host), forwarded=forwarded)
    context: dict[str, Any] = {
        "page": page,
        "new": SafeString(page.new),
        "history": SafeString(page.history),
        "asked_for": with_pictures,
    }
    response = render(request, "desk/message_frame.html", context)
    images = "'self' data: https: http:" if with_pictures else "'self' data:"
    response["Content-Security-Policy"] = _POLICY.format(images=images)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _picture_addresses(ticket: Ticket, message_id: int) -> Callable[[str], str | None]:
    """Where the picture of a Content-ID is, among the files of a message."""
    by_id = {
        one.content_id.strip("<>"): one for one in queries.files_of_message(message_id) if one.content_id
    }

    def address(content_id: str) -> str | None:
        found = by_id.get(content_id)
        if found is None or found.content_type not in SHOWN_INLINE:
            return None
        return f"{reverse('desk:attachment', args=[ticket.ref, found.id])}?inline=1"

    return address


def _message(ticket: Ticket, message_id: int) -> Message:
    rows = Message.objects.select_related("inbound").defer("text", "visible_text")
    found = rows.filter(ticket=ticket, pk=message_id).first()
    if found is None:
        raise NotFound(reasons.NO_MESSAGE())
    return found
