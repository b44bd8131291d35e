"""What customers can be filtered by; rooms above add what they know of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.filters import Choice, Choices, Context, Field, Moment, Option, Text, register


def _languages(context: Context) -> Sequence[Option]:
    return [Option(code, name) for code, name in settings.LANGUAGES]


register(
    "customer",
    Field("name", _("Name"), Text(), order=10),
    Field("key", _("Customer key"), Text(), order=20),
    Field("tier", _("Tier"), Text(), order=30),
    Field("language", _("Language"), Choice(Choices(_languages), absent=("",)), order=40),
    Field("created_at", _("Known since"), Moment(), order=50),
)
