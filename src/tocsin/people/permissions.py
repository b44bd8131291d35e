"""What the people room permits; the first of all: to come in."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.permissions import ALL, OWN, declare

READ = declare(
    "read",
    gettext_noop("See tickets and incidents"),
    per_department=True,
    seeded={"observer": OWN, "agent": OWN, "lead": ALL, "admin": ALL},
)
SEE_CUSTOMERS = declare(
    "see_customers", gettext_noop("See customers"), seeded={"agent": ALL, "lead": ALL, "admin": ALL}
)
MANAGE_CUSTOMERS = declare(
    "manage_customers", gettext_noop("Add and change customers"), seeded={"lead": ALL, "admin": ALL}
)
MANAGE_SETTINGS = declare(
    "manage_settings", gettext_noop("Change settings, staff and roles"), seeded={"lead": ALL, "admin": ALL}
)
