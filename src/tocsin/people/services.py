"""The verbs of the people room: the only code that changes its tables."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from tocsin.channels.registry import as_written, fold, usual_channel
from tocsin.kernel import clock, search, settings
from tocsin.kernel.actors import Actor
from tocsin.kernel.bulk import copy_in, server_cursor, take_ids, update_rows
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.people import events, queries, reasons, rules
from tocsin.people.models import Address, ApiToken, Contact, Customer, Department, Staff
from tocsin.people.permissions import MANAGE_CUSTOMERS, MANAGE_SETTINGS
from tocsin.people.role_verbs import known_role, somebody_still_manages
from tocsin.people.role_verbs import remove_role as remove_role
from tocsin.people.role_verbs import save_role as save_role
from tocsin.people.settings import COMPANY_LANGUAGE, COMPANY_LANGUAGES, COMPANY_NAME
from tocsin.people.staff_addresses import add_staff_address as add_staff_address
from tocsin.people.staff_addresses import confirm_staff_address as confirm_staff_address
from tocsin.people.staff_addresses import keep_sign_in
from tocsin.people.staff_addresses import new_code as new_code
from tocsin.people.staff_addresses import order_staff_addresses as order_staff_addresses
from tocsin.people.staff_addresses import prove_again as prove_again
from tocsin.people.staff_addresses import remove_staff_address as remove_staff_address

_TOKEN_BYTES = 32
# `last_used_at` is for people to see whether a token is in use; no need to write at every request.
_TOKEN_SEEN_EVERY_S = 300


@transaction.atomic
def create_staff(
    *,
    email: str,
    name: str,
    role: str,
    password: str,
    departments: Sequence[str] = (),
    language: str = "",
    actor: Actor = SYSTEM,
) -> Staff:
    """Somebody who can sign in. Raises Refused for a bad address or role, Conflict when it is taken."""
    actor.check(MANAGE_SETTINGS)
    _check_address(email, "email")
    its_role = known_role(role)
    if Staff.objects.filter(email__iexact=email).exists():
        raise Conflict(reasons.SIGNS_IN_ALREADY(), ["email"])
    staff = Staff(
        email=email.strip().lower(),
        name=name or email,
        role=its_role,
        language=language,
        created_at=clock.now(),
    )
    staff.set_password(password)
    staff.save()
    staff.departments.set(Department.objects.filter(key__in=departments))
    keep_sign_in(staff)
    emit(events.StaffCreated(staff.pk), actor=actor)
    return staff


@transaction.atomic
def change_staff(
    staff_id: int,
    *,
    name: str,
    email: str,
    role: str,
    departments: Iterable[Department],
    language: str,
    password: str,
    is_active: bool,
    actor: Actor = SYSTEM,
) -> None:
    """Somebody's standing; an empty password keeps the present one.

    Raises Conflict when the address is another person's, or when nobody would be left to manage settings.
    """
    actor.check(MANAGE_SETTINGS)
    if Staff.objects.filter(email__iexact=email).exclude(pk=staff_id).exists():
        raise Conflict(reasons.ADDRESS_OF_ANOTHER(), ["email"])
    its_role = known_role(role)
    with somebody_still_manages():
        staff = Staff.objects.select_for_update(of=("self",)).get(pk=staff_id)
        staff.name, staff.email, staff.role, staff.language, staff.is_active = (
            name,
            email.lower(),
            its_role,
            language,
            is_active,
        )
        if password:
            staff.set_password(password)
        staff.save()
        staff.departments.set(departments)
        keep_sign_in(staff)
    emit(events.StaffChanged(staff_id), actor=actor)


@transaction.atomic
def set_password(email: str, password: str, *, actor: Actor = SYSTEM) -> None:
    """A new password. Raises NotFound when nobody has this address."""
    actor.check(MANAGE_SETTINGS)
    staff = Staff.objects.select_for_update(of=("self",)).filter(email__iexact=email).first()
    if staff is None:
        raise NotFound(reasons.NOBODY_SIGNS_IN(), ["email"])
    staff.set_password(password)
    staff.save(update_fields=["password"])
    emit(events.StaffChanged(staff.pk), actor=actor)


@transaction.atomic
def create_api_token(
    name: str, *, role: str = "admin", departments: Sequence[str] = (), actor: Actor = SYSTEM
) -> tuple[ApiToken, str]:
    """A token for a program, and its secret, which is shown this once and kept only as a hash.

    It may do what a member of staff with this role and these departments may. Raises Refused.
    """
    actor.check(MANAGE_SETTINGS)
    its_role = known_role(role)
    if not name.strip():
        raise Refused(reasons.TOKEN_NAMELESS(), ["name"])
    secret = "toc_" + secrets.token_urlsafe(_TOKEN_BYTES)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    token = ApiToken.objects.create(name=name.strip(), role=its_role, digest=digest, created_at=clock.now())
    token.departments.set(Department.objects.filter(key__in=departments))
    emit(events.TokenCreated(token.pk, token.name), actor=actor)
    return token, secret


@transaction.atomic
def revoke_api_token(token_id: int, *, actor: Actor = SYSTEM) -> None:
    """Shut a program out. Revoking twice changes nothing more."""
    actor.check(MANAGE_SETTINGS)
    if ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=clock.now()):
        emit(events.TokenRevoked(token_id), actor=actor)


def note_token_use(token: ApiToken) -> None:
    """Remember that a token was used, every five minutes at most."""
    now = clock.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > _TOKEN_SEEN_EVERY_S:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def save_company(*, name: str, language: str, languages: Collection[str], actor: Actor = SYSTEM) -> None:
    """What customers know the company by, and the languages it writes to them in; what is empty is as the
    environment says. Raises Refused for a name that is too long and for a language that we do not have."""
    changes = [
        COMPANY_NAME.to(name),
        COMPANY_LANGUAGE.to(language),
        COMPANY_LANGUAGES.to(tuple(languages)),
    ]
    settings.change(changes, actor=actor)


@transaction.atomic
def save_department(
    *,
    key: str,
    name: dict[str, str],
    first_answer_minutes: int = 24 * 60,
    position: int = 0,
    actor: Actor = SYSTEM,
) -> Department:
    """Create a department or bring it up to date by its key."""
    actor.check(MANAGE_SETTINGS)
    values = {"name": name, "first_answer_minutes": first_answer_minutes, "position": position}
    department, _ = Department.objects.update_or_create(key=key, defaults=values)
    emit(events.DepartmentSaved(department.pk), actor=actor)
    return department


@transaction.atomic
def save_customer(
    *,
    key: str,
    name: str,
    language: str | None = None,
    tier: str | None = None,
    addresses: Sequence[str] | None = None,
    actor: Actor = SYSTEM,
) -> tuple[Customer, bool]:
    """Create a customer or bring it up to date by its key; whether it was created comes second.

    What is None stays as it is. `addresses` are its management addresses as `channels.registry.written`
    writes them, in the order in which they are tried. One that we knew of an unknown sender becomes the
    customer's. Raises Refused for a bad address, Conflict when one belongs to another customer (R-G10:
    conflicts are shown).
    """
    actor.check(MANAGE_CUSTOMERS)
    _check_customer(key, name, addresses or ())
    given = {"name": name, "language": language, "tier": tier}
    values = {field: value for field, value in given.items() if value is not None}
    customer, created = Customer.objects.update_or_create(
        key=key, defaults=values, create_defaults={**values, "created_at": clock.now()}
    )
    if addresses is not None:
        _set_addresses(customer, list(dict.fromkeys(map(as_written, addresses))))
    search.index("customer", [customer.pk])
    emit(events.CustomerSaved(customer.pk, created), actor=actor)
    return customer, created


@transaction.atomic
def get_or_create_contacts(channel: str, named: Mapping[str, str]) -> dict[str, Address]:
    """Whose addresses these are; a stranger becomes a contact without a customer.

    `{address: name}` in, the addresses by folded value out, with contact and customer. Known people whose
    name we had not heard yet get it. Six statements at most; safe against a race.
    """
    found = queries.addresses_by_value(channel, named)
    _learn_names(found, {fold(channel, value): name for value, name in named.items()})
    strangers = {
        folded: (value, name)
        for value, name in named.items()
        if (folded := fold(channel, value)) not in found
    }
    if not strangers:
        return found
    now = clock.now()
    # Always in the same order, so that two batches with the same strangers never wait for each other.
    strangers = dict(sorted(strangers.items()))
    ids = take_ids(Contact, len(strangers))
    contacts = [
        Contact(pk=pk, name=name[:200], created_at=now)
        for pk, (_, name) in zip(ids, strangers.values(), strict=True)
    ]
    copy_in(contacts)
    rows = {
        folded: Address(contact=contact, channel=channel, value=value.strip()[:320], folded=folded)
        for contact, (folded, (value, _)) in zip(contacts, strangers.items(), strict=True)
    }
    for folded, pk in _insert_addresses(list(rows.values())):
        rows[folded].pk, rows[folded]._state.adding = pk, False
        found[folded] = rows[folded]
    taken = [value for folded, (value, _) in strangers.items() if folded not in found]
    if taken:  # somebody else was quicker with the same strangers: theirs stay
        found |= queries.addresses_by_value(channel, taken)
        used = {address.contact_id for address in found.values()}
        Contact.objects.filter(pk__in=[one.pk for one in contacts if one.pk not in used]).delete()
    return found


def _insert_addresses(rows: Sequence[Address]) -> list[tuple[str, int]]:
    """Those that are not there yet, folded, with their ids."""
    columns = [[getattr(row, name) for row in rows] for name in ("contact_id", "channel", "value", "folded")]
    with server_cursor() as cursor:
        found: list[tuple[str, int]] = cursor.execute(_INSERT_ADDRESSES, columns).fetchall()
        return found


_INSERT_ADDRESSES = """
INSERT INTO people_address (contact_id, channel, value, folded, managed, position, bounce_reason)
SELECT *, false, 0, '' FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[])
ON CONFLICT DO NOTHING RETURNING folded, id
"""


@transaction.atomic
def mark_bounced(channel: str, address: str, reason: Kept) -> None:
    """An address that a server refused for good: nothing more is sent there until somebody corrects it."""
    rows = Address.objects.filter(channel=channel, folded=fold(channel, address))
    rows.update(bounced_at=clock.now(), bounce_reason=reason)


@transaction.atomic
def forget_bounces(channel: str, addresses: Iterable[str]) -> None:
    """These addresses can be written to again, as far as we know."""
    folded = {fold(channel, address) for address in addresses}
    rows = Address.objects.filter(channel=channel, folded__in=folded, bounced_at__isnull=False)
    rows.update(bounced_at=None, bounce_reason=NOTHING)


def _learn_names(found: Mapping[str, Address], named: Mapping[str, str]) -> None:
    """Fill empty names. Somebody who writes them at this moment knows as much as we: nobody waits for it."""
    heard = {folded: name.strip()[:200] for folded, name in named.items()}
    nameless = {
        row.contact_id: heard[folded]
        for folded, row in found.items()
        if not row.contact.name and rules.is_name(heard.get(folded, ""))
    }
    if not nameless:
        return
    free = Contact.objects.select_for_update(skip_locked=True).filter(pk__in=nameless, name="")
    contacts = list(free.order_by("pk"))
    for contact in contacts:
        contact.name = nameless[contact.pk]
    update_rows(contacts, ["name"])
    search.index("customer", {one.customer_id for one in contacts if one.customer_id})
    for row in found.values():
        row.contact.name = row.contact.name or nameless.get(row.contact_id, "")


def _check_customer(key: str, name: str, addresses: Sequence[str]) -> None:
    fields = [field for field, value in (("key", key), ("name", name)) if not value.strip()]
    if fields:
        raise Refused(reasons.CUSTOMER_INCOMPLETE(), fields)
    for text in addresses:
        channel, address = as_written(text)
        if channel == usual_channel():
            _check_address(address, "addresses")
        elif not queries.is_address_on(channel, address):
            raise Refused(reasons.NO_ADDRESS_ON(address=address, channel=channel), ["addresses"])


def _check_address(address: str, field: str) -> None:
    try:
        validate_email(address.strip())
    except ValidationError as error:
        raise Refused(reasons.NOT_MAIL(address=address), [field]) from error


def _set_addresses(customer: Customer, addresses: Sequence[tuple[str, str]]) -> None:
    """Channel and value of each, in their order."""
    wanted = {(channel, fold(channel, value)): value for channel, value in reversed(addresses)}
    known = _known_among(wanted)
    for row in known.values():
        if row.contact.customer_id not in {None, customer.pk}:
            raise Conflict(reasons.ADDRESS_OF_ANOTHER_CUSTOMER(address=row.value), ["addresses"])
    Contact.objects.filter(pk__in=[row.contact_id for row in known.values()], customer=None).update(
        customer=customer
    )
    _let_go(customer, wanted)
    for position, (key, value) in enumerate(reversed(wanted.items())):
        if key in known:
            Address.objects.filter(pk=known[key].pk).update(managed=True, position=position)
        else:
            # Who writes from there we learn from their first message.
            contact = Contact.objects.create(customer=customer, created_at=clock.now())
            channel, folded = key
            Address.objects.create(
                contact=contact, channel=channel, value=value, folded=folded, managed=True, position=position
            )


def _known_among(keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Address]:
    """Those of these addresses that we know, by channel and folded value, with their contacts."""
    channels, folded = {channel for channel, _folded in keys}, {folded for _channel, folded in keys}
    rows = Address.objects.filter(channel__in=channels, folded__in=folded).select_related("contact")
    return {(row.channel, row.folded): row for row in rows if (row.channel, row.folded) in keys}


def _let_go(customer: Customer, keep: Collection[tuple[str, str]]) -> None:
    """What is no longer a management address is still known, but no longer believed or written to first."""
    theirs = Address.objects.filter(contact__customer=customer, managed=True)
    gone = [row.pk for row in theirs if (row.channel, row.folded) not in keep]
    Address.objects.filter(pk__in=gone).update(managed=False, position=100)


@transaction.atomic
def save_profile(staff: Staff, *, name: str, language: str, time_zone: str) -> None:
    """What somebody chose for themself."""
    Staff.objects.filter(pk=staff.pk).update(name=name, language=language, time_zone=time_zone)
    emit(events.StaffChanged(staff.pk), actor=staff.actor)
