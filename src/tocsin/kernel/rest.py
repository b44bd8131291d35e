"""What every room's API router shares: strict input, time zones, and who asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, PlainSerializer, StringConstraints

from tocsin.kernel.actors import Actor


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-03-01T03:10:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no moment that can be kept") from None


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _storable(value: str) -> str:
    # PostgreSQL refuses NUL in a text, and nobody means one.
    if "\x00" in value:
        raise ValueError("must not hold a NUL character")
    return value


Moment = Annotated[datetime, AfterValidator(_aware), PlainSerializer(_rfc3339, return_type=str)]
Text = Annotated[str, AfterValidator(_storable)]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_storable)]
Name = Annotated[Filled, StringConstraints(max_length=200)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")]
Texts = dict[Language, Filled]


class Input(Schema):
    """What a program sends: a field we do not know is an error, not a silence."""

    model_config = ConfigDict(extra="forbid")


class ReasonOut(Schema):
    """A reason: its lasting `code`, its `values`, and the same as a sentence in English.

    Words of others, such as a server's answer, have the code ''.
    """

    code: str
    values: dict[str, str | int]
    text: str


def actor(request: HttpRequest) -> Actor:
    """The program that asks."""
    made: Actor = request.auth  # type: ignore[attr-defined]  # what `api.auth` gave ninja
    return made


def reader(request: HttpRequest, permission: str) -> Actor:
    """The program that asks, when it may read. Raises Forbidden."""
    actor(request).check(permission)
    return actor(request)
