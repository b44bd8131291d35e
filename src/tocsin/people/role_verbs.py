"""Roles: what they permit is decided by whoever manages settings, and somebody always does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from tocsin.kernel import permissions
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import emit
from tocsin.kernel.locks import Lock
from tocsin.kernel.permissions import ALL, OWN, Permission, Reach
from tocsin.people import events, queries, reasons, roles
from tocsin.people.models import Department, Role, Staff
from tocsin.people.permissions import MANAGE_SETTINGS, READ

# Two who give up their rights at once must not leave nobody.
_LOCK = Lock("people.roles")
_LONGEST_NAME = 80


@transaction.atomic
def save_role(key: str, *, name: Mapping[str, str], grants: Mapping[str, Reach], actor: Actor) -> Role:
    """What a role is called and permits; '' adds one. `grants` says of each permission where it holds; of
    those that are not among them nothing changes.

    Raises Refused, NotFound, and Conflict when nobody would be left who may change settings.
    """
    actor.check(MANAGE_SETTINGS)
    named = {language: text.strip() for language, text in name.items() if text.strip()}
    _check(key, named, grants)
    with somebody_still_manages():
        role = queries.role_by_key(key) if key else _new(named)
        before = roles.reaches_of(role)
        role.name = named
        role.grants |= {permission: list(reach) for permission, reach in grants.items()}
        role.save()
    _announce(role, before, actor)
    return role


@transaction.atomic
def remove_role(key: str, *, actor: Actor) -> None:
    """Remove a role that nobody has. Raises Conflict when somebody has it, or it came with Tocsin;
    NotFound."""
    actor.check(MANAGE_SETTINGS)
    role = queries.role_by_key(key)
    if key in roles.SEEDED:
        raise Conflict(reasons.ROLE_STAYS())
    if role.staff.exists() or role.tokens.exists():
        raise Conflict(reasons.ROLE_HELD())
    role.delete()
    emit(events.RoleRemoved(key), actor=actor)


def known_role(key: str) -> Role:
    """The role. Raises Refused when there is no such role."""
    known = {role.pk: role for role in queries.all_roles()}
    if key not in known:
        raise Refused(reasons.NO_ROLE(role=key[:40], known=", ".join(known)), ["role"])
    return known[key]


@contextmanager
def somebody_still_manages() -> Iterator[None]:
    """Around a change of who may what. Raises Conflict when it leaves nobody who may come in and change
    settings."""
    _LOCK.hold()
    before = _somebody_manages()
    yield
    if before and not _somebody_manages():
        raise Conflict(reasons.LAST_MANAGER(), ["role"])


def _somebody_manages() -> bool:
    needed = {READ, MANAGE_SETTINGS}
    managing = [role.pk for role in queries.all_roles() if needed <= roles.reaches_of(role).keys()]
    return Staff.objects.filter(role_id__in=managing, is_active=True).exists()


def _check(key: str, named: Mapping[str, str], grants: Mapping[str, Reach]) -> None:
    if key not in roles.SEEDED and not named:
        raise Refused(reasons.ROLE_NAMELESS(), ["name"])
    if any(len(text) > _LONGEST_NAME for text in named.values()):
        raise Refused(reasons.ROLE_NAME_LONG(), ["name"])
    known = {one.key: one for one in permissions.declared()}
    departments = set(Department.objects.values_list("pk", flat=True))
    for permission, reach in grants.items():
        one = known.get(permission)
        if one is None or not _is_possible(one, reach, departments):
            raise Refused(reasons.ROLE_IMPOSSIBLE(), [permission])


def _is_possible(one: Permission, reach: Reach, departments: set[int]) -> bool:
    possible = {ALL, OWN, *departments} if one.per_department else {ALL}
    return set(reach) <= possible


def _new(named: Mapping[str, str]) -> Role:
    """With a key made of its name where that has Latin letters."""
    last = Role.objects.aggregate(last=Max("position"))["last"] or 0
    words = slugify(next(iter(named.values())))[:30] or "role"
    taken = set(Role.objects.values_list("pk", flat=True))
    key = next(
        one
        for number in range(1, 10_000)
        if (one := f"{words}-{number}" if number > 1 else words) not in taken
    )
    return Role(key=key, position=last + 1)


def _announce(role: Role, before: Mapping[str, Reach], actor: Actor) -> None:
    now = roles.reaches_of(role)
    changed = [key for key in {**before, **now} if list(before.get(key, [])) != list(now.get(key, []))]
    old = {key: list(before.get(key, [])) for key in changed}
    emit(events.RoleSaved(role.pk, old, {key: list(now.get(key, [])) for key in changed}), actor=actor)
