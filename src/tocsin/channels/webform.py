"""A contact form on a web site: JSON in, nothing out (the answer goes by mail)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from tocsin.channels import registry
from tocsin.channels.accounts import Account, Details, Entered
from tocsin.channels.base import (
    Envelope,
    Health,
    Inbound,
    Outbound,
    Permanent,
    Receipt,
    Sample,
    Unreadable,
)
from tocsin.channels.protocol import BaseChannel, Capabilities
from tocsin.kernel.reasons import Kept, Reason

_NO_WAY_BACK = Reason(
    "webform.no_way_back", gettext_noop("A contact form cannot be written to; answer by mail.")
)
_NO_ADDRESS = Reason("webform.no_address", gettext_noop("The form holds no mail address."))
_NO_TEXT = Reason("webform.no_text", gettext_noop("The form holds no text."))
_TOO_LARGE = Reason("webform.too_large", gettext_noop("The form is larger than 2 MiB."))
_NOT_JSON = Reason("webform.not_json", gettext_noop("The form is not JSON."))
_NO_OBJECT = Reason("webform.no_object", gettext_noop("The form is not a JSON object."))
_CUT = Reason(
    "webform.cut",
    gettext_noop("The field “%(field)s” was longer than %(count)s characters; the original has the rest."),
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s<>@,;]{1,64}@[^\s<>@,;]{1,255}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LARGEST = 2 * 2**20
_LONGEST = {"name": 200, "subject": 500, "text": 100_000, "department": 60, "language": 3, "id": 100}


class WebformChannel(BaseChannel):
    """What a form sends is never verified: anybody can type any address."""

    key = "webform"
    label = _("Contact form")
    icon = "globe"
    takes_forms = True

    def seed(self, present: Account | None) -> Entered | None:
        """There is a form from the beginning."""
        return None if present else Entered("")

    @property
    def can(self) -> Capabilities:
        """It is only received."""
        return Capabilities(sends=False)

    def details(self, account: Account) -> Details:
        """Nobody asks a form for anything."""
        return Details(arrives=_("Forms are received"))

    def send(self, account: Account, outbound: Outbound) -> Receipt:
        """A form cannot be answered by a form. Raises Permanent."""
        raise Permanent(_NO_WAY_BACK())

    def parse(self, raw: bytes, envelope: Envelope) -> Inbound:
        """Read `{email, text, name?, subject?, department?, language?, id?}`. Raises Unreadable."""
        form = _form(raw)
        address = _field(form, "email").strip()
        if not _ADDRESS.fullmatch(address):
            raise Unreadable(_NO_ADDRESS())
        text = _field(form, "text")
        if not text.strip():
            raise Unreadable(_NO_TEXT())
        language = _field(form, "language").lower()
        return Inbound(
            channel=self.key,
            from_channel=registry.channel_of_address(address),
            from_address=address,
            from_name=_line(form, "name"),
            subject=_line(form, "subject"),
            text=text,
            language=language if _LANGUAGE.fullmatch(language) else "",
            language_chosen=True,
            department=_line(form, "department"),
            fingerprint=_fingerprint(form, address, text),
            defects=_defects(form),
        )

    def health(self, account: Account) -> Health:
        """Nothing to try: a form comes to us."""
        return Health(True, gettext("Forms are received."))

    def samples(self) -> tuple[Sample, ...]:
        """Example forms."""
        form = {
            "email": "ana@example.com",
            "name": "Ana Horvat",
            "subject": "Račun",
            "text": "Gdje je moj račun?",
        }
        return (Sample("a question in Croatian", json.dumps(form).encode(), form["text"]),)


def _form(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > _LARGEST:
        raise Unreadable(_TOO_LARGE())
    try:
        form = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable(_NOT_JSON()) from None
    if not isinstance(form, dict):
        raise Unreadable(_NO_OBJECT())
    return form


def _field(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    text = value if isinstance(value, str) else ""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[: _LONGEST.get(name, 320)]


def _line(form: Mapping[str, Any], name: str) -> str:
    return " ".join(_field(form, name).split())


def _defects(form: Mapping[str, Any]) -> tuple[Kept, ...]:
    cut = [
        name for name, most in _LONGEST.items() if isinstance(form.get(name), str) and len(form[name]) > most
    ]
    return tuple(_CUT(field=name, count=_LONGEST[name]) for name in cut)


def _fingerprint(form: Mapping[str, Any], address: str, text: str) -> str:
    """Only a form that names itself (`id`, made by the page) can be told from another with the same words."""
    own = _field(form, "id")
    return hashlib.sha256(f"{own}\x00{address.lower()}\x00{text}".encode()).hexdigest() if own else ""


CHANNEL = WebformChannel()
