"""What tickets can be filtered by."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tocsin.desk.models import ParkedBy, Priority, Status, Ticket
from tocsin.kernel.filters import (
    AddressText,
    Choice,
    Choices,
    Context,
    Field,
    Flag,
    Moment,
    Number,
    Option,
    Reference,
    Several,
    Text,
    register,
)
from tocsin.people import queries as people
from tocsin.people.permissions import SEE_CUSTOMERS

_MOST_FOUND = 20


def _statuses(context: Context) -> Sequence[Option]:
    return [Option(one.value, one.label) for one in Status]


def _priorities(context: Context) -> Sequence[Option]:
    return [Option(one.value, one.label) for one in reversed(Priority)]


def _parkers(context: Context) -> Sequence[Option]:
    return [Option(one.value, one.label) for one in ParkedBy]


def _channels(context: Context) -> Sequence[Option]:
    from tocsin.desk.views.presenting import channel_signs

    return [Option(key, label) for key, (_icon, label) in channel_signs().items()]


def _languages(context: Context) -> Sequence[Option]:
    return [Option(code, name) for code, name in settings.LANGUAGES]


def _departments(context: Context) -> Sequence[Option]:
    return [Option(one.key, str(one), one.pk) for one in people.departments()]


def _me(context: Context) -> list[Option]:
    return [Option("me", _("Me"), context.reader.pk)] if context.reader else []


def _assignees(context: Context) -> Sequence[Option]:
    return [*_me(context), *(Option(str(one.pk), one.name, one.pk) for one in people.active_staff())]


def _assignees_named(context: Context, values: Sequence[str]) -> Sequence[Option]:
    """Also those who left: a view of their tickets stays one."""
    ids = [number for value in values if (number := _id(value)) is not None]
    names = people.staff_names(ids) if ids else {}
    return [*_me(context), *(Option(str(pk), name, pk) for pk, name in names.items())]


def _id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def _customers(context: Context, typed: str) -> Sequence[Option]:
    if not people.may(context.reader, SEE_CUSTOMERS):
        return []
    found = people.customers(typed).items[:_MOST_FOUND]
    return [Option(one.key, one.name, one.pk) for one in found]


def _customers_named(context: Context, keys: Sequence[str]) -> Sequence[Option]:
    return [Option(one.key, one.name, one.pk) for one in people.customers_by_keys(keys)]


def _tier(ticket: Ticket) -> str:
    return ticket.customer.tier if ticket.customer else ""


def _requester_name(ticket: Ticket) -> str:
    return ticket.requester.name


_NOBODY = (None,)

register(
    "ticket",
    Field("status", _("Status"), Choice(Choices(_statuses)), order=10),
    Field("priority", _("Priority"), Choice(Choices(_priorities)), order=20),
    Field(
        "assignee",
        _("Assigned to"),
        Choice(Choices(_assignees, named=_assignees_named), absent=_NOBODY),
        order=30,
        column="assignee_id",
    ),
    Field(
        "department",
        _("Department"),
        Choice(Choices(_departments)),
        order=40,
        column="department_id",
        index="ordered",
    ),
    Field(
        "customer",
        _("Customer"),
        Choice(Choices(find=_customers, named=_customers_named), absent=_NOBODY),
        order=50,
        column="customer_id",
        index="few",
    ),
    Field(
        "tier", _("Customer's tier"), Text(absent=("", None)), order=60, column="customer__tier", read=_tier
    ),
    Field(
        "requester", _("Requester's name"), Text(), order=70, column="requester__name", read=_requester_name
    ),
    Field("address", _("Requester's address"), AddressText(), 80, "requester_address", index="few"),
    Field("copied", _("Copied addresses"), Several(), order=90, column="copied_addresses"),
    Field("subject", _("Subject"), Text(), order=100),
    Field("channel", _("Channel"), Choice(Choices(_channels)), order=110),
    Field("language", _("Language"), Choice(Choices(_languages)), order=120),
    Field("verified", _("Verified"), Flag(), order=130),
    Field("unread", _("Unread"), Flag(), order=140),
    Field(
        "parked",
        _("Kept out of the queue by"),
        Choice(Choices(_parkers), absent=("",)),
        order=150,
        column="parked_by",
    ),
    Field("record", _("Linked record"), Reference(), order=160, column="linked_ref", index="ordered"),
    Field("messages", _("Number of messages"), Number(), order=170, column="message_count"),
    Field("opened", _("Opened"), Moment(), order=200, column="opened_at"),
    Field("activity", _("Last written by the customer"), Moment(), order=210, column="activity_at"),
    Field("waiting", _("Waiting for the customer since"), Moment(_NOBODY), order=220, column="waiting_since"),
    Field("answered", _("First answered"), Moment(_NOBODY), order=230, column="first_answered_at"),
    Field("due", _("Due next"), Moment(_NOBODY), order=240, column="next_due_at"),
    Field("closed", _("Closed"), Moment(_NOBODY), order=250, column="closed_at"),
)
