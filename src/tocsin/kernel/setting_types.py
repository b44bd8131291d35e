"""What a setting may hold: checked wherever it is given, kept as JSON, edited by a form field.

A room that needs another type writes its own `SettingType`; nothing else knows the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Literal, TypeVar

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from tocsin.kernel import reasons
from tocsin.kernel.errors import BadSetting, Refused
from tocsin.kernel.sealing import seal, unseal

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """One field of a setting's form: most settings have one; a translated text has one a language."""

    name: str
    field: forms.Field
    initial: object


class SettingType(Generic[T]):
    """How values of one type are checked, kept and edited."""

    def checked(self, value: object) -> T:
        """The value, from itself, from its JSON or from the environment's text. Raises Refused."""
        raise NotImplementedError

    def to_json(self, value: T) -> object:
        """As it is kept."""
        return value

    def from_json(self, stored: object) -> T:
        """As it was kept. Raises Refused where that is no longer possible."""
        return self.checked(stored)

    def shown(self, value: T) -> object:
        """As the log shows it."""
        return self.to_json(value)

    def is_empty(self, value: T) -> bool:
        """Whether this is no choice at all, so that the default counts."""
        return value in ("", (), None)

    def field(self, default: T) -> forms.Field:
        """The form's field; `default` is what counts while it is empty."""
        raise NotImplementedError

    def parts(self, own: T | None, default: T, languages: Sequence[str]) -> list[Part]:
        """The form's fields. `own` is what is set, None where nothing is; texts are in `languages`."""
        return [Part("", self.field(default), own)]

    def joined(self, values: Mapping[str, Any]) -> T | None:
        """What the form's fields say together, by the names of their parts."""
        value: T | None = values[""]
        return value


class Switch(SettingType[bool]):
    """On or off."""

    def checked(self, value: object) -> bool:
        """Also `1`, `0`, as the environment says it."""
        if value in (True, "1"):
            return True
        if value in (False, "0", ""):
            return False
        raise Refused(reasons.NOT_ON_OR_OFF())

    def is_empty(self, value: bool) -> bool:
        """Off is a choice."""
        return False

    def field(self, default: bool) -> forms.Field:
        """A box to tick."""
        return forms.BooleanField(required=False)

    def parts(self, own: bool | None, default: bool, languages: Sequence[str]) -> list[Part]:
        """Ticked as it counts: a box can't be empty."""
        return [Part("", self.field(default), default if own is None else own)]


@dataclass(frozen=True)
class Number(SettingType[int]):
    """A whole number within bounds, both included."""

    least: int
    most: int

    def checked(self, value: object) -> int:
        """The number, also from its digits."""
        try:
            number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        except ValueError:
            number = None
        if number is None or not self.least <= number <= self.most:
            bounds = {"least": self.least, "most": self.most}
            raise Refused(reasons.NOT_IN_BOUNDS(**bounds))
        return number

    def field(self, default: int) -> forms.Field:
        """A number, with the default behind it."""
        return _with_default(
            forms.IntegerField(required=False, min_value=self.least, max_value=self.most), str(default)
        )


_UNITS = {
    "seconds": (timedelta(seconds=1), _("In seconds.")),
    "minutes": (timedelta(minutes=1), _("In minutes.")),
    "hours": (timedelta(hours=1), _("In hours.")),
    "days": (timedelta(days=1), _("In days.")),
}


