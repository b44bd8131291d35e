"""What staff set of tickets and answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tocsin.kernel.setting_types import Number, Switch, Translated
from tocsin.kernel.settings import Page, declare

TICKETS = Page(
    "tickets",
    10,
    "inbox",
    _("Tickets"),
    _("When silent tickets are closed, and what answers carry."),
    _("Closing and quoting"),
)
CLOSE_AFTER_DAYS = declare(
    "desk.close_after_days",
    Number(0, 3650),
    14,
    page=TICKETS,
    label=_("Close tickets that wait for their customer after"),
    help=_("In days without an answer from the customer; 0 never closes them."),
)
QUOTE_LAST_MESSAGE = declare(
    "desk.quote_last_message",
    Switch(),
    True,
    page=TICKETS,
    label=_("Answers carry what the customer wrote last"),
    help=_("Under the signature, so that whoever reads the answer knows to what."),
)
SIGNATURE = declare(
    "desk.signature",
    Translated(1000, lines=True),
    {},
    scoped=True,
    label=_("Signature"),
)
