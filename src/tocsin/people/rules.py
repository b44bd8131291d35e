"""Who may do what, what addresses and names are, and what counts of the company. Pure."""

from __future__ import annotations

from dataclasses import dataclass

READ = "read"
SEE_CUSTOMERS = "see_customers"
WORK_TICKETS = "work_tickets"
DECLARE_INCIDENTS = "declare_incidents"
UPDATE_INCIDENTS = "update_incidents"
MANAGE_SETTINGS = "manage_settings"

_OBSERVER = frozenset({READ})
_AGENT = _OBSERVER | {SEE_CUSTOMERS, WORK_TICKETS, DECLARE_INCIDENTS, UPDATE_INCIDENTS}
_ADMIN = _AGENT | {MANAGE_SETTINGS}

PERMISSIONS: dict[str, frozenset[str]] = {
    "observer": _OBSERVER,
    "agent": _AGENT,
    "lead": _ADMIN,
    "admin": _ADMIN,
}

SIGN_IN_CHANNEL = "email"
"""Where the address stands that staff sign in with."""

# A lead and an administrator see every department's tickets, others those of their own departments.
SEES_ALL_DEPARTMENTS = frozenset({"lead", "admin"})


def may(role: str, permission: str) -> bool:
    """Whether a role carries a permission; an unknown role carries none."""
    return permission in PERMISSIONS.get(role, frozenset())


def is_name(text: str) -> bool:
    """Whether it can be somebody's name: many programs write the address once more in its place."""
    return bool(text.strip()) and "@" not in text


def fold_address(value: str) -> str:
    """What an address is found by: no surrounding space, lower case."""
    return value.strip().casefold()


@dataclass(frozen=True)
class Company:
    """What customers know the company by, and the languages they are told things in, its own first."""

    name: str
    language: str
    languages: tuple[str, ...]