class _DurationField(forms.IntegerField):
    """A number of units, as a timedelta."""

    def __init__(self, unit: timedelta, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def prepare_value(self, value: Any) -> Any:
        """The number of units."""
        return value // self.unit if isinstance(value, timedelta) else value

    def clean(self, value: Any) -> Any:
        """The duration."""
        number = super().clean(value)
        return None if number is None else number * self.unit

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared in units."""
        return super().has_changed(self.prepare_value(initial), data)


@dataclass(frozen=True)
class Duration(SettingType[timedelta]):
    """A stretch of time, kept in whole seconds and edited in `unit`."""

    least: timedelta
    most: timedelta
    unit: Literal["seconds", "minutes", "hours", "days"] = "minutes"

    def checked(self, value: object) -> timedelta:
        """The duration, also from its seconds."""
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            value = timedelta(seconds=value)
        if not isinstance(value, timedelta) or not self.least <= value <= self.most:
            bounds = {"least": self._count(self.least), "most": self._count(self.most)}
            raise Refused(reasons.join(reasons.DURATION_NOT_IN_BOUNDS(**bounds), reasons.plain(self.hint)))
        return value

    def to_json(self, value: timedelta) -> object:
        """In seconds."""
        return int(value.total_seconds())

    def is_empty(self, value: timedelta) -> bool:
        """None at all is a choice where the bounds allow it."""
        return False

    @property
    def hint(self) -> str:
        """In which unit it is said."""
        return str(_UNITS[self.unit][1])

    def field(self, default: timedelta) -> forms.Field:
        """A number of units, with the default behind it."""
        bounds = {"min_value": self._count(self.least), "max_value": self._count(self.most)}
        field = _DurationField(_UNITS[self.unit][0], required=False, help_text=_UNITS[self.unit][1], **bounds)
        return _with_default(field, str(self._count(default)))

    def _count(self, value: timedelta) -> int:
        return value // _UNITS[self.unit][0]


@dataclass(frozen=True)
class Text(SettingType[str]):
    """Words, in one line or several."""

    longest: int
    lines: bool = False

    def checked(self, value: object) -> str:
        """Without surrounding space; what is one line becomes one."""
        if not isinstance(value, str):
            raise Refused(reasons.NO_TEXT())
        text = _whole_lines(value) if self.lines else " ".join(value.split())
        if len(text) > self.longest:
            raise Refused(reasons.TEXT_TOO_LONG(most=self.longest))
        return text

    def field(self, default: str) -> forms.Field:
        """One line, or a box of several."""
        widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"}) if self.lines else forms.TextInput()
        field = forms.CharField(required=False, max_length=self.longest, widget=widget)
        return _with_default(field, default)


@dataclass(frozen=True)
class Secret(SettingType[str]):
    """A password or key: sealed in the database, shown nowhere."""

    longest: int

    def checked(self, value: object) -> str:
        """Without surrounding space."""
        return Text(self.longest).checked(value)

    def to_json(self, value: str) -> object:
        """Sealed."""
        return seal(value).decode()

    def from_json(self, stored: object) -> str:
        """Opened. Raises Refused where the installation's key is another now."""
        try:
            return unseal(str(stored).encode())
        except BadSetting as error:
            raise Refused(error.reason) from error

    def shown(self, value: str) -> object:
        """That there is one."""
        return "•••"

    def parts(self, own: str | None, default: str, languages: Sequence[str]) -> list[Part]:
        """What is left empty stays as it is, so removing it takes a box."""
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        kept = _("Leave it empty to keep the present one.") if own else ""
        field = forms.CharField(
            required=False, max_length=self.longest, strip=True, widget=widget, help_text=kept
        )
        remove = forms.BooleanField(required=False, label=_("remove"))
        return [Part("", field, ""), *([Part("remove", remove, False)] if own else [])]

    def joined(self, values: Mapping[str, Any]) -> str | None:
        """The new one, unless it goes."""
        return values[""] or None


@dataclass(frozen=True)
class Choice(SettingType[str]):
    """One of several, given as pairs of value and label."""

    choices: Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]]

    def options(self) -> dict[str, Any]:
        """Labels by value."""
        return dict(self.choices() if callable(self.choices) else self.choices)

    def checked(self, value: object) -> str:
        """One of them, or '' for none."""
        if value == "" or (isinstance(value, str) and value in self.options()):
            return str(value)
        raise Refused(reasons.NO_CHOICE(value=str(value)[:20]))

    def field(self, default: str) -> forms.Field:
        """A menu, whose first line is the default."""
        unset = ("", _said_of_default(str(self.options().get(default, default))))
        return forms.ChoiceField(required=False, choices=[unset, *self.options().items()])


def language() -> Choice:
    """One of the languages that Tocsin speaks."""
    return Choice(lambda: settings.LANGUAGES)


