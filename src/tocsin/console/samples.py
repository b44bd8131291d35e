"""Plausible data for the style guide."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from tocsin.console.components import Chip, Choice, ListRow


class SpecimenForm(forms.Form):
    """One field of each kind, the first one at fault."""

    subject = forms.CharField(label=_("Subject"), help_text=_("One short line."))
    text = forms.CharField(label=_("Text"), widget=forms.Textarea, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("el", "Ελληνικά")])
    urgent = forms.BooleanField(
        label=_("May affect everyone"), help_text=_("Beats every tier."), required=False
    )


def choices() -> list[Choice]:
    """A status menu."""
    return [
        Choice("open", _("Open"), icon="circle-dot", current=True),
        Choice("pending", _("Waiting for the customer"), icon="hourglass"),
        Choice("closed", _("Closed"), icon="circle-check"),
    ]


def rows(now: datetime) -> list[ListRow]:
    """An inbox in five languages."""
    return [_row(now, at, *line) for at, line in enumerate(_LINES)]


def _row(
    now: datetime, at: int, who: str, subject: str, excerpt: str, priority: str, minutes: int, due: int | None
) -> ListRow:
    return ListRow(
        key=f"T-10000{at}",
        href="#",
        who=who,
        subject=subject,
        excerpt=excerpt,
        at=now - timedelta(minutes=minutes),
        priority=priority,
        channel_icon="mail" if at % 3 else "globe",
        channel_label=_("Mail") if at % 3 else _("Contact form"),
        due_at=now + timedelta(minutes=due) if due is not None else None,
        unread=at < 3,
        mine=at == 1,
        owner="Nikos Georgiou" if at == 4 else "",
        current=at == 2,
        chips=(Chip("I-1000007", "Mail is down"),) if at == 3 else (),
    )


_LINES: list[tuple[str, str, str, str, int, int | None]] = [
    (
        "Μαρία Παπαδοπούλου",
        "Δεν λαμβάνω email από το πρωί",
        "Καλημέρα σας, από τις 8 δεν έρχεται κανένα μήνυμα στο info@…",
        "urgent",
        2,
        12,
    ),
    (
        "Ivana Horvat",
        "Promjena plaćanja",
        "Poštovani, htjeli bismo prijeći na godišnje plaćanje i dobiti račun na tvrtku…",
        "normal",
        14,
        210,
    ),
    (
        "Acme Shipping Ltd",
        "Invoice 2024-1182 shows the wrong VAT number",
        "Hello, the last invoice still has our old number on it. Could you send it again?",
        "high",
        48,
        -7,
    ),
    (
        "Дмитрий Соколов",
        "Сайт открывается очень медленно",
        "Добрый день! Со вчерашнего вечера страницы грузятся по 20 секунд…",
        "normal",
        95,
        60,
    ),
    (
        "Lucía Fernández",
        "¿Cómo cambio el titular del dominio?",
        "Buenas tardes, he comprado la empresa y quiero poner el dominio a mi nombre…",
        "low",
        320,
        None,
    ),
    (
        "Pavlos Konstantinidis",
        "Backup of the old server",
        "Thank you, that answers it. One more thing: how long do you keep",
        "normal",
        2900,
        None,
    ),
]
