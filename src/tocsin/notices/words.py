"""The few words that notices add to what incidents say."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override


def footer(unsubscribe_url: str, language: str) -> str:
    """Under a mail that nobody asked for: why it came, and how to get no more."""
    with override(language):
        why = _("You get this mail because you use the service it is about.")
        leave = _("To get no more mails of this kind: %(link)s") % {"link": unsubscribe_url}
    return f"-- \n{why}\n{leave}"
