"""What customers are told of a matter, to whom, and whether it arrived."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """Why the notice is sent (R-D01)."""

    FAULT = "fault", _("Start")
    UPDATE = "update", _("Update")
    REPAIR = "repair", _("Repair")
    SCHEDULED = "scheduled", _("Announcement")


class Notice(models.Model):
    """One telling of one matter. `texts` holds subject and text by language."""

    matter_ref = models.CharField(max_length=24)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    # Counts the notices of the same moment of a matter, so that each is made once.
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField()
    created_at = models.DateTimeField()
    # When the last recipient's delivery was written into the outbox.
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter_ref", "number"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.matter_ref} {self.moment} {self.number}"


class Recipient(models.Model):
    """One customer's part of a notice: exactly one delivery, or the reason why there is none."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="recipients")
    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="notices")
    address = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=8)
    ticket_ref = models.CharField(max_length=24, blank=True)
    delivery = models.ForeignKey("mailroom.Delivery", null=True, on_delete=models.SET_NULL)
    unreachable = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "customer"], name="recipient_once")]
        indexes = [models.Index(fields=["customer", "-id"], name="recipient_customer")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.customer_id}"
