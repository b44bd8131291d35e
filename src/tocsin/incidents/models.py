"""Incidents: what is broken, for whom, what was said, and which tickets belong to it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.fields import ReasonField
from tocsin.kernel.translated import in_language_or


class Kind(models.TextChoices):
    """Scheduled or not (R-C03)."""

    UNPLANNED = "unplanned", _("Unplanned")
    SCHEDULED = "scheduled", _("Scheduled")


class Impact(models.TextChoices):
    """How bad."""

    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class IncidentStatus(models.TextChoices):
    """How far the repair is."""

    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Cause found")
    MONITORING = "monitoring", _("Repaired, watching")
    RESOLVED = "resolved", _("Resolved")
    # An announced maintenance before anything was said of its course.
    SCHEDULED = "scheduled", _("Announced")


class Incident(models.Model):
    """A declared Red Alert, or an announced maintenance."""

    ref = models.CharField(max_length=24, unique=True)
    # In the company's language, and by language where it was written in others, too.
    title = models.CharField(max_length=200)
    titles = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    impact = models.CharField(max_length=10, choices=Impact.choices)
    status = models.CharField(
        max_length=14, choices=IncidentStatus.choices, default=IncidentStatus.INVESTIGATING
    )
    components = models.ManyToManyField("catalog.Component", related_name="incidents")
    words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    coordinator = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.SET_NULL, related_name="coordinates"
    )
    started_at = models.DateTimeField()
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=80)
    scheduled_for = models.DateTimeField(null=True)
    scheduled_until = models.DateTimeField(null=True)
    next_update_at = models.DateTimeField(null=True)
    # When the coordinator was warned that `next_update_at` had passed in silence.
    overdue_warned_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-declared_at", "-id"], name="incident_declared"),
            models.Index(
                fields=["next_update_at"], condition=models.Q(resolved_at=None), name="incident_due"
            ),
            models.Index(fields=["-declared_at"], condition=models.Q(resolved_at=None), name="incident_open"),
            models.Index(
                fields=["-resolved_at"], condition=models.Q(resolved_at__isnull=False), name="incident_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def title_in(self, language: str | None = None) -> str:
        """The title in a language, by default the reader's; else as it was given."""
        return in_language_or(self.titles, self.title, language)


class Update(models.Model):
    """What was said at one moment, by language."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="updates")
    status = models.CharField(max_length=14, choices=IncidentStatus.choices)
    message = models.JSONField()
    next_update_at = models.DateTimeField(null=True)
    author = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["incident", "-at", "-id"], name="update_incident")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.status}"


class Affected(models.Model):
    """A customer of the audience, frozen at declaration. The language is as it was then."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="audience")
    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "customer"], name="affected_once")]
        indexes = [models.Index(fields=["customer"], name="affected_customer")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.customer_id}"


class LinkState(models.TextChoices):
    """How a ticket stands to an incident."""

    ATTACHED = "attached", _("Attached")
    SUGGESTED = "suggested", _("Suggested")
    DECLINED = "declined", _("Not about this")


class TicketLink(models.Model):
    """A ticket and an incident, with the reason why they belong together."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links")
    ticket = models.ForeignKey("desk.Ticket", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("people.Customer", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=LinkState.choices)
    reason = ReasonField()
    # When the contact reached us: what *informed first* is measured against.
    received_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "ticket"], name="link_once")]
        indexes = [
            models.Index(fields=["incident", "state", "-received_at", "-id"], name="link_state"),
            models.Index(fields=["incident", "customer", "-received_at"], name="link_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.ticket_id} {self.state}"
