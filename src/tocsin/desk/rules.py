"""The desk's thinking: what a status becomes, how words are cut. Pure."""

from __future__ import annotations

# --- Statuses and priorities (R-A10, R-A12) -------------------------------------------------------

NEW, OPEN, PENDING, ON_HOLD, ANSWERED, CLOSED = "new", "open", "pending", "on_hold", "answered", "closed"
STATUSES = (NEW, OPEN, PENDING, ON_HOLD, ANSWERED, CLOSED)
WAITING = frozenset({PENDING, ANSWERED})
PRIORITIES = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


def may_become(old: str, new: str) -> bool:
    """Whether a person may set a status: nothing becomes new again, what is closed is opened first."""
    if new in (old, NEW) or new not in STATUSES:
        return False
    return old != CLOSED or new == OPEN


def after_customer_wrote(status: str, machine: str) -> str:
    """A person's mail opens what was answered, waiting or closed; an out-of-office reply changes nothing."""
    return status if status == NEW or not is_from_person(machine) else OPEN


def rank_of(priority: str) -> int:
    """urgent 3, high 2, normal 1, low 0. Raises KeyError for anything else."""
    return PRIORITIES[priority]


# --- Machine mail (R-A03) -------------------------------------------------------------------------

# Marks of what somebody said: also people behind a group's address, whose mail has a list's marks.
PEOPLES_MARKS = ("", "list")


def is_from_person(machine: str) -> bool:
    """Whether somebody said it."""
    return machine in PEOPLES_MARKS


# --- Ways -----------------------------------------------------------------------------------------

WRITTEN_BY_STAFF = "staff"
"""In the place of a channel: nobody outside wrote it."""

# --- Words ----------------------------------------------------------------------------------------


def number(text: str) -> int | None:
    """A record's number as a form sends it; None for anything that can be none."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
