"""Tickets and their conversations."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.fields import ReasonField


class Status(models.TextChoices):
    """Where a ticket stands (R-A12)."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for the customer")
    ON_HOLD = "on_hold", _("On hold")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class Priority(models.TextChoices):
    """How much it presses (R-A10); each has a shape of its own in the interface."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class ParkedBy(models.TextChoices):
    """What keeps a ticket out of the queue for a while; '' where nothing does."""

    LINKED = "linked", _("Linked record")


# What the indexes of the queues cover; `queries` asks in the same words, so that they are used.
IN_QUEUE = models.Q(parked_by="", status__in=["new", "open"])
IS_WAITING = models.Q(status__in=["answered", "pending"])
IS_LIVE = models.Q(status__in=["new", "open", "pending", "on_hold", "answered"])
IS_LINKED = ~models.Q(linked_ref="")
IS_ATTACHED = models.Q(parked_by=ParkedBy.LINKED.value)
WAS_ACKNOWLEDGED = models.Q(acknowledged_at__isnull=False)


class Ticket(models.Model):
    """One request of one requester; its conversation are its messages."""

    # Made from the row's id, which is taken from its sequence beforehand.
    ref = models.CharField(max_length=24)
    subject = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    # urgent 3 … low 0, kept beside the name so that a queue can be ordered by an index.
    priority_rank = models.SmallIntegerField(default=1)
    channel = models.CharField(max_length=20)
    # Every index is paid for by every mail: of people and departments, those below serve.
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, db_index=False)
    assignee = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.SET_NULL, related_name="tickets", db_index=False
    )
    customer = models.ForeignKey(
        "people.Customer", null=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    requester = models.ForeignKey(
        "people.Contact", on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    requester_address = models.CharField(max_length=320)
    # On which channel that address is: it need not be the one that the ticket came by.
    requester_channel = models.CharField(max_length=20, blank=True)
    # Others whom the customer copied in (R-A14): they take part, and get the answers. Folded.
    copied_addresses = models.JSONField(default=list)
    # Whether the sender proved to be who they say (R-A09); an unverified one is served, and marked.
    verified = models.BooleanField(default=False)
    language = models.CharField(max_length=8)
    account = models.ForeignKey("mailroom.Account", null=True, on_delete=models.SET_NULL, db_index=False)

    # A record of a room above, such as an incident; opaque here, written by desk verbs only.
    linked_ref = models.CharField(max_length=24, blank=True)
    linked_label = models.CharField(max_length=200, blank=True)
    linked_reason = ReasonField()
    # The record's state in the requester's language, for the mail that acknowledges the ticket.
    linked_update = models.TextField(blank=True)
    # The customer said "this is not my problem": never attached by itself again (R-C11).
    link_declined = models.BooleanField(default=False)
    parked_by = models.CharField(max_length=10, choices=ParkedBy.choices, blank=True, default="")
    next_due_at = models.DateTimeField(null=True)

    excerpt = models.CharField(max_length=240, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    unread = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    # When the customer last wrote, or the ticket was opened: what the queue is ordered by.
    activity_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True)
    # When the requester was told that we have it; several an hour to one person are too many (R-A03).
    acknowledged_at = models.DateTimeField(null=True)
    # Since when it is the customer's turn; a long silence closes it (R-A12).
    waiting_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-activity_at", "-id"], condition=IN_QUEUE, name="ticket_queue"),
            models.Index(fields=["-activity_at", "-id"], condition=IS_WAITING, name="ticket_waiting"),
            models.Index(fields=["-activity_at", "-id"], name="ticket_activity"),
            models.Index(
                fields=["assignee", "-activity_at", "-id"], condition=IS_LIVE, name="ticket_assignee"
            ),
            models.Index(fields=["department", "-activity_at", "-id"], name="ticket_department"),
            models.Index(fields=["customer", "-opened_at", "-id"], name="ticket_customer"),
            models.Index(fields=["requester", "-opened_at", "-id"], name="ticket_requester"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_opened"),
            models.Index(Lower("requester_address"), name="ticket_address"),
            models.Index(
                fields=["linked_ref", "-activity_at", "-id"], condition=IS_LINKED, name="ticket_linked"
            ),
            models.Index(fields=["-activity_at", "-id"], condition=IS_ATTACHED, name="ticket_attached"),
            models.Index(
                fields=["requester", "acknowledged_at"],
                condition=WAS_ACKNOWLEDGED,
                name="ticket_acknowledged",
            ),
            models.Index(fields=["waiting_since", "id"], condition=IS_WAITING, name="ticket_silent"),
            # Strangers of one domain are answered at a pace (R-A03); as `intake.services.pausing` asks.
            models.Index(
                Func(Lower("requester_address"), Value("@"), 2, function="split_part"),
                "acknowledged_at",
                condition=WAS_ACKNOWLEDGED & models.Q(customer=None),
                name="ticket_paced",
            ),
        ]
        # A constraint rather than `unique=True`, which adds a second index for LIKE to a text column.
        constraints = [models.UniqueConstraint(fields=["ref"], name="ticket_ref_once")]

    def __str__(self) -> str:
        return f"{self.ref} {self.subject}"

    @property
    def is_answered_by_record(self) -> bool:
        """Whether the linked record's updates answer it, and nobody has to by hand; its status stays."""
        return is_answered_by_record(self.linked_ref, self.parked_by, self.status)


def is_answered_by_record(linked_ref: str, parked_by: str, status: str) -> bool:
    """As `Ticket.is_answered_by_record`, of its values."""
    return bool(linked_ref) and parked_by == ParkedBy.LINKED and status in (Status.NEW, Status.OPEN)


class MessageKind(models.TextChoices):
    """Who speaks; a note is never seen by the customer."""

    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    NOTE = "note", _("Internal note")
    SYSTEM = "system", _("System")


class Message(models.Model):
    """One entry of a conversation."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    channel = models.CharField(max_length=20)
    author = models.ForeignKey("people.Staff", null=True, on_delete=models.SET_NULL, db_index=False)
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    to_addresses = models.JSONField(default=list)
    cc_addresses = models.JSONField(default=list)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # What the customer newly wrote, quoted history and signature cut off; `text` is the whole.
    visible_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    verified = models.BooleanField(default=False)
    # What had to be repaired or left out when it was read, in the reader's words.
    defects = ReasonField()
    # A note of ours as codes; `text` has it in the company's language, for the search.
    said = ReasonField()
    # Why it was taken for what it is: `auto-reply`, `bounce`, … empty for a person's message.
    machine = models.CharField(max_length=40, blank=True)
    rfc_message_id = models.CharField(max_length=998, blank=True)
    # One thing that came in becomes one message, however often it is opened.
    inbound = models.OneToOneField(
        "mailroom.InboundItem", null=True, on_delete=models.SET_NULL, related_name="message"
    )
    # What brings it to the requester, when we wrote it; copies to others carry `message:ID` as their origin.
    delivery = models.ForeignKey("mailroom.Delivery", null=True, on_delete=models.SET_NULL, related_name="+")
    # What it answers (from a customer), or whose words it carries (ours), such as `notice:7`.
    origin_ref = models.CharField(max_length=60, blank=True)
    # The same thing is never said twice: unique where given.
    once_key = models.CharField(max_length=120, null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="message_ticket"),
            models.Index(
                models.F("rfc_message_id"), condition=~models.Q(rfc_message_id=""), name="message_rfc_id"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["once_key"], name="message_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Attachment(models.Model):
    """A file of a message; its bytes lie in the mailroom's blobs."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    size = models.BigIntegerField()
    blob = models.ForeignKey("mailroom.Blob", on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name
