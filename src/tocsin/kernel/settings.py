"""Settings that staff change in the console: declared by their room, read from memory.

A room declares its own in `ROOM/settings.py`:

    TICKETS = Page("tickets", 20, "inbox", _("Tickets"), _("…"))
    CLOSE_AFTER_DAYS = declare("desk.close_after_days", Number(0, 3650), 14, page=TICKETS, label=_("…"))

and reads it anywhere by `CLOSE_AFTER_DAYS.get()`. The page under *Settings* is made from the declaration.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings as environment
from django.db import connection, transaction

from tocsin.kernel import kept_settings
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Refused
from tocsin.kernel.events import Event, emit_many
from tocsin.kernel.models import SettingRow
from tocsin.kernel.setting_types import SettingType

log = logging.getLogger(__name__)

T = TypeVar("T")
MANAGE_SETTINGS = "manage_settings"

_KEY = re.compile(r"[a-z]+\.[a-z0-9_]+")


_of_environment: dict[tuple[str, str], Any] = {}
"""What was made of a setting's text in the environment."""


@dataclass(frozen=True)
class Page:
    """A page of the console's settings, made from what is declared on it. `icon` is a lucide name."""

    key: str
    order: int
    icon: str
    title: Any
    text: Any
    link: Any


@dataclass(frozen=True)
class SettingChanged(Event, name="kernel.setting-changed"):
    """Old and new are JSON, None where the default counts; of a secret they do not show what it is."""

    key: str
    scope: str
    old: Any
    new: Any

    def subjects(self) -> list[str]:
        """The setting, then its scope."""
        return [f"setting:{self.key}", *([self.scope] if self.scope else [])]


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """One declared setting. `environment` names the environment's variable that counts while nothing is set
    here. One that is `scoped` has a value for each place, such as a department, and none beside them."""

    key: str
    kind: SettingType[T]
    default: T
    label: Any
    help: Any = ""
    page: Page | None = None
    permission: str = MANAGE_SETTINGS
    environment: str = ""
    scoped: bool = False

    def get(self, scope: str = "") -> T:
        """What counts now: set in the console, else in the environment, else the default."""
        own = self.own(scope)
        return self.otherwise() if own is None else own

    def own(self, scope: str = "") -> T | None:
        """What is set in the console; None where nothing is."""
        values = kept_settings.values()
        key = (self.key, scope)
        try:
            return values.checked[key]  # type: ignore[return-value]  # put there by this setting alone
        except KeyError:
            values.checked[key] = own = self.from_stored(values.stored.get(key))
            return own

    def otherwise(self) -> T:
        """What counts where nothing is set in the console."""
        said = getattr(environment, self.environment) if self.environment else ""
        if not said:
            return self.default
        if (self.key, said) not in _of_environment:
            _of_environment[self.key, said] = self._tolerantly(self.kind.checked, said)
        own: T | None = _of_environment[self.key, said]
        return self.default if own is None else own

    def to(self, value: T | None, scope: str = "") -> Change:
        """A change to this value, or with None (or an empty one) back to the default."""
        return Change(self, scope, value)

    @property
    def name(self) -> str:
        """Its name in forms, and in what is refused."""
        return self.key.replace(".", "_")

    def from_stored(self, stored: object) -> T | None:
        """The value as the table has it; None for nothing, and for what is no longer possible."""
        return None if stored is None else self._tolerantly(self.kind.from_json, stored)

    def shown(self, value: T | None) -> Any:
        """As the log shows it."""
        return None if value is None else self.kind.shown(value)

    def _tolerantly(self, read: Callable[[object], T], given: object) -> T | None:
        try:
            return read(given)
        except Refused as refused:
            log.warning("the setting %s is not as declared, so the default counts: %s", self.key, refused)
            return None


@dataclass(frozen=True)
class Change:
    """What a setting is to be; made by `Setting.to`."""

    setting: Setting[Any]
    scope: str
    value: Any

    def checked(self) -> Any:
        """The value, None for the default. Raises Refused, which names the setting."""
        if self.value is None:
            return None
        kind = self.setting.kind
        try:
            value = kind.checked(self.value)
        except Refused as refused:
            raise Refused(refused.reason, [self.setting.name]) from refused
        return None if kind.is_empty(value) else value


_declared: dict[str, Setting[Any]] = {}


def declare(
    key: str,
    kind: SettingType[T],
    default: T,
    *,
    label: Any,
    help: Any = "",
    page: Page | None = None,
    permission: str = MANAGE_SETTINGS,
    environment: str = "",
    scoped: bool = False,
) -> Setting[T]:
    """A setting named `ROOM.what`. Without a `page` it is changed on a page of the room's own.

    Raises ValueError for a key that is taken or is none.
    """
    if key in _declared or not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} cannot be declared: it is taken, or not of the form ROOM.what")
    setting = Setting(key, kind, default, label, help, page, permission, environment, scoped)
    _declared[key] = setting
    return setting


def declared() -> list[Setting[Any]]:
    """All settings, in the order of their declaration."""
    return list(_declared.values())


def pages() -> list[Page]:
    """The pages that declared settings stand on, in their order."""
    found = dict.fromkeys(setting.page for setting in declared() if setting.page)
    return sorted(found, key=lambda page: page.order)


def on_page(key: str) -> list[Setting[Any]]:
    """What stands on a page."""
    return [setting for setting in declared() if setting.page and setting.page.key == key]


@transaction.atomic
def change(changes: Sequence[Change], *, actor: Actor, reason: str = "") -> None:
    """Set settings, all or none; each that becomes another is announced.

    Raises Forbidden, and Refused for a value that cannot be, with the setting's name among its fields.
    """
    for one in changes:
        actor.check(one.setting.permission)
    wanted = [(one.setting, one.scope, one.checked()) for one in changes]
    _one_at_a_time()
    stored = kept_settings.read().stored
    events = []
    for setting, scope, value in wanted:
        before = stored.get((setting.key, scope))
        old = setting.from_stored(before)
        if value != old or (value is None and before is not None):
            _write(setting, scope, value)
            events.append(SettingChanged(setting.key, scope, setting.shown(old), setting.shown(value)))
    if events:
        kept_settings.note_change()
        emit_many(events, actor=actor, reason=reason)


def _one_at_a_time() -> None:
    """Two who change settings at once: the second sees what the first left. Readers do not wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {SettingRow._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _write(setting: Setting[Any], scope: str, value: Any) -> None:
    if value is None:
        SettingRow.objects.filter(key=setting.key, scope=scope).delete()
        return
    kept = setting.kind.to_json(value)
    SettingRow.objects.update_or_create(key=setting.key, scope=scope, defaults={"value": kept})


@contextmanager
def declared_temporarily() -> Iterator[None]:
    """For tests: what is declared inside is gone after."""
    before = dict(_declared)
    try:
        yield
    finally:
        _declared.clear()
        _declared.update(before)
