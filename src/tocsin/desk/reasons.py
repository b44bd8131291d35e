"""What the desk has to say, as codes (`kernel.reasons`): a code stays, and never means anything else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

# Why a ticket changed.
SILENT = Reason("desk.silent", gettext_noop("No answer for %(days)s days."))
