"""Kinds of values a field can have: which comparisons each knows, and how one is made in SQL and in Python.

The two sides mean the same, with absent values too: what is not there equals nothing, contains nothing, and
is therefore *not* equal to whatever is asked. Property tests hold both against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from tocsin.kernel import clock
from tocsin.kernel.filters import patterns
from tocsin.kernel.filters.tree import Value

LONGEST_TEXT = 200
"""Characters of one text to compare with."""
LONGEST_TEXTS = 1_000
"""Characters of all texts of one condition, which become one regular expression."""

Text_ = str | Promise
Takes = Literal["nothing", "one", "many", "span"]


@dataclass(frozen=True)
class Context:
    """What a filter means by a day, by *now* (the clock's, where none is given), and by *me*."""

    zone: tzinfo = UTC
    now: datetime | None = None
    # Who reads, where somebody does; a member of staff. Values such as “me” mean nothing without.
    reader: Any = None

    def moment(self) -> datetime:
        return self.now or clock.now()


@dataclass(frozen=True)
class Operator:
    """A comparison, and what it wants beside it: nothing, one value, several, or a span of time."""

    key: str
    label: Text_
    takes: Takes = "one"


EQUALS = Operator("equals", pgettext_lazy("filter", "is"))
NOT = Operator("not", pgettext_lazy("filter", "is not"))
ONE_OF = Operator("one_of", pgettext_lazy("filter", "is one of"), "many")
NONE_OF = Operator("none_of", pgettext_lazy("filter", "is none of"), "many")
CONTAINS = Operator("contains", pgettext_lazy("filter", "contains"))
NOT_CONTAINS = Operator("not_contains", pgettext_lazy("filter", "does not contain"))
STARTS = Operator("starts", pgettext_lazy("filter", "starts with"))
ENDS = Operator("ends", pgettext_lazy("filter", "ends with"))
GREATER = Operator("greater", pgettext_lazy("filter", "is more than"))
LESS = Operator("less", pgettext_lazy("filter", "is less than"))
ON = Operator("equals", pgettext_lazy("filter", "is on"))
BEFORE = Operator("before", pgettext_lazy("filter", "is before"))
AFTER = Operator("after", pgettext_lazy("filter", "is after"))
WITHIN = Operator("within", pgettext_lazy("filter", "is within the last"), "span")
OLDER = Operator("older", pgettext_lazy("filter", "is longer ago than"), "span")
WITHIN_NEXT = Operator("within_next", pgettext_lazy("filter", "is within the next"), "span")
HAS_ANY = Operator("has_any", pgettext_lazy("filter", "has any of"), "many")
HAS_ALL = Operator("has_all", pgettext_lazy("filter", "has all of"), "many")
HAS_NONE = Operator("has_none", pgettext_lazy("filter", "has none of"), "many")
EMPTY = Operator("empty", pgettext_lazy("filter", "is empty"), "nothing")
NOT_EMPTY = Operator("not_empty", pgettext_lazy("filter", "is not empty"), "nothing")

_POSITIVE = {"not": "equals", "none_of": "one_of", "not_contains": "contains", "has_none": "has_any"}


class WrongValue(Exception):
    """What was given is no value of this kind; its text says what one looks like."""


@dataclass(frozen=True)
class Option:
    """A value that can be chosen: as JSON has it, as people read it, and as the column holds it."""

    value: str
    label: Text_
    stored: Any = None

    @property
    def in_column(self) -> Any:
        return self.value if self.stored is None else self.stored


Options = Callable[[Context], Sequence[Option]]
Find = Callable[[Context, str], Sequence[Option]]
Named = Callable[[Context, Sequence[str]], Sequence[Option]]


@dataclass(frozen=True)
class Choices:
    """What a field can be chosen from: a short list (`every`), or one to search in.

    `find(context, typed)` returns the first few whose name begins so, `named(context, values)` those with
    these values, in one query each.
    """

    every: Options | None = None
    find: Find | None = None
    named: Named | None = None

    def among(self, context: Context, values: Sequence[str]) -> Mapping[str, Option]:
        """Those of these values that there are."""
        every = self.every or (lambda _context: ())
        found = self.named(context, values) if self.named else every(context)
        return {option.value: option for option in found if option.value in values}


class Kind:
    """A kind of values. `absent` are what the column holds where there is nothing."""

    key: str = ""
    operators: tuple[Operator, ...] = ()
    absent: tuple[Any, ...] = ()
    choices: Choices | None = None

    def offered(self) -> tuple[Operator, ...]:
        """The comparisons there are; emptiness is asked only of what can be empty."""
        return (*self.operators, EMPTY, NOT_EMPTY) if self.absent else self.operators

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        """What the two sides compare with. Raises WrongValue."""
        raise NotImplementedError

    def condition(self, column: str, operator: str, operand: Any) -> Q:
        """The comparison in SQL."""
        if operator in _POSITIVE:
            return ~self.positive(column, _POSITIVE[operator], operand)
        if operator in ("empty", "not_empty"):
            return self.is_absent(column) if operator == "empty" else ~self.is_absent(column)
        return self.positive(column, operator, operand)

    def holds(self, found: Any, operator: str, operand: Any) -> bool:
        """The same comparison of a value in hand."""
        if operator in _POSITIVE:
            return not self.holds(found, _POSITIVE[operator], operand)
        if operator in ("empty", "not_empty"):
            return (found in self.absent) == (operator == "empty")
        return found is not None and self.compares(found, operator, operand)

    def is_absent(self, column: str) -> Q:
        found = Q()
        for nothing in self.absent:
            found |= Q(**{f"{column}__isnull": True}) if nothing is None else Q(**{column: nothing})
        return found

    def positive(self, column: str, operator: str, operand: Any) -> Q:
        raise NotImplementedError

    def compares(self, found: Any, operator: str, operand: Any) -> bool:
        raise NotImplementedError


# --- Text -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text(Kind):
    """Words that people write: compared without regard to case and accents."""

    absent: tuple[Any, ...] = ("",)
    key = "text"
    operators = (CONTAINS, NOT_CONTAINS, EQUALS, NOT, STARTS, ENDS, ONE_OF, NONE_OF)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        texts = _texts(value, operator)
        for text in texts:
            if len(text) > LONGEST_TEXT:
                raise WrongValue(_("Texts have at most %(most)s characters.") % {"most": LONGEST_TEXT})
            if not _is_storable(text) or not patterns.folded(text):
                raise WrongValue(_("There is nothing to look for in this text."))
        if sum(map(len, texts)) > LONGEST_TEXTS:
            raise WrongValue(
                _("These texts have more than %(most)s characters together.") % {"most": LONGEST_TEXTS}
            )
        return _Pattern(tuple(texts), self.pattern(operator.key, texts))

    def pattern(self, operator: str, texts: Sequence[str]) -> str:
        body = "|".join(map(self.letters, texts))
        before = "" if operator in ("contains", "not_contains", "ends") else r"\A"
        after = "" if operator in ("contains", "not_contains", "starts") else r"\Z"
        return f"{before}(?:{body}){after}"

    def letters(self, text: str) -> str:
        return patterns.insensitive(text)

    def positive(self, column: str, operator: str, operand: _Pattern) -> Q:
        return Q(**{f"{column}__regex": operand.pattern})

    def compares(self, found: str, operator: str, operand: _Pattern) -> bool:
        return re.search(operand.pattern, found) is not None


@dataclass(frozen=True)
class AddressText(Text):
    """An address: compared without regard to case. An index on Lower(column) serves *is* and *is one of*."""

    key = "text"

    def letters(self, text: str) -> str:
        return patterns.caseless(text)

    def positive(self, column: str, operator: str, operand: _Pattern) -> Q:
        exact = super().positive(column, operator, operand)
        if operator not in ("equals", "one_of") or not all(map(str.isascii, operand.texts)):
            return exact
        lowered = Q()
        for text in operand.texts:
            lowered |= Q(Exact(Lower(column), text.lower()))
        return lowered & exact


@dataclass(frozen=True)
class _Pattern:
    texts: tuple[str, ...]
    pattern: str


# --- Choices --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice(Kind):
    """One of a list: a status, a department, a customer."""

    choices: Choices
    absent: tuple[Any, ...] = ()
    key = "choice"
    operators = (EQUALS, NOT, ONE_OF, NONE_OF)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        return _stored(self.choices, _texts(value, operator), context)

    def positive(self, column: str, operator: str, operand: Sequence[Any]) -> Q:
        return Q(**{column: operand[0]}) if len(operand) == 1 else Q(**{f"{column}__in": operand})

    def compares(self, found: Any, operator: str, operand: Sequence[Any]) -> bool:
        return found in operand


@dataclass(frozen=True)
class Reference(Kind):
    """A code or public ID, compared as it is but for case: stored in capitals."""

    absent: tuple[Any, ...] = ("",)
    key = "text"
    operators = (EQUALS, NOT, ONE_OF, NONE_OF)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        texts = [text.upper() for text in _texts(value, operator)]
        if not all(len(text) <= LONGEST_TEXT and _is_storable(text) for text in texts):
            raise WrongValue(_("This is not a reference."))
        return texts

    def positive(self, column: str, operator: str, operand: Sequence[str]) -> Q:
        return Q(**{column: operand[0]}) if len(operand) == 1 else Q(**{f"{column}__in": operand})

    def compares(self, found: str, operator: str, operand: Sequence[str]) -> bool:
        return found in operand


@dataclass(frozen=True)
class Several(Kind):
    """Many of a list at once, or of free texts where it has none: a JSON list in its column."""

    choices: Choices | None = None
    absent: tuple[Any, ...] = ([],)
    key = "several"
    operators = (HAS_ANY, HAS_ALL, HAS_NONE)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        texts = _texts(value, operator)
        if self.choices:
            return _stored(self.choices, texts, context)
        if not all(len(text) <= LONGEST_TEXT and _is_storable(text) for text in texts):
            raise WrongValue(_("There is nothing to look for in this text."))
        return texts

    def positive(self, column: str, operator: str, operand: Sequence[Any]) -> Q:
        if operator == "has_all":
            return Q(**{f"{column}__contains": list(operand)})
        found = Q()
        for one in operand:
            found |= Q(**{f"{column}__contains": [one]})
        return found

    def holds(self, found: Iterable[Any] | None, operator: str, operand: Any) -> bool:
        there = list(found or ())
        if operator in ("empty", "not_empty"):
            return (not there) == (operator == "empty")
        return super().holds(there, operator, operand)

    def compares(self, found: Sequence[Any], operator: str, operand: Sequence[Any]) -> bool:
        there = [one in found for one in operand]
        return all(there) if operator == "has_all" else any(there)


def _stored(choices: Choices, values: Sequence[str], context: Context) -> list[Any]:
    known = choices.among(context, values)
    unknown = [value for value in values if value not in known]
    if unknown:
        raise WrongValue(_("There is no “%(value)s” here.") % {"value": unknown[0][:60]})
    return [known[value].in_column for value in values]


# --- Numbers and flags ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Number(Kind):
    """A whole number."""

    absent: tuple[Any, ...] = ()
    key = "number"
    operators = (EQUALS, NOT, GREATER, LESS)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        number = _number(value)
        if number is None or abs(number) >= 2**31:
            raise WrongValue(_("This must be a whole number."))
        return number

    def positive(self, column: str, operator: str, operand: int) -> Q:
        return Q(
            **{{"equals": column, "greater": f"{column}__gt", "less": f"{column}__lt"}[operator]: operand}
        )

    def compares(self, found: int, operator: str, operand: int) -> bool:
        return {"equals": found == operand, "greater": found > operand, "less": found < operand}[operator]


def _number(value: Value) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    is_written = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value.strip())
    return int(str(value)) if is_written else None


