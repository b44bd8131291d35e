"""What roles permit, and who acts with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tocsin.kernel import permissions
from tocsin.kernel.actors import Actor, Departments
from tocsin.kernel.permissions import OWN, Reach

if TYPE_CHECKING:
    from tocsin.people.models import ApiToken, Role, Staff

SEEDED = {
    "observer": _("Observer"),
    "agent": _("Agent"),
    "lead": _("Head of support"),
    "admin": _("Administrator"),
}
"""The roles that come with Tocsin. What they permit stands beside each permission, until somebody decides."""


def reaches_of(role: Role) -> dict[str, Reach]:
    """Where a role permits what; what it permits nowhere is left out."""
    found = {one.key: _reach(role, one) for one in permissions.declared()}
    return {key: reach for key, reach in found.items() if reach}


def _reach(role: Role, one: permissions.Permission) -> Reach:
    decided: Reach | None = role.grants.get(one.key)
    if decided is not None:
        return decided
    return [one.seeded[role.key]] if role.key in one.seeded else []


def actor_of_staff(staff: Staff) -> Actor:
    """A member of staff as they act; who has left may nothing. One query at most, where the role is at
    hand."""
    return Actor("staff", staff.pk, staff.name, _grants(staff) if staff.is_active else {})


def actor_of_token(token: ApiToken) -> Actor:
    """A program as it acts; as `actor_of_staff`."""
    return Actor("api", token.pk, token.name, _grants(token) if token.revoked_at is None else {})


def _grants(holder: Staff | ApiToken) -> dict[str, Departments]:
    reaches = reaches_of(holder.role)
    is_bound = any(OWN in reach for reach in reaches.values())
    own = [one.pk for one in holder.departments.all()] if is_bound else []
    return {key: permissions.departments_in(reach, own) for key, reach in reaches.items()}
