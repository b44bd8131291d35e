"""Whom we know: staff and departments; customers, contacts and addresses; programs with a token."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tocsin.kernel.actors import Actor
from tocsin.kernel.fields import ReasonField
from tocsin.kernel.translated import in_language
from tocsin.people import roles


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


class Role(models.Model):
    """What somebody may do, by permission. The four that come with Tocsin have no name of their own until
    somebody gives them one."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.JSONField(default=dict)
    # Where each permission holds, as `kernel.permissions.Reach`; what is not there is as it comes with
    # Tocsin.
    grants = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]

    def __str__(self) -> str:
        return in_language(self.name) if self.name else str(roles.SEEDED.get(self.key, self.key))


class StaffManager(BaseUserManager["Staff"]):
    """Django asks for one. Everybody comes with their role: whoever is looked up is about to do something."""

    def get_queryset(self) -> models.QuerySet[Staff]:
        """With the role."""
        return super().get_queryset().select_related("role")

    def get_by_natural_key(self, username: str | None) -> Staff:
        """Sign-in by address, in whatever case it is typed."""
        return self.get(email__iexact=username or "")


class Staff(AbstractBaseUser):
    """A member of staff."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="staff", default="agent")
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
    def actor(self) -> Actor:
        """This person as they act. Made anew each time, except where a request has made it once."""
        made: Actor | None = self.__dict__.get("_actor")
        return made or roles.actor_of_staff(self)

    def remember_actor(self) -> Actor:
        """As `actor`, kept for as long as this object lives: for the person of a request."""
        made = self.__dict__["_actor"] = self.actor
        return made


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
    channel = models.CharField(max_length=20)
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
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="tokens", default="admin")
    departments = models.ManyToManyField(Department, related_name="tokens", blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        """The program as it acts."""
        return roles.actor_of_token(self)
