"""What staff set of the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tocsin.kernel.setting_types import Number
from tocsin.kernel.settings import Page, declare

LOG = Page(
    "log",
    80,
    "history",
    _("Log"),
    _("What happened, who did it and why: in tickets, incidents and settings."),
    _("How long it is kept"),
)
KEEP_MONTHS = declare(
    "kernel.keep_log_months",
    Number(0, 1200),
    0,
    page=LOG,
    label=_("Keep the log for"),
    help=_("In whole months; 0 keeps it for ever. What is older is removed, histories of tickets included."),
)
