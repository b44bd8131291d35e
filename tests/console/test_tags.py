"""Times, signs and marks as the templates write them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation
from django.utils.html import urlize
from hypothesis import given
from hypothesis import strategies as st

from tocsin.console.markup import linked

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
        (timedelta(minutes=59, seconds=5), "59 min"),
        (timedelta(minutes=119, seconds=5), "1 h"),
        (timedelta(hours=23, seconds=5), "23 h"),
        (timedelta(hours=25), "1 d"),
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
    ("ago", "words"),
    [(timedelta(seconds=20), "less than a minute"), (timedelta(minutes=12, seconds=5), "12 min")],
)
def test_how_long_it_lasts_reads_as_a_sentence(ago: timedelta, words: str) -> None:
    from tocsin.kernel import clock

    assert f">{words}</time>" in written("broken for {% lasted at %}", at=clock.now() - ago)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("left", "promise", "stage", "words"),
    [
        (timedelta(hours=5, seconds=5), None, "far", "5 h"),
        (timedelta(minutes=12, seconds=5), None, "far", "12 min"),
        (timedelta(minutes=4, seconds=5), None, "near", "4 min"),
        (timedelta(minutes=19, seconds=43), timedelta(minutes=20), "far", "19 min"),
        (timedelta(minutes=50, seconds=5), timedelta(hours=4), "near", "50 min"),
        (timedelta(hours=5, seconds=5), timedelta(days=3), "far", "5 h"),
        (timedelta(minutes=-7, seconds=-5), timedelta(minutes=20), "late", "+7 min"),
    ],
)
def test_countdowns(left: timedelta, promise: timedelta | None, stage: str, words: str) -> None:
    from tocsin.kernel import clock

    due = clock.now() + left
    promised_at = due - promise if promise else None
    page = written('{% countdown due "" False promised_at %}', due=due, promised_at=promised_at)
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


def test_a_checkbox_stands_before_its_words_and_is_no_text_field() -> None:
    class Switch(forms.Form):
        wanted = forms.BooleanField(label="Wanted", help_text="Why")
        name = forms.CharField(label="Name")

    box, line = (written("{% field bound %}", bound=Switch()[name]) for name in ("wanted", "name"))
    assert '<label class="check"><input type="checkbox"' in box and 'class="input"' not in box
    assert '<label for="id_name">Name</label>' in line and 'class="input"' in line


def test_the_stylesheet_keeps_its_rules() -> None:
    import re

    css = re.sub(r"/\*.*?\*/", "", CSS.read_text(), flags=re.DOTALL)
    assert "!important" not in css
    assert not re.search(r"(?:^|[\s,>+~])#[a-z]", re.sub(r"\{[^{}]*\}", "{}", css))
    assert css.lstrip().startswith("@layer reset, tokens, base, layout, components, utilities;")
    outside = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", css)
    assert outside == []  # OKLCH only


@pytest.mark.parametrize(
    "text",
    [
        "Look at https://example.com/a?b=1&c=2, please.",
        'www.example.com and (example.org) or <https://x.example> "http://[::1]/"',
        "Write to maria@example.com.\nOr: call; it's <b>urgent</b> & late.",
        "one.\ntwo:\r\n@three\x0bfour.com\u2028five.net",
        "a.b mailto:x@y.example &amp;lt; 12:30 e.g. v1.2.",
        "",
    ],
)
def test_addresses_become_links_as_django_makes_them(text: str) -> None:
    assert linked(text) == urlize(text, nofollow=True, autoescape=True)


@given(st.text(alphabet="a.w:@/\n <>&;\"'()h", max_size=60) | st.text(max_size=60))
def test_whatever_the_text_its_links_are_those_of_django(text: str) -> None:
    assert linked(text) == urlize(text, nofollow=True, autoescape=True)
