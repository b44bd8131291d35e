"""What the notices have to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

ONE_CLICK = Reason("notices.one_click", gettext_noop("By the link in our mail."))
COMPLAINED = Reason("notices.complained", gettext_noop("%(address)s called our mail spam."))
UNSUBSCRIBED_AT_PROVIDER = Reason(
    "notices.unsubscribed_at_provider", gettext_noop("%(address)s unsubscribed at our mail provider.")
)

# Why an act is refused.
LINK_BROKEN = Reason(
    "notices.link_broken",
    gettext_noop("This link is not complete. Open it again from the mail, or write to us."),
)
