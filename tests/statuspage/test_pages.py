"""What people read: the first line, its languages, its size, its markup."""

from __future__ import annotations

import gzip
import html.parser
import re
from dataclasses import replace

from django.utils import translation
from tests.statuspage.examples import NOW, busy, calm, maintenance, minutes, outage, repaired

from tocsin.statuspage import render
from tocsin.statuspage.render import moments, words
from tocsin.statuspage.rules import ComponentState, PageState


def page(state: PageState, path: str = "/status/en/") -> str:
    return render.documents(state)[path].body.decode()


def text_of(markup: str) -> str:
    body = re.sub(r"<(style|script|title)\b.*?</\1>", "", markup, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))


def first_line(markup: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", markup, re.DOTALL)
    assert found
    return text_of(found.group(1)).strip()


def test_the_first_line_answers() -> None:
    assert first_line(page(calm())) == "Everything works."
    sentence = "Mail and Webmail have been down for some customers since 03:10. Next news at 03:40."
    assert first_line(page(outage())) == sentence


def test_in_greek() -> None:
    markup = page(outage(), "/status/el/")
    assert first_line(page(calm(), "/status/el/")) == "Όλα λειτουργούν."
    assert "δεν λειτουργεί για ορισμένους πελάτες από τις 03:10" in first_line(markup)
    assert "Κανένα μήνυμα δεν χάνεται." in markup
    assert '<html lang="el">' in markup


def test_a_text_that_was_not_translated_is_marked_as_what_it_is() -> None:
    said = tuple(replace(one, message={"en": one.message["en"]}) for one in outage().incidents[0].updates)
    state = outage()
    state = replace(state, incidents=(replace(state.incidents[0], updates=said), *state.incidents[1:]))
    assert '<p lang="en">A disk of the mail store has failed.' in page(state, "/status/el/")


def test_news_that_is_late_says_so() -> None:
    assert "News was due at 03:40 and is late." in page(outage(now=NOW + minutes(20)))


def test_times_carry_zone_and_machine_form() -> None:
    markup = page(outage())
    assert '<time datetime="2026-11-20T03:10+02:00">03:10</time>' in markup
    assert "Eastern European Standard Time (UTC+02:00)" in markup


def test_latest_update_comes_first() -> None:
    markup = page(outage())
    assert markup.index("A disk of the mail store") < markup.index("We are looking into it.")


def test_every_state_has_its_shape() -> None:
    for tone in ("good", "warn", "bad", "plan"):
        assert f'href="#{tone}"' in page(busy())


def test_maintenance_in_words() -> None:
    running = calm(incidents=(maintenance(1, start=NOW - minutes(5), lasts=minutes(60)),))
    assert first_line(page(running)) == "Maintenance of Databases is under way until 04:20."
    planned = calm(incidents=(maintenance(1, start=NOW + minutes(60), lasts=minutes(60)),))
    assert first_line(page(planned)) == "Everything works."
    assert "Planned maintenance" in page(planned)


def test_nothing_of_a_text_becomes_markup() -> None:
    bad = "<script>alert(1)</script> {0} https://example.test/"
    state = outage()
    said = (replace(state.incidents[0].updates[0], message={"en": bad}),)
    state = replace(state, incidents=(replace(state.incidents[0], title=bad, updates=said),), company=bad)
    for rendered in render.documents(state).values():
        if rendered.content_type.startswith("text/html"):
            assert b"<script>alert" not in rendered.body


def test_small_enough_with_forty_components_and_a_bad_quarter() -> None:
    many = tuple(
        ComponentState(f"c{number}", {"en": f"Component {number}"}, number, NOW - minutes(9e5))
        for number in range(40)
    )
    state = busy()
    state = replace(state, components=(*state.components, *many))
    for path, rendered in render.documents(state).items():
        if rendered.content_type.startswith("text/html") and "history" not in path:
            assert len(rendered.body) < 30_000, path


def test_pages_are_self_contained_and_tags_are_closed() -> None:
    for path, rendered in render.documents(busy()).items():
        if rendered.content_type.startswith("text/html"):
            markup = rendered.body.decode()
            assert not re.search(
                r'(src|href)="(?!https://support\.example\.test|/status/|#|data:)[^"]', markup
            ), path
            _Balanced().check(markup)


def test_history_by_month_and_a_page_each() -> None:
    made = render.documents(busy(older_month=NOW.date().replace(month=2, day=1)))
    assert {"/status/en/history/", "/status/en/history/2026-11/", "/status/el/history/2026-10/"} <= set(made)
    assert "/status/el/incidents/I-0000103/" in made
    assert "February 2026" in made["/status/en/history/2026-09/"].body.decode()


def test_the_same_state_gives_the_same_bytes() -> None:
    assert render.documents(busy()) == render.documents(busy())


def test_all_languages_have_all_sentences() -> None:
    for language in ("el", "hr", "es", "ru"):
        with translation.override(language):
            sentence = words.answer(outage(), language).filled(lambda at: "X")
            done = words.matter(calm(), repaired(1, start=NOW, lasted=minutes(5)), language).text
        assert "down" not in sentence and "{" not in sentence and sentence.count("X") == 2
        assert "again" not in done


def test_durations_and_days() -> None:
    assert moments.listed(["a", "b", "c"], "en") == "a, b and c"
    with translation.override("en"):
        assert words.duration(125) == "2 h 5 min"
        assert words.duration(0) == "1 min"


def test_the_banner_is_under_five_kilobytes_packed() -> None:
    assert len(gzip.compress(render.banner_script(), 9)) < 5_000


class _Balanced(html.parser.HTMLParser):
    void = frozenset({"meta", "link", "br", "use", "path", "rect", "circle"})

    def check(self, markup: str) -> None:
        self.open: list[str] = []
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag


def test_a_new_installation_shows_no_share_of_the_time() -> None:
    state = calm(incidents=())
    new = tuple(replace(one, created_at=NOW - minutes(60)) for one in state.components)
    shown = page(replace(state, components=new))
    assert "% of the time" not in shown and "<span>since 20 Nov</span>" in shown
    week = tuple(replace(one, created_at=NOW - minutes(7 * 24 * 60)) for one in state.components)
    assert "% of the time" in page(replace(state, components=week))


def test_news_promised_for_the_planned_start_is_not_said_twice() -> None:
    start = NOW + minutes(60)
    one = maintenance(7, start=start, lasts=minutes(30), components=("mail",), next_update_at=start)
    assert "Next news" not in page(calm(incidents=(one,)))
    later = replace(one, next_update_at=start + minutes(5))
    assert "Next news" in page(calm(incidents=(later,)))


def test_a_mended_fault_reads_as_in_the_war_room() -> None:
    one = replace(outage().incidents[0], status="monitoring")
    said = replace(one, updates=(replace(one.updates[0], status="monitoring"),))
    assert "Repaired, watching" in page(calm(incidents=(said,)))
