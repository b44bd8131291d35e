"""What the catalog has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

NO_COMPONENT = Reason("catalog.no_component", gettext_noop("There is no component “%(key)s”."))
INCOMPLETE = Reason("catalog.incomplete", gettext_noop("A component needs a key and a name."))
