"""Whom we know: staff and departments; customers, contacts and addresses; programs with a token."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.fields import ReasonField
from tocsin.kernel.translated import in_language


class Department(models.Model):
    """A department with a queue: 1st level, sales, accounting, … (R-A08)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.JSONField(help_text=_("Name by language"))
    first_answer_minutes = models.PositiveIntegerField(
        default=24 * 60, help_text=_("What the acknowledgement promises as time to the first answer")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.name)


class Role(models.TextChoices):
    """What a member of staff may do; see `people.rules.PERMISSIONS`."""

    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Head of support")
    ADMIN = "admin", _("Administrator")
    OBSERVER = "observer", _("Observer")


class StaffManager(BaseUserManager["Staff"]):
    """Django asks for one."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        """Sign-in by address, in whatever case it is typed."""
        return self.get(email__iexact=username or "")


class Staff(AbstractBaseUser):
    """A member of staff."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.AGENT)
    departments = models.ManyToManyField(Department, related_name="staff", blank=True)
    language = models.CharField(max_length=8, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """How the event log names this person."""
        return f"staff:{self.pk}"


class StaffAddress(models.Model):
    """Where a member of staff is told things: their address on a channel. They are tried by `position`.

    Used once it is verified: the one that they sign in with from the start, any other by a code sent there.
    """

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    channel = models.CharField(max_length=20)
    value = models.CharField(max_length=320)
    folded = models.CharField(max_length=320)
    position = models.PositiveSmallIntegerField(default=0)
    is_sign_in = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    # Of the code that was sent last; the code itself is nowhere but there.
    code_digest = models.CharField(max_length=64, blank=True)
    code_made_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "channel", "folded"], name="staff_address_once"),
            models.UniqueConstraint(
                fields=["staff"], condition=models.Q(is_sign_in=True), name="staff_address_sign_in"
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Customer(models.Model):
    """An organisation or person that we serve; comes from the company's billing by its key (R-G10)."""

    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person who writes to us; belongs to a customer when we know which."""

    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A contact's address on a channel. `value` is as written, `folded` is what it is found by."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=20, default="email")
    value = models.CharField(max_length=320)
    folded = models.CharField(max_length=320)
    # A management address of the customer: what comes from it can count as verified (R-A09).
    managed = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = ReasonField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "folded"], name="address_once")]

    def __str__(self) -> str:
        return self.value


class ApiToken(models.Model):
    """A program's key to the API; only its hash is kept."""

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
