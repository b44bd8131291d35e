"""What other rooms ask about staff, customers and their addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now, NullIf
from django.utils.crypto import constant_time_compare

from tocsin.channels.accounts import accounts
from tocsin.channels.registry import (
    LONGEST_ADDRESS,
    channel_of_address,
    channels,
    fold,
    usual_channel,
    written,
)
from tocsin.kernel import permissions, settings
from tocsin.kernel.errors import NotFound
from tocsin.kernel.paging import Page, page
from tocsin.people import reasons, roles, rules
from tocsin.people.models import Address, ApiToken, Contact, Customer, Department, Role, Staff, StaffAddress
from tocsin.people.permissions import MANAGE_SETTINGS, READ
from tocsin.people.settings import COMPANY_LANGUAGE, COMPANY_LANGUAGES, COMPANY_NAME

# How a customer's addresses follow one another.
_IN_ORDER = ("-managed", "position", "id")


def company() -> rules.Company:
    """The company as customers know it."""
    own = company_language()
    return rules.Company(
        name=company_name(),
        language=own,
        languages=tuple(dict.fromkeys([own, *COMPANY_LANGUAGES.get()])),
    )


def company_language() -> str:
    """The language of last resort."""
    return COMPANY_LANGUAGE.get()


def company_languages() -> list[str]:
    """The languages customers are told things in, the company's own first."""
    return list(company().languages)


def company_name() -> str:
    """What the company calls itself towards customers."""
    return COMPANY_NAME.get()


def settings_pages(staff: Staff) -> list[settings.Page]:
    """The pages of settings with something on them that somebody may change, in their order."""
    return [page for page in settings.pages() if settings_on(page, staff)]


def manages(staff: object) -> bool:
    """Whether somebody may change any setting at all."""
    if not isinstance(staff, Staff):
        return False
    return may(staff, MANAGE_SETTINGS) or bool(settings_pages(staff))


def settings_on(page: settings.Page, staff: Staff) -> list[settings.Setting[Any]]:
    """What somebody may change on a page."""
    return [one for one in settings.on_page(page.key) if may(staff, one.permission)]


def departments() -> list[Department]:
    """All departments, in their order."""
    return list(Department.objects.all())


def department_by_key(key: str) -> Department:
    """Raises NotFound when there is none."""
    try:
        return Department.objects.get(key=key)
    except Department.DoesNotExist as error:
        raise NotFound(reasons.NO_DEPARTMENT(key=key), ["department"]) from error


def default_department() -> Department:
    """Where things go that nobody directed; made on an empty installation, which works at once."""
    found = Department.objects.first()
    if found:
        return found
    made, _ = Department.objects.get_or_create(
        key="support",
        defaults={
            "name": {"en": "Support", "el": "Υποστήριξη", "hr": "Podrška", "es": "Soporte", "ru": "Поддержка"}
        },
    )
    return made


def signed_in(sessions: Collection[str]) -> dict[str, str]:
    """Of these sessions those that hold, each with the id of the member of staff whose it is.

    A session ends when they sign out, are deactivated or get another password. Two queries.
    """
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=Now())
    held = {row.session_key: row.get_decoded() for row in rows}
    ids = {data[SESSION_KEY] for data in held.values() if SESSION_KEY in data}
    staff = {str(one.pk): one for one in Staff.objects.filter(pk__in=ids, is_active=True)}
    owners = {key: staff.get(data.get(SESSION_KEY, "")) for key, data in held.items()}
    return {
        key: str(one.pk)
        for key, one in owners.items()
        if one and constant_time_compare(held[key].get(HASH_SESSION_KEY, ""), one.get_session_auth_hash())
    }


def staff_by_id(staff_id: int) -> Staff:
    """Raises NotFound when there is none, or they have left."""
    try:
        return Staff.objects.get(pk=staff_id, is_active=True)
    except Staff.DoesNotExist as error:
        raise NotFound(reasons.NO_STAFF()) from error


def all_staff() -> list[Staff]:
    """Everybody, those who left last, with departments."""
    return list(Staff.objects.order_by("-is_active", "name", "id").prefetch_related("departments"))


def any_staff_by_id(staff_id: int) -> Staff:
    """Also those who left. Raises NotFound when there is none."""
    try:
        return Staff.objects.get(pk=staff_id)
    except Staff.DoesNotExist as error:
        raise NotFound(reasons.NO_STAFF()) from error


def active_staff() -> list[Staff]:
    """Everybody who can sign in, by name."""
    return list(Staff.objects.filter(is_active=True).order_by("name", "id"))


@dataclass(frozen=True)
class Reachable:
    """A member of staff who is told something: in which language, and where, the first address first."""

    staff_id: int
    name: str
    language: str
    addresses: tuple[tuple[str, str], ...]


