"""Pages of the mailroom: what was set aside, the outbox; and the public contact form."""

from __future__ import annotations

import uuid
from functools import partial

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tocsin.channels.registry import channel
from tocsin.console.toasts import toast
from tocsin.kernel.downloads import Download
from tocsin.mailroom import queries, services
from tocsin.mailroom.forms import ContactForm
from tocsin.mailroom.models import InboundState
from tocsin.mailroom.rules import readable_source
from tocsin.people import access
from tocsin.people.permissions import MANAGE_SETTINGS
from tocsin.people.queries import company_language, company_name

# How much of the source of a thing that came in is shown; the download has all of it.
SHOWN_BYTES = 64 * 1024

manage = access.require(MANAGE_SETTINGS)

_LONGEST_ID = 19


# --- Set aside ------------------------------------------------------------------------------------


@manage
@require_GET
def set_aside(request: HttpRequest) -> HttpResponse:
    """What came in and could not be opened, with the reason; with `?account=ID` of that one."""
    named = request.GET.get("account", "")
    account = queries.account_by_id(int(named)) if named.isdecimal() and len(named) < _LONGEST_ID else None
    page = queries.set_aside_items(request.GET.get("cursor"), account.pk if account else None)
    return render(request, "mailroom/set_aside.html", {"page": page, "account": account})


@manage
@require_GET
def bounces(request: HttpRequest) -> HttpResponse:
    """Bounces that fit no mail of ours, with the reason."""
    page = queries.unmatched_bounces(request.GET.get("cursor"))
    return render(request, "mailroom/bounces.html", {"page": page})


@manage
@require_GET
def inbound(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """One thing that came in: what is known of it, and the beginning of its source as text."""
    item = queries.inbound_by_id(inbound_id)
    head = queries.blob_heads([item.blob_id], SHOWN_BYTES).get(item.blob_id, b"")
    context = {
        "item": item,
        "is_set_aside": item.state == InboundState.SET_ASIDE,
        "source": readable_source(head),
        "is_cut": item.blob.size > SHOWN_BYTES,
        "envelope": item.envelope,
    }
    return render(request, "mailroom/inbound.html", context)


@manage
@require_GET
def raw(request: HttpRequest, inbound_id: int) -> HttpResponseBase:
    """A thing that came in, byte for byte, as a download that no browser opens."""
    item = queries.inbound_by_id(inbound_id)
    pieces = partial(queries.blob_piece, item.blob_id)
    return Download(pieces, f"inbound-{inbound_id}{channel(item.channel).file_suffix}", size=item.blob.size)


@manage
@require_POST
def read_again(request: HttpRequest, inbound_id: int) -> HttpResponse:
    """Try once more to open a thing set aside."""
    services.read_again(inbound_id, access.actor(request))
    toast(request, _("It is being read again. If that fails, it comes back to this list."))
    return redirect("mailroom:set-aside")


# --- The outbox -----------------------------------------------------------------------------------


@manage
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """What failed, or with `?waiting=1` what still waits, in the server's own words."""
    waiting = request.GET.get("waiting") == "1"
    page = queries.unfinished_deliveries(request.GET.get("cursor"), waiting=waiting)
    return render(request, "mailroom/outbox.html", {"page": page, "waiting": waiting})


@manage
@require_POST
def try_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Send a failed delivery once more."""
    services.try_again(delivery_id, access.actor(request))
    toast(request, _("It is on its way again."))
    return redirect("mailroom:outbox")


# --- The contact form -----------------------------------------------------------------------------


@csrf_exempt  # it acts for nobody who is signed in, and must work where cookies are refused
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The public contact form, in the visitor's language."""
    with override(_visitors_language(request)):
        return _contact(request)


def _contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST or None, initial={"form_id": uuid.uuid4()})
    status = 200
    if request.method == "POST":
        if form.is_from_a_machine:
            return redirect("mailroom:contact-thanks")
        if form.is_valid() and _take_in(request, form):
            return redirect("mailroom:contact-thanks")
        status = 422
    return render(request, "mailroom/contact.html", {"form": form, "company": company_name()}, status=status)


@require_GET
def contact_thanks(request: HttpRequest) -> HttpResponse:
    """It is here."""
    with override(_visitors_language(request)):
        return render(request, "mailroom/contact_thanks.html", {"company": company_name()})


def _visitors_language(request: HttpRequest) -> str:
    """What was found of the visitor's wishes; the company's language where they name none that we have."""
    found = get_language() or ""
    wishes = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    named = found.partition("-")[0] in {tag.partition("-")[0] for tag, _weight in wishes}
    return found if named or found != settings.LANGUAGE_CODE else company_language()


def _take_in(request: HttpRequest, form: ContactForm) -> bool:
    """Whether it was written down; else the form says why not."""
    names = ("name", "email", "department", "subject", "text")
    fields = {name: form.cleaned_data.get(name, "") for name in names}
    fields["language"] = (get_language() or "").partition("-")[0]
    client_ip = request.META.get("REMOTE_ADDR", "")
    try:
        services.take_in_form(fields, form_id=str(form.cleaned_data["form_id"]), client_ip=client_ip)
    except services.FormFlood:
        form.add_error(
            None, _("You have sent several messages just now. Please wait a few minutes, or write us a mail.")
        )
    except Error:
        form.add_error(
            None, _("Your message could not be stored just now. It is still here: please send it again.")
        )
    else:
        return True
    return False
