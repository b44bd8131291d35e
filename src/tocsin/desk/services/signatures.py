"""What stands under an agent's answer, by department and language; a mailbox's own takes precedence."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from tocsin.desk import events
from tocsin.desk.queries import signatures
from tocsin.kernel.events import emit
from tocsin.kernel.models import Setting


@transaction.atomic
def save_signature(place: str, texts: Mapping[str, str], *, actor: str) -> None:
    """The signature of a place (`signatures.of_department`, `of_mailbox`) by language; where all are empty,
    the place has none of its own any more."""
    kept = {language: text.strip() for language, text in texts.items() if text.strip()}
    if kept:
        Setting.objects.update_or_create(key=signatures.key_of(place), defaults={"value": kept})
    else:
        Setting.objects.filter(key=signatures.key_of(place)).delete()
    emit(events.SignatureSaved(place), actor=actor)


@transaction.atomic
def save_quoting(wanted: bool, *, actor: str) -> None:
    """Whether answers carry what the customer wrote last."""
    Setting.objects.update_or_create(key=signatures.QUOTING, defaults={"value": wanted})
    emit(events.SignatureSaved("quoting"), actor=actor)
