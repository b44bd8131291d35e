"""The few words that the scripts say."""

from __future__ import annotations

from django.utils.translation import gettext as _


def script_words_now() -> dict[str, str]:
    """By the name the scripts use, in the page's language."""
    return {
        "now": _("now"),
        "moment": _("less than a minute"),
        "minutes": _("%(count)s min"),
        "hours": _("%(count)s h"),
        "days": _("%(count)s d"),
        "arrived": _("%(count)s new"),
        "unread": _("unread"),
        "looks": _("%(name)s is looking"),
        "writes": _("%(name)s is writing"),
        "sending": _("On its way"),
        "failed": _("That did not work. Nothing was changed. Try again."),
        "offline": _("The connection is lost. What is shown may be old."),
        "online": _("Connected again."),
        "selected": _("%(count)s selected"),
        "leave": _("Files you chose are not sent yet. Leave this page?"),
        "restored": _("Your unsent text is back."),
        "close": _("Close"),
    }