@dataclass(frozen=True)
class Flag(Kind):
    """Yes or no, of a column that always holds one."""

    key = "flag"
    operators = (EQUALS,)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        known = {"true": True, "yes": True, "false": False, "no": False}
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in known:
            return known[value]
        raise WrongValue(_("This must be yes or no."))

    def positive(self, column: str, operator: str, operand: bool) -> Q:
        return Q(**{column: operand})

    def compares(self, found: bool, operator: str, operand: bool) -> bool:
        return found == operand


# --- Time -----------------------------------------------------------------------------------------

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhdw])")
_LONGEST_SPAN = timedelta(days=3660)
_YEARS = range(1970, 2201)


@dataclass(frozen=True)
class Moment(Kind):
    """A point in time. A day is that of the context's zone; a span such as `24h` ends or begins now."""

    absent: tuple[Any, ...] = ()
    key = "moment"
    operators = (WITHIN, OLDER, WITHIN_NEXT, BEFORE, AFTER, ON)

    def operand(self, operator: Operator, value: Value, context: Context) -> Any:
        """From when (inclusive) until when (exclusive)."""
        if operator.takes == "span":
            return self._spanned(operator.key, _span(value), context.moment())
        day = _day(value)
        if day is not None:
            return self._days(operator.key, day, context.zone)
        return self._moments(operator.key, _moment(value, context.zone))

    @staticmethod
    def _spanned(operator: str, span: timedelta, now: datetime) -> _Between:
        just = timedelta(microseconds=1)
        if operator == "older":
            return _Between(None, now - span)
        return _Between(now - span, now + just) if operator == "within" else _Between(now, now + span + just)

    @staticmethod
    def _days(operator: str, day: date, zone: tzinfo) -> _Between:
        begins, ends = (_midnight(day + timedelta(days=days), zone) for days in (0, 1))
        return {
            "before": _Between(None, begins),
            "after": _Between(ends, None),
            "equals": _Between(begins, ends),
        }[operator]

    @staticmethod
    def _moments(operator: str, at: datetime) -> _Between:
        if operator == "equals":
            raise WrongValue(_("This must be a day, such as 2026-11-21."))
        return _Between(None, at) if operator == "before" else _Between(at + timedelta(microseconds=1), None)

    def positive(self, column: str, operator: str, operand: _Between) -> Q:
        sides = {"gte": operand.since, "lt": operand.until}
        return Q(**{f"{column}__{side}": at for side, at in sides.items() if at is not None})

    def compares(self, found: datetime, operator: str, operand: _Between) -> bool:
        is_late_enough = operand.since is None or found >= operand.since
        return is_late_enough and (operand.until is None or found < operand.until)