def reachable_staff(staff_ids: Iterable[int]) -> list[Reachable]:
    """Those of these who still work here, with their verified addresses as (channel, value); two queries."""
    people = list(Staff.objects.filter(pk__in=list(staff_ids), is_active=True).order_by("pk"))
    known: dict[int, list[tuple[str, str]]] = {one.pk: [] for one in people}
    rows = StaffAddress.objects.filter(staff__in=people, verified_at__isnull=False)
    for staff_id, channel, value in rows.order_by("position", "pk").values_list(
        "staff_id", "channel", "value"
    ):
        known[staff_id].append((channel, value))
    language = company_language()
    return [
        Reachable(
            one.pk,
            one.name,
            one.language or language,
            tuple(known[one.pk]) or ((usual_channel(), one.email),),
        )
        for one in people
    ]


def addresses_of_staff(staff_id: int) -> list[StaffAddress]:
    """All of somebody's addresses, in their order."""
    return list(StaffAddress.objects.filter(staff_id=staff_id).order_by("position", "pk"))


def staff_address(address_id: int) -> StaffAddress | None:
    """With its owner."""
    return StaffAddress.objects.select_related("staff").filter(pk=address_id).first()


def staff_channels() -> list[tuple[str, str]]:
    """The channels on which staff can be told something, since we have an account there, and their names."""
    return [
        (key, str(one.label))
        for key, one in channels().items()
        if one.can.sends and (key == usual_channel() or accounts().of(key))
    ]


def is_address_on(channel: str, value: str) -> bool:
    """Whether it can be an address on a channel. Many have no looks of their own, such as numbers: then it is
    enough that it is of no other channel."""
    if not value or len(value) > LONGEST_ADDRESS:
        return False
    known_as = channel_of_address(value)
    return known_as == channel or (not known_as and channel != usual_channel())


def first_lead() -> Staff | None:
    """The head of support, who becomes coordinator of a Red Alert (R-C04); else an administrator."""
    leads = Staff.objects.filter(is_active=True, role_id__in=["lead", "admin"])
    return leads.order_by("-role_id", "id").first()


def may(staff: object, permission: str) -> bool:
    """Whether a signed-in person may do something; nobody else may anything."""
    return isinstance(staff, Staff) and staff.is_active and permission in roles.reaches_of(staff.role)


def visible_departments(staff: Staff) -> list[int] | None:
    """Ids of the departments whose tickets they see; None means all of them."""
    return staff.actor.departments(READ)


def staff_with_departments(ids: Collection[int]) -> dict[int, tuple[Staff, tuple[int, ...] | None]]:
    """Of these members of staff each who may sign in, with the departments they see (None: all); two
    queries."""
    found = Staff.objects.filter(pk__in=ids, is_active=True).prefetch_related("departments")
    seen = {one: visible_departments(one) for one in found}
    return {one.pk: (one, None if ids is None else tuple(ids)) for one, ids in seen.items()}


def sees_department(staff: Staff, department_id: int) -> bool:
    """Whether tickets of a department are open to them."""
    visible = visible_departments(staff)
    return visible is None or department_id in visible


def staff_by_addresses(addresses: Iterable[str], permission: str) -> dict[str, Staff]:
    """Members of staff who may do something, by the folded address they sign in with; one query."""
    channel = usual_channel()
    folded = [fold(channel, address) for address in addresses]
    rows = Staff.objects.filter(email__in=folded, is_active=True)
    return {fold(channel, one.email): one for one in rows if may(one, permission)}


