"""The spool of what came in and the outbox of what goes out: written down first, then acted on (rule 1)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tocsin.channels.registry import label as channel_label
from tocsin.kernel import clock
from tocsin.kernel.fields import ReasonField


class Account(models.Model):
    """A configured channel: a mailbox, a bot, a number, a gateway, a form; and how it fares."""

    channel = models.CharField(max_length=20)
    # Ours, as people write to it; empty where the channel has none. `folded` is what it is found by.
    address = models.CharField(max_length=320, blank=True)
    folded = models.CharField(max_length=320, blank=True)
    # As customers see it.
    name = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey("people.Department", null=True, on_delete=models.PROTECT)
    # For writers whose language is not known.
    language = models.CharField(max_length=8, blank=True)
    # Of its channel: what comes in for none of our accounts, and what goes out by none in particular.
    is_default = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    # What the channel's form asks for; what is secret, sealed, apart.
    settings = models.JSONField(default=dict)
    secrets = models.BinaryField(null=True)
    # What the channel keeps for itself, such as how far it has read.
    state = models.JSONField(default=dict)
    # Counts what staff saved: who runs or sends by what was before begins anew.
    version = models.PositiveIntegerField(default=1)
    # How taking in fares: `last_trouble` is the channel's code of what is wrong.
    last_success_at = models.DateTimeField(null=True)
    last_error = ReasonField()
    last_error_at = models.DateTimeField(null=True)
    last_trouble = models.CharField(max_length=20, blank=True)
    # On the source and not fetched yet, when it was last looked at.
    waiting = models.IntegerField(default=0)
    # Staff want it looked into now: ends every pause.
    asked_at = models.DateTimeField(null=True)
    watches_silence = models.BooleanField(default=True)
    # Until when the other side wants nothing more from us (429), and its words.
    paused_until = models.DateTimeField(null=True)
    pause_reason = ReasonField()
    last_arrival_at = models.DateTimeField(null=True)
    silent_alarm_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "folded"], name="account_once"),
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(is_default=True), name="one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.address or self.name or str(channel_label(self.channel))

    @property
    def is_paused(self) -> bool:
        """Whether the other side wants nothing more from us now."""
        return self.paused_until is not None and self.paused_until > clock.now()


class ArrivalHour(models.Model):
    """How many messages came to an account in one hour; without a row, nobody looked in that hour."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "hour"], name="arrival_hour_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.hour}: {self.count}"


