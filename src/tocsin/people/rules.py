"""Who may do what, what addresses and names are, and what counts of the company. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


# What staff set of the company in the console, by key.
COMPANY_NAME = "company_name"
COMPANY_LANGUAGE = "company_language"
COMPANY_LANGUAGES = "company_languages"

LONGEST_COMPANY_NAME = 120
NAMELESS = "Support"
_FIRST_LANGUAGES = ("en", "el")


@dataclass(frozen=True)
class Company:
    """What customers know the company by, and the languages they are told things in, its own first."""

    name: str
    language: str
    languages: tuple[str, ...]


def company(written: Mapping[str, Any], *, name: str, language: str) -> Company:
    """What is set in the console counts; `name` and `language` are the environment's, for what is not."""
    own = str(written.get(COMPANY_LANGUAGE) or language)
    others = map(str, written.get(COMPANY_LANGUAGES) or _FIRST_LANGUAGES)
    return Company(
        name=str(written.get(COMPANY_NAME) or name or NAMELESS),
        language=own,
        languages=tuple(dict.fromkeys([own, *others])),
    )