def staff_names(ids: Iterable[int]) -> dict[int, str]:
    """Names of these members of staff, also of those who left; one query."""
    return dict(Staff.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def names_of(listeners: Collection[str]) -> dict[str, str]:
    """Names of members of staff by their ids as live screens write them; one query."""
    names = staff_names(int(one) for one in listeners if one.isdecimal())
    return {str(pk): name for pk, name in names.items()}


def actor_name(actor: str) -> str:
    """The name behind an event's actor, for history and time lines."""
    kind, _, number = actor.partition(":")
    tables = {"staff": Staff.objects, "contact": Contact.objects, "api": ApiToken.objects}
    if kind not in tables or not number.isdecimal():
        return "Tocsin"
    found: str | None = tables[kind].filter(pk=int(number)).values_list("name", flat=True).first()
    return found or ""


def contact_by_address(channel: str, address: str) -> Contact | None:
    """Whose address it is."""
    found = (
        Address.objects.filter(channel=channel, folded=fold(channel, address))
        .select_related("contact__customer")
        .first()
    )
    return found.contact if found else None


def addresses_by_value(channel: str, values: Iterable[str]) -> dict[str, Address]:
    """Those of the addresses that we know, by folded value, with contact and customer; one query."""
    folded = {fold(channel, value) for value in values}
    rows = Address.objects.filter(channel=channel, folded__in=folded).select_related("contact__customer")
    return {row.folded: row for row in rows}


def management_addresses(customer_ids: Iterable[int]) -> dict[int, list[str]]:
    """The management addresses of each customer as programs write them (`channels.registry.written`), first
    one first; one query whatever their number."""
    rows = Address.objects.filter(managed=True, contact__customer_id__in=list(customer_ids))
    found: dict[int, list[str]] = {}
    for customer_id, channel, value in rows.order_by("position", "id").values_list(
        "contact__customer_id", "channel", "value"
    ):
        found.setdefault(customer_id, []).append(written(channel, value))
    return found


def live_addresses(customer_id: int | None, contact_id: int) -> list[str]:
    """The mail addresses of a customer, or of a person of whom we know no customer, that nobody has called
    dead; management addresses first. One query."""
    whose = Q(contact__customer_id=customer_id) if customer_id else Q(contact_id=contact_id)
    rows = Address.objects.filter(whose, channel=usual_channel(), bounced_at=None)
    return list(rows.order_by(*_IN_ORDER).values_list("value", flat=True))


def ways_to(customer_ids: Iterable[int]) -> dict[int, list[rules.Way]]:
    """The addresses of each customer on every channel, in the order in which they are tried: those that the
    company named first. One query."""
    rows = Address.objects.filter(contact__customer_id__in=list(customer_ids)).order_by(*_IN_ORDER)
    found: dict[int, list[rules.Way]] = {}
    for customer_id, channel, value, bounced_at in rows.values_list(
        "contact__customer_id", "channel", "value", "bounced_at"
    ):
        found.setdefault(customer_id, []).append(rules.Way(channel, value, bounced_at is not None))
    return found


def customer_by_key(key: str) -> Customer:
    """Raises NotFound when there is none."""
    try:
        return Customer.objects.get(key=key)
    except Customer.DoesNotExist as error:
        raise NotFound(reasons.NO_CUSTOMER(key=key), ["customer"]) from error


def customer_by_id(customer_id: int) -> Customer:
    """Raises NotFound when there is none."""
    try:
        return Customer.objects.get(pk=customer_id)
    except Customer.DoesNotExist as error:
        raise NotFound(reasons.NO_SUCH_CUSTOMER()) from error


def contact_by_id(contact_id: int) -> Contact:
    """A contact with their addresses. Raises NotFound."""
    found = Contact.objects.prefetch_related("addresses").filter(pk=contact_id).first()
    if found is None:
        raise NotFound(reasons.NO_CONTACT())
    return found


def contacts_of(customer_id: int) -> list[Contact]:
    """A customer's contacts with their addresses; two queries."""
    return list(Contact.objects.filter(customer_id=customer_id).order_by("id").prefetch_related("addresses"))


def every_customer() -> QuerySet[Customer]:
    """All of them, for rooms that choose some by what they know themselves."""
    return Customer.objects.all()


def with_language(customers: QuerySet[Customer], language: str) -> QuerySet[Customer, Customer]:
    """With the language `spoken`: declared by the customer, else by whose first address it is, else the given
    one."""
    theirs = Address.objects.filter(contact__customer=OuterRef("pk")).order_by(*_IN_ORDER)
    return customers.annotate(
        spoken=Coalesce(
            NullIf("language", Value("")),
            NullIf(Subquery(theirs.values("contact__language")[:1]), Value("")),
            Value(language),
        ),
    )


def customers_by_ids(ids: Iterable[int]) -> list[Customer]:
    """Those of these ids that there are; one query."""
    return list(Customer.objects.filter(pk__in=list(ids)))


def customers_by_keys(keys: Iterable[str]) -> list[Customer]:
    """Those of these keys that there are; one query."""
    return list(Customer.objects.filter(key__in=list(keys)))


def all_roles() -> list[Role]:
    """All roles, in their order."""
    return list(Role.objects.all())


@dataclass(frozen=True)
class RoleLine:
    """A role with what it permits, in words, and how many people and programs have it."""

    role: Role
    permits: list[str]
    staff: int
    tokens: int
    is_free: bool  # to be removed


def roles_with_holders() -> list[RoleLine]:
    """All roles as their page shows them; one query."""
    staff, tokens = Count("staff", distinct=True), Count("tokens", distinct=True)
    return [
        RoleLine(
            row,
            [str(permissions.permission(key).label) for key in roles.reaches_of(row)],
            row.staff_count,
            row.token_count,
            is_free=not (row.pk in roles.SEEDED or row.staff_count or row.token_count),
        )
        for row in Role.objects.annotate(staff_count=staff, token_count=tokens)
    ]


def role_by_key(key: str) -> Role:
    """Raises NotFound when there is none."""
    found = Role.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(reasons.NO_SUCH_ROLE(key=key[:40]), ["role"])
    return found


def token_by_secret(secret: str) -> ApiToken | None:
    """The API token that a program showed us, unless it was revoked."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return ApiToken.objects.select_related("role").filter(digest=digest, revoked_at=None).first()


def tokens() -> list[ApiToken]:
    """All API tokens, those that work first."""
    rows = ApiToken.objects.select_related("role").prefetch_related("departments")
    return list(rows.order_by("revoked_at", "-id"))


def customers(search: str = "", cursor: str | None = None) -> Page[Customer]:
    """Customers, newest first, whose name or key begins with `search`."""
    rows = Customer.objects.all()
    if search:
        rows = rows.filter(Q(name__istartswith=search) | Q(key__istartswith=search))
    return page(rows, by="created_at", cursor=cursor)