@dataclass(frozen=True)
class Choices(SettingType[tuple[str, ...]]):
    """Some of several; their order is that of the choices."""

    choices: Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]]

    def options(self) -> dict[str, Any]:
        """Labels by value."""
        return dict(self.choices() if callable(self.choices) else self.choices)

    def checked(self, value: object) -> tuple[str, ...]:
        """Each once, also from the environment's list with commas."""
        given = set(_listed(value))
        if unknown := sorted(given - self.options().keys()):
            raise Refused(reasons.NO_CHOICE(value=unknown[0][:20]))
        return tuple(one for one in self.options() if one in given)

    def to_json(self, value: tuple[str, ...]) -> object:
        """A list."""
        return list(value)

    def field(self, default: tuple[str, ...]) -> forms.Field:
        """A box to tick for each."""
        return forms.MultipleChoiceField(
            required=False, choices=list(self.options().items()), widget=forms.CheckboxSelectMultiple
        )

    def parts(
        self, own: tuple[str, ...] | None, default: tuple[str, ...], languages: Sequence[str]
    ) -> list[Part]:
        """Ticked as they count."""
        return [Part("", self.field(default), list(default if own is None else own))]


def languages() -> Choices:
    """Some of the languages that Tocsin speaks."""
    return Choices(lambda: settings.LANGUAGES)


class _LinesField(forms.CharField):
    """A text of lines, as a tuple of them."""

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        """Its lines."""
        return tuple(super().clean(value).splitlines())

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as lines."""
        lines: tuple[str, ...] = self.clean(data)
        return tuple(initial or ()) != lines


@dataclass(frozen=True)
class Lines(SettingType[tuple[str, ...]]):
    """A list of short texts, one a line."""

    most: int = 200
    longest: int = 200

    def checked(self, value: object) -> tuple[str, ...]:
        """Each once, none empty, also from the environment's list with commas."""
        lines = tuple(dict.fromkeys(line.strip() for line in _listed(value) if line.strip()))
        if len(lines) > self.most or any(len(line) > self.longest for line in lines):
            bounds = {"most": self.most, "longest": self.longest}
            raise Refused(reasons.TOO_MANY_LINES(**bounds))
        return lines

    def to_json(self, value: tuple[str, ...]) -> object:
        """A list."""
        return list(value)

    def field(self, default: tuple[str, ...]) -> forms.Field:
        """A box with one a line."""
        widget = forms.Textarea(attrs={"rows": 4})
        field = _LinesField(required=False, help_text=_("One a line."), widget=widget)
        return _with_default(field, "\n".join(default))


@dataclass(frozen=True)
class Translated(SettingType[Mapping[str, str]]):
    """A text in several languages, `{"en": …, "el": …}`; those that are empty are left out."""

    longest: int
    lines: bool = False

    def checked(self, value: object) -> Mapping[str, str]:
        """Without surrounding space, in languages that there are."""
        if not isinstance(value, Mapping):
            raise Refused(reasons.NO_TEXT_IN_LANGUAGES())
        texts = {str(code): Text(self.longest, self.lines).checked(text) for code, text in value.items()}
        if unknown := sorted(texts.keys() - dict(settings.LANGUAGES).keys()):
            raise Refused(reasons.NO_LANGUAGE(code=unknown[0][:20]))
        return {code: text for code, text in texts.items() if text}

    def to_json(self, value: Mapping[str, str]) -> object:
        """An object by language."""
        return dict(value)

    def is_empty(self, value: Mapping[str, str]) -> bool:
        """Empty in every language."""
        return not value

    def parts(
        self, own: Mapping[str, str] | None, default: Mapping[str, str], languages: Sequence[str]
    ) -> list[Part]:
        """One field a language; what is written in others stays beside them."""
        names = dict(settings.LANGUAGES)
        written = own or {}
        parts = []
        for code in dict.fromkeys([*languages, *written]):
            field = Text(self.longest, self.lines).field(default.get(code, ""))
            field.label = names.get(code, code)
            field.widget.attrs |= {"lang": code, "dir": "auto"}
            parts.append(Part(code, field, written.get(code, "")))
        return parts

    def joined(self, values: Mapping[str, Any]) -> Mapping[str, str]:
        """By language."""
        return {code: text for code, text in values.items() if text}


def _with_default(field: forms.Field, default: str) -> forms.Field:
    """What counts while it is empty stands where one writes."""
    if default:
        field.widget.attrs["placeholder"] = default
    return field


def _said_of_default(default: str) -> Any:
    return format_lazy(_("As by default: {default}"), default=default) if default else _("As by default")


def _whole_lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _listed(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return value.split(",")
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return value
    raise Refused(reasons.NO_LIST())
