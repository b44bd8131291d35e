"""Times, signs and marks as the templates write them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

CSS = Path(__file__).parents[2] / "src" / "tocsin" / "console" / "static" / "console" / "tocsin.css"


def written(source: str, **values: object) -> str:
    return Template("{% load console %}" + source).render(Context(values))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=-5), "now"),
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=5, seconds=5), "5 min"),
        (timedelta(minutes=119, seconds=5), "119 min"),
        (timedelta(hours=3, seconds=5), "3 h"),
        (timedelta(days=2, seconds=5), "2 d"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    from tocsin.kernel import clock

    page = written("{% age at %}", at=clock.now() - ago)
    assert f">{words}</time>" in page and "title=" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("left", "stage", "words"),
    [
        (timedelta(hours=5, seconds=5), "far", "5 h"),
        (timedelta(minutes=12, seconds=5), "near", "12 min"),
        (timedelta(minutes=-7, seconds=-5), "late", "+7 min"),
    ],
)
def test_countdowns(left: timedelta, stage: str, words: str) -> None:
    from tocsin.kernel import clock

    page = written("{% countdown due %}", due=clock.now() + left)
    assert f'data-stage="{stage}"' in page and f"<span data-left>{words}</span>" in page


@pytest.mark.django_db
def test_a_precise_countdown_has_seconds() -> None:
    from tocsin.kernel import clock

    page = written(
        '{% countdown due "Next update due in" True %}', due=clock.now() + timedelta(minutes=12, seconds=40.5)
    )
    assert "<span data-left>12:40</span>" in page and "Next update due in" in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "el", "hr", "es", "ru"])
def test_the_exact_time_in_every_language_and_the_customers_zone(language: str) -> None:
    from tocsin.kernel import clock

    with translation.override(language):
        assert "EE" in written('{% age at "Europe/Athens" %}', at=clock.now())


def test_nothing_is_written_where_there_is_no_time() -> None:
    assert written("{% age at %}{% countdown at %}{% exact_time at %}", at=None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Μαρία Παπαδοπούλου", "ΜΠ"), ("Nikos", "N"), ("x.y@example.test", "xy"), ("", "?"), ("a b c", "ac")],
)
def test_initials(name: str, letters: str) -> None:
    assert f">{letters}</span>" in written("{% avatar name %}", name=name)


def test_state_never_stands_by_colour_alone() -> None:
    for state, word in [
        ("works", "Works"),
        ("degraded", "Degraded"),
        ("down", "Down"),
        ("maintenance", "Maintenance"),
    ]:
        assert word in written(f'{{% health "{state}" %}}')
        assert word in written(f'{{% health "{state}" False %}}')
    shapes = {
        written(f'{{% health "{state}" False %}}').split("<svg")[1].split("/>")[0]
        for state in ("works", "degraded", "down", "maintenance")
    }
    assert len(shapes) == 4
    assert "Urgent" in written('{% priority "urgent" %}')


def test_marks_are_escaped_around() -> None:
    assert written("{{ text|marked_up }}", text="<b> \ue000x\ue001") == "&lt;b&gt; <mark>x</mark>"


def test_the_stylesheet_keeps_its_rules() -> None:
    import re

    css = re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.DOTALL)
    assert "!important" not in css
    assert not re.search(r"(?:^|[\s,>+~])#[a-z]", re.sub(r"\{[^{}]*\}", "{}", css))
    assert css.lstrip().startswith("@layer reset, tokens, base, layout, components, utilities;")
    outside = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", css)
    assert outside == []  # OKLCH only
