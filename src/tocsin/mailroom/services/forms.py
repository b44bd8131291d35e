"""The contact form: taken in like everything else, and not by the thousand from one place."""

from __future__ import annotations

import json

from django.db import transaction
from django.db.models import F

from tocsin.channels.registry import form_channel
from tocsin.kernel import clock
from tocsin.kernel.errors import Refused
from tocsin.mailroom import queries, rules
from tocsin.mailroom.models import FormVisitor
from tocsin.mailroom.services.intake import take_in


class FormFlood(Refused):
    """This place has sent too many forms just now."""


def take_in_form(fields: dict[str, str], *, form_id: str, client_ip: str) -> int:
    """Take in one sent form and return its inbound id; the same `form_id` again is the same.

    Raises FormFlood.
    """
    _count(rules.form_place(client_ip))
    channel = form_channel()
    account = queries.default_account(channel)
    raw = json.dumps({**fields, "id": form_id}, ensure_ascii=False).encode("utf-8", "replace")
    envelope = {"client_ip": client_ip}
    return take_in(
        channel, f"{channel}:{form_id}", raw, account_id=account.pk if account else None, envelope=envelope
    )


@transaction.atomic
def _count(place: str) -> None:
    now = clock.now()
    FormVisitor.objects.filter(since__lt=now - rules.FORM_WINDOW).delete()
    FormVisitor.objects.get_or_create(place=place, defaults={"since": now})
    within = FormVisitor.objects.filter(place=place, count__lt=rules.FORMS_A_WINDOW)
    if not within.update(count=F("count") + 1):
        raise FormFlood(
            "You have sent several messages just now. Please wait a few minutes, or write us a mail."
        )
