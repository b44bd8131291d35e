"""What the people room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event, Signal


@dataclass(frozen=True)
class StaffCreated(Event, name="people.staff-created"):
    """Somebody can sign in now."""

    staff_id: int

    def subjects(self) -> list[str]:
        """The person."""
        return [f"staff:{self.staff_id}"]


@dataclass(frozen=True)
class StaffChanged(Event, name="people.staff-changed"):
    """Somebody's role, departments or standing changed."""

    staff_id: int

    def subjects(self) -> list[str]:
        """The person."""
        return [f"staff:{self.staff_id}"]


@dataclass(frozen=True)
class StaffAddressesChanged(Event, name="people.staff-addresses-changed"):
    """Where a member of staff is told things; `what` is `added`, `proven`, `removed` or `ordered`."""

    staff_id: int
    what: str

    def subjects(self) -> list[str]:
        """The person."""
        return [f"staff:{self.staff_id}"]


@dataclass(frozen=True)
class StaffAddressToProve(Signal, name="people.staff-address-to-prove"):
    """An address of staff waits for its owner: a code is to be sent there."""

    address_id: int


@dataclass(frozen=True)
class RoleSaved(Event, name="people.role-saved"):
    """A role was added, or permits something else now. `old` and `new` say where each permission holds; what
    is in neither did not change."""

    role: str
    old: dict[str, list[int | str]]
    new: dict[str, list[int | str]]

    def subjects(self) -> list[str]:
        """The role."""
        return [f"role:{self.role}"]


@dataclass(frozen=True)
class RoleRemoved(Event, name="people.role-removed"):
    """A role that nobody had is gone."""

    role: str

    def subjects(self) -> list[str]:
        """The role."""
        return [f"role:{self.role}"]


@dataclass(frozen=True)
class TokenCreated(Event, name="people.token-created"):
    """A program may use the API now."""

    token_id: int
    name: str

    def subjects(self) -> list[str]:
        """The token."""
        return [f"api:{self.token_id}"]


@dataclass(frozen=True)
class TokenRevoked(Event, name="people.token-revoked"):
    """A program was shut out."""

    token_id: int

    def subjects(self) -> list[str]:
        """The token."""
        return [f"api:{self.token_id}"]


@dataclass(frozen=True)
class CustomerSaved(Event, name="people.customer-saved"):
    """A customer was created or brought up to date."""

    customer_id: int
    created: bool

    def subjects(self) -> list[str]:
        """The customer."""
        return [f"customer:{self.customer_id}"]


@dataclass(frozen=True)
class DepartmentSaved(Event, name="people.department-saved"):
    """A department was created or changed."""

    department_id: int

    def subjects(self) -> list[str]:
        """The department."""
        return [f"department:{self.department_id}"]
