"""What customers are told of a record, to whom, and whether it arrived."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """Why the notice is sent (R-D01)."""

    FAULT = "fault", _("Start")
    UPDATE = "update", _("Update")
    REPAIR = "repair", _("Repair")
    SCHEDULED = "scheduled", _("Announcement")


class Unreachable(models.TextChoices):
    """Why a recipient was sent nothing (rule 4: told once, or we can show why not)."""

    NO_ADDRESS = "no_address", _("No address is known")
    BOUNCED = "bounced", _("Mail to this address came back for good")
    UNSUBSCRIBED = "unsubscribed", _("Asked for no more of these mails")
    COMPLAINED = "complained", _("Called a mail of ours spam")


class Notice(models.Model):
    """One telling of one record. `texts` holds subject and text by language."""

    record_ref = models.CharField(max_length=24)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    # Counts the notices of the same moment of a record, so that each is made once.
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField()
    created_at = models.DateTimeField()
    # When the last recipient's delivery was written into the outbox.
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_ref", "number"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.record_ref} {self.moment} {self.number}"


class Recipient(models.Model):
    """One person's part of a notice: the delivery that counts, or the reason why there is none.

    A person is a customer; who wrote to us and belongs to no customer is told by their ticket alone.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="recipients")
    customer = models.ForeignKey(
        "people.Customer", null=True, on_delete=models.CASCADE, related_name="notices"
    )
    address = models.CharField(max_length=320, blank=True)
    # The address it would have gone to, if that one could be reached.
    instead_of = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=8)
    # The ticket it went to as a reply; empty when it went as a mail of its own.
    ticket_ref = models.CharField(max_length=24, blank=True)
    delivery = models.ForeignKey("mailroom.Delivery", null=True, on_delete=models.SET_NULL)
    # `[channel, address]`: where it goes next, should this delivery not be taken.
    others = models.JSONField(default=list)
    # When the next one is tried, while this delivery still waits; null when there is none, or it was taken.
    go_on_at = models.DateTimeField(null=True)
    unreachable = models.CharField(max_length=16, choices=Unreachable.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "customer"], name="recipient_once"),
            models.UniqueConstraint(
                fields=["notice", "address"],
                condition=models.Q(customer=None),
                name="recipient_stranger_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="recipient_customer"),
            models.Index(
                fields=["go_on_at"], condition=models.Q(go_on_at__isnull=False), name="recipient_go_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.customer_id}"


class EarlierDelivery(models.Model):
    """A delivery of somebody's part of a notice that came to nothing, so that another one counts."""

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="earlier")
    delivery = models.ForeignKey("mailroom.Delivery", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.recipient_id} by {self.delivery_id}"


class Refusal(models.TextChoices):
    """How a customer let us know; the values are those of `Unreachable`."""

    ASKED = "unsubscribed", _("They asked for no more mails about faults.")
    COMPLAINED = "complained", _("They called a mail of ours spam. Mails about faults stopped.")


class Unsubscribed(models.Model):
    """A customer who wants no more mails about faults (R-D11); answers to their own tickets still go."""

    customer = models.OneToOneField("people.Customer", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    how = models.CharField(
        max_length=16, choices=Refusal.choices, default=Refusal.ASKED, db_default=Refusal.ASKED
    )

    def __str__(self) -> str:
        return str(self.customer_id)
