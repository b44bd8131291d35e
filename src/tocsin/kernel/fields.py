"""Columns that every room may use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from tocsin.kernel.reasons import NOTHING, Kept

if TYPE_CHECKING:
    KeptBackedField = models.TextField[Kept, Kept]
else:
    KeptBackedField = models.TextField  # Django's own class takes no type parameters at run time


class ReasonField(KeptBackedField):
    """Why something is as it is, as `kernel.reasons` keeps it; '' where there is nothing to say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", NOTHING)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Without what every such column has."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("blank", None)
        kwargs.pop("default", None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Kept | None:
        """Known as kept again."""
        return None if value is None else Kept(value)
