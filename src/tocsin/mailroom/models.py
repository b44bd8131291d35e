"""The spool of what came in and the outbox of what goes out: written down first, then acted on (rule 1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mailbox(models.Model):
    """An address of ours: where its mail goes, how it is fetched, and how it fares."""

    address = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey("people.Department", null=True, on_delete=models.PROTECT)
    language = models.CharField(max_length=8, blank=True)
    is_default = models.BooleanField(default=False)
    # Whether the mail server takes `support+anything@`: then replies carry a signed address.
    signed_replies = models.BooleanField(default=False)
    # `imaps://user@host:993/INBOX`; the password is kept apart, encrypted.
    imap_url = models.CharField(max_length=300, blank=True)
    imap_password = models.BinaryField(null=True)
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=models.Q(is_default=True), name="one_default")
        ]

    def __str__(self) -> str:
        return self.address


class Blob(models.Model):
    """Bytes, named by their SHA-256, kept in pieces of 1 MiB; never changed (rule 2)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.sha256


class BlobPiece(models.Model):
    """One piece of a blob."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blob", "number"], name="blob_piece_once")]

    def __str__(self) -> str:
        return f"{self.blob_id} {self.number}"


class InboundState(models.TextChoices):
    """Where a thing that came in stands."""

    SPOOLED = "spooled", _("Waiting to be opened")
    OPENED = "opened", _("Opened")
    SET_ASIDE = "set_aside", _("Set aside")
    IGNORED = "ignored", _("Ignored")


class InboundItem(models.Model):
    """One thing that came in, raw; the spool is its own queue."""

    channel = models.CharField(max_length=20)
    # The source's own name for it (mailbox, UIDVALIDITY, UID …), never the Message-ID, which lies.
    source_key = models.CharField(max_length=200, unique=True)
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT)
    envelope = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=InboundState.choices, default=InboundState.SPOOLED)
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # As read, in every state; what could not be read stays empty.
    from_address = models.CharField(max_length=320, blank=True)
    message_subject = models.TextField(blank=True)
    # Message-ID + From + body: the second of the same is ignored and names the first's ticket.
    fingerprint = models.CharField(max_length=64, null=True, unique=True)
    ticket_ref = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="spooled"), name="inbound_spooled"),
            models.Index(fields=["state", "id"], name="inbound_state"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands; *sent* means the other server took it."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")


class Delivery(models.Model):
    """One thing to one recipient, written in the transaction of the act that causes it."""

    channel = models.CharField(max_length=20)
    to_address = models.CharField(max_length=320)
    # What `channels.Outbound` needs: subject, text, html, headers, attachments by SHA-256, …
    payload = models.JSONField()
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    # What caused it, in the words of the room that did, such as `message:12` or `notice:7`; comes back on answers.
    origin_ref = models.CharField(max_length=60, blank=True)
    # The same thing is never written twice: `once_key` is unique where given.
    once_key = models.CharField(max_length=120, null=True, unique=True)
    # Urgent things first: a Red Alert notice does not wait behind a newsletter.
    urgency = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    maybe_twice = models.BooleanField(default=False)
    claimed_by = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-urgency", "next_attempt_at", "id"],
                condition=models.Q(state="queued"),
                name="delivery_queued",
            ),
            models.Index(fields=["claimed_at"], condition=models.Q(state="sending"), name="delivery_sending"),
            models.Index(fields=["origin_ref"], name="delivery_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.to_address}"
