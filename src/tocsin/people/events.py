"""What the people room announces."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.kernel.events import Event


@dataclass(frozen=True)
class StaffCreated(Event):
    """Somebody can sign in now."""

    staff_id: int


@dataclass(frozen=True)
class StaffChanged(Event):
    """Somebody's role, departments or standing changed."""

    staff_id: int


@dataclass(frozen=True)
class TokenCreated(Event):
    """A program may use the API now."""

    token_id: int
    name: str


@dataclass(frozen=True)
class TokenRevoked(Event):
    """A program was shut out."""

    token_id: int


@dataclass(frozen=True)
class CustomerSaved(Event):
    """A customer was created or brought up to date."""

    customer_id: int
    created: bool


@dataclass(frozen=True)
class DepartmentSaved(Event):
    """A department was created or changed."""

    department_id: int
