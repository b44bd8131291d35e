"""What the kernel remembers: the log of everything that happened, and the tests' clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    TextBackedField = models.Field[str, str]
else:
    TextBackedField = models.Field  # Django's own class takes no type parameters at run time


class TransactionIdField(TextBackedField):
    """PostgreSQL's `xid8`: which transaction wrote the row; read as text."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"


class EventRow(models.Model):
    """One event of the log: the history, the time line, the audit log and the live screens read it."""

    xid = TransactionIdField(db_default=RawSQL("pg_current_xact_id()", ()), editable=False)
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=40, default="")
    actor = models.CharField(max_length=80)
    reason = models.TextField(default="")
    data = models.JSONField(default=dict)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="event_subject"),
            models.Index(fields=["xid"], name="event_xid"),
            models.Index(fields=["name", "id"], name="event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class ClockOffset(models.Model):
    """How far the tests have moved the clock; one row, id 1."""

    offset = models.DurationField(default=timedelta())

    def __str__(self) -> str:
        return str(self.offset)


class SettingRow(models.Model):
    """What staff set in the console; what it means is declared (`kernel.settings`)."""

    key = models.CharField(max_length=80)
    scope = models.CharField(max_length=80, default="")
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "scope"], name="setting_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.scope}".strip()
