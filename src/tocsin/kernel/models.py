"""What the kernel remembers: the log of everything that happened, what screens are told, settings, the tests'
clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.expressions import RawSQL

from tocsin.kernel.fields import ReasonField

if TYPE_CHECKING:
    TextBackedField = models.Field[str, str]
else:
    TextBackedField = models.Field  # Django's own class takes no type parameters at run time


class TransactionIdField(TextBackedField):
    """PostgreSQL's `xid8`: which transaction wrote the row; read as text."""

    def db_type(self, connection: Any) -> str:
        """The column's type."""
        return "xid8"


class LogEntry(models.Model):
    """One event of the log: the history, the time line and the audit log are readings of it.

    The table is partitioned by month (`kernel.log.partitions`), so its indexes stand in the migration:
    the primary key is (id, at); what names a subject is found by GIN, what it is first about in order of id.
    """

    name = models.CharField(max_length=80)
    # What it happened to first, and whatever else it is about.
    subjects = ArrayField(models.CharField(max_length=40), default=list)
    actor = models.CharField(max_length=80)
    reason = ReasonField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.subjects}"


class LiveUpdate(models.Model):
    """What open screens are told, and replayed when they come back; kept for two days."""

    xid = TransactionIdField(db_default=RawSQL("pg_current_xact_id()", ()), editable=False)
    name = models.CharField(max_length=80)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["xid"], name="live_update_xid")]

    def __str__(self) -> str:
        return f"{self.name} {self.topics}"


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


class SearchDocument(models.Model):
    """What one part of a thing is found by; read and written by `kernel.search` alone."""

    pk = models.CompositePrimaryKey("kind", "part")
    kind = models.CharField(max_length=20)
    part = models.BigIntegerField()
    owner = models.BigIntegerField()
    # Whose staff may find it; none: everybody's.
    department = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    search = SearchVectorField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "owner"], name="search_owner"),
            # New words are gathered and sorted in by the half megabyte, which costs less than one by one; a
            # search reads what is gathered, too.
            GinIndex(fields=["search"], name="search_words", gin_pending_list_limit=512),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.part}"


class Reindexing(models.Model):
    """How far `tocsin reindex` has come with a kind of things, while it is not at the end."""

    kind = models.CharField(max_length=20, primary_key=True)
    after = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.after}"