@dataclass(frozen=True)
class _Between:
    since: datetime | None
    until: datetime | None


def _span(value: Value) -> timedelta:
    written = _SPAN.fullmatch(value) if isinstance(value, str) else None
    span = int(written[1]) * _UNITS[written[2]] if written else None
    if span is None or span > _LONGEST_SPAN:
        raise WrongValue(_("This must be a span such as 30m, 24h, 7d or 2w, at most ten years."))
    return span


def _day(value: Value) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _moment(value: Value, zone: tzinfo) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        if at is not None and at.year in _YEARS:
            return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise WrongValue(_("This must be a day or a time, such as 2026-11-21 or 2026-11-21T10:00+02:00."))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


# --- Shared ---------------------------------------------------------------------------------------


def _texts(value: Value, operator: Operator) -> list[str]:
    """One text or several, as the operator wants it."""
    if operator.takes == "many":
        given = (value,) if isinstance(value, str) else value
        if not isinstance(given, tuple):
            raise WrongValue(_("This must be a list."))
    else:
        given = (value,) if isinstance(value, str) else ()
    texts = [text.strip() for text in given if text.strip()]
    if not texts:
        raise WrongValue(_("A value is missing."))
    return texts


def _is_storable(text: str) -> bool:
    """Whether PostgreSQL could hold it at all."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
