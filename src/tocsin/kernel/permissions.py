"""What can be permitted: each room declares its own in `ROOM/permissions.py`, under a key that is stored.

    WORK_TICKETS = declare("work_tickets", gettext_noop("Work on tickets"), seeded={"agent": OWN}, …)

Roles hold them (`people.models.Role`): everywhere, in the departments somebody belongs to, or certain ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.kernel.reasons import Reason, word

ALL = "all"
OWN = "own"
Reach = Sequence[int | str]
"""Where a permission holds: `ALL`, `OWN` (one's own departments), ids of departments; nowhere when empty."""

_KEY = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Permission:
    """One thing that somebody may do. `seeded` says where the roles that come with Tocsin may do it, as long
    as nobody has decided otherwise."""

    key: str
    words: Reason
    per_department: bool
    seeded: Mapping[str, str]

    @property
    def label(self) -> str:
        """What it is, in the reader's language."""
        return word(self.words())


_declared: dict[str, Permission] = {}


def declare(key: str, label: str, *, seeded: Mapping[str, str], per_department: bool = False) -> str:
    """Declare a permission; returns its key. `label` is marked by `gettext_noop`.

    Raises ValueError for a key that is taken, or none.
    """
    if key in _declared or not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} can't be declared: it is taken, or not of the form what_one_may")
    _declared[key] = Permission(key, Reason(f"permissions.{key}", label), per_department, seeded)
    return key


def declared() -> list[Permission]:
    """All permissions, in the order in which rooms declared them."""
    return list(_declared.values())


def permission(key: str) -> Permission:
    """Raises KeyError for one that no room declares."""
    return _declared[key]


def departments_in(reach: Reach, own: Iterable[int]) -> frozenset[int] | None:
    """The departments that a reach covers for somebody with these of their own; None for all of them.

    Who belongs to no department belongs to all.
    """
    own = frozenset(own)
    if ALL in reach or (OWN in reach and not own):
        return None
    certain = frozenset(one for one in reach if isinstance(one, int))
    return certain | own if OWN in reach else certain
