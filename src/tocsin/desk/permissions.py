"""What the desk permits."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.permissions import ALL, OWN, declare

WORK_TICKETS = declare(
    "work_tickets",
    gettext_noop("Work on tickets"),
    per_department=True,
    seeded={"agent": OWN, "lead": ALL, "admin": ALL},
)
