"""Who acts: made once for a request or a job, and handed to every verb, which checks it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from tocsin.kernel.errors import Forbidden
from tocsin.kernel.permissions import permission as permission_of
from tocsin.kernel.reasons import FORBIDDEN

Kind = Literal["staff", "api", "contact", "system"]
Departments = frozenset[int] | None
"""Ids of departments; None for all of them."""


@dataclass(frozen=True)
class Actor:
    """A member of staff, a program by its token, a contact, or Tocsin itself, which may everything.

    `grants` says what they may do, and in which departments; what is not in it they may not do. One that is
    `cleared` was checked by a verb, which now calls others.
    """

    kind: Kind
    id: int | None
    name: str
    grants: Mapping[str, Departments]
    is_cleared: bool = False

    SYSTEM_NAME: ClassVar[str] = "Tocsin"

    @classmethod
    def contact(cls, pk: int, name: str = "") -> Actor:
        """A customer's contact. What they may do is decided by what they hold, such as a signed link."""
        return cls("contact", pk, name, {})

    @property
    def ref(self) -> str:
        """As the log names them: `staff:7`, `api:3`, `contact:9` or `system`."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @property
    def staff_id(self) -> int | None:
        """Whose name stands under what they write; None for anybody but staff."""
        return self.id if self.kind == "staff" else None

    def cleared(self) -> Actor:
        """The same, for verbs of lower rooms that the present one calls, having checked that it may be
        done."""
        return replace(self, is_cleared=True)

    @property
    def is_system(self) -> bool:
        """Whether Tocsin acts by itself."""
        return self.kind == "system"

    def may(self, permission: str, department: int | None = None) -> bool:
        """Whether they may do it in a department; without one, anywhere at all."""
        if self.is_system or self.is_cleared:
            return True
        if permission not in self.grants:
            return False
        there = self.grants[permission]
        return there is None or (bool(there) if department is None else department in there)

    def departments(self, permission: str) -> list[int] | None:
        """Where they may do it; None means everywhere."""
        if self.is_system or self.is_cleared:
            return None
        there = self.grants.get(permission, frozenset())
        return None if there is None else sorted(there)

    def check(self, permission: str, department: int | None = None) -> None:
        """Raises Forbidden when they may not."""
        if not self.may(permission, department):
            raise Forbidden(FORBIDDEN(what=permission_of(permission).words()))


SYSTEM = Actor("system", None, Actor.SYSTEM_NAME, {})