class Blob(models.Model):
    """Bytes, named by their SHA-256, kept in pieces of 1 MiB; never changed (rule 2)."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.sha256


class BlobPiece(models.Model):
    """One piece of a blob."""

    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="pieces", db_index=False)
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
    UNMATCHED = "unmatched", _("A bounce that fits no mail")


class InboundItem(models.Model):
    """One thing that came in, raw; the spool is its own queue."""

    channel = models.CharField(max_length=20)
    # The source's own name for it (mailbox, UIDVALIDITY, UID …), never the Message-ID, which lies.
    source_key = models.CharField(max_length=200)
    # Whose it is; none where it came for none of ours and there is no default.
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, db_index=False)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, db_index=False)
    envelope = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=InboundState.choices, default=InboundState.SPOOLED)
    reason = ReasonField()
    # As read, in every state; what could not be read stays empty.
    from_address = models.CharField(max_length=320, blank=True)
    message_subject = models.TextField(blank=True)
    # Message-ID + From + body: the second of the same is ignored and names the first's ticket.
    fingerprint = models.CharField(max_length=64, null=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="duplicates", db_index=False
    )
    ticket_ref = models.CharField(max_length=24, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="spooled"), name="inbound_spooled"),
            models.Index(
                fields=["-received_at", "-id"], condition=models.Q(state="set_aside"), name="inbound_aside"
            ),
            models.Index(
                fields=["-received_at", "-id"],
                condition=models.Q(state="unmatched"),
                name="inbound_unmatched",
            ),
            models.Index(fields=["account", "received_at"], name="inbound_arrivals"),
        ]
        # Constraints rather than `unique=True`, which adds a second index for LIKE to a text column.
        constraints = [
            models.UniqueConstraint(fields=["source_key"], name="inbound_source_once"),
            models.UniqueConstraint(fields=["fingerprint"], name="inbound_fingerprint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class OpeningAttempt(models.Model):
    """How often opening a spooled thing was begun and not finished.

    Kept apart from the item, whose row is locked while it is opened: this count is committed by another
    connection before the reading begins, so that it survives a process that dies of what it reads (rule 3).
    """

    inbound_id = models.BigIntegerField(primary_key=True)
    count = models.PositiveSmallIntegerField()
    retry_at = models.DateTimeField()
    error = ReasonField()

    def __str__(self) -> str:
        return f"{self.inbound_id}: {self.count}"


class DeadAddress(models.Model):
    """An address whose server said that there is nobody; not tried until staff or the person says so."""

    channel = models.CharField(max_length=20)
    folded = models.CharField(max_length=320)
    reason = ReasonField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "folded"], name="dead_address_once")]

    def __str__(self) -> str:
        return self.folded


class DeliveryState(models.TextChoices):
    """Where a delivery stands; *sent* means the other server took it, and *delivered* that a provider reports
    that the recipient's server took it from there.

    `deferred` waits for its next attempt and becomes `queued` when that is due: so the queue's index holds
    only what can go now, however many wait for a server that is down.
    """

    QUEUED = "queued", _("Waiting")
    DEFERRED = "deferred", _("Waiting for another try")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    COMPLAINED = "complained", _("Called spam by its reader")
    FAILED = "failed", _("Failed")
    REHEARSED = "rehearsed", _("Rehearsed, not sent")
    SUPERSEDED = "superseded", _("Sent to another address instead")
    BOUNCED = "bounced", _("Bounced")


# What the index of recipients covers; `services.machines` asks in the same words, so that it is used.
MAY_HAVE_COME_BACK = ["sent", "bounced"]


class Delivery(models.Model):
    """One thing to one recipient, written in the transaction of the act that causes it."""

    # By which account it goes; the channel is the account's.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    channel = models.CharField(max_length=20)
    to_address = models.CharField(max_length=320)
    # What `channels.Outbound` needs: subject, text, html, headers, attachments by SHA-256, …
    payload = models.JSONField()
    message_id = models.CharField(max_length=200, blank=True)
    # What caused it, in the words of the room that did, such as `message:12`; comes back on answers.
    origin_ref = models.CharField(max_length=60, blank=True)
    # The same thing is never written twice: `once_key` is unique where given.
    once_key = models.CharField(max_length=120, null=True)
    # Urgent things first: a Red Alert notice does not wait behind a newsletter.
    urgency = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The last attempt failed by our way out, and not by this recipient.
    way_was_closed = models.BooleanField(default=False, db_default=False)
    maybe_twice = models.BooleanField(default=False)
    next_attempt_at = models.DateTimeField()
    answer = ReasonField()
    created_at = models.DateTimeField()
    # From when its 48 hours count: when it was written, or when staff last asked for another try.
    tried_since = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    # `PROVIDER:ID` as the provider that took it names it in its reports.
    provider_ref = models.CharField(max_length=200, db_default="", default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-urgency", "id"],
                condition=models.Q(state="queued"),
                name="delivery_queued",
            ),
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(state="deferred"), name="delivery_deferred"
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=models.Q(state__in=["queued", "deferred", "failed", "bounced"]),
                name="delivery_unfinished",
            ),
            models.Index(fields=["origin_ref"], name="delivery_origin"),
            models.Index(fields=["message_id"], name="delivery_message_id"),
            # To whom mail went lately, for bounces that name nothing else.
            models.Index(
                Lower("to_address"),
                models.F("accepted_at").desc(),
                condition=models.Q(state__in=MAY_HAVE_COME_BACK),
                name="delivery_sent_to",
            ),
            models.Index(
                fields=["provider_ref"],
                condition=~models.Q(provider_ref=""),
                name="delivery_provider_ref",
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["once_key"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.channel} to {self.to_address}"


class InFlight(models.Model):
    """A delivery that a process is sending, or has tried (`outcome`) and not yet settled. See
    `services.inflight`; the delivery itself stays queued until then."""

    delivery_id = models.BigIntegerField(primary_key=True)
    # As `direct.own_name` names it.
    process = models.CharField(max_length=120)
    at = models.DateTimeField()
    outcome = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.delivery_id} by {self.process}"


class Unannounced(models.Model):
    """Deliveries of whose new state the other rooms were not told yet; a crash leaves them so.

    Not a mark on the deliveries: to take it off would write those wide rows and their indexes once more.
    """

    delivery_ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{len(self.delivery_ids)} deliveries"


class ReportState(models.TextChoices):
    """Where a provider's report stands."""

    WAITING = "waiting", _("Waiting")
    SETTLED = "settled", _("Settled")
    UNKNOWN = "unknown", _("About no mail of ours")


class DeliveryReport(models.Model):
    """What the other side tells of one message: written down when it comes, settled when its delivery is
    known.

    It may come before the dispatcher has recorded what the other side answered; then it waits.
    """

    provider = models.CharField(max_length=20)
    # How the other side names the message, and how we do: either may be missing.
    provider_ref = models.CharField(max_length=200)
    message_id = models.CharField(max_length=200)
    recipient = models.CharField(max_length=320)
    kind = models.CharField(max_length=12)
    # There is nobody at the address.
    nobody_there = models.BooleanField(default=False)
    words = models.TextField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    # Of what it says: the same report posted twice is one.
    digest = models.CharField(max_length=64)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="reports")
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.WAITING)
    look_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["look_at", "id"], condition=models.Q(state="waiting"), name="report_waiting"
            ),
            models.Index(fields=["received_at"], name="report_received"),
        ]
        constraints = [models.UniqueConstraint(fields=["digest"], name="report_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"


class StaffNotice(models.Model):
    """What one member of staff is told: by one delivery after the other, of which the last counts."""

    staff = models.ForeignKey("people.Staff", on_delete=models.CASCADE, db_index=False)
    # What it is about, such as `incidents.overdue`.
    kind = models.CharField(max_length=40)
    # The same thing is told nobody twice: unique where given.
    once_key = models.CharField(max_length=120, null=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    # `[channel, address]`: where it goes next, should this delivery not be taken.
    others = models.JSONField(default=list)
    # When the next one is tried, while this delivery still waits; null when there is none, or it was taken.
    go_on_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["go_on_at"], condition=models.Q(go_on_at__isnull=False), name="staff_notice_go_on"
            )
        ]
        constraints = [models.UniqueConstraint(fields=["once_key"], name="staff_notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.staff_id}"


class FormVisitor(models.Model):
    """How often the contact form was sent from one place since `since`, so that it can't be flooded."""

    place = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.place
