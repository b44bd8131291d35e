"""Rows are written in Python: what they say is what the readable template says, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

TEMPLATE = Path(__file__).parent / "row.html"
TEASING = "<b>\"Tom\" & 'Jerry'</b>"


def rows() -> list[Any]:
    from tocsin.console import samples
    from tocsin.console.components import Chip, ListRow
    from tocsin.kernel import clock

    now = clock.now()
    plain = ListRow("T-1", "/t", "A", "B", "", now)
    names = ("key", "href", "who", "subject", "excerpt", "owner", "channel_label")
    chips = (Chip(TEASING, TEASING), Chip("I-1"))
    hour = timedelta(hours=1)
    return [
        *samples.rows(now),
        replace(plain, **dict.fromkeys(names, TEASING), at=now - 20_000 * hour, chips=chips, selected=True),  # type: ignore[arg-type]  # strings all
        replace(plain, status_icon="siren", status_label="The alert answers it", mine=True),
        replace(plain, due_at=now - hour, promised_at=now - 2 * hour),
    ]


def compared(html: str) -> str:
    """Without the space between the elements."""
    return re.sub(r">\s+<", "><", html).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "el", "hr", "es", "ru"])
@pytest.mark.parametrize("pickable", [True, False])
def test_a_row_is_what_its_template_says(language: str, pickable: bool) -> None:
    from tocsin.console.rows import row_html

    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    with translation.override(language):
        for row in rows():
            said = template.render(Context({"row": row, "pickable": pickable}))
            assert compared(row_html(row, pickable=pickable)) == compared(said)
