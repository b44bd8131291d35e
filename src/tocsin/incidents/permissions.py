"""What the incidents room permits."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.permissions import ALL, declare

_SEEDED = {"agent": ALL, "lead": ALL, "admin": ALL}

DECLARE_INCIDENTS = declare("declare_incidents", gettext_noop("Declare incidents"), seeded=_SEEDED)
UPDATE_INCIDENTS = declare(
    "update_incidents", gettext_noop("Post updates of incidents, and sort tickets"), seeded=_SEEDED
)
